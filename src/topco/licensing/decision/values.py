"""Values of a dimension and their words: what law and rules cannot tell apart is one value.

Every value has *marks*, the groups that hold a place. A set of values is described by the shortest combination of marks
that holds of these and of no other: `in one group and not in another`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import Any

NOT_ASKED = -1
MOST_NAMED, MOST_TERMS, MANY_TERMS = 4, 3, 20_000


LIST_OF_VALUES = re.compile(r"VALUES\s+\?\w+\s*\{([^}]*)\}")


@dataclass(frozen=True)
class Value:
    """One value: its words, what it means in each frame, its marks, and the things that it stands for."""

    label: str
    settings: tuple[Any, ...]
    marks: frozenset[str] = frozenset()
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dimension:
    """One fact that rules read, with every value that they tell apart.

    `only_for` are the positions of the destinations for which it matters, `only_roles` those of the parties; None: all.
    """

    name: str
    column: str
    words: str
    values: tuple[Value, ...]
    only_for: frozenset[int] | None = None
    only_roles: frozenset[int] | None = None
    mark_words: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    def describe(self, chosen: frozenset[int]) -> str:
        """A set of values in words; empty for all of them."""
        asked = chosen - {NOT_ASKED}
        if len(asked) == len(self.values) or not asked:
            return ""
        found = self._by_marks(asked) if self.mark_words else None
        text = found or " or ".join(self.values[index].label for index in sorted(asked))
        return f"{self.words}: {text}" if self.words else text

    def _by_marks(self, chosen: frozenset[int]) -> str | None:
        """The shortest way to say which values these are: marks, pairs of marks, or some of these joined by "or"."""
        terms = [(words, held) for words, held in self._terms if held and held <= chosen]
        named: list[str] = []
        left = chosen
        while left and len(named) < MOST_TERMS:
            words, held = max(terms, key=lambda term: len(term[1] & left), default=("", frozenset[int]()))
            if not held & left:
                return None
            named.append(words)
            left -= held
        return None if left else " or ".join(named) + self._members(chosen)

    @cached_property
    def _terms(self) -> list[tuple[str, frozenset[int]]]:
        """What can be said of values: that a mark holds, that it does not, and two such things at once."""
        every = frozenset(range(len(self.values)))
        held = {mark: frozenset(i for i in every if mark in self.values[i].marks) for mark in self._marks}
        single = [(self.mark_words[mark], holders) for mark, holders in held.items()]
        single += [(f"not {words}", every - holders) for words, holders in single]
        pairs = [
            (f"{words} and {others}", holders & also)
            for (words, holders), (others, also) in combinations(single, 2)
            if holders & also not in (holders, also)
        ]
        triples = [
            (f"{words} and {others}", holders & also)
            for (words, holders), (others, also) in product(pairs, single)
            if holders & also not in (holders, also)
        ]
        return single + pairs + (triples if len(triples) < MANY_TERMS else [])

    @property
    def _marks(self) -> list[str]:
        return sorted({mark for value in self.values for mark in value.marks})

    def _members(self, chosen: Iterable[int]) -> str:
        named = [name for index in sorted(chosen) for name in self.values[index].members]
        return f" ({' / '.join(named)})" if 0 < len(named) <= MOST_NAMED else ""


def keys(dimensions: Sequence[Dimension]) -> list[tuple[int, ...]]:
    """Every combination of values; a dimension that does not matter for a destination or a party is not asked there.

    Destination and party stand before what depends on them.
    """
    names = [one.name for one in dimensions]
    found: list[tuple[int, ...]] = [()]
    for one in dimensions:
        every = tuple(range(len(one.values)))
        found = [(*key, index) for key in found for index in (every if _matters(one, key, names) else (NOT_ASKED,))]
    return found


def _matters(one: Dimension, key: tuple[int, ...], names: Sequence[str]) -> bool:
    for name, wanted in (("destination", one.only_for), ("party", one.only_roles)):
        if wanted is not None and name in names[: len(key)] and key[names.index(name)] not in wanted:
            return False
    return True


def told_apart(word: str, texts: Iterable[str]) -> tuple[object, ...]:
    """How queries name a word: words that only ever stand in the same lists of values are alike to them.

    >>> query = 'VALUES ?x { "a" "b" } FILTER(?y = "c")'
    >>> told_apart("a", [query]) == told_apart("b", [query]), told_apart("c", [query]) == told_apart("d", [query])
    (True, False)
    """
    found: list[object] = []
    for number, text in enumerate(texts):
        lists = LIST_OF_VALUES.findall(text)
        quoted = f'"{word}"'
        found += [(number, position) for position, values in enumerate(lists) if quoted in values]
        found += [(number, word)] if quoted in LIST_OF_VALUES.sub("", text) else []
    return tuple(found)


def partition(items: Mapping[str, Any]) -> list[tuple[Any, tuple[str, ...]]]:
    """Names that share a signature, in the order of the first of each.

    >>> partition({"a": 1, "b": 2, "c": 1})
    [(1, ('a', 'c')), (2, ('b',))]
    """
    found: dict[Any, list[str]] = {}
    for name, signature in items.items():
        found.setdefault(signature, []).append(name)
    return [(signature, tuple(names)) for signature, names in found.items()]
