"""What stands against an outcome: the rule, the facts that it read, their values, and what each would need to be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from topco.licensing.changes.hinges import DATE, SHARE
from topco.licensing.law.rule import COUNTRY_PROPERTIES

if TYPE_CHECKING:
    from topco.licensing.changes.hinges import Hinge
    from topco.licensing.changes.search import Search
    from topco.licensing.changes.targets import Premise, Target
    from topco.licensing.changes.trials import Trial

ITEM = frozenset({("topco", "entry"), ("topco", "classifiedAs"), ("topco", "ofNature"), ("topco", "targetEntry")})
ACTIVITY = ("topco", "activity")


class Against:
    """The premises against one target, in the words of an answer."""

    def __init__(self, search: Search, target: Target) -> None:
        self._search, self._target = search, target

    def all(self) -> list[dict[str, Any]]:
        """Every premise: all of them have to fall for the outcome to come about."""
        return [self._said(premise) for premise in self._target.premises(self._search.base)]

    def _said(self, premise: Premise) -> dict[str, Any]:
        parties = self._search.base.outcome.facts.parties
        return {
            "sort": premise.sort,
            "id": premise.code,
            "state": premise.state,
            "text": premise.rule.label,
            "rule": premise.rule.name,
            "cite": premise.rule.cite,
            "party": None if premise.party is None else parties[premise.party].name,
            "facts": [self._fact(hinge, premise) for hinge in self._read_by(premise)] + list(self._others(premise)),
        }

    def _fact(self, hinge: Hinge, premise: Premise) -> dict[str, Any]:
        chosen = self._without(hinge, premise)
        return {"path": hinge.path, "value": hinge.now, "needs": hinge.describe(chosen) if chosen else None}

    def _without(self, hinge: Hinge, premise: Premise) -> list[int]:
        """The choices of a hinge with which the premise falls, everything else as it is."""
        key = premise.code, premise.party
        return [
            index
            for index, trial in enumerate(self._trials_of(hinge))
            if trial is not None and key not in self._keys(trial)
        ]

    def _trials_of(self, hinge: Hinge) -> Sequence[Trial | None]:
        return next(trials for one, trials in self._search.singles if one is hinge)

    def _keys(self, trial: Trial) -> set[tuple[str, int | None]]:
        if trial not in self._known:
            self._known[trial] = self._target.against(trial)
        return self._known[trial]

    @cached_property
    def _known(self) -> dict[Trial, set[tuple[str, int | None]]]:
        return {}

    def _read_by(self, premise: Premise) -> list[Hinge]:
        """The hinges that the rule of a premise read."""
        return [
            hinge
            for hinge in self._search.hinges
            if hinge.kind not in (DATE, SHARE) and self._is_read(hinge, premise) and self._is_about(hinge, premise)
        ]

    def _is_read(self, hinge: Hinge, premise: Premise) -> bool:
        """Whether the rule names the fact and, where its row says so, looked at this one."""
        rule, finding = premise.rule, premise.finding
        names = hinge.read_as & rule.named
        if not names or finding is None:
            return bool(names)
        for prefix, name in names:
            bound = re.findall(rf"topco:{name}\s+\?(\w+)", rule.text)
            if prefix != "topco" or name not in COUNTRY_PROPERTIES or not bound or set(bound) & finding.evidence.keys():
                return True
            if not set(bound) & _selected(rule.text):
                return True
        return False

    def _is_about(self, hinge: Hinge, premise: Premise) -> bool:
        if hinge.party is None or premise.party is not None:
            return hinge.party in (None, premise.party)
        roles = set(self._search.base.outcome.facts.parties[hinge.party].roles)
        return not premise.rule.roles or bool(premise.rule.roles & roles)

    def _others(self, premise: Premise) -> Iterator[dict[str, Any]]:
        """What else the rule read and no change is proposed for: the item, and what is done with it."""
        outcome, read = self._search.base.outcome, premise.rule.named
        if self._read_by(premise):
            return
        if ITEM & read:
            yield {"path": "item", "value": outcome.eccn or outcome.item_class, "needs": None}
        if ACTIVITY in read:
            yield {"path": "transaction.activity", "value": outcome.facts.activity, "needs": None}


def _selected(text: str) -> set[str]:
    """The variables that a query shows in its rows."""
    return set(re.findall(r"\?(\w+)", text.partition("WHERE")[0]))
