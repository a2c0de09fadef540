"""Fields of forms as they come: texts that may be blank, days, pages of long lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Form, Query
from pydantic import BeforeValidator, StringConstraints

from topco.errors import BadInput, TopcoError
from topco.server.problem import problem_of
from topco.server.workbench.addresses import with_query

ON_PAGE = 100


def _said(value: object) -> object:
    """A field that was left blank says nothing."""
    return value.strip() or None if isinstance(value, str) else value


Words = Annotated[Annotated[str, StringConstraints(max_length=500)] | None, BeforeValidator(_said), Query()]
First = Annotated[int, Query(ge=0, le=10**9)]
Field = Annotated[str, Form(max_length=2_000)]


@dataclass(frozen=True)
class Paging:
    """A part of a long list: `first` entries are passed over, `most` are shown, of `total`."""

    path: str
    query: tuple[tuple[str, str | None], ...]
    first: int
    total: int
    most: int = ON_PAGE

    @property
    def words(self) -> str:
        """Which entries are shown.

        >>> Paging("/records", (), 100, 250).words
        '101 to 200 of 250'
        """
        if not self.total:
            return "0"
        last = min(self.first + self.most, self.total)
        if self.first == 0 and last == self.total:
            return f"{self.total:,}"
        return f"{self.first + 1:,} to {last:,} of {self.total:,}"

    @property
    def previous(self) -> str | None:
        """The address of the part before; None at the beginning."""
        return self._at(max(self.first - self.most, 0)) if self.first else None

    @property
    def next(self) -> str | None:
        """The address of the part after; None at the end.

        >>> Paging("/records", (("party", "x"),), 0, 250).next
        '/records?party=x&first=100'
        """
        return self._at(self.first + self.most) if self.first + self.most < self.total else None

    def _at(self, first: int) -> str:
        return with_query(self.path, (*self.query, ("first", str(first) if first else None)))


def text_of(field: str) -> str | None:
    """What stands in a field, None if it was left blank.

    >>> text_of("  "), text_of(" a ")
    (None, 'a')
    """
    return field.strip() or None


def day_of(field: str) -> date | None:
    """The day in a field, None if it was left blank.

    Raises:
        BadInput: it is no day.
    """
    text = field.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a date.", remedy="Write it as YYYY-MM-DD.") from error


def status_of(error: TopcoError) -> int:
    """The status with which a page says an error."""
    return problem_of(error).status
