"""REST: classification, determination, what would change it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BaseModel, Field

from topco.application.cases import Determined
from topco.errors import BadInput
from topco.server.context import App, AskedOfCase, RulesAsOf, Writer
from topco.server.turns import Heavy, long

router = APIRouter(tags=["cases"], route_class=Heavy)
MOST_PARTIES = 100


async def body_text(request: Request) -> str:
    """The body as it was sent: figures keep their digits, and a key given twice is seen."""
    return (await request.body()).decode()


Text = Annotated[str, Depends(body_text)]
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
    text: Text,
    rules_as_of: RulesAsOf = None,
) -> dict[str, Any]:
    """From the figures of an item to its control-list entry, with the arithmetic."""
    (found,) = application.cases.classify(text, "the item", rules_as_of)
    return found


@router.post("/determinations")
def determine(application: App, case: Case, text: Text, asked: AskedOfCase) -> Answer:
    """Does the order need a licence, which exception fits, how would an application be reviewed; with proof."""
    few_parties_of(case)
    return _answer(application.cases.determine(text, asked)[0])


@router.post("/records", status_code=201, tags=["records"])
def keep(
    application: App,
    settings: Writer,
    case: Case,
    text: Text,
    asked: AskedOfCase,
    author: Annotated[str | None, Query(max_length=200, description="Who says so.")] = None,
    note: Annotated[str | None, Query(max_length=2_000, description="Why, in words.")] = None,
) -> KeptAnswer:
    """Determine a case and keep case, options, answer and proof."""
    few_parties_of(case)
    determined = application.cases.determine(text, asked)
    (record,) = application.cases.keep(determined, asked, author or settings.author, note)
    return KeptAnswer(record=record.id, hash=record.hash, **_answer(determined[0]).model_dump())


@router.post("/whatif")
@long
def whatif(
    application: App,
    case: Case,
    text: Text,
    asked: AskedOfCase,
    facts: Annotated[list[str], Query(alias="set", max_length=50, description="PATH=VALUE")] = [],  # noqa: B006
    wants: Annotated[list[str], Query(alias="want", max_length=20, description="QUESTION=CODE")] = [],  # noqa: B006
    shares: Annotated[list[str], Query(alias="set_share", max_length=50, description="OWNER,OWNED=PERCENT")] = [],  # noqa: B006
    seats: Annotated[list[str], Query(alias="set_hq", max_length=50, description="ID=CC")] = [],  # noqa: B006
) -> dict[str, Any]:
    """What the answer hangs on: other facts supposed, why not, the smallest changes."""
    few_parties_of(case)
    return application.cases.whatif(text, facts, wants, shares, seats, asked)


def few_parties_of(case: dict[str, Any]) -> None:
    """
    Raises:
        BadInput: a case has more parties than a server answers about at once.
    """
    parties = case.get("parties")
    few_parties(len(parties) if isinstance(parties, list) else 0)


def few_parties(count: int) -> None:
    """
    Raises:
        BadInput: a case has more parties than a server answers about at once: each is resolved, and others wait.
    """
    if count > MOST_PARTIES:
        raise BadInput(
            f"The case has {count:,} parties, and {MOST_PARTIES} are the most here.",
            where="parties",
            remedy="Determine it on the command line, or state each order as a case of its own.",
        )


def _answer(determined: Determined) -> Answer:
    return Answer(determination=determined.answer, names=list(determined.names))
