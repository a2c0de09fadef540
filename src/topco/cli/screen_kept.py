"""`topco screen --record`: a run and its rows in the records of the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.cli import output as answers
from topco.errors import BadInput

if TYPE_CHECKING:
    from topco.licensing.answers.determination import Frame
    from topco.licensing.cases.case import Case
    from topco.licensing.determine import Determiner
    from topco.licensing.orders.bulk import BulkScreening
    from topco.licensing.orders.rows import OrderRow

    Numbered = Iterator[tuple[int, Case | None, Frame]]

_ANSWER = ("determination_id", "licence_required", "review_policy", "exceptions")


@dataclass(frozen=True)
class Keeping:
    """What the user asked to be kept: by whom, and why."""

    author: str
    note: str | None


def keeping(
    record: bool, author: str, note: str | None, output: Path | None, form: str, earlier: Path | None
) -> Keeping | None:
    """What is to be kept of a run, or None.

    Raises:
        BadInput: the run writes nothing that could be kept.
    """
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


def keep(
    kept: Keeping,
    store: Path,
    orders: tuple[str, bytes],
    output: Path,
    settings: Mapping[str, Any],
    counts: Mapping[str, int],
    cases: Numbered,
    engine: Determiner,
) -> None:
    """Enter a finished run and its answered rows; where, goes to stderr.

    Args:
        orders: name and content of the file of orders.
        output: the finished output.
        cases: the rows in order.
    """
    from topco.records.screening import ScreeningRun, record_screening, screened_rows
    from topco.records.setting import Asked, FileRead, Setting

    run = ScreeningRun(
        Setting.of_store(store, Asked(**settings)),
        FileRead.of_bytes(*orders),
        [FileRead.of_path(output)],
        {name: str(value) for name, value in settings.items() if value is not None},
        counts,
        engine.load_ids,
    )
    rows = screened_rows(cases, _result(output))
    answers.note(record_screening(store, run, rows, author=kept.author, note=kept.note).words())


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
