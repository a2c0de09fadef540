"""How several review policies become one, and several worlds one answer.

Within a world (742.1(f)): an application must be approvable under every policy that it meets, so the strictest decides;
a limb that prevails by its own words puts the others aside; a clash that no text settles is `ambiguous`. Every party is
weighed by itself: what one party meets cannot soften what another is denied.

Over worlds: readings of a fact on which the law is silent must agree, else the answer is `ambiguous`; alternatives that
evidence leaves open must agree, else it is `undetermined`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from topco.licensing.law.ruleset import Combination

AMBIGUOUS = "ambiguous"
UNDETERMINED = "undetermined"
NONE_STATED = "none_stated"
NOT_APPLICABLE = "na"


@dataclass(frozen=True)
class Limb:
    """A review policy whose words a world meets: paragraph, branch, what met it, and which party."""

    cite: str
    branch: str
    policy: str
    because: str
    party: int | None


@dataclass(frozen=True)
class Review:
    """A review policy with the strictest that could be meant, and the policies still possible."""

    policy: str
    strictest: str
    possible: frozenset[str]
    cites: tuple[str, ...] = ()


def strictest(policies: Iterable[str], strictness: Mapping[str, int]) -> str:
    """The strictest of some policies.

    >>> strictest(["approval", "denial_presumption"], {"approval": 1, "denial_presumption": 5})
    'denial_presumption'
    """
    return max(policies, key=lambda policy: strictness.get(policy, 0))


def review(
    limbs: Sequence[Limb],
    combinations: Sequence[Combination],
    strictness: Mapping[str, int],
    parties: Iterable[int] = (),
) -> Review:
    """The review policy of one world in which a licence is required.

    >>> approval = Limb("(A)(2)", "A2", "approval", "destination", None)
    >>> denial = Limb("(A)(1)", "A1", "denial_presumption", "ultimate parent", 0)
    >>> review([approval, denial], [], {"approval": 1, "denial_presumption": 5}).policy
    'denial_presumption'
    """
    if not limbs:
        return Review(NONE_STATED, NONE_STATED, frozenset({NONE_STATED}))
    branches = {limb.branch for limb in limbs}
    for combination in combinations:
        if combination.kind == "PrevailingLimb" and combination.limbs & branches:
            limbs = [limb for limb in limbs if limb.branch in combination.limbs | combination.unless]
    hardest = strictest((limb.policy for limb in limbs), strictness)
    cites = tuple(dict.fromkeys(limb.cite for limb in limbs if limb.policy == hardest))
    views = [[limb for limb in limbs if limb.party in (None, party)] for party in parties] or [list(limbs)]
    if all(_clash(view, combinations) for view in views if any(limb.policy == hardest for limb in view)):
        return Review(AMBIGUOUS, hardest, frozenset(limb.policy for limb in limbs), cites)
    return Review(hardest, hardest, frozenset({hardest}), cites)


def _clash(limbs: Sequence[Limb], combinations: Sequence[Combination]) -> bool:
    """Whether limbs that one party meets contradict each other and no text says which of them goes first."""
    branches = {limb.branch for limb in limbs}
    return any(
        combination.kind == "LimbClash" and combination.limbs <= branches and not combination.unless & branches
        for combination in combinations
    )


def over_readings(reviews: Sequence[Review], strictness: Mapping[str, int]) -> Review:
    """The review over the readings of facts on which the law is silent."""
    return _merge(reviews, strictness, AMBIGUOUS)


def over_alternatives(reviews: Sequence[Review], strictness: Mapping[str, int]) -> Review:
    """The review over the alternatives that evidence leaves open."""
    return _merge(reviews, strictness, UNDETERMINED)


def _merge(reviews: Sequence[Review], strictness: Mapping[str, int], if_they_differ: str) -> Review:
    policies = {one.policy for one in reviews}
    possible = frozenset().union(*(one.possible for one in reviews))
    hardest = strictest([one.strictest for one in reviews], strictness)
    cites = tuple(dict.fromkeys(cite for one in reviews for cite in one.cites))
    policy = policies.pop() if len(policies) == 1 else if_they_differ
    return Review(policy, hardest, possible, cites)


def same_or_undetermined(codes: Iterable[str]) -> str:
    """A code that all share, else `undetermined`: how exceptions combine over readings and alternatives alike."""
    distinct = set(codes)
    return distinct.pop() if len(distinct) == 1 else UNDETERMINED
