"""REST: search, entities, resolutions, owners, groups, paths, timelines, sensitivity."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from topco.server.context import App, Facts, KnownAsOf

router = APIRouter(tags=["entities"])

Id = Annotated[
    str,
    Path(max_length=300, description="A LEI, or SCHEME:VALUE.", examples=["LEI:391200PKEUF3Y2NUMW25"]),
]
CutOff = Annotated[
    str, Query(max_length=20, description="Leave out whoever has certainly less, in percent, and cannot control.")
]


class Found(BaseModel):
    """An entity that a text means."""

    id: str
    name: str | None
    matched: str
    status: str | None
    hq_country: str | None
    registered_country: str | None
    score: int


@router.get("/search")
def search(
    application: App,
    q: Annotated[str, Query(max_length=500, description="An identifier, or a part of a name in any script.")],
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    known_as_of: KnownAsOf = None,
) -> list[Found]:
    """Entities by name or identifier, best first."""
    return [Found(**hit.as_row()) for hit in application.entities.search(q, limit, known_as_of)]


@router.get("/entities/{identifier:path}/resolution")
def resolution(application: App, identifier: Id, facts: Facts) -> dict[str, Any]:
    """Headquarters, status, parents, chain and proof."""
    return application.entities.resolve(identifier, facts)


@router.get("/entities/{identifier:path}/owners")
def owners(application: App, identifier: Id, facts: Facts, cut_off: CutOff = "1") -> dict[str, Any]:
    """Everyone who must or may control it, or has an integrated share in it."""
    return application.entities.owners(identifier, facts, cut_off)


@router.get("/entities/{identifier:path}/holdings")
def holdings(application: App, identifier: Id, facts: Facts, cut_off: CutOff = "1") -> dict[str, Any]:
    """The whole group below it."""
    return application.entities.holdings(identifier, facts, cut_off)


@router.get("/entities/{identifier:path}/timeline")
def timeline(
    application: App,
    identifier: Id,
    facts: Facts,
    first: Annotated[date | None, Query(alias="from", description="Only changes on or after this day.")] = None,
    last: Annotated[date | None, Query(alias="to", description="Only changes on or before this day.")] = None,
) -> dict[str, Any]:
    """When its parents, status or headquarters changed, and by which rows."""
    return application.entities.timeline(identifier, facts, first, last)


@router.get("/entities/{identifier:path}/sensitivity")
def sensitivity(application: App, identifier: Id, facts: Facts) -> dict[str, Any]:
    """Whether another threshold, test or share would change the answer."""
    return application.entities.sensitivity(identifier, facts)


@router.get("/paths")
def paths(
    application: App,
    facts: Facts,
    owner: Annotated[str, Query(min_length=1, max_length=300)],
    company: Annotated[str, Query(min_length=1, max_length=300)],
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> dict[str, Any]:
    """Every path from an owner down to a company."""
    return application.entities.between(owner, company, facts, limit)
