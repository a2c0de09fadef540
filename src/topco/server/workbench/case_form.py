"""The form of a case: the questions with what was answered, what is wrong with it, and which are folded away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from topco.application.questions import PARTY, Group, Question, answer_word, groups, part_word
from topco.application.relevance import Stated, exceptions_asking, is_asked, is_spared, spared
from topco.licensing.cases.case_keys import ROLES
from topco.licensing.cases.case_shape import DATE, LIST, SECTION, WORDS, Shape
from topco.reports.words import country_name
from topco.server.workbench.case_state import CaseState

DEFAULT_PARTY = "ultimate_consignee"
"""The party that an order is about as long as nobody says what is done with the item."""
_DAY = 10


@dataclass(frozen=True)
class Field:
    """One question of the form, with what was given.

    Attributes:
        key: the key that the answer has in the link.
        kind: see `topco.licensing.cases.case_shape`; `entry` is one element of a list.
        texts: what was answered.
        words: the codes of the answers, each in words.
        error: what is wrong with it.
        is_folded: whether it cannot matter so far.
        exceptions: the licence exceptions that ask for it.
        fields: the parts of a structure.
    """

    key: str
    kind: str
    label: str
    comment: str = ""
    cite: str = ""
    texts: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    error: str = ""
    is_folded: bool = False
    exceptions: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()

    @property
    def text(self) -> str:
        """The one text; several as they would be written."""
        return ";".join(self.texts)

    @property
    def named(self) -> str:
        """The name of a country that was given by its code."""
        return country_name(self.text.upper()) or ""

    @property
    def is_day(self) -> bool:
        """Whether a date field can show what was given."""
        return self.kind == DATE and (not self.text or (len(self.text) == _DAY and not self.error))


@dataclass(frozen=True)
class Fieldset:
    """A group of questions, of the deal or of one party; `is_open`: asked now, or answered in part."""

    name: str
    label: str
    comment: str
    asked: tuple[Field, ...]
    folded: tuple[Field, ...]
    is_open: bool


@dataclass(frozen=True)
class PartyForm:
    """A party: its role in words, its questions, the link without it; `is_named` if the case has it."""

    key: str
    label: str
    is_named: bool
    fieldsets: tuple[Fieldset, ...]
    without: str


@dataclass(frozen=True)
class CaseForm:
    """Everything that the form shows, in its order."""

    before: tuple[Fieldset, ...]
    parties: tuple[PartyForm, ...]
    after: tuple[Fieldset, ...]
    more_parties: tuple[tuple[str, str], ...]
    elsewhere: tuple[tuple[str, str], ...]
    folded: tuple[str, ...]

    @property
    def open_groups(self) -> list[str]:
        """The names of the groups that are open."""
        of_parties = [one for party in self.parties for one in party.fieldsets]
        return [one.name for one in (*self.before, *of_parties, *self.after) if one.is_open]


def case_form(state: CaseState, answer: Mapping[str, Any] | None) -> CaseForm:
    """The form of a state; the answer to it, if there is one, says what can no longer matter."""
    maker = _Maker(state, answer)
    named = state.read.parties
    shown = named if named else [maker.principal]
    whole = [group for group in groups() if not group.questions[0].key.startswith(f"{PARTY}.")]
    of_parties = [group for group in groups() if group not in whole]
    place = groups().index(of_parties[0])
    before = tuple(maker.fieldset(group, "") for group in groups()[:place])
    parties = tuple(
        PartyForm(
            key,
            _party_label(key),
            key in named,
            tuple(maker.fieldset(group, key) for group in of_parties),
            state.without(key),
        )
        for key in shown
    )
    after = tuple(maker.fieldset(group, "") for group in whole if group not in groups()[:place])
    known = set(maker.keys)
    elsewhere = tuple((key, text) for key, text in state.errors.items() if key not in known)
    return CaseForm(before, parties, after, tuple(_more(shown)), elsewhere, tuple(sorted(maker.spared)))


class _Maker:
    def __init__(self, state: CaseState, answer: Mapping[str, Any] | None) -> None:
        self._texts, self._errors = state.texts, state.errors
        self.principal = principal_of(self._texts)
        parties = state.read.parties or [self.principal]
        self._stated = Stated(self._texts, parties, answer)
        self.spared = spared(self._stated)
        self._exceptions = exceptions_asking(self._stated)
        self.keys: list[str] = []

    def fieldset(self, group: Group, party: str) -> Fieldset:
        """A group with its questions; those that cannot matter stand by themselves."""
        fields = [self._question(question, party) for question in group.questions]
        name = f"{party}-{group.name}" if party else group.name
        asked = tuple(one for one in fields if not one.is_folded)
        folded = tuple(one for one in fields if one.is_folded)
        at_first = group.at_first and not is_spared(group.needs, self._stated)
        is_open = bool(asked) and (at_first or is_asked(group, self._stated) or any(map(self._is_begun, asked)))
        return Fieldset(name, group.label, group.comment, asked, folded, is_open)

    def _is_begun(self, field: Field) -> bool:
        return any(one == field.key or one.startswith(f"{field.key}.") for one in (*self._texts, *self._errors))

    def _question(self, question: Question, party: str) -> Field:
        key = f"{party}{question.key.removeprefix(PARTY)}" if party else question.key
        made = self._field(key, question.key, question.shape, question.label[:1].upper() + question.label[1:])
        return replace(
            made,
            comment=question.comment,
            cite=question.cite,
            is_folded=key in self.spared and not made.error,
            exceptions=self._exceptions.get(question.key, ()),
        )

    def _field(self, key: str, named: str, shape: Shape, label: str) -> Field:
        self.keys.append(key)
        fields: tuple[Field, ...] = ()
        if shape.kind == SECTION:
            fields = tuple(self._parts(key, named, shape))
        elif shape.kind == LIST:
            fields = tuple(self._entry(f"{key}.{number}", named, shape, number) for number in self._numbers(key))
        words = tuple((code, answer_word(named, code)) for code in shape.words)
        texts = self._texts.get(key, [])
        if shape.kind == WORDS:
            texts = [one.strip() for text in texts for one in text.split(";")]
        return Field(key, shape.kind, label, "", "", tuple(texts), words, self._errors.get(key, ""), fields=fields)

    def _entry(self, key: str, named: str, shape: Shape, number: int) -> Field:
        self.keys.append(key)
        parts = tuple(self._parts(key, named, shape))
        return Field(key, "entry", str(number), texts=tuple(self._texts.get(key, [])), fields=parts)

    def _parts(self, key: str, named: str, shape: Shape) -> Iterator[Field]:
        for name, part in shape.parts.items():
            label = part_word(name)
            yield self._field(f"{key}.{name}", f"{named}.{name}", part, label[:1].upper() + label[1:])

    def _numbers(self, key: str) -> list[int]:
        """The elements that are given, and one more."""
        steps = len(key.split("."))
        given = {one.split(".")[steps] for one in self._texts if one.startswith(f"{key}.")}
        numbers = sorted(int(one) for one in given if one.isdecimal() and len(one) < 4)
        return [*numbers, max(numbers, default=0) + 1]


def principal_of(texts: Mapping[str, Sequence[str]]) -> str:
    """The role of the party that the activity is about, whether or not it is stated."""
    from topco.licensing.law.body import load_law
    from topco.licensing.law.vocabulary import NOTATION, node

    law = load_law()
    said = texts.get("transaction.activity", [""])[0]
    for activity in law.subjects("Activity"):
        if law.value(activity, NOTATION) == said:
            return law.value(activity, node("principalRole")) or DEFAULT_PARTY
    return DEFAULT_PARTY


def _party_label(key: str) -> str:
    role, _, number = key.partition(".")
    label = answer_word("role", role)
    return f"{label[:1].upper()}{label[1:]}{f' ({number})' if number else ''}"


def _more(shown: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Parties that may be added: of every role the next."""
    for role in ROLES:
        taken = {int(number or 1) for of, _, number in (key.partition(".") for key in shown) if of == role}
        number = max(taken, default=0) + 1
        key = role if number == 1 else f"{role}.{number}"
        label = answer_word("role", role)
        yield key, f"another {label}" if taken else label
