"""`topco screen`: many orders to one row each."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topco.cli import output as answers
from topco.cli.determine import read_text
from topco.cli.licensing_options import determiner, licensing_options, named_parties
from topco.cli.options import author_option, format_option, output_option
from topco.errors import ANSWERED, BAD_INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topco.licensing.orders.rows import Refusal
    from topco.licensing.orders.screening import Screening


@click.command("screen")
@click.argument("orders", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="ORDERS.csv|-")
@licensing_options
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Where refused rows go, with column, value and reason. [default: beside --output, else ORDERS.rejects.csv]",
)
@click.option(
    "--reserve",
    is_flag=False,
    flag_value="auto",
    default=None,
    type=click.Choice(["auto", "lpp", "country"]),
    help="Reserve in the ledger what orders rely on: the group's year under LPP, the allocation of the destination, or"
    " (auto, the value if none is given) LPP where it is available, else the allocation. A column `reserve` (lpp,"
    " country, auto, none) wins. Without this option nothing is written.",
)
@author_option
@format_option("csv", "json", "table", default="csv")
@output_option
def command(
    orders: Path,
    store: Path,
    as_of: date | None,
    known_as_of: date | None,
    rules_as_of: date | None,
    reading: str | None,
    open_top: str,
    test: str | None,
    rejects: Path | None,
    reserve: str | None,
    author: str,
    output_format: str,
    output: Path | None,
) -> int:
    """Many orders to one row each: the same rows and columns, then status, codes, reason and the parties' parents.

    Refused rows stand in the output and in the rejects file; all others are answered. A summary goes to stderr. Where
    parties are given by names, and where the store has screening lists, columns at the end say what was met; with
    --reserve one says which entry of the ledger holds what the order relies on. The same file again enters nothing
    twice.
    """
    from topco.ledger.book import Book
    from topco.licensing.orders.reserving import Reserver, ScreenedGroups, with_choices
    from topco.licensing.orders.rows import identified, read_orders
    from topco.licensing.orders.screening import COLUMNS, FLAG_COLUMN, MATCH_COLUMNS, RESERVATION_COLUMN, Screening

    where = "standard input" if str(orders) == "-" else str(orders)
    added = (*COLUMNS, *MATCH_COLUMNS, FLAG_COLUMN, *([RESERVATION_COLUMN] if reserve else []))
    columns, rows = read_orders(read_text(orders), where, added)
    rows = with_choices(rows) if reserve else rows
    named = named_parties(store, (row.case for row in rows if row.case is not None), known_as_of)
    rows = identified(rows, named.identified) if named else rows
    engine = determiner(
        store,
        (party.entity for row in rows if row.case is not None for party in row.case.parties),
        as_of=as_of,
        known_as_of=known_as_of,
        rules_as_of=rules_as_of,
        reading=reading,
        open_top=open_top,
        test=test,
        documents=False,
    )
    screening = Screening(engine, named)
    flagged = (*((RESERVATION_COLUMN,) if reserve else ()), *((FLAG_COLUMN,) if engine.flags else ()))
    all_columns = [*columns, *COLUMNS, *(MATCH_COLUMNS if named else ()), *flagged]
    with ExitStack() as open_files:
        if reserve and engine.ledger:
            book = open_files.enter_context(Book(store, groups=ScreenedGroups(store, known_as_of, engine.recipient)))
            screening.reserver = Reserver(book, engine.ledger, author, reserve)
        stream = open_files.enter_context(answers.destination(output))
        found = screening.screen(rows, where)
        if output_format == "csv":
            answers.write_csv(stream, all_columns, found)
        elif output_format == "json":
            answers.write_json(stream, list(found), lines=True)
        else:
            shown = ("order_id", "destination", "consignee", *COLUMNS[:6])
            answers.write_table(stream, shown, found)
    summary(screening, len(rows))
    if screening.refusals:
        beside = output or (Path("orders.csv") if str(orders) == "-" else Path(orders.name))
        path = rejects or beside.with_suffix(".rejects.csv")
        write_rejects(path, screening.refusals)
        answers.note(f"Refused rows, with column, value and reason: {path}")
        return BAD_INPUT
    return ANSWERED


def summary(screening: Screening, total: int) -> None:
    """What came out, in a few lines on stderr."""
    answers.note(f"{total:,} order rows, {screening.distinct_keys:,} distinct combinations of what the rules see")
    for name in sorted(screening.counts):
        answers.note(f"  {screening.counts[name]:>9,}  {name}")
    if screening.reserver:
        counts = ", ".join(f"{count:,} {name}" for name, count in sorted(screening.reserver.counts.items()))
        answers.note(f"Ledger: {counts or 'nothing to reserve'}; head {screening.reserver.head()}")


def write_rejects(path: Path, refusals: Sequence[Refusal]) -> None:
    """The refused rows, in a file that appears only when it is complete."""
    with answers.destination(path) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["row", "column", "value", "reason"])
        writer.writerows([one.row, one.column, one.value, one.reason] for one in refusals)
