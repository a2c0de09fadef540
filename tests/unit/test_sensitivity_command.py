"""`topco sensitivity`: other thresholds, the smallest change of one share, and the exact share that settles a band."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from topco import knowledge
from topco.ownership.parent_tests import names, parent_test
from topco.ownership.questions.sensitivity import FIELDS, sensitivity
from topco.ownership.questions.share_trials import Trials
from topco.ownership.questions.share_turns import Turns
from topco.ownership.questions.smallest_change import pieces, smallest_changes
from topco.ownership.resolution import resolve
from topco.ownership.shares import PERCENT, WHOLE, percent, units
from topco.ownership.snapshot import Tables as Evidence
from topco.ownership.snapshot import build
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.schema import TABLES
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Run

SAMPLE = knowledge.root() / "data" / "samples" / "holdings"
DAY = date(2026, 1, 31)


def loaded(folder: Path, store: Path) -> Store:
    opened = Store.open(store, create=True)
    load(opened, Tables(), [folder], DAY, lambda *_: None)
    return opened


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return loaded(SAMPLE, tmp_path_factory.mktemp("sensitivity") / "store")


@pytest.fixture
def run(sample: Store, run: Run) -> Run:
    return partial(run, "sensitivity", "--store", sample.path, "--as-of", DAY)


def written(changes: list[dict[str, Any]]) -> list[tuple[str, str, str, str, list[str]]]:
    return [
        (
            change["change"],
            change["owner"]["id"],
            change["company"]["id"],
            change["status"],
            [one["id"] for one in change["ultimate_parents"]],
        )
        for change in changes
    ]


def test_the_smallest_changes_of_a_group(sample: Store) -> None:
    """`apex` has 51.5 of `right` and 60 of `left`; together they have 52.5 of `target`."""
    document = sensitivity(sample, "X:target-labs", DAY)
    assert written(document["smallest_changes"]) == [
        ("-1.5", "X:apex", "X:right", "open_top", ["X:target"]),
        ("-2.5", "X:left", "X:target", "open_top", ["X:target"]),
        ("-2.5", "X:right", "X:target", "open_top", ["X:target"]),
        ("-10", "X:apex", "X:left", "open_top", ["X:target"]),
        ("-25", "X:target", "X:target-labs", "open_top", ["X:target-labs"]),
    ]
    first = document["smallest_changes"][0]
    assert (first["share"], first["to"]) == ({"lower": "51.5", "upper": "51.5"}, {"lower": "50", "upper": "50"})
    assert first["differs"] == ["ultimate_parents", "hq_countries"]
    assert [source["row"] for source in first["sources"]] == [8]
    assert document["smallest_change_of_parents"] == first


def test_treasury_shares_count_as_a_change(sample: Store) -> None:
    """42 of 80 is more than half; 42 of 84 is not."""
    assert written(sensitivity(sample, "X:thrift", DAY)["smallest_changes"]) == [
        ("-2", "X:patient", "X:thrift", "open_top", ["X:thrift"]),
        ("-4", "X:thrift", "X:thrift", "open_top", ["X:thrift"]),
    ]


def test_rows_of_one_holding_are_one_position(sample: Store) -> None:
    change = sensitivity(sample, "X:twice", DAY)["smallest_changes"][0]
    assert (change["change"], change["share"]["lower"], len(change["sources"])) == ("-5", "55", 2)


def test_products_along_paths(sample: Store) -> None:
    """75 percent of 66.6666667 is just more than half."""
    document = sensitivity(sample, "X:target-labs", DAY, test=parent_test("integrated"))
    assert written(document["smallest_changes"]) == [
        ("-25", "X:target", "X:target-labs", "open_top", ["X:target-labs"]),
        ("36.6666667", "X:left", "X:target", "open_top", ["X:left"]),
        ("44.1666667", "X:right", "X:target", "open_top", ["X:right"]),
    ]


def test_the_exact_share_that_settles_a_band(sample: Store) -> None:
    settling = sensitivity(sample, "X:hazy", DAY)["settling"]
    assert [(holding["owner"]["id"], holding["settles"]) for holding in settling] == [("X:broad", "always")]
    assert [(part["share"], [one["id"] for one in part["ultimate_parents"]]) for part in settling[0]["outcomes"]] == [
        ({"lower": "25", "upper": "50"}, ["X:hazy"]),
        ({"lower": "50.0000001", "upper": "75"}, ["X:broad"]),
    ]


def test_every_test_at_every_threshold(sample: Store) -> None:
    variants = sensitivity(sample, "X:twice", DAY)["variants"]
    assert [one["test"] for one in variants if one["own"]] == names()
    for test in names():
        written = [one["threshold"] for one in variants if one["test"] == test]
        thresholds = [("25", True), ("50", True), ("50", False), ("75", False)]
        expected = [{"percent": figure, "at_least": at_least} for figure, at_least in thresholds]
        assert written == ([None] if test == "consolidation" else expected)
    reference = [one for one in variants if one["reference"]]
    assert [(one["test"], one["threshold"], one["differs"]) for one in reference] == [
        ("headquarters", {"percent": "50", "at_least": False}, [])
    ]
    strict = next(one for one in variants if one["test"] == "control" and one["threshold"]["percent"] == "75")
    assert strict["differs"] == ["ultimate_parents", "hq_countries"]


def test_variants_are_what_resolve_says(sample: Store) -> None:
    for identifier in ("X:hazy", "X:target-labs", "X:venture", "X:ring-a"):
        for variant in sensitivity(sample, identifier, DAY)["variants"]:
            test = parent_test(variant["test"])
            if variant["threshold"]:
                test = test.at(units(variant["threshold"]["percent"]), at_least=variant["threshold"]["at_least"])
            document = resolve(sample, [identifier], DAY, test=test)[0]
            assert document is not None
            assert variant["status"] == document["status"]
            ids = [one["id"] for one in document["ultimate_parents"]]
            assert [one["id"] for one in variant["ultimate_parents"]] == ids


@pytest.mark.parametrize(
    ("identifier", "test"),
    [
        ("X:target-labs", "headquarters"),
        ("X:ring-b", "control"),
        ("X:thrift", "cascade"),
        ("X:twice", "majority"),
        ("X:target-labs", "integrated"),
    ],
)
def test_a_table_with_the_changed_share_gives_the_outcome(
    sample: Store, tmp_path: Path, identifier: str, test: str
) -> None:
    """The changed share written into the CSV and loaded anew; one unit before it, the answer is still the old one."""
    chosen = parent_test(test)
    document = sensitivity(sample, identifier, DAY, test=chosen)
    change = document["smallest_changes"][0]
    sign = -1 if change["change"].startswith("-") else 1
    reached = units(change["to"]["lower"])
    for share, answer in ((reached, change), (reached - sign, document)):
        folder = tmp_path / str(share)
        shutil.copytree(SAMPLE, folder)
        _rewrite(folder / "holdings.csv", [source["row"] for source in change["sources"]], percent(share))
        found = resolve(loaded(folder, tmp_path / f"store-{share}"), [identifier], DAY, test=chosen)[0]
        assert found is not None
        assert found["status"] == answer["status"]
        assert [one["id"] for one in found["ultimate_parents"]] == [one["id"] for one in answer["ultimate_parents"]]


def _rewrite(file: Path, places: list[int], share: str) -> None:
    """Give the first of these rows another exact share, and leave the others out."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[places[0] - 1][rows[0].index("share_exact")] = share
    kept = [row for place, row in enumerate(rows, start=1) if place not in places[1:]]
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(kept)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("test", ["headquarters", "majority", "integrated"])
def test_no_smaller_change_was_missed(test: str, seed: int) -> None:
    """On random groups, rings and bands among them, every share of a lattice within the smallest change is tried."""
    chance = random.Random(f"{test}{seed}")
    tables = _group(chance, rings=seed % 2 == 1)
    evidence = build(tables, DAY, {}, parent_test(test))
    trials = Trials(tables, evidence, "X:0")
    turns = Turns(trials)
    every = smallest_changes(trials, turns, FIELDS, len(trials.positions))
    assert smallest_changes(trials, turns, FIELDS, 2) == every[:2]
    least = {change.position: abs(change.by) for change in every}
    lattice = [place * 10 * PERCENT + side for place in range(11) for side in (-1, 0, 1)]
    for position in trials.positions:
        lower, upper = trials.figures(position)
        for by in sorted({share - figure for share in lattice for figure in (lower, upper)}):
            within = -upper <= by <= trials.room(position) - lower
            if within and abs(by) < least.get(position, WHOLE + 1):
                outcome = trials.at(position, trials.moved(position, by)).outcome
                assert outcome.differences(trials.base.outcome, FIELDS) == ()
        if lower < upper:
            ranges = pieces(trials, turns, position)
            for share in (share for share in lattice if lower <= share <= upper):
                piece = next(piece for piece in ranges if piece.least <= share <= piece.most)
                assert piece.outcome == trials.at(position, (share, share)).outcome


def test_a_window_that_closes_again_is_found() -> None:
    """One unit of treasury shares makes 50 percent more than half; 20 percent leave no room for it beside the other."""
    holdings = [
        {"owner": "X:1", "owned": "X:0", "share_min": 10 * PERCENT, "share_max": 50 * PERCENT},
        {"owner": "X:2", "owned": "X:0", "share_min": 40 * PERCENT, "share_min_exclusive": True},
        {"owner": "X:0", "owned": "X:0", "share_exact": 0},
    ]
    entities = [
        {"id": f"X:{place}", "kind": kind, "hq_country": "DE"}
        for place, kind in enumerate(("LegalEntity", "LegalEntity", "NaturalPerson"))
    ]
    relationships = _frame("relationships", []).with_columns(step=pl.lit(0, pl.Int8))
    rows = _frame("holdings", [{"interest": "shares", **row} for row in holdings])
    tables = Evidence(_frame("entities", entities), relationships, _frame("absences", []), rows)
    trials = Trials(tables, build(tables, DAY, {}, parent_test("control")), "X:0")
    changes = {change.position: change for change in smallest_changes(trials, Turns(trials), FIELDS, 3)}
    treasury = next(at for at in trials.positions if trials.made.owner[at] == trials.made.owned[at])
    assert (changes[treasury].by, changes[treasury].outcome.status) == (1, "possible")


def _group(chance: random.Random, *, rings: bool) -> Evidence:
    count = chance.randint(4, 6)
    holdings = []
    for company in range(count - 1):
        left = 100
        above = [one for one in range(count) if rings or one > company]
        for owner in chance.sample(above, min(3, len(above))):
            share = chance.randrange(0, left + 1, 10)
            row: dict[str, Any] = {"share_exact": share * PERCENT}
            if chance.random() < 0.3:
                row = {"share_min": share // 20 * 10 * PERCENT, "share_max": min(100, share + 30) * PERCENT}
            holdings.append({"owner": f"X:{owner}", "owned": f"X:{company}", "interest": "shares", **row})
            left -= share
    entities = [
        {"id": f"X:{one}", "kind": chance.choice(["LegalEntity"] * 6 + ["NaturalPerson"]), "hq_country": "DE"}
        for one in range(count)
    ]
    entities[0]["kind"] = "LegalEntity"
    relationships = _frame("relationships", []).with_columns(step=pl.lit(0, pl.Int8))
    return Evidence(_frame("entities", entities), relationships, _frame("absences", []), _frame("holdings", holdings))


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {**TABLES[table], "load": pl.String()}
    return pl.DataFrame(
        [{**dict.fromkeys(schema), "load": "test", "row": place, **row} for place, row in enumerate(rows, start=2)],
        schema=schema,
    )


def test_a_test_without_shares_has_no_smallest_change(run: Run) -> None:
    code, out, _ = run("X:twice", "--test", "consolidation", "--format", "json")
    document = json.loads(out)
    assert (code, document["smallest_changes"], document["smallest_change_of_parents"]) == (0, [], None)
    assert "No change of one share alone changes the answer." in run("X:twice", "--test", "consolidation")[1]


def test_formats(run: Run) -> None:
    code, out, _ = run("X:hazy", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [row["question"] for row in rows].count("threshold") == 21
    assert [row["threshold"] for row in rows[:4]] == [">= 25", ">= 50", "> 50", "> 75"]
    last = rows[-1]
    assert (last["question"], last["owner"], last["to"]) == ("exact_share", "X:broad", "50.0000001 to 75")
    code, out, _ = run("X:hazy")
    assert code == 0
    assert "The exact share that would settle it" in out
    assert out == run("X:hazy")[1]


def test_bad_input(run: Run) -> None:
    code, out, err = run("X:nobody")
    assert (code, out) == (2, "")
    assert "No loaded record names X:nobody" in err
    assert "topco search" in err
    assert run("X:hazy", "--test", "guess")[0] == 2
