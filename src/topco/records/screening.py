"""A screening run that is kept: one record for the run, and, if wanted, a slim one for every answered row.

A slim record has the case, the dates, the codes and the identifier of the determination; its proof is made again from
the case when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from topco.licensing.answers.determination import Frame
from topco.licensing.cases.case import Case
from topco.licensing.weighing.outcome import Outcome
from topco.records.book import Batch, RecordBook
from topco.records.codes import codes_of_outcome
from topco.records.content import case_document, frame_document
from topco.records.record import Kept, Kind
from topco.records.setting import FileRead, Setting


@dataclass(frozen=True)
class ScreenedRow:
    """One answered row: its case in JSON, dates and policies, codes, and the identifier of its determination.

    `codes` has `licence_required`, `review_policy`, `exceptions` (statuses by code), and perhaps `item_class` and
    `veu_result`.
    """

    case: Mapping[str, Any]
    frame: Mapping[str, Any]
    codes: Mapping[str, Any]
    determination: str
    row: int | None = None


@dataclass(frozen=True)
class ScreeningRun:
    """What a run read and wrote, what it was asked, and how many rows came out how.

    `loads`: the ids of the loads that the answers' frame names (none, if no party of the store was asked for).
    """

    setting: Setting
    orders: FileRead
    outputs: Sequence[FileRead] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    loads: Sequence[str] = ()


def screened_row(case: Case, frame: Frame, outcome: Outcome, determination: str, row: int | None = None) -> ScreenedRow:
    """An answered row from what the rules say about it."""
    return ScreenedRow(case_document(case), frame_document(frame), codes_of_outcome(outcome), determination, row)


def screened_rows(
    cases: Iterable[tuple[int, Case | None, Frame]], result: Iterable[Mapping[str, str | None]]
) -> Iterator[ScreenedRow]:
    """The answered rows of a run, from its orders and the rows of its output, both in order.

    Args:
        cases: the number of each row, its case (None: it was refused), and its dates and policies.
        result: the columns of the answer.
    """
    for (number, case, frame), answer in zip(cases, result, strict=True):
        identifier = answer["determination_id"]
        if case is None or not identifier:
            continue
        statuses = dict(one.split("=", 1) for one in (answer["exceptions"] or "").split(";") if one)
        codes = {
            "licence_required": answer["licence_required"],
            "review_policy": answer["review_policy"],
            "exceptions": statuses,
        }
        yield ScreenedRow(case_document(case), frame_document(frame), codes, identifier, number)


def record_screening(
    store: Path, run: ScreeningRun, rows: Iterable[ScreenedRow] = (), *, author: str, note: str | None = None
) -> Batch:
    """Keep a run, and these of its rows, in one transaction.

    The output must be complete and closed before, so that its hash is that of the file.

    Raises:
        BadInput: the author or the note is no line of text, or the file cannot be used; nothing is kept.
        StoreBusy: another process keeps writing.
    """
    return RecordBook(store).append_many(kept_screening(run, rows, author=author, note=note))


def kept_screening(
    run: ScreeningRun, rows: Iterable[ScreenedRow] = (), *, author: str, note: str | None = None
) -> Iterable[Kept]:
    """The run, then its rows."""
    content = {
        **run.setting.document(),
        "inputs": {"file": run.orders.document()},
        "outputs": [one.document() for one in run.outputs],
        "arguments": {name: value for name, value in run.arguments.items() if value is not None},
        "counts": dict(run.counts),
        "frame_loads": [*run.loads],
    }
    yield Kept(Kind.SCREENING, content, author, None, note)
    for one in rows:
        slim = {"case": one.case, "frame": one.frame, "codes": one.codes, "row": one.row}
        yield Kept(Kind.ROW, slim, author, one.determination)
