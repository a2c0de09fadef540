"""Figures of a circuit or a memory stack: processing performance from what its units do, die area, densities.

Processing performance is twice the multiply-accumulates per second (in tera) times the bit length of the inputs, at
the bit length that gives most, summed over all units on the circuit. Dense figures count: a figure for sparse matrices
only bounds the dense one from above. Chiplets in one package are summed. The density divides by the area of the logic
dies made with non-planar transistors.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from topco.errors import BadInput
from topco.items.quantities import UNKNOWN, Range, highest, span, tera_per_second, written
from topco.items.statement import Die, Item, Operation, ProcessingUnit
from topco.items.workings import Gap, Line, Quantity

MAC = "operations_per_multiply_accumulate"
NO_DENSITY = "performance density; or applicable_die_area_mm2, or the dies with their areas"


def has_chip_figures(item: Item) -> bool:
    """Whether anything about the performance of a circuit is stated."""
    stated = (item.tpp, item.performance_density, item.processing_units, item.dies, item.applicable_die_area_mm2)
    return any(one is not None for one in stated)


def processing_performance(item: Item, path: str, operations_per_mac: Fraction, cite: str) -> Quantity:
    """Total processing performance: as stated, as computed from the units, or both where they differ."""
    units = list(_units(item, path))
    stated = Fraction(item.tpp) if item.tpp is not None else None
    if not units:
        if stated is None:
            gap = Gap(f"{path}.tpp", "total processing performance; or processing_units with dense figures")
            return Quantity([UNKNOWN], gaps=[gap])
        line = Line("tpp", f"{path}.tpp", "as stated", written(stated), "TPP", cite=cite)
        return Quantity([Range.exactly(stated)], [line])
    found = _computed(units, operations_per_mac, cite)
    if stated is not None and found.ranges != [Range.exactly(stated)]:
        found.lines.append(Line("tpp", f"{path}.tpp", "as stated", written(stated), "TPP", cite=cite))
        one = found.ranges[0]
        if found.known or len(found.ranges) > 1 or (one.high is not None and not one.low <= stated <= one.high):
            found.ranges.append(Range.exactly(stated))
            found.notes.append(
                f"{path}.tpp states {written(stated)}, the units give {span(found.ranges[0])}: both were weighed."
            )
            found.gaps.append(Gap(f"{path}.tpp", "disagrees with the figure computed from the units"))
        else:
            found.ranges, found.gaps = [Range.exactly(stated)], []
    return found


def _units(item: Item, path: str) -> Iterator[tuple[ProcessingUnit, int, str]]:
    """Every processing unit with how many of it the package holds and where it is stated."""
    for number, unit in enumerate(item.processing_units or ()):
        yield unit, unit.count, f"{path}.processing_units[{number}]"
    for place, die in enumerate(item.dies or ()):
        for number, unit in enumerate(die.processing_units or ()):
            yield unit, unit.count * die.count, f"{path}.dies[{place}].processing_units[{number}]"


def _computed(units: list[tuple[ProcessingUnit, int, str]], operations_per_mac: Fraction, cite: str) -> Quantity:
    found = Quantity([])
    total = Range.exactly(0)
    by_length: list[tuple[int, dict[Fraction, Range]]] = []
    addends = []
    for unit, count, path in units:
        rates = _by_bit_length(unit, path, operations_per_mac, found, cite)
        best = highest(rates.values())
        total += best.times(Fraction(count))
        by_length.append((count, rates))
        addends.append(f"{count} x {span(best)}" if count > 1 else span(best))
    if len(units) > 1 or units[0][1] > 1:
        formula = " + ".join(addends)
        found.lines.append(Line("tpp", "sum over the processing units", formula, span(total), "TPP", cite=cite))
        found.notes.append("Units and chiplets in one package are summed (inferred from the wording 'aggregated').")
    found.ranges = [total]
    other = _at_one_bit_length(by_length)
    if other is not None and other != total:
        found.ranges.append(other)
        found.notes.append(
            f"The units do most at different bit lengths: {span(total)} if each counts at its best,"
            f" {span(other)} if all count at the same; the text does not choose, so both were weighed."
        )
    return found


def _by_bit_length(
    unit: ProcessingUnit, path: str, operations_per_mac: Fraction, found: Quantity, cite: str
) -> dict[Fraction, Range]:
    """What one unit gives at each bit length it states; an unknown bit length stands under -1."""
    rates: dict[Fraction, Range] = {}
    dense = {one.bit_length for one in unit.operations if _is_dense(one) and _stated(one) and one.bit_length}
    for number, operation in enumerate(unit.operations):
        here = f"{path}.operations[{number}]"
        length = Fraction(operation.bit_length) if operation.bit_length is not None else None
        if operation.sparse and operation.sparsity_factor is None and operation.bit_length in dense:
            found.notes.append(f"{here} is a sparse figure and was left out: the dense one is stated.")
            continue
        rate, formula = _dense_rate(operation, here, operations_per_mac, found)
        if length is None:
            found.gaps.append(Gap(f"{here}.bit_length", "bit length of the inputs to the multiplication"))
            performance = UNKNOWN if rate.high is None or rate.high > 0 else rate
        else:
            performance = rate.times(length)
            formula += f" x {written(length)} bits"
        source = f"{unit.name}: {here}" if unit.name else here
        found.lines.append(Line("tpp of the unit", source, formula, span(performance), "TPP", cite=cite))
        key = Fraction(-1) if length is None else length
        rates[key] = highest([rates[key], performance]) if key in rates else performance
    return rates


def _stated(operation: Operation) -> bool:
    return operation.tera_ops is not None or operation.value is not None


def _is_dense(operation: Operation) -> bool:
    return operation.sparse is False or operation.sparsity_factor is not None


def _dense_rate(operation: Operation, path: str, operations_per_mac: Fraction, found: Quantity) -> tuple[Range, str]:
    """The dense rate in tera operations per second, and how it was reached."""
    if operation.value is not None and operation.unit is not None:
        try:
            rate = tera_per_second(operation.value, operation.unit, operations_per_mac)
        except ValueError as error:
            raise BadInput(f"{path}.unit: {error}.", remedy="The item was not classified; mend the unit.") from error
        plain = written(Fraction(operation.value))
        formula = f"{plain} {operation.unit} = {written(rate)} tera operations/s"
    elif operation.tera_ops is not None:
        rate = Fraction(operation.tera_ops)
        formula = f"{written(rate)} tera operations/s"
    else:
        found.gaps.append(Gap(f"{path}.tera_ops", "operations per second at this bit length"))
        return UNKNOWN, "unknown operations/s"
    if operation.sparse is False:
        return Range.exactly(rate), formula
    if operation.sparse and operation.sparsity_factor is not None:
        factor = Fraction(operation.sparsity_factor)
        return Range.exactly(rate / factor), f"{formula} sparse / {written(factor)}"
    if operation.sparse:
        found.gaps.append(Gap(f"{path}.tera_ops", "the dense figure; a sparse one only bounds it from above"))
        return Range(Fraction(0), rate), f"at most {formula} (sparse)"
    found.gaps.append(Gap(f"{path}.sparse", "whether the figure counts on sparse matrices"))
    return Range(Fraction(0), rate), f"at most {formula} (dense or sparse not stated)"


def _at_one_bit_length(units: list[tuple[int, dict[Fraction, Range]]]) -> Range | None:
    """The other reading of several units: all at the one bit length that gives most; None without a common one."""
    common = set.intersection(*(set(rates) for _, rates in units)) - {Fraction(-1)}
    if not common:
        return None
    totals = []
    for length in common:
        total = Range.exactly(0)
        for count, rates in units:
            total += rates[length].times(Fraction(count))
        totals.append(total)
    return highest(totals)


def die_area(item: Item, path: str, cite: str) -> Quantity:
    """The applicable die area in mm2: stated, or summed over the logic dies with non-planar transistors."""
    if item.applicable_die_area_mm2 is not None:
        stated = Fraction(item.applicable_die_area_mm2)
        source = f"{path}.applicable_die_area_mm2"
        return Quantity(
            [Range.exactly(stated)],
            [Line("applicable die area", source, "as stated", written(stated), "mm2", cite=cite)],
        )
    if not item.dies:
        return Quantity([UNKNOWN], gaps=[Gap(f"{path}.performance_density", NO_DENSITY)])
    found = Quantity([])
    total = Range.exactly(0)
    for number, die in enumerate(item.dies):
        here = f"{path}.dies[{number}]"
        area, formula = _area_of(die, here, found)
        total += area
        source = f"{die.name}: {here}" if die.name else here
        found.lines.append(Line("applicable die area", source, formula, span(area), "mm2", cite=cite))
    if len(item.dies) > 1:
        source = "sum over the logic dies with non-planar transistors"
        found.lines.append(Line("applicable die area", source, "sum", span(total), "mm2", cite=cite))
    found.ranges = [total]
    return found


def _area_of(die: Die, path: str, found: Quantity) -> tuple[Range, str]:
    if die.logic is False or die.transistors == "planar":
        return Range.exactly(0), "no logic die" if die.logic is False else "planar transistors"
    sure = die.logic is True and die.transistors == "non_planar"
    if die.area_mm2 is None:
        found.gaps.append(Gap(f"{path}.area_mm2", "area of the die"))
    if die.logic is None:
        found.gaps.append(Gap(f"{path}.logic", "whether the die is a logic die"))
    if die.transistors is None:
        found.gaps.append(Gap(f"{path}.transistors", "whether its process has planar or non-planar transistors"))
    if die.area_mm2 is None:
        return UNKNOWN, "unknown"
    area = Fraction(die.area_mm2) * die.count
    times = f"{die.count} x {written(Fraction(die.area_mm2))} mm2"
    return Range(area if sure else Fraction(0), area), times if sure else f"{times}, if it counts"


def memory_density(item: Item, path: str, cite: str) -> Quantity:
    """Memory bandwidth density in GB/s per mm2: stated, or bandwidth divided by the area of the package or stack."""
    if item.memory_bandwidth_density is not None:
        value = Fraction(item.memory_bandwidth_density)
        source, formula = f"{path}.memory_bandwidth_density", "as stated"
    elif item.memory_bandwidth_gb_s is not None and item.package_area_mm2 is not None:
        value = Fraction(item.memory_bandwidth_gb_s) / Fraction(item.package_area_mm2)
        source = f"{path}.memory_bandwidth_gb_s, {path}.package_area_mm2"
        formula = f"{written(Fraction(item.memory_bandwidth_gb_s))} / {written(Fraction(item.package_area_mm2))}"
    else:
        why = "memory bandwidth in GB/s per mm2; or bandwidth and area of the package or stack"
        return Quantity([UNKNOWN], gaps=[Gap(f"{path}.memory_bandwidth_density", why)])
    line = Line("memory bandwidth density", source, formula, written(value), "GB/s/mm2", cite=cite)
    return Quantity([Range.exactly(value)], [line])
