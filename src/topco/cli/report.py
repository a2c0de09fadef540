"""`topco report`: answers, or a screening run, as one HTML page that prints and reads aloud."""

from __future__ import annotations

import json
from pathlib import Path

import click

from topco.cli import output as answers
from topco.cli.determine import read_text
from topco.cli.options import output_option, store_option
from topco.errors import ANSWERED, BadInput

RECORDS = ("rec:", "det:")
FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


@click.command("report")
@click.argument("answer", type=FILE, metavar="ANSWER.json|-|RECORD", required=False)
@click.option(
    "--screening",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    metavar="RESULT.csv|parquet|jsonl",
    help="Report a run of `topco screen` instead: counts, plots with their tables, the strictest orders, refused rows.",
)
@click.option(
    "--about",
    multiple=True,
    metavar="NAME=TEXT",
    help="With --screening: something about the run, shown at its head; may be given several times.",
)
@store_option
@output_option
def command(
    answer: Path | None, screening: Path | None, about: tuple[str, ...], store: Path, output: Path | None
) -> int:
    """Answers as a report: one HTML file without scripts, nothing fetched, about two A4 pages for a determination.

    ANSWER is the JSON of `topco determine --format json` or `topco resolve --format json`: one answer, a list, or one
    per line; or a record of the store (rec:…, det:…). Each answer starts on a page of its own. The same answers give
    the same bytes.
    """
    if (answer is None) == (screening is None):
        raise BadInput(
            "A report is of answers or of a screening run.",
            remedy="topco report ANSWER.json, or topco report --screening RESULT.csv",
        )
    if about and screening is None:
        raise BadInput("--about describes a screening run.", remedy="Give it together with --screening.")
    page = _of_answers(answer, store) if answer is not None else _of_screening(Path(str(screening)), about)
    with answers.destination(output) as stream:
        stream.write(page)
    return ANSWERED


def _of_answers(answer: Path, store: Path) -> str:
    from topco.reports.page import answers_page
    from topco.reports.reading import read_answers

    if str(answer).startswith(RECORDS) and not answer.is_file():
        from topco.records.documents import find_document

        kept = json.dumps(find_document(store, str(answer)), ensure_ascii=False)
        return answers_page(read_answers(kept, str(answer)))
    where = "standard input" if str(answer) == "-" else str(answer)
    return answers_page(read_answers(read_text(answer), where))


def _of_screening(result: Path, about: tuple[str, ...]) -> str:
    from topco.reports.page import screening_page
    from topco.reports.plots import can_draw
    from topco.reports.screening import read_screening

    named = [tuple(one.split("=", 1)) for one in about]
    if wrong := [one[0] for one in named if len(one) < 2]:
        raise BadInput(f"--about {wrong[0]} is not NAME=TEXT.")
    if not can_draw():
        answers.note("Plots are left out, their tables stand: install topco[report].")
    return screening_page(read_screening(result), [(one[0], one[-1]) for one in named])
