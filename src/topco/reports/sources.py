"""The rows of registers that a report refers to, each with a number of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_KEYS = ("load", "file", "row", "record")


class Sources:
    """Numbers for source rows, in the order in which they are first referred to.

    >>> sources = Sources()
    >>> row = {"load": "rr", "file": "rr.csv", "row": 7, "record": "r"}
    >>> sources.number(row), sources.number({**row, "row": 8}), sources.number(row), sources.number(None)
    (1, 2, 1, None)
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number(self, source: Mapping[str, Any] | None) -> int | None:
        """The number of a row; None if there is no row."""
        if not source or not any(source.get(key) for key in _KEYS):
            return None
        return self._numbers.setdefault(tuple(source.get(key) for key in _KEYS), len(self._numbers) + 1)

    def numbers(self, sources: Iterable[Mapping[str, Any] | None]) -> list[int]:
        """The numbers of several rows, each once."""
        found = (self.number(source) for source in sources)
        return list(dict.fromkeys(number for number in found if number is not None))

    def rows(self) -> list[dict[str, Any]]:
        """Every row with its number."""
        return [{"number": number, **dict(zip(_KEYS, row, strict=True))} for row, number in self._numbers.items()]
