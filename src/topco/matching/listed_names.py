"""Names in customer lists and orders: matched by a person's judgement, proposed by likeness, or unmatched.

A name becomes an identifier of its own, `NAME:COUNTRY/NAME`, about which a person may judge like about any other.
Without a judgement it stays a name: what it is like is proposed and never taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from topco.identity.clusters import latest_verdicts
from topco.identity.parties import parties
from topco.identity.policy import NAME_SCHEME
from topco.matching.parties import PROPOSED, UNMATCHED, best
from topco.matching.proposals import MINIMUM

if TYPE_CHECKING:
    from datetime import date

    from topco.store.store import Store

MATCHED = "matched"


@dataclass(frozen=True)
class Meant:
    """Whom a name means.

    Attributes:
        asked: the identifier that the name itself has.
        status: `matched`, `proposed` or `unmatched`.
        id: the party, if a person has said so.
        candidates: identifiers and scores, best first, if it is only proposed.
    """

    asked: str
    status: str
    id: str | None = None
    candidates: tuple[tuple[str, int], ...] = ()

    def cell(self) -> str:
        """What is said of the name in one cell.

        >>> Meant("NAME:/Acme", "proposed", candidates=(("LEI:A", 97), ("X:b", 88))).cell()
        'proposed: LEI:A (97) X:b (88)'
        """
        if self.id is not None:
            return f"{self.status}: {self.id}"
        found = " ".join(f"{identifier} ({score})" for identifier, score in self.candidates)
        return f"{self.status}: {found}" if found else self.status


@dataclass(frozen=True)
class Decided:
    """What persons have said of a name: the party that it means, if any, and the parties that it does not mean."""

    party: str | None
    ruled_out: frozenset[str]


def name_id(name: str, country: str | None) -> str:
    """The identifier of a name in a list; blanks are one, and the country is a code of ISO 3166-1 or nothing.

    >>> name_id(" Beispiel  GmbH", "de"), name_id("Acme", None)
    ('NAME:DE/Beispiel GmbH', 'NAME:/Acme')
    """
    return f"{NAME_SCHEME}{(country or '').strip().upper()}/{' '.join(name.split())}"


def meant(
    store: Store,
    names: Sequence[tuple[str, str | None]],
    known_as_of: date | None = None,
    minimum: int = MINIMUM,
) -> list[Meant]:
    """Whom these names (with the country of each, if it is known) mean in a store, in their order.

    What a person said of the name with its country goes before what was said of the name in any country.
    """
    known = parties(store, known_as_of)
    verdicts = decided(store, names, known_as_of)
    judged, ruled_out = [one.party for one in verdicts], [one.ruled_out for one in verdicts]
    rows = [
        {"row": place, "name": name, "country": _code(country)}
        for place, ((name, country), party) in enumerate(zip(names, judged, strict=True))
        if party is None
    ]
    candidates: dict[int, list[tuple[str, int]]] = {}
    if rows:
        schema = {"row": pl.Int64(), "name": pl.String(), "country": pl.String()}
        found = best(pl.DataFrame(rows, schema=schema), store, known_as_of, minimum)
        for row in found.filter(pl.col("id").is_not_null()).iter_rows(named=True):
            if known.party_of([row["id"]])[0] not in ruled_out[row["row"]]:
                candidates.setdefault(row["row"], []).append((row["id"], row["score"]))
    asked = [name_id(name, country) for name, country in names]
    return [
        Meant(one, MATCHED, party)
        if party is not None
        else Meant(one, PROPOSED if place in candidates else UNMATCHED, None, tuple(candidates.get(place, ())))
        for place, (one, party) in enumerate(zip(asked, judged, strict=True))
    ]


def decided(store: Store, names: Sequence[tuple[str, str | None]], known_as_of: date | None = None) -> list[Decided]:
    """What persons have said of these names (with the country of each, if it is known), in their order."""
    known = parties(store, known_as_of)
    asked = [name_id(name, country) for name, country in names]
    anywhere = [name_id(name, None) for name, _ in names]
    apart = _held_apart(store, known_as_of, {*asked, *anywhere})
    found = []
    for one, here, other, there in zip(asked, known.party_of(asked), anywhere, known.party_of(anywhere), strict=True):
        doubted, different = apart.get(one, (set(), set()))
        ruled_out = frozenset(different | apart.get(other, (set(), set()))[1])
        if not here.startswith(NAME_SCHEME):
            found.append(Decided(here, ruled_out))
        elif there.startswith(NAME_SCHEME) or there in doubted | different:
            found.append(Decided(None, ruled_out))
        else:
            found.append(Decided(there, ruled_out))
    return found


def _code(country: str | None) -> str | None:
    """A country as records write it; None for what is no code, so that no name is ruled out by it."""
    code = (country or "").strip().upper()
    return code if len(code) == 2 and code.isalpha() else None


def _held_apart(store: Store, known_as_of: date | None, asked: set[str]) -> dict[str, tuple[set[str], set[str]]]:
    """For each of these names, the parties that a person was last unsure of, and those held different from it."""
    decided, _ = latest_verdicts(store.table("judgements", known_as_of=known_as_of).collect())
    kept = decided.filter(
        (pl.col("first").is_in(list(asked)) | pl.col("second").is_in(list(asked))) & (pl.col("verdict") != "Same")
    )
    known = parties(store, known_as_of)
    found: dict[str, tuple[set[str], set[str]]] = {}
    for first, second, verdict in kept.select("first", "second", "verdict").iter_rows():
        for name, other in ((first, second), (second, first)):
            if name in asked:
                found.setdefault(name, (set(), set()))[verdict == "Different"].add(known.party_of([other])[0])
    return found
