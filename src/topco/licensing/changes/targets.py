"""What is asked for: an outcome that a case does not have, and what stands against it.

A *premise* is one thing that stands between a case and the outcome: a condition of an exception that is not met, a limb
that decides the review, a paragraph that asks for a licence. All of them have to fall for the outcome to come about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from topco.errors import BadInput
from topco.licensing.weighing import combination
from topco.licensing.weighing.outcome import (
    AUTHORISATION,
    AVAILABLE,
    DOUBTFUL,
    MISSING,
    NO,
    NOT_A_QUESTION,
    PARTIAL,
    STATES,
    STATUS_OF_WORST,
    UNKNOWN,
    YES,
)

if TYPE_CHECKING:
    from topco.licensing.changes.trials import Codes, Trial
    from topco.licensing.law.rule import Rule
    from topco.licensing.law.ruleset import Ruleset
    from topco.licensing.weighing.engine import Finding

LICENCE, REVIEW, VALIDATED = "licence_required", "review_policy", "veu_result"
MILDER = "milder"
LICENCE_CODES = (YES, NO, UNKNOWN, NOT_A_QUESTION, AUTHORISATION)
REVIEW_CODES = (combination.AMBIGUOUS, combination.UNDETERMINED, "not_verified", combination.NOT_APPLICABLE)
VALIDATED_CODES = ("ok", "breach", "not_counted", combination.UNDETERMINED)
STATUSES = (AVAILABLE, *dict.fromkeys(STATUS_OF_WORST.values()))
HARM = {NO: 0, NOT_A_QUESTION: 0, UNKNOWN: 1, YES: 2, AUTHORISATION: 2}
OPEN = frozenset(STATES[STATES.index(PARTIAL) :])


@dataclass(frozen=True)
class Premise:
    """One thing that stands against an outcome: the rule, its citation, how it stands, and for which party.

    `sort` is `condition`, `limb`, `requirement` or `check`; `code` its name; `state` that of a condition, the policy of
    a limb.
    """

    sort: str
    code: str
    state: str
    party: int | None
    rule: Rule
    finding: Finding | None


@dataclass(frozen=True)
class Target:
    """An outcome: the code wanted for the licence, the review, a validated end user, or an exception.

    Of a review, `milder` stands for any that is less strict than that of the case, or none.
    """

    key: str
    code: str
    ruleset: Ruleset
    strictness: Mapping[str, int]
    base: Codes

    @property
    def want(self) -> str:
        """What is wanted, as the user writes it."""
        return f"{self.key}={self.code}"

    @property
    def given(self) -> str | None:
        """The code that the case has; None where the question is not asked."""
        return self._code(self.base)

    def met(self, codes: Codes) -> bool:
        """Whether an answer has the outcome. What is unknown never does, unless it is asked for itself."""
        if self.key == REVIEW and self.code == MILDER:
            return self._is_milder(codes)
        return self._code(codes) == self.code

    def _is_milder(self, codes: Codes) -> bool:
        if codes.licence_required == NO:
            return self.base.licence_required != NO
        decided = codes.licence_required == YES and codes.review_policy not in REVIEW_CODES
        return decided and self.strictness.get(codes.strictest, 0) < self.strictness.get(self.base.strictest, 0)

    def _code(self, codes: Codes) -> str | None:
        if self.key == LICENCE:
            return codes.licence_required
        if self.key == REVIEW:
            return codes.review_policy
        return codes.veu_result if self.key == VALIDATED else codes.status.get(self.key)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that decide about the outcome."""
        if self.key == LICENCE:
            return tuple(rule for rule in self.ruleset.rules if rule.kind in ("RequirementRule", "AuthorisationRule"))
        if self.key == REVIEW:
            return self.ruleset.of_kind("PolicyRule")
        if self.key == VALIDATED:
            return self.ruleset.of_kind("ValidatedEndUserRule")
        return tuple(rule for rule in self.ruleset.of_kind("ConditionRule") if rule.exception == self.key)

    def premises(self, trial: Trial) -> list[Premise]:
        """What stands against the outcome in a trial."""
        by_findings = self.key in (LICENCE, REVIEW)
        found = self._of_findings(trial) if by_findings else self._of_conditions(trial)
        return sorted(found, key=lambda one: (one.rule.stratum, one.rule.name, -1 if one.party is None else one.party))

    def against(self, trial: Trial) -> set[tuple[str, int | None]]:
        """The premises by code and party, without what they rest on."""
        if self.key in (LICENCE, REVIEW):
            return {(one.code, one.party) for one in self._of_findings(trial)}
        exception = "" if self.key == VALIDATED else self.key
        told = [one for one in trial.outcome.conditions if one.exception == exception]
        silent = {one.condition or "" for one in self.rules if one.kind == "ConditionRule"}
        silent -= {one.condition for one in told}
        return {(one.condition, one.party) for one in told if one.state in OPEN} | {(one, None) for one in silent}

    def _of_conditions(self, trial: Trial) -> Iterator[Premise]:
        """The conditions that keep an exception from being available, or a validated end user from its limits."""
        exception = "" if self.key == VALIDATED else self.key
        silent = {(rule.condition or ""): rule for rule in self.rules if rule.kind == "ConditionRule"}
        for one in trial.outcome.conditions:
            if one.exception != exception:
                continue
            silent.pop(one.condition, None)
            if one.state in OPEN:
                finding = self._finding(trial, one.condition, one.party)
                rule = finding.rule if finding else next(r for r in self.rules if r.condition == one.condition)
                yield Premise("condition" if exception else "check", one.condition, one.state, one.party, rule, finding)
        for condition, rule in silent.items():
            yield Premise("condition", condition, MISSING, None, rule, None)

    def _finding(self, trial: Trial, condition: str, party: int | None) -> Finding | None:
        """The gravest finding about a condition, in any world."""
        found = [
            finding
            for world in trial.outcome.findings
            for finding in world
            if finding.rule in self.rules and (finding.rule.condition or "") == condition and finding.party == party
        ]
        return max(found, key=lambda one: STATES.index(one.evidence["state"]), default=None)

    def _of_findings(self, trial: Trial) -> Iterator[Premise]:
        """The paragraphs that ask for a licence, or the limbs that are as strict as the case's review."""
        kinds = ("RequirementRule", "AuthorisationRule") if self.key == LICENCE else ("PolicyRule",)
        bar = self.strictness.get(trial.codes.strictest, 0)
        seen = set()
        for world in trial.outcome.findings:
            for finding in world:
                rule = finding.rule
                if rule.kind not in kinds or (rule.name, finding.party) in seen:
                    continue
                if self.key == REVIEW and self.strictness.get(rule.concept or "", 0) < bar:
                    continue
                seen.add((rule.name, finding.party))
                sort = "requirement" if self.key == LICENCE else "limb"
                state = YES if self.key == LICENCE else rule.concept or ""
                yield Premise(sort, rule.name, state, finding.party, rule, finding)


def wanted(text: str, ruleset: Ruleset, strictness: Mapping[str, int], base: Codes) -> Target:
    """A target as a user writes it: `licence_required=no`, `review_policy=approval`, `AIA=available`.

    Raises:
        BadInput: no such question, or no such code, with the near ones.
    """
    key, _, code = (part.strip() for part in text.partition("="))
    codes = _codes(ruleset, strictness)
    if key not in codes:
        near = get_close_matches(key, list(codes), n=3) or list(codes)
        remedy = f"Write QUESTION=CODE; the questions are {', '.join(near)}."
        raise BadInput(f"{key!r} is no question that an answer has a code for.", where=text, remedy=remedy)
    if code not in codes[key]:
        raise BadInput(f"{code!r} is no code of {key}.", where=text, remedy=f"It is one of {', '.join(codes[key])}.")
    return Target(key, code, ruleset, strictness, base)


def usual(ruleset: Ruleset, strictness: Mapping[str, int], base: Codes) -> list[Target]:
    """What is asked where nobody says: every exception that is not there, a milder review, limits that are kept."""
    found = [(code, AVAILABLE) for code, status in base.exceptions if status != AVAILABLE]
    mildest = min(strictness.values(), default=0)
    if base.review_policy != combination.NOT_APPLICABLE and strictness.get(base.strictest, 0) > mildest:
        found.append((REVIEW, MILDER))
    if base.licence_required == AUTHORISATION:
        found.append((LICENCE, NOT_A_QUESTION))
    if base.veu_result in ("breach", combination.UNDETERMINED):
        found.append((VALIDATED, "ok"))
    return [Target(key, code, ruleset, strictness, base) for key, code in found]


def worse(codes: Codes, base: Codes, strictness: Mapping[str, int]) -> list[str]:
    """In which respects an answer is worse than that of the case; empty for one that is nowhere worse."""
    found = []
    if HARM[codes.licence_required] > HARM[base.licence_required]:
        found.append(LICENCE)
    asked = combination.NOT_APPLICABLE not in (codes.strictest, base.strictest)
    if asked and strictness.get(codes.strictest, 0) > strictness.get(base.strictest, 0):
        found.append(REVIEW)
    for code, status in base.exceptions:
        if status in (AVAILABLE, PARTIAL) and codes.status.get(code) in (
            NO,
            DOUBTFUL,
            combination.UNDETERMINED,
            PARTIAL,
        ):
            found += [code] if codes.status[code] != status else []
    if base.veu_result in ("ok", "not_counted") and codes.veu_result in ("breach", combination.UNDETERMINED):
        found.append(VALIDATED)
    return found


def _codes(ruleset: Ruleset, strictness: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    exceptions = dict.fromkeys(rule.exception for rule in ruleset.of_kind("ConditionRule") if rule.exception)
    return {
        LICENCE: LICENCE_CODES,
        REVIEW: (*strictness, *(code for code in REVIEW_CODES if code not in strictness), MILDER),
        VALIDATED: VALIDATED_CODES,
        **dict.fromkeys(sorted(exceptions), STATUSES),
    }
