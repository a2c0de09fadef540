"""How well a party answers a query, and whether that is a match.

The score is that of `topco match`: 100 less what every difference between the names takes off. Beside it stand the
features that it and the match were made of.

A candidate is a match only where topco itself takes a name or an identifier as that party: an identifier of the query
is the party's, or a person has judged that the name means it; it is the only such party, and nothing that the query
states contradicts it. A likeness of names, whatever its score, is a question for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from topco.matching.normal import normalise
from topco.matching.proposals import MINIMUM
from topco.matching.scoring import COUNTRY_DIFFERENT, COUNTRY_UNKNOWN, WHOLE, Party, Score, score
from topco.server.reconcile.asked import Asked
from topco.server.reconcile.parties import Facts, bare, scheme_of

CONTRADICTION = 25
"""Points that each statement of the query takes off which the records contradict."""
NO_NAME = 20
"""Points off where only a number was met and no name compared."""


@dataclass(frozen=True)
class Candidate:
    """A party that a query may mean."""

    facts: Facts
    score: int
    match: bool
    features: dict[str, bool | int]
    words: str

    @property
    def order(self) -> tuple[bool, int, int, str]:
        """Best first; at equal scores the one that more of the evidence speaks for."""
        return not self.match, -self.score, -sum(map(int, self.features.values())), self.facts.id


@dataclass(frozen=True)
class Met:
    """How a party was met: by an identifier of the query, by a person's judgement of the name, or not by either.

    `alone`: it is the only party met so. `ruled_out`: a person holds the name different from it.
    """

    by_identifier: bool
    by_judgement: bool
    alone: bool
    ruled_out: bool


def judged(query: Asked, names: Sequence[Party], facts: Facts, met: Met) -> Candidate:
    """A party against a query.

    Args:
        names: the names of the query, as `compared` makes them.
    """
    named = _best(names, facts)
    against = _contradictions(query, facts, met)
    features: dict[str, bool | int] = {}
    if named is not None:
        features["name_score"] = named.value
    if query.identifiers or met.by_identifier:
        features["identifier"] = met.by_identifier
    features["judged"] = met.by_judgement
    features |= _agreements(query, facts)
    if (fits := query.fits(facts.kind)) is not None:
        features["type"] = fits
    taken = met.by_identifier or met.by_judgement
    if taken:
        base, words = WHOLE, "the identifier is this party's" if met.by_identifier else "a person judged the name so"
        if met.by_identifier and not met.by_judgement and named is not None and named.value < MINIMUM:
            against.append(f"the name is not like its own: {named.reason} (-{CONTRADICTION})")
    else:
        base, words = (named.value, named.reason) if named is not None else _by_number(query, facts)
    value = max(0, base - CONTRADICTION * len(against))
    words = "; ".join([words, *against])
    return Candidate(facts, value, taken and met.alone and not against, features, words)


def compared(names: Iterable[str], countries: Iterable[str]) -> list[Party]:
    """Names of a query, ready to be compared."""
    known = frozenset(countries)
    return [Party(normalise(one), known) for one in names]


def bears_number(query: Asked, facts: Facts) -> bool:
    """Whether the text of a query is a number that the party has in a register."""
    text = query.text_as_number
    return text is not None and not query.text_as_identifier and bare(text) in facts.numbers


def _best(names: Sequence[Party], facts: Facts) -> Score | None:
    scores = [score(one, other) for one in names for other in facts.names]
    return max(scores, key=lambda one: one.value, default=None)


def _by_number(query: Asked, facts: Facts) -> tuple[int, str]:
    """The score of a party of which only the number was met."""
    if not query.countries or not facts.countries:
        return (
            WHOLE - NO_NAME - COUNTRY_UNKNOWN,
            f"no name to compare (-{NO_NAME}); country unknown (-{COUNTRY_UNKNOWN})",
        )
    if facts.countries & set(query.countries):
        return WHOLE - NO_NAME, f"no name to compare (-{NO_NAME})"
    words = f"no name to compare (-{NO_NAME}); no country in common (-{COUNTRY_DIFFERENT})"
    return WHOLE - NO_NAME - COUNTRY_DIFFERENT, words


def _agreements(query: Asked, facts: Facts) -> dict[str, bool]:
    """For what both sides know, whether it agrees; what one side does not know is left out."""
    found = {}
    if query.countries and facts.countries:
        found["country"] = bool(facts.countries & set(query.countries))
    numbers = {bare(one) for one in query.numbers}
    if numbers and facts.numbers:
        found["registration_number"] = bool(numbers & facts.numbers)
    elif bears_number(query, facts):
        found["registration_number"] = True
    return found


def _contradictions(query: Asked, facts: Facts, met: Met) -> list[str]:
    """What the query states and the records contradict, in words. Countries of likeness are in the score already."""
    found = []
    own = {one.upper() for one in facts.identifiers}
    schemes = {scheme_of(one) for one in facts.identifiers}
    others = [one for one in query.identifiers if one.upper() not in own and scheme_of(one) in schemes]
    if others:
        found.append(f"the identifier {others[0]} is not this party's (-{CONTRADICTION})")
    elif query.identifiers and not met.by_identifier and met.by_judgement and not met.alone:
        found.append(f"the identifier is another party's (-{CONTRADICTION})")
    if query.numbers and _agreements(query, facts).get("registration_number") is False:
        found.append(f"another number in its register (-{CONTRADICTION})")
    taken = met.by_identifier or met.by_judgement
    # A person who judged the name with its country knew of it.
    if met.by_identifier and not met.by_judgement and _agreements(query, facts).get("country") is False:
        found.append(f"no country in common (-{CONTRADICTION})")
    if taken and query.strict != "should" and query.fits(facts.kind) is False:
        found.append(f"not of the type asked for (-{CONTRADICTION})")
    if met.ruled_out:
        found.append(f"a person holds the name different from it (-{CONTRADICTION})")
    return found
