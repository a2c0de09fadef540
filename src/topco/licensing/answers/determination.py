"""A determination: the answer to one case in the published form, with verdict, proof and what was not tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from topco.errors import NotModelled
from topco.licensing.affiliates.listed_ownership import ListedOwnership
from topco.licensing.answers import determination_parts as parts
from topco.licensing.answers.determination_proof import DeterminationProof, without_rules
from topco.licensing.answers.identifier import identifier, rules_digest
from topco.licensing.answers.place_flags import place_flags
from topco.licensing.answers.verdict import verdict
from topco.licensing.cases.case import Case
from topco.licensing.cases.facts import Assumption
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.body import Law
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.periods import law_in_force
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.law.sentences import label, say
from topco.licensing.law.vocabulary import node
from topco.licensing.weighing.combination import UNDETERMINED
from topco.licensing.weighing.outcome import Outcome


@dataclass(frozen=True)
class Frame:
    """What a determination was asked under: dates, reading, policy for open tops, the loads that count.

    `test` is the parent test, if another one than the rules ask was chosen.
    """

    reading: str
    as_of: date
    known_as_of: date
    rules_as_of: date
    open_top: str
    loads: tuple[Mapping[str, Any], ...]
    test: str | None = None


def determination(
    case: Case,
    outcome: Outcome,
    law: Law,
    law_slice: LawSlice,
    ruleset: Ruleset,
    recipients: Mapping[str, Recipient],
    frame: Frame,
    as_recorded: Outcome | None,
    other_readings: Mapping[str, Outcome],
    listed: Sequence[Mapping[str, Any]] = (),
    owned: Mapping[str, ListedOwnership] | None = None,
) -> dict[str, Any]:
    """The answer to a case whose rules are modelled.

    `listed` are red flags of screening lists, `owned` what listed parties hold in the parties, by identifier.
    """
    owned = owned or {}
    recorded = parts.codes(as_recorded) if as_recorded is not None else None
    other = {frame_of: parts.codes(one) for frame_of, one in other_readings.items()}
    return {
        **_header(case, frame, ruleset, law),
        "verdict": verdict(
            outcome, law_slice, ruleset, recipients, recorded, other, frame.loads, frame.rules_as_of, frame.known_as_of
        ),
        "item_class": outcome.item_class,
        "eccn": outcome.eccn,
        "licence_required": outcome.licence_required,
        "requirements": parts.requirements(outcome),
        "exceptions": [
            parts.exception(outcome, law, law_slice, ruleset, code, status)
            for code, status in outcome.exceptions.items()
        ],
        "review_policy": outcome.review.policy,
        "limbs": parts.limbs(outcome),
        "possible_outcomes": sorted(outcome.review.possible) if len(outcome.review.possible) > 1 else [],
        "strictest_outcome": outcome.review.strictest,
        "settling_facts": parts.settling_facts(outcome),
        "as_recorded": recorded,
        "other_readings": other,
        "veu_result": outcome.veu_result,
        "checks": parts.checks(outcome),
        "limits": parts.limits(outcome, law_slice, ruleset),
        "documents": parts.listed(outcome, law, "DocumentRule", "enclosure") if outcome.is_asked else [],
        "red_flags": [
            *parts.red_flags(outcome, law),
            *place_flags(outcome.facts, law, law_slice, ruleset),
            *listed,
        ],
        "assumptions": _assumptions(case, outcome, frame),
        "parties": parts.parties(outcome, recipients, owned),
        "not_tested": not_tested(law),
        "coverage": coverage(ruleset),
        "data": list(frame.loads) if recipients else [],
        "proof": DeterminationProof(outcome, law_slice, ruleset, recipients, frame.rules_as_of, owned=owned).build(),
    }


def not_modelled(
    case: Case, error: NotModelled, law: Law, frame: Frame, listed: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The answer to a case that the rules of this version do not cover: what is missing, and nothing more."""
    item = {"item_class": UNDETERMINED, "eccn": case.item.eccn, "licence_required": "unknown"}
    return {
        **_header(case, frame, None, law),
        "verdict": " ".join([say("not_modelled", reason=str(error)), say("not_advice")]),
        **item,
        "requirements": [],
        "exceptions": [],
        "review_policy": UNDETERMINED,
        "limbs": [],
        "possible_outcomes": [],
        "strictest_outcome": None,
        "settling_facts": [],
        "as_recorded": None,
        "other_readings": {},
        "veu_result": None,
        "checks": [],
        "limits": [],
        "documents": [],
        "red_flags": [*listed],
        "assumptions": [],
        "parties": [],
        "not_tested": not_tested(law),
        "coverage": {"modelled": [], "partial": [], "pointer_only": []},
        "data": [],
        "proof": without_rules(str(error)),
    }


def determination_id(case: Case, frame: Frame) -> str:
    """The identifier of the answer to a case under these dates and policies, with these loads and the rules of now."""
    return identifier(
        case.model_dump(mode="json", exclude_none=True),
        frame.reading,
        frame.as_of,
        frame.known_as_of,
        frame.rules_as_of,
        frame.open_top,
        [load["load"] for load in frame.loads],
        rules_digest(),
        frame.test,
    )


def not_tested(law: Law) -> list[str]:
    """The other regimes that may forbid or license the same transaction, in their order."""
    regimes = [
        (int(law.value(regime, node("rank")) or "0"), label(law, "regime", regime.value.rpartition("/")[2]))
        for regime in law.subjects("RegimeNotTested")
    ]
    return [words for _, words in sorted(regimes)]


def coverage(ruleset: Ruleset) -> dict[str, list[str]]:
    """Which provisions the rules cover wholly, in part, or only name."""
    return {
        "modelled": sorted({rule.cite for rule in ruleset.rules} | {one.cite for one in ruleset.combinations}),
        "partial": list(ruleset.partial),
        "pointer_only": list(ruleset.pointer_only),
    }


def _header(case: Case, frame: Frame, ruleset: Ruleset | None, law: Law) -> dict[str, Any]:
    verified = ruleset.verified_to.isoformat() if ruleset and ruleset.verified_to else None
    return {
        "id": determination_id(case, frame),
        "case": case.id,
        "reading": frame.reading,
        "as_of": frame.as_of.isoformat(),
        "known_as_of": frame.known_as_of.isoformat(),
        "rules_as_of": frame.rules_as_of.isoformat(),
        "rules_version": ruleset.version if ruleset else None,
        "verified_to": verified,
        "law": law_in_force(law, frame.rules_as_of, frame.reading),
        "open_top": frame.open_top,
    }


def _assumptions(case: Case, outcome: Outcome, frame: Frame) -> list[dict[str, str]]:
    undated = Assumption("transaction.date", frame.as_of.isoformat(), "not stated; taken to be the day of asking")
    taken = ([undated] if case.transaction.date is None else []) + list(outcome.facts.assumptions)
    return [{"fact": one.fact, "value": one.value, "because": one.because} for one in taken]
