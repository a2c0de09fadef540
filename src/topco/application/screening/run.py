"""A run: orders answered chunk by chunk, written as they come, counted, and what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from topco.application.screening.ready import bulk_of, determiner, rests_on, watch_of
from topco.application.screening.steps import Steps
from topco.records.setting import Asked

if TYPE_CHECKING:
    import polars as pl

    from topco.application.screening.ready import Orders
    from topco.licensing.cases.case import Case
    from topco.licensing.cases.case_files import CaseRead
    from topco.licensing.determine import Determiner
    from topco.licensing.orders.bulk import BulkScreening
    from topco.licensing.orders.rows import Refusal
    from topco.licensing.orders.watch import Watch

CHUNK = 100_000
"""How many rows are answered and written at once."""
TABLE = "table"
FORMS = {".parquet": "parquet", ".jsonl": "json", ".ndjson": "json"}
"""The form that the ending of an output asks for; any other: CSV."""


@dataclass(frozen=True)
class Ran:
    """What came of a run.

    Attributes:
        rows: how many orders were read.
        counts: rows by status, and answered ones by review policy.
        refusals: why rows were refused.
        keys: how many distinct combinations the rules saw; None where all parts are of an earlier run.
        resting: everything that the output depends on.
    """

    rows: int
    counts: Mapping[str, int]
    refusals: Sequence[Refusal]
    keys: int | None
    resting: Mapping[str, Any]


@dataclass
class Run:
    """Orders of one file, screened with one store.

    Attributes:
        orders: what is asked.
        store: the folder of the store.
        asked: dates, reading and parent test.
        form: `csv`, `json`, `parquet` or `table`.
        output: where the answers go; with parts beside it, behind which the same run goes on after a kill.
        stream: opens what the answers are written to where there is no output, or the form is a table.
        earlier: the result of an earlier run; only what changed comes out.
        steps: told of every phase and chunk.
        going_on: told how many rows an earlier run has left.
    """

    orders: Orders
    store: Path
    asked: Asked
    form: str
    output: Path | None = None
    stream: Callable[[], AbstractContextManager[TextIO]] | None = None
    earlier: Orders | None = None
    steps: Steps = field(default_factory=Steps)
    going_on: Callable[[int], None] = lambda _: None
    chunk: int = CHUNK
    bulk: BulkScreening = field(init=False)

    def __post_init__(self) -> None:
        self.steps.go_on()
        self.bulk = bulk_of(self.orders.table, self.orders.where, self.store, self.asked)

    def write(self) -> Ran:
        """Answer and write everything.

        Raises:
            BadInput: the orders or the earlier result cannot be used.
            Cancelled: the run was told to stop.
        """
        from topco.licensing.orders.parts import Parts
        from topco.licensing.orders.rows import Refusal
        from topco.licensing.orders.writing import Writer

        bulk, rows = self.bulk, len(self.bulk.table.cells)
        watch = watch_of(self.earlier, bulk.table) if self.earlier else None
        resting = rests_on(
            self.orders, self.earlier, self.store, self.asked, self.form, self.chunk, self.bulk.determiner
        )
        bulk.say = self._say
        parts = Parts.begun(self.output, self.form, resting) if self.output and self.form != TABLE else None
        told: list[dict[str, Any]] = list(parts.done) if parts else []
        if told:
            self.going_on(sum(one["rows"] for one in told))
        writer = Writer(self.form, bulk.output_columns, watch)
        starts = range(len(told) * self.chunk, max(rows, 1), self.chunk)
        with ExitStack() as open_files:
            stream = open_files.enter_context(self.stream()) if parts is None and self.stream else None
            for start in starts:
                stop = min(start + self.chunk, rows)
                self.steps.go_on()
                frame, about = _chunk(bulk, watch, start, stop, last=stop == rows)
                if parts:
                    parts.add(writer.shaped(frame), about)
                elif stream is not None:
                    writer.write(stream, frame, first=start == 0, last=stop == rows)
                told.append(about)
                self.steps("rows", stop, rows, "rows")
            self.steps.go_on()
            if parts:
                parts.finish(writer.head())
        counts: dict[str, int] = {}
        for one in told:
            for name, count in one["counts"].items():
                counts[name] = counts.get(name, 0) + count
        refusals = [Refusal(*one) for about in told for one in about["refusals"]]
        return Ran(rows, counts, refusals, bulk.distinct_keys if starts else None, resting)

    def _say(self, phase: str, done: int, total: int | None) -> None:
        self.steps(phase, done, total, "keys" if total else "")

    def chosen(self, orders: frozenset[str]) -> tuple[list[CaseRead], Determiner]:
        """Chosen orders as cases, and what determines them with proofs."""
        from topco.licensing.cases.case_files import CaseRead
        from topco.licensing.orders.chosen import chosen_cases

        cases = [case for case, _ in chosen_cases(self.bulk, orders)]
        engine = determiner(self.store, _entities(cases), self.asked, documents=True)
        engine.resolve_parties(cases)
        return [CaseRead(f"{self.orders.where}, order {case.id}", case) for case in cases], engine


def _entities(cases: Sequence[Case]) -> Iterator[str | None]:
    return (party.entity for case in cases for party in case.parties)


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


def write_rejects(stream: TextIO, refusals: Sequence[Refusal]) -> None:
    """The refused rows as CSV: row, column, value and reason."""
    import csv

    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["row", "column", "value", "reason"])
    writer.writerows([one.row, one.column, one.value, one.reason] for one in refusals)
