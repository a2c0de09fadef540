"""The whole law of a date as one table: for every key of every question, what the rules answer, in few rows.

1. Each question (`decision_topics`) has the dimensions that its rules read (`decision_keys`).
2. The engine runs on every key (`decision_worlds`); the law is not told a second time here.
3. Keys with the same answer become rows (`decision_rows`), in words.

A row holds for one party in the roles that it names; of several parties the strictest decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from topco.licensing.decision.frames import Frame
from topco.licensing.decision.keys import Keys
from topco.licensing.decision.rows import Merged, merge
from topco.licensing.decision.topics import Answer, Topic, together, topics
from topco.licensing.decision.values import Dimension, keys
from topco.licensing.decision.worlds import MOST_AT_ONCE, answers

RANKS = tuple(
    ranks.split()
    for ranks in (
        "destination headquarters ultimate_parent party location item activity figures circumstances",
        "destination party location headquarters ultimate_parent item activity figures circumstances",
        "destination circumstances figures item activity party location headquarters ultimate_parent",
        "headquarters ultimate_parent destination party location circumstances figures item activity",
        "headquarters ultimate_parent destination item activity circumstances figures party location",
        "item activity destination headquarters ultimate_parent circumstances figures party location",
    )
)
CELLS = (
    *("item", "activity", "party", "destination", "location", "headquarters", "ultimate_parent"),
    *("figures", "circumstances"),
)
COLUMNS = ("section", "question", *CELLS, "outcome", "cites", "rules")
GOOD = frozenset({"met", "duty", "na"})
FEW_AT_ONCE = 100  # the queries of conditions look at every pair of worlds


Wanted = Callable[[tuple[Answer, ...]], bool]


@dataclass(frozen=True)
class Row:
    """What must hold, by column (empty: any), and what follows in each frame."""

    section: str
    question: str
    words: str
    cells: dict[str, str]
    answers: tuple[Answer, ...]

    @property
    def when(self) -> str:
        """What must hold, in one line."""
        named = [f"{column.replace('_', ' ')}: {text}" for column, text in self.cells.items() if text]
        return "; ".join(named) or "always"

    def as_row(self) -> dict[str, Any]:
        (answer,) = self.answers
        return {
            "section": self.section,
            "question": self.words,
            **self.cells,
            "when": self.when,
            "outcome": answer.code,
            "cites": list(answer.cites),
            "rules": list(answer.rules),
        }


def decision_table(frame: Frame) -> Iterator[Row]:
    """The rows of one frame, question by question."""
    for topic in topics(frame):
        yield from rows_of((frame,), (topic,), topic.is_shown)


def rows_of(frames: tuple[Frame, ...], asked: tuple[Topic, ...], wanted: Wanted) -> Iterator[Row]:
    """The rows of one question in the frames whose answers are wanted."""
    dimensions, found, results = ask(frames, asked)
    for merged in merge(found, results, lambda one: _code(one, wanted), _orders(dimensions)):
        if merged.code is not None:
            columns = zip(*merged.answers, strict=True)
            yield row(asked[0], dimensions, merged, tuple(together(column) for column in columns))


def _code(answers: tuple[Answer, ...], wanted: Wanted) -> tuple[str, ...] | None:
    """What rows are told apart by: the codes in all frames; all that is not wanted is alike."""
    return tuple(one.code for one in answers) if wanted(answers) else None


def _orders(dimensions: Sequence[Dimension]) -> list[list[int]]:
    """Other orders that may take fewer rows; in each, destination and party stand before what depends on them."""
    every = range(len(dimensions))
    return [sorted(every, key=lambda index: ranks.index(dimensions[index].column)) for ranks in RANKS]


def ask(
    frames: tuple[Frame, ...], asked: tuple[Topic, ...]
) -> tuple[tuple[Dimension, ...], list[tuple[int, ...]], list[Any]]:
    """The keys of one question in the frames, and the answer to each: one, or one for every frame."""
    topic = asked[0]
    rules = tuple(one.rules for one in asked)
    made = Keys(frames, rules, topic.item_class, topic.by_role, topic.scope, topic.only_required)
    dimensions = made.dimensions()
    if topic.favourable:
        dimensions = _in_order(made, dimensions)
    found = keys(dimensions)
    at_once = FEW_AT_ONCE if topic.favourable else MOST_AT_ONCE
    return dimensions, found, answers(made, dimensions, found, tuple(one.answer for one in asked), at_once)


def _in_order(made: Keys, dimensions: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    """The same with every dimension but items and places fixed to the value with which most conditions hold."""
    score: dict[tuple[str, str], list[bool]] = {}
    for frame, rules in zip(made.frames, made.rules, strict=True):
        for rule in rules:
            if rule.kind != "ConditionRule":
                continue
            alone = replace(made, frames=(frame,), rules=((rule,),))
            read = alone.dimensions()
            every = keys(read)
            states = answers(alone, read, every, (_state,))
            for key, (state,) in zip(every, states, strict=True):
                for one, index in zip(read, key, strict=True):
                    if index >= 0:
                        score.setdefault((one.name, one.values[index].label), []).append(state in GOOD)
    return tuple(one if one.column in PLACED else replace(one, values=(_best(one, score),)) for one in dimensions)


OF_PARTY = ("location", "headquarters", "ultimate_parent")
PLACED = frozenset({"item", "party", "destination", "location", "headquarters", "ultimate_parent"})


def _best(one: Dimension, score: dict[tuple[str, str], list[bool]]) -> Any:
    def share(value: Any) -> float:
        held = score.get((one.name, value.label), [])
        return sum(held) / len(held) if held else 0.0

    return max(one.values, key=share)


def _state(case: Any) -> str:
    return next((one.evidence["state"] for one in case.findings if "state" in one.evidence), "missing")


def row(topic: Topic, dimensions: Sequence[Dimension], merged: Merged[Any], found: tuple[Answer, ...]) -> Row:
    """A merged row in words."""
    cells = dict.fromkeys(CELLS, "")
    for one, cell in zip(dimensions, merged.cells, strict=True):
        text = one.describe(cell) if cell else ""
        if text:
            cells[one.column] = "; ".join(filter(None, (cells[one.column], text)))
    party = next((one for one in dimensions if one.name == "party"), None)
    if party is not None and len(party.values) == 1 and any(cells[column] for column in OF_PARTY):
        cells["party"] = party.values[0].label
    return Row(topic.section, topic.code, topic.words, cells, found)
