"""REST: the ledger of allocations and caps."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StrictInt

from topco.application.ledger import BALANCE_COLUMNS, ENTRY_COLUMNS, Done
from topco.ledger.accounts import Kind, units_of
from topco.ledger.requests import Change, Order
from topco.server.context import App, Writer
from topco.server.downloads import AS_CSV, csv_download
from topco.server.problem import WRITTEN

router = APIRouter(prefix="/ledger", tags=["ledger"])

LARGEST = 10**15
Accounts = Annotated[
    list[str],
    Query(
        alias="account", max_length=100, description="Only these accounts. Default: all.", examples=["lpp/LEI:…/-/2026"]
    ),
]
OnDay = Annotated[date | None, Query(description="As of this day. Default: today.")]
UpTo = Annotated[date | None, Query(description="Only entries of operations up to this day. Default: all.")]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="CSV has the same rows.")]
Tpp = Annotated[str, Field(max_length=30, examples=["1500000"])] | StrictInt
Text = Annotated[str, Field(max_length=500)]
Number = Annotated[StrictInt, Field(ge=1, le=LARGEST, description="the number of the entry that it is about")]


class Balance(BaseModel):
    """An account on a day; amounts are decimal text. `remaining_tpp` null: it has no limit of its own."""

    account: str
    kind: str
    holder: str | None
    country: str | None
    period: str | None
    as_of: str
    limit_tpp: str | None
    reserved_tpp: str
    committed_tpp: str
    later_tpp: Annotated[str, Field(description="reserved or committed for later days of the period")]
    remaining_tpp: str | None
    cite: str


class LedgerEntry(BaseModel):
    """One operation as it stands in the book; it never changes."""

    number: int
    operation: str
    about: int | None
    account: str
    tpp: str
    day: str
    counts_from: str
    expires: str | None
    determination: str
    party: str | None
    group: str | None
    group_basis: str | None
    hq: str | None
    author: str
    moment: str
    key: str | None
    reason: str | None
    evidence: str | None
    hash: str


class Booked(LedgerEntry):
    """An entry after an operation. `again`: it was written before under this key, and nothing was entered now."""

    again: bool
    remaining_tpp: str | None
    notes: Annotated[list[str], Field(description="what is open about the party, in sentences")]
    over: Annotated[list[str], Field(description="accounts that are beyond their limit now")]


class LedgerFinding(BaseModel):
    """Something that is not as it was written."""

    entry: int | None
    finding: str


class LedgerVerification(BaseModel):
    """The book checked from its first entry to its last; no findings: every hash holds."""

    entries: int
    head: str
    entries_since_kept_head: int | None
    findings: list[LedgerFinding]


class LedgerHead(BaseModel):
    """How many entries there are, and the hash of the last: keep it elsewhere."""

    entries: int
    head: str


class Signed(BaseModel):
    """What every request to write may say. A request repeated under its key enters nothing twice."""

    author: Annotated[Text | None, Field(description="who says so; default: the author of the server")] = None
    key: Annotated[Text | None, Field(description="your name for this request")] = None
    reason: Annotated[Text | None, Field(description="why, in words: it stands in the book")] = None
    as_of: Annotated[date | None, Field(description="the day of the operation; default: today")] = None


class Reservation(Signed):
    """A part of a limit to be set aside."""

    kind: Literal["country", "lpp", "nveu", "uveu"]
    tpp: Tpp
    determination: Annotated[Text, Field(description="the determination that this rests on")]
    country: Annotated[Text | None, Field(description="destination, ISO code; not for lpp")] = None
    party: Annotated[Text | None, Field(description="its ultimate parent on the day is looked up")] = None
    group: Annotated[Text | None, Field(description="the ultimate parent, stated: needs a reason")] = None
    hq: Annotated[Text | None, Field(description="stated headquarters, ISO code; for uveu")] = None
    expires: Annotated[date | None, Field(description="from this day on it may be given back")] = None


class Step(Signed):
    """A reservation, or a part of it, to be used or given back. `tpp` null: all that is left."""

    entry: Number
    tpp: Tpp | None = None
    determination: Text | None = None


class Correction(Signed):
    """A commitment to be set right: `tpp` is what it should have been; a reason is needed."""

    entry: Number
    tpp: Tpp
    determination: Text | None = None
    beyond_limit: Annotated[bool, Field(description="enter it beyond the limit, because it has happened")] = False


class Expiration(BaseModel):
    """By which day reservations have expired."""

    author: Text | None = None
    as_of: date | None = None


@router.get("/balances", response_model=list[Balance], responses=AS_CSV)
def balances(application: App, accounts: Accounts = [], as_of: OnDay = None, form: Form = "json") -> Any:  # noqa: B006
    """What is reserved, committed and left. The book sees one exporter's part of limits that count all exporters: that
    something remains in it permits nothing. 404: nothing was ever entered on one of the accounts."""
    found = application.ledger.balances(accounts, as_of)
    return csv_download("balances", BALANCE_COLUMNS, found) if form == "csv" else found


@router.get("/entries", response_model=list[LedgerEntry], responses=AS_CSV)
def entries(application: App, accounts: Accounts = [], as_of: UpTo = None, form: Form = "json") -> Any:  # noqa: B006
    """Every entry, in the order in which they were written."""
    found = application.ledger.entries(accounts, as_of)
    return csv_download("entries", ENTRY_COLUMNS, found) if form == "csv" else found


@router.get("/verify", response_model=LedgerVerification)
def verify(
    application: App,
    head: Annotated[str | None, Query(max_length=200, description="A hash that was the head once.")] = None,
) -> Any:
    """Check the book. Only a head that was kept elsewhere shows that its end was not cut off and rewritten."""
    return application.ledger.verify(head)


@router.get("/head", response_model=LedgerHead)
def head(application: App) -> Any:
    """The hash of the last entry."""
    return application.ledger.head()


@router.post("/reservations", status_code=201, response_model=Booked, responses=WRITTEN)
def reserve(application: App, settings: Writer, asked: Reservation, response: Response) -> Any:
    """Set a part of a limit aside. 200: it was written before under this key. 409: less remains. 422: the group, the
    headquarters or the limit is not known."""
    order = Order(
        kind=Kind(asked.kind),
        units=units_of(asked.tpp),
        determination=asked.determination,
        author=asked.author or settings.author,
        country=asked.country,
        party=asked.party,
        group=asked.group,
        hq=asked.hq,
        day=asked.as_of,
        expires=asked.expires,
        key=asked.key,
        reason=asked.reason,
    )
    return _written(application.ledger.reserve(order), response)


@router.post("/commitments", status_code=201, response_model=Booked, responses=WRITTEN)
def commit(application: App, settings: Writer, asked: Step, response: Response) -> Any:
    """Turn a reservation, or a part of it, into what was shipped, licensed or installed. 409: less of it is left."""
    return _written(application.ledger.commit(_change(asked, settings.author)), response)


@router.post("/releases", status_code=201, response_model=Booked, responses=WRITTEN)
def release(application: App, settings: Writer, asked: Step, response: Response) -> Any:
    """Give back a reservation, or a part of it. 409: less of it is left."""
    return _written(application.ledger.release(_change(asked, settings.author)), response)


@router.post("/corrections", status_code=201, response_model=Booked, responses=WRITTEN)
def correct(application: App, settings: Writer, asked: Correction, response: Response) -> Any:
    """Set a commitment right by a counter-entry; `over` names accounts that are beyond their limit now."""
    change = _change(asked, settings.author)
    return _written(application.ledger.correct(change, beyond_limit=asked.beyond_limit), response)


@router.post("/expirations", response_model=list[Booked], responses=WRITTEN)
def expire(application: App, settings: Writer, asked: Expiration) -> Any:
    """Give back what is left of every reservation that has expired; none: nothing was entered."""
    return [_document(one) for one in application.ledger.expire(asked.author or settings.author, asked.as_of)]


def _change(asked: Step | Correction, author: str) -> Change:
    return Change(
        about=asked.entry,
        author=asked.author or author,
        units=None if asked.tpp is None else units_of(asked.tpp),
        day=asked.as_of,
        determination=asked.determination,
        key=asked.key,
        reason=asked.reason,
    )


def _written(done: Done, response: Response) -> dict[str, Any]:
    if done.document["again"]:
        response.status_code = 200
    return _document(done)


def _document(done: Done) -> dict[str, Any]:
    return {**done.document, "notes": list(done.notes), "over": list(done.over)}
