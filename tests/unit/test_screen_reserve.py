"""`topco screen --reserve`: orders in their order, each reserved once, nothing for what does not fit."""

from __future__ import annotations

import csv
import io
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from commands import Run

from ledger_books import ToldGroups, book, change, order, tpp
from small_store import add_load, entity, lei, no_parents, relationship
from topco.errors import ANSWERED, BAD_INPUT
from topco.ledger import database
from topco.ledger.accounts import Kind
from topco.ledger.balances import balances
from topco.ledger.entries import Entry
from topco.ledger.limits import limits
from topco.ledger.verify import verify
from topco.store.today import today

DAY = date(2025, 6, 1)
A, B, TOP = lei("A"), lei("B"), lei("T")
THERE, ELSEWHERE = "BR", "IN"
HEADER = (
    "order_id,date,activity,destination,consignee,eccn,quantity_tpp,conditions.part_744_746_bar,"
    "tallies.lpp_group_year_tpp,reserve"
)
# Screens a file with --reserve and kills itself before the n-th reservation.
KILLED_AT = """
import os, signal, sys
from topco.cli.main import main
from topco.ledger.book import Book

deadline, *arguments = sys.argv[1:]
calls = 0

def deadly(self, order, real=Book.reserve):
    global calls
    calls += 1
    if calls == int(deadline):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, order)

Book.reserve = deadly
main(arguments)
"""


def cap(kind: Kind) -> int:
    found = limits().cap(kind, DAY)
    assert found is not None
    return int(found.value)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two companies of Brazil with one parent there, and one (C) whose parent nobody knows."""
    path = tmp_path / "store"
    entities = [entity(letter, THERE) for letter in "ABCT"]
    links = [relationship("A", "T"), relationship("B", "T")]
    add_load(
        path, "lei2", date(2025, 3, 2), {"entities": entities, "relationships": links, "absences": no_parents("T")}
    )
    return path


def line(number: object, quantity: object, **more: str) -> str:
    """An order of what is to be licensed; of all changed cells, `tally` states what the group received under LPP."""
    day, there, who = more.get("day", str(DAY)), more.get("to", THERE), more.get("consignee", A)
    rest = f"{more.get('entry', '3A090.a')},{quantity},{more.get('bar', 'false')}"
    return f"{number},{day},export,{there},{who},{rest},{more.get('tally', '')},{more.get('reserve', '')}"


def write(store: Path, *lines: str, name: str = "orders.csv") -> Path:
    path = store.parent / name
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def screen(run: Run, store: Path, *lines: str, choice: str = "country") -> tuple[list[dict[str, str]], str]:
    options = ("--reserve", choice, "--store", store, "--author", "ann", "--known-as-of", str(today()))
    code, out, err = run("screen", write(store, *lines), *options)
    assert code == ANSWERED, err
    return list(csv.DictReader(io.StringIO(out))), err


def entries(store: Path) -> list[Entry]:
    connection = database.open_for_reading(store)
    if connection is None:
        return []
    try:
        assert verify(connection).findings == ()
        return list(database.entries(connection))
    finally:
        connection.close()


def reserved(store: Path) -> dict[str, int]:
    """What is reserved, by account."""
    connection = database.open_for_reading(store)
    assert connection is not None
    try:
        found = balances(connection, limits(), ToldGroups(), DAY)
        return {one.account.name: tpp(one.reserved) or 0 for one in found}
    finally:
        connection.close()


COUNTRY, ELSE, GROUP = f"country/-/{THERE}/2025-2027", f"country/-/{ELSEWHERE}/2025-2027", f"lpp/{TOP}/-/2025"


def test_without_the_option_nothing_is_written(run: Run, store: Path) -> None:
    code, out, _ = run("screen", write(store, line(1, 5)), "--store", store)
    assert code == ANSWERED
    assert "reservation" not in out
    assert not (store / "ledger.sqlite").exists()


def test_orders_are_reserved_in_their_order_until_one_does_not_fit(run: Run, store: Path) -> None:
    whole = cap(Kind.COUNTRY)
    rows, err = screen(
        run, store, line("a", whole - 10), line("b", 6), line("c", 5), line("d", 4), line("e", 7, to=ELSEWHERE)
    )
    assert [row["review_policy"] for row in rows] == [
        "approval_within_allocation",
        "approval_within_allocation",
        "denial_policy",
        "approval_within_allocation",
        "approval_within_allocation",
    ]
    assert [row["reservation"] for row in rows] == [
        "entry 1",
        "entry 2",
        "not reserved: review policy denial_policy",
        "entry 3",
        "entry 4",
    ]
    assert f"{whole - 4} at least" in rows[2]["reason"], "the row names what the ledger holds"
    assert reserved(store) == {COUNTRY: whole, ELSE: 7}
    assert "1 not reserved, 4 reserved; head " in err
    first = entries(store)[0]
    assert (first.determination, first.party, first.group_id, first.author) == (
        rows[0]["determination_id"],
        A,
        TOP,
        "ann",
    )
    assert first.key == f"screen country a {rows[0]['determination_id']}"


def test_the_same_file_again_enters_nothing_and_says_the_same(run: Run, store: Path) -> None:
    lines = [line("a", cap(Kind.COUNTRY) - 10), line("b", 10), line("c", 1)]
    first, _ = screen(run, store, *lines)
    before = entries(store)
    again, err = screen(run, store, *lines)
    assert entries(store) == before
    assert "2 reserved before" in err
    assert [row["reservation"] for row in again[:2]] == ["entry 1, made before", "entry 2, made before"]
    for one, other in zip(first, again, strict=True):
        assert {**one, "reservation": ""} == {**other, "reservation": ""}
    code, out, _ = run("screen", write(store, *lines), "--store", store)
    policies = [row["review_policy"] for row in csv.DictReader(io.StringIO(out))]
    assert (code, policies) == (ANSWERED, [row["review_policy"] for row in first]), "on another day, and only reading"


def test_what_stands_in_the_book_for_an_order_is_not_entered_again(run: Run, store: Path) -> None:
    rows, _ = screen(run, store, line("a", 5), line("b", 6), line("c", 7, reserve="none"))
    with book(store, ToldGroups()) as ledger:
        ledger.release(change(1, 2))
        ledger.release(change(2))
        ledger.reserve(order("country", 7, country=THERE, determination=rows[2]["determination_id"]))
    rows, _ = screen(run, store, line("a", 5), line("b", 6), line("c", 7))
    assert [row["reservation"] for row in rows] == [
        "entry 1, made before; 3 TPP of it are held",
        "entry 2, made before; 0 TPP of it are held",
        "entry 5, made before",
    ]


def test_rows_of_one_order_are_reserved_once(run: Run, store: Path) -> None:
    rows, _ = screen(run, store, line("a", 5), line("b", 1), line("a", 7, consignee=B), line("a", 2, to=ELSEWHERE))
    assert [row["reservation"] for row in rows] == ["entry 1", "entry 3", "entry 1", "entry 2"]
    assert reserved(store) == {COUNTRY: 13, ELSE: 2}


def test_a_stated_tally_does_not_let_the_ledger_overspend(run: Run, store: Path) -> None:
    lines = [line(number, cap(Kind.LPP) - 5, tally="0") for number in "ab"] + [line("c", 5, tally="0")]
    rows, err = screen(run, store, *lines, choice="lpp")
    exceptions = [dict(one.split("=") for one in row["exceptions"].split(";")) for row in rows]
    assert [one["LPP"] for one in exceptions] == ["available", "no", "available"]
    assert rows[1]["reservation"] == "not reserved: 5 TPP remain"
    assert f"{GROUP} has 5 TPP left" in rows[1]["reason"]
    assert reserved(store) == {GROUP: cap(Kind.LPP)}
    assert "1 did not fit, 2 reserved" in err


def test_an_exception_for_a_part_reserves_the_part(run: Run, store: Path) -> None:
    screen(run, store, line("a", 100, tally=str(cap(Kind.LPP) - 30)), choice="lpp")
    assert reserved(store) == {GROUP: 30}


def test_what_each_order_relies_on(run: Run, store: Path) -> None:
    rows, _ = screen(
        run,
        store,
        line("lpp", 1, tally="0"),
        line("open", 2),
        line("own", 3, tally="0", reserve="country"),
        line("none", 4, reserve="none"),
        line("unknown", 5, consignee=lei("C"), tally="0", reserve="lpp"),
        line("free", 6, entry="EAR99"),
        line("undated", 7, day=""),
        line("", 8),
        line("amount", ""),
        choice="auto",
    )
    assert [row["reservation"] for row in rows] == [
        "entry 1",
        "entry 2",
        "entry 3",
        "",
        "not reserved: Licence Exception LPP is undetermined",
        "not reserved: licence required: no",
        "not reserved: the order has no date",
        "not reserved: the row has no order_id",
        "not reserved: the quantity is not known",
    ]
    assert reserved(store) == {GROUP: 1, COUNTRY: 5}


def test_a_choice_that_nobody_knows_is_refused(run: Run, store: Path) -> None:
    path = write(store, line("a", 1, reserve="nveu"), line("b", 1))
    rejects = store.parent / "rejects.csv"
    code, out, _ = run("screen", path, "--reserve", "country", "--store", store, "--rejects", rejects)
    assert code == BAD_INPUT
    assert [row["status"] for row in csv.DictReader(io.StringIO(out))] == ["refused", "answered"]
    assert "2,reserve,nveu" in rejects.read_text(encoding="utf-8")
    assert reserved(store) == {COUNTRY: 1}


def start(store: Path, path: Path, deadline: int = 0) -> subprocess.Popen[str]:
    options = ("--reserve", "country", "--store", store, "--author", "ann", "--known-as-of", str(today()))
    return subprocess.Popen(
        [sys.executable, "-c", KILLED_AT, *map(str, (deadline, "screen", path, *options))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_never_overspend_a_small_remainder(run: Run, store: Path) -> None:
    with book(store, ToldGroups()) as ledger:
        ledger.reserve(order("country", cap(Kind.COUNTRY) - 25, country=THERE))
    files = [
        write(store, *[line(f"{name}{number}", 1) for number in range(30)], name=f"{name}.csv") for name in ("p", "q")
    ]
    processes = [start(store, path) for path in files]
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda process: process.communicate()[0], processes))
    assert [process.returncode for process in processes] == [0, 0]
    rows = [row for out in said for row in csv.DictReader(io.StringIO(out))]
    granted = [row for row in rows if row["reservation"].startswith("entry")]
    assert len(granted) == 25
    assert {row["review_policy"] for row in rows if row not in granted} == {"denial_policy"}
    assert reserved(store) == {COUNTRY: cap(Kind.COUNTRY)}


def test_killed_between_orders_the_same_file_goes_on(run: Run, store: Path) -> None:
    lines = [line(number, number) for number in range(1, 6)]
    path = write(store, *lines)
    for deadline in (3, 2):
        process = start(store, path, deadline)
        out, _ = process.communicate()
        assert process.returncode == -signal.SIGKILL
        told = [row["reservation"] for row in csv.DictReader(io.StringIO(out))]
        assert len(told) <= len(entries(store)), "a row is told when its entry stands"
    assert len(entries(store)) == 3, "each run goes on after what the one before has entered"
    rows, err = screen(run, store, *lines)
    assert [row["reservation"].partition(",")[0] for row in rows] == [f"entry {number}" for number in range(1, 6)]
    assert "2 reserved, 3 reserved before" in err
    assert reserved(store) == {COUNTRY: 15}
