"""A determination: the answer to one case in the published form, with verdict, proof and what was not tested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyoxigraph import NamedNode

from topco import knowledge
from topco.errors import NotModelled
from topco.licensing.case import Case
from topco.licensing.combination import UNDETERMINED
from topco.licensing.determination_proof import DeterminationProof
from topco.licensing.engine import Finding
from topco.licensing.facts import CASE_KEYS, Assumption, CountryFact
from topco.licensing.law import Law
from topco.licensing.law_slice import LawSlice
from topco.licensing.outcome import AVAILABLE, NO, YES, ConditionState, Outcome
from topco.licensing.recipients import Recipient
from topco.licensing.ruleset import Ruleset
from topco.licensing.sentences import label, say
from topco.licensing.verdict import verdict
from topco.licensing.vocabulary import node
from topco.namespaces import NAMESPACE


@dataclass(frozen=True)
class Frame:
    """What a determination was asked under: dates, reading, policy for open tops, and the loads that count."""

    reading: str
    as_of: date
    known_as_of: date
    rules_as_of: date
    open_top: str
    loads: tuple[Mapping[str, Any], ...]


def determination(
    case: Case,
    outcome: Outcome,
    law: Law,
    law_slice: LawSlice,
    ruleset: Ruleset,
    recipients: Mapping[str, Recipient],
    frame: Frame,
    as_recorded: Outcome | None,
    listed: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The answer to a case whose rules are modelled; `listed` are red flags of screening lists."""
    recorded = _codes(as_recorded) if as_recorded is not None else None
    required = outcome.licence_required == YES
    entry = next((f.evidence["entry"] for f in outcome.findings[0] if f.rule.kind == "ClassificationRule"), None)
    return {
        **_header(case, frame, ruleset),
        "verdict": verdict(
            outcome, law_slice, ruleset, recipients, recorded, frame.loads, frame.rules_as_of, frame.known_as_of
        ),
        "item_class": outcome.item_class,
        "eccn": outcome.facts.eccn if entry else None,
        "licence_required": outcome.licence_required,
        "requirements": _requirements(outcome),
        "exceptions": [_exception(outcome, law, code, status) for code, status in outcome.exceptions.items()],
        "review_policy": outcome.review.policy,
        "limbs": _limbs(outcome),
        "possible_outcomes": sorted(outcome.review.possible) if len(outcome.review.possible) > 1 else [],
        "strictest_outcome": outcome.review.strictest,
        "settling_facts": _settling_facts(outcome),
        "as_recorded": recorded,
        "veu_result": None,
        "documents": _listed(outcome, law, "DocumentRule", "enclosure") if required else [],
        "red_flags": [*_red_flags(outcome, law), *listed],
        "assumptions": _assumptions(case, outcome, frame),
        "parties": _parties(outcome, recipients),
        "not_tested": not_tested(law),
        "coverage": coverage(ruleset),
        "data": list(frame.loads) if recipients else [],
        "proof": DeterminationProof(outcome, law_slice, ruleset, recipients).build(),
    }


def not_modelled(
    case: Case, error: NotModelled, law: Law, frame: Frame, listed: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The answer to a case that the rules of this version do not cover: what is missing, and nothing more."""
    item = {"item_class": UNDETERMINED, "eccn": case.item.eccn, "licence_required": "unknown"}
    return {
        **_header(case, frame, None),
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
        "veu_result": None,
        "documents": [],
        "red_flags": [*listed],
        "assumptions": [],
        "parties": [],
        "not_tested": not_tested(law),
        "coverage": {"modelled": [], "partial": [], "pointer_only": []},
        "data": [],
        "proof": {"version": 1, "nodes": [{"id": "n1", "kind": "absent", "text": str(error)}]},
    }


def determination_id(case: Case, frame: Frame) -> str:
    """The identifier of an answer: a hash of everything that it depends on (case, dates, policies, loads, rules)."""
    asked = case.model_dump(mode="json", exclude_none=True, exclude={"title", "cites", "confidence", "expect"})
    loads = [load["load"] for load in frame.loads]
    frame_part = [frame.reading, frame.as_of, frame.known_as_of, frame.rules_as_of, frame.open_top, loads]
    content = json.dumps([asked, frame_part, knowledge.digest("rules", "data/reference")], sort_keys=True, default=str)
    return "det:" + hashlib.sha256(content.encode()).hexdigest()[:16]


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


def _header(case: Case, frame: Frame, ruleset: Ruleset | None) -> dict[str, Any]:
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
        "open_top": frame.open_top,
    }


def _codes(outcome: Outcome) -> dict[str, Any]:
    return {
        "licence_required": outcome.licence_required,
        "exceptions": [{"code": code, "status": status} for code, status in outcome.exceptions.items()],
        "review_policy": outcome.review.policy,
        "strictest_outcome": outcome.review.strictest,
    }


def _requirements(outcome: Outcome) -> list[dict[str, Any]]:
    """The paragraphs that ask for a licence, in whichever world."""
    found = dict.fromkeys((f.rule.cite, f.rule.name, f.party) for f in _findings(outcome, "RequirementRule"))
    return [{"cite": cite, "rule": rule, "party": _name(outcome, party)} for cite, rule, party in found]


def _name(outcome: Outcome, party: int | None) -> str | None:
    return None if party is None else outcome.facts.parties[party].name


def _exception(outcome: Outcome, law: Law, code: str, status: str) -> dict[str, Any]:
    conditions = [one for one in outcome.conditions if one.exception == code]
    duties: list[dict[str, str]] = []
    if status != NO:
        duties = [
            {"id": one.condition, "cite": one.cite, "text": one.label} for one in conditions if one.state == "duty"
        ]
        duties += _listed(outcome, law, "DutyRule", "duty", code)
    return {
        "code": code,
        "status": status,
        "quantity_tpp": None,
        "duties": duties,
        "conditions": [
            {"id": one.condition, "state": one.state, "cite": one.cite, "party": _name(outcome, one.party)}
            for one in conditions
        ],
    }


def _limbs(outcome: Outcome) -> list[dict[str, Any]]:
    """The limbs that are met whichever way the open facts turn out."""
    first, *others = [one.limbs for one in outcome.by_world]
    return [
        {"cite": limb.cite, "policy": limb.policy, "because": limb.because, "party": _name(outcome, limb.party)}
        for limb in dict.fromkeys(first)
        if all(limb in limbs for limbs in others)
    ]


def _settling_facts(outcome: Outcome) -> list[dict[str, Any]]:
    facts = [
        {
            "fact": CASE_KEYS.get(fact.fact, fact.fact),
            "party": _name(outcome, fact.party),
            "values": outcome.settling[fact.key],
        }
        for fact in outcome.opened
        if fact.key in outcome.settling
    ]
    for code, status in outcome.exceptions.items():
        if status == UNDETERMINED:
            facts += _settling_conditions(code, [one for one in outcome.conditions if one.exception == code], outcome)
    return facts


def _settling_conditions(code: str, conditions: Sequence[ConditionState], outcome: Outcome) -> list[dict[str, Any]]:
    """Conditions that the case leaves open: what the exception would be if each were met, or failed."""
    missing = [one for one in conditions if one.state == "missing" and not _depends_on_countries(one, outcome)]
    every = [one for one in conditions if one.state == "missing"]
    if_met = AVAILABLE if len(every) == 1 else UNDETERMINED
    return [
        {
            "fact": one.condition,
            "party": _name(outcome, one.party),
            "values": {"met": f"{code}={if_met}", "failed": f"{code}={NO}"},
        }
        for one in missing
    ]


def _depends_on_countries(condition: ConditionState, outcome: Outcome) -> bool:
    """Whether the condition differs between worlds: then the open country fact is what settles it."""
    states = {
        one.state
        for world in outcome.by_world
        for one in world.conditions
        if (one.condition, one.party) == (condition.condition, condition.party)
    }
    return len(states) > 1


def _listed(
    outcome: Outcome, law: Law, kind: str, namespace: str, exception: str | None = None
) -> list[dict[str, str]]:
    """What rules of one kind list, whichever world they fire in: a duty that may be owed is shown."""
    found: dict[str, dict[str, str]] = {}
    for finding in _findings(outcome, kind):
        concept = finding.rule.concept
        if concept is not None and finding.rule.exception == exception:
            text = label(law, namespace, concept)
            found.setdefault(concept, {"id": concept, "cite": finding.rule.cite, "text": text})
    return list(found.values())


def _findings(outcome: Outcome, kind: str) -> Iterator[Finding]:
    return (finding for world in outcome.findings for finding in world if finding.rule.kind == kind)


def _red_flags(outcome: Outcome, law: Law) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for finding in _findings(outcome, "RedFlagRule"):
        flag = finding.rule.concept
        if flag is not None:
            question = law.value(NamedNode(f"{NAMESPACE}red-flag/{flag}"), node("question")) or finding.rule.label
            found.setdefault(flag, {"id": flag, "question": question, "cite": finding.rule.cite})
    return list(found.values())


def _parties(outcome: Outcome, recipients: Mapping[str, Recipient]) -> list[dict[str, Any]]:
    found = []
    for index, party in enumerate(outcome.facts.parties):
        recipient = recipients.get(party.entity or "")
        found.append(
            {
                "role": party.roles[0],
                "name": party.name,
                "entity": party.entity,
                **{
                    CASE_KEYS[name]: _shown(outcome.facts.country(name, index))
                    for name in ("locatedIn", "headquarteredIn", "ultimateParentHeadquarteredIn")
                },
                "status": party.status,
                "stated": [
                    CASE_KEYS[name]
                    for name in ("locatedIn", "headquarteredIn", "ultimateParentHeadquarteredIn")
                    if outcome.facts.country(name, index).origin == "stated"
                ],
                "resolution": recipient.resolution if recipient else None,
            }
        )
    return found


def _assumptions(case: Case, outcome: Outcome, frame: Frame) -> list[dict[str, str]]:
    undated = Assumption("transaction.date", frame.as_of.isoformat(), "not stated; taken to be the day of asking")
    taken = ([undated] if case.transaction.date is None else []) + list(outcome.facts.assumptions)
    return [{"fact": one.fact, "value": one.value, "because": one.because} for one in taken]


def _shown(fact: CountryFact) -> str | list[str] | None:
    codes = list(fact.shown)
    return None if not codes else codes[0] if len(codes) == 1 else codes
