"""Parties on days of their own, resolved together: each as it is resolved by itself on its day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from small_store import absence, add_load, entity, lei, relationship
from topco.ownership.facts import bulk_party_facts
from topco.ownership.over_dates import BETWEEN, parties_over_dates
from topco.ownership.parent_tests import parent_test
from topco.store.store import Store

LETTERS = "ABCDEFGHIJKLMNOP"
FIRST = date(2024, 1, 1)
DAYS = 60


def some_day(draw: random.Random) -> date:
    return FIRST + timedelta(days=draw.randrange(-10, DAYS + 10))


def period(draw: random.Random) -> dict[str, Any]:
    begin, end = sorted((some_day(draw), some_day(draw)))
    ended = draw.random() < 0.6
    return {
        "valid_from": begin if draw.random() < 0.7 else None,
        "valid_to": end if ended else None,
        "standing": "Ended" if ended else "Current",
    }


def holding(draw: random.Random, owner: str, owned: str) -> dict[str, Any]:
    share = draw.choice([30_000_000, 50_000_000, 60_000_000, 100_000_000])
    named = {"owner": lei(owner), "owned": lei(owned), "interest": "shareholding", "share_exact": share}
    return {**named, **period(draw), "record": f"{owner}{owned}", "file": "h.csv", "row": 2}


def world(draw: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Companies with and without records, in groups that change."""
    pairs = [draw.sample(LETTERS, 2) for _ in range(14)]
    kinds = ("DirectConsolidation", "UltimateConsolidation")
    links = [relationship(one, other, draw.choice(kinds)) | period(draw) for one, other in pairs[:8]]
    held = [holding(draw, one, other) for one, other in pairs[8:]]
    described = draw.sample(LETTERS, 12)
    apart = [
        {"id": lei(one), "country": draw.choice(["CN", "DE"]), "basis": "register", **period(draw), "record": one}
        for one in draw.sample(LETTERS, 4)
    ]
    return {
        "entities": [entity(one, draw.choice(["DE", "CN", "BR", None])) for one in described],
        "relationships": links,
        "holdings": held,
        "absences": [absence(one, "Direct", draw.choice(["NO_KNOWN_PERSON", "NON_PUBLIC"])) for one in LETTERS[:5]],
        "headquarters": [{name: value for name, value in one.items() if name != "standing"} for one in apart],
    }


@pytest.mark.parametrize("seed", range(12))
def test_all_days_together_are_each_day_by_itself(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    add_load(tmp_path / "store", "lei2", date(2024, 1, 20), world(draw))
    store = Store.open(tmp_path / "store")
    test = parent_test()
    asked = [(lei(draw.choice(LETTERS + "Z")), FIRST + timedelta(days=draw.randrange(DAYS))) for _ in range(120)]
    found = parties_over_dates(
        store, pl.DataFrame(asked, schema={"id": pl.String, "day": pl.Date}, orient="row"), None, test
    )
    assert len(found) == len(asked)
    statuses = set()
    for (identifier, day), row in zip(asked, found.rows(named=True), strict=True):
        facts = bulk_party_facts(store, [identifier], day, None, test).get(identifier)
        statuses.add(row["status"])
        if facts is None:
            assert row["status"] == "not_in_store"
            continue
        countries = facts.hq_alternatives or ((facts.hq_country,) if facts.hq_country else ())
        assert row["status"] == facts.status
        assert row["name"] == (facts.name or facts.id)
        assert row["hq"] == ";".join(countries)
        assert row["parents"] == len(facts.ultimate_parents)
        assert row["parent_ids"] == BETWEEN.join(one for one, _, _ in facts.ultimate_parents)
        assert row["parent_names"] == BETWEEN.join(name or one for one, name, _ in facts.ultimate_parents)
        assert row["parent_hqs"] == BETWEEN.join(";".join(one) for one in facts.ultimate_parent_hqs)
        assert (row["highest_hq"] or None) == facts.highest_known[2]
    assert len(statuses) > 2
