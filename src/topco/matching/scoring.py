"""How alike two names of parties are, from 0 to 100, and why: a score that anyone can add up.

It begins at 100, and every difference takes points off:

1. Numbers differ (`No. 2`, `No. 3`, none): 0, whatever else is alike. So do kinds that nothing can be at once.
2. Words, legal forms apart. The same in another order: 3. Written together or apart: 2. A misspelling (both words of
   four letters and more, four fifths of the letters in common, neither a telling word): its part of all letters, at
   least 3. A single letter for a word that begins so: 6; letters for words with these initials: 20. A word without a
   counterpart: 15 and its part of all letters. Names in scripts without spaces: twice the part of differing letters.
3. Legal forms: of the same sort (GmbH, Limited) 2, stated on one side only 3, of another sort 8.
4. Countries: none in common 25, unknown on one side or both 5.
5. A name that is not the party's main one: 2 on either side. A natural person: 10, since many bear one name.

Invariants: the score is symmetric, does not depend on what else is compared, and is 100 only if words (in order), forms
and numbers are the same, a country is shared, and the parties are not persons.
"""

from __future__ import annotations

from dataclasses import dataclass

from topco.matching.alignment import Difference, differences
from topco.matching.knowledge_of_names import forms
from topco.matching.normal import Name

WHOLE = 100
FORM_ALIKE, FORM_UNSTATED, FORM_DIFFERENT = 2, 3, 8
COUNTRY_UNKNOWN, COUNTRY_DIFFERENT = 5, 25
OTHER_NAME, PERSON = 2, 10

PERSONS = frozenset({"NaturalPerson"})
EITHER = frozenset({"SoleProprietor"})  # a person and a business at once
APART = frozenset({"Branch"})  # bears its company's name, and is not the company
NOBODY = frozenset({"UnidentifiedParty"})


@dataclass(frozen=True)
class Party:
    """What is compared of a party: one of its names in normal form, its countries, its kind."""

    name: Name
    countries: frozenset[str] = frozenset()
    kind: str | None = None
    is_main: bool = True


@dataclass(frozen=True)
class Score:
    """A score and the differences that it is made of; the first of several that rule a match out stands alone."""

    value: int
    parts: tuple[Difference, ...]

    @property
    def reason(self) -> str:
        """The parts in one line."""
        return "; ".join(f"{part.words} (-{part.points})" if part.points else part.words for part in self.parts)


def score(first: Party, second: Party) -> Score:
    """Compare two parties by one name of each.

    >>> from topco.matching.normal import normalise
    >>> german = Party(normalise("Müller Optik GmbH"), frozenset({"DE"}), "LegalEntity")
    >>> english = Party(normalise("MULER OPTIK LTD"), frozenset({"DE"}), "LegalEntity")
    >>> found = score(german, english)
    >>> found.value, found.reason
    (93, "'muler' for 'muller' (-5); legal forms of one sort: 'gmbh', 'ltd' (-2); country DE")
    """
    if first.name.numbers != second.name.numbers:
        return _ruled_out(f"numbers differ: {_listed(first.name.numbers, second.name.numbers)}")
    if not compatible(first.kind, second.kind):
        return _ruled_out(f"kinds differ: {_listed((str(first.kind),), (str(second.kind),))}")
    if not first.name.words or not second.name.words:
        return _ruled_out("no name to compare")
    parts = [*differences(first.name.words, second.name.words)] or [Difference(0, "same words")]
    parts += _forms(first.name, second.name)
    parts += _countries(first, second)
    if others := (not first.is_main) + (not second.is_main):
        parts.append(Difference(OTHER_NAME * others, "by another name of " + ("both" if others > 1 else "one")))
    if PERSONS & {first.kind, second.kind}:
        parts.append(Difference(PERSON, "persons: a name and a country may belong to many"))
    return Score(max(0, WHOLE - sum(part.points for part in parts)), tuple(parts))


def compatible(first: str | None, second: str | None) -> bool:
    """Whether one thing can be of both kinds; an unknown kind can be anything.

    >>> compatible("NaturalPerson", "LegalEntity"), compatible("StateBody", "LegalEntity"), compatible(None, "Fund")
    (False, True, True)
    """
    if NOBODY & {first, second}:
        return False
    if first is None or second is None or first == second:
        return True
    if APART & {first, second}:
        return False
    return (first in PERSONS) == (second in PERSONS) or bool(EITHER & {first, second})


def _ruled_out(words: str) -> Score:
    return Score(0, (Difference(WHOLE, words),))


def _forms(first: Name, second: Name) -> list[Difference]:
    one, other = frozenset(first.forms), frozenset(second.forms)
    if one == other:
        return [Difference(0, "same legal form")] if one else []
    if not one or not other:
        return [Difference(FORM_UNSTATED, f"legal form on one side only: {_listed(first.forms or second.forms)}")]
    sorts = forms().sorts
    alike = one & other or frozenset().union(*map(sorts.__getitem__, one)) & frozenset().union(
        *map(sorts.__getitem__, other)
    )
    listed = _listed(*sorted((first.forms, second.forms)))
    if alike:
        return [Difference(FORM_ALIKE, f"legal forms of one sort: {listed}")]
    return [Difference(FORM_DIFFERENT, f"legal forms of different sorts: {listed}")]


def _countries(first: Party, second: Party) -> list[Difference]:
    if not first.countries or not second.countries:
        return [Difference(COUNTRY_UNKNOWN, "country unknown" + _known(first.countries | second.countries))]
    if shared := first.countries & second.countries:
        return [Difference(0, f"country {', '.join(sorted(shared))}")]
    each = sorted(", ".join(sorted(one.countries)) for one in (first, second))
    return [Difference(COUNTRY_DIFFERENT, f"no country in common: {' and '.join(each)}")]


def _known(countries: frozenset[str]) -> str:
    return f" on one side (other: {', '.join(sorted(countries))})" if countries else ""


def _listed(*groups: tuple[str, ...]) -> str:
    return ", ".join(sorted("none" if not group else " ".join(f"'{one}'" for one in group) for group in groups))
