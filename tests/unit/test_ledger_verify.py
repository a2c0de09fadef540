"""`verify` finds every edit, insertion, deletion, reordering and cut; the guards refuse what SQL does by mistake."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger_books import ToldGroups, book, change, order
from topco.ledger import database, schema
from topco.ledger.verify import verify
from topco.store.chain import GENESIS

TABLES = ("accounts", "entries", "postings", "head")


def fill(folder: Path) -> None:
    with book(folder, ToldGroups(hq={"X:company": "US"})) as ledger:
        ledger.reserve(order("lpp", 1000, key="k", reason="first", expires=date(2025, 7, 1)))
        ledger.reserve(order("country", 5, party="X:company"))
        ledger.commit(change(1, 300))
        ledger.correct(change(3, 200, reason="typing error"))
        ledger.release(change(1, 100))
        ledger.expire("ann", date(2025, 7, 1))
        ledger.reserve(order("uveu", 7, country="US"))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    fill(folder)
    connection = sqlite3.connect(folder / database.FILE_NAME)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    shutil.copy(original / database.FILE_NAME, tmp_path / database.FILE_NAME)
    return tmp_path


class Unguarded:
    """The file opened as an attacker would: no guards, no foreign keys; leaving puts the guards back as they were."""

    def __init__(self, folder: Path) -> None:
        self.connection = sqlite3.connect(folder / database.FILE_NAME, isolation_level=None)

    def __enter__(self) -> sqlite3.Connection:
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in self.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            self.connection.execute(f"DROP TRIGGER {name}")
        return self.connection

    def __exit__(self, *_: object) -> None:
        for statement in schema.STATEMENTS:
            if statement.startswith("CREATE TRIGGER"):
                self.connection.execute(statement)
        self.connection.close()


def found(folder: Path, kept: str | None = None) -> list[str]:
    connection = database.open_for_reading(folder)
    assert connection is not None
    try:
        return [one.what for one in verify(connection, kept).findings]
    finally:
        connection.close()


def head(folder: Path) -> str:
    connection = database.open_for_reading(folder)
    assert connection is not None
    value = database.head(connection)[1]
    connection.close()
    return value


def cells(folder: Path) -> Iterator[tuple[str, int, str]]:
    connection = sqlite3.connect(folder / database.FILE_NAME)
    for table in TABLES:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        for place in range(rows):
            for column in columns:
                yield table, place, column
    connection.close()


def set_cell(connection: sqlite3.Connection, table: str, place: int, column: str, value: object) -> bool:
    """Write one cell of one row; False if the table cannot hold that value there, or holds it already."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    order = ", ".join(columns)
    row = connection.execute(f"SELECT * FROM {table} ORDER BY {order} LIMIT 1 OFFSET ?", (place,)).fetchone()
    old = row[columns.index(column)]
    if old == value and type(old) is type(value):
        return False
    where = " AND ".join(f"{name} IS ?" for name in columns)
    try:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *row))
    except sqlite3.IntegrityError:
        return False
    new = connection.execute(f"SELECT {column} FROM {table} WHERE {column} IS ?", (value,)).fetchone()
    return new is not None and (new[0] != old or type(new[0]) is not type(old))


def test_an_untouched_book_has_no_findings(folder: Path) -> None:
    assert found(folder) == []
    assert found(folder, head(folder)) == []
    assert found(folder, GENESIS) == []


def test_every_single_field_is_guarded(original: Path, tmp_path: Path) -> None:
    tried = 0
    for number, (table, place, column) in enumerate(cells(original)):
        for value in (None, "", "0", "2025-01-01", 1, "lpp", "committed", "reserve"):
            copy = tmp_path / f"{number}"
            copy.mkdir(exist_ok=True)
            shutil.copy(original / database.FILE_NAME, copy / database.FILE_NAME)
            with Unguarded(copy) as connection:
                changed = set_cell(connection, table, place, column, value)
            if changed:
                tried += 1
                assert found(copy), (table, place, column, value)
    assert tried > 500


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_in_any_field(original: Path, tmp_path: Path, data: st.DataObject) -> None:
    copy = tmp_path / database.FILE_NAME
    shutil.copy(original / database.FILE_NAME, copy)
    table, place, column = data.draw(st.sampled_from(list(cells(original))))
    value = data.draw(st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])))
    with Unguarded(tmp_path) as connection:
        changed = set_cell(connection, table, place, column, value)
    assert bool(found(tmp_path)) == changed


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM entries WHERE number = 2", "DELETE FROM postings WHERE entry = 2"],
        ["DELETE FROM entries WHERE number = 7", "DELETE FROM postings WHERE entry = 7"],
        ["DELETE FROM postings WHERE entry = 3"],
        ["DELETE FROM head"],
        ["DELETE FROM entries", "DELETE FROM postings", "DELETE FROM accounts"],
        ["INSERT INTO accounts VALUES ('lpp/X:z/-/2025', 'lpp', 'X:z', '', '2025')"],
        ["INSERT INTO postings SELECT 9, account, side, day, amount FROM postings WHERE entry = 1"],
        ["INSERT INTO postings SELECT entry, account, 'committed', day, 1 FROM postings WHERE entry = 2 LIMIT 1"],
        ["UPDATE postings SET amount = amount * 2 WHERE entry = 1"],
        [  # two entries change places
            "UPDATE entries SET number = 100 WHERE number = 4",
            "UPDATE entries SET number = 4 WHERE number = 5",
            "UPDATE entries SET number = 5 WHERE number = 100",
        ],
        ["UPDATE entries SET number = number + 1 WHERE number = 7", "UPDATE postings SET entry = 8 WHERE entry = 7"],
        ["DROP INDEX postings_account"],
        ["CREATE TABLE more (x)"],
        ["CREATE TRIGGER sly AFTER INSERT ON entries BEGIN SELECT 1; END"],
    ],
)
def test_rows_added_removed_and_moved(folder: Path, statements: list[str]) -> None:
    with Unguarded(folder) as connection:
        for statement in statements:
            connection.execute(statement)
    assert found(folder)


def test_a_missing_guard_is_found(folder: Path) -> None:
    connection = sqlite3.connect(folder / database.FILE_NAME)
    connection.execute("DROP TRIGGER entries_no_update")
    connection.close()
    assert any("entries_no_update" in one for one in found(folder))


def test_a_tail_cut_off_with_its_head_is_found_by_a_kept_head_alone(folder: Path) -> None:
    kept = head(folder)
    with Unguarded(folder) as connection:
        (value,) = connection.execute("SELECT hash FROM entries WHERE number = 6").fetchone()
        connection.execute("DELETE FROM postings WHERE entry = 7")
        connection.execute("DELETE FROM accounts WHERE name NOT IN (SELECT account FROM postings)")
        connection.execute("DELETE FROM entries WHERE number = 7")
        connection.execute("UPDATE head SET number = 6, hash = ?", (value,))
    assert found(folder) == []
    assert any("kept head" in one for one in found(folder, kept))
    assert found(folder, value) == []


def test_a_chain_written_anew_is_found_by_a_kept_head_alone(folder: Path, tmp_path: Path) -> None:
    kept = head(folder)
    (tmp_path / "new").mkdir()
    with book(tmp_path / "new") as ledger:
        ledger.reserve(order("lpp", 1))
    assert found(tmp_path / "new") == []
    assert any("kept head" in one for one in found(tmp_path / "new", kept))


def test_a_kept_head_says_how_many_entries_followed(folder: Path) -> None:
    kept = head(folder)
    with book(folder) as ledger:
        ledger.reserve(order("lpp", 1))
        assert verify(ledger.connection, kept).since_kept_head == 1
    assert verify(None).findings == ()
    assert verify(None, kept).findings != ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET author = 'x'",
        "DELETE FROM entries WHERE number = 7",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE number = 1",
        "UPDATE postings SET amount = 1",
        "DELETE FROM postings",
        "INSERT INTO postings VALUES (1, 'lpp/X:company/-/2025', 'committed', '2025-06-01', 1)",
        "INSERT OR REPLACE INTO postings SELECT * FROM postings WHERE entry = 1",
        "UPDATE accounts SET holder = 'X:other'",
        "DELETE FROM accounts",
        "INSERT OR REPLACE INTO accounts SELECT * FROM accounts",
        "UPDATE head SET number = 3",
        "DELETE FROM head",
        "INSERT INTO head VALUES (2, 1, 'x')",
        "INSERT OR REPLACE INTO head VALUES (1, 1, 'x')",
    ],
)
def test_the_guards_refuse(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / database.FILE_NAME, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    assert found(folder) == []
