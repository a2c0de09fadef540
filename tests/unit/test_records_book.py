"""Records are kept whole and in order, found again, and never changed; several processes and kills lose nothing."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from kept_records import NOW, book, cases, determinations, filled, rows, run, screening
from scenario_files import load_scenarios
from topco.errors import BadInput
from topco.licensing.cases.case import Case, parse_case
from topco.records import database, find_document
from topco.records.content import case_document
from topco.records.filters import EVERYTHING, Filters
from topco.records.record import Kept, Kind
from topco.records.retention import begun, retention
from topco.records.screening import record_screening
from topco.records.verify import verify
from topco.store.chain import GENESIS

HERE = str(Path(__file__).parent)
# Keeps so many batches of three; says the last number of each.
KEEPER = """
import sys
from pathlib import Path
from kept_records import book, determinations

folder, batches = sys.argv[1:]
kept = determinations(note=None)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(batches)):
    print(book(Path(folder)).append_many(kept).last, flush=True)
"""
# Keeps two batches, and kills itself before the n-th statement that SQLite runs.
KILLED_AT = """
import os, signal, sqlite3, sys
from pathlib import Path
from kept_records import book
from topco.records.record import Kept, Kind

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
slim = {"case": {}, "frame": {"as_of": "2025-06-01"}, "codes": {"item_class": None, "licence_required": "no",
        "review_policy": "na", "veu_result": None, "exceptions": {}}}
run = Kept(Kind.SCREENING, {"frame_loads": [], "rules": {"digest": ""}}, "ann")
for _ in range(2):
    print(book(Path(folder)).append_many([run, Kept(Kind.ROW, slim, "ann", "det:1")]).last, flush=True)
print("end", flush=True)
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join([HERE, *sys.path]), "PATH": "/usr/bin:/bin"},
        text=True,
    )


def numbers(folder: Path, filters: Filters = EVERYTHING) -> list[int]:
    return [record.number for record in book(folder).list(filters)]


def test_what_is_kept_is_found_as_it_was(tmp_path: Path) -> None:
    kept = determinations()
    written = book(tmp_path).append(kept)
    assert [one.number for one in written] == [1, 2, 3]
    for record, one in zip(written, kept, strict=True):
        (found,) = book(tmp_path).find(record.id)
        assert found == record
        assert found.content == one.content
        assert book(tmp_path).find(str(one.determination)) == [record]
    assert [one.envelope.previous for one in written] == [GENESIS, written[0].hash, written[1].hash]
    assert book(tmp_path).head() == (3, written[-1].hash)
    first = written[0]
    assert first.envelope.moment == "2026-11-24T12:00:00.000000Z"
    assert (first.envelope.author, first.envelope.note) == ("ann", "first look")
    assert first.content["case"]["parties"][0]["name"] == "Alpha GmbH"
    assert first.content["answer"]["proof"]["nodes"]
    assert first.content["options"]["open_top"] == "strict"
    assert first.content["inputs"]["file"]["name"] == "cases.json"


def test_the_same_determination_twice_is_two_records(tmp_path: Path) -> None:
    filled(tmp_path)
    identifier = determinations()[0].determination
    assert identifier is not None
    found = book(tmp_path).find(identifier)
    assert [(one.number, one.kind) for one in found] == [
        (1, Kind.DETERMINATION),
        (5, Kind.ROW),
        (8, Kind.DETERMINATION),
    ]
    assert len({one.envelope.moment for one in found}) == 2
    assert find_document(tmp_path, identifier) == found[2].content["answer"]


def test_a_batch_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    kept = determinations()
    book(tmp_path).append(kept[:1])
    wrong = Kept(kept[1].kind, kept[1].content, "ann", kept[1].determination, "two\nlines")
    with pytest.raises(BadInput, match="cannot be entered"):
        book(tmp_path).append([kept[1], wrong])
    with pytest.raises(BadInput, match="the run comes first"):
        book(tmp_path).append([kept[1], screening()[1]])
    assert numbers(tmp_path) == [1]
    assert verify(book(tmp_path)).findings == ()


def test_a_screening_run_with_its_rows(tmp_path: Path) -> None:
    batch = record_screening(tmp_path, run(), rows(), author="bob", note="weekly")
    assert (batch.first, batch.last, batch.count) == (1, 4, 4)
    first, *others = book(tmp_path).list()
    assert first.kind is Kind.SCREENING
    assert first.content["inputs"]["file"]["name"] == "orders.csv"
    assert first.content["outputs"][0]["name"] == "answers.csv"
    assert first.content["counts"] == {"answered": 2, "undetermined": 1}
    assert first.content["arguments"] == {"open_top": "strict"}
    assert [(one.envelope.run, one.content["row"]) for one in others] == [(1, 2), (1, 3), (1, 4)]
    assert [one.content["codes"]["review_policy"] for one in others] == [
        one.content["answer"]["review_policy"] for one in book(tmp_path / "other").append(determinations())
    ]


def test_the_proof_of_a_row_is_made_again(tmp_path: Path) -> None:
    record_screening(tmp_path, run(), rows(), author="bob")
    made = find_document(tmp_path, "rec:2")
    assert made["id"] == rows()[0].determination
    assert made["proof"] == determinations()[0].content["answer"]["proof"]
    with pytest.raises(BadInput, match="screening run"):
        find_document(tmp_path, "rec:1")


def test_a_proof_is_not_made_from_what_is_not_there_any_more(tmp_path: Path) -> None:
    (one, *_) = rows()
    other = type(one)(one.case, one.frame, one.codes, "det:0123456789abcdef", one.row)
    record_screening(tmp_path, run(), [other], author="bob")
    with pytest.raises(BadInput, match="cannot be made again"):
        find_document(tmp_path, "rec:2")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (EVERYTHING, [1, 2, 3, 4, 5, 6, 7, 8]),
        (Filters(since=date(2026, 11, 25)), [8]),
        (Filters(until=date(2026, 11, 24)), [1, 2, 3, 4, 5, 6, 7]),
        (Filters(outcomes=("denial_presumption",)), [1, 5, 8]),
        (Filters(outcomes=("review_policy=approval", "undetermined")), [2, 3, 6, 7]),
        (Filters(outcomes=("licence_required=no",)), []),
        (Filters(outcomes=("AIA=available",)), [2, 6]),
        (Filters(outcomes=("IA=available",)), []),
        (Filters(case="open"), [3, 7]),
        (Filters(party="bETA"), [2, 6]),
        (Filters(party="%"), []),
        (Filters(author="bob"), [4, 5, 6, 7, 8]),
        (Filters(kinds=(Kind.DETERMINATION, Kind.SCREENING)), [1, 2, 3, 4, 8]),
        (Filters(run=4), [5, 6, 7]),
        (Filters(determination="det:nothing"), []),
        (Filters(case="denial", author="bob", outcomes=("A_ITEM",), kinds=(Kind.ROW,)), [5]),
    ],
)
def test_filters(tmp_path: Path, filters: Filters, expected: list[int]) -> None:
    filled(tmp_path)
    assert numbers(tmp_path, filters) == expected


@pytest.mark.parametrize(
    "identifier", ["rec:9", "rec:0", "rec:-1", "rec:", "rec:x", "rec:²", "5", "", "det:", "rec:1 2"]
)
def test_wrong_identifiers_are_bad_input(tmp_path: Path, identifier: str) -> None:
    filled(tmp_path)
    with pytest.raises(BadInput, match=r"names no record|Nothing is kept"):
        book(tmp_path).find(identifier)


def test_nothing_kept_is_no_error(tmp_path: Path) -> None:
    assert numbers(tmp_path / "nowhere") == []
    assert book(tmp_path / "nowhere").head() == (0, GENESIS)
    assert verify(book(tmp_path / "nowhere")).findings == ()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM records WHERE number = 8",
        "UPDATE records SET author = 'eve'",
        "INSERT OR REPLACE INTO records SELECT * FROM records WHERE number = 8",
        "UPDATE OR REPLACE records SET number = 2 WHERE number = 1",
        "DELETE FROM head",
        "UPDATE head SET number = 7, hash = (SELECT hash FROM records WHERE number = 7)",
        "INSERT INTO head VALUES (2, 8, 'x')",
        "INSERT INTO records SELECT 9, kind, determination, run, moment, author, note, content_hash, 'x', hash,"
        " case_id, day, item_class, licence_required, review_policy, veu_result, exceptions, parties, packed, content"
        " FROM records WHERE number = 8",
    ],
)
def test_the_guards_refuse_what_is_done_by_mistake(tmp_path: Path, statement: str) -> None:
    filled(tmp_path)
    connection = sqlite3.connect(tmp_path / database.FILE_NAME, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    assert verify(book(tmp_path)).findings == ()


def test_every_case_of_the_scenarios_comes_back_from_its_record() -> None:
    """The case of a record is the one that was determined: the same facts, the same identifier."""
    scenarios = load_scenarios()
    assert len(scenarios) > 100
    for scenario in scenarios:
        case = parse_case(dict(scenario.case), scenario.id)
        plain = Case.model_validate(case_document(case))
        assert case_document(plain) == case_document(case)
        assert plain.model_dump(exclude={"title", "cites"}) == case.model_dump(exclude={"title", "cites"})


def test_retention_is_the_regulations(tmp_path: Path) -> None:
    filled(tmp_path)
    period = retention(date(2026, 11, 24))
    assert (period.years, period.cite) == (5, "762.6(a)")
    first = next(book(tmp_path).list())
    assert begun(first) == NOW.date()
    assert period.until(begun(first)) == date(2031, 11, 24)
    later = cases()[0].model_copy(
        update={"transaction": cases()[0].transaction.model_copy(update={"date": date(2027, 2, 1)})}
    )
    (kept,) = book(tmp_path / "later").append(determinations([later]))
    assert begun(kept) == date(2027, 2, 1)


def test_several_processes_keep_at_once(tmp_path: Path) -> None:
    processes = [start(KEEPER, tmp_path / "store", 20) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    lasts = sorted(int(number) for one in said for number in one)
    assert lasts == list(range(3, 181, 3))
    report = book(tmp_path / "store").verify()
    assert (report.records, report.findings) == (180, ())


def test_killed_before_any_statement(tmp_path: Path) -> None:
    for deadline in range(1, 200):
        folder = tmp_path / str(deadline)
        process = start(KILLED_AT, folder, deadline)
        said = process.communicate()[0].split()
        acknowledged = max((int(one) for one in said if one != "end"), default=0)
        written = numbers(folder)
        assert len(written) in (acknowledged, acknowledged + 2), "a batch is whole or not there"
        findings = [one.what for one in verify(book(folder)).findings]
        assert all("does not fit its case" in what or "KeyError" in what for what in findings), findings
        if process.returncode == 0:
            assert said[-1] == "end"
            assert deadline > 20
            return
        assert process.returncode == -signal.SIGKILL
    pytest.fail("the batches never ended")


def test_days_of_a_filter_are_whole_days(tmp_path: Path) -> None:
    for moment in (NOW.replace(hour=0), NOW.replace(hour=23, minute=59, second=59, microsecond=999999)):
        book(tmp_path, moment).append(determinations()[:1])
    day = NOW.date()
    assert numbers(tmp_path, Filters(since=day, until=day)) == [1, 2]
    assert numbers(tmp_path, Filters(since=day + timedelta(days=1))) == []
    assert numbers(tmp_path, Filters(until=day - timedelta(days=1))) == []
