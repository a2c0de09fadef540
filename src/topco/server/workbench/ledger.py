"""Pages of the ledger: balances, entries, whether every hash holds, and forms for what is booked."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from topco.application.ledger import Done
from topco.errors import TopcoError
from topco.ledger.accounts import Kind, units_of
from topco.ledger.requests import Change, Order
from topco.server.context import App, Set, Writer
from topco.server.workbench.addresses import with_query
from topco.server.workbench.asked import Day
from topco.server.workbench.fields import ON_PAGE, Field, First, Paging, Words, day_of, status_of, text_of
from topco.server.workbench.pages import page

router = APIRouter()

KINDS = tuple(str(kind) for kind in Kind)
LATEST = 10
Number = Annotated[int, Path(ge=0, le=10**15)]
Step = Literal["commit", "release", "correct"]


@router.get("/ledger")
def ledger(request: Request, application: App, settings: Set, as_of: Day = None) -> Response:
    """What is reserved, committed and left; the latest entries; a form to reserve."""
    return _ledger(request, application, settings.author, as_of, {"kind": KINDS[0]})


@router.get("/ledger/entries")
def entries(request: Request, application: App, account: Words = None, as_of: Day = None, first: First = 0) -> Response:
    """Entries, the latest first."""
    shown, total = application.ledger.page(account, as_of, first, ON_PAGE)
    query = (("account", account), ("as_of", as_of.isoformat() if as_of else None))
    paging = Paging("/ledger/entries", query, first, total)
    context: dict[str, Any] = {"account": account, "as_of": as_of, "query": list(query)}
    return page(request, "ledger-entries.html", entries=shown, paging=paging, **context)


@router.get("/ledger/entries/{number}")
def entry(request: Request, application: App, settings: Set, number: Number, again: bool = False) -> Response:
    """One entry, what was booked about it since, and forms for what may be booked now."""
    return _entry(request, application, settings.author, number, again=again)


@router.get("/ledger/verify")
def verify(request: Request, application: App, head: Words = None) -> Response:
    """The book checked from its first entry to its last."""
    return page(request, "ledger-verify.html", report=application.ledger.verify(head), kept_head=head)


@router.post("/ledger/reserve")
def reserve(
    request: Request,
    application: App,
    settings: Writer,
    kind: Field = "",
    tpp: Field = "",
    determination: Field = "",
    country: Field = "",
    party: Field = "",
    group: Field = "",
    hq: Field = "",
    as_of: Field = "",
    expires: Field = "",
    reason: Field = "",
    author: Field = "",
    key: Field = "",
) -> Response:
    """Set a part of a limit aside; the same form sent twice enters it once."""
    given = {
        "kind": kind if kind in KINDS else KINDS[0],
        "tpp": tpp,
        "determination": determination,
        "country": country,
        "party": party,
        "group": group,
        "hq": hq,
        "as_of": as_of,
        "expires": expires,
        "reason": reason,
        "key": key,
    }
    name = text_of(author) or settings.author
    try:
        order = Order(
            kind=Kind(given["kind"]),
            units=units_of(tpp.strip()),
            determination=determination.strip(),
            author=name,
            country=text_of(country),
            party=text_of(party),
            group=text_of(group),
            hq=text_of(hq),
            day=day_of(as_of),
            expires=day_of(expires),
            key=text_of(key),
            reason=text_of(reason),
        )
        done = application.ledger.reserve(order)
    except TopcoError as error:
        return _ledger(request, application, name, None, given, error)
    return _to(done)


@router.post("/ledger/expire")
def expire(request: Request, application: App, settings: Writer, as_of: Field = "", author: Field = "") -> Response:
    """Give back what is left of every reservation that has expired."""
    name = text_of(author) or settings.author
    try:
        done = application.ledger.expire(name, day_of(as_of))
    except TopcoError as error:
        return _ledger(request, application, name, None, {"kind": KINDS[0]}, error)
    return RedirectResponse(with_query("/ledger", (("expired", str(len(done))),)), 303)


@router.post("/ledger/entries/{number}/{step}")
def change(
    request: Request,
    application: App,
    settings: Writer,
    number: Number,
    step: Step,
    tpp: Field = "",
    as_of: Field = "",
    reason: Field = "",
    author: Field = "",
    key: Field = "",
    beyond_limit: Field = "",
) -> Response:
    """Commit or release a reservation, or set a commitment right."""
    name = text_of(author) or settings.author
    given = {"tpp": tpp, "as_of": as_of, "reason": reason, "key": key.removesuffix(f" {step}"), "step": step}
    try:
        amount = text_of(tpp)
        asked = Change(
            about=number,
            author=name,
            units=None if amount is None else units_of(amount),
            day=day_of(as_of),
            key=text_of(key),
            reason=text_of(reason),
        )
        if step == "correct":
            done = application.ledger.correct(asked, beyond_limit=beyond_limit == "yes")
        else:
            done = application.ledger.commit(asked) if step == "commit" else application.ledger.release(asked)
    except TopcoError as error:
        return _entry(request, application, name, number, given=given, error=error)
    return _to(done)


def _ledger(
    request: Request,
    application: App,
    author: str,
    as_of: Day,
    given: dict[str, Any],
    error: TopcoError | None = None,
) -> Response:
    entries, total = application.ledger.page(most=LATEST)
    return page(
        request,
        "ledger.html",
        status=200 if error is None else status_of(error),
        balances=application.ledger.balances(as_of=as_of),
        entries=entries,
        total=total,
        head=application.ledger.head(),
        as_of=as_of,
        kinds=KINDS,
        author_name=author,
        given=given,
        key=given.get("key") or _new_key(),
        refused=error,
        expired=request.query_params.get("expired", ""),
        used=_used,
    )


def _entry(
    request: Request,
    application: App,
    author: str,
    number: int,
    *,
    again: bool = False,
    given: dict[str, Any] | None = None,
    error: TopcoError | None = None,
) -> Response:
    found = application.ledger.entry(number)
    about = application.ledger.about(number)
    (balance,) = application.ledger.balances([found["account"]])
    return page(
        request,
        "ledger-entry.html",
        status=200 if error is None else status_of(error),
        entry=found,
        about=about,
        balance=balance,
        again=again,
        given=given or {},
        author_name=author,
        key=(given or {}).get("key") or _new_key(),
        refused=error,
    )


def _to(done: Done) -> Response:
    """To the entry, by an address that may be sent and loaded again."""
    address = f"/ledger/entries/{done.document['number']}"
    return RedirectResponse(with_query(address, (("again", "true" if done.document["again"] else None),)), 303)


def _new_key() -> str:
    """A name for a form, so that what is sent twice is entered once."""
    return f"form {secrets.token_hex(8)}"


def _used(balance: dict[str, Any]) -> str | None:
    """What of a limit is used, in TPP without its decimals, for a picture; None without a limit."""
    if balance["limit_tpp"] is None:
        return None
    used = sum(float(balance[name]) for name in ("reserved_tpp", "committed_tpp", "later_tpp"))
    return f"{used:.0f}"
