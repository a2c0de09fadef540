"""Which questions cannot matter for what was answered so far: they are folded away, never lost.

A question is spared if the data say that it matters only with another answer, or not beside another fact; if it can
matter only for other destinations; and if every rule that reads it has come to its end without it: an exception that
fails on another condition, the review of a licence that nobody needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.application.questions import PARTY, Group, Needs, Question, groups
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


def exceptions_asking(stated: Stated) -> dict[str, tuple[str, ...]]:
    """The licence exceptions whose rules read a fact, by the key of its question, in the law of the answer.

    Without an answer, or without rules for its date, nothing is said.
    """
    law = _Law.of(stated)
    questions = [question for group in groups() for question in group.questions]
    found = {} if law is None else {question.key: law.exceptions_reading(question) for question in questions}
    return {key: codes for key, codes in found.items() if codes}


def _spared(stated: Stated, law: _Law | None) -> Iterator[str]:
    for group in groups():
        for question in group.questions:
            for party in stated.parties if question.key.startswith(f"{PARTY}.") else ("",):
                unneeded = is_spared(question.needs, stated, party) or (law is not None and law.has_done_with(question))
                if unneeded and not stated.has(question.key, party):
                    yield _of(question.key, party)


def is_asked(group: Group, stated: Stated) -> bool:
    """Whether the answers with which a group is asked are all given, and nothing spares it."""
    given = [(stated.value(key), suitable) for key, suitable in group.needs.answers]
    return bool(given) and not is_spared(group.needs, stated) and all(one in suitable for one, suitable in given)


def is_spared(needs: Needs, stated: Stated, party: str = "") -> bool:
    """Whether another fact stands for it, or another answer is given than one with which it matters."""
    if needs.not_beside is not None and stated.has(needs.not_beside, party):
        return True
    for key, suitable in needs.answers:
        given = stated.value(key, party)
        if given is not None and given not in suitable:
            return True
    return False


@dataclass(frozen=True)
class _Law:
    """The law of the answer: its rules, and what has come to its end."""

    slice: LawSlice
    ruleset: Ruleset
    failed: frozenset[str]
    is_required: bool
    destination: str | None

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
        destination = stated.value("transaction.destination")
        is_required = answer["licence_required"] not in NOT_REQUIRED
        return cls(law, ruleset, failed, is_required, destination and destination.strip().upper())

    def has_done_with(self, question: Question) -> bool:
        """Whether the destination, or every rule that reads the fact, has come to its end without it."""
        if self.destination and question.needs.only_for and self._is_outside(self.destination, question.needs.only_for):
            return True
        readers = self._readers(question)
        return readers is not None and all(self._is_closed(rule) for rule in readers)

    def exceptions_reading(self, question: Question) -> tuple[str, ...]:
        """The exceptions of which a rule reads the fact."""
        return tuple(sorted({rule.exception for rule in self._readers(question) or () if rule.exception}))

    def _is_outside(self, country: str, group: str) -> bool:
        """Whether a country that the law knows is in no such group."""
        return country in self.slice.countries and group not in self.slice.groups_of.get(country, frozenset())

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
