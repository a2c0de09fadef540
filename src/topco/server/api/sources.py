"""REST: what is loaded, what validation finds in it, and what persons add to it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from topco.application.evidence import JUDGEMENT_COLUMNS, PROPOSAL_COLUMNS, STATEMENT_COLUMNS, Stated
from topco.application.findings import COLUMNS as FINDING_COLUMNS
from topco.application.findings import Chosen
from topco.application.sources import COLUMNS
from topco.server.context import App, KnownAsOf, Writer
from topco.server.downloads import AS_CSV, csv_download
from topco.server.problem import WRITTEN

router = APIRouter(tags=["sources"])

Form = Annotated[Literal["json", "csv"], Query(alias="format", description="CSV has the same rows.")]
Line = Annotated[str, Field(max_length=500)]


class LoadRow(BaseModel):
    """One registry file kind of one vintage: how old, how many rows of each table, and whether it counts."""

    load: str
    publisher: str
    file_kind: str
    vintage: str
    age_days: int
    loaded_at: str
    entities: int
    names: int
    relationships: int
    absences: int
    holdings: int
    identifiers: int
    headquarters: int
    judgements: int
    listings: int
    warnings: int
    rejects: int
    licence: str
    state: Annotated[Literal["current", "superseded"], Field(description="superseded: a newer load took its place")]
    freshness: Annotated[Literal["fresh", "stale"], Field(description="a stale load counts all the same")]


class FileOfLoad(BaseModel):
    """A source file."""

    name: str
    sha256: str
    size: int
    records: int


class Warned(BaseModel):
    """A warning, and how often it occurred."""

    reason: str
    count: int


class Rejected(BaseModel):
    """A row that was not loaded, and why."""

    file: str | None
    row: str | None
    column: str | None
    value: str | None
    reason: str | None


class LoadCard(LoadRow):
    """A load with everything that the store keeps about it; of the rejects the first thousand."""

    superseded_by: str | None
    vintage_source: str
    digest: str
    stale_after_days: int
    files: list[FileOfLoad]
    counts: dict[str, dict[str, int]]
    warned: list[Warned]
    rejected: list[Rejected]


class FindingRow(BaseModel):
    """A result of a shape in words; `message` ends with how to mend it."""

    severity: str
    check: str
    message: str
    entity: str | None
    value: str | None
    load: str | None
    file: str | None
    row: int | None
    record: str | None
    shape: str


class ShapeFound(BaseModel):
    """A shape that found something, and how often."""

    severity: str
    shape: str
    check: str
    message: str
    count: int


class FindingsPage(BaseModel):
    """What was checked and found; `total` counts the findings that were asked for, `findings` holds some of them."""

    conforms: bool
    entities: int
    loads: int
    counts: dict[str, int]
    shapes: list[ShapeFound]
    total: int
    first: int
    findings: list[FindingRow]


class JudgementRow(BaseModel):
    """A judgement that was entered; the last one about a pair counts."""

    first: str
    second: str
    verdict: str
    author: str
    judged_at: str
    reason: str | None


class ProposalRow(BaseModel):
    """A pair of parties whose names are alike; it decides nothing until a person judges it."""

    score: int | None
    first: str
    second: str
    reason: str | None


class Judgement(BaseModel):
    """Whether two identifiers are one party."""

    first: Annotated[Line, Field(examples=["LEI:391200PKEUF3Y2NUMW25"])]
    second: Annotated[Line, Field(description="or a name of a list: NAME:COUNTRY/NAME")]
    verdict: Literal["same", "different", "unsure"]
    reason: Line | None = None
    author: Annotated[Line | None, Field(description="who says so; default: the author of the server")] = None


class JudgementEntered(BaseModel):
    """A judgement in the store, and the parties of the two now."""

    first: str
    second: str
    verdict: str
    author: str
    reason: str | None
    load: str
    parties: list[str]
    other_links_decide: Annotated[bool, Field(description="other links still decide against the verdict")]


class StatementRow(BaseModel):
    """A headquarters that somebody states."""

    id: str
    country: str
    city: str | None
    basis: str
    stated_by: str
    stated_on: str
    citation: str
    valid_from: str | None
    valid_to: str | None


class Statement(BaseModel):
    """A headquarters to be stated, with what says so and when."""

    id: Line
    country: Annotated[str, Field(max_length=10, description="ISO 3166-1 alpha-2")]
    source: Annotated[Line, Field(description="what says so, and where")]
    stated_on: Annotated[date, Field(description="the day on which the source says so")]
    basis: Annotated[Line, Field(description="filing, website, userStatement or otherSource")] = "userStatement"
    city: Line | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    author: Line | None = None


class StatementEntered(BaseModel):
    """What is stated about the entity now. `known`: whether some loaded record names it; until one does the statement
    says nothing about any other party."""

    known: bool
    statements: list[StatementRow]


@router.get("/sources", response_model=list[LoadRow], responses=AS_CSV)
def sources(application: App, known_as_of: KnownAsOf = None, form: Form = "json") -> Any:
    """The loads: publisher, vintage, age in days, counts, licence, whether they are current and how fresh."""
    found = application.sources.rows(known_as_of)
    return csv_download("sources", COLUMNS, found) if form == "csv" else found


@router.get("/sources/{load}", response_model=LoadCard)
def source(application: App, load: Annotated[str, Path(max_length=300)]) -> Any:
    """One load: files with their hashes, warnings, rejects with reasons, and what took its place."""
    return application.sources.load(load)


@router.get("/findings", response_model=FindingsPage, responses=AS_CSV)
def findings(
    application: App,
    severity: Annotated[Literal["violation", "warning", "info"] | None, Query(description="Only these.")] = None,
    shape: Annotated[str | None, Query(max_length=200, description="Only those of this shape.")] = None,
    entity: Annotated[str | None, Query(max_length=300, description="Only those about this entity.")] = None,
    first: Annotated[int, Query(ge=0, le=10**9, description="Pass over so many.")] = 0,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1_000,
    known_as_of: KnownAsOf = None,
    form: Form = "json",
) -> Any:
    """What the shapes find in the evidence in force, in words. The first question after a load takes some seconds."""
    found = application.findings.page(Chosen(severity, shape, entity), first, limit, known_as_of)
    return csv_download("findings", FINDING_COLUMNS, found["findings"]) if form == "csv" else found


@router.get("/judgements", response_model=list[JudgementRow], responses=AS_CSV)
def judgements(application: App, form: Form = "json") -> Any:
    """Everything that persons decided about two identifiers, the latest first."""
    found = application.evidence.judgements()
    return csv_download("judgements", JUDGEMENT_COLUMNS, found) if form == "csv" else found


@router.get("/proposals", response_model=list[ProposalRow], responses=AS_CSV)
def proposals(application: App, form: Form = "json") -> Any:
    """The pairs that `topco match --keep` proposes and nobody has judged, the best score first."""
    found = application.evidence.proposals()
    return csv_download("proposals", PROPOSAL_COLUMNS, found) if form == "csv" else found


@router.post("/judgements", status_code=201, response_model=JudgementEntered, responses=WRITTEN)
def judge(application: App, settings: Writer, asked: Judgement) -> Any:
    """Enter a judgement. Nothing is merged: a later one about the same pair goes before it. 400: no loaded record names
    one of the two."""
    author = asked.author or settings.author
    judged = application.evidence.judge(asked.first, asked.second, asked.verdict, author, asked.reason)
    return {**judged.document, "other_links_decide": judged.other_links_decide}


@router.get("/statements", response_model=list[StatementRow], responses=AS_CSV)
def statements(
    application: App,
    entity: Annotated[str | None, Query(max_length=300, description="Only those about this entity.")] = None,
    form: Form = "json",
) -> Any:
    """The headquarters that persons state, as far as they are in force."""
    found = application.evidence.statements(entity)
    return csv_download("statements", STATEMENT_COLUMNS, found) if form == "csv" else found


@router.post("/statements", status_code=201, response_model=StatementEntered, responses=WRITTEN)
def state(application: App, settings: Writer, asked: Statement) -> Any:
    """State a headquarters: evidence beside the registers'. Where sources differ they are alternatives. It takes the
    place of the same author's earlier one on the same basis."""
    given = Stated(
        asked.id,
        asked.country,
        asked.source,
        asked.stated_on,
        asked.author or settings.author,
        asked.basis,
        asked.city,
        asked.valid_from,
        asked.valid_to,
    )
    known = application.evidence.state(given)
    return {"known": known, "statements": application.evidence.statements(asked.id)}


@router.delete("/statements", response_model=list[StatementRow], responses=WRITTEN)
def withdraw(
    application: App,
    settings: Writer,
    entity: Annotated[str, Query(min_length=1, max_length=300)],
    author: Annotated[str | None, Query(max_length=500, description="Whose statements. Default: the server's.")] = None,
) -> Any:
    """Take back what an author states about an entity; answers as known on an earlier day keep it. What others state
    about it is the answer. 404: the author states nothing about it."""
    application.evidence.withdraw(entity, author or settings.author)
    return application.evidence.statements(entity)
