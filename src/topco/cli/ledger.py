"""`topco ledger`: what is reserved and spent of allocations and caps, append-only and verifiable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli import output as answers
from topco.cli.options import DATE, as_of_option, author_option, format_option, output_option, store_option
from topco.errors import ANSWERED, FINDINGS, BadInput
from topco.store.today import today

if TYPE_CHECKING:
    from topco.ledger.entries import Entry
    from topco.ledger.requests import Booked, Change

BALANCE_COLUMNS = (
    "account",
    "kind",
    "holder",
    "country",
    "period",
    "as_of",
    "limit_tpp",
    "reserved_tpp",
    "committed_tpp",
    "later_tpp",
    "remaining_tpp",
    "cite",
)
ENTRY_COLUMNS = (
    "number",
    "operation",
    "about",
    "account",
    "tpp",
    "day",
    "counts_from",
    "expires",
    "determination",
    "party",
    "group",
    "group_basis",
    "hq",
    "author",
    "moment",
    "key",
    "reason",
    "evidence",
    "hash",
)
_SHOWN_BALANCE = ("account", "limit_tpp", "reserved_tpp", "committed_tpp", "later_tpp", "remaining_tpp", "cite")
_SHOWN_ENTRY = ("number", "operation", "about", "account", "tpp", "day", "determination", "party", "group", "author")
_KIND = click.Choice(["country", "lpp", "nveu", "uveu"])

Command = Callable[..., Any]


@click.group("ledger")
def command() -> None:
    """What is reserved and spent of country allocations, LPP years and installed bases.

    The book sees one exporter's part of limits that count all exporters: that something remains in it permits nothing.
    """


def _written(command: Command) -> Command:
    for decorate in (store_option, output_option, format_option(), author_option, as_of_option):
        command = decorate(command)
    return click.option("--key", default=None, help="Your name for this request: repeated, it enters nothing twice.")(
        command
    )


def _about(command: Command) -> Command:
    command = click.option("--determination", default=None, help="[default: the one of the entry it is about]")(command)
    command = click.option("--reason", default=None, help="Why, in words: it stands in the book.")(command)
    return click.argument("entry", type=int)(command)


@command.command("reserve")
@click.argument("kind", type=_KIND)
@click.option("--tpp", required=True, help="How much, in TPP.")
@click.option("--determination", required=True, help="The determination that this rests on.")
@click.option("--country", default=None, help="Destination, ISO code (not for lpp).")
@click.option("--party", default=None, help="Consignee or company; its ultimate parent on the date is looked up.")
@click.option("--group", default=None, help="State the ultimate parent instead, where the store cannot know it.")
@click.option("--hq", default=None, help="State where the company is headquartered, ISO code (uveu).")
@click.option("--expires", type=DATE, default=None, help="From this day on the reservation may be given back.")
@click.option("--reason", default=None, help="Why, in words: it stands in the book.")
@_written
def reserve(
    kind: str,
    tpp: str,
    determination: str,
    country: str | None,
    party: str | None,
    group: str | None,
    hq: str | None,
    expires: date | None,
    reason: str | None,
    key: str | None,
    as_of: date | None,
    author: str,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Set a part of a limit aside: country, lpp, nveu, uveu. Exit code 2: less remains; 3: nobody knows whose it is."""
    from topco.ledger.accounts import Kind, units_of
    from topco.ledger.book import Book
    from topco.ledger.requests import Order

    if group is not None and not (reason or "").strip():
        raise BadInput("A stated group needs a reason.", remedy="Say with --reason where you know it from.")
    order = Order(
        kind=Kind(kind),
        units=units_of(tpp),
        determination=determination,
        author=author,
        country=country,
        party=party,
        group=group,
        hq=hq,
        day=as_of,
        expires=expires,
        key=key,
        reason=reason,
    )
    with Book(store) as book:
        return _booked([book.reserve(order)], output_format, output)


@command.command("commit")
@click.option("--tpp", default=None, help="How much of it, in TPP. [default: all that is left]")
@_about
@_written
def commit(store: Path, output_format: str, output: Path | None, **asked: Any) -> int:
    """Turn reservation ENTRY, or a part of it, into what was shipped, licensed or installed."""
    from topco.ledger.book import Book

    with Book(store) as book:
        return _booked([book.commit(_change(**asked))], output_format, output)


@command.command("release")
@click.option("--tpp", default=None, help="How much of it, in TPP. [default: all that is left]")
@_about
@_written
def release(store: Path, output_format: str, output: Path | None, **asked: Any) -> int:
    """Give back reservation ENTRY, or a part of it."""
    from topco.ledger.book import Book

    with Book(store) as book:
        return _booked([book.release(_change(**asked))], output_format, output)


@command.command("correct")
@click.option("--tpp", required=True, help="What commitment ENTRY should have been, in TPP.")
@click.option("--beyond-limit", is_flag=True, help="Enter it even beyond the limit, because it has happened.")
@_about
@_written
def correct(store: Path, output_format: str, output: Path | None, beyond_limit: bool, **asked: Any) -> int:
    """Set commitment ENTRY right by a counter-entry. Exit code 1 if a limit is exceeded by what is now in the book."""
    from topco.ledger.book import Book

    with Book(store) as book:
        return _booked([book.correct(_change(**asked), beyond_limit=beyond_limit)], output_format, output)


@command.command("expire")
@author_option
@as_of_option
@format_option()
@output_option
@store_option
def expire(store: Path, author: str, as_of: date | None, output_format: str, output: Path | None) -> int:
    """Give back what is left of every reservation that has expired by the date."""
    from topco.ledger.book import Book

    with Book(store) as book:
        return _booked(book.expire(author, as_of), output_format, output)


@command.command("balance")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@as_of_option
@format_option()
@output_option
@store_option
def balance(accounts: tuple[str, ...], as_of: date | None, output_format: str, output: Path | None, store: Path) -> int:
    """What is reserved, committed and left, for all accounts or those that are named (`lpp/LEI:…/-/2026`)."""
    from topco.ledger import database
    from topco.ledger.balances import balances
    from topco.ledger.groups import StoreGroups
    from topco.ledger.limits import limits

    connection = database.open_for_reading(store)
    found = []
    if connection is not None:
        try:
            found = balances(connection, limits(), StoreGroups(store), as_of or today())
        finally:
            connection.close()
    _must_be_there(accounts, [one.account.name for one in found])
    rows = [one.document() for one in found if not accounts or one.account.name in accounts]
    answers.write_rows(output, output_format, BALANCE_COLUMNS, rows, _SHOWN_BALANCE)
    if not rows:
        answers.note("The ledger is empty.")
    return ANSWERED


@command.command("entries")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@as_of_option
@format_option()
@output_option
@store_option
def entries(accounts: tuple[str, ...], as_of: date | None, output_format: str, output: Path | None, store: Path) -> int:
    """Every entry, in the order in which they were written; with --as-of those of operations up to that day."""
    from topco.ledger import database

    connection = database.open_for_reading(store)
    found: list[Entry] = []
    if connection is not None:
        try:
            with database.reading(connection):
                found = list(database.entries(connection))
        finally:
            connection.close()
    _must_be_there(accounts, [one.postings[0].account.name for one in found if one.postings])
    rows = [
        row
        for row in (one.document() for one in found)
        if (not accounts or row["account"] in accounts) and (as_of is None or date.fromisoformat(row["day"]) <= as_of)
    ]
    answers.write_rows(output, output_format, ENTRY_COLUMNS, rows, _SHOWN_ENTRY)
    if not found:
        answers.note("The ledger is empty.")
    return ANSWERED


@command.command("verify")
@click.option("--head", "kept_head", default=None, help="A hash that `topco ledger head` gave earlier.")
@format_option()
@output_option
@store_option
def verify(kept_head: str | None, output_format: str, output: Path | None, store: Path) -> int:
    """Check the book from its first entry to its last. Exit code 1 if anything is not as it was written."""
    from topco.ledger import database
    from topco.ledger.verify import verify

    connection = database.open_for_reading(store)
    try:
        report = verify(connection, None if kept_head is None else kept_head.strip().lower())
    finally:
        if connection is not None:
            connection.close()
    rows = [{"entry": one.entry, "finding": one.what} for one in report.findings]
    document = {
        "entries": report.entries,
        "head": report.head,
        "entries_since_kept_head": report.since_kept_head,
        "findings": rows,
    }
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [document], lines=False)
        elif output_format == "csv":
            answers.write_csv(stream, ("entry", "finding"), rows)
        else:
            if rows:
                answers.write_table(stream, ("entry", "finding"), rows)
            word = f"{len(rows)} findings" if rows else "every hash holds"
            stream.write(f"{report.entries} entries, head {report.head}: {word}\n")
    if kept_head is None:
        answers.note("Only a head that was kept elsewhere (--head) shows that the tail was not cut off and rewritten.")
    return FINDINGS if rows else ANSWERED


@command.command("head")
@format_option()
@output_option
@store_option
def show_head(output_format: str, output: Path | None, store: Path) -> int:
    """The hash of the last entry: keep it elsewhere, and give it to `verify --head` later."""
    from topco.ledger import database
    from topco.store.chain import GENESIS

    connection = database.open_for_reading(store)
    number, value = 0, GENESIS
    if connection is not None:
        try:
            number, value = database.head(connection)
        finally:
            connection.close()
    document = {"entries": number, "head": value}
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [document], lines=False)
        elif output_format == "csv":
            answers.write_csv(stream, ("entries", "head"), [document])
        else:
            stream.write(f"{value}  {number} entries\n")
    return ANSWERED


def _change(
    entry: int,
    tpp: str | None,
    reason: str | None,
    determination: str | None,
    key: str | None,
    as_of: date | None,
    author: str,
) -> Change:
    from topco.ledger.accounts import units_of
    from topco.ledger.requests import Change

    return Change(
        about=entry,
        author=author,
        units=None if tpp is None else units_of(tpp),
        day=as_of,
        determination=determination,
        key=key,
        reason=reason,
    )


def _booked(booked: Sequence[Booked], output_format: str, output: Path | None) -> int:
    from topco.ledger.accounts import tpp_of

    rows = []
    for one in booked:
        left = None if one.remaining is None else tpp_of(one.remaining)
        rows.append({**one.entry.document(), "again": one.again, "remaining_tpp": left})
    columns = (*ENTRY_COLUMNS, "again", "remaining_tpp")
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, rows, lines=len(rows) != 1)
        elif output_format == "csv":
            answers.write_csv(stream, columns, rows)
        elif rows:
            shown = ("number", "operation", "account", "tpp", "group", "remaining_tpp", "hash")
            answers.write_table(stream, shown, rows)
    for one in booked:
        if one.again:
            answers.note(f"Entry {one.entry.number} was written before under this key; nothing was entered.")
        for note in one.notes:
            answers.note(f"Open: {note}.")
        for name in one.over:
            answers.note(f"Account {name} is now beyond its limit.")
    if not booked:
        answers.note("No reservation has expired; nothing was entered.")
    return FINDINGS if any(one.over for one in booked) else ANSWERED


def _must_be_there(asked: Sequence[str], there: Sequence[str]) -> None:
    if missing := sorted(set(asked) - set(there)):
        raise BadInput(f"Nothing was ever entered on {', '.join(missing)}.", remedy="`topco ledger balance` lists all.")
