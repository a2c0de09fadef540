"""Reasons as templates: names and places of a row are marks in them, filled in for many rows at once.

The sentence is made by the code that makes it for one case, from facts whose names and labels are marks. Which rows may
share a template is up to the key: where two parties of a row have equal names, their marks must be equal where what
they stand for is, because a sentence says the same thing once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from topco.licensing.cases.facts import CountryFact, Facts, Place
from topco.licensing.cases.places import DESTINATION, HEADQUARTERS, LOCATED, PARENT
from topco.licensing.cases.recipients import Recipient

WORDS = (
    "destination",
    "day",
    *(f"{one}{n}" for n in (0, 1) for one in ("name", "located", "hq", "parent_hq", "parents")),
)
"""What a mark may stand for; 0 is the consignee, 1 the end user."""
_FIRST = 0xE000  # the private use area: no law, label or error has these letters
_OF_FACT = {LOCATED: "located", HEADQUARTERS: "hq", PARENT: "parent_hq"}


def mark(word: str) -> str:
    """The letter that stands for a word."""
    return chr(_FIRST + WORDS.index(word))


@dataclass(frozen=True)
class Marks:
    """Puts marks into the facts of a case.

    `party` says which of the two parties of an order stands at each place of the case; `alike` are the words of the end
    user that are those of the consignee.
    """

    party: Mapping[int, int]
    alike: frozenset[str] = frozenset()

    def of(self, place: int, word: str) -> str:
        number = self.party[place]
        return mark(f"{word}{0 if word in self.alike else number}")

    def facts(self, facts: Facts) -> Facts:
        """The facts with marks for names, and for places that are known and one."""
        parties = tuple(
            replace(one, name=self.of(place, "name")) if place in self.party else one
            for place, one in enumerate(facts.parties)
        )
        return replace(facts, parties=parties, countries=tuple(map(self._country, facts.countries)))

    def _country(self, fact: CountryFact) -> CountryFact:
        if (
            len(fact.alternatives) != 1
            or len(fact.alternatives[0]) != 1
            or fact.origin not in ("stated", "store", "assumed")
        ):
            return fact
        (place,) = fact.alternatives[0]
        if place.code is None or (fact.party is not None and fact.party not in self.party):
            return fact
        if fact.name != DESTINATION and fact.origin == "stated":
            return fact
        letter = mark("destination") if fact.party is None else self.of(fact.party, _OF_FACT[fact.name])
        return replace(fact, alternatives=((Place(place.iri, letter, place.code),),))

    def recipient(self, place: int, one: Recipient) -> Recipient:
        """A party of the store whose ultimate parents go by a mark."""
        return replace(one, ultimate_parent_names=(self.of(place, "parents"),) if one.ultimate_parent_names else ())


@dataclass
class Templates:
    """The distinct templates, each as fixed parts with marks between them."""

    known: dict[str, int] = field(default_factory=dict)

    def of(self, text: str) -> int:
        return self.known.setdefault(text, len(self.known))

    def filled(self, template: NDArray[np.int64], words: Mapping[str, pl.Series]) -> pl.Series:
        """The text of every row: its template with its own words; a template of -1 gives an empty text.

        `words` hold for every word the text of each row.
        """
        split = [_parts(text) for text in self.known]
        most = max((len(marks) for _, marks in split), default=0)
        rows = len(template)
        if not split:
            return pl.repeat("", rows, dtype=pl.String, eager=True)
        at = pl.Series(np.maximum(template, 0))
        columns = []
        for place in range(most + 1):
            fixed = pl.Series([parts[place] if place < len(parts) else "" for parts, _ in split], dtype=pl.String)
            columns.append(fixed.gather(at))
            if place < most:
                columns.append(self._words(place, split, template, words))
        frame = pl.DataFrame([column.alias(str(n)) for n, column in enumerate(columns)])
        text = frame.select(pl.concat_str(pl.all())).to_series()
        return text.zip_with(pl.Series(template >= 0), pl.Series([""])) if (template < 0).any() else text

    def _words(
        self,
        place: int,
        split: Sequence[tuple[list[str], list[int]]],
        template: NDArray[np.int64],
        words: Mapping[str, pl.Series],
    ) -> pl.Series:
        """The words of every row at one place of its template."""
        kind_of = np.array([marks[place] if place < len(marks) else -1 for _, marks in split], np.int64)
        kind = np.where(template >= 0, kind_of[np.maximum(template, 0)], -1)
        found = pl.repeat("", len(template), dtype=pl.String, eager=True)
        for number in np.unique(kind).tolist():
            if number >= 0:
                found = words[WORDS[number]].fill_null("").zip_with(pl.Series(kind == number), found)
        return found


def _parts(text: str) -> tuple[list[str], list[int]]:
    parts, marks = [""], []
    for letter in text:
        number = ord(letter) - _FIRST
        if 0 <= number < len(WORDS):
            marks.append(number)
            parts.append("")
        else:
            parts[-1] += letter
    return parts, marks
