"""The arithmetic as it is shown, and what is missing: one line per figure, one gap per fact that nobody states."""

from __future__ import annotations

from dataclasses import dataclass, field

from topco.items.quantities import Range, span


@dataclass(frozen=True)
class Line:
    """One step: a figure, where it comes from, the formula with its numbers, the result and the limit."""

    figure: str
    source: str
    formula: str
    result: str
    unit: str = ""
    threshold: str = ""
    met: bool | None = None
    cite: str = ""


@dataclass(frozen=True)
class Gap:
    """A fact that is not stated, and why it matters."""

    fact: str
    why: str


@dataclass
class Quantity:
    """One figure of an item: the ranges that the statements allow (several where they disagree), lines, gaps, notes."""

    ranges: list[Range]
    lines: list[Line] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def known(self) -> bool:
        return len(self.ranges) == 1 and self.ranges[0].known

    def text(self) -> str:
        return " or ".join(span(one) for one in self.ranges)
