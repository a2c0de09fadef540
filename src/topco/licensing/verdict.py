"""The verdict: one deterministic paragraph that says what was found, on which data, and what was not checked.

It never says "clear". Its sentences are data (`rules/verdicts.ttl`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from topco.licensing.combination import AMBIGUOUS, UNDETERMINED
from topco.licensing.law_slice import LawSlice
from topco.licensing.outcome import AVAILABLE, NO, YES, Outcome
from topco.licensing.recipients import Recipient
from topco.licensing.ruleset import Ruleset
from topco.licensing.sentences import listed, say
from topco.licensing.worlds import OpenFact

DESTINATION, HEADQUARTERS, ULTIMATE_PARENT = "destination", "headquarters", "ultimate parent"
BECAUSE = (DESTINATION, HEADQUARTERS, ULTIMATE_PARENT)
FACT_WORDS = {
    "destination": "the destination",
    "locatedIn": "where {party} is located",
    "headquarteredIn": "where {party} is headquartered",
    "ultimateParentHeadquarteredIn": "where the ultimate parent of {party} is headquartered",
}


def verdict(
    outcome: Outcome,
    law_slice: LawSlice,
    ruleset: Ruleset,
    recipients: Mapping[str, Recipient],
    as_recorded: Mapping[str, Any] | None,
    loads: Sequence[Mapping[str, Any]],
    rules_as_of: date,
    today: date,
) -> str:
    """The whole paragraph."""
    sentences = [main_sentence(outcome, law_slice, recipients)]
    sentences += [_exception(outcome, code, status) for code, status in outcome.exceptions.items()]
    if as_recorded is not None and as_recorded["review_policy"] != outcome.review.policy:
        sentences.append(say("as_recorded", policy=policy_words(law_slice, as_recorded["review_policy"])))
    if any(party.entity for party in outcome.facts.parties) and loads:
        parts = [say("one_load", load=load["load"], age=load["age_days"], as_of=today.isoformat()) for load in loads]
        sentences.append(say("data_age", loads="; ".join(parts)))
    else:
        sentences.append(say("stated_only"))
    if ruleset.verified_to is not None and rules_as_of > ruleset.verified_to:
        sentences.append(say("later_law", verified_to=ruleset.verified_to.isoformat()))
    sentences.append(say("not_advice"))
    return " ".join(sentences)


def policy_words(law_slice: LawSlice, policy: str) -> str:
    """A policy code in words; codes that are no policy stay as they are."""
    return law_slice.policy_labels.get(policy, policy)


def main_sentence(outcome: Outcome, law_slice: LawSlice, recipients: Mapping[str, Recipient]) -> str:
    """Requirement, review policy and what decided it, in one sentence."""
    if outcome.licence_required != YES:
        return say("no_requirement")
    review = outcome.review
    possible = listed([policy_words(law_slice, policy) for policy in sorted(review.possible)], "or")
    strictest = policy_words(law_slice, review.strictest)
    if review.policy == UNDETERMINED:
        settling = [fact for fact in outcome.opened if fact.key in outcome.settling]
        words = [open_fact_words(fact, outcome) for fact in settling or outcome.opened]
        return say("policy_undetermined", open=listed(words), possible=possible, strictest=strictest)
    decisive = review.strictest if review.policy == AMBIGUOUS else review.policy
    reasons = _reasons(outcome, decisive, recipients)
    cites = listed(list(review.cites)) if review.cites else "no paragraph"
    if review.policy == AMBIGUOUS:
        return say(
            "policy_ambiguous",
            possible=possible.replace(" or ", " against "),
            strictest=strictest,
            reason=reasons,
            cites=cites,
        )
    return say("policy_decided", policy=policy_words(law_slice, review.policy), reason=reasons, cites=cites)


def open_fact_words(fact: OpenFact, outcome: Outcome) -> str:
    """An open fact as a phrase: what is not known, and of whom."""
    words = FACT_WORDS.get(fact.fact, fact.fact)
    return words.format(party=outcome.facts.parties[fact.party].name) if fact.party is not None else words


def _reasons(outcome: Outcome, policy: str, recipients: Mapping[str, Recipient]) -> str:
    phrases: dict[str, None] = {}
    for world, one in zip(outcome.worlds, outcome.by_world, strict=True):
        for limb in sorted(one.limbs, key=lambda limb: BECAUSE.index(limb.because)):
            if limb.policy != policy:
                continue
            if limb.because == DESTINATION:
                phrases[say("because_destination", place=world.places["destination"])] = None
                continue
            assert limb.party is not None
            party = outcome.facts.parties[limb.party]
            name = "headquarteredIn" if limb.because == HEADQUARTERS else "ultimateParentHeadquarteredIn"
            place = world.places[f"{name}#{limb.party}"]
            if name == "headquarteredIn":
                phrases[say("because_headquarters", party=party.name, place=place)] = None
            else:
                recipient = recipients.get(party.entity or "")
                names = recipient.ultimate_parent_names if recipient else ()
                parent = f", {listed(list(names), 'or')}," if names else ""
                phrases[say("because_ultimate_parent", party=party.name, parent=parent, place=place)] = None
    return "; ".join(list(phrases)[:3])


def _exception(outcome: Outcome, code: str, status: str) -> str:
    conditions = [condition for condition in outcome.conditions if condition.exception == code]
    if status == AVAILABLE:
        duties = any(condition.state == "duty" for condition in conditions)
        return say("exception_available", code=code, duties=say("exception_duties") if duties else "")
    kind, state = ("no", "failed") if status == NO else ("undetermined", "missing")
    named = [f"{condition.cite}: {condition.condition}" for condition in conditions if condition.state == state]
    words = "; ".join(dict.fromkeys(named)) or "different conditions fail, whichever way the open facts turn out"
    return say(f"exception_{kind}", code=code, failed=words, missing=words)
