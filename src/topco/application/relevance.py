"""Which questions cannot matter for what was answered so far: they are folded away, never lost.

A fact is spared if the data say that it matters only with another answer, or not beside another fact; if it can matter
only for other destinations; and if every rule that reads it has come to its end without it: an exception that fails on
another condition, the review of a licence that nobody needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.application.questions import PARTY, Needs, Question, groups
from topco.errors import NotModelled

if TYPE_CHECKING:
    from topco.licensing.law.law_slice import LawSlice
    from topco.licensing.law.rule import Rule
    from topco.licensing.law.ruleset import Ruleset

OF_EXCEPTIONS = frozenset({"ConditionRule", "DutyRule"})
AFTER_REQUIREMENT = frozenset({"ConditionRule", "DutyRule", "PolicyRule", "DocumentRule"})
NOT_REQUIRED = frozenset({"no", "na"})
TALLIES = "tallies."


@dataclass(frozen=True)
class Stated:
    """What is stated so far: texts by key, the keys of the parties, and the answer to it, if there is one."""

    facts: Mapping[str, Sequence[str]]
    parties: Sequence[str]
    answer: Mapping[str, Any] | None = None

    def value(self, key: str, party: str = "") -> str | None:
        """The one text of a fact; `party.hq_in` is that of the party."""
        found = self.facts.get(_of(key, party), ())
        return found[0] if len(found) == 1 else None

    def has(self, key: str, party: str = "") -> bool:
        """Whether anything is stated of a fact, or of a part of it."""
        own = _of(key, party)
        return any(one == own or one.startswith(f"{own}.") for one in self.facts)


def spared(stated: Stated) -> frozenset[str]:
    """The keys of questions that are not stated and cannot matter; those of a party stand for it by its key.

    >>> "transaction.released_to_nationality" in spared(Stated({"transaction.activity": ["export"]}, ()))
    True
    """
    law = _Law.of(stated)
    return frozenset(_spared(stated, law))


def _spared(stated: Stated, law: _Law | None) -> Iterator[str]:
    for group in groups():
        for question in group.questions:
            for party in stated.parties if question.key.startswith(f"{PARTY}.") else ("",):
                unneeded = _is_spared(group.needs, stated, law, party) or _is_spared(question.needs, stated, law, party)
                if (unneeded or (law and law.is_decided(question))) and not stated.has(question.key, party):
                    yield _of(question.key, party)


def _is_spared(needs: Needs, stated: Stated, law: _Law | None, party: str) -> bool:
    if needs.not_beside is not None and stated.has(needs.not_beside, party):
        return True
    for key, suitable in needs.answers:
        given = stated.value(key, party)
        if given is not None and given not in suitable:
            return True
    destination = stated.value("transaction.destination")
    return bool(needs.only_for and destination and law and law.is_outside(destination.strip().upper(), needs.only_for))


@dataclass(frozen=True)
class _Law:
    """The law of the answer: its rules, and what has come to its end."""

    slice: LawSlice
    ruleset: Ruleset
    failed: frozenset[str]
    is_required: bool

    @classmethod
    def of(cls, stated: Stated) -> _Law | None:
        from topco.licensing.law.body import load_law

        answer = stated.answer
        if answer is None:
            return None
        day = date.fromisoformat(answer["rules_as_of"])
        try:
            law = load_law().slice_on(day)
            ruleset = law.ruleset(answer["reading"], day)
        except NotModelled:
            return None
        failed = frozenset(
            one["code"]
            for one in answer["exceptions"]
            if one["status"] == "no" and any(condition["state"] == "failed" for condition in one["conditions"])
        )
        return cls(law, ruleset, failed, answer["licence_required"] not in NOT_REQUIRED)

    def is_outside(self, country: str, group: str) -> bool:
        """Whether a country that the law knows is in no such group."""
        return country in self.slice.countries and group not in self.slice.groups_of.get(country, frozenset())

    def is_decided(self, question: Question) -> bool:
        """Whether no rule that reads the fact is still open."""
        readers = self._readers(question)
        return readers is not None and all(self._is_closed(rule) for rule in readers)

    def _is_closed(self, rule: Rule) -> bool:
        if not self.is_required and rule.kind in AFTER_REQUIREMENT:
            return True
        return rule.kind in OF_EXCEPTIONS and rule.exception in self.failed

    def _readers(self, question: Question) -> list[Rule] | None:
        """The rules that read a paper, a circumstance or a tally; None for every other fact."""
        key = question.key
        named = [("condition", one.name) for one in self.ruleset.conditions if key in (one.path, one.ground_path)]
        if key.startswith(TALLIES):
            sums = {key, question.needs.not_beside}
            named = [("measure", one.name) for one in self.ruleset.measures if sums & set(one.addends)]
        return [rule for prefix, name in named for rule in self.ruleset.readers(prefix, name)] if named else None


def _of(key: str, party: str) -> str:
    return f"{party}{key.removeprefix(PARTY)}" if party and key.startswith(f"{PARTY}.") else key
