"""REST: search, entities, resolutions, owners, groups, paths, timelines, sensitivity."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from topco.application.proofs import report
from topco.server.context import App, Facts, KnownAsOf
from topco.server.downloads import AS_CSV, attached, csv_download
from topco.server.turns import Heavy

router = APIRouter(tags=["entities"], route_class=Heavy)

Id = Annotated[
    str,
    Path(max_length=300, description="A LEI, or SCHEME:VALUE.", examples=["LEI:391200PKEUF3Y2NUMW25"]),
]
CutOff = Annotated[
    str, Query(max_length=20, description="Leave out whoever has certainly less, in percent, and cannot control.")
]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="The document, or its rows as CSV.")]
Levels = Annotated[int, Query(ge=0, le=20)]


class Found(BaseModel):
    """An entity that a text means."""

    id: str
    name: str | None
    matched: str
    status: str | None
    hq_country: str | None
    registered_country: str | None
    score: int


@router.get("/search", response_model=list[Found], responses=AS_CSV)
def search(
    application: App,
    q: Annotated[str, Query(max_length=500, description="An identifier, or a part of a name in any script.")],
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    known_as_of: KnownAsOf = None,
    form: Form = "json",
) -> Any:
    """Entities by name or identifier, best first."""
    found = [hit.as_row() for hit in application.entities.search(q, limit, known_as_of)]
    return found if form == "json" else csv_download("search", list(Found.model_fields), found)


@router.get("/entities/{identifier:path}/resolution", response_model=dict[str, Any], responses=AS_CSV)
def resolution(application: App, identifier: Id, facts: Facts, form: Form = "json") -> Any:
    """Headquarters, status, parents, chain and proof."""
    from topco.ownership.bulk_table import COLUMNS
    from topco.ownership.rows import row_of

    found = application.entities.resolve(identifier, facts)
    return found if form == "json" else csv_download(f"resolution-{found['entity']['id']}", COLUMNS, [row_of(found)])


@router.get("/entities/{identifier:path}/report", response_class=HTMLResponse)
def resolution_report(application: App, identifier: Id, facts: Facts) -> Response:
    """The resolution as one page that prints."""
    found = application.entities.resolve(identifier, facts)
    name = f"topco-{found['entity']['id']}.html"
    return HTMLResponse(report([found], identifier), headers=attached(name))


@router.get("/entities/{identifier:path}/evidence", response_model=list[dict[str, Any]], responses=AS_CSV)
def evidence(application: App, identifier: Id, facts: Facts, form: Form = "json") -> Any:
    """The rows of registers about it and all above it, in words, each with its place; none if they are too many."""
    from topco.reports.evidence_rows import COLUMNS, evidence_rows

    document = application.entities.resolve(identifier, facts)
    found = [row.as_row() for row in evidence_rows(document) or ()]
    return found if form == "json" else csv_download(_name("evidence", document), COLUMNS, found)


@router.get("/entities/{identifier:path}/owners", response_model=dict[str, Any], responses=AS_CSV)
def owners(application: App, identifier: Id, facts: Facts, cut_off: CutOff = "1", form: Form = "json") -> Any:
    """Everyone who must or may control it, or has an integrated share in it."""
    from topco.ownership.questions.owners import COLUMNS, rows_of_owners

    found = application.entities.owners(identifier, facts, cut_off)
    return found if form == "json" else csv_download(_name("owners", found), COLUMNS, rows_of_owners(found))


@router.get("/entities/{identifier:path}/holdings", response_model=dict[str, Any], responses=AS_CSV)
def holdings(application: App, identifier: Id, facts: Facts, cut_off: CutOff = "1", form: Form = "json") -> Any:
    """The whole group below it."""
    from topco.ownership.questions.group import COLUMNS, rows_of_holdings

    found = application.entities.holdings(identifier, facts, cut_off)
    return found if form == "json" else csv_download(_name("holdings", found), COLUMNS, rows_of_holdings(found))


@router.get("/entities/{identifier:path}/timeline", response_model=dict[str, Any], responses=AS_CSV)
def timeline(
    application: App,
    identifier: Id,
    facts: Facts,
    first: Annotated[date | None, Query(alias="from", description="Only changes on or after this day.")] = None,
    last: Annotated[date | None, Query(alias="to", description="Only changes on or before this day.")] = None,
    form: Form = "json",
) -> Any:
    """When its parents, status or headquarters changed, and by which rows."""
    from topco.ownership.questions.timeline_rows import COLUMNS, rows_of_timeline

    found = application.entities.timeline(identifier, facts, first, last)
    return found if form == "json" else csv_download(_name("timeline", found), COLUMNS, rows_of_timeline(found))


@router.get("/entities/{identifier:path}/sensitivity", response_model=dict[str, Any], responses=AS_CSV)
def sensitivity(application: App, identifier: Id, facts: Facts, form: Form = "json") -> Any:
    """Whether another threshold, test or share would change the answer."""
    from topco.ownership.questions.sensitivity_rows import COLUMNS, rows_of_sensitivity

    found = application.entities.sensitivity(identifier, facts)
    return found if form == "json" else csv_download(_name("sensitivity", found), COLUMNS, rows_of_sensitivity(found))


@router.get("/entities/{identifier:path}/chart")
def chart(
    application: App,
    identifier: Id,
    facts: Facts,
    up: Levels = 2,
    down: Levels = 1,
    expand: Annotated[
        list[str], Query(max_length=500, description="up:ID, down:ID, or members:ID of a ring; again for more.")
    ] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=500)] = 120,
) -> dict[str, Any]:
    """Who stands around it, as nodes and edges; a ring is one node until it is opened."""
    return application.entities.chart(identifier, facts, up=up, down=down, expand=expand, limit=limit)


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


def _name(question: str, document: dict[str, Any]) -> str:
    return f"{question}-{document['entity']['id']}"
