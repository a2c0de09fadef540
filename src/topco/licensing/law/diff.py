"""What differs between two frames, a frame being a reading on a date: rules, figures, groups, item tests, and outcomes.

Rules of two readings are set against each other by their name within the rule set: `article/requirement-worldwide` and
`codified/requirement-worldwide`. Outcomes are compared key by key, by the engine, over what neither frame tells apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from topco.items.law import item_law
from topco.licensing.decision.diff import outcomes_that_differ

if TYPE_CHECKING:
    from topco.items.law import Exclusion, ItemTest, Limit
    from topco.licensing.decision.frames import Frame
    from topco.licensing.law.rule import Rule

RULES, COMBINATIONS, FIGURES, GROUPS, ITEMS, OUTCOMES = (
    "rules",
    "combinations",
    "figures",
    "groups",
    "items",
    "outcomes",
)
PARTS = (RULES, COMBINATIONS, FIGURES, GROUPS, ITEMS, OUTCOMES)
COLUMNS = ("part", "subject", "when", "a", "b", "cites_a", "cites_b")
NOTHING = "–"


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same: what, for whom, and how it stands in each frame."""

    part: str
    subject: str
    when: str
    a: str
    b: str
    cites_a: tuple[str, ...] = ()
    cites_b: tuple[str, ...] = ()

    def as_row(self) -> dict[str, Any]:
        return {one.name: _listed(getattr(self, one.name)) for one in fields(self)}


def law_diff(a: Frame, b: Frame) -> Iterator[Difference]:
    """Every difference, part by part."""
    yield from _rules(a, b)
    yield from _combinations(a, b)
    yield from _figures(a, b)
    yield from _groups(a, b)
    yield from _items(a, b)
    for one in outcomes_that_differ(a, b):
        first, second = one.answers
        subject = f"{one.section}: {one.words}"
        yield Difference(OUTCOMES, subject, one.when, first.code, second.code, first.cites, second.cites)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _rules(a: Frame, b: Frame) -> Iterator[Difference]:
    """Rules of one frame only, and those of one name with another query, citation or period."""
    ours, theirs = _by_name(a), _by_name(b)
    for name in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(name), theirs.get(name)
        if one == other:
            continue
        found = one or other
        assert found is not None
        for_what = (
            f"{found.exception}, {found.condition}" if found.exception and found.condition else found.exception or ""
        )
        yield Difference(
            RULES, f"{name[0]}: {found.label}", for_what, _rule(one), _rule(other), _cite(one), _cite(other)
        )


def _by_name(frame: Frame) -> dict[tuple[str, str], Rule]:
    return {(rule.name.partition("/")[2], rule.exception or ""): rule for rule in frame.ruleset.rules}


def _rule(rule: Rule | None) -> str:
    if rule is None:
        return NOTHING
    period = f"from {rule.since}" + (f" to {rule.until}" if rule.until else "")
    return f"{rule.name}, {period}, {rule.path.removeprefix('rules/')}"


def _cite(rule: Rule | None) -> tuple[str, ...]:
    return (rule.cite,) if rule else ()


def _combinations(a: Frame, b: Frame) -> Iterator[Difference]:
    """How several policies become one; the citation is not compared."""
    ours, theirs = ({(one.kind, one.limbs): one for one in frame.ruleset.combinations} for frame in (a, b))
    for key in sorted(ours.keys() ^ theirs.keys(), key=str):
        one = ours.get(key) or theirs[key]
        there = (one.label, NOTHING) if key in ours else (NOTHING, one.label)
        cites = ((one.cite,), ()) if key in ours else ((), (one.cite,))
        yield Difference(COMBINATIONS, one.kind, "", *there, *cites)


def _figures(a: Frame, b: Frame) -> Iterator[Difference]:
    """Figures with another value, and those that the rules of one frame only hold anything against."""
    read = [_figures_read(frame) for frame in (a, b)]
    for name in sorted(a.slice.parameters.keys() | b.slice.parameters.keys()):
        values = [frame.slice.parameters.get(name) for frame in (a, b)]
        shown = [f"{one.value:,} {one.unit}" if one else NOTHING for one in values]
        used = [name in names for names in read]
        if shown[0] == shown[1] and used[0] == used[1]:
            continue
        label = next(one.label for one in values if one)
        if shown[0] == shown[1]:
            shown = [text if is_used else "read by no rule" for text, is_used in zip(shown, used, strict=True)]
        cites = [tuple(one.cite.split("; ")) if one else () for one in values]
        yield Difference(FIGURES, f"{name}: {label}", "", shown[0], shown[1], cites[0], cites[1])


def _figures_read(frame: Frame) -> set[str]:
    return {one.parameter for one in frame.ruleset.measures if ("measure", one.name) in frame.ruleset.named}


def _groups(a: Frame, b: Frame) -> Iterator[Difference]:
    """Members that come and go, and groups that one frame only looks at, set against the one most like it."""
    ours, theirs = ({group for groups in frame.ruleset.groups_read.values() for group in groups} for frame in (a, b))
    for group in sorted(ours | theirs):
        if a.members(group) != b.members(group):
            yield _members(a, b, group, group, "members")
    for group in sorted(ours - theirs):
        like = max(sorted(theirs - ours), key=lambda other: _likeness(a.members(group), b.members(other)), default=None)
        if like is not None:
            names = [frame.slice.group_names.get(one, one) for frame, one in ((a, group), (b, like))]
            yield _members(a, b, group, like, f"‘{names[0]}’ in a, where b has ‘{names[1]}’")


def _likeness(here: frozenset[str], there: frozenset[str]) -> float:
    return len(here & there) / (len(here | there) or 1)


def _members(a: Frame, b: Frame, ours: str, theirs: str, when: str) -> Difference:
    """The members of two groups that are not in the other."""
    here, there = a.members(ours), b.members(theirs)
    shown = [_countries(a, here - there), _countries(b, there - here)]
    cites = [_group_cites(a, ours, here - there), _group_cites(b, theirs, there - here)]
    return Difference(GROUPS, a.slice.group_names.get(ours, ours), when, shown[0], shown[1], cites[0], cites[1])


def _countries(frame: Frame, codes: frozenset[str]) -> str:
    return " / ".join(sorted(frame.slice.countries[code] for code in codes)) or "no more"


def _group_cites(frame: Frame, group: str, codes: frozenset[str]) -> tuple[str, ...]:
    found = {frame.slice.memberships[group, code].cite for code in codes if (group, code) in frame.slice.memberships}
    return tuple(sorted(found)) or (frame.slice.group_cites.get(group, ""),)


def _items(a: Frame, b: Frame) -> Iterator[Difference]:
    """Entries, tests and exclusions that are not the same."""
    laws = [item_law(frame.law, frame.day, frame.ruleset.reading) for frame in (a, b)]
    entries = [
        {name: f"{one.item_class or 'as what it is for'}, {one.nature}" for name, one in law.entries.items()}
        for law in laws
    ]
    yield from _compared("entry", entries[0], entries[1])
    tests = [{f"test {one.name}": _test(one) for one in law.tests} for law in laws]
    yield from _compared("test", tests[0], tests[1])
    grounds = [{f"exclusion {one.ground}": _exclusion(one) for one in law.exclusions} for law in laws]
    yield from _compared("exclusion", grounds[0], grounds[1])


def _compared(kind: str, ours: dict[str, str], theirs: dict[str, str]) -> Iterator[Difference]:
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            subject = name if name.startswith(kind) else f"{kind} {name}"
            yield Difference(ITEMS, subject, "", ours.get(name, NOTHING), theirs.get(name, NOTHING))


def _test(test: ItemTest) -> str:
    parts = [f"{', '.join(sorted(test.kinds))} to {test.entry}", *_limits(test.limits)]
    return "; ".join(parts + ([f"contains {test.contains}"] if test.contains else []))


def _exclusion(one: Exclusion) -> str:
    parts = [f"out of {', '.join(sorted(one.entries))}", *_limits(one.limits)]
    if one.share is not None:
        of = "the training of the model itself" if one.of_own else "the level of the best public model"
        parts.append(f"{one.share.symbol} {float(one.share.value):g} percent of {of}")
    return "; ".join(parts)


def _limits(limits: Iterable[Limit]) -> Iterator[str]:
    return (f"{one.figure} {one.symbol} {float(one.value):g} {one.unit}" for one in limits)
