"""Real processes: two never spend one remainder, and a kill at any statement loses nothing that was acknowledged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from ledger_books import ToldGroups, book, change, order, tpp
from topco.errors import StoreBusy
from topco.ledger import database
from topco.ledger.accounts import Kind, Side
from topco.ledger.balances import balances
from topco.ledger.entries import Operation
from topco.ledger.limits import limits
from topco.ledger.requests import OverLimit
from topco.ledger.verify import verify
from topco.store.chain import GENESIS

HERE = str(Path(__file__).parent)
# Tries to reserve one TPP so many times; says which keys were acknowledged.
SPENDER = """
import sys
from pathlib import Path
from ledger_books import book, order
from topco.ledger.requests import OverLimit

folder, name, attempts = sys.argv[1:]
with book(Path(folder)) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(attempts)):
        try:
            ledger.reserve(order("lpp", 1, key=f"{name}-{number}"))
            print(f"{name}-{number}", flush=True)
        except OverLimit:
            pass
"""
# Makes a book, reserves, commits and releases, and kills itself before the n-th statement that SQLite runs.
KILLED_AT = """
import os, signal, sqlite3, sys
from pathlib import Path
from ledger_books import book, change, order

folder, deadline = sys.argv[1:]
calls = 0

def deadly(statement):
    global calls
    calls += 1
    if calls == int(deadline):
        os.kill(os.getpid(), signal.SIGKILL)

def connect(*arguments, real=sqlite3.connect, **options):
    connection = real(*arguments, **options)
    connection.set_trace_callback(deadly)
    return connection

sqlite3.connect = connect
ledger = book(Path(folder))
for key, act in (
    ("r", lambda: ledger.reserve(order("lpp", 10, key="r"))),
    ("c", lambda: ledger.commit(change(1, 4, key="c"))),
    ("f", lambda: ledger.release(change(1, 6, key="f"))),
):
    act()
    print(key, flush=True)
print("end", flush=True)
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": HERE, "PATH": "/usr/bin:/bin"},
        text=True,
    )


def keys_in(folder: Path) -> set[str]:
    connection = database.open_for_reading(folder)
    if connection is None:
        return set()
    try:
        assert verify(connection).findings == ()
        return {entry.key for entry in database.entries(connection) if entry.key}
    finally:
        connection.close()


def test_ten_thousand_attempts_on_a_small_remainder(tmp_path: Path) -> None:
    cap = limits().cap(Kind.LPP, date(2025, 6, 1))
    assert cap is not None
    with book(tmp_path) as ledger:
        ledger.reserve(order("lpp", int(cap.value) - 100))
    processes = [start(SPENDER, tmp_path, f"p{number}", 2500) for number in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(len(processes)) as pool:
        said = list(pool.map(lambda process: process.communicate("go\n")[0].split(), processes))
    acknowledged = [key for keys in said for key in keys]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert len(acknowledged) == 100
    assert keys_in(tmp_path) == set(acknowledged)
    with book(tmp_path) as ledger, pytest.raises(OverLimit, match="0 TPP remain"):
        ledger.reserve(order("lpp", 1))


def test_a_new_book_is_made_once(tmp_path: Path) -> None:
    processes = [start(SPENDER, tmp_path / "store", f"p{number}", 3) for number in range(4)]
    said = [process.communicate("go\n")[0].split() for process in processes]
    assert sorted(key for keys in said for key in keys if key != "ready") == sorted(keys_in(tmp_path / "store"))
    assert len(keys_in(tmp_path / "store")) == 12


def test_killed_before_any_statement(tmp_path: Path) -> None:
    for deadline in range(1, 400):
        folder = tmp_path / str(deadline)
        process = start(KILLED_AT, folder, deadline)
        acknowledged = process.communicate()[0].split()
        written = keys_in(folder)
        assert {*acknowledged} - {"end"} <= written
        assert len(written) <= len(acknowledged) + 1
        with book(folder) as ledger:  # whoever was killed asks again, and everything is there once
            ledger.reserve(order("lpp", 10, key="r"))
            ledger.commit(change(1, 4, key="c"))
            ledger.release(change(1, 6, key="f"))
            assert [entry.operation for entry in database.entries(ledger.connection)] == [
                Operation.RESERVE,
                Operation.COMMIT,
                Operation.RELEASE,
            ]
            (left,) = balances(ledger.connection, limits(), ToldGroups(), date(2025, 6, 1))
            assert (tpp(left.reserved), tpp(left.committed)) == (0, 4)
        if process.returncode == 0:
            assert acknowledged == ["r", "c", "f", "end"]
            assert deadline > 60
            return
        assert process.returncode == -signal.SIGKILL
    pytest.fail("the operations never ended")


def test_killed_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(5)
    acknowledged: set[str] = set()
    for number in range(8):
        process = start(SPENDER, tmp_path, f"p{number}", 100_000)
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        time.sleep(chance.uniform(0.0, 0.3))
        process.kill()
        # The last line may be cut: an acknowledgement is a whole line.
        acknowledged |= {line[:-1] for line in process.communicate()[0].splitlines(keepends=True) if line[-1:] == "\n"}
        written = keys_in(tmp_path)
        assert acknowledged <= written
        assert len(written) <= len(acknowledged) + number + 1
    assert acknowledged


def test_a_writer_who_waits_in_vain_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with book(tmp_path) as first, book(tmp_path) as second:
        with database.writing(first.connection), pytest.raises(StoreBusy, match="Another topco"):
            second.reserve(order("lpp", 1))
        second.reserve(order("lpp", 1))


def test_readers_see_one_state_while_another_writes(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        ledger.reserve(order("lpp", 5))
        reader = database.open_for_reading(tmp_path)
        assert reader is not None
        with database.reading(reader):
            assert database.head(reader)[0] == 1
            ledger.commit(change(1))
            assert database.head(reader)[0] == 1
            assert database.still(reader, 1, Side.RESERVED) > 0
        assert database.head(reader)[0] == 2
        reader.close()


def test_an_empty_book_reads_as_empty(tmp_path: Path) -> None:
    assert database.open_for_reading(tmp_path) is None
    with book(tmp_path) as ledger:
        assert database.head(ledger.connection) == (0, GENESIS)
