"""Honest determinations of every kind hold, however their JSON is written: listed owners, and all scenarios."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from honest_answers import TODAY, holds, order

from scenario_files import load_scenarios
from small_store import add_load, entity, lei, relationship
from test_listed_owners import band, held, listing
from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options
from topco.licensing.store_determiner import store_determiner
from topco.store.store import Store
from topco.verification.verify import verify


@pytest.mark.parametrize("seed", range(3))
def test_determinations_with_listed_owners(seed: int, tmp_path: Path) -> None:
    draw, folder = random.Random(seed), tmp_path / "store"
    companies = [lei(letter) for letter in "LMPQYZ"]
    holdings = []
    for row in range(2, 9):
        owner, owned = draw.choice(companies[:5]), draw.choice(companies[2:])
        bounds = {"row": row, "record": f"h/{row}"}
        holdings.append(
            draw.choice(
                [
                    held(owner, owned, draw.choice(["25", "50", "60", None]), **bounds),
                    band(owner, owned, "25", draw.choice(["50", "75"]), **bounds),
                ]
            )
        )
    draw.shuffle(holdings)
    tables = {
        "entities": [entity("Y", "BR"), entity("L", "FR", name="Lister SA"), entity("P", "CN", name="Lister S.A.")],
        "holdings": holdings,
        "listings": [listing(companies[0], requirement="All items."), listing(companies[1], list="MEU")],
        "relationships": [relationship("Z", "Y", draw.choice(["InternationalBranch", "DirectConsolidation"]))],
    }
    add_load(folder, "all", date(2025, 3, 2), tables)
    store, met = Store.open(folder), Counter[str]()
    for day in ("2024-01-01", "2025-10-15", "2026-11-20"):
        asked = [draw.choice([*companies, None, "X:absent"]) for _ in range(2)] + [companies[0]]
        for name in (None, "cascade", "consolidation"):
            determiner = store_determiner(Determiner, folder, asked, Options(), TODAY, test=name)
            for answer in determiner.determine([parse_case(order(asked, day, "EAR99"), "test")]):
                basis = answer["proof"]["basis"]
                met.update([f"lists {basis['lists']}", f"flags {any('list' in one for one in answer['red_flags'])}"])
                holds(answer, store)
                stripped = json.loads(json.dumps(answer))
                stripped["red_flags"] = [one for one in stripped["red_flags"] if "list" not in one]
                assert verify(stripped, "test").holds == (stripped == answer)
    assert met["lists True"]
    assert met["flags True"]


@pytest.mark.parametrize("name", ["cascade", "consolidation", None])
def test_a_party_that_the_asked_test_does_not_know_stays_unknown(name: str | None, tmp_path: Path) -> None:
    """Only a relationship names Z, and only a holding Q: no resolution says by which test they were looked for."""
    tables = {
        "entities": [entity("Y", "BR")],
        "relationships": [relationship("Z", "Y")],
        "holdings": [held(lei("Y"), lei("Q"), "60", record="h/1")],
    }
    add_load(tmp_path / "store", "all", date(2025, 3, 2), tables)
    store = Store.open(tmp_path / "store")
    for party in ("Z", "Q"):
        determiner = store_determiner(Determiner, store.path, [lei(party)], Options(), TODAY, test=name)
        for answer in determiner.determine([parse_case(order([lei(party)], "2026-02-01", "3A090.a"), "test")]):
            holds(answer, store)


SCENARIOS = load_scenarios()


@pytest.mark.parametrize("part", range(4))
def test_scenarios(part: int) -> None:
    """Each in its own reading, every twelfth in each of the others and with open tops as recorded too."""
    for number, scenario in enumerate(SCENARIOS[part::4]):
        if number % 3:
            continue
        ways = [Options(known_as_of=TODAY)]
        if number % 12 == 0:
            ways += [Options(known_as_of=TODAY, reading=reading) for reading in ("enforced", "article")]
        for options in ways:
            for answer in Determiner(options, None, [], TODAY).determine([parse_case(dict(scenario.case), "test")]):
                holds(answer)
