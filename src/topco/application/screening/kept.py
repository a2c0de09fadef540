"""A finished run and its answered rows, kept in the records of the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from topco.application.asked import named

if TYPE_CHECKING:
    from topco.application.screening.ready import Orders
    from topco.licensing.answers.determination import Frame
    from topco.licensing.cases.case import Case
    from topco.licensing.determine import Determiner
    from topco.licensing.orders.bulk import BulkScreening
    from topco.licensing.orders.rows import OrderRow
    from topco.records.book import Batch
    from topco.records.setting import Asked

    Numbered = Iterator[tuple[int, Case | None, Frame]]

_ANSWER = ("determination_id", "licence_required", "review_policy", "exceptions")


@dataclass(frozen=True)
class Keeping:
    """What the user asked to be kept: by whom, and why."""

    author: str
    note: str | None


def keep(
    kept: Keeping,
    store: Path,
    orders: Orders,
    output: Path,
    asked: Asked,
    counts: Mapping[str, int],
    cases: Numbered,
    engine: Determiner,
) -> Batch:
    """Enter a finished run and its answered rows.

    Args:
        output: the finished output.
        cases: the rows in order.

    Raises:
        BadInput: the author or the note is no line of text, or the records cannot be written.
        StoreBusy: another process keeps writing.
    """
    from topco.records.screening import ScreeningRun, record_screening, screened_rows
    from topco.records.setting import FileRead, Setting

    run = ScreeningRun(
        Setting.of_store(store, asked),
        FileRead.of_bytes(orders.where, orders.content),
        [FileRead.of_path(output)],
        {name: str(value) for name, value in named(asked).items() if value is not None},
        counts,
        engine.load_ids,
    )
    rows = screened_rows(cases, _result(output))
    return record_screening(store, run, rows, author=kept.author, note=kept.note)


def cases_in_bulk(bulk: BulkScreening) -> Numbered:
    """The rows of a screening by columns."""
    for place in range(len(bulk.table.cells)):
        (row,) = bulk.by_row.prepared([bulk.columns.row(place)])
        yield row.row, row.case, bulk.frames.frames[int(bulk.frames.of[place])]


def cases_one_by_one(rows: Iterable[OrderRow], engine: Determiner) -> Numbered:
    """The rows of a screening row by row."""
    from topco.licensing.cases.case import Case

    for row in rows:
        yield row.row, row.case, engine.frame(row.case or Case())


def _result(output: Path) -> Iterator[dict[str, str | None]]:
    """The answers in an output."""
    from topco.licensing.orders.files import read_table

    table = read_table(output.read_bytes(), str(output), output.name)
    yield from table.cells.select(_ANSWER).iter_rows(named=True)
