"""The facts about the parties of an answer, each with what it rests on: the case, a row, or an assumption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from topco.reports.sources import Sources
from topco.reports.words import countries, country, spaced, status, status_sentence, word

STATED = "stated in the case"
HEADQUARTERS = "headquarters"
PARENT_HEADQUARTERS = "ultimate parent's headquarters"


@dataclass(frozen=True)
class Fact:
    """One fact in words: `basis` says what it rests on where that is no row, `sources` are the numbers of rows."""

    name: str
    value: str
    basis: str
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class PartyFacts:
    """A party with its facts, the status of what is known of it, and what status and notes mean."""

    role: str
    name: str
    entity: str | None
    status: str
    facts: tuple[Fact, ...]
    meanings: tuple[str, ...]


def party_facts(answer: Mapping[str, Any], sources: Sources) -> list[PartyFacts]:
    """The parties of a determination in their order."""
    return [
        _party(party, f"parties[{place}].", answer["assumptions"], sources)
        for place, party in enumerate(answer["parties"])
    ]


def resolution_facts(resolution: Mapping[str, Any], sources: Sources) -> list[Fact]:
    """What a resolution says about its entity."""
    hq = resolution["hq"]
    seats = [one["country"] for one in hq["alternatives"]]
    rows = sources.numbers([hq["source"], *(one["source"] for one in hq["alternatives"])])
    found = [Fact(HEADQUARTERS, _one_of(hq["country"], seats), _basis(hq), tuple(rows))]
    weaker = [f"{spaced(name)} {country(code)}" for name, code in sorted(resolution["weaker"].items()) if code]
    if weaker:
        found.append(Fact("weaker facts", ", ".join(weaker), "no substitute for the headquarters"))
    return [*found, *_parents(resolution, sources)]


def _party(
    party: Mapping[str, Any], path: str, assumptions: Sequence[Mapping[str, str]], sources: Sources
) -> PartyFacts:
    resolution = party["resolution"]
    assumed = {one["fact"].removeprefix(path): one["because"] for one in assumptions if one["fact"].startswith(path)}
    located = "located_in" in party["stated"] or "located_in" not in assumed
    basis = (STATED if party["located_in"] else "") if located else assumed["located_in"]
    facts = [Fact("located in", country(party["located_in"]), basis)]
    known = resolution_facts(resolution, sources) if resolution else []
    for key, name in (("hq_in", HEADQUARTERS), ("ultimate_parent_hq_in", PARENT_HEADQUARTERS)):
        if key in party["stated"] or not resolution:
            facts.append(Fact(name, countries(party[key]), STATED if party[key] else ""))
            known = [replace(fact, name=f"{name}, as recorded") if fact.name == name else fact for fact in known]
    facts += known
    facts += _taken(party, known)
    facts += _listed(party, sources)
    notes = resolution["notes"] if resolution else []
    meanings = [said for said in (status_sentence(party["status"]), *map(status_sentence, notes)) if said]
    return PartyFacts(
        spaced(party["role"]), party["name"], party["entity"], status(party["status"]), tuple(facts), tuple(meanings)
    )


def _taken(party: Mapping[str, Any], known: Sequence[Fact]) -> list[Fact]:
    """What the rules took for a headquarters, where that is not simply what is recorded: an open top is unknown."""
    recorded = {fact.name: fact.value for fact in known}
    found = []
    for key, name in (("hq_in", HEADQUARTERS), ("ultimate_parent_hq_in", PARENT_HEADQUARTERS)):
        taken = countries(party[key])
        if key not in party["stated"] and name in recorded and recorded[name] != taken:
            found.append(Fact(f"{name}, as the rules took it", taken, status(party["status"])))
    return found


def _parents(resolution: Mapping[str, Any], sources: Sources) -> list[Fact]:
    parents = resolution["ultimate_parents"]
    if not parents:
        nobody = word("note", "unknown_country")
        return [Fact("ultimate parent", nobody, status(resolution["status"])), Fact(PARENT_HEADQUARTERS, nobody, "")]
    names = "; ".join(f"{one['name'] or 'no record loaded'} ({one['id']})" for one in parents)
    seats = "; ".join(_one_of(one["hq_country"], [o["country"] for o in one["hq_alternatives"]]) for one in parents)
    rows = sources.numbers(
        row for one in parents for row in (one["hq_source"], *(o["source"] for o in one["hq_alternatives"]))
    )
    steps = sources.numbers(step["source"] for step in resolution["chain"])
    return [
        Fact("ultimate parent", names, status(resolution["status"]), tuple(steps)),
        Fact(PARENT_HEADQUARTERS, seats, "", tuple(rows)),
    ]


def _one_of(code: str | None, alternatives: Sequence[str]) -> str:
    return country(code) if code or not alternatives else "sources differ: " + " or ".join(map(country, alternatives))


def _basis(hq: Mapping[str, Any]) -> str:
    return f"stated by {hq['stated_by']}" if hq.get("stated_by") else ""


def _listed(party: Mapping[str, Any], sources: Sources) -> list[Fact]:
    """What listed parties hold in the party, where that was asked."""
    share = party.get("listed_owner_share")
    if share is None:
        return []
    held = f"{share['lower']} to {share['upper']} %" if share["lower"] != share["upper"] else f"{share['lower']} %"
    owners = party.get("listed_owners") or []
    names = "; ".join(one["name"] or one["id"] for one in owners)
    rows = sources.numbers(row for one in owners for row in one["sources"])
    value = f"{held}, {word('owner_standing', share['standing'])}" + (f": {names}" if names else "")
    return [Fact("held by listed parties", value, word("note", "listed_owners"), tuple(rows))]
