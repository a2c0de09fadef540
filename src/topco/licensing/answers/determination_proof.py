"""The proof of a determination: from the review policy and the exceptions down to findings and what they rest on."""

from __future__ import annotations

from topco.licensing.answers.evidence_proof import PLACE_WORDS, EvidenceProof
from topco.licensing.answers.verdict import open_fact_words, policy_words, silent_facts
from topco.licensing.cases.facts import Place
from topco.licensing.weighing.combination import AMBIGUOUS, UNDETERMINED
from topco.licensing.weighing.engine import Finding
from topco.licensing.weighing.outcome import AUTHORISATION, NOT_A_QUESTION, NOT_APPLICABLE_STATE, UNKNOWN, YES
from topco.licensing.weighing.worlds import OpenFact, World


class DeterminationProof(EvidenceProof):
    """Builds the proof of one outcome."""

    def build(self) -> dict[str, object]:
        """The proof in its JSON form, conclusion first."""
        outcome = self.outcome
        checks = [f for f in outcome.findings[0] if f.rule.kind == "ValidatedEndUserRule"]
        if outcome.veu_result is not None:
            premises = [self._finding(f, 0, f": {f.evidence['state']}") for f in checks if f.evidence["state"] != "na"]
            return self.proof.as_json(
                self.proof.add("inferred", f"Check of the validated end user: {outcome.veu_result}", premises=premises)
            )
        premises = [self._classification(), *self._requirement()]
        if outcome.is_asked:
            premises.append(self._review())
            premises += [self._exception(code, status) for code, status in outcome.exceptions.items()]
        review = outcome.review
        words = {
            YES: f"Licence required; review policy: {policy_words(self.law_slice, review.policy)}",
            UNKNOWN: "Whether a licence is required cannot be determined",
            NOT_A_QUESTION: "No licence question is asked",
            AUTHORISATION: "An authorisation is needed",
        }.get(outcome.licence_required, "No licence requirement found under the modelled rules")
        conclusion = self.proof.add("inferred", words, premises=premises)
        return self.proof.as_json(conclusion)

    def _requirement(self) -> list[str]:
        """What makes the item subject to the regulation, and asks for a licence, or takes the deal out again."""
        asking = [f for f in self.outcome.findings[0] if f.rule.kind in ("RequirementRule", "AuthorisationRule")]
        exempting = [f for f in self.outcome.findings[0] if f.rule.kind == "ExemptionRule"]
        scope = [f for f in self.outcome.findings[0] if f.rule.kind == "ScopeRule"]
        if not asking:
            nothing = self.proof.add("absent", "No rule in force asks for a licence")
            return [nothing, *(self._finding(finding, 0) for finding in exempting)]
        premises = [
            self.proof.add("asserted", f"The activity is {self.outcome.facts.activity}"),
            self._classification(),
        ]
        premises += [self._finding(finding, 0) for finding in scope]
        return [
            self._inferred(
                finding, 0, list(dict.fromkeys([*premises, *self._evidence(finding, self.outcome.worlds[0], True)]))
            )
            for finding in asking
        ]

    def _review(self) -> str:
        outcome, review = self.outcome, self.outcome.review
        in_words = policy_words(self.law_slice, review.policy)
        if review.policy == UNDETERMINED:
            settling = [fact for fact in outcome.opened if fact.key in outcome.settling]
            parts = self._suppositions(settling) + [self._unknown(fact) for fact in settling]
            return self.proof.add("inferred", "The review policy cannot be determined", premises=parts)
        silent = silent_facts(outcome) if review.policy == AMBIGUOUS else []
        if silent:
            parts = self._suppositions(silent)
            parts += [
                self.proof.add("absent", f"No text says what to make of {open_fact_words(fact, outcome)}")
                for fact in silent
            ]
            return self.proof.add("inferred", "The review policy is ambiguous", premises=parts)
        limbs = self._limbs_of_every_world()
        aside = [self._unknown(fact) for fact in outcome.opened if len(fact.options) > 1]
        if limbs:
            return self._decided(0, limbs, f"Review policy: {in_words}", aside)
        parts = self._suppositions(list(outcome.opened)) + aside
        words = f"Review policy: {in_words}, whichever way the open facts turn out"
        return self.proof.add("inferred", words, premises=parts)

    def _limbs_of_every_world(self) -> list[Finding]:
        """The limbs that do not hang on an open fact, if they decide by themselves; else none."""
        first, *others = self.outcome.findings
        common = [f for f in first if f.rule.kind == "PolicyRule" and all(f in other for other in others)]
        decisive = any(finding.rule.concept == self.outcome.review.strictest for finding in common)
        return common if decisive else []

    def _suppositions(self, facts: list[OpenFact]) -> list[str]:
        """One branch for every policy that is possible, in the first world that comes to it, the strictest first."""
        parts = []
        for policy in sorted(self.outcome.review.possible, key=lambda p: -self.law_slice.strictness.get(p, 0)):
            for number, one in enumerate(self.outcome.by_world):
                if policy in one.review.possible:
                    limbs = [f for f in self.outcome.findings[number] if f.rule.kind == "PolicyRule"]
                    chosen = "; and if ".join(self._supposed(fact, self.outcome.worlds[number]) for fact in facts)
                    words = f"If {chosen}: {policy_words(self.law_slice, policy)}"
                    parts.append(self._decided(number, limbs, words))
                    break
        return parts

    def _supposed(self, fact: OpenFact, world: World) -> str:
        """What a world supposes about an open fact, as the condition of a sentence."""
        position = self.outcome.opened.index(fact)
        option = fact.options[world.alternative[position]]
        value = option.readings[world.reading[position]]
        label = value.label if isinstance(value, Place) else option.label
        if fact.fact not in PLACE_WORDS:
            return f"{fact.fact} is {label}"
        party = self.outcome.facts.parties[fact.party].name if fact.party is not None else ""
        words = PLACE_WORDS[fact.fact].format(party=party, place=label)
        return words[:1].lower() + words[1:] if words.startswith("The ") else words

    def _decided(self, number: int, limbs: list[Finding], words: str, aside: list[str] | None = None) -> str:
        """The review policy of one world: its limbs, and what combines them."""
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
        return self.proof.add("inferred", words, cite=cites or None, premises=premises + (aside or []))

    def _exception(self, code: str, status: str) -> str:
        merged = {(one.condition, one.party): one.state for one in self.outcome.conditions if one.exception == code}
        premises = []
        for finding in self.outcome.findings[0]:
            asked = finding.evidence.get("state") != NOT_APPLICABLE_STATE
            if asked and finding.rule.kind == "ConditionRule" and finding.rule.exception == code:
                state = merged[finding.rule.condition or "", finding.party]
                varies = state != finding.evidence["state"]
                suffix = ": depends on what is not established" if varies else f": {state}"
                premises.append(self._finding(finding, 0, suffix, supposing=False))
        label, cite = self.ruleset.exceptions[code]
        return self.proof.add("inferred", f"Licence Exception {code} ({label}): {status}", cite=cite, premises=premises)

    def _finding(self, finding: Finding, number: int, suffix: str = "", *, supposing: bool = True) -> str:
        evidence = self._evidence(finding, self.outcome.worlds[number], supposing)
        return self._inferred(finding, number, evidence, suffix)
