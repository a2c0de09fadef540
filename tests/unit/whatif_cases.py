"""Cases for the tests of `topco whatif`, and the independent way to what a changed case comes to."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from topco.licensing.cases.case import parse_case
from topco.licensing.changes.answer import HangsOn
from topco.licensing.changes.circumstance_hinges import CircumstanceHinges
from topco.licensing.changes.date_hinges import DateHinges
from topco.licensing.changes.figure_hinges import FigureHinges
from topco.licensing.changes.hinges import Hinge
from topco.licensing.changes.place_hinges import PlaceHinges
from topco.licensing.changes.search import Search
from topco.licensing.changes.trials import Trial, Trials
from topco.licensing.determine import Determiner, Options

TODAY = date(2026, 11, 24)
PLAIN: dict[str, Any] = {
    "id": "plain",
    "transaction": {
        "date": "2025-08-01",
        "activity": "export",
        "destination": "DE",
        "quantity_tpp": 1_000_000,
        "end_use": ["data_centre"],
    },
    "item": {"eccn": "3A090.a", "designer": "authorised", "datacentre": True},
    "parties": [
        {"role": "ultimate_consignee", "name": "B", "located_in": "DE", "hq_in": "DE", "ultimate_parent_hq_in": "DE"}
    ],
    "conditions": {"part_744_746_bar": False},
    "tallies": {"lpp_group_year_tpp": 0},
}


def plain(**sections: Any) -> dict[str, Any]:
    """The plain case with other facts, section by section; `party` are those of its one party."""
    data = copy.deepcopy(PLAIN)
    data["parties"][0] |= sections.pop("party", {})
    for section, values in sections.items():
        data[section] = {**data.get(section, {}), **values} if isinstance(values, dict) else values
    return data


def determiner() -> Determiner:
    """A determiner without a store."""
    return Determiner(Options(), None, [], TODAY)


def determined(data: dict[str, Any], settings: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The determination of a case after its JSON was edited by hand, step by step; by a determiner of its own."""
    edited = copy.deepcopy(data)
    for one in settings:
        edit(edited, one["path"], one["value"])
    return determiner().determine([parse_case(edited, "edited")])[0]


def edit(data: dict[str, Any], path: str, value: Any) -> None:
    """Write a value where a path says, in a way that has nothing to do with the program's own."""
    steps = path.replace("[", ".").replace("]", "").split(".")
    here: Any = data
    for step, following in pairwise(steps):
        key: Any = int(step) if step.isdigit() else step
        if isinstance(key, int) and key == len(here):
            here.append({"role": "ultimate_consignee"})
        if not isinstance(key, int) and here.get(key) is None:
            here[key] = [] if following.isdigit() else {}
        here = here[key]
    here[steps[-1]] = value


def codes(answer: dict[str, Any]) -> dict[str, Any]:
    """The codes of a determination, as a change shows them."""
    keys = ("item_class", "licence_required", "review_policy", "strictest_outcome", "veu_result")
    exceptions = [{"code": one["code"], "status": one["status"]} for one in answer["exceptions"]]
    return {**{key: answer[key] for key in keys}, "exceptions": exceptions}


def trials_of(data: dict[str, Any]) -> tuple[Trials, Trial]:
    """Trials of a case, and the case as it is."""
    trials = Trials(determiner(), data, "case")
    assert trials.base is not None
    return trials, trials.base


def hinges_of(data: dict[str, Any]) -> tuple[Trials, list[Hinge]]:
    """All hinges of a case without a store."""
    trials, base = trials_of(data)
    makers = (PlaceHinges, FigureHinges, CircumstanceHinges, DateHinges)
    return trials, [hinge for maker in makers for hinge in maker(trials, base).all()]


def search_of(data: dict[str, Any]) -> Search:
    """A search among the hinges of a case."""
    trials, hinges = hinges_of(data)
    assert trials.base is not None
    return Search(trials, trials.base, hinges)


def hangs_on(data: dict[str, Any], *wants: str) -> dict[str, Any]:
    """What the answer to a case hangs on."""
    return HangsOn(*trials_of(data)).answer(wants)


def wanted(data: dict[str, Any], want: str) -> dict[str, Any]:
    """What one outcome hangs on."""
    (found,) = hangs_on(data, want)["wanted"]
    assert found["want"] == want
    return dict(found)


def facts_of(changes: Sequence[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    """The facts of changes: path, and what it would have to be."""
    return [[(fact["path"], fact["to"]) for fact in change["facts"]] for change in changes]
