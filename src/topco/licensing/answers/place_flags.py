"""Red flags about the places of a case: a standing on a list that needs care, a head office in a territory.

They come from the dated notes beside the country groups and from the mappings of territories. They decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from topco.licensing.cases.facts import CountryFact, Facts
from topco.licensing.cases.places import HEADQUARTERS, PARENT
from topco.licensing.law.body import Law
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.law.sentences import say
from topco.licensing.law.vocabulary import concept, node
from topco.namespaces import NAMESPACE, local_name

TERRITORY = "territory-headquarters"


def place_flags(facts: Facts, law: Law, law_slice: LawSlice, ruleset: Ruleset) -> list[dict[str, Any]]:
    """One flag for each noted standing of a known place, and one if a head office lies in a territory."""
    found: dict[str, dict[str, Any]] = {}
    for fact in facts.countries:
        for code in fact.shown:
            for note in _notes(law, law_slice, code):
                group = local_name(law.value(note, node("group")) or "")
                if group in _read(law, ruleset, fact):
                    found[f"membership-{group}-{code}"] = _of_note(law, law_slice, note, group, code)
    if any(fact.name in (HEADQUARTERS, PARENT) and _in_territory(fact, law_slice) for fact in facts.countries):
        flag = NamedNode(f"{NAMESPACE}red-flag/{TERRITORY}")
        cite = law.value(flag, node("citation")) or ""
        found[TERRITORY] = {"id": TERRITORY, "question": law.value(flag, node("question")) or "", "cite": cite}
    return list(found.values())


def _notes(law: Law, law_slice: LawSlice, code: str) -> Iterator[NamedNode]:
    country = concept("country", code)
    for note in law.subjects("MembershipNote"):
        if country in law.objects(note, node("country")) and law.in_force(note, law_slice.day):
            yield note


def _read(law: Law, ruleset: Ruleset, fact: CountryFact) -> frozenset[str]:
    """The groups that rules look at for a fact, with those that they are built from."""
    groups = ruleset.groups_read[fact.name]
    parts = {
        local_name(part.value)
        for group in groups
        for part in law.objects(concept("group", group), node("includesGroup"))
    }
    return groups | parts


def _of_note(law: Law, law_slice: LawSlice, note: NamedNode, group: str, code: str) -> dict[str, Any]:
    text = law.value(note, NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")) or ""
    return {
        "id": f"membership-{group}-{code}",
        "question": say(
            "membership_flag", country=law_slice.countries[code], group=law_slice.group_labels[group], note=text
        ),
        "cite": "; ".join(one.value for one in law.objects(note, node("citation"))),
    }


def _in_territory(fact: CountryFact, law_slice: LawSlice) -> bool:
    """Whether a known place is a territory that counts with its state as a destination only."""
    return any(code in law_slice.destinations and law_slice.destinations[code][1] != "EveryFact" for code in fact.shown)
