"""`topco ledger` on the command line: exit codes, formats, retries."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from topco.errors import ANSWERED, BAD_INPUT, FINDINGS, UNDETERMINED

RESERVE = ("ledger", "reserve", "country", "--country", "IN", "--determination", "det:1", "--as-of", "2025-06-01")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def answer(run: Run, store: Path, *arguments: object) -> tuple[int, Any]:
    code, out, _ = run(*arguments, "--store", store, "--format", "json")
    return code, json.loads(out)


def test_reserve_retry_and_over_the_limit(run: Run, store: Path) -> None:
    code, first = answer(run, store, *RESERVE, "--tpp", "780000000", "--key", "k", "--author", "ann")
    assert (code, first["remaining_tpp"], first["again"]) == (ANSWERED, "10000000", False)
    code, again = answer(run, store, *RESERVE, "--tpp", "780000000", "--key", "k", "--author", "ann")
    assert (code, again["number"], again["again"]) == (ANSWERED, 1, True)
    code, out, err = run(*RESERVE, "--tpp", "10000001", "--store", store)
    assert (code, out) == (BAD_INPUT, "")
    assert "10000000 TPP remain" in err
    code, _, err = run(*RESERVE, "--tpp", "1", "--key", "k", "--store", store)
    assert code == BAD_INPUT
    assert "another request" in err


def test_whose_limit_is_not_known(run: Run, store: Path) -> None:
    lpp = ("ledger", "reserve", "lpp", "--tpp", "5", "--determination", "det:1", "--party", "X:1", "--store", store)
    code, _, err = run(*lpp, "--as-of", "2025-06-01")
    assert code == UNDETERMINED
    assert "--group" in err
    code, _, err = run(*lpp, "--as-of", "2025-06-01", "--group", "X:top")
    assert code == BAD_INPUT
    assert "reason" in err
    assert run(*lpp, "--as-of", "2025-06-01", "--group", "X:top", "--reason", "annual report")[0] == ANSWERED


def test_from_reservation_to_correction(run: Run, store: Path) -> None:
    assert answer(run, store, *RESERVE, "--tpp", "100.5", "--expires", "2025-07-01")[0] == ANSWERED
    day = ("--as-of", "2025-06-02")
    assert answer(run, store, "ledger", "commit", "1", "--tpp", "50", *day)[0] == ANSWERED
    assert answer(run, store, "ledger", "release", "1", "--tpp", "10.5", *day)[0] == ANSWERED
    code, corrected = answer(run, store, "ledger", "correct", "2", "--tpp", "40", "--reason", "typing error", *day)
    assert (code, corrected["tpp"], corrected["determination"]) == (ANSWERED, "-10", "det:1")
    assert run("ledger", "expire", "--as-of", "2025-07-01", "--store", store)[0] == ANSWERED
    code, balance = answer(run, store, "ledger", "balance", "--as-of", "2025-07-01")
    assert (code, balance["reserved_tpp"], balance["committed_tpp"]) == (ANSWERED, "0", "40")
    over = ("ledger", "correct", "2", "--tpp", "790000001", "--reason", "more came", *day)
    assert run(*over, "--store", store)[0] == BAD_INPUT
    code, _, err = run(*over, "--beyond-limit", "--store", store)
    assert code == FINDINGS
    assert "beyond its limit" in err
    code, out, _ = run("ledger", "entries", "--format", "csv", "--store", store)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["operation"] for row in rows] == ["reserve", "commit", "release", "correct", "expire", "correct"]
    code, out, _ = run("ledger", "entries", "--as-of", "2025-06-01", "--format", "csv", "--store", store)
    assert len(out.splitlines()) == 2
    assert run("ledger", "entries", "country/-/BR/2025-2027", "--store", store)[0] == BAD_INPUT


def test_verify_and_head(run: Run, store: Path) -> None:
    assert run("ledger", "verify", "--store", store)[0] == ANSWERED
    answer(run, store, *RESERVE, "--tpp", "100")
    _, kept = answer(run, store, "ledger", "head")
    answer(run, store, *RESERVE, "--tpp", "100")
    code, report = answer(run, store, "ledger", "verify", "--head", kept["head"])
    assert (code, report["entries"], report["entries_since_kept_head"], report["findings"]) == (ANSWERED, 2, 1, [])
    assert run("ledger", "verify", "--head", "f" * 64, "--store", store)[0] == FINDINGS
    connection = sqlite3.connect(store / "ledger.sqlite")
    connection.execute("DROP TRIGGER entries_no_update")
    connection.execute("UPDATE entries SET author = 'nobody' WHERE number = 1")
    connection.commit()
    connection.close()
    code, out, _ = run("ledger", "verify", "--store", store)
    assert code == FINDINGS
    assert "its hash differs" in out


@pytest.mark.parametrize("command", ["balance", "entries", "head", "verify"])
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_reading_makes_no_store(run: Run, store: Path, command: str, form: str) -> None:
    assert run("ledger", command, "--format", form, "--store", store)[0] == ANSWERED
    assert not store.exists()


@pytest.mark.parametrize("content", [b"", b"no database, by far", b"SQLite format 3\0" + b"\0" * 200])
@pytest.mark.parametrize("command", [("verify",), ("balance",), ("commit", "1")])
def test_a_file_that_is_no_ledger(run: Run, store: Path, content: bytes, command: tuple[str, ...]) -> None:
    store.mkdir()
    (store / "ledger.sqlite").write_bytes(content)
    code, _, err = run("ledger", *command, "--store", store)
    assert code == (BAD_INPUT if content or command[0] == "commit" else ANSWERED)
    assert "Traceback" not in err
