"""From the figures of a circuit, or of what contains circuits, to the level that they reach.

Figures that are not known are filled in with every value that could make a difference (`quantities.trials`). What all
completions agree on is the answer; what they do not stays possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from topco.items.chips import MAC, die_area, has_chip_figures, memory_density, processing_performance
from topco.items.finding import Completion, Finding, settling
from topco.items.law import Exclusion, ItemLaw, ItemTest, Limit
from topco.items.quantities import UNKNOWN, span, trials, written
from topco.items.statement import Item
from topco.items.workings import Gap, Line, Quantity

CIRCUIT, MEMORY, NOT_DATACENTRE = "ic", "hbm", "not_datacentre"
NO_CIRCUITS = frozenset({MEMORY, "software", "technology", "model_weights"})


@dataclass
class Level(Finding):
    """A finding about circuits: `entries` are the entries whose figures may be met, None for neither level."""

    entries: set[str | None] = field(default_factory=set)


def circuit(item: Item, path: str, law: ItemLaw) -> Level:
    """The entries that one circuit may meet by its figures."""
    tests = law.tests_of(CIRCUIT)
    level = Level(set())
    if not tests:
        level.entries = {None}
        return level
    mac = law.constants[MAC]
    tpp = processing_performance(item, path, mac.value, mac.cite)
    area = die_area(item, path, mac.cite)
    exclusion = law.exclusion(NOT_DATACENTRE)
    completions = list(_completions(item, tests, exclusion, law, tpp, area))
    level.entries = {one.outcome for one in completions}
    level.lines = [*tpp.lines, *_density_lines(item, path, tpp, area, mac.cite)]
    level.lines += _held_against(tests, completions, path)
    if exclusion is not None:
        level.lines.append(_exclusion_line(item, path, exclusion, completions))
    level.notes = [*tpp.notes, *area.notes]
    for name in settling(completions, ("tpp", "density", "datacentre")):
        level.gaps += _gaps_of(name, item, path, tpp, area, exclusion)
    level.paragraphs = _met_always(tests, completions)
    return level


def _completions(
    item: Item, tests: tuple[ItemTest, ...], exclusion: Exclusion | None, law: ItemLaw, tpp: Quantity, area: Quantity
) -> Iterable[Completion]:
    tpp_limits = law.limits_of("tpp", tests)
    densities = law.limits_of("performance_density", tests)
    ends = [end for one in area.ranges for end in (one.low, one.high) if end]
    marks = [*tpp_limits, *(density * end for density in densities for end in ends)]
    sites = (True, False) if item.datacentre is None else (item.datacentre,)
    for performance in dict.fromkeys(value for one in tpp.ranges for value in trials(one, marks)):
        for density in _densities(item, performance, area, densities):
            cell = tuple((density > limit) - (density < limit) for limit in densities)
            for site in sites:
                outcome = _outcome(tests, exclusion, {"tpp": performance, "performance_density": density}, site)
                yield Completion({"tpp": performance, "density": cell, "datacentre": site}, *outcome)


def _densities(item: Item, performance: Fraction, area: Quantity, limits: list[Fraction]) -> list[Fraction]:
    """The densities to try with one performance: stated, performance over area, or anything."""
    found: list[Fraction] = []
    if item.performance_density is not None:
        found.append(Fraction(item.performance_density))
        found += [performance / one.low for one in area.ranges if one.known and one.low]
        return list(dict.fromkeys(found))
    for one in area.ranges:
        tried = trials(one, [performance / limit for limit in limits])
        found += [performance / value for value in tried if value]
        if one == UNKNOWN or not one.low:  # without any such die the quotient does not exist, and the text is silent
            found += trials(UNKNOWN, limits)
    return list(dict.fromkeys(found))


def _outcome(
    tests: tuple[ItemTest, ...], exclusion: Exclusion | None, figures: dict[str, Fraction], datacentre: bool
) -> tuple[str | None, tuple[str, ...]]:
    def holds(limit: Limit) -> bool:
        return limit.holds(figures[limit.figure])

    met = [test for test in tests if all(map(holds, test.limits))]
    if exclusion is not None and not datacentre and all(map(holds, exclusion.limits)):
        met = [test for test in met if test.entry not in exclusion.entries]
    return (met[0].entry if met else None, tuple(test.name for test in met))


def _gaps_of(name: str, item: Item, path: str, tpp: Quantity, area: Quantity, exclusion: Exclusion | None) -> list[Gap]:
    if name == "tpp":
        return tpp.gaps or [Gap(f"{path}.tpp", "total processing performance")]
    if name == "datacentre":
        cite = f" ({exclusion.cite})" if exclusion else ""
        return [Gap(f"{path}.datacentre", f"whether it is designed or marketed for data centres{cite}")]
    if item.performance_density is not None:
        return [Gap(f"{path}.performance_density", "disagrees with performance divided by area")]
    if area.gaps:
        return area.gaps
    return [Gap(f"{path}.performance_density", "no die has non-planar transistors, so there is no area to divide by")]


def _density_lines(item: Item, path: str, tpp: Quantity, area: Quantity, cite: str) -> list[Line]:
    figure = "performance density"
    lines = list(area.lines)
    if item.performance_density is not None:
        text = written(Fraction(item.performance_density))
        lines.append(Line(figure, f"{path}.performance_density", "as stated", text, "TPP/mm2", cite=cite))
    one = area.ranges[0]
    if not one.low and one.known:
        lines.append(Line(figure, "computed", "no area to divide by", "unknown", "TPP/mm2", cite=cite))
    elif one.known and tpp.known:
        formula = f"{span(tpp.ranges[0])} / {span(one)}"
        lines.append(Line(figure, "computed", formula, written(tpp.ranges[0].low / one.low), "TPP/mm2", cite=cite))
    elif one.high is not None:
        lines.append(Line(figure, "computed", f"{tpp.text()} / {span(one)}", "not one value", "TPP/mm2", cite=cite))
    return lines


def _held_against(tests: tuple[ItemTest, ...], completions: list[Completion], path: str) -> list[Line]:
    """One line per limit of each test: whether it holds, or that this is open."""
    lines = []
    for test in tests:
        met = {test.name in one.met for one in completions}
        limits = " and ".join(f"{limit.figure} {limit.symbol} {written(limit.value)}" for limit in test.limits)
        settled = met.pop() if len(met) == 1 else None
        lines.append(Line(test.name, path, test.label, _said(settled), threshold=limits, met=settled, cite=test.cite))
    return lines


def _met_always(tests: tuple[ItemTest, ...], completions: list[Completion]) -> list[str]:
    return [test.name for test in tests if all(test.name in one.met for one in completions)]


def _said(settled: bool | None) -> str:
    return "open" if settled is None else "met" if settled else "not met"


def _exclusion_line(item: Item, path: str, exclusion: Exclusion, completions: list[Completion]) -> Line:
    limits = " and ".join(f"{limit.figure} {limit.symbol} {written(limit.value)}" for limit in exclusion.limits)
    below = {all(limit.holds(_number(one.values[limit.figure])) for limit in exclusion.limits) for one in completions}
    applies = (
        False
        if item.datacentre is True or below == {False}
        else True
        if item.datacentre is False and below == {True}
        else None
    )
    site = "unknown" if item.datacentre is None else "yes" if item.datacentre else "no"
    return Line(
        "exclusion",
        f"{path}.datacentre",
        f"{exclusion.label}; designed or marketed for data centres: {site}",
        "open" if applies is None else "applies" if applies else "does not apply",
        threshold=limits,
        met=applies,
        cite=exclusion.cite,
    )


def _number(value: object) -> Fraction:
    assert isinstance(value, Fraction)
    return value


def memory(item: Item, path: str, law: ItemLaw) -> Level:
    """The entry that a memory stack may meet by its bandwidth density."""
    tests = law.tests_of(MEMORY)
    level = Level(set())
    if not tests:
        level.entries = {None}
        level.notes.append("No entry for such memory was on the list on this day.")
        return level
    density = memory_density(item, path, tests[0].cite)
    limits = law.limits_of("memory_bandwidth_density", tests)
    completions = [
        Completion({"density": value}, *_outcome(tests, None, {"memory_bandwidth_density": value}, True))
        for value in trials(density.ranges[0], limits)
    ]
    level.entries = {one.outcome for one in completions}
    level.lines = [*density.lines, *_held_against(tests, completions, path)]
    level.gaps = density.gaps if len(level.entries) > 1 else []
    level.paragraphs = _met_always(tests, completions)
    return level


def contents(item: Item, path: str, law: ItemLaw, of_stated: Callable[[Item], str | None]) -> Level:
    """The highest entry that a circuit inside may meet; `of_stated` gives that of a circuit whose entry is stated."""
    level = Level(set())
    combined: set[frozenset[str]] = {frozenset()}
    for number, part in enumerate(item.contains or ()):
        inside = _part(part, f"{path}.contains[{number}]", law, of_stated)
        level.lines += inside.lines
        level.notes += [note for note in inside.notes if note not in level.notes]
        level.assumptions += inside.assumptions
        level.gaps += inside.gaps
        combined = {held if entry is None else held | {entry} for held in combined for entry in inside.entries}
    order = [test.entry for test in law.tests_of(CIRCUIT)]
    level.entries = {next((entry for entry in order if entry in held), None) for held in combined}
    if len(level.entries) == 1:
        level.gaps = []
    return level


def _part(part: Item, path: str, law: ItemLaw, of_stated: Callable[[Item], str | None]) -> Level:
    if part.contains is not None:
        return contents(part, path, law, of_stated)
    if part.kind in NO_CIRCUITS:
        return Level(set(), entries={None})
    if part.eccn is not None and not has_chip_figures(part):
        level = Level(set())
        level.entries = {of_stated(part)}
        level.lines.append(Line("content", f"{path}.eccn", "as stated", part.eccn))
        return level
    level = circuit(part, path, law)
    stated = of_stated(part) if part.eccn is not None else None
    if stated in level.entries and stated is not None:
        level.entries, level.gaps = {stated}, []
    elif stated is not None:
        level.entries.add(stated)
        level.gaps.insert(0, Gap(f"{path}.eccn", "the figures contradict it"))
    return level
