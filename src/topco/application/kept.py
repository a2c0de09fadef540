"""Answers that take long, kept for those who ask the same again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The last answers to questions of one kind. Whoever asks while one is found waits, and it is found once.

    >>> squares = Kept[int](most=2)
    >>> squares.get(3, lambda: 9), squares.get(3, lambda: 0)
    (9, 9)

    Args:
        most: how many answers are kept at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._found: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, question: Hashable, find: Callable[[], Value]) -> Value:
        """The answer, found now if it is not there; what cannot be found raises and is not kept."""
        with self._lock:
            if question not in self._found:
                self._found[question] = find()
            self._found.move_to_end(question)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
            return self._found[question]
