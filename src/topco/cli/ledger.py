"""`topco ledger`: what is reserved and spent of allocations and caps, append-only and verifiable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli import output as answers
from topco.cli.options import DATE, as_of_option, author_option, format_option, output_option, store_option
from topco.errors import ANSWERED, FINDINGS

if TYPE_CHECKING:
    from topco.application.ledger import Done
    from topco.ledger.requests import Change

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
    from topco.application.application import Application
    from topco.ledger.accounts import Kind, units_of
    from topco.ledger.requests import Order

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
    return _booked([Application(store).ledger.reserve(order)], output_format, output)


@command.command("commit")
@click.option("--tpp", default=None, help="How much of it, in TPP. [default: all that is left]")
@_about
@_written
def commit(store: Path, output_format: str, output: Path | None, **asked: Any) -> int:
    """Turn reservation ENTRY, or a part of it, into what was shipped, licensed or installed."""
    from topco.application.application import Application

    return _booked([Application(store).ledger.commit(_change(**asked))], output_format, output)


@command.command("release")
@click.option("--tpp", default=None, help="How much of it, in TPP. [default: all that is left]")
@_about
@_written
def release(store: Path, output_format: str, output: Path | None, **asked: Any) -> int:
    """Give back reservation ENTRY, or a part of it."""
    from topco.application.application import Application

    return _booked([Application(store).ledger.release(_change(**asked))], output_format, output)


@command.command("correct")
@click.option("--tpp", required=True, help="What commitment ENTRY should have been, in TPP.")
@click.option("--beyond-limit", is_flag=True, help="Enter it even beyond the limit, because it has happened.")
@_about
@_written
def correct(store: Path, output_format: str, output: Path | None, beyond_limit: bool, **asked: Any) -> int:
    """Set commitment ENTRY right by a counter-entry. Exit code 1 if a limit is exceeded by what is now in the book."""
    from topco.application.application import Application

    done = Application(store).ledger.correct(_change(**asked), beyond_limit=beyond_limit)
    return _booked([done], output_format, output)


@command.command("expire")
@author_option
@as_of_option
@format_option()
@output_option
@store_option
def expire(store: Path, author: str, as_of: date | None, output_format: str, output: Path | None) -> int:
    """Give back what is left of every reservation that has expired by the date."""
    from topco.application.application import Application

    return _booked(Application(store).ledger.expire(author, as_of), output_format, output)


@command.command("balance")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@as_of_option
@format_option()
@output_option
@store_option
def balance(accounts: tuple[str, ...], as_of: date | None, output_format: str, output: Path | None, store: Path) -> int:
    """What is reserved, committed and left, for all accounts or those that are named (`lpp/LEI:…/-/2026`)."""
    from topco.application.application import Application
    from topco.application.ledger import BALANCE_COLUMNS

    rows = Application(store).ledger.balances(accounts, as_of)
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
    from topco.application.application import Application
    from topco.application.ledger import ENTRY_COLUMNS

    ledger = Application(store).ledger
    rows = ledger.entries(accounts, as_of)
    answers.write_rows(output, output_format, ENTRY_COLUMNS, rows, _SHOWN_ENTRY)
    if not ledger.head()["entries"]:
        answers.note("The ledger is empty.")
    return ANSWERED


@command.command("verify")
@click.option("--head", "kept_head", default=None, help="A hash that `topco ledger head` gave earlier.")
@format_option()
@output_option
@store_option
def verify(kept_head: str | None, output_format: str, output: Path | None, store: Path) -> int:
    """Check the book from its first entry to its last. Exit code 1 if anything is not as it was written."""
    from topco.application.application import Application

    document = Application(store).ledger.verify(kept_head)
    rows = document["findings"]
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [document], lines=False)
        elif output_format == "csv":
            answers.write_csv(stream, ("entry", "finding"), rows)
        else:
            if rows:
                answers.write_table(stream, ("entry", "finding"), rows)
            word = f"{len(rows)} findings" if rows else "every hash holds"
            stream.write(f"{document['entries']} entries, head {document['head']}: {word}\n")
    if kept_head is None:
        answers.note("Only a head that was kept elsewhere (--head) shows that the tail was not cut off and rewritten.")
    return FINDINGS if rows else ANSWERED


@command.command("head")
@format_option()
@output_option
@store_option
def show_head(output_format: str, output: Path | None, store: Path) -> int:
    """The hash of the last entry: keep it elsewhere, and give it to `verify --head` later."""
    from topco.application.application import Application

    document = Application(store).ledger.head()
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [document], lines=False)
        elif output_format == "csv":
            answers.write_csv(stream, ("entries", "head"), [document])
        else:
            stream.write(f"{document['head']}  {document['entries']} entries\n")
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


def _booked(done: Sequence[Done], output_format: str, output: Path | None) -> int:
    from topco.application.ledger import BOOKED_COLUMNS

    rows = [one.document for one in done]
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, rows, lines=len(rows) != 1)
        elif output_format == "csv":
            answers.write_csv(stream, BOOKED_COLUMNS, rows)
        elif rows:
            shown = ("number", "operation", "account", "tpp", "group", "remaining_tpp", "hash")
            answers.write_table(stream, shown, rows)
    for one in done:
        if one.document["again"]:
            answers.note(f"Entry {one.document['number']} was written before under this key; nothing was entered.")
        for note in one.notes:
            answers.note(f"Open: {note}.")
        for name in one.over:
            answers.note(f"Account {name} is now beyond its limit.")
    if not done:
        answers.note("No reservation has expired; nothing was entered.")
    return FINDINGS if any(one.over for one in done) else ANSWERED
