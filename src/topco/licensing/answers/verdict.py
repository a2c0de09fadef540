"""The verdict: one deterministic paragraph that says what was found, on which data, and what was not checked.

It never says "clear". Its sentences are data (`rules/verdicts.ttl`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from topco.licensing.answers.determination_parts import partial_quantity
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.law.sentences import listed, say
from topco.licensing.weighing.combination import AMBIGUOUS, NONE_STATED, NOT_APPLICABLE, UNDETERMINED, Limb
from topco.licensing.weighing.outcome import (
    AUTHORISATION,
    AVAILABLE,
    DOUBTFUL,
    FAILED,
    MISSING,
    NO,
    NOT_A_QUESTION,
    PARTIAL,
    UNKNOWN,
    YES,
    Outcome,
)
from topco.licensing.weighing.worlds import ITEM, OpenFact, World

# What a limb may be met by (the variable `because` of a policy rule), and the country fact that it stands for.
BECAUSE: dict[str, str | None] = {
    "destination": "destination",
    "location": "locatedIn",
    "headquarters": "headquarteredIn",
    "ultimate parent": "ultimateParentHeadquarteredIn",
    "listed owners": None,
}
MOST_REASONS = 3
FACT_WORDS = {
    "destination": "the destination",
    "locatedIn": "where {party} is located",
    "headquarteredIn": "where {party} is headquartered",
    "ultimateParentHeadquarteredIn": "where the ultimate parent of {party} is headquartered",
    ITEM: "the control-list entry of the item",
}


def verdict(
    outcome: Outcome,
    law_slice: LawSlice,
    ruleset: Ruleset,
    recipients: Mapping[str, Recipient],
    as_recorded: Mapping[str, Any] | None,
    other_readings: Mapping[str, Mapping[str, Any]],
    loads: Sequence[Mapping[str, Any]],
    rules_as_of: date,
    today: date,
) -> str:
    """The whole paragraph."""
    sentences = [main_sentence(outcome, law_slice, recipients)]
    open_ones = {code: status for code, status in outcome.exceptions.items() if status != NO}
    sentences += [_exception(outcome, law_slice, ruleset, code, status) for code, status in open_ones.items()]
    sentences += _closed_exceptions(outcome)
    sentences += _warnings(outcome, ruleset)
    if as_recorded is not None and as_recorded["review_policy"] != outcome.review.policy:
        sentences.append(say("as_recorded", policy=policy_words(law_slice, as_recorded["review_policy"])))
    sentences += _other_readings(outcome, law_slice, other_readings)
    from_store = any(party.entity for party in outcome.facts.parties)
    if from_store and loads:
        parts = [say("one_load", load=load["load"], age=load["age_days"], as_of=today.isoformat()) for load in loads]
        sentences.append(say("data_age", loads="; ".join(parts)))
    elif from_store:
        sentences.append(say("store_without_loads"))
    else:
        sentences.append(say("stated_only"))
    if ruleset.verified_to is not None and rules_as_of > ruleset.verified_to:
        sentences.append(say("later_law", verified_to=ruleset.verified_to.isoformat()))
    sentences.append(say("not_advice"))
    return " ".join(sentences)


def _warnings(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """What an answer says about circumstances that the case states to be given."""
    given = {circumstance.iri for circumstance in outcome.facts.circumstances if circumstance.stated}
    return [one.warning for one in ruleset.conditions if one.warning and one.iri in given]


def policy_words(law_slice: LawSlice, policy: str) -> str:
    """A policy code in words; codes that are no policy stay as they are."""
    return law_slice.policy_labels.get(policy, policy)


def main_sentence(outcome: Outcome, law_slice: LawSlice, recipients: Mapping[str, Recipient]) -> str:
    """Requirement, review policy and what decided it, in one sentence."""
    if outcome.veu_result is not None:
        return _of_validated_end_user(outcome)
    if outcome.licence_required not in (YES, UNKNOWN):
        return _without_licence(outcome)
    if outcome.licence_required == UNKNOWN and len(outcome.worlds) > 1:
        hanging = [open_fact_words(fact, outcome) for fact in outcome.opened if fact.key in outcome.settling]
        return say("requirement_unknown_on", open=listed(hanging)) if hanging else say("requirement_unknown")
    review = outcome.review
    possible = listed(
        [policy_words(law_slice, policy) for policy in sorted(review.possible)],
        "and" if review.policy == AMBIGUOUS else "or",
    )
    strictest = policy_words(law_slice, review.strictest)
    if review.policy == UNDETERMINED:
        settling = [fact for fact in outcome.opened if fact.key in outcome.settling]
        words = [open_fact_words(fact, outcome) for fact in settling or outcome.opened]
        return say("policy_undetermined", open=listed(words), possible=possible, strictest=strictest)
    if review.policy == NONE_STATED:
        return say("policy_none_stated")
    reasons = _reasons(outcome, recipients)
    cites = listed(list(review.cites)) if review.cites else "no paragraph"
    if review.policy == AMBIGUOUS:
        silent = [open_fact_words(fact, outcome) for fact in silent_facts(outcome)]
        kind = "policy_ambiguous_reading" if silent else "policy_ambiguous"
        return say(kind, possible=possible, open=listed(silent), strictest=strictest, reason=reasons, cites=cites)
    kind = "policy_unverified" if outcome.licence_required == UNKNOWN else "policy_decided"
    return say(kind, policy=policy_words(law_slice, review.policy), reason=reasons, cites=cites)


def _without_licence(outcome: Outcome) -> str:
    """Where no licence is asked for: why, and what was asked instead."""
    if outcome.licence_required == AUTHORISATION:
        return say("authorisation_needed")
    if outcome.licence_required == NOT_A_QUESTION:
        return _of_classification(outcome) if outcome.facts.classification is not None else say("not_a_question")
    exempt = {f.rule.label: f.rule.cite for found in outcome.findings for f in found if f.rule.kind == "ExemptionRule"}
    if exempt:
        return say("exempt", exemption=listed(list(exempt)), cites=listed(list(exempt.values())))
    return say("no_requirement")


def _of_classification(outcome: Outcome) -> str:
    found = outcome.facts.classification
    assert found is not None
    entries = sorted({one.eccn or one.item_class for one in found.possible})
    if len(entries) == 1:
        return say("classified", entry=entries[0])
    missing = list(dict.fromkeys(gap.fact for gap in found.gaps))
    return say("classification_open", possible=listed(entries, "or"), missing=listed(missing) or "nothing named")


def _of_validated_end_user(outcome: Outcome) -> str:
    """Which checks decide."""
    states = {"breach": FAILED, UNDETERMINED: MISSING}
    wanted = states.get(outcome.veu_result or "", "met")
    decisive = [one for one in outcome.conditions if not one.exception and one.state == wanted]
    words = [f"{one.label} ({one.cite})" for one in decisive]
    if not words:
        return say("veu_nothing_held")
    return say(f"veu_{outcome.veu_result}", checks="; ".join(dict.fromkeys(words)))


def _other_readings(outcome: Outcome, law_slice: LawSlice, other: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What another reading says, where it differs."""
    found = []
    for reading, codes in other.items():
        policy = codes["review_policy"]
        if (codes["licence_required"], policy) != (outcome.licence_required, outcome.review.policy):
            required = say(f"other_requirement_{codes['licence_required']}")
            words = policy_words(law_slice, policy)
            kind = "other_reading_without_policy" if policy == NOT_APPLICABLE else "other_reading"
            found.append(say(kind, reading=reading, requirement=required, policy=words))
    return found


def silent_facts(outcome: Outcome) -> list[OpenFact]:
    """The known facts on which the law is silent, where that is what makes the answer ambiguous, and no clash."""
    if any(one.review.policy == AMBIGUOUS for one in outcome.by_world):
        return []
    return [fact for fact in outcome.opened if any(len(option.readings) > 1 for option in fact.options)]


def open_fact_words(fact: OpenFact, outcome: Outcome) -> str:
    """An open fact as a phrase: what is not known, and of whom."""
    words = FACT_WORDS.get(fact.fact, fact.fact)
    return words.format(party=outcome.facts.parties[fact.party].name) if fact.party is not None else words


def _reasons(outcome: Outcome, recipients: Mapping[str, Recipient]) -> str:
    """What meets the deciding limb in every world (of an ambiguous answer: in every world of the stricter reading)."""
    decisive = outcome.review.strictest
    in_worlds = [
        dict.fromkeys(_reason(limb, world, outcome, recipients) for limb in _in_order(one.limbs, decisive))
        for world, one in zip(outcome.worlds, outcome.by_world, strict=True)
        if one.review.strictest == decisive
    ]
    first, *others = in_worlds
    phrases = [phrase for phrase in first if all(phrase in other for other in others)]
    if not phrases:
        return say("because_every_alternative")
    more = [say("because_more", count=len(phrases) - MOST_REASONS)] if len(phrases) > MOST_REASONS else []
    return "; ".join(phrases[:MOST_REASONS] + more)


def _in_order(limbs: Sequence[Limb], policy: str) -> list[Limb]:
    order = list(BECAUSE)
    return sorted((limb for limb in limbs if limb.policy == policy), key=lambda limb: order.index(limb.because))


def _reason(limb: Limb, world: World, outcome: Outcome, recipients: Mapping[str, Recipient]) -> str:
    """What meets a limb, in words."""
    sentence = f"because_{limb.because.replace(' ', '_')}"
    fact = BECAUSE[limb.because]
    if limb.party is None:
        return say(sentence, place=world.places[fact or ""])
    party = outcome.facts.parties[limb.party]
    if fact is None:
        return say(sentence, party=party.name)
    place = world.places[f"{fact}#{limb.party}"]
    stated = outcome.facts.country(fact, limb.party).origin == "stated"
    recipient = recipients.get(party.entity or "") if not stated else None
    if recipient and limb.because == "ultimate parent" and recipient.ultimate_parent_ids == (recipient.entity,):
        return say("because_own_top", party=party.name, place=place)
    names = recipient.ultimate_parent_names if recipient else ()
    parent = f", {listed(list(names), 'or')}," if names else ""
    return say(sentence, party=party.name, place=place, parent=parent)


def _exception(outcome: Outcome, law_slice: LawSlice, ruleset: Ruleset, code: str, status: str) -> str:
    conditions = [condition for condition in outcome.conditions if condition.exception == code]
    if status in (AVAILABLE, PARTIAL):
        rules = [f.rule for f in outcome.findings[0] if f.rule.kind == "DutyRule" and f.rule.exception == code]
        duties = bool(rules) or any(condition.state == "duty" for condition in conditions)
        quantity = partial_quantity(conditions, outcome, law_slice, ruleset)
        return say(
            f"exception_{status}", code=code, quantity=quantity, duties=say("exception_duties") if duties else ""
        )
    kind, state = (DOUBTFUL, DOUBTFUL) if status == DOUBTFUL else (UNDETERMINED, MISSING)
    named = [f"{condition.label} ({condition.cite})" for condition in conditions if condition.state == state]
    words = "; ".join(dict.fromkeys(named)) or say("exception_by_alternatives")
    return say(f"exception_{kind}", code=code, failed=words, missing=words)


def _closed_exceptions(outcome: Outcome) -> list[str]:
    """The exceptions that do not apply, each with the first condition that fails; the others stand in the answer."""
    reasons = []
    for code in (code for code, status in outcome.exceptions.items() if status == NO):
        failed = [one for one in outcome.conditions if one.exception == code and one.state == FAILED]
        reasons.append(f"{code} ({failed[0].label}, {failed[0].cite})" if failed else code)
    return [say("exceptions_no", codes=listed(reasons))] if reasons else []
