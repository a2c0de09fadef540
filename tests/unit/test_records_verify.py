"""`verify` finds every edit of a record, in the store and in an export, and says so instead of failing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept_records import book, filled
from topco.errors import BadInput
from topco.records import database, schema
from topco.records.export import export, verify_export
from topco.records.filters import EVERYTHING, Filters
from topco.records.record import Kept, Kind
from topco.records.verify import verify
from topco.store.chain import GENESIS, canonical, hash_of

TABLES = ("records", "head")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    filled(folder)
    connection = sqlite3.connect(folder / database.FILE_NAME)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    shutil.copy(original / database.FILE_NAME, tmp_path / database.FILE_NAME)
    return tmp_path


@pytest.fixture(scope="module")
def lines(original: Path) -> list[bytes]:
    return [f"{line}\n".encode() for line in export(book(original), EVERYTHING)]


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
    return [one.what for one in verify(book(folder), kept).findings]


def refusal(look: Callable[[], Any]) -> Any:
    """What a look gives, or the words in which it is refused."""
    try:
        return look()
    except BadInput as error:
        return str(error)


def cells(folder: Path) -> Iterator[tuple[str, int, str]]:
    connection = sqlite3.connect(folder / database.FILE_NAME)
    for table in TABLES:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        yield from ((table, place, column) for place in range(rows) for column in columns)
    connection.close()


def set_cell(connection: sqlite3.Connection, table: str, place: int, column: str, value: object) -> bool:
    """Write one cell of one row; False if the table cannot hold that value there, or holds it already."""
    key = "number" if table == "records" else "id"
    (name, old) = connection.execute(
        f"SELECT {key}, {column} FROM {table} ORDER BY {key} LIMIT 1 OFFSET ?", (place,)
    ).fetchone()
    try:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (value, name))
    except (sqlite3.IntegrityError, OverflowError):
        return False
    if column == key:
        return value != old
    (new,) = connection.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (name,)).fetchone()
    return bool(new != old or type(new) is not type(old))


def test_what_was_not_touched_has_no_findings(folder: Path) -> None:
    number, last = book(folder).head()
    assert number == 8
    assert found(folder) == []
    assert found(folder, last) == []
    assert found(folder, GENESIS) == []
    assert verify(book(folder), GENESIS).since_kept_head == 8
    assert found(folder, "f" * 64) != []


def test_every_single_field_is_guarded(original: Path, tmp_path: Path) -> None:
    tried = 0
    for number, (table, place, column) in enumerate(cells(original)):
        for value in (None, "", "0", "2025-01-01", 1, 77, "row", "determination", "AIA=available", b"", b"{}"):
            copy = tmp_path / f"{number}"
            copy.mkdir(exist_ok=True)
            shutil.copy(original / database.FILE_NAME, copy / database.FILE_NAME)
            with Unguarded(copy) as connection:
                changed = set_cell(connection, table, place, column, value)
            if changed:
                tried += 1
                assert found(copy), (table, place, column, value)
    assert tried > 700


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_in_any_field(original: Path, tmp_path: Path, data: st.DataObject) -> None:
    shutil.copy(original / database.FILE_NAME, tmp_path / database.FILE_NAME)
    table, place, column = data.draw(st.sampled_from(list(cells(original))))
    text = st.text(st.characters(exclude_categories=["Cs"]))
    value = data.draw(st.none() | st.integers(-(2**63), 2**63 - 1) | text | st.binary())
    with Unguarded(tmp_path) as connection:
        changed = set_cell(connection, table, place, column, value)
    assert bool(found(tmp_path)) == changed


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM records WHERE number = 3", "number 3 is missing"),
        ("DELETE FROM records WHERE number = 8", "the head is not the last record"),
        ("DELETE FROM records WHERE number = 1", "number 1 is missing"),
        ("UPDATE records SET note = 'another'", "its hash differs"),
        (
            "UPDATE records SET content = (SELECT content FROM records WHERE number = 2) WHERE number = 1",
            "not what was written",
        ),
        ("UPDATE records SET review_policy = 'approval' WHERE number = 1", "is not found as what it is"),
        ("UPDATE head SET number = 7, hash = (SELECT hash FROM records WHERE number = 7)", "the head is not the last"),
        ("CREATE TRIGGER quiet AFTER INSERT ON records BEGIN SELECT 1; END", "was added"),
        ("DROP INDEX records_determination", "is missing"),
    ],
)
def test_what_was_done_is_named(folder: Path, statement: str, told: str) -> None:
    with Unguarded(folder) as connection:
        connection.execute(statement)
    assert any(told in what for what in found(folder)), found(folder)


def test_one_who_recomputes_the_chain_is_found_by_a_kept_head(folder: Path) -> None:
    _, last = book(folder).head()
    with Unguarded(folder) as connection:
        connection.execute("DELETE FROM records WHERE number > 2")
        connection.execute("UPDATE head SET number = 2, hash = (SELECT hash FROM records WHERE number = 2)")
    assert found(folder) == []
    assert found(folder, last) != []


def test_an_answer_that_was_swapped_is_found_though_every_hash_is_recomputed(lines: list[bytes]) -> None:
    """A forger who knows the format still has to make an answer that fits the case."""
    records = [json.loads(line) for line in lines]
    forged = records[0]
    forged["content"]["case"]["transaction"]["destination"] = "FR"
    forged["content"]["inputs"]["case"] = hash_of(forged["content"]["case"])
    previous = GENESIS
    for one in records[:-1]:
        one["previous"] = previous
        one["content_hash"] = hash_of(one["content"])
        one["hash"] = previous = hash_of({k: v for k, v in one.items() if k not in ("content", "hash")})
    said = [one.what for one in verify_export([f"{canonical(one)}\n".encode() for one in records[:1]]).findings]
    assert any("does not fit its case" in what for what in said)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_of_the_file(original: Path, tmp_path: Path, data: st.DataObject) -> None:
    """A flipped byte is found, refused in words, or lies where nothing is stored; it is never a failure of ours."""
    content = bytearray((original / database.FILE_NAME).read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    (tmp_path / database.FILE_NAME).write_bytes(bytes(content))
    for leftover in ("-wal", "-shm"):
        (tmp_path / f"{database.FILE_NAME}{leftover}").unlink(missing_ok=True)
    before = [one.document() for one in book(original).list()]
    told = refusal(lambda: (found(tmp_path), [one.document() for one in book(tmp_path).list()]))
    if isinstance(told, str):
        assert database.FILE_NAME in told or "rec:" in told
    else:
        findings, after = told
        assert findings or after == before


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 10_000])
def test_a_file_that_was_cut(folder: Path, size: int) -> None:
    path = folder / database.FILE_NAME
    path.write_bytes(path.read_bytes()[:size])
    if size == 0:
        assert found(folder) == []  # an empty file is what SQLite leaves before the first record
        return
    told = refusal(lambda: found(folder))
    assert database.FILE_NAME in told if isinstance(told, str) else told


@pytest.mark.parametrize("content", [b"no database " * 400, b"SQLite format 3\0" + b"\0" * 200])
def test_another_file_is_bad_input(tmp_path: Path, content: bytes) -> None:
    (tmp_path / database.FILE_NAME).write_bytes(content)
    for look in (lambda: found(tmp_path), lambda: book(tmp_path).find("rec:1"), lambda: book(tmp_path).append([])):
        with pytest.raises(BadInput, match=r"records\.sqlite"):
            look()


def test_a_book_without_its_head_is_damaged(folder: Path) -> None:
    with Unguarded(folder) as connection:
        connection.execute("DELETE FROM head")
    assert "the head is not the last record: records were cut off or added" in found(folder)
    looks = (
        lambda: book(folder).append([]),
        lambda: book(folder).head(),
        lambda: list(export(book(folder), EVERYTHING)),
    )
    for look in looks:
        with pytest.raises(BadInput, match=r"no head.*records\.sqlite"):
            look()


def test_nothing_is_kept_after_a_tail_that_was_cut_off(folder: Path) -> None:
    with Unguarded(folder) as connection:
        connection.execute("DELETE FROM records WHERE number = 8")
    with pytest.raises(BadInput, match="a record follows the last one"):
        book(folder).append([Kept(Kind.SCREENING, {"frame_loads": []}, "ann")])
    assert [record.number for record in book(folder).list()] == [1, 2, 3, 4, 5, 6, 7]


def test_a_damaged_record_is_named(folder: Path) -> None:
    with Unguarded(folder) as connection:
        connection.execute("UPDATE records SET content = x'00' WHERE number = 2")
    with pytest.raises(BadInput, match="rec:2 is damaged"):
        list(book(folder).list())
    with pytest.raises(BadInput, match="rec:2 is damaged"):
        list(export(book(folder), EVERYTHING))
    first = next(one for one in verify(book(folder)).findings if one.record)
    assert first.record == 2


def test_an_export_is_the_same_bytes_again_and_holds(original: Path, lines: list[bytes]) -> None:
    assert [f"{line}\n".encode() for line in export(book(original), EVERYTHING)] == lines
    report = verify_export(lines, book(original).head()[1])
    assert (report.records, report.findings, report.complete, report.since_kept_head) == (8, (), True, 0)
    assert report.head == book(original).head()[1]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(author="bob"), [4, 5, 6, 7, 8]),
        (Filters(case="open"), [3, 4, 7]),  # the row of a run comes with its run
        (Filters(kinds=(Kind.ROW,), outcomes=("undetermined", "approval")), [4, 6, 7]),
        (Filters(case="nobody"), []),
    ],
)
def test_a_selection_holds_by_itself(original: Path, filters: Filters, numbers: list[int]) -> None:
    selected = [f"{line}\n".encode() for line in export(book(original), filters)]
    assert [json.loads(line).get("number") for line in selected[:-1]] == numbers
    report = verify_export(selected)
    assert (report.findings, report.complete) == ((), False)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_byte_of_an_export(lines: list[bytes], data: st.DataObject) -> None:
    content = bytearray(b"".join(lines))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    report = verify_export(bytes(content).splitlines(keepends=True))
    assert report.findings


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list) and value:
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))
    else:
        yield path


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_field_of_an_export(lines: list[bytes], data: st.DataObject) -> None:
    """A field with another value of any type, or left out, in a line that is written as an export writes it."""
    place = data.draw(st.integers(0, len(lines) - 1))
    record = json.loads(lines[place])
    path = data.draw(st.sampled_from(list(leaves(record))))
    holder = record
    for key in path[:-1]:
        holder = holder[key]
    value = data.draw(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers(), max_size=2))
    if canonical(holder[path[-1]]) == canonical(value):
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    written = f"{canonical(record)}\n".encode("utf-8", "surrogatepass")
    assert verify_export([*lines[:place], written, *lines[place + 1 :]]).findings


@pytest.mark.parametrize("place", [0, 3, 4, 8])
@pytest.mark.parametrize("value", [True, 1.0, "1", 2])
def test_what_python_takes_for_the_same_number_is_noticed(lines: list[bytes], place: int, value: object) -> None:
    written = f"{canonical({**json.loads(lines[place]), 'format': value})}\n".encode()
    assert verify_export([*lines[:place], written, *lines[place + 1 :]]).findings


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_lines_that_are_lost_doubled_moved_or_added(lines: list[bytes], data: st.DataObject) -> None:
    number = st.integers(0, len(lines) - 1)
    first, second = data.draw(number), data.draw(number)
    other = list(lines)
    match data.draw(st.sampled_from(["lost", "doubled", "swapped", "cut", "added"])):
        case "lost":
            del other[first]
        case "doubled":
            other.insert(second, other[first])
        case "swapped":
            other[first], other[second] = other[second], other[first]
        case "cut":
            other = other[:first]
        case "added":
            other.insert(
                first, data.draw(st.sampled_from([b"\n", b"{}\n", b"[" * 100_000, b"\xff\n", b'{"format":1}\n']))
            )
    if other != lines:
        assert verify_export(other).findings


def test_an_empty_file_is_no_export() -> None:
    assert [one.what for one in verify_export([]).findings] == ["the end is missing: the export was cut off"]
