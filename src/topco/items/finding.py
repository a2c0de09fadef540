"""What figures or statements leave possible for an item, and which unknown facts would settle it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from topco.items.workings import Gap, Line


@dataclass(frozen=True, order=True)
class Candidate:
    """A classification that stays possible; `eccn` is empty where no entry holds the item, or several would."""

    item_class: str
    eccn: str = ""


@dataclass
class Finding:
    """Every classification that some completion of the facts gives, the workings, and what is missing."""

    possible: set[Candidate]
    lines: list[Line] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    assumptions: list[Gap] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return {candidate.item_class for candidate in self.possible}

    def take_workings(self, other: Finding) -> None:
        """Show what another finding rests on beside one's own."""
        self.lines += other.lines
        self.gaps += other.gaps
        self.notes += other.notes
        self.assumptions += other.assumptions


@dataclass(frozen=True)
class Completion:
    """One way to fill in what is unknown: the values tried, the entry that comes out, the tests that are met."""

    values: Mapping[str, Hashable]
    outcome: str | None
    met: tuple[str, ...] = ()


def settling(completions: Sequence[Completion], names: Iterable[str]) -> list[str]:
    """The facts on which the outcome hangs: those whose value alone changes it, else all that were varied.

    >>> tried = [Completion({"a": a, "b": b}, "x" if a else None) for a in (0, 1) for b in (0, 1)]
    >>> settling(tried, ["a", "b"])
    ['a']
    """
    if len({one.outcome for one in completions}) <= 1:
        return []
    varied = [name for name in names if len({one.values[name] for one in completions}) > 1]
    alone = []
    for name in varied:
        outcomes = defaultdict(set)
        for one in completions:
            rest = tuple(value for other, value in one.values.items() if other != name)
            outcomes[rest].add(one.outcome)
        if any(len(found) > 1 for found in outcomes.values()):
            alone.append(name)
    return alone or varied
