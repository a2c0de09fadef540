"""REST: classification, determination, what would change it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from topco.application.cases import Determined, case_text
from topco.server.context import App, AskedOfCase, RulesAsOf, Writer
from topco.server.turns import Heavy, long

router = APIRouter(tags=["cases"], route_class=Heavy)

Case = Annotated[dict[str, Any], Body(description="A case; docs/cases.md names its keys, docs/schemas their form.")]


class Answer(BaseModel):
    """A determination, and what names of its parties may be where a person has to decide."""

    determination: dict[str, Any]
    names: list[str] = Field(default_factory=list)


class KeptAnswer(Answer):
    """A determination that was kept."""

    record: str
    hash: str


@router.post("/classifications")
def classify(
    application: App,
    item: Annotated[dict[str, Any], Body(description="An item, or a case with one.")],
    rules_as_of: RulesAsOf = None,
) -> dict[str, Any]:
    """From the figures of an item to its control-list entry, with the arithmetic."""
    (found,) = application.cases.classify(case_text(item), "the item", rules_as_of)
    return found


@router.post("/determinations")
def determine(application: App, case: Case, asked: AskedOfCase) -> Answer:
    """Does the order need a licence, which exception fits, how would an application be reviewed; with proof."""
    return _answer(application.cases.determine(case_text(case), asked)[0])


@router.post("/records", status_code=201, tags=["records"])
def keep(
    application: App,
    settings: Writer,
    case: Case,
    asked: AskedOfCase,
    author: Annotated[str | None, Query(max_length=200, description="Who says so.")] = None,
    note: Annotated[str | None, Query(max_length=2_000, description="Why, in words.")] = None,
) -> KeptAnswer:
    """Determine a case and keep case, options, answer and proof."""
    determined = application.cases.determine(case_text(case), asked)
    (record,) = application.cases.keep(determined, asked, author or settings.author, note)
    return KeptAnswer(record=record.id, hash=record.hash, **_answer(determined[0]).model_dump())


@router.post("/whatif")
@long
def whatif(
    application: App,
    case: Case,
    asked: AskedOfCase,
    facts: Annotated[list[str], Query(alias="set", max_length=50, description="PATH=VALUE")] = [],  # noqa: B006
    wants: Annotated[list[str], Query(alias="want", max_length=20, description="QUESTION=CODE")] = [],  # noqa: B006
    shares: Annotated[list[str], Query(alias="set_share", max_length=50, description="OWNER,OWNED=PERCENT")] = [],  # noqa: B006
    seats: Annotated[list[str], Query(alias="set_hq", max_length=50, description="ID=CC")] = [],  # noqa: B006
) -> dict[str, Any]:
    """What the answer hangs on: other facts supposed, why not, the smallest changes."""
    return application.cases.whatif(case_text(case), facts, wants, shares, seats, asked)


def _answer(determined: Determined) -> Answer:
    return Answer(determination=determined.answer, names=list(determined.names))
