"""The whole decision space of exceptions, of authorisations, of validated end users, and of what only informs.

An exception is as open as its worst condition, so each condition is checked over all that it reads; that the worst
decides is checked apart. Duties, documents and red flags soften nothing; they must be able to speak and to be silent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from decision_changes import HOOK, Change, changes
from decision_review import Cell
from decision_single import NOTHING, ROW, bare_of, singles
from decision_space import DESTINATION, LOCATED, PARENT, SEAT, Chapter, Key, Profile, chapters, identity
from topco.licensing.law.rule import Rule
from topco.licensing.weighing.combination import UNDETERMINED
from topco.licensing.weighing.engine import Finding
from topco.licensing.weighing.outcome import AVAILABLE, DOUBTFUL, FAILED, MISSING, NO, PARTIAL, STATES, world_outcome
from topco.licensing.weighing.worlds import World

# From a condition that does not stand in the way to one that closes the exception; where no row speaks, it is missing.
OPENNESS = {"na": 0, "met": 0, "duty": 0, PARTIAL: 1, DOUBTFUL: 2, MISSING: 3, FAILED: 4}
STATUS = (AVAILABLE, PARTIAL, DOUBTFUL, UNDETERMINED, NO)
WITH_STATES = ("ConditionRule", "AuthorisationRule", "ValidatedEndUserRule")
JUDGED = (*WITH_STATES, "ScopeRule")
# Rules that are owed with every use of an exception, or that a law cannot fail to meet: they never are silent.
ALWAYS = {"rules/codified/740.27/duty-always.rq"}


@dataclass(frozen=True)
class Expected:
    """Where the law itself opens an exception by what should have closed it: the paragraph, and how to know it."""

    why: str
    cite: str
    path: str
    holds: Callable[[Change], bool] = lambda _: True


EXPECTED = (
    Expected(
        "the notified exception is for Macau, D:5, and companies from there, and for nobody else",
        "740.8(a)",
        "codified/740.8/for-macau-d5.rq",
        lambda one: one.what != "what is said of the deal",
    ),
    Expected(
        "a transfer inside Macau or D:5 is in the exception, one elsewhere to a party of there is not",
        "740.8(a)",
        "codified/740.8/outside-macau-d5.rq",
        lambda one: one.what == "destination",
    ),
    Expected(
        "a transfer inside Macau or D:5 is in the exception, one elsewhere to a party located there is not",
        "740.8(a)",
        "codified/740.8/located-outside-macau-d5.rq",
        lambda one: one.what == "destination",
    ),
    Expected(
        "the customers of a service have to be known, and inside: one that is known to be inside is better than none",
        "740.27",
        "codified/740.27/no-training-for-outsiders.rq",
        lambda one: one.what == "a party more" and one.old.policy == MISSING,
    ),
    Expected(
        "an order of which only a part fits under the cap may use the exception for that part",
        "740.29(d)",
        "codified/740.29/within-yearly-cap.rq",
        lambda one: one.new.policy == PARTIAL,
    ),
    Expected(
        "until it is due, a facility that fails the paragraphs leaves a doubt, and one not described leaves all open",
        "740.27(a)(3)",
        "codified/740.27/weights-facility-not-yet-due.rq",
        lambda one: one.new.policy == DOUBTFUL,
    ),
)


def opens(one: Change) -> bool:
    """Whether a change leaves a condition less in the way than before, or takes an item out of scope."""
    if one.cell.rules[0].kind == "ScopeRule":
        return (one.old.policy, one.new.policy) == (ROW, NOTHING)
    silent = MISSING if one.cell.rules[0].kind == "ConditionRule" else "na"
    old, new = ((silent if state == NOTHING else state) for state in (one.old.policy, one.new.policy))
    return OPENNESS[new] < OPENNESS[old]


def opened() -> list[Change]:
    return [one for cell in singles() if cell.rules[0].kind in JUDGED for one in changes(cell) if opens(one)]


def test_nothing_that_gets_worse_opens_a_condition() -> None:
    found = opened()
    unexpected = [one for one in found if not any(_matches(expected, one) for expected in EXPECTED)]
    assert [f"{one.cell.rules[0].path}: {one.what}: {one.before} > {one.after}" for one in unexpected] == []
    cites = {rule.cite for chapter in chapters() for rule in chapter.ruleset.rules}
    for expected in EXPECTED:
        assert any(_matches(expected, one) for one in found), expected.why
        assert expected.cite in cites, expected.cite


def test_a_hook_fails_every_condition_that_looks_for_it() -> None:
    """Whatever place of whichever party, or the destination: one of them in Macau or D:5 is enough."""
    failed = 0
    for cell in singles():
        (rule,) = cell.rules
        if rule.kind == "ConditionRule" and HOOK in rule.names_read("group"):
            for key, one in cell.answers.items():
                if one.policy not in ("na", NOTHING) and _hooked(cell, key) and not _spared(rule, cell, key):
                    assert one.policy == FAILED, (rule.path, key)
                    failed += 1
    assert failed > 100


def _hooked(cell: Cell, key: Key) -> bool:
    looked_at = HOOK in cell.rules[0].groups_of(DESTINATION) & cell.chapters[0].groups(key.destination)
    return looked_at or any(_party_hooked(cell, party) for party in key.parties)


def _party_hooked(cell: Cell, party: Profile) -> bool:
    (rule,) = cell.rules
    return (not rule.roles or bool(rule.roles & set(party.roles))) and any(
        HOOK in rule.groups_of(name) & cell.chapters[0].groups(iri)
        for name, iri in zip((LOCATED, SEAT, PARENT), party[1:4], strict=True)
    )


def _spared(rule: Rule, cell: Cell, key: Key) -> bool:
    """Where the paragraph itself spares what is in Macau or D:5."""
    stays = key.activity == "transfer_in_country" and HOOK in cell.chapters[0].groups(key.destination)
    inside = all("S5a" in cell.chapters[0].groups(one.seat) for one in key.parties if _party_hooked(cell, one))
    return (
        rule.path.endswith("740.8/for-macau-d5.rq")  # 740.8(a): the exception is for these
        or (rule.path.endswith("outside-macau-d5.rq") and "/740.8/" in rule.path and stays)  # 740.8(a)
        # 740.2(a)(9)(ii): weights for entities headquartered in supplement 5(a)
        or (rule.path.endswith("740.27/open-for-parties.rq") and inside and _class(key) == "MODEL_WEIGHTS")
    )


def _class(key: Key) -> str | None:
    return key.item and key.item.item_class


def _matches(expected: Expected, one: Change) -> bool:
    return one.cell.rules[0].path == f"rules/{expected.path}" and expected.holds(one)


def test_what_is_unknown_is_met_by_nothing_that_is_known_to_fail() -> None:
    """What nobody says leaves a condition as it is, or missing; it never hides that another fact fails it."""
    for cell in singles():
        if cell.rules[0].kind != "ConditionRule":
            continue
        for key, known in cell.answers.items():
            end_use, designer = key._replace(end_use=None), key._replace(designer=None)
            for unknown in (cell.answers.get(one) for one in (end_use, designer)):
                assert unknown is None or unknown.policy in (known.policy, MISSING), (cell.rules[0].path, key)


def test_a_state_is_one_that_outcomes_know() -> None:
    for cell in singles():
        allowed = {*STATES, NOTHING} if cell.rules[0].kind in WITH_STATES else {ROW, NOTHING}
        assert {one.policy for one in cell.answers.values()} <= allowed, cell.rules[0].path


def test_every_rule_speaks_and_does_not_always_say_the_same() -> None:
    said: dict[object, set[str]] = {}
    for cell in singles():
        said[identity(cell.chapters[0], cell.rules)] = {one.policy for one in cell.answers.values()}
    for chapter in chapters():
        for rule in chapter.ruleset.rules:
            states = said.get(identity(chapter, (bare_of(rule),)))
            if states is not None and rule.path not in ALWAYS:
                assert states != {NOTHING}, (chapter, rule.name)
                assert len(states) > 1, (chapter, rule.name, states)


def test_every_condition_can_be_met_and_can_fail_to_be() -> None:
    for cell in singles():
        if cell.rules[0].kind in WITH_STATES:
            worst = {OPENNESS.get(one.policy, 0) for one in cell.answers.values()}
            never_fails = cell.rules[0].path.endswith("not-counted.rq")
            assert min(worst) == 0, cell.rules[0].path
            assert max(worst) >= OPENNESS[MISSING] or never_fails, cell.rules[0].path


def test_the_worst_condition_decides_an_exception() -> None:
    seen: set[tuple[str, frozenset[str | None]]] = set()
    for chapter in chapters():
        conditions: dict[str, list[Rule]] = defaultdict(list)
        for rule in chapter.ruleset.of_kind("ConditionRule"):
            conditions[rule.exception or ""].append(rule)
        for exception, rules in conditions.items():
            asked = exception, frozenset(rule.condition for rule in rules)
            if asked in seen or not chapter.ruleset.of_kind("RequirementRule"):
                continue
            seen.add(asked)
            assert len({rule.condition for rule in rules}) == len(rules), f"{chapter}: two rules for one condition"
            for states in _pairs(len(rules)):
                worst = max((OPENNESS[state] if state else OPENNESS[MISSING]) for state in states)
                assert _status(chapter, exception, rules, states) == STATUS[worst], (exception, states)


def _pairs(of: int) -> list[tuple[str | None, ...]]:
    """All conditions met but two neighbours, which are in any states; None: no rule says anything of it."""
    every = [*OPENNESS, None]
    return [
        tuple({at: one, (at + 1) % of: other}.get(i, "met") for i in range(of))
        for at in range(of)
        for one, other in product(every, every)
        if of > 1 or one == other
    ]


def _status(chapter: Chapter, exception: str, rules: list[Rule], states: tuple[str | None, ...]) -> str:
    """The status of an exception if a licence is required, from the states of its conditions."""
    found = [Finding(chapter.ruleset.of_kind("RequirementRule")[0], None, {})]
    found += [Finding(rule, None, {"state": s}) for rule, s in zip(rules, states, strict=True) if s]
    world = World(0, (), (), {}, {})
    return world_outcome(found, world, chapter.engine, "export", range(0)).exceptions[exception]
