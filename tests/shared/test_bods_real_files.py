"""Published statements of beneficial ownership: the counts of their SOURCE.md, and the tops that GLEIF records."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from topco.ownership.bulk_table import resolve_all
from topco.registries.bods import Bods
from topco.registries.loading import Outcome, load
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared
DAY = date(2025, 3, 16)


def loaded(folder: Path, *paths: Path) -> tuple[Store, Outcome]:
    store = Store.open(folder / "store", create=True)
    return store, load(store, Bods(), list(paths), None, lambda *_: None)


def counted(store: Store, table: str, *columns: str) -> dict[tuple[object, ...], int]:
    return Counter(store.table(table).select(columns).collect().iter_rows())


def test_the_gleif_half(shared_data: Path, tmp_path: Path) -> None:
    store, outcome = loaded(tmp_path, shared_data / "bods-0.4-gleif-uk" / "gleif")
    (done,) = outcome.loaded
    assert done.load.rejects == 0
    assert sum(file.records for file in done.load.files) == 275
    assert (done.load.publisher, done.load.id) == ("Open Ownership", "bods-open-ownership-statements-2025-02-28")
    assert counted(store, "entities", "kind") == {("LegalEntity",): 102}
    relations = counted(store, "relationships", "kind", "standing")
    assert relations == {
        ("DirectConsolidation", "Current"): 76,
        ("DirectConsolidation", "Ended"): 1,
        ("UltimateConsolidation", "Current"): 91,
        ("UltimateConsolidation", "Ended"): 2,
        ("InternationalBranch", "Current"): 1,
    }
    assert counted(store, "absences", "level", "reason") == {
        ("DirectLevel", "NO_KNOWN_PERSON"): 1,
        ("UltimateLevel", "NO_KNOWN_PERSON"): 1,
    }
    # 173 relationship records: a row each.
    assert sum(relations.values()) + 2 == 173
    assert store.table("entities").filter(pl.col("hq_country").is_null()).collect().is_empty()
    others = store.table("identifiers").collect()["other_id"]
    assert (others.str.starts_with("LEI:").sum(), others.str.starts_with("GB-COH:").sum()) == (102, 35)


def test_the_uk_half(shared_data: Path, tmp_path: Path) -> None:
    store, outcome = loaded(tmp_path, shared_data / "bods-0.4-gleif-uk" / "uk-psc")
    (done,) = outcome.loaded
    assert done.load.rejects == 0
    assert sum(file.records for file in done.load.files) == 471
    # Four statements stand in two files; 230 entities and two persons without them.
    repeats = next(n for words, n in done.load.warnings.items() if words.startswith("an exact repeat"))
    assert repeats == 4
    assert len(store.table("originals").collect()) == 471 - repeats
    assert counted(store, "entities", "kind")[("NaturalPerson",)] == 2
    holdings = store.table("holdings").collect()
    ended = holdings.filter(pl.col("standing") == "Ended")["record"].str.replace(r"/\d+$", "")
    assert ended.n_unique() == 44
    assert counted(store, "entities", "standing")[("Ended",)] == 1
    bands = {(25, 50), (50, 75), (75, 100), (None, None)}
    found = holdings.select(pl.col("share_min", "share_max") // 10_000_000).unique().rows()
    assert set(found) == bands
    assert store.table("entities").filter(pl.col("hq_country").is_not_null()).collect().is_empty()


def test_the_halves_meet_in_company_numbers(shared_data: Path, tmp_path: Path) -> None:
    numbers = []
    for half in ("gleif", "uk-psc"):
        store, _ = loaded(tmp_path / half, shared_data / "bods-0.4-gleif-uk" / half)
        others = store.table("identifiers").filter(pl.col("other_id").str.starts_with("GB-COH:")).collect()
        numbers.append(set(others["other_id"]))
    assert (len(numbers[0]), len(numbers[0] & numbers[1])) == (35, 30)


def test_tops_are_those_that_gleif_records(shared_data: Path, tmp_path: Path) -> None:
    with (shared_data / "gleif-ultimate-truth" / "pairs.csv").open(encoding="utf-8", newline="") as stream:
        pairs = [pair for pair in csv.DictReader(stream) if pair["source"] == "bods-0.4-gleif-uk"]
    assert len(pairs) == 91
    store, _ = loaded(tmp_path, shared_data / "bods-0.4-gleif-uk" / "gleif")
    answers = {row["entity"][-20:]: row for row in resolve_all(store, DAY).iter_rows(named=True)}
    found = Counter(
        (
            answers[pair["child_lei"]]["status"],
            answers[pair["child_lei"]]["ultimate_parents"][-20:] == pair["recorded_ultimate_parent"],
        )
        for pair in pairs
    )
    assert found == {("resolved", True): 91}
    assert answers["213800BC4TEGCCQH9V07"]["status"] == "own_top"


def test_the_register_of_2019(shared_data: Path, tmp_path: Path) -> None:
    store, outcome = loaded(tmp_path, shared_data / "bods-register-2019" / "statements.jsonl")
    (done,) = outcome.loaded
    assert (done.load.rejects, done.load.files[0].records) == (0, 634)
    assert counted(store, "entities", "kind") == {("LegalEntity",): 233, ("NaturalPerson",): 114}
    assert counted(store, "absences", "level", "reason") == {
        ("DirectLevel", "unknown"): 5,
        ("UltimateLevel", "unknown"): 5,
    }
    bands = counted(
        store, "holdings", "interest", "share_min", "share_min_exclusive", "share_max", "share_max_exclusive"
    )
    percent = 10_000_000
    assert bands[("shareholding", 25 * percent, True, 50 * percent, False)] == 34
    assert bands[("shareholding", 50 * percent, True, 75 * percent, True)] == 7
    assert bands[("shareholding", 75 * percent, False, 100 * percent, False)] == 198
    assert bands[("otherInfluenceOrControl", None, None, None, None)] == 67
    # 282 relationships with interests, 5 without a named party.
    named = store.table("holdings").select(pl.col("record").str.replace(r"/\d+$", "")).collect()["record"].n_unique()
    assert named + 5 == 287


def test_the_replacing_statement(shared_data: Path, tmp_path: Path) -> None:
    store, outcome = loaded(tmp_path, shared_data / "bods-register-2019" / "replaces-statements.json")
    assert outcome.loaded[0].load.publisher == "OpenOwnership Register"
    assert len(store.table("entities").collect()) == 1


@pytest.mark.parametrize("version", ["0.1", "0.2", "0.3", "0.4"])
def test_every_official_example_loads(version: str, shared_data: Path, tmp_path: Path) -> None:
    """Two examples hold a statement under an id that is taken: that one is a reject."""
    examples = sorted((shared_data / "bods-standard" / version / "examples").rglob("*.json"))
    assert examples
    for number, path in enumerate(examples):
        store, outcome = loaded(tmp_path / str(number), path)
        (done,) = outcome.loaded
        content = json.loads(path.read_text(encoding="utf-8"))
        statements = content if isinstance(content, list) else [content]
        twice = len(statements) - len({s.get("statementId") or s.get("statementID") for s in statements})
        assert done.load.rejects == twice, path
        assert len(store.table("originals").collect()) == len(statements) - twice
