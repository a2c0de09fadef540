"""The statements of a determination's proof: stated facts, source rows, lists, limits, and what is not known.

Rule queries name their evidence: a variable called `headquarters` holds a party's headquarters, `group` the list in
which it stands, `notGroup` one in which it does not, `measure` a sum held against a limit. Each becomes the statement
that supports the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from topco.explain.proof import Proof
from topco.licensing.affiliates.listed_ownership import ListedOwnership
from topco.licensing.affiliates.listed_told import grounds
from topco.licensing.answers.verdict import open_fact_words
from topco.licensing.cases.amounts import LISTED_SHARE
from topco.licensing.cases.facts import CASE_KEYS, STATED, Addend, Circumstance, CountryFact, Place
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.weighing.engine import Finding
from topco.licensing.weighing.outcome import NOT_APPLICABLE_STATE, Outcome
from topco.licensing.weighing.worlds import OpenFact, World
from topco.namespaces import local_name

PLACES = {
    "destination": "destination",
    "located": "locatedIn",
    "headquarters": "headquarteredIn",
    "ultimateParentHeadquarters": "ultimateParentHeadquarteredIn",
}
PLACE_WORDS = {
    "destination": "The destination is {place}",
    "locatedIn": "{party} is located in {place}",
    "headquarteredIn": "{party} is headquartered in {place}",
    "ultimateParentHeadquarteredIn": "The ultimate parent of {party} is headquartered in {place}",
}


SIDE_WORDS = {
    "shippedFrom": ("It is shipped from {place}, as the case states", "shippedFrom"),
    "origin": ("It was made in {place}, as the case states", "origin"),
    "holder": ("A minority holder is headquartered in {place}, as the case states", "holderHeadquarteredIn"),
    "nationality": ("The owner is a national of {place}, as the case states", "ownerNationality"),
    "installed": ("The fleet stands in {place} among others, as the case states", "installedIn"),
}


@dataclass
class EvidenceProof:
    """Adds the statements of one outcome to a proof."""

    outcome: Outcome
    law_slice: LawSlice
    ruleset: Ruleset
    recipients: Mapping[str, Recipient]
    proof: Proof = field(default_factory=Proof)
    owned: Mapping[str, ListedOwnership] = field(default_factory=dict)

    def _classification(self) -> str:
        """The class of the item, from what is stated of it and the arithmetic."""
        found = self.outcome.facts.classification
        if found is None:
            return self.proof.add("absent", "The case is not about an item")
        premises = []
        for line in found.lines:
            words = ": ".join(part for part in (line.figure, line.formula, line.result) if part)
            premises.append(self.proof.add("inferred", words, cite=line.cite or None))
        for gap in found.gaps:
            premises.append(self.proof.add("absent", f"{gap.fact} is not known: {gap.why}"))
        for note in found.notes:
            premises.append(self.proof.add("asserted", note))
        possible = ", ".join(sorted({one.eccn or one.item_class for one in found.possible}))
        return self.proof.add(
            "inferred", f"The item is of class {self.outcome.item_class} ({possible})", premises=premises
        )

    def _unknown(self, fact: OpenFact) -> str:
        """An open fact, with what the register says about it."""
        premises = []
        if fact.fact in PLACE_WORDS:
            premises = self._from_register(self.outcome.facts.country(fact.fact, fact.party))
        return self.proof.add("absent", f"Not established: {open_fact_words(fact, self.outcome)}", premises=premises)

    def _from_register(self, fact: CountryFact) -> list[str]:
        party = self.outcome.facts.parties[fact.party] if fact.party is not None else None
        recipient = self.recipients.get(party.entity) if party is not None and party.entity else None
        if recipient is None or fact.origin not in ("store", "unknown"):
            return []
        resolution = recipient.resolution
        return [self.proof.graft(resolution["proof"])] if resolution and resolution["proof"]["nodes"] else []

    def _inferred(self, finding: Finding, number: int, premises: list[str], suffix: str = "") -> str:
        of_whom = f" ({self.outcome.facts.parties[finding.party].name})" if finding.party is not None else ""
        words = finding.rule.label[:1].upper() + finding.rule.label[1:] + of_whom + suffix
        return self.proof.add("inferred", words, cite=finding.rule.cite, premises=premises)

    def _evidence(self, finding: Finding, world: World, supposing: bool) -> list[str]:
        """What a finding rests on; unless a world is supposed, an open fact is named as not established."""
        found: list[str] = []
        evidence = finding.evidence
        open_facts = {} if supposing else {fact.key: fact for fact in self.outcome.opened}
        groups = [local_name(evidence[name]) for name in ("group", "notGroup", "otherNotGroup") if name in evidence]
        for name, iri in evidence.items():
            if name in SIDE_WORDS:
                found.append(self._side(name, finding.party))
                found += self._memberships(iri, groups)
            if name not in PLACES:
                continue
            party = None if name == "destination" else finding.party
            fact = self.outcome.facts.country(PLACES[name], party)
            if fact.key in open_facts:
                found.append(self._unknown(open_facts[fact.key]))
                continue
            found.append(self._place(fact, world))
            found += self._memberships(iri, groups)
        for name, of in (("measure", None), ("otherMeasure", None), ("partyMeasure", finding.party)):
            if name in evidence:
                found.append(self._measure(evidence[name], of, world))
        for name, of in (("condition", None), ("partyCondition", finding.party)):
            if name in evidence:
                found += self._circumstances(evidence[name], of, world)
        if "designer" in evidence or ("topco", "designer") in finding.rule.named:
            found.append(self._designer(evidence))
        if ("topco", "endUse") in finding.rule.named:
            found.append(self._end_uses())
        if not found:
            found.append(self._classification())
        return found

    def _memberships(self, iri: str, groups: list[str]) -> list[str]:
        return [one for group in dict.fromkeys(groups) for one in self._membership(local_name(iri), group)]

    def _side(self, name: str, party: int | None) -> str:
        """A place that the case states beside the facts that are weighed."""
        words, fact = SIDE_WORDS[name]
        places = [one.place.label for one in self.outcome.facts.side if (one.name, one.party) == (fact, party)]
        return self.proof.add("asserted", words.format(place=" and ".join(places)))

    def _designer(self, evidence: Mapping[str, str]) -> str:
        if "designer" in evidence:
            return self.proof.add("asserted", f"The designer is {evidence['designer']}, as the case states")
        if evidence["state"] == NOT_APPLICABLE_STATE and "entry" in evidence:
            return self.proof.add("absent", f"Entry {local_name(evidence['entry'])} asks for no particular designer")
        return self.proof.add("absent", "The case does not state the designer")

    def _end_uses(self) -> str:
        end_uses = self.outcome.facts.end_use
        if end_uses is None:
            return self.proof.add("absent", "The case does not state transaction.end_use")
        return self.proof.add("asserted", f"The case states the end use {', '.join(sorted(end_uses))}")

    def _place(self, fact: CountryFact, world: World) -> str:
        party = self.outcome.facts.parties[fact.party] if fact.party is not None else None
        place = world.places[fact.key]
        words = PLACE_WORDS[fact.name].format(party=party.name if party else "", place=place)
        mapped = self._mapping(place)
        several = fact.is_open or len(fact.alternatives[0]) > 1
        said = self._said(fact)
        if several:
            return self.proof.add("assumed", f"Suppose: {words}", premises=[*said, *mapped])
        if fact.origin == "assumed":
            return self.proof.add("assumed", f"{words}: not stated, taken to be the destination", premises=mapped)
        if fact.origin == "stated" and not mapped:
            return self.proof.add("asserted", f"{words}, as the case states")
        return self.proof.add("inferred", words, premises=[*said, *mapped])

    def _said(self, fact: CountryFact) -> list[str]:
        """Who says where: the case, the register, or nobody."""
        if fact.origin == "stated":
            codes = " and ".join(fact.shown)
            of_whom = f" of {self.outcome.facts.parties[fact.party].name}" if fact.party is not None else ""
            return [self.proof.add("asserted", f"The case states {CASE_KEYS[fact.name]}{of_whom}: {codes}")]
        from_register = self._from_register(fact)
        return from_register or [self.proof.add("absent", "Neither the case nor a register that was asked says where")]

    def _mapping(self, place: Place) -> list[str]:
        """What makes a place count as another destination."""
        if place.code is None or local_name(place.iri) == place.code:
            return []
        treated_as, _, cite = self.law_slice.destinations[place.code]
        names = self.law_slice.countries
        words = f"{names[place.code]} is treated as {names[treated_as]}"
        return [self.proof.add("parameter", words, cite=cite)]

    def _membership(self, country: str, group: str) -> list[str]:
        name = self.law_slice.countries.get(country)
        label = self.law_slice.group_labels.get(group, group)
        if name is None:
            return []
        membership = self.law_slice.memberships.get((group, country))
        if membership is None:
            searched = f"{name} does not count under {label} on {self.law_slice.day}"
            return [self.proof.add("absent", searched, cite=self.law_slice.group_cites.get(group) or None)]
        since = f", a member since {membership.since}" if membership.since else ""
        return [self.proof.add("parameter", f"{name} counts under {label}{since}", cite=membership.cite)]

    def _measure(self, iri: str, party: int | None, world: World) -> str:
        amount = next(one for one in self.outcome.facts.amounts if (one.measure, one.party) == (iri, party))
        measure = next(one for one in self.ruleset.measures if one.iri == iri)
        addends = [self._addend(one, party) for one in amount.addends]
        limit = self.law_slice.parameters.get(measure.parameter)
        if limit is not None:
            addends.append(self.proof.add("parameter", f"{limit.label}: {limit.value:,} {limit.unit}", cite=limit.cite))
        standing = {True: "reaches or exceeds the limit", False: "stays below the limit", None: "is undecided"}
        supposed = amount.over is None and amount.key in world.answers
        over = world.answers[amount.key] if supposed else amount.over
        words = f"{measure.label[:1].upper()}{measure.label[1:]} {standing[over]}"
        if supposed:
            return self.proof.add("assumed", f"Suppose: {words}", premises=addends)
        return self.proof.add("aggregated", words, premises=addends)

    def _addend(self, addend: Addend, party: int | None) -> str:
        entity = self.outcome.facts.parties[party].entity if party is not None else None
        from_store = addend.path == LISTED_SHARE and (addend.value is None or addend.origin != STATED)
        owned = self.owned.get(entity or "") if from_store else None
        premises = grounds(self.proof, owned) if owned is not None else []
        if addend.value is None:
            return self.proof.add("absent", f"{addend.path} is not stated", premises=premises)
        if addend.at_least:
            words = f"{addend.path} is at least {addend.value:,} ({addend.origin})"
            return self.proof.add("aggregated" if premises else "asserted", words, premises=premises)
        if owned is not None:
            words = f"{addend.path} is at most {addend.value:,} ({addend.origin})"
            return self.proof.add("aggregated", words, premises=premises)
        return self.proof.add("asserted", f"{addend.path} = {addend.value:,}")

    def _circumstances(self, iri: str, party: int | None, world: World) -> list[str]:
        """A paper or circumstance; of a rule about several parties at once, each of them."""
        found = [one for one in self.outcome.facts.circumstances if one.iri == iri]
        return [self._circumstance(one, world) for one in found if party is None or one.party == party]

    def _circumstance(self, circumstance: Circumstance, world: World) -> str:
        path = circumstance.path
        if circumstance.because == "assumed":
            return self.proof.add("assumed", f"{path} = true: not stated, taken for granted")
        if circumstance.stated is not None:
            said = f"The case states {path} = {str(circumstance.stated).lower()}"
            if circumstance.because:
                said = f"The case states {path}, which gives it"
            return self.proof.add("asserted", said, cite=circumstance.because or None)
        if circumstance.key in world.answers:
            return self.proof.add("assumed", f"Suppose: {path} = {str(world.answers[circumstance.key]).lower()}")
        return self.proof.add("absent", f"The case does not state {path}")
