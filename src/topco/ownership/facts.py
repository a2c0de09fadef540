"""What a licence determination needs to know about a party: the facade of this package for other modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.ownership.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from topco.store.store import Store

Company = tuple[str, str | None, str | None]
"""Identifier, name and headquarters country of a company; None for what is not known."""


@dataclass(frozen=True)
class PartyFacts:
    """A party as the loads in force describe it.

    `hq_country` is None where no source gives one or several differ (then `hq_alternatives` lists them);
    `resolution` is the whole document, with its proof.
    """

    id: str
    name: str | None
    status: str
    hq_country: str | None
    hq_alternatives: tuple[str, ...]
    ultimate_parents: tuple[Company, ...]
    highest_known: Company
    resolution: dict[str, Any]


def party_facts(
    store: Store, ids: Sequence[str], as_of: date, known_as_of: date | None = None
) -> dict[str, PartyFacts]:
    """The facts about these parties by identifier; one that the store does not know is absent."""
    return {
        document["entity"]["id"]: facts_of(document)
        for document in resolve(store, list(dict.fromkeys(ids)), as_of, known_as_of)
        if document is not None
    }


def facts_of(document: dict[str, Any]) -> PartyFacts:
    """The facts in a resolution document."""
    highest = document["highest_known"]
    return PartyFacts(
        document["entity"]["id"],
        document["entity"]["name"],
        document["status"],
        document["hq"]["country"],
        tuple(one["country"] for one in document["hq"]["alternatives"]),
        tuple((one["id"], one["name"], one["hq_country"]) for one in document["ultimate_parents"]),
        (highest["id"], highest["name"], highest["hq_country"]),
        document,
    )
