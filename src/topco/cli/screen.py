"""`topco screen`: many orders to one row each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli import output as answers
from topco.cli.determine import read_bytes
from topco.cli.licensing_options import licensing_options
from topco.cli.options import author_option, format_option, output_option
from topco.cli.progress import ProgressLine
from topco.errors import ANSWERED, BAD_INPUT, BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topco.application.screening.kept import Keeping
    from topco.application.screening.ready import Orders
    from topco.application.screening.reserved import Reserved
    from topco.application.screening.run import Ran, Run
    from topco.licensing.orders.rows import Refusal
    from topco.records.setting import Asked

CHUNK = 100_000
"""How many rows are answered and written at once."""


@click.command("screen")
@click.argument("orders", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="ORDERS|-")
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
@click.option(
    "--watch",
    "earlier",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=None,
    metavar="OLD",
    help="The result of an earlier run: only rows come out whose answer is another, new ones, and those that are gone.",
)
@click.option(
    "--proofs",
    default=None,
    metavar="IDS|@FILE",
    help="Whole determinations with proofs of these orders (a list with commas, or a file with one on each line).",
)
@click.option(
    "--proofs-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Where they go, as JSON lines. [default: beside --output, else ORDERS.proofs.jsonl]",
)
@click.option("--record", is_flag=True, help="Keep the run, and every answered row of it, in the records of the store.")
@click.option("--note", default=None, metavar="TEXT", help="Why, in words: it stands in the record.")
@author_option
@format_option("csv", "json", "table", "parquet", default="csv")
@output_option
@click.pass_context
def command(
    context: click.Context,
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
    earlier: Path | None,
    proofs: str | None,
    proofs_file: Path | None,
    record: bool,
    note: str | None,
    author: str,
    output_format: str,
    output: Path | None,
) -> int:
    """Many orders to one row each: the same rows and columns, then status, codes, reason and the parties' parents.

    ORDERS is CSV, JSON lines or Parquet, or - for standard input. Refused rows stand in the output and in the rejects
    file; all others are answered. A summary goes to stderr. With --output a run that was killed goes on where it was
    when the same command is given again. Where parties are given by names, and where the store has screening lists,
    columns at the end say what was met; with --reserve one says which entry of the ledger holds what the order relies
    on. What --record keeps, `topco records` shows and `topco recheck` determines again.
    """
    from topco.application.screening.kept import cases_in_bulk, cases_one_by_one, keep
    from topco.application.screening.run import write_rejects
    from topco.licensing.orders.chosen import order_ids
    from topco.records.setting import Asked

    form = _form(context, output_format, output)
    kept = _keeping(record, author, note, output, form, earlier)
    chosen = order_ids(proofs) if proofs is not None else None
    given = _orders(orders)
    asked = Asked(as_of, known_as_of, rules_as_of, reading, open_top, test)
    if reserve:
        if earlier or proofs is not None:
            raise BadInput("--reserve goes with neither --watch nor --proofs.", remedy="Screen again without it.")
        reserved = _reserved(given, store, asked, reserve, author, form, output)
        refusals: Sequence[Refusal] = reserved.screening.refusals
        counts: Mapping[str, int] = reserved.screening.counts
        engine = reserved.screening.determiner
        cases = cases_one_by_one(reserved.rows, engine)
    else:
        run, ran = _screened(given, store, asked, form, output, earlier)
        refusals, counts = ran.refusals, ran.counts
        engine, cases = run.bulk.determiner, cases_in_bulk(run.bulk)
        if chosen is not None:
            _write_proofs(run, chosen, proofs_file or _beside(orders, output).with_suffix(".proofs.jsonl"))
    if kept and output:
        answers.note(keep(kept, store, given, output, asked, counts, cases, engine).words())
    if refusals:
        path = rejects or _beside(orders, output).with_suffix(".rejects.csv")
        with answers.destination(path) as stream:
            write_rejects(stream, refusals)
        answers.note(f"Refused rows, with column, value and reason: {path}")
        return BAD_INPUT
    return ANSWERED


def _form(context: click.Context, output_format: str, output: Path | None) -> str:
    """The form of the output: as asked for, else as the name of the output says."""
    from topco.application.screening.run import FORMS

    chosen = context.get_parameter_source("output_format") != click.core.ParameterSource.DEFAULT
    if not chosen and output:
        output_format = FORMS.get(output.suffix.lower(), output_format)
    if output_format == "parquet" and output is None:
        raise BadInput("Parquet is not written to standard output.", remedy="Name a file with --output.")
    return output_format


def _beside(orders: Path, output: Path | None) -> Path:
    return output or (Path("orders.csv") if str(orders) == "-" else Path(orders.name))


def _orders(path: Path) -> Orders:
    from topco.application.screening.ready import Orders

    return Orders(read_bytes(path), "standard input" if str(path) == "-" else str(path), path.name)


def _keeping(
    record: bool, author: str, note: str | None, output: Path | None, form: str, earlier: Path | None
) -> Keeping | None:
    """What is to be kept of a run, or None.

    Raises:
        BadInput: the run writes nothing that could be kept.
    """
    from topco.application.screening.kept import Keeping

    if not record:
        if note is not None:
            raise BadInput("A note stands in a record.", remedy="Add --record, or leave --note out.")
        return None
    if output is None or form == "table":
        raise BadInput(
            "A run is kept with the hash of its output.", remedy="Name a file with --output, as CSV, JSON or Parquet."
        )
    if earlier:
        raise BadInput("--watch writes what changed, not a run.", remedy="Keep the run, and watch without --record.")
    return Keeping(author, note)


def _screened(
    orders: Orders, store: Path, asked: Asked, form: str, output: Path | None, earlier: Path | None
) -> tuple[Run, Ran]:
    """Answer and write chunk by chunk, with progress; a summary at the end."""
    from topco.application.screening.run import Run
    from topco.application.screening.steps import Steps

    run = Run(
        orders,
        store,
        asked,
        form,
        output,
        stream=lambda: answers.destination(output),
        earlier=_orders(earlier) if earlier else None,
        going_on=lambda rows: answers.note(f"Going on after {rows:,} rows of an earlier run"),
        chunk=CHUNK,
    )
    with ProgressLine() as progress:
        run.steps = Steps(progress)
        ran = run.write()
    summary(ran.counts, ran.rows, ran.keys)
    return run, ran


def _write_proofs(run: Run, chosen: frozenset[str], path: Path) -> None:
    """Determinations of chosen orders, as `topco determine` gives them."""
    from topco.licensing.cases.case_files import well_formed

    cases, engine = run.chosen(chosen)
    found, _ = answers.answer_each(cases, lambda one: engine.determine(list(well_formed([one])), one.where)[0])
    with answers.destination(path) as stream:
        answers.write_json(stream, found, lines=True)
    answers.note(f"{len(found):,} determinations with proofs: {path}")


def _reserved(
    orders: Orders, store: Path, asked: Asked, reserve: str, author: str, form: str, output: Path | None
) -> Reserved:
    """Orders one after the other, each weighed after what those before it have reserved."""
    from topco.application.screening.reserved import screen_and_reserve
    from topco.licensing.orders.answer_columns import COLUMNS

    if form == "parquet":
        raise BadInput("--reserve writes CSV, JSON or a table.", remedy="Choose one of them with --format.")

    def write(columns: Sequence[str], found: Iterator[Mapping[str, Any]]) -> None:
        with answers.destination(output) as stream:
            if form == "csv":
                answers.write_csv(stream, columns, found)
            elif form == "json":
                answers.write_json(stream, list(found), lines=True)
            else:
                answers.write_table(stream, ("order_id", "destination", "consignee", *COLUMNS[:6]), found)

    reserved = screen_and_reserve(orders, store, asked, reserve, author, write)
    summary(reserved.screening.counts, len(reserved.rows), reserved.screening.distinct_keys)
    if reserved.entered:
        answers.note(f"Ledger: {reserved.entered}")
    return reserved


def summary(counts: Mapping[str, int], total: int, keys: int | None) -> None:
    """What came out, in a few lines on stderr."""
    told = f", {keys:,} distinct combinations of what the rules see" if keys is not None else ""
    answers.note(f"{total:,} order rows{told}")
    for name in sorted(counts):
        answers.note(f"  {counts[name]:>9,}  {name}")
