"""The statements of a determination's proof: stated facts, source rows, lists, limits, and what is not known.

Rule queries name their evidence: a variable called `headquarters` holds a party's headquarters, `group` the list in
which it stands, `notGroup` one in which it does not, `measure` a sum held against a limit. Each becomes the statement
that supports the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from topco.explain.building import Proof
from topco.licensing.affiliates.listed_ownership import ListedOwnership
from topco.licensing.affiliates.listed_told import grounds
from topco.licensing.answers.verdict import open_fact_words
from topco.licensing.cases.amounts import FLEET, LISTED_SHARE
from topco.licensing.cases.facts import CASE_KEYS, STATED, Addend, Amount, Circumstance, CountryFact, Place
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.law_slice import REACHED, LawSlice
from topco.licensing.law.ruleset import Measure, Ruleset
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
# What a rule's evidence of that name states, and the side fact of the case that it comes from.
SIDE_FACTS = {
    "shippedFrom": ("shippedFrom", "shippedFrom"),
    "origin": ("madeIn", "origin"),
    "holder": ("holderHeadquarteredIn", "holderHeadquarteredIn"),
    "nationality": ("ownerNationalOf", "ownerNationality"),
    "installed": ("installedIn", "installedIn"),
}
_STANDING = {True: "measureOver", False: "measureBelow", None: "measureUndecided"}


@dataclass
class EvidenceProof:
    """Adds the statements of one outcome to a proof.

    `day` is that of the law: a slice may be that of another day on which the law was the same.
    """

    outcome: Outcome
    law_slice: LawSlice
    ruleset: Ruleset
    recipients: Mapping[str, Recipient]
    day: date
    proof: Proof = field(default_factory=Proof)
    owned: Mapping[str, ListedOwnership] = field(default_factory=dict)

    def _classification(self) -> str:
        """The class of the item, from what is stated of it and the arithmetic."""
        found = self.outcome.facts.classification
        if found is None:
            return self.proof.add("absent", "notAboutItem")
        premises = []
        for line in found.lines:
            step = {"figure": line.figure, "formula": line.formula, "result": line.result}
            premises.append(self.proof.add("inferred", "classificationStep", step, cite=line.cite or None))
        for gap in found.gaps:
            premises.append(self.proof.add("absent", "figureUnknown", {"fact": gap.fact, "why": gap.why}))
        for note in found.notes:
            premises.append(self.proof.add("asserted", "classificationNote", {"note": note}))
        entries = sorted({one.eccn or one.item_class for one in found.possible})
        values = {"itemClass": self.outcome.item_class, "entries": entries}
        return self.proof.add("inferred", "itemClass", values, premises=premises)

    def _unknown(self, fact: OpenFact) -> str:
        """An open fact, with what the register says about it."""
        premises = []
        if fact.fact in CASE_KEYS:
            premises = self._from_register(self.outcome.facts.country(fact.fact, fact.party))
        return self.proof.add("absent", "factOpen", {"fact": open_fact_words(fact, self.outcome)}, premises=premises)

    def _from_register(self, fact: CountryFact) -> list[str]:
        party = self.outcome.facts.parties[fact.party] if fact.party is not None else None
        recipient = self.recipients.get(party.entity) if party is not None and party.entity else None
        if recipient is None or fact.origin not in ("store", "unknown"):
            return []
        resolution = recipient.resolution
        return [self.proof.graft(resolution["proof"])] if resolution and resolution["proof"]["nodes"] else []

    def _inferred(self, finding: Finding, premises: list[str], state: str | None = None, varies: bool = False) -> str:
        values = {
            "rule": finding.rule.name,
            "label": finding.rule.label,
            "party": self.outcome.facts.parties[finding.party].name if finding.party is not None else None,
            "state": None if varies else state,
            "varies": varies,
        }
        return self.proof.add("inferred", "ruleFinding", values, cite=finding.rule.cite, premises=premises)

    def _evidence(self, finding: Finding, world: World, supposing: bool) -> list[str]:
        """What a finding rests on; unless a world is supposed, an open fact is named as not established."""
        found: list[str] = []
        evidence = finding.evidence
        open_facts = {} if supposing else {fact.key: fact for fact in self.outcome.opened}
        groups = [local_name(evidence[name]) for name in ("group", "notGroup", "otherNotGroup") if name in evidence]
        for name, iri in evidence.items():
            if name in SIDE_FACTS:
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
        return found or self._of_the_case(finding, groups)

    def _of_the_case(self, finding: Finding, groups: list[str]) -> list[str]:
        """What a rule looks at beside places, sums and circumstances: the fleet, the class of the item, the deal."""
        named = {name for _, name in finding.rule.named}
        if "installedIn" in named:
            places = [one.place for one in self.outcome.facts.side if one.name == "installedIn"]
            if not places:
                return [self.proof.add("absent", "circumstanceNotStated", {"path": FLEET})]
            members = [one for place in places for one in self._memberships(place.iri, groups)]
            return [self._side("installed", finding.party), *members]
        if "classifiedAs" in named or "activity" not in named:
            return [self._classification()]
        asked = dict(self.outcome.facts.asks).get("veuQuestion") if "veuQuestion" in named else None
        said = {"path": "veu.question", "value": asked}
        question = [self.proof.add("asserted", "circumstanceStated", said)] if asked else []
        return [self.proof.add("asserted", "activityStated", {"activity": self.outcome.facts.activity}), *question]

    def _memberships(self, iri: str, groups: list[str]) -> list[str]:
        return [one for group in dict.fromkeys(groups) for one in self._membership(local_name(iri), group)]

    def _side(self, name: str, party: int | None) -> str:
        """A place that the case states beside the facts that are weighed."""
        predicate, fact = SIDE_FACTS[name]
        places = [one.place.label for one in self.outcome.facts.side if (one.name, one.party) == (fact, party)]
        return self.proof.add("asserted", predicate, {"places": places})

    def _designer(self, evidence: Mapping[str, str]) -> str:
        if "designer" in evidence:
            return self.proof.add("asserted", "designerStated", {"designer": evidence["designer"]})
        if evidence["state"] == NOT_APPLICABLE_STATE and "entry" in evidence:
            return self.proof.add("absent", "noDesignerAsked", {"entry": local_name(evidence["entry"])})
        return self.proof.add("absent", "circumstanceNotStated", {"path": "item.designer"})

    def _end_uses(self) -> str:
        end_uses = self.outcome.facts.end_use
        if end_uses is None:
            return self.proof.add("absent", "circumstanceNotStated", {"path": "transaction.end_use"})
        return self.proof.add("asserted", "endUseStated", {"endUses": sorted(end_uses)})

    def _place(self, fact: CountryFact, world: World) -> str:
        party = self.outcome.facts.parties[fact.party] if fact.party is not None else None
        place = world.places[fact.key]
        values = {"party": party.name if party else None, "place": str(place), "country": place.code}
        mapped = self._mapping(place)
        several = fact.is_open or len(fact.alternatives[0]) > 1
        said = self._said(fact)
        if several:
            return self.proof.add("assumed", fact.name, {**values, "supposed": True}, premises=[*said, *mapped])
        if fact.origin == "assumed":
            return self.proof.add("assumed", fact.name, {**values, "taken": True}, premises=mapped)
        if fact.origin == "stated" and not mapped:
            return self.proof.add("asserted", fact.name, {**values, "stated": True})
        return self.proof.add("inferred", fact.name, values, premises=[*said, *mapped])

    def _said(self, fact: CountryFact) -> list[str]:
        """Who says where: the case, the register, or nobody."""
        if fact.origin == "stated":
            party = self.outcome.facts.parties[fact.party].name if fact.party is not None else None
            values = {"path": CASE_KEYS[fact.name], "party": party, "codes": fact.shown}
            return [self.proof.add("asserted", "caseStatesPlace", values)]
        from_register = self._from_register(fact)
        return from_register or [self.proof.add("absent", "nobodySaysWhere")]

    def _mapping(self, place: Place) -> list[str]:
        """What makes a place count as another destination."""
        if place.code is None or local_name(place.iri) == place.code:
            return []
        treated_as, _, cite = self.law_slice.destinations[place.code]
        names = self.law_slice.countries
        values = {"country": names[place.code], "as": names[treated_as]}
        return [self.proof.add("parameter", "treatedAs", values, cite=cite)]

    def _membership(self, country: str, group: str) -> list[str]:
        name = self.law_slice.countries.get(country)
        label = self.law_slice.group_labels.get(group, group)
        if name is None:
            return []
        membership = self.law_slice.memberships.get((group, country))
        if membership is None:
            searched = {"country": name, "group": label, "day": self.day.isoformat()}
            cite = self.law_slice.group_cites.get(group) or None
            return [self.proof.add("absent", "notMemberOfGroup", searched, cite=cite)]
        values = {"country": name, "group": label, "since": membership.since and str(membership.since)}
        return [self.proof.add("parameter", "memberOfGroup", values, cite=membership.cite)]

    def _measure(self, iri: str, party: int | None, world: World) -> str:
        amount = next(one for one in self.outcome.facts.amounts if (one.measure, one.party) == (iri, party))
        measure = next(one for one in self.ruleset.measures if one.iri == iri)
        addends = [self._addend(one, party) for one in (*amount.addends, *amount.beside)]
        limit = self.law_slice.parameters.get(measure.parameter)
        if limit is not None:
            values = {"label": limit.label, "value": str(limit.value), "unit": limit.unit}
            addends.append(self.proof.add("parameter", "limitOf", values, cite=limit.cite))
        supposed = amount.over is None and amount.key in world.answers
        over = world.answers[amount.key] if supposed else amount.over
        said = {"measure": measure.label, "supposed": supposed}
        if limit is not None:
            reached = limit.comparison in REACHED
            said |= {"reached": reached, "passed": not reached, "unit": limit.unit, **self._total(amount, measure)}
        return self.proof.add("assumed" if supposed else "aggregated", _STANDING[over], said, premises=addends)

    def _total(self, amount: Amount, measure: Measure) -> dict[str, str]:
        """The sum by what it is: whole, or a bound where a figure is one or missing; a part of a fleet is no bound."""
        figures = (*amount.addends, *amount.beside)
        if amount.total is None or (measure.outside and any(one.value is None for one in figures)):
            return {}
        whole = all(one.value is not None and not one.at_least for one in figures)
        below = any(one.path == LISTED_SHARE and one.origin != STATED and not one.at_least for one in figures)
        return {"most" if below else "total" if whole else "least": _decimal(amount.total)}

    def _addend(self, addend: Addend, party: int | None) -> str:
        entity = self.outcome.facts.parties[party].entity if party is not None else None
        from_store = addend.path == LISTED_SHARE and (addend.value is None or addend.origin != STATED)
        owned = self.owned.get(entity or "") if from_store else None
        premises = grounds(self.proof, owned) if owned is not None else []
        if addend.value is None:
            return self.proof.add("absent", "figureNotStated", {"path": addend.path}, premises=premises)
        values = {"path": addend.path, "value": str(addend.value), "origin": addend.origin}
        if addend.at_least:
            kind = "aggregated" if premises else "asserted"
            return self.proof.add(kind, "figureAtLeast", values, premises=premises)
        if owned is not None:
            return self.proof.add("aggregated", "figureAtMost", values, premises=premises)
        return self.proof.add("asserted", "figureStated", values)

    def _circumstances(self, iri: str, party: int | None, world: World) -> list[str]:
        """A paper or circumstance; of a rule about several parties at once, each of them."""
        found = [one for one in self.outcome.facts.circumstances if one.iri == iri]
        return [self._circumstance(one, world) for one in found if party is None or one.party == party]

    def _circumstance(self, circumstance: Circumstance, world: World) -> str:
        values = {"path": circumstance.path}
        if circumstance.because == "assumed":
            return self.proof.add("assumed", "circumstanceTaken", values)
        if circumstance.stated is not None:
            if circumstance.because:
                return self.proof.add("asserted", "circumstanceGiven", values, cite=circumstance.because)
            values["value"] = str(circumstance.stated).lower()
            return self.proof.add("asserted", "circumstanceStated", values)
        if circumstance.key in world.answers:
            values["value"] = str(world.answers[circumstance.key]).lower()
            return self.proof.add("assumed", "circumstanceSupposed", values)
        return self.proof.add("absent", "circumstanceNotStated", values)


def _decimal(total: Fraction) -> str:
    """A sum as decimal text, or as a fraction where it has no end."""
    value = Decimal(total.numerator) / Decimal(total.denominator)
    return f"{value.normalize():f}" if Fraction(value) == total else str(total)
