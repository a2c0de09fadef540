"""What a licence determination needs to know about a party: the facade of this package for other modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.identity.parties import parties
from topco.ownership.chain import chain_of
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.parent_tests import parent_test
from topco.ownership.resolution import Resolver, resolve, resolver
from topco.ownership.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Evidence
    from topco.store.store import Store

# A parent of one of these statuses has somebody above it, or leads in a circle: its own headquarters answer nothing.
_SEVERAL = (Status.JOINT.word, Status.POSSIBLE.word, Status.CONFLICTING.word)
_HIDDEN = (Status.WITHHELD.word, Status.CYCLIC.word)

Company = tuple[str, str | None, str | None]
"""Identifier, name and headquarters country of a company; None for what is not known."""


@dataclass(frozen=True)
class PartyFacts:
    """A party as the loads in force describe it.

    `hq_country` is None where no source gives one or several differ (then `hq_alternatives` lists them);
    `unconfirmed_parents`: of several parents (`joint`, `possible`, `conflicting`), those that no source confirms.
    `undecided`: pairs of identifiers that may be one party and would then change the answer, and why they may be; for
    very many parties at once all pairs on the chain, without a trial; `undecided_not_tried` counts those left untried.
    `ultimate_parent_hqs` holds for each ultimate parent all the countries that sources give; `resolution` is the
    whole document, with its proof.
    """

    id: str
    name: str | None
    status: str
    hq_country: str | None
    hq_alternatives: tuple[str, ...]
    ultimate_parents: tuple[Company, ...]
    ultimate_parent_hqs: tuple[tuple[str, ...], ...]
    highest_known: Company
    resolution: dict[str, Any]
    unconfirmed_parents: tuple[str, ...]
    undecided: tuple[tuple[str, str, str], ...] = ()
    undecided_not_tried: int = 0


def party_facts(
    store: Store,
    ids: Sequence[str],
    as_of: date,
    known_as_of: date | None = None,
    test: ParentTest | None = None,
) -> dict[str, PartyFacts]:
    """The facts about these parties by identifier; one that the store does not know is absent."""
    asked = list(dict.fromkeys(ids))
    documents = zip(asked, resolve(store, asked, as_of, known_as_of, test), strict=True)
    return {identifier: facts_of(document) for identifier, document in documents if document is not None}


def bulk_party_facts(
    store: Store,
    ids: Sequence[str],
    as_of: date,
    known_as_of: date | None = None,
    test: ParentTest | None = None,
) -> dict[str, PartyFacts]:
    """The same facts for very many parties, without their documents (`resolution` is empty)."""
    asked = parties(store, known_as_of).party_of(ids)
    evidence = evidence_about(store, asked, as_of, known_as_of, test or parent_test())
    return facts_in(store, evidence, ids, asked, known_as_of)


def facts_in(
    store: Store, evidence: Evidence, ids: Sequence[str], asked: Sequence[str], known_as_of: date | None
) -> dict[str, PartyFacts]:
    """The facts about parties in evidence at hand, by identifier; `asked` are what stands for each of them."""
    found = resolver(store, evidence, known_as_of)
    names = evidence.ids.to_list()
    near = [(row["first"], row["second"], _why(row)) for row in found.parties.undecided.iter_rows(named=True)]
    by_party: dict[str, list[int]] = {}
    for place, (first, second, _) in enumerate(near):
        by_party.setdefault(first, []).append(place)
        by_party.setdefault(second, []).append(place)

    def company(node: int) -> Company:
        return names[node], found.name(node), found.headquarters.country(node)

    facts = {}
    for identifier, node in zip(ids, evidence.node_of(list(asked)), strict=True):
        if node is None:
            continue
        possible = found.headquarters.possible(node)
        status = Status(found.closure.status[node]).word
        tops = [(one, Status(found.closure.status[one]).word) for one in sorted(found.closure.ultimate_parents(node))]
        facts[identifier] = PartyFacts(
            names[node],
            found.name(node),
            status,
            possible[0] if len(possible) == 1 else None,
            possible if len(possible) > 1 else (),
            tuple(company(one) for one, _ in tops),
            tuple(() if own in _HIDDEN else found.headquarters.possible(one) for one, own in tops),
            company(int(found.closure.highest[node])),
            {},
            _unconfirmed(status, [(found.name(one) or names[one], own) for one, own in tops]),
            tuple(near[one] for one in sorted(_places_near(found, node, by_party))),
        )
    return facts


def _places_near(found: Resolver, node: int, by_party: Mapping[str, list[int]]) -> set[int]:
    """Which of the undecided pairs touch the chain of a node, or somebody who holds something on it."""
    if not by_party:
        return set()
    chain = chain_of(found.evidence, node).nodes
    owners = {row["owner"] for one in chain for row in found.evidence.rows("holdings", one)}
    near = owners | {found.evidence.ids[one] for one in chain}
    return {place for one in near for place in by_party.get(one, ())}


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
        tuple(_countries(one) for one in document["ultimate_parents"]),
        (highest["id"], highest["name"], highest["hq_country"]),
        document,
        _unconfirmed(
            document["status"], [(one["name"] or one["id"], one["status"]) for one in document["ultimate_parents"]]
        ),
        tuple((one["first"], one["second"], _why(one)) for one in document.get("undecided", ())),
        document.get("undecided_not_tried", 0),
    )


def _why(pair: dict[str, Any]) -> str:
    """Why two identifiers may be one party, in words."""
    if pair["why"] == "proposed":
        return f"their names are alike (score {pair['score']})"
    if pair["why"] == "unsure":
        return "a person was unsure"
    return "they bear one number that only one of them can have"


def _unconfirmed(status: str, parents: list[tuple[str, str]]) -> tuple[str, ...]:
    if status not in _SEVERAL:
        return ()
    return tuple(name for name, own in parents if own != Status.OWN_TOP.word)


def _countries(parent: dict[str, Any]) -> tuple[str, ...]:
    """All the headquarters countries that sources give for a parent in a document; none if it hides its own parent."""
    if parent["status"] in _HIDDEN:
        return ()
    alternatives = tuple(one["country"] for one in parent["hq_alternatives"])
    return (parent["hq_country"],) if parent["hq_country"] else alternatives
