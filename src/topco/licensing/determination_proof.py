"""The proof of a determination: from the review policy down to stated facts, source rows, lists and limits.

Rule queries name their evidence: a variable called `headquarters` holds a party's headquarters, `group` the list in
which it stands, `notGroup` one in which it does not, `measure` a sum held against a limit. The table below turns each
into the statement that supports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from topco.explain.proof import Proof
from topco.licensing.combination import AMBIGUOUS, UNDETERMINED
from topco.licensing.engine import Finding
from topco.licensing.facts import CountryFact
from topco.licensing.law_slice import LawSlice
from topco.licensing.outcome import YES, Outcome
from topco.licensing.recipients import Recipient
from topco.licensing.ruleset import Ruleset
from topco.licensing.verdict import open_fact_words, policy_words
from topco.licensing.worlds import OpenFact, World
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


@dataclass
class DeterminationProof:
    """Builds the proof of one outcome."""

    outcome: Outcome
    law_slice: LawSlice
    ruleset: Ruleset
    recipients: Mapping[str, Recipient]
    proof: Proof = field(default_factory=Proof)

    def build(self) -> dict[str, object]:
        """The proof in its JSON form, conclusion first."""
        outcome = self.outcome
        premises = [self._classification(), self._requirement()]
        if outcome.licence_required == YES:
            premises.append(self._review())
            premises += [self._exception(code, status) for code, status in outcome.exceptions.items()]
        review = outcome.review
        words = "No licence requirement found under the modelled rules"
        if outcome.licence_required == YES:
            words = f"Licence required; review policy: {policy_words(self.law_slice, review.policy)}"
        conclusion = self.proof.add("inferred", words, premises=premises)
        return self.proof.as_json(conclusion)

    def _classification(self) -> str:
        stated = self.proof.add("asserted", f"The case states the classification {self.outcome.facts.eccn}")
        rules = self.ruleset.of_kind("ClassificationRule")
        return self.proof.add(
            "inferred",
            f"The item is of class {self.outcome.item_class}",
            cite=rules[0].cite if rules else None,
            premises=[stated],
        )

    def _requirement(self) -> str:
        for finding in self.outcome.findings[0]:
            if finding.rule.kind == "RequirementRule":
                activity = self.proof.add("asserted", f"The activity is {self.outcome.facts.activity}")
                return self._inferred(finding, 0, [self._classification(), activity])
        return self.proof.add("absent", "No rule in force asks for a licence")

    def _review(self) -> str:
        outcome, review = self.outcome, self.outcome.review
        if review.policy == UNDETERMINED:
            parts = []
            for policy in sorted(review.possible, key=lambda p: -self.law_slice.strictness.get(p, 0)):
                number = next((i for i, one in enumerate(outcome.by_world) if policy in one.review.possible), None)
                if number is not None:
                    parts.append(self._supposition(policy, number))
            open_words = [open_fact_words(fact, outcome) for fact in outcome.opened if fact.key in outcome.settling]
            parts += [self.proof.add("absent", f"Not known: {words}") for words in open_words]
            return self.proof.add("inferred", "The review policy cannot be determined", premises=parts)
        return self._decided(0, f"Review policy: {policy_words(self.law_slice, review.policy)}")

    def _supposition(self, policy: str, number: int) -> str:
        world = self.outcome.worlds[number]
        chosen = [
            self._option(fact, index)
            for fact, index in zip(self.outcome.opened, world.alternative, strict=True)
            if fact.key in self.outcome.settling
        ]
        return self._decided(number, f"If {'; and if '.join(chosen)}: {policy_words(self.law_slice, policy)}")

    def _option(self, fact: OpenFact, index: int) -> str:
        label = fact.options[index].label
        if fact.fact not in PLACE_WORDS:
            return f"{fact.fact} is {label}"
        party = self.outcome.facts.parties[fact.party].name if fact.party is not None else ""
        words = PLACE_WORDS[fact.fact].format(party=party, place=label)
        return words[:1].lower() + words[1:] if words.startswith("The ") else words

    def _decided(self, number: int, words: str) -> str:
        """The review policy of one world: its limbs, and what combines them."""
        limbs = [f for f in self.outcome.findings[number] if f.rule.kind == "PolicyRule"]
        premises = [self._finding(finding, number) for finding in limbs]
        if len({finding.rule.concept for finding in limbs}) > 1 or self.outcome.review.policy == AMBIGUOUS:
            branches = {finding.rule.limb for finding in limbs}
            for combination in self.ruleset.combinations:
                fits = combination.kind == "StrictestPolicy" or combination.limbs & branches
                blocked = combination.kind == "LimbClash" and (
                    not combination.limbs <= branches or combination.unless & branches
                )
                if fits and not blocked:
                    premises.append(self.proof.add("parameter", combination.label, cite=combination.cite))
        cites = "; ".join(self.outcome.by_world[number].review.cites)
        return self.proof.add("inferred", words, cite=cites or None, premises=premises)

    def _exception(self, code: str, status: str) -> str:
        merged = {(one.condition, one.party): one.state for one in self.outcome.conditions if one.exception == code}
        premises = []
        for finding in self.outcome.findings[0]:
            if finding.rule.kind == "ConditionRule" and finding.rule.exception == code:
                state = merged[finding.rule.condition or "", finding.party]
                if state == finding.evidence["state"]:
                    premises.append(self._finding(finding, 0, suffix=f": {state}"))
                else:
                    premises.append(self._inferred(finding, 0, [], suffix=": depends on what is not known"))
        label, cite = self.ruleset.exceptions[code]
        return self.proof.add("inferred", f"Licence Exception {code} ({label}): {status}", cite=cite, premises=premises)

    def _finding(self, finding: Finding, number: int, suffix: str = "") -> str:
        return self._inferred(finding, number, self._evidence(finding, self.outcome.worlds[number]), suffix)

    def _inferred(self, finding: Finding, number: int, premises: list[str], suffix: str = "") -> str:
        of_whom = f" ({self.outcome.facts.parties[finding.party].name})" if finding.party is not None else ""
        words = finding.rule.label[:1].upper() + finding.rule.label[1:] + of_whom + suffix
        return self.proof.add("inferred", words, cite=finding.rule.cite, premises=premises)

    def _evidence(self, finding: Finding, world: World) -> list[str]:
        found: list[str] = []
        evidence = finding.evidence
        places = {PLACES[name]: iri for name, iri in evidence.items() if name in PLACES}
        for name in places:
            party = None if name == "destination" else finding.party
            found.append(self._place(self.outcome.facts.country(name, party), world))
        groups = [local_name(evidence["group"])] if "group" in evidence else []
        absent = [local_name(evidence[name]) for name in ("notGroup", "otherNotGroup") if name in evidence]
        for iri in places.values():
            country = local_name(iri)
            for group in dict.fromkeys(groups + absent):
                found += self._membership(country, group)
        found += [self._measure(evidence[name]) for name in ("measure", "otherMeasure") if name in evidence]
        if "condition" in evidence:
            found.append(self._circumstance(evidence["condition"], world))
        if "entry" in evidence and finding.rule.kind == "ConditionRule":
            designer = evidence.get("designer")
            words = f"The designer is {designer}" if designer else "The case does not state the designer"
            found.append(self.proof.add("asserted" if designer else "absent", words))
        return found

    def _place(self, fact: CountryFact, world: World) -> str:
        party = self.outcome.facts.parties[fact.party] if fact.party is not None else None
        words = PLACE_WORDS[fact.name].format(party=party.name if party else "", place=world.places[fact.key])
        if fact.origin == "stated":
            return self.proof.add("asserted", f"{words}, as the case states")
        if fact.origin == "assumed":
            return self.proof.add("assumed", f"{words}: not stated, taken to be the destination")
        if party is not None and party.entity is not None and party.entity in self.recipients:
            resolution = self.recipients[party.entity].resolution
            if resolution and resolution.get("proof", {}).get("nodes"):
                premise = self.proof.graft(resolution["proof"])
                kind = "inferred" if fact.origin == "store" else "assumed"
                words = words if fact.origin == "store" else f"Suppose: {words}"
                return self.proof.add(kind, words, premises=[premise])
        return self.proof.add("assumed", f"Suppose: {words}; nothing known says where")

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

    def _measure(self, iri: str) -> str:
        amount = next(one for one in self.outcome.facts.amounts if one.measure == iri)
        measure = next(one for one in self.ruleset.measures if one.iri == iri)
        addends = [
            self.proof.add("asserted", f"{path} = {value:,}")
            if value is not None
            else self.proof.add("absent", f"{path} is not stated")
            for path, value in amount.addends
        ]
        limit = self.law_slice.parameters[measure.parameter]
        addends.append(self.proof.add("parameter", f"{limit.label}: {limit.value:,} {limit.unit}", cite=limit.cite))
        standing = {True: "reaches or exceeds the limit", False: "stays below the limit", None: "is undecided"}
        return self.proof.add(
            "aggregated", f"{measure.label[:1].upper()}{measure.label[1:]} {standing[amount.over]}", premises=addends
        )

    def _circumstance(self, iri: str, world: World) -> str:
        circumstance = next(one for one in self.outcome.facts.circumstances if one.iri == iri)
        if circumstance.stated is not None:
            return self.proof.add(
                "asserted", f"The case states conditions.{circumstance.name} = {str(circumstance.stated).lower()}"
            )
        if iri in world.answers:
            return self.proof.add("assumed", f"Suppose conditions.{circumstance.name} = {world.answers[iri]}")
        return self.proof.add("absent", f"The case does not state conditions.{circumstance.name}")
