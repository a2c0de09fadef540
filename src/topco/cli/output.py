"""Writing answers: stdout (or a file) carries the answer alone, everything else goes to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO, TypeVar

import click

from topco.application.tables import cell as cell
from topco.application.tables import csv_text as csv_text
from topco.application.tables import write_csv as write_csv
from topco.errors import BadInput

Answer = TypeVar("Answer", bound=Mapping[str, Any])
Asked = TypeVar("Asked", bound="Read")
Given = TypeVar("Given")


@contextmanager
def destination(output: Path | None) -> Iterator[TextIO]:
    """The stream for the answer: stdout, or a file that appears only when it is complete."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    partial = output.with_name(output.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        partial.replace(output)
    except OSError as error:
        raise BadInput(f"The answer cannot be written: {error.strerror}.", where=str(output)) from error
    finally:
        partial.unlink(missing_ok=True)


def write_json(stream: TextIO, subjects: Sequence[Mapping[str, Any]], *, lines: bool) -> None:
    """One indented object for one subject, JSON lines in input order for several."""
    if lines:
        for subject in subjects:
            stream.write(json.dumps(subject, ensure_ascii=False) + "\n")
    else:
        stream.write(json.dumps(subjects[0], ensure_ascii=False, indent=2) + "\n")


def write_table(stream: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], title: str = "") -> None:
    """A table for people; wide enough for its content where stdout is not a terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(cell(row.get(column)) for column in columns))
    width = None if stream.isatty() else 200
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    console.print(table)


def write_rows(
    output: Path | None,
    output_format: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    shown: Sequence[str] = (),
) -> None:
    """Rows as JSON lines, as CSV, or as a table of the columns `shown` (of all by default) if there are any rows."""
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, rows, lines=True)
        elif output_format == "csv":
            write_csv(stream, columns, rows)
        elif rows:
            write_table(stream, shown or columns, rows)


def write_answers(
    output: Path | None,
    output_format: str,
    found: Sequence[Answer],
    columns: Sequence[str],
    row: Callable[[Answer], Mapping[str, Any]],
    card: Callable[[TextIO, Answer], None],
    *,
    lines: bool,
) -> None:
    """Answers as JSON (JSON lines where `lines`), as CSV, or as cards for people with a rule between them."""
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, found, lines=lines)
        elif output_format == "csv":
            write_csv(stream, columns, map(row, found))
        else:
            for position, answer in enumerate(found):
                if position:
                    stream.write("\n" + "─" * 100 + "\n\n")
                card(stream, answer)


class Read(Protocol):
    """One thing of a file that is asked about, and its place there."""

    @property
    def where(self) -> str:
        """The file and the place in it."""


def answer_each(read: Sequence[Asked], answer: Callable[[Asked], Given]) -> tuple[list[Given], int]:
    """The answers to what a file holds, in order, and how many are refused; why, goes to stderr with the place.

    Raises:
        BadInput: the only one is refused.
    """
    found, refused = [], 0
    for one in read:
        try:
            found.append(answer(one))
        except BadInput as error:
            if len(read) == 1:
                raise
            refused += 1
            note(f"topco: {error}" if one.where in str(error) else f"topco: {error} ({one.where})")
    return found, refused


def note(message: str) -> None:
    """A note, a warning or a summary for the user, on stderr."""
    click.echo(message, err=True)
