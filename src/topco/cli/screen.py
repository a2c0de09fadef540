"""`topco screen`: many orders to one row each."""

from __future__ import annotations

import csv
import hashlib
import sys
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli import output as answers
from topco.cli.licensing_options import determiner, licensing_options, named_parties
from topco.cli.options import author_option, format_option, output_option
from topco.cli.progress import ProgressLine
from topco.errors import ANSWERED, BAD_INPUT, BadInput
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from topco.licensing.determine import Determiner
    from topco.licensing.orders.bulk import BulkScreening
    from topco.licensing.orders.files import OrderTable
    from topco.licensing.orders.rows import OrderRow, Refusal
    from topco.licensing.orders.screening import Screening
    from topco.licensing.orders.watch import Watch

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
    from topco.cli.screen_kept import cases_in_bulk, cases_one_by_one, keep, keeping
    from topco.licensing.orders.chosen import order_ids
    from topco.licensing.orders.files import read_table

    form = _form(context, output_format, output)
    kept = keeping(record, author, note, output, form, earlier)
    chosen = order_ids(proofs) if proofs is not None else None
    where = "standard input" if str(orders) == "-" else str(orders)
    content = _content(orders)
    table = read_table(content, where, orders.name)
    settings = {
        "as_of": as_of,
        "known_as_of": known_as_of,
        "rules_as_of": rules_as_of,
        "reading": reading,
        "open_top": open_top,
        "test": test,
    }
    if reserve:
        if earlier or proofs is not None:
            raise BadInput("--reserve goes with neither --watch nor --proofs.", remedy="Screen again without it.")
        screening, rows = _reserved(table, where, store, settings, reserve, author, form, output)
        refusals: Sequence[Refusal] = screening.refusals
        counts: Mapping[str, int] = screening.counts
        engine, cases = screening.determiner, cases_one_by_one(rows, screening.determiner)
    else:
        bulk = bulk_of(table, where, store, settings)
        watch = _watch(earlier, table) if earlier else None
        rests_on = _rests_on(content, earlier, where, store, settings, form, bulk.determiner)
        refusals, counts = _written(bulk, watch, form, output, rests_on)
        engine, cases = bulk.determiner, cases_in_bulk(bulk)
        if chosen is not None:
            path = proofs_file or _beside(orders, output).with_suffix(".proofs.jsonl")
            _write_proofs(bulk, chosen, path, store, settings, where)
    if kept and output:
        keep(kept, store, (where, content), output, settings, counts, cases, engine)
    if refusals:
        path = rejects or _beside(orders, output).with_suffix(".rejects.csv")
        write_rejects(path, refusals)
        answers.note(f"Refused rows, with column, value and reason: {path}")
        return BAD_INPUT
    return ANSWERED


def _form(context: click.Context, output_format: str, output: Path | None) -> str:
    """The form of the output: as asked for, else as the name of the output says."""
    chosen = context.get_parameter_source("output_format") != click.core.ParameterSource.DEFAULT
    suffix = output.suffix.lower() if output else ""
    if not chosen and suffix in (".parquet", ".jsonl", ".ndjson"):
        output_format = "parquet" if suffix == ".parquet" else "json"
    if output_format == "parquet" and output is None:
        raise BadInput("Parquet is not written to standard output.", remedy="Name a file with --output.")
    return output_format


def _content(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from error


def _beside(orders: Path, output: Path | None) -> Path:
    return output or (Path("orders.csv") if str(orders) == "-" else Path(orders.name))


def _has_parties(table: OrderTable) -> Iterable[str | None]:
    """Whether some party is given by an identifier, as a determiner asks."""
    for name in ("consignee", "end_user", "consignee.entity", "end_user.entity"):
        if name in table.columns and (table.cells[name].str.strip_chars() != "").any():
            yield name


def bulk_of(table: OrderTable, where: str, store: Path, settings: Mapping[str, Any]) -> BulkScreening:
    """The screening of a table, ready to answer."""
    from topco.licensing.cases.store_recipients import StoreRecipients
    from topco.licensing.orders.answer_columns import COLUMNS, FLAG_COLUMN, MATCH_COLUMNS
    from topco.licensing.orders.bulk import BulkScreening, cases_by_name
    from topco.licensing.orders.rows import targets_of
    from topco.licensing.orders.screening import Screening

    targets = targets_of(table.columns, where, (*COLUMNS, *MATCH_COLUMNS, FLAG_COLUMN))
    engine = determiner(store, _has_parties(table), **settings, documents=False)
    named = named_parties(store, cases_by_name(table, targets), settings["known_as_of"])
    more = (*(MATCH_COLUMNS if named else ()), *((FLAG_COLUMN,) if engine.flags else ()))
    resolver = engine.resolver
    in_bulk = resolver.over_dates if isinstance(resolver, StoreRecipients) else None
    return BulkScreening(table, targets, Screening(engine, named), where, in_bulk, more=more)


def _watch(earlier: Path, table: OrderTable) -> Watch:
    from topco.licensing.orders.files import read_table
    from topco.licensing.orders.watch import Watch

    return Watch(read_table(_content(earlier), str(earlier), earlier.name), table.cells["order_id"], str(earlier))


def _rests_on(
    content: bytes,
    earlier: Path | None,
    where: str,
    store: Path,
    settings: Mapping[str, Any],
    form: str,
    engine: Determiner,
) -> dict[str, Any]:
    """Everything that an output depends on."""
    from topco import __version__, knowledge
    from topco.store.store import Store

    opened = Store.open(store, missing_ok=True)
    return {
        "version": __version__,
        "input": hashlib.sha256(content).hexdigest(),
        "name": where,
        "earlier": hashlib.sha256(_content(earlier)).hexdigest() if earlier else None,
        "settings": {name: str(value) for name, value in settings.items() if value is not None},
        "today": str(today()),
        "store": opened.digest_for(settings["known_as_of"]) if opened.loads() else None,
        "ledger": engine.ledger.used.head if engine.ledger else None,
        "rules": knowledge.digest(),
        "form": form,
        "chunk": CHUNK,
    }


def _written(
    bulk: BulkScreening, watch: Watch | None, form: str, output: Path | None, rests_on: Mapping[str, Any]
) -> tuple[list[Refusal], dict[str, int]]:
    """Answer and write chunk by chunk; with an output each chunk is a part that a later run need not make again."""
    from topco.licensing.orders.parts import Parts
    from topco.licensing.orders.rows import Refusal
    from topco.licensing.orders.writing import Writer

    rows = len(bulk.table.cells)
    with ProgressLine() as progress:

        def say(phase: str, done: int, total: int | None) -> None:
            progress(phase, done, total, "keys" if total else "")

        bulk.say = say
        parts = Parts.begun(output, form, rests_on) if output and form != "table" else None
        told: list[dict[str, Any]] = list(parts.done) if parts else []
        if told:
            answers.note(f"Going on after {sum(one['rows'] for one in told):,} rows of an earlier run")
        writer = Writer(form, bulk.output_columns, watch)
        starts = range(len(told) * CHUNK, max(rows, 1), CHUNK)
        with ExitStack() as open_files:
            stream = None if parts else open_files.enter_context(answers.destination(output))
            for start in starts:
                stop = min(start + CHUNK, rows)
                frame, about = _chunk(bulk, watch, start, stop, last=stop == rows)
                if parts:
                    parts.add(writer.shaped(frame), about)
                elif stream is not None:
                    writer.write(stream, frame, first=start == 0, last=stop == rows)
                told.append(about)
                progress("rows", stop, rows, "rows")
            if parts:
                parts.finish(writer.head())
    counts: dict[str, int] = {}
    for one in told:
        for name, count in one["counts"].items():
            counts[name] = counts.get(name, 0) + count
    summary(counts, rows, bulk.distinct_keys if starts else None)
    return [Refusal(*one) for about in told for one in about["refusals"]], counts


def _chunk(
    bulk: BulkScreening, watch: Watch | None, start: int, stop: int, *, last: bool
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Some rows of the output, and what is to be told of them."""
    import polars as pl

    before, refused = dict(bulk.counts), len(bulk.refusals)
    frame = bulk.rows(start, stop)
    if watch:
        frame = watch.changed(frame, start)
        frame = pl.concat([frame, watch.gone(frame.columns)]) if last else frame
        for change, count in frame.group_by("change").len().iter_rows():
            bulk.counts[f"rows {change}"] += count
    counts = {name: count - before.get(name, 0) for name, count in bulk.counts.items()}
    refusals = [[one.row, one.column, one.value, one.reason] for one in bulk.refusals[refused:]]
    return frame, {"rows": stop - start, "counts": counts, "refusals": refusals}


def _write_proofs(
    bulk: BulkScreening, chosen: frozenset[str], path: Path, store: Path, settings: Mapping[str, Any], where: str
) -> None:
    """Determinations of chosen orders, as `topco determine` gives them."""
    from topco.licensing.cases.case_files import CaseRead, well_formed
    from topco.licensing.orders.chosen import chosen_cases

    cases = [case for case, _ in chosen_cases(bulk, chosen)]
    engine = determiner(store, (party.entity for case in cases for party in case.parties), **settings)
    engine.resolve_parties(cases)
    found, _ = answers.answer_each(
        [CaseRead(f"{where}, order {case.id}", case) for case in cases],
        lambda one: engine.determine(list(well_formed([one])), one.where)[0],
    )
    with answers.destination(path) as stream:
        answers.write_json(stream, found, lines=True)
    answers.note(f"{len(found):,} determinations with proofs: {path}")


def _reserved(
    table: OrderTable,
    where: str,
    store: Path,
    settings: Mapping[str, Any],
    reserve: str,
    author: str,
    form: str,
    output: Path | None,
) -> tuple[Screening, Sequence[OrderRow]]:
    """Orders one after the other, each weighed after what those before it have reserved."""
    from topco.ledger.book import Book
    from topco.licensing.orders.answer_columns import COLUMNS, FLAG_COLUMN, MATCH_COLUMNS, RESERVATION_COLUMN
    from topco.licensing.orders.reserving import Reserver, ScreenedGroups, with_choices
    from topco.licensing.orders.rows import rows_of
    from topco.licensing.orders.screening import Screening

    if form == "parquet":
        raise BadInput("--reserve writes CSV, JSON or a table.", remedy="Choose one of them with --format.")
    rows = with_choices(rows_of(table, where, (*COLUMNS, *MATCH_COLUMNS, FLAG_COLUMN, RESERVATION_COLUMN)))
    cases = [row.case for row in rows if row.case is not None]
    named = named_parties(store, cases, settings["known_as_of"])
    engine = determiner(store, (party.entity for case in cases for party in case.parties), **settings, documents=False)
    screening = Screening(engine, named)
    flagged = (RESERVATION_COLUMN, *((FLAG_COLUMN,) if engine.flags else ()))
    columns = [*table.columns, *COLUMNS, *(MATCH_COLUMNS if named else ()), *flagged]
    with ExitStack() as open_files:
        if engine.ledger:
            groups = ScreenedGroups(store, settings["known_as_of"], engine.recipient)
            book = open_files.enter_context(Book(store, groups=groups))
            screening.reserver = Reserver(book, engine.ledger, author, reserve)
        stream = open_files.enter_context(answers.destination(output))
        rows = [*screening.prepared(rows)]
        found = screening.screen(rows, where)
        if form == "csv":
            answers.write_csv(stream, columns, found)
        elif form == "json":
            answers.write_json(stream, list(found), lines=True)
        else:
            answers.write_table(stream, ("order_id", "destination", "consignee", *COLUMNS[:6]), found)
    summary(screening.counts, len(rows), screening.distinct_keys)
    if screening.reserver:
        counts = ", ".join(f"{count:,} {name}" for name, count in sorted(screening.reserver.counts.items()))
        answers.note(f"Ledger: {counts or 'nothing to reserve'}; head {screening.reserver.head()}")
    return screening, rows


def summary(counts: Mapping[str, int], total: int, keys: int | None) -> None:
    """What came out, in a few lines on stderr."""
    told = f", {keys:,} distinct combinations of what the rules see" if keys is not None else ""
    answers.note(f"{total:,} order rows{told}")
    for name in sorted(counts):
        answers.note(f"  {counts[name]:>9,}  {name}")


def write_rejects(path: Path, refusals: Sequence[Refusal]) -> None:
    """The refused rows, in a file that appears only when it is complete."""
    with answers.destination(path) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["row", "column", "value", "reason"])
        writer.writerows([one.row, one.column, one.value, one.reason] for one in refusals)
