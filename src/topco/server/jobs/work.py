"""What the process of a job does, by its kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.application.application import Application
from topco.application.asked import named
from topco.choices import STRICT
from topco.errors import BadInput
from topco.records.setting import Asked
from topco.server.jobs import files
from topco.server.jobs.states import Kind

if TYPE_CHECKING:
    from topco.application.screening.kept import Numbered
    from topco.application.screening.ready import Orders
    from topco.application.screening.run import Run
    from topco.application.screening.steps import Steps

Request = Mapping[str, Any]
MOST_COLUMNS = 1_000
_DATES = ("as_of", "known_as_of", "rules_as_of")


def check(request: Request, steps: Steps) -> dict[str, Any]:
    """What a file says before anything is answered."""
    steps("reading orders", 0, None, "")
    content = _content(request)
    found = Application(Path(request["store"])).screenings.check(content, request["name"])
    _few_columns(len(found["columns"]), request)
    return {"check": found, "rows": found["rows"]}


def screening(request: Request, steps: Steps) -> dict[str, Any]:
    """Answers, refused rows, counts, the report."""
    from topco.application.screening import summary
    from topco.application.screening.run import write_rejects

    folder = Path(request["folder"])
    steps("reading orders", 0, None, "")
    run = _run(request, _content(request), steps)
    _few_columns(len(run.bulk.table.columns), request)
    if not len(run.bulk.table.cells):
        raise BadInput("There is no row below the header.", where=request["name"])
    ran = run.write()
    with (folder / files.REJECTS).open("w", encoding="utf-8", newline="") as stream:
        write_rejects(stream, ran.refusals)
    steps("counting", 0, None, "")
    result = summary.read(folder / files.RESULT, request["name"])
    (folder / files.SUMMARY).write_text(json.dumps(summary.summary(result)), encoding="utf-8")
    steps("writing the report", 0, None, "")
    (folder / files.REPORT).write_text(summary.report(result, _about(request)), encoding="utf-8")
    (folder / files.RESTING).write_text(json.dumps(ran.resting), encoding="utf-8")
    refused = ran.counts.get("refused", 0)
    return {"rows": ran.rows, "keys": ran.keys, "counts": dict(ran.counts), "refused": refused}


def keeping(request: Request, steps: Steps) -> dict[str, Any]:
    """A finished run and its answered rows, entered in the records; refused if its answers might be others by now."""
    from topco.application.screening.kept import Keeping, cases_in_bulk, keep
    from topco.application.screening.ready import rests_on

    folder = Path(request["folder"])
    steps("reading orders", 0, None, "")
    run = _run(request, _content(request), steps)
    orders, engine = run.orders, run.bulk.determiner
    resting = rests_on(orders, None, run.store, run.asked, run.form, run.chunk, engine)
    then = json.loads((folder / files.RESTING).read_text(encoding="utf-8"))
    if then != json.loads(json.dumps(resting)):
        changed = ", ".join(name for name in resting if then.get(name) != resting[name])
        raise BadInput(
            f"The run cannot be kept: {changed} changed since the orders were screened.", remedy="Screen them again."
        )
    counts = request["counts"]
    steps("keeping", 0, run.orders.table.cells.height, "rows")
    cases = _told(cases_in_bulk(run.bulk), run.orders, steps)
    author = Keeping(request["asked"]["author"], request["asked"]["note"])
    batch = keep(author, run.store, orders, folder / files.RESULT, run.asked, counts, cases, engine)
    kept = {"first": f"rec:{batch.first}", "last": f"rec:{batch.last}", "records": batch.count, "head": batch.head}
    return {"kept": kept, "rows": run.orders.table.cells.height}


def _told(cases: Numbered, orders: Orders, steps: Steps) -> Numbered:
    total = orders.table.cells.height
    for number, one in enumerate(cases):
        if number % 1_000 == 0:
            steps("keeping", number, total, "rows")
        yield one


def recheck(request: Request, steps: Steps) -> dict[str, Any]:
    """Kept cases determined again; those with another answer as JSON lines."""
    from topco.application.rechecks import Rechecked
    from topco.application.records import filters_of
    from topco.records.recheck import Dates

    asked = dict(request["asked"])
    days = {name: _day(asked.pop(name)) for name in _DATES}
    filters = filters_of(
        **{
            **asked,
            "since": _day(asked["since"]),
            "until": _day(asked["until"]),
            "outcomes": tuple(asked["outcomes"]),
        }
    )
    steps("rechecking", 0, None, "records")
    run = Rechecked(Path(request["store"]), filters, Dates(**days), steps)
    with (Path(request["folder"]) / files.FLIPS).open("w", encoding="utf-8") as stream:
        for flip in run.flips():
            stream.write(json.dumps(flip.document(), ensure_ascii=False) + "\n")
    return {"checked": run.checked, "flips": run.found}


WORK: dict[str, Callable[[Request, Steps], dict[str, Any]]] = {
    Kind.CHECK: check,
    Kind.SCREENING: screening,
    Kind.KEEPING: keeping,
    Kind.RECHECK: recheck,
}


def _content(request: Request) -> bytes:
    """The orders.

    Raises:
        BadInput: they say that they have more rows than a job may have; what is small as Parquet may be huge.
    """
    path, most = Path(request["folder"]) / files.ORDERS, int(request["rows"])
    with path.open("rb") as stream:
        rows = files.parquet_rows(path) if stream.read(4) == files.PARQUET_MAGIC else 0
    if rows > most:
        raise BadInput(
            f"The file has {rows:,} rows, and a job may have {most:,}.",
            where=request["name"],
            remedy="Split it, or use topco screen on the command line.",
        )
    return path.read_bytes()


def _few_columns(count: int, request: Request) -> None:
    if count > MOST_COLUMNS:
        raise BadInput(
            f"The file has {count:,} columns, and a job may have {MOST_COLUMNS:,}.",
            where=request["name"],
            remedy="Leave out what is only carried along.",
        )


def _run(request: Request, content: bytes, steps: Steps) -> Run:
    application = Application(Path(request["store"]))
    output = Path(request["folder"]) / files.RESULT
    return application.screenings.run(content, request["name"], output, asked_of(request["asked"]), steps)


def asked_of(document: Mapping[str, Any]) -> Asked:
    """Options from JSON."""
    as_of, known_as_of, rules_as_of = (_day(document.get(name)) for name in _DATES)
    reading, open_top, test = document.get("reading"), document.get("open_top") or STRICT, document.get("test")
    return Asked(as_of, known_as_of, rules_as_of, reading, open_top, test)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _about(request: Request) -> list[tuple[str, str]]:
    """The options of a run for the head of its report."""
    asked = named(asked_of(request["asked"]))
    return [(name.replace("_", " "), str(value)) for name, value in asked.items() if value is not None]
