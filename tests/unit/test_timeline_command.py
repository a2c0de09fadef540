"""`topco timeline`: the days on which the answer changed, the rows behind each change, and what has no date."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from ownership_store import absence, add_load, entity, relationship

from topco import knowledge
from topco.ownership.parent_tests import names, parent_test
from topco.ownership.questions.timeline import timeline
from topco.ownership.resolution import resolve
from topco.ownership.shares import WHOLE
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Run

SAMPLE = knowledge.root() / "data" / "samples" / "holdings"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("timeline") / "store", create=True)
    load(store, Tables(), [SAMPLE], date(2026, 1, 31), lambda *_: None)
    return store


@pytest.fixture
def run(sample: Store, run: Run) -> Run:
    return partial(run, "timeline", "--store", sample.path)


def holding(owner: str, owned: str, percent: int, **more: Any) -> dict[str, Any]:
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "share_exact": percent * WHOLE // 100,
        "standing": "Current",
        "record": f"test/{owner}/{owned}",
        **more,
    }


def small(path: Path, **tables: Any) -> Store:
    store = Store.open(path / "small", create=True)
    for table, rows in tables.items():
        add_load(store, table, **{table: rows})
    return store


def days(document: dict[str, Any]) -> list[str | None]:
    return [entry["date"] for entry in document["timeline"]]


def test_a_sale_is_one_day_with_the_row_that_ended_and_the_row_that_began(sample: Store) -> None:
    document = timeline(sample, "X:sold")
    assert days(document) == [None, "2010-01-01", "2024-01-01"]
    sale = document["timeline"][2]
    assert sale["changed"] == ["direct_parents", "ultimate_parents", "hq_countries"]
    assert [one["id"] for one in sale["ultimate_parents"]] == ["X:north"]
    assert sale["hq_countries"] == ["CN"]
    assert [(cause["change"], cause["parent"], cause["source"]["row"]) for cause in sale["causes"]] == [
        ("ended", "X:south", 43),
        ("began", "X:north", 44),
    ]


def test_the_first_entry_is_the_state_before(sample: Store) -> None:
    first = timeline(sample, "X:twice")["timeline"][0]
    assert (first["date"], first["status"], first["ultimate_parents"], first["causes"]) == (None, "no_evidence", [], [])


def test_a_window_begins_with_the_state_on_the_day_before(sample: Store) -> None:
    document = timeline(sample, "X:sold", first=date(2024, 1, 1), last=date(2024, 1, 1))
    assert days(document) == [None, "2024-01-01"]
    assert [one["id"] for one in document["timeline"][0]["ultimate_parents"]] == ["X:south"]
    assert days(timeline(sample, "X:sold", first=date(2024, 1, 2))) == [None]
    assert days(timeline(sample, "X:sold", last=date(2023, 12, 31))) == [None, "2010-01-01"]


def test_rows_without_a_beginning_are_listed(sample: Store) -> None:
    undated = timeline(sample, "X:seat")["undated"]
    assert [(link["parent"], link["kind"], link["source"]["row"]) for link in undated] == [("X:patient", "shares", 37)]


def test_headquarters_have_no_date_but_their_vintage(sample: Store) -> None:
    facts = {fact["fact"]: fact["loads"] for fact in timeline(sample, "X:sold")["not_dated"]}
    assert facts["headquarters"] == [{"load": "table-entities-2026-01-31", "vintage": "2026-01-31"}]


@pytest.mark.parametrize("test", names())
def test_it_says_what_resolve_says_on_every_day(sample: Store, test: str) -> None:
    """Between two entries of a timeline nothing changes, and on each day the answer is the one of `resolve`."""
    chosen = parent_test(test)
    for identifier in ("X:sold", "X:twice", "X:target-labs", "X:ring-b", "X:seat", "X:thrift", "X:hazy", "X:venture"):
        entries = timeline(sample, identifier, test=chosen)["timeline"]
        starts = [date.fromisoformat(entry["date"]) for entry in entries[1:]]
        around = {day + timedelta(days=by) for day in [*starts, date(2021, 7, 1)] for by in (-1, 0, 1)}
        for day in sorted(around):
            state = entries[sum(start <= day for start in starts)]
            document = resolve(sample, [identifier], day, test=chosen)[0]
            assert document is not None
            for key in ("status", "direct_parents"):
                assert state[key] == document[key], (identifier, day, key)
            assert [one["id"] for one in state["ultimate_parents"]] == [
                one["id"] for one in document["ultimate_parents"]
            ]


def test_a_change_further_up_counts_too(tmp_path: Path) -> None:
    """A long chain, so that the reader goes on in memory: the company at its top was bought."""
    names = [f"X:c{place:02}" for place in range(12)]
    links = [relationship(child, parent) for child, parent in pairwise(names)]
    bought = relationship(names[-1], "X:buyer", valid_from=date(2020, 5, 1), valid_to=date(2022, 5, 1))
    void = relationship(names[-1], "X:wrong", valid_from=date(2001, 1, 1), standing="Void")
    store = small(
        tmp_path,
        entities=[entity(one, one) for one in [*names, "X:buyer"]],
        relationships=[*links, bought, void],
        absences=[absence("X:buyer", "NO_KNOWN_PERSON")],
    )
    document = timeline(store, names[0])
    assert days(document) == [None, "2020-05-01", "2022-05-01"]
    assert [entry["status"] for entry in document["timeline"]] == ["open_top", "resolved", "open_top"]
    assert [cause["change"] for entry in document["timeline"] for cause in entry["causes"]] == ["began", "ended"]
    assert len(document["undated"]) == 11
    assert [fact["fact"] for fact in document["not_dated"] if fact["loads"]] == ["headquarters", "absence of parents"]


def test_a_cause_off_the_chain_is_found(tmp_path: Path) -> None:
    """A person comes to own both holders: the company has no parent from then on, and no chain names that person."""
    store = small(
        tmp_path,
        entities=[
            *(entity(f"X:{one}", one) for one in ("works", "left", "right")),
            entity("X:person", "P", None, kind="NaturalPerson"),
        ],
        holdings=[
            holding("X:left", "X:works", 40),
            holding("X:right", "X:works", 40),
            holding("X:person", "X:left", 100),
            holding("X:person", "X:right", 100, valid_from=date(2023, 4, 1)),
        ],
    )
    change = timeline(store, "X:works")["timeline"][1]
    assert (change["date"], change["status"]) == ("2023-04-01", "own_top")
    assert [(cause["change"], cause["parent"], cause["child"]) for cause in change["causes"]] == [
        ("began", "X:person", "X:right")
    ]


def test_a_row_that_only_names_it_as_an_owner_is_enough(tmp_path: Path) -> None:
    store = small(tmp_path, holdings=[holding("X:owner", "X:works", 60, valid_from=date(2020, 1, 1))])
    assert [entry["status"] for entry in timeline(store, "X:owner")["timeline"]] == ["no_evidence"]


def test_formats(run: Run) -> None:
    code, out, _ = run("X:sold", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [row["date"] for row in rows] == ["", "2010-01-01", "2024-01-01"]
    assert rows[2]["causes"] == "began table-holdings-2026-01-31 row 44;ended table-holdings-2026-01-31 row 43"
    code, out, _ = run("X:sold", "--format", "json", "--from", "2020-01-01")
    assert (code, json.loads(out)["from"]) == (0, "2020-01-01")
    code, out, _ = run("X:seat")
    assert code == 0
    assert "began: X:patient board in X:seat (table-holdings-2026-01-31 row 38)" in out
    assert "Rows without a beginning, which count as if they had always been: 1" in out
    assert "headquarters, from table-entities-2026-01-31 (2026-01-31)" in out


def test_bad_input(run: Run) -> None:
    code, out, err = run("X:nobody")
    assert (code, out) == (2, "")
    assert "No loaded record names X:nobody" in err
    assert "topco search" in err
    assert run("X:sold", "--from", "2024-01-01", "--to", "2020-01-01")[0] == 2
    assert run("X:sold", "--test", "guess")[0] == 2
