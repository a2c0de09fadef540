"""Ultimate parents against what GLEIF records, and against counts made of real data by others."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from ownership_store import entity, make_store, relationship

from topco.ownership.bulk_table import resolve_all
from topco.ownership.chain import chain_of
from topco.ownership.neighbourhood import all_evidence
from topco.ownership.parent_tests import parent_test
from topco.ownership.resolution import resolve
from topco.registries.gleif.registry import Gleif
from topco.registries.loading import load
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

# Country Group D:5 of supplement no. 1 to part 740 as the table of 2026-07-23 has it, and Macau and Hong Kong: the set
# for which the counts below were made.
INSIDE = frozenset(
    "AF BY CF CN CD CU ER HT IR IQ KP LB LY MM NI RU SO SS SD SY VE ZW MO HK".split()  # noqa: SIM905
)
DAY = date(2025, 3, 16)

Pair = dict[str, str]


def pairs_of(shared_data: Path) -> list[Pair]:
    with (shared_data / "gleif-ultimate-truth" / "pairs.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def resolutions(pairs: list[Pair], folder: Path) -> dict[str, tuple[str, set[str], list[str]]]:
    """Status, ultimate parents and notes of every child, with direct and ultimate records of one extract loaded."""
    named = {pair["child_lei"]: pair["child_hq_country"] or None for pair in pairs}
    for pair in pairs:
        for column in ("recorded_direct_parent", "recorded_ultimate_parent"):
            if pair[column]:
                named.setdefault(pair[column], None)
    direct = [(pair["child_lei"], pair["recorded_direct_parent"]) for pair in pairs if pair["recorded_direct_parent"]]
    ultimate = [(pair["child_lei"], pair["recorded_ultimate_parent"]) for pair in pairs]
    store = make_store(
        folder,
        entities=[entity(lei, lei, country) for lei, country in named.items()],
        relationships=[relationship(child, parent) for child, parent in direct]
        + [relationship(child, parent, "UltimateConsolidation") for child, parent in ultimate],
    )
    documents = [document for document in resolve(store, [child for child, _ in ultimate], DAY) if document]
    return {
        document["entity"]["id"]: (
            document["status"],
            {parent["id"] for parent in document["ultimate_parents"]},
            document["notes"],
        )
        for document in documents
    }


def test_recorded_ultimate_parents_are_reached(shared_data: Path, tmp_path: Path) -> None:
    pairs = pairs_of(shared_data)
    outcomes: Counter[tuple[str, str]] = Counter()
    for source in sorted({pair["source"] for pair in pairs}):
        of_source = [pair for pair in pairs if pair["source"] == source]
        answers = resolutions(of_source, tmp_path / source)
        for pair in of_source:
            status, parents, notes = answers[pair["child_lei"]]
            outcomes[pair["verdict"], status] += 1
            if status == "resolved":
                assert parents == {pair["recorded_ultimate_parent"]}
            else:
                assert pair["recorded_ultimate_parent"] in parents
            if pair["verdict"] == "no_direct_recorded":
                assert "chain_incomplete" in notes
    # One recorded ultimate parent (029200388A7S7Z5I0H57) records an ultimate parent of its own: the company below it,
    # whose direct chain stops short, has both as candidates.
    assert outcomes == {
        ("agree", "resolved"): 154,
        ("no_direct_recorded", "resolved"): 49,
        ("chain_stops_short_or_differs", "resolved"): 46,
        ("chain_stops_short_or_differs", "conflicting"): 1,
        ("chain_goes_beyond_ultimate", "conflicting"): 2,
    }


@pytest.fixture(scope="module")
def half(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The ownership components of half of GLEIF's records of March 2025, through the importer."""
    store = Store.open(tmp_path_factory.mktemp("half"), create=True)
    files = shared_data / "gleif-bulk-2025" / "recolumned"
    load(store, Gleif(), [files / "lei2.csv.gz", files / "rr.csv.gz"], DAY, lambda *_: None)
    return store


def test_lengths_of_chains(half: Store) -> None:
    evidence = all_evidence(half, DAY, None, parent_test(), sources=False)
    children = sorted(set(evidence.snapshot.source.tolist()))
    lengths = Counter(len(chain_of(evidence, node).rows) for node in children)
    lengths[1] -= 1  # the company that is its own parent
    assert lengths == {1: 13_584, 2: 2_324, 3: 410, 4: 134, 5: 97, 6: 18, 7: 2}


def test_statuses(half: Store) -> None:
    table = resolve_all(half, DAY)
    counts = dict(table["status"].value_counts().iter_rows())
    assert table.height == 20_469
    assert counts == {"open_top": 11_461, "outside_data": 5_108, "no_evidence": 3_899, "cyclic": 1}
    assert table.filter(status="cyclic")["notes"].to_list() == ["fund;self_parent"]
    outside = table.filter(status="outside_data")
    assert outside["ultimate_parent_hq_countries"].null_count() == outside.height


def test_parents_without_record(half: Store) -> None:
    evidence = all_evidence(half, DAY, None, parent_test(), sources=False)
    parents = set(evidence.snapshot.target.tolist())
    assert len(parents) == 6_251
    assert sum(not evidence.snapshot.record[parent] for parent in parents) == 1_291


def test_groups_whose_headquarters_lies_elsewhere(half: Store) -> None:
    """51 companies with an outside headquarters have a top inside; 10 of these tops only by their headquarters."""
    legal = half.table("entities", ["id", "registered_country"]).collect()
    tops = (
        resolve_all(half, DAY)
        .filter(status="open_top")
        .join(legal, left_on="ultimate_parents", right_on="id", how="left")
    )
    own, top, top_legal = (
        pl.col(column).is_in(list(INSIDE))
        for column in ("hq_country", "ultimate_parent_hq_countries", "registered_country")
    )
    inside = tops.filter(~own & top)
    assert inside.height == 51
    assert inside.filter(~top_legal).height == 10
    assert tops.filter(own & ~top).height == 141


def test_headquarters_differ_between_child_and_top(half: Store) -> None:
    """4,227 by the addresses on the records; a branch whose head office is not recorded has no headquarters here."""
    records = half.table("entities", ["id", "hq_country", "kind"]).collect()
    tops = resolve_all(half, DAY).filter(status="open_top").select("entity", "hq_country", top="ultimate_parents")
    tops = tops.join(records.select(entity="id", address="hq_country", kind="kind"), on="entity", how="left")
    tops = tops.join(records.select(top="id", top_address="hq_country", top_kind="kind"), on="top", how="left")
    differ = tops.filter(pl.col("address") != pl.col("top_address"))
    assert differ.height == 4_227
    assert differ.filter((pl.col("kind") != "Branch") & (pl.col("top_kind") != "Branch")).height == 4_224
    assert tops.filter(pl.col("hq_country").is_null())["kind"].unique().to_list() == ["Branch"]
