"""What the law of a day says about figures: tests in their order, exclusions, entries, counting rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from topco.licensing.law.vocabulary import LABEL, NOTATION, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from topco.licensing.law.body import Law
    from topco.licensing.law.law_slice import ParameterValue

NONE = "none"  # the class of an item that no entry holds
SYMBOLS = {"AtLeast": ">=", "MoreThan": ">", "AtMost": "<=", "LessThan": "<", "Exactly": "="}
FIGURES = {
    "tpp": "limitsTpp",
    "performance_density": "limitsPerformanceDensity",
    "memory_bandwidth_density": "limitsMemoryBandwidthDensity",
    "training_operations": "limitsTrainingOperations",
}


@dataclass(frozen=True)
class Limit:
    """One figure of the law: what it limits, how it compares, where it stands."""

    figure: str
    name: str
    value: Fraction
    comparison: str
    unit: str
    cite: str

    def holds(self, value: Fraction) -> bool:
        """Whether a figure meets the limit, as the law words it.

        >>> Limit("tpp", "x", Fraction(10), "LessThan", "TPP", "").holds(Fraction(10))
        False
        """
        match self.comparison:
            case "AtLeast":
                return value >= self.value
            case "MoreThan":
                return value > self.value
            case "AtMost":
                return value <= self.value
            case "LessThan":
                return value < self.value
            case _:
                return value == self.value

    @property
    def symbol(self) -> str:
        return SYMBOLS.get(self.comparison, "=")


@dataclass(frozen=True)
class Entry:
    """An entry of the control list: its class, or that it takes the class of what it is for."""

    notation: str
    item_class: str | None
    nature: str
    follows: bool


@dataclass(frozen=True)
class ItemTest:
    """A test of one entry: the kinds of item it is for, the limits that must all hold, the content it asks for."""

    name: str
    label: str
    entry: str
    kinds: frozenset[str]
    limits: tuple[Limit, ...]
    contains: str | None
    cite: str
    confidence: str


@dataclass(frozen=True)
class Exclusion:
    """What takes an item out of entries again.

    `share` is a percentage of the level of the best public model, or (`of_own`) of the training of the model itself.
    """

    ground: str
    label: str
    entries: frozenset[str]
    limits: tuple[Limit, ...]
    share: Limit | None
    cite: str
    of_own: bool = False


@dataclass(frozen=True)
class ItemLaw:
    """The tests of one day, in their order; `ever` and `classes` are the entries and classes of all days."""

    first_day: date
    verified_to: date | None
    entries: dict[str, Entry]
    ever: frozenset[str]
    classes: frozenset[str]
    tests: tuple[ItemTest, ...]
    exclusions: tuple[Exclusion, ...]
    constants: dict[str, Limit]
    applies_from: dict[str, date]

    def tests_of(self, kind: str) -> tuple[ItemTest, ...]:
        return tuple(test for test in self.tests if kind in test.kinds)

    def exclusion(self, ground: str) -> Exclusion | None:
        return next((one for one in self.exclusions if one.ground == ground), None)

    def class_of(self, notation: str | None) -> str:
        """The class of an entry; of what is on no entry, `none`."""
        entry = self.entries.get(notation or "")
        return entry.item_class or NONE if entry else NONE

    def limits_of(self, figure: str, tests: Iterable[ItemTest]) -> list[Fraction]:
        """All values that a figure is held against, exclusions included: where outcomes may change."""
        held = [limit for test in tests for limit in test.limits]
        held += [limit for one in self.exclusions for limit in one.limits]
        return sorted({limit.value for limit in held if limit.figure == figure})

    def level_entries(self, root: str, item_class: str) -> tuple[str, ...]:
        """The `.z` paragraphs below an entry, or below a paragraph of it, that have a class."""
        above = f"{root}." if ".z" in root else f"{root}.z."
        return tuple(sorted(n for n, e in self.entries.items() if n.startswith(above) and e.item_class == item_class))

    def has_level_entries(self, root: str) -> bool:
        return any(notation.startswith(f"{root}.z.") for notation in self.entries)

    def fully_listed(self, root: str) -> bool:
        """Whether the paragraphs of an entry are all known here, not only those with `.z`."""
        return any(n == root or (n.startswith(f"{root}.") and not n.startswith(f"{root}.z")) for n in self.entries)


def item_law(law: Law, day: date, reading: str = "codified") -> ItemLaw:
    """The part of the law that classifies, as of a day and as one reading takes it; days of one epoch share it."""
    epoch = law.epoch(day)
    return _of_epoch(law, law.boundaries[epoch - 1] if epoch else date.min, reading)


@lru_cache(maxsize=256)
def _of_epoch(law: Law, day: date, reading: str) -> ItemLaw:
    parameters = law.slice_on(day).parameters
    nodes = [entry for entry in law.subjects("ControlListEntry") if law.in_force(entry, day)]
    starts = [law.value(entry, node("from")) for entry in law.subjects("ControlListEntry")]
    verified = [v for one in law.subjects("Reading") if (v := law.value(one, node("verifiedTo")))]
    tests = [test for test in law.subjects("ItemTest") if law.in_force(test, day) and _of_reading(law, test, reading)]
    tests.sort(key=lambda test: int(law.value(test, node("order")) or "0"))
    return ItemLaw(
        first_day=min(date.fromisoformat(start) for start in starts if start),
        verified_to=min(map(date.fromisoformat, verified), default=None),
        entries={(entry := _entry(law, one)).notation: entry for one in nodes},
        ever=frozenset(law.value(entry, NOTATION) or "" for entry in law.subjects("ControlListEntry")),
        classes=frozenset(
            local_name(held)
            for entry in law.subjects("ControlListEntry")
            if (held := law.value(entry, node("itemClass")))
        ),
        tests=tuple(_test(law, test, parameters) for test in tests),
        exclusions=tuple(
            _exclusion(law, one, parameters)
            for one in law.subjects("ItemExclusion")
            if law.in_force(one, day) and _of_reading(law, one, reading)
        ),
        constants={name: _limit("", value) for name, value in parameters.items()},
        applies_from={
            cite: date.fromisoformat(start)
            for provision in law.subjects("Provision")
            if (start := law.value(provision, node("appliesFrom"))) and (cite := law.value(provision, node("cite")))
        },
    )


def _of_reading(law: Law, subject: NamedNode, reading: str) -> bool:
    """Whether a test or an exclusion stands in a reading; one that names none stands in all."""
    named = {local_name(one.value) for one in law.objects(subject, node("inReading"))}
    return not named or reading in named


def _entry(law: Law, entry: NamedNode) -> Entry:
    held = law.value(entry, node("itemClass"))
    return Entry(
        notation=law.value(entry, NOTATION) or "",
        item_class=local_name(held) if held else None,
        nature=local_name(law.value(entry, node("itemNature")) or ""),
        follows=law.value(entry, node("classFollowsTarget")) == "true",
    )


def _limit(figure: str, value: ParameterValue) -> Limit:
    return Limit(figure, value.name, Fraction(value.value), value.comparison, value.unit, value.cite)


def _limits(law: Law, subject: NamedNode, parameters: dict[str, ParameterValue]) -> tuple[Limit, ...]:
    return tuple(
        _limit(figure, parameters[local_name(parameter.value)])
        for figure, predicate in FIGURES.items()
        for parameter in law.objects(subject, node(predicate))
    )


def _cites(law: Law, subject: NamedNode) -> str:
    return "; ".join(cite.value for cite in law.objects(subject, node("citation")))


def _test(law: Law, test: NamedNode, parameters: dict[str, ParameterValue]) -> ItemTest:
    contains = law.value(test, node("containsEntry"))
    return ItemTest(
        name=local_name(test.value),
        label=law.value(test, LABEL) or "",
        entry=local_name(law.value(test, node("testsFor")) or ""),
        kinds=frozenset(kind.value for kind in law.objects(test, node("itemKind"))),
        limits=_limits(law, test, parameters),
        contains=local_name(contains) if contains else None,
        cite=_cites(law, test),
        confidence=law.value(test, node("confidence")) or "",
    )


def _exclusion(law: Law, one: NamedNode, parameters: dict[str, ParameterValue]) -> Exclusion:
    share = law.value(one, node("limitsShareOfLevel"))
    return Exclusion(
        ground=law.value(one, node("ground")) or "",
        label=law.value(one, LABEL) or "",
        entries=frozenset(local_name(entry.value) for entry in law.objects(one, node("excludesFrom"))),
        limits=_limits(law, one, parameters),
        share=_limit("share", parameters[local_name(share)]) if share else None,
        cite=_cites(law, one),
        of_own=law.value(one, node("shareOfOwnTraining")) == "true",
    )
