"""What the statements of a proof rest on is what the rule looked at, and they say no more than that."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ownership_store import add_load, entity, make_store

from scenario_files import load_scenarios
from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options
from topco.ownership.resolution import resolve
from topco.store.schema import HOLDINGS

SCENARIOS = {scenario.id: dict(scenario.case) for scenario in load_scenarios()}
D5 = "Macau or Country Group D:5"


def nodes(case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The statements of a case's proof by their ids."""
    determiner = Determiner(Options(known_as_of=date(2026, 11, 24)), None, [], date(2026, 11, 24))
    (answer,) = determiner.determine([parse_case(case, "test")])
    return {node["id"]: node for node in answer["proof"]["nodes"]}


def grounds(case: dict[str, Any], beginning: str) -> list[str]:
    """What the statement that begins so rests on."""
    found = nodes(case)
    (node,) = [one for one in found.values() if one["text"].startswith(beginning)]
    return [found[one]["text"] for one in node["premises"]]


def test_that_nothing_is_installed_somewhere_rests_on_where_the_fleet_stands() -> None:
    case = SCENARIOS["veu-national-per-country"]
    assert grounds(case, "Nothing is installed in Macau or D:5: met") == [
        "The fleet stands in Brazil and India, as the case states",
        f"Brazil does not count under {D5} on 2025-06-01",
        f"India does not count under {D5} on 2025-06-01",
    ]
    case = SCENARIOS["veu-national-2025-q1-at-limit"]
    assert grounds({**case, "veu": {"kind": "nveu", "hq_in": "IN", "ultimate_parent_hq_in": "IN"}}, "Nothing is") == [
        "The case does not state veu.installed_tpp_by_country"
    ]


def test_the_largest_share_rests_on_the_whole_fleet() -> None:
    found = grounds(SCENARIOS["difference-11-codified"], "The largest share in one country")
    assert [one.rpartition(".")[2][:2] for one in found[:-1]] == ["BR", "CH", "IN", "MY", "SG", "US"]


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("veu-home-exact", "The share of the fleet outside the United States (50 percent) does not exceed the limit"),
        ("lpp-cap-exactly", "with this order (26,900,000 TPP) does not exceed the limit"),
        ("lpp-cap-one-above", "with this order (26,900,001 TPP) exceeds the limit"),
        ("lpp-tally-unknown", "with this order (at least 1,000,000 TPP): how it stands to the limit is not known"),
        ("affiliates-first-day", "taken together (50 percent) reaches the limit"),
        ("affiliates-just-below", "None of the modelled rules in force on 2025-10-15 asks for a licence"),
    ],
)
def test_a_sum_at_its_limit_is_said_as_the_law_counts_it(scenario: str, said: str) -> None:
    texts = [one["text"] for one in nodes(SCENARIOS[scenario]).values()]
    assert any(said in text for text in texts), [text for text in texts if "limit" in text or "rules" in text]


def test_a_condition_on_the_deal_rests_on_the_activity() -> None:
    assert grounds(SCENARIOS["lpp-small-order"], "An export or a reexport: the exception has") == [
        "The activity is export"
    ]


def test_that_nobody_stands_above_equal_parents_is_said(tmp_path: Path) -> None:
    half = dict.fromkeys(HOLDINGS) | {"interest": "shares", "share_exact": 500_000_000, "standing": "Current"}
    held = [{**half, "owner": owner, "owned": "X:c", "record": owner} for owner in ("X:a", "X:b")]
    store = make_store(tmp_path / "store", entities=[entity(f"X:{one}", one) for one in "abc"])
    add_load(store, "holdings", holdings=held)
    (found,) = resolve(store, ["X:c"], date(2025, 6, 1))
    assert found is not None
    assert found["status"] == "joint"
    texts = [node["text"] for node in found["proof"]["nodes"]]
    assert (
        sum(text.startswith(("Nothing about a parent of X:a", "Nothing about a parent of X:b")) for text in texts) == 2
    )
