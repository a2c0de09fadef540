"""What an undecided pair would change is what a judgement on it changes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from resolution_cases import DAY, VINTAGES, Entity, Evidence, Holding, frames, with_holdings
from topco.identity.judgements import Judgement, judge, propose
from topco.identity.parties import parties
from topco.ownership.bulk_table import resolve_all, resolve_listed
from topco.ownership.facts import bulk_party_facts, party_facts
from topco.ownership.parent_tests import parent_test
from topco.ownership.resolution import resolve
from topco.store.manifest import Load
from topco.store.schema import schema_of
from topco.store.store import LOADS, Store

# Each example writes a store; to make a failing one smaller takes minutes.
quiet = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TABLES = ("entities", "relationships", "absences", "holdings", "headquarters")
POOL = [f"X:{name}" for name in "abcdePSU"]


@contextmanager
def stored(case: Evidence) -> Iterator[Store]:
    """The evidence as a store with one load for each of its loads."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "store", create=True)
        for name, vintage in VINTAGES.items():
            place = store.path / LOADS / name
            place.mkdir(parents=True)
            counts = {}
            for table, rows in zip(TABLES, frames(case), strict=True):
                mine = rows.filter(pl.col("load") == name).with_row_index("n")
                said = mine.with_columns(
                    record=pl.format("test/{}/{}", pl.lit(f"{table}/{name}"), "n"),
                    file=pl.lit("f"),
                    row=pl.col("n").cast(pl.Int64),
                )
                said.select(list(schema_of(table))).write_parquet(place / f"{table}.parquet")
                counts[table] = len(mine)
            load = Load(
                name, name, f"digest {name}", name, "kind", vintage, "option", datetime(2025, 1, 1, tzinfo=UTC), "CC0"
            )
            with store.writing():
                store.commit(store.manifest.with_load(Load(**{**vars(load), "tables": counts})))
        yield store


def seen(document: dict[str, Any], of: Any) -> dict[str, Any]:
    hq, tops = document["hq"], document["ultimate_parents"]

    def countries(country: str | None, alternatives: list[Any]) -> set[str]:
        return {country} if country else {one["country"] for one in alternatives}

    return {
        "status": document["status"],
        "hq_countries": countries(hq["country"], hq["alternatives"]),
        "ultimate_parents": set(of(one["id"] for one in tops)),
        "ultimate_parent_hq_countries": {
            country for one in tops for country in countries(one["hq_country"], one["hq_alternatives"])
        },
    }


def sets(would_be: dict[str, Any], of: Any) -> dict[str, Any]:
    shown = {name: set(value) if isinstance(value, list) else value for name, value in would_be.items()}
    return {**shown, "ultimate_parents": set(of(shown["ultimate_parents"]))}


SPLIT = Evidence(
    tuple(Entity(f"X:{name}", "LegalEntity", None, "Current", "late") for name in "abc"),
    (),
    (),
    (Holding("X:a", "X:c", "shares", 30, None, "late"), Holding("X:b", "X:c", "shares", 30, None, "late")),
)
"""If a and b are one it has 60 percent of c, though neither is on c's chain."""


@pytest.mark.parametrize("name", ["headquarters", "integrated", "cascade"])
@settings(quiet, max_examples=25)
@given(case=with_holdings(most=6), pair=st.lists(st.sampled_from(POOL), min_size=2, max_size=2, unique=True))
@example(case=SPLIT, pair=["X:a", "X:b"])
def test_what_would_be_is_what_a_judgement_brings(name: str, case: Evidence, pair: list[str]) -> None:
    test = parent_test(name)
    with stored(case) as store:
        asked = sorted({entity.id for entity in case.entities} | {row.owned for row in case.holdings})
        propose(store, [{"first": pair[0], "second": pair[1], "score": 90, "reason": "alike"}])
        before = resolve(store, asked, DAY, test=test)
        judge(store, [Judgement(pair[0], pair[1], "same", "ann")])
        after = resolve(store, asked, DAY, test=test)
        of = parties(store).party_of
        for one, was, now in zip(asked, before, after, strict=True):
            assert was is not None
            assert now is not None
            assert "undecided" not in now
            named = was.get("undecided", [])
            if named:
                assert sets(named[0]["would_be"], of) == seen(now, of), one
            else:
                assert seen(was, of) == seen(now, of), one


def test_shared_numbers_and_doubts_are_tried_before_names() -> None:
    with stored(SPLIT) as store:
        many = [{"first": "X:c", "second": f"X:n{n:02}", "score": 99, "reason": "alike"} for n in range(15)]
        propose(store, many)
        judge(store, [Judgement("X:a", "X:b", "unsure", "ann")])
        (document,) = resolve(store, ["X:c"], DAY)
        assert document is not None
        assert [pair["why"] for pair in document["undecided"]] == ["unsure"]
        assert document["undecided_not_tried"] == 4


@settings(quiet, max_examples=25)
@given(
    case=with_holdings(most=6),
    pairs=st.lists(st.tuples(st.sampled_from(POOL), st.sampled_from(POOL)), min_size=1, max_size=3),
)
def test_many_at_once_are_answered_like_each_alone(case: Evidence, pairs: list[tuple[str, str]]) -> None:
    with stored(case) as store:
        judge(store, [Judgement(one, other, "same", "ann") for one, other in pairs if one != other])
        of = parties(store).party_of
        alone, together = (ask(store, POOL, DAY) for ask in (party_facts, bulk_party_facts))
        assert alone.keys() == together.keys()
        for one in alone:
            assert replace(alone[one], resolution={}) == together[one]
        documents = dict(zip(POOL, resolve(store, POOL, DAY), strict=True))
        listed = resolve_listed(store, pl.DataFrame({"id": POOL}), DAY)
        assert listed["id"].to_list() == POOL
        every = resolve_all(store, DAY)
        assert every["entity"].is_unique().all()
        rows = {row["entity"]: row for row in every.iter_rows(named=True)}
        for row in listed.iter_rows(named=True):
            document = documents[row["id"]]
            assert row["entity"] == of([row["id"]])[0]
            assert (row["status"], document is None) == (
                document and document["status"],
                row["notes"] == "not_in_store",
            )
            if row["entity"] in rows:
                assert rows[row["entity"]] == {name: row[name] for name in rows[row["entity"]]}
