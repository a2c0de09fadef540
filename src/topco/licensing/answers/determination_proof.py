"""The proof of a determination: from the review policy and the exceptions down to findings and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping

from topco.explain.building import Proof
from topco.explain.statements import say
from topco.licensing.answers.evidence_proof import EvidenceProof
from topco.licensing.answers.verdict import open_fact_words, policy_words, silent_facts
from topco.licensing.cases.facts import CASE_KEYS, Place
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
            premises = [self._finding(f, 0, f.evidence["state"]) for f in checks if f.evidence["state"] != "na"]
            values = {"result": outcome.veu_result}
            return self.proof.as_json(self.proof.add("inferred", "validatedEndUserCheck", values, premises=premises))
        common, asking = self._requirement()
        premises = [self._classification(), *common, *asking]
        if outcome.is_asked:
            premises.append(self._review())
            premises += [self._exception(code, status) for code, status in outcome.exceptions.items()]
        predicate = {
            YES: "licenceRequired",
            UNKNOWN: "requirementUndetermined",
            NOT_A_QUESTION: "noLicenceQuestion",
            AUTHORISATION: "authorisationNeeded",
        }.get(outcome.licence_required, "noRequirementFound")
        values = (
            {"policy": policy_words(self.law_slice, outcome.review.policy)} if outcome.licence_required == YES else {}
        )
        ways = [[one] for one in asking] if outcome.licence_required == YES else []
        return self.proof.as_json(self.proof.add("inferred", predicate, values, premises=premises, ways=ways))

    def _requirement(self) -> tuple[list[str], list[str]]:
        """What takes the deal out of the requirement, and what asks for a licence, each by itself."""
        asking = [f for f in self.outcome.findings[0] if f.rule.kind in ("RequirementRule", "AuthorisationRule")]
        exempting = [f for f in self.outcome.findings[0] if f.rule.kind == "ExemptionRule"]
        scope = [f for f in self.outcome.findings[0] if f.rule.kind == "ScopeRule"]
        if not asking:
            nothing = self.proof.add("absent", "noRuleAsks", {"day": self.day.isoformat()})
            return [nothing, *(self._finding(finding, 0) for finding in exempting)], []
        activity = {"activity": self.outcome.facts.activity}
        premises = [self.proof.add("asserted", "activityStated", activity), self._classification()]
        premises += [self._finding(finding, 0) for finding in scope]
        return [], [
            self._inferred(
                finding, list(dict.fromkeys([*premises, *self._evidence(finding, self.outcome.worlds[0], True)]))
            )
            for finding in asking
        ]

    def _review(self) -> str:
        outcome, review = self.outcome, self.outcome.review
        in_words = policy_words(self.law_slice, review.policy)
        if review.policy == UNDETERMINED:
            settling = [fact for fact in outcome.opened if fact.key in outcome.settling]
            parts = self._suppositions(settling) + [self._unknown(fact) for fact in settling]
            return self.proof.add("inferred", "reviewUndetermined", premises=parts)
        silent = silent_facts(outcome) if review.policy == AMBIGUOUS else []
        if silent:
            parts = self._suppositions(silent)
            parts += [
                self.proof.add("absent", "textSilent", {"fact": open_fact_words(fact, outcome)}) for fact in silent
            ]
            return self.proof.add("inferred", "reviewAmbiguous", premises=parts)
        limbs = self._limbs_of_every_world()
        aside = [self._unknown(fact) for fact in outcome.opened if len(fact.options) > 1]
        if limbs:
            return self._decided(0, limbs, "reviewPolicy", {"policy": in_words}, aside)
        parts = self._suppositions(list(outcome.opened)) + aside
        return self.proof.add("inferred", "reviewPolicy", {"policy": in_words, "whichever": True}, premises=parts)

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
                    chosen = [self._supposed(fact, self.outcome.worlds[number]) for fact in facts]
                    values = {"suppositions": chosen, "policy": policy_words(self.law_slice, policy)}
                    parts.append(self._decided(number, limbs, "supposedReview", values))
                    break
        return parts

    def _supposed(self, fact: OpenFact, world: World) -> str:
        """What a world supposes about an open fact, as the condition of a sentence."""
        position = self.outcome.opened.index(fact)
        option = fact.options[world.alternative[position]]
        value = option.readings[world.reading[position]]
        label = value.label if isinstance(value, Place) else option.label
        if fact.fact not in CASE_KEYS:
            return say("factSupposed", {"fact": fact.fact, "value": label})
        party = self.outcome.facts.parties[fact.party].name if fact.party is not None else ""
        words = say(fact.fact, {"party": party, "place": label})
        return words[:1].lower() + words[1:] if words.startswith("The ") else words

    def _decided(
        self,
        number: int,
        limbs: list[Finding],
        predicate: str,
        values: Mapping[str, object],
        aside: list[str] | None = None,
    ) -> str:
        """The review policy of one world: its limbs, ways where one suffices, and what combines them."""
        premises = [self._finding(finding, number) for finding in limbs]
        ways: list[list[str]] = []
        policies = {finding.rule.concept for finding in limbs}
        if len(policies) == 1 and policies <= self.law_slice.sufficing and self.outcome.review.policy != AMBIGUOUS:
            ways = [[one] for one in premises]
        if len({finding.rule.concept for finding in limbs}) > 1 or self.outcome.review.policy == AMBIGUOUS:
            branches = {finding.rule.limb for finding in limbs}
            for combination in self.ruleset.combinations:
                fits = combination.kind == "StrictestPolicy" or combination.limbs & branches
                blocked = combination.kind == "LimbClash" and (
                    not combination.limbs <= branches or combination.unless & branches
                )
                if fits and not blocked:
                    label = {"label": combination.label}
                    premises.append(self.proof.add("parameter", "policiesCombined", label, cite=combination.cite))
        cites = "; ".join(self.outcome.by_world[number].review.cites)
        return self.proof.add(
            "inferred", predicate, values, cite=cites or None, premises=[*premises, *(aside or [])], ways=ways
        )

    def _exception(self, code: str, status: str) -> str:
        merged = {(one.condition, one.party): one.state for one in self.outcome.conditions if one.exception == code}
        premises = []
        for finding in self.outcome.findings[0]:
            asked = finding.evidence.get("state") != NOT_APPLICABLE_STATE
            if asked and finding.rule.kind == "ConditionRule" and finding.rule.exception == code:
                state = merged[finding.rule.condition or "", finding.party]
                varies = state != finding.evidence["state"]
                premises.append(self._finding(finding, 0, state, supposing=False, varies=varies))
        label, cite = self.ruleset.exceptions[code]
        values = {"exception": code, "label": label, "status": status}
        return self.proof.add("inferred", "exceptionStatus", values, cite=cite, premises=premises)

    def _finding(
        self, finding: Finding, number: int, state: str | None = None, *, supposing: bool = True, varies: bool = False
    ) -> str:
        evidence = self._evidence(finding, self.outcome.worlds[number], supposing)
        return self._inferred(finding, evidence, state, varies)


def without_rules(reason: str) -> dict[str, object]:
    """The proof of an answer that no rule gives: why the rules do not cover the case."""
    proof = Proof()
    return proof.as_json(proof.add("absent", "notModelled", {"reason": reason}))
