"""Open facts of an answer as links: each value of a country, and the questions behind a condition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from topco.application.questions import PARTY, answer_word, groups
from topco.errors import NotModelled
from topco.licensing.cases.case import STATED_BY
from topco.licensing.cases.case_keys import PARTIES, party_keys
from topco.reports.determination import Settling
from topco.server.workbench.case_form import principal_of
from topco.server.workbench.case_state import CaseState, steps_of

if TYPE_CHECKING:
    from topco.licensing.law.law_slice import LawSlice

TRUTHS = (("true", "yes"), ("false", "no"))
DESTINATION = "destination"
OF_PARTIES = frozenset({"located_in", "hq_in", "ultimate_parent_hq_in"})
WORDS = {"designer": "item.designer", "endUse": "transaction.end_use"}
"""Facts that rules read as words, by the name under which they do."""
_EXAMPLE = re.compile(r"\(such as (.+)\)$")


@dataclass(frozen=True)
class OpenPlace:
    """A country that would settle the answer: what each value gives, and the links that state one."""

    settling: Settling
    links: Mapping[str, str]


@dataclass(frozen=True)
class OpenCondition:
    """A condition that nobody has answered.

    Attributes:
        outcomes: by what the condition comes to (met, failed), what that gives.
        questions: the keys of the questions that it rests on, with their words.
        states: where it rests on one answer of yes or no: the links that give it.
    """

    label: str
    party: str | None
    outcomes: Mapping[str, tuple[str, ...]]
    questions: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpenFacts:
    """The open facts of one answer to the case of a state."""

    answer: Mapping[str, Any]
    state: CaseState

    def places(self, settling: Iterable[Settling]) -> tuple[OpenPlace, ...]:
        """The countries among them."""
        return tuple(self._place(one) for one in settling if _is_place(one))

    def conditions(self, settling: Iterable[Settling]) -> tuple[OpenCondition, ...]:
        """The conditions among them, each once, with everything that hangs on it."""
        found: dict[tuple[str, str | None], list[Settling]] = {}
        for one in settling:
            if not _is_place(one):
                found.setdefault((one.code, one.party), []).append(one)
        return tuple(self._condition(several) for several in found.values())

    def _place(self, settling: Settling) -> OpenPlace:
        key = self._key(settling)
        links = {}
        for words, _ in settling.values:
            example = _EXAMPLE.search(words)
            code = self._codes.get(example[1]) if example else None
            if key and code:
                links[words] = self.state.with_fact(key, code)
        return OpenPlace(settling, links)

    def _key(self, settling: Settling) -> str | None:
        if settling.code == DESTINATION:
            return f"transaction.{DESTINATION}"
        known = [
            (isinstance(one[settling.code], str), key) for key, one in self._parties() if one["name"] == settling.party
        ]
        return f"{min(known)[1]}.{settling.code}" if known else None

    def _condition(self, several: list[Settling]) -> OpenCondition:
        first = several[0]
        outcomes: dict[str, tuple[str, ...]] = {}
        for one in several:
            for value, words in one.values:
                outcomes[value] = (*outcomes.get(value, ()), words)
        exceptions = {words.partition(":")[0] for one in several for _, words in one.values}
        keys = sorted(self._read(first, exceptions))
        labels = {question.key: question.label for group in groups() for question in group.questions}
        questions = tuple((key, labels.get(path, path)) for path, key in keys)
        states: tuple[tuple[str, str], ...] = ()
        if len(keys) == 1 and self._law is not None and keys[0][0] in self._truths:
            states = tuple((said, self.state.with_fact(keys[0][1], text)) for text, said in TRUTHS)
        return OpenCondition(first.fact, first.party, outcomes, questions, states)

    def _read(self, settling: Settling, exceptions: set[str]) -> Iterator[tuple[str, str]]:
        """The facts that the rules behind a condition read: the key of the question, and the key in the link."""
        law = self._law
        ruleset = None if law is None else law.rulesets.get(self.answer["reading"])
        if ruleset is None:
            return
        of_party = next((key for key, one in self._parties() if one["name"] == settling.party), None)
        paths: set[str] = set()
        for rule in ruleset.rules:
            if rule.condition == settling.code and rule.exception in exceptions:
                paths |= {one.path for one in ruleset.conditions if one.name in rule.names_read("condition")}
                sums = [one for one in ruleset.measures if one.name in rule.names_read("measure")]
                paths |= {addend for one in sums for addend in one.addends}
                paths |= {key for name, key in WORDS.items() if name in rule.names_read("topco")}
        stated = {question.key for group in groups() for question in group.questions}
        for path in paths:
            before, _, last = path.rpartition(".")
            known = f"{before}.{STATED_BY[last][0]}" if last in STATED_BY else path
            if known not in stated:
                continue
            if not known.startswith(f"{PARTY}."):
                yield known, known
            elif of_party is not None:
                yield known, f"{of_party}{known.removeprefix(PARTY)}"

    @cached_property
    def _truths(self) -> frozenset[str]:
        return frozenset(
            question.key for group in groups() for question in group.questions if question.shape.kind == "truth"
        )

    def _parties(self) -> list[tuple[str, Mapping[str, Any]]]:
        parties = self.answer["parties"]
        return list(zip(party_keys(parties), parties, strict=True))

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        """The codes of countries by their names, as the law calls them."""
        return {} if self._law is None else {name: code for code, name in self._law.countries.items()}

    @cached_property
    def _law(self) -> LawSlice | None:
        from topco.licensing.law.body import load_law

        try:
            return load_law().slice_on(date.fromisoformat(self.answer["rules_as_of"]))
        except NotModelled:
            return None


def _is_place(settling: Settling) -> bool:
    return settling.code == DESTINATION or settling.code in OF_PARTIES


def labels_of(whatif: Mapping[str, Any], state: CaseState) -> dict[str, str]:
    """The questions behind the paths of an answer to what would change it, by path, with the party that is asked."""
    labels = {question.key: question.label for group in groups() for question in group.questions}
    found = {}
    changes = [change for target in whatif["wanted"] for change in target["changes"]] + (whatif["worse"] or [])
    facts = [fact for change in changes for fact in change["facts"]]
    facts += [fact for target in whatif["wanted"] for premise in target["premises"] for fact in premise["facts"]]
    for path in {fact["path"] for fact in facts}:
        steps = steps_of(path)
        key = state.read.key_of(steps)
        if key == PARTIES:  # a party that the case leaves to its activity
            key = ".".join((principal_of(state.texts), *map(str, steps[2:])))
        role, _, rest = key.partition(".")
        label = labels.get(key) or labels.get(f"{PARTY}.{rest}")
        if label:
            found[path] = label if key in labels else f"{label} ({answer_word('role', role)})"
    return found
