"""The answer of a classification as plain data, for JSON, CSV and people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Any

from topco.items.chips import MAC, processing_performance
from topco.items.classify import Classifier
from topco.items.finding import Finding
from topco.items.law import ItemLaw
from topco.items.quantities import Range, span
from topco.items.statement import Item
from topco.items.workings import Line

ANSWERED, UNDETERMINED = "answered", "undetermined"
ORDER = "aggregated processing performance"


def answer(item: Item, law: ItemLaw, day: date, *, name: str | None = None, units: int = 1) -> dict[str, Any]:
    """Classify one item on a day.

    `item_class` is a class of the control list, `none`, or `undetermined`; `eccn` is null where none or several are
    possible. `units`: how many of the item an order holds, for its aggregated processing performance.

    Raises:
        BadInput: a stated entry or a unit that cannot be read.
    """
    found = Classifier(law, day).classify(item)
    classes = found.classes
    settled = len(classes) == 1
    entries = {one.eccn for one in found.possible}
    eccn = next(iter(entries)) if settled and len(entries) == 1 else ""
    total = aggregate(item, law) if day >= law.first_day else None
    lines = [*found.lines]
    if total is not None:
        text = f"{units * item.count} x the item" if units * item.count > 1 else "the item as it is exported"
        lines.append(Line(ORDER, "every circuit in it", text, span(total.times(Fraction(units))), "TPP"))
    return {
        "item": name,
        "rules_as_of": day.isoformat(),
        "verified_to": law.verified_to.isoformat() if law.verified_to else None,
        "status": ANSWERED if settled else UNDETERMINED,
        "item_class": next(iter(classes)) if settled else UNDETERMINED,
        "eccn": eccn or None,
        "paragraphs": found.paragraphs if settled else [],
        "possible": [{"item_class": one.item_class, "eccn": one.eccn or None} for one in sorted(found.possible)],
        "aggregate_tpp": span(total.times(Fraction(units))) if total is not None and total.known else None,
        "arithmetic": [asdict(line) for line in lines],
        "missing": _once([{"fact": gap.fact, "why": gap.why} for gap in found.gaps] if not settled or not eccn else []),
        "assumptions": _once([{"fact": gap.fact, "why": gap.why} for gap in found.assumptions]),
        "notes": list(dict.fromkeys([*found.notes, *_dates(found, law, day)])),
    }


def aggregate(item: Item, law: ItemLaw) -> Range | None:
    """The processing performance of all circuits in one shipment of an item; None where nothing of it is stated.

    Circuits are added up whatever their class; parts that state no performance leave the sum open.
    """
    if item.contains is not None:
        total = Range.exactly(0)
        for part in item.contains:
            inside = aggregate(part, law)
            total += inside if inside is not None else Range(Fraction(0), None)
        return total.times(Fraction(item.count))
    if item.tpp is None and item.processing_units is None and item.dies is None:
        return None
    mac = law.constants[MAC]
    ranges = processing_performance(item, "item", mac.value, mac.cite).ranges
    highs = [one.high for one in ranges if one.high is not None]
    one = Range(min(r.low for r in ranges), max(highs) if len(highs) == len(ranges) else None)
    return one.times(Fraction(item.count))


def _once(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for number, row in enumerate(rows) if row not in rows[:number]]


def _dates(found: Finding, law: ItemLaw, day: date) -> list[str]:
    """Notes about the day: entries that bind later, and days for which the sources were not read."""
    notes = []
    for entry in sorted({one.eccn for one in found.possible if one.eccn}):
        start = law.applies_from.get(entry)
        if start and day < start:
            notes.append(f"{entry} is in force on {day}; compliance is asked from {start}.")
    if law.verified_to and day > law.verified_to:
        notes.append(f"The law was read up to {law.verified_to}: later changes are not known here.")
    return notes
