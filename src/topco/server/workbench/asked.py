"""What the forms of pages ask beside the question: days that may be left blank, parent test, policy for open tops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BeforeValidator, Field

from topco import choices
from topco.application.asked import OfFacts
from topco.ownership.parent_tests import DEFAULT


def said(value: object) -> object:
    """A field of a form that was left blank says nothing."""
    return None if value == "" else value


Day = Annotated[date | None, BeforeValidator(said), Query()]
Test = Annotated[Annotated[str, Field(max_length=40)] | None, BeforeValidator(said), Query()]
OpenTop = Annotated[choices.OpenTop | None, BeforeValidator(said), Query()]


@dataclass(frozen=True)
class AskedOfPage:
    """The facts that a page shows, and what of it was said: that stays in the addresses that the page gives."""

    facts: OfFacts
    strict: bool
    query: tuple[tuple[str, str], ...]


def asked_of_page(
    as_of: Day = None, known_as_of: Day = None, test: Test = None, open_top: OpenTop = None
) -> AskedOfPage:
    """What was asked of a page; what is the default is not repeated in its addresses."""
    said = {
        "as_of": as_of and as_of.isoformat(),
        "known_as_of": known_as_of and known_as_of.isoformat(),
        "test": test if test != DEFAULT else None,
        "open_top": open_top if open_top != choices.STRICT else None,
    }
    query = tuple((name, value) for name, value in said.items() if value)
    return AskedOfPage(OfFacts(as_of, known_as_of, test or DEFAULT), open_top != choices.AS_RECORDED, query)


Asked = Annotated[AskedOfPage, Depends(asked_of_page)]
