"""A frame, which is a reading on a date, and the countries that the groups of one or two frames tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from topco.licensing.cases.facts import Place
from topco.licensing.decision.values import MOST_NAMED, Value, partition
from topco.licensing.law.body import Law
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.ruleset import Ruleset
from topco.namespaces import NAMESPACE


@dataclass(frozen=True)
class Frame:
    """One reading on one date."""

    law: Law
    slice: LawSlice
    ruleset: Ruleset
    day: date

    @classmethod
    def of(cls, law: Law, reading: str, day: date) -> Frame:
        """The frame of a reading and a date.

        Raises:
            NotModelled: the reading has no rules, or none for this date.
        """
        law_slice = law.slice_on(day)
        return cls(law, law_slice, law_slice.ruleset(reading, day), day)

    @property
    def name(self) -> str:
        return f"{self.ruleset.reading}@{self.day}"

    def members(self, group: str) -> frozenset[str]:
        """The countries in a group."""
        return frozenset(code for code, groups in self.slice.groups_of.items() if group in groups)


def countries(frames: Sequence[Frame], groups: Sequence[str]) -> Iterator[Value]:
    """Countries that the groups of every frame hold alike: each class by one of its members, with its marks."""
    labels = frames[0].slice.countries
    words = group_words(frames, groups)
    members = {mark: held for group in groups for mark, held in _marks(frames, group)}
    signatures = {
        code: frozenset(mark for mark, held in members.items() if code in held)
        for code in sorted(labels, key=lambda code: labels[code])
    }
    for marks, codes in partition(signatures):
        place = Place(f"{NAMESPACE}country/{codes[0]}", labels[codes[0]], codes[0])
        label = ", ".join(words[mark] for mark in sorted(marks)) or "in none of these groups"
        names = tuple(labels[code] for code in codes)
        some = " / ".join(names) if len(names) <= MOST_NAMED else f"such as {names[0]}"
        yield Value(f"{label} ({some})", (place,) * len(frames), marks, names)


def group_words(frames: Sequence[Frame], groups: Sequence[str]) -> dict[str, str]:
    """Every mark of these groups in words."""
    names = frames[0].slice.group_names
    found = {group: f"in ‘{names.get(group, group)}’" for group in groups}
    for number, frame in enumerate(frames):
        found |= {of_frame(group, number): f"in ‘{names.get(group, group)}’ on {frame.day}" for group in groups}
    return found


def of_frame(group: str, number: int) -> str:
    """The mark of a group that holds others in each frame."""
    return f"{group} {number}"


def differs(mark: str) -> bool:
    """Whether a mark is that of a group that holds others in each frame."""
    return " " in mark


def _marks(frames: Sequence[Frame], group: str) -> Iterator[tuple[str, frozenset[str]]]:
    """A group as a mark: one for all frames if they agree on its members, else one for each."""
    held = [frame.members(group) for frame in frames]
    if all(one == held[0] for one in held):
        yield group, held[0]
    else:
        yield from ((of_frame(group, number), one) for number, one in enumerate(held))
