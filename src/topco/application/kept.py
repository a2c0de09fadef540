"""Answers that take long, kept for those who ask the same again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import BoundedSemaphore, Lock
from typing import Generic, TypeVar

from topco.errors import StoreBusy

Value = TypeVar("Value")
AT_ONCE = 8


class Kept(Generic[Value]):
    """The last answers to questions of one kind.

    One is found at a time, and each once: whoever asks meanwhile waits, unless many wait already. What is kept is given
    at once, whatever is being found.

    >>> squares = Kept[int](most=2)
    >>> squares.get(3, lambda: 9), squares.get(3, lambda: 0)
    (9, 9)

    Args:
        most: how many answers are kept.
        at_once: how many may find or wait at once.
    """

    def __init__(self, most: int, at_once: int = AT_ONCE) -> None:
        self._most = most
        self._places = BoundedSemaphore(at_once)
        self._finding = Lock()
        self._lock = Lock()
        self._found: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, question: Hashable, find: Callable[[], Value]) -> Value:
        """The answer, found now if it is not there; what cannot be found raises and is not kept.

        Raises:
            StoreBusy: too many others wait for answers that take long.
        """
        kept = self._kept(question)
        if kept:
            return kept[0]
        if not self._places.acquire(blocking=False):
            raise StoreBusy("Too many ask at once for what takes long to find.", remedy="Ask again in a minute.")
        try:
            with self._finding:
                kept = self._kept(question) or (find(),)
                self._keep(question, kept[0])
                return kept[0]
        finally:
            self._places.release()

    def _kept(self, question: Hashable) -> tuple[Value, ...]:
        with self._lock:
            if question not in self._found:
                return ()
            self._found.move_to_end(question)
            return (self._found[question],)

    def _keep(self, question: Hashable, value: Value) -> None:
        with self._lock:
            self._found[question] = value
            self._found.move_to_end(question)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
