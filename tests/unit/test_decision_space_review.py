"""The whole decision space of requirement and review, under every reading and in every epoch.

Each key has one outcome; nothing that gets worse softens it, but where the law itself is so; every rule finds
something; and policies that differ become one by a combination that is declared, never by accident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

from decision_changes import HOOK, WORSE_IF_DENIED, WORSE_IF_GIVEN, Change, changes
from decision_review import KINDS, Answer, Cell, Met, cells
from decision_space import DESTINATION, FULL, LAW, LOCATED, PARENT, SEAT, Chapter, chapters, unseen
from decision_unknown import left_out, stated
from topco.licensing.weighing.combination import (
    AMBIGUOUS,
    NONE_STATED,
    NOT_APPLICABLE,
    UNDETERMINED,
    Review,
    over_alternatives,
    over_readings,
)
from topco.licensing.weighing.outcome import NO, UNKNOWN, YES, Outcome, weigh

REQUIREMENTS = (NO, UNKNOWN, YES)
STRICTNESS = chapters()[-1].slice.strictness
# The tie-break of 2026 puts a presumption of denial in the place of a policy of denial: both are denials.
GRAVITY = STRICTNESS | {"denial_policy": STRICTNESS["denial_presumption"]}


@dataclass(frozen=True)
class Expected:
    """Where the law itself softens what should have got worse: the paragraph, and how to know it."""

    why: str
    cite: str
    holds: Callable[[Change], bool]


EXPECTED = (
    Expected(
        "what is small enough for end users in China or Macau is reviewed case by case, whatever else is met",
        "742.6(b)(10)(iii)(A)(1)",
        lambda one: (
            one.what in (DESTINATION, LOCATED)
            and one.new.policy in ("case_by_case", "owner_policy")  # what a listed owner brings stays beside it
            and ("dd_certifications", True) in one.after.answers
            and "ChinaOrMacau" in one.there()
        ),
    ),
    Expected(
        "D:5 destinations that are in A:5 or A:6 as well are no listed destinations",
        "742.6(a)(6)(iii)",
        lambda one: one.what == DESTINATION and one.new.required == NO and not {"ListedDestination"} & one.there(),
    ),
    Expected(
        "memory is under the end-user control elsewhere; there it is under the other, whose policy was not read",
        "742.6(a)(6)(i)(B)",
        lambda one: (
            one.what == DESTINATION
            and one.after.item is not None
            and one.after.item.item_class == "HBM"
            and one.old.policy == "denial_presumption"
            and one.new.policy in ("not_verified", "owner_policy")
        ),
    ),
    Expected(
        "a recipient from a listed country is not among those that an allocation is for",
        "law-firm article of January 2025",
        lambda one: (
            one.what == "a party more" and one.new.policy == "approval" and one.cell.chapters[0].reading == "article"
        ),
    ),
)


def softer(old: Answer, new: Answer) -> bool:
    """Whether an answer is more lenient than another."""
    if old.required != new.required and REQUIREMENTS.index(new.required) < REQUIREMENTS.index(old.required):
        return True
    return NO not in (old.required, new.required) and GRAVITY[new.strictest] < GRAVITY[old.strictest]


@cache
def softened() -> tuple[dict[str, int], list[Change]]:
    """How many changes there are of each kind, and those that soften an answer."""
    counted: Counter[str] = Counter()
    found = []
    for cell in cells():
        for change in changes(cell):
            counted[change.what] += 1
            if softer(change.old, change.new):
                found.append(change)
    return dict(counted), found


def everything() -> Iterator[tuple[Cell, Answer]]:
    return ((cell, answer) for cell in cells() for answer in cell.answers.values())


def test_the_axes_hold_whatever_a_rule_reads() -> None:
    lacking = {rule.name: unseen(rule, one.ruleset) for one in chapters() for rule in one.ruleset.rules}
    assert {name: names for name, names in lacking.items() if names} == {}
    said = {one.name for chapter in chapters() for one in chapter.ruleset.conditions}
    assert said == WORSE_IF_GIVEN | WORSE_IF_DENIED, "a condition of which nobody says which way is worse"
    assert not WORSE_IF_GIVEN & WORSE_IF_DENIED


def test_every_reading_is_swept_from_its_first_day() -> None:
    first = {one.reading: min(c.day for c in chapters() if c.reading == one.reading) for one in chapters()}
    for reading, day in first.items():
        assert day == min(day for day in LAW.boundaries if reading in LAW.slice_on(day).rulesets)
    swept = {chapter for cell in cells() for chapter in cell.chapters}
    assert swept == set(chapters())


def test_every_key_has_exactly_one_outcome() -> None:
    for cell, one in everything():
        assert one.required in REQUIREMENTS, cell
        if one.required == NO:
            assert (one.policy, one.strictest) == (NOT_APPLICABLE, NOT_APPLICABLE), cell
        else:
            assert one.strictest in STRICTNESS, cell
            assert one.policy in (one.strictest, AMBIGUOUS), cell
    answers = Counter((one.required, one.policy) for _, one in everything())
    assert answers.keys() >= {(YES, policy) for policy in STRICTNESS} | {(YES, AMBIGUOUS), (NO, NOT_APPLICABLE)}


def test_nothing_that_gets_worse_softens_an_answer() -> None:
    counted, found = softened()
    assert min(counted.values()) > 1_000, counted
    unexpected = [one for one in found if not any(expected.holds(one) for expected in EXPECTED)]
    assert [_told(one) for one in unexpected[:5]] == [], f"{len(unexpected)} of {sum(counted.values())}"


def test_every_expected_softening_still_occurs() -> None:
    _, found = softened()
    cites = {rule.cite for chapter in chapters() for rule in chapter.ruleset.rules}
    for expected in EXPECTED:
        assert any(expected.holds(one) for one in found), expected.why
        assert expected.cite in cites, expected.cite


def test_a_head_office_or_parent_in_macau_or_d5_never_softens() -> None:
    counted, found = softened()
    assert {"headquarteredIn", "ultimateParentHeadquarteredIn"} <= counted.keys()
    assert not [one for one in found if one.what in ("headquarteredIn", "ultimateParentHeadquarteredIn")]
    assert not [one for one in found if one.what.startswith("what is said of")]


def test_no_hook_anywhere_leaves_an_approval_of_hardware() -> None:
    """Destination, head office or ultimate parent of any party in Macau or D:5 beats every limb that approves.

    The article does not say how what is below the higher level is reviewed.
    """
    hooked = 0
    for cell in cells():
        if cell.item.item_class in ("A_ITEM", "B_ITEM", "HBM"):
            groups, read = cell.chapters[0].groups, cell.axes.ruleset.groups_read
            for key, one in cell.answers.items():
                places = [(DESTINATION, key.destination)]
                places += [place for party in key.parties for place in ((SEAT, party.seat), (PARENT, party.parent))]
                if one.required != NO and any(HOOK in groups(iri) & read[name] for name, iri in places):
                    hooked += 1
                    assert one.strictest not in ("approval", "approval_within_allocation"), (cell, key)
                    assert one.strictest != NONE_STATED or cell.chapters[0].reading == "article", (cell, key)
    assert hooked > 10_000


def _told(one: Change) -> str:
    groups = sorted(one.there())
    return f"{one.cell}: {one.what}: {one.old[:2]} > {one.new[:2]}, to {groups}, {one.before} > {one.after}"


def test_every_rule_finds_something_in_every_law_that_has_it() -> None:
    for chapter in chapters():
        of_kind = {rule.path: rule.name for rule in chapter.ruleset.rules if rule.kind in KINDS[1:]}
        fired = {
            rule.path
            for cell in cells()
            if chapter in cell.chapters
            for names in [{name for one in cell.answers.values() for name, _ in one.fired}]
            for rule in cell.rules
            if rule.name in names
        }
        assert sorted(name for path, name in of_kind.items() if path not in fired) == [], chapter


def test_policies_that_differ_become_one_as_declared() -> None:
    for cell in cells():
        for chapter in cell.chapters:
            for met in cell.met:
                assert decided_by(met, chapter) is not None, (chapter, met)


def decided_by(met: Met, chapter: Chapter) -> str | None:
    """The kind of combination in force that makes one of differing policies; None if nothing declared does."""
    hardest = max((policy for _, policy in met.limbs), key=STRICTNESS.__getitem__)
    branches = {branch for branch, _ in met.limbs}
    for one in chapter.ruleset.combinations:
        if one.kind == "PrevailingLimb" and one.limbs & branches:
            kept = {policy for branch, policy in met.limbs if branch in one.limbs | one.unless}
            return one.kind if met.policy == max(kept, key=STRICTNESS.__getitem__) else None
    clash = any(
        one.kind == "LimbClash" and one.limbs <= branches and not one.unless & branches
        for one in chapter.ruleset.combinations
    )
    if met.policy == AMBIGUOUS:
        return "LimbClash" if clash and met.strictest == hardest else None
    strictest = any(one.kind == "StrictestPolicy" for one in chapter.ruleset.combinations)
    return "StrictestPolicy" if strictest and met.policy == hardest else None


def test_every_combination_decides_something() -> None:
    for reading in {one.reading for one in chapters()}:
        declared = {one.kind for c in chapters() if c.reading == reading for one in c.ruleset.combinations}
        mine = [
            (met, chapter)
            for cell in cells()
            for chapter in cell.chapters
            if chapter.reading == reading
            for met in cell.met
        ]
        assert {decided_by(met, chapter) for met, chapter in mine} == declared, reading


def test_of_one_paragraph_that_prevails_one_policy_is_met() -> None:
    for cell in cells():
        prevailing = {
            limb
            for c in cell.chapters
            for one in c.ruleset.combinations
            if one.kind == "PrevailingLimb"
            for limb in one.limbs
        }
        for met in cell.met:
            assert len({policy for limb, policy in met.limbs if limb in prevailing}) <= 1, (cell, met)


def test_worlds_that_differ_never_come_to_less_than_the_strictest() -> None:
    reviews = [Review(policy, policy, frozenset({policy})) for policy in (*STRICTNESS, NOT_APPLICABLE)]
    reviews.append(Review(AMBIGUOUS, "denial_policy", frozenset({"approval", "denial_policy"})))
    for some in combinations_with_replacement(reviews, 3):
        for merge, differs in ((over_alternatives, UNDETERMINED), (over_readings, AMBIGUOUS)):
            total = merge(some, STRICTNESS)
            policies = {one.policy for one in some}
            assert total.policy == (policies.pop() if len(policies) == 1 else differs)
            assert total.strictest == max((one.strictest for one in some), key=lambda p: STRICTNESS.get(p, 0))
            assert total.possible == frozenset().union(*(one.possible for one in some))


def test_a_fact_made_unknown_never_makes_the_answer_more_lenient() -> None:
    compared, undetermined = 0, 0
    for cell in cells():
        if not any(rule.kind == "RequirementRule" for rule in cell.rules):
            continue
        alone = (key for key in cell.answers if len(key.parties) == 1)
        one_of_each = {cell.answers[key][:2]: key for key in (cell.answers if FULL else alone)}
        with cell.chapters[0].asking(cell.rules) as engine:
            for answer, key in one_of_each.items():
                facts = stated(cell, key)
                known = weigh(facts, engine)
                assert (known.licence_required, known.review.policy) == answer
                for name, opened in left_out(cell, facts):
                    total = weigh(opened, engine)
                    _no_more_lenient(known, total, name)
                    compared += 1
                    undetermined += total.review.policy == UNDETERMINED
    assert compared > 1_000
    assert undetermined > 300


def _no_more_lenient(known: Outcome, total: Outcome, name: str) -> None:
    assert total.licence_required in (known.licence_required, UNKNOWN), name
    assert known.review.possible <= total.review.possible, name
    assert total.review.policy in (known.review.policy, UNDETERMINED), name
    if known.licence_required != NO:
        assert STRICTNESS[total.review.strictest] >= STRICTNESS[known.review.strictest], name
    if total.review.policy == UNDETERMINED:
        assert total.settling.keys() == {name}


def test_policies_are_of_different_strictness() -> None:
    assert len(set(STRICTNESS.values())) == len(STRICTNESS), "a tie that nothing decides"
    assert NONE_STATED in STRICTNESS
