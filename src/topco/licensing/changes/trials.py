"""What a case would come to with other facts: every trial is the case itself with some facts changed, weighed anew.

Trials go through the same steps as a determination: the changed case is read, prepared and weighed. Those under one law
are weighed together, and none is weighed twice.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from topco.errors import BadInput, NotModelled
from topco.licensing.cases.case import Case, parse_case
from topco.licensing.changes.paths import SHARE, Setting, changed
from topco.licensing.weighing.together import weigh_together

if TYPE_CHECKING:
    from topco.licensing.cases.recipients import Recipient
    from topco.licensing.determine import Determiner, Prepared
    from topco.licensing.weighing.engine import Engine
    from topco.licensing.weighing.outcome import Outcome

Settings = tuple[Setting, ...]


@dataclass(frozen=True)
class Codes:
    """The codes of an answer: what one answer has in common with another."""

    item_class: str
    licence_required: str
    review_policy: str
    strictest: str
    exceptions: tuple[tuple[str, str], ...]
    veu_result: str | None

    @classmethod
    def of(cls, outcome: Outcome) -> Codes:
        """The codes of an outcome."""
        return cls(
            outcome.item_class,
            outcome.licence_required,
            outcome.review.policy,
            outcome.review.strictest,
            tuple(outcome.exceptions.items()),
            outcome.veu_result,
        )

    @cached_property
    def status(self) -> dict[str, str]:
        """The status of every exception, by its code."""
        return dict(self.exceptions)

    def as_json(self) -> dict[str, Any]:
        """The codes as an answer writes them."""
        return {
            "item_class": self.item_class,
            "licence_required": self.licence_required,
            "review_policy": self.review_policy,
            "strictest_outcome": self.strictest,
            "exceptions": [{"code": code, "status": status} for code, status in self.exceptions],
            "veu_result": self.veu_result,
        }


@dataclass(frozen=True, eq=False)
class Trial:
    """One weighed case."""

    prepared: Prepared
    outcome: Outcome

    @cached_property
    def codes(self) -> Codes:
        """The codes of its answer."""
        return Codes.of(self.outcome)


class SupposedShares(Protocol):
    """What is known of a store with other shares."""

    def recipients(self, settings: Sequence[Setting]) -> Mapping[str, Recipient]:
        """The parties of the case as they would be."""

    def determiner(self, settings: Sequence[Setting]) -> Determiner:
        """A determiner that reads the store as it would be."""


class Trials:
    """Trials of one case.

    Args:
        determiner: determines the case, under the options that hold for all trials.
        data: the case as it was read from JSON.
        where: its file, for errors.
        store: answers for shares of a store that are supposed to be others; None if there are none.
    """

    def __init__(
        self, determiner: Determiner, data: Mapping[str, Any], where: str, store: SupposedShares | None = None
    ) -> None:
        self.determiner, self.data, self._where, self.store = determiner, data, where, store
        self.case = parse_case(data, where)
        self._known: dict[str, Trial | None] = {}
        self.count = 0

    @cached_property
    def base(self) -> Trial | None:
        """The case as it is; None if the rules do not cover it."""
        return self.of(())

    @cached_property
    def principal(self) -> str | None:
        """The role of the party that the activity is about."""
        return principal_of(self.determiner, self.case)

    def of(self, settings: Settings) -> Trial | None:
        """The case with these facts; None if they contradict the others, or the rules do not cover them."""
        return self.all([settings])[0]

    def all(self, wanted: Sequence[Settings]) -> list[Trial | None]:
        """The case with each of these sets of facts, in their order."""
        keys = [_key(settings) for settings in wanted]
        fresh = {key: settings for key, settings in zip(keys, wanted, strict=True) if key not in self._known}
        if fresh:
            self._weigh(fresh)
        return [self._known[key] for key in keys]

    def confirms(self, settings: Settings, codes: Codes) -> bool:
        """Whether the changed case, read, prepared and weighed by itself, has these codes."""
        of_case, of_store = _parted(settings)
        case = parse_case(changed(self.data, of_case, self.principal), self._where)
        determiner = self.store.determiner(of_store) if of_store and self.store else self.determiner
        determiner.resolve_parties([case])
        prepared = determiner.prepare(case, determiner.frame(case))
        return Codes.of(determiner.weigh(prepared, self._where)) == codes

    def _weigh(self, fresh: Mapping[str, Settings]) -> None:
        cases = {key: self._case(settings) for key, settings in fresh.items()}
        self.determiner.resolve_parties([case for case in cases.values() if case is not None])
        shared: dict[Engine, list[str]] = defaultdict(list)
        prepared: dict[str, Prepared] = {}
        facts = {}
        for key, case in cases.items():
            self._known[key] = None
            self.count += 1
            if case is None:
                continue
            try:
                prepared[key] = self._prepared(case, fresh[key])
                facts[key] = self.determiner.builder(prepared[key]).build(case, prepared[key].recipients, self._where)
            except (BadInput, NotModelled):
                continue
            shared[prepared[key].engine].append(key)
        for engine, keys in shared.items():
            try:
                outcomes: Iterable[Outcome | None] = weigh_together([facts[key] for key in keys], engine)
            except NotModelled:
                outcomes = [self._alone(facts[key], engine) for key in keys]
            for key, outcome in zip(keys, outcomes, strict=True):
                self._known[key] = None if outcome is None else Trial(prepared[key], outcome)

    def _alone(self, facts: Any, engine: Engine) -> Outcome | None:
        try:
            return weigh_together([facts], engine)[0]
        except NotModelled:
            return None

    def _prepared(self, case: Case, settings: Settings) -> Prepared:
        prepared = self.determiner.prepare(case, self.determiner.frame(case))
        _, of_store = _parted(settings)
        if not of_store or self.store is None:
            return prepared
        return replace(prepared, recipients={**prepared.recipients, **self.store.recipients(of_store)})

    def _case(self, settings: Settings) -> Case | None:
        try:
            return parse_case(changed(self.data, _parted(settings)[0], self.principal), self._where)
        except BadInput:
            return None


def principal_of(determiner: Determiner, case: Case) -> str | None:
    """The role of the party that the activity of a case is about."""
    activity = case.transaction.activity
    if activity is None:
        return None
    return determiner.law.slice_on(determiner.frame(case).rules_as_of).activities[activity].principal


def _parted(settings: Settings) -> tuple[Settings, Settings]:
    """The facts of the case, and the shares of the store."""
    of_store = tuple(one for one in settings if one.steps[0] == SHARE)
    return tuple(one for one in settings if one not in of_store), of_store


def _key(settings: Settings) -> str:
    return json.dumps(sorted((one.path, one.value) for one in settings), default=str)
