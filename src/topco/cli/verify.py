"""`topco verify`: an answer's proof derived again from its leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from topco.cli import output as answers
from topco.cli.options import format_option, output_option
from topco.errors import ANSWERED, BAD_INPUT, FINDINGS, UNDETERMINED

if TYPE_CHECKING:
    from topco.verification.outcome import Verification

COLUMNS = ("id", "of", "failure", "where", "what", "statement")


@click.command("verify")
@click.argument("proof", metavar="PROOF.json|-")
@click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Hold every row against the store as well, and see that none is left out. [default: by their hashes alone]",
)
@format_option("table", "json", "csv")
@output_option
def command(proof: str, store: Path | None, output_format: str, output: Path | None) -> int:
    """Check the proof of a determination, a resolution or a balance (JSON with its proof, or the proof by itself).

    Nothing that it concludes is believed: the leaves are held against their hashes, the answer is derived again from
    them, and a step that does not follow is named. Exit code 1 if anything does not hold, 3 if a proof is too large to
    carry its rows and no store is given, 2 if an answer has no proof; the others are checked.
    """
    from topco.cli.answer_files import AnswerRead, read_answers
    from topco.store.store import Store
    from topco.verification.verify import verify

    opened = Store.open(store) if store is not None else None

    def checked(one: AnswerRead) -> Verification:
        return verify(one.document, one.where, opened)

    read = read_answers(proof)
    found, refused = answers.answer_each(read, checked)
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [one.as_json() for one in found], lines=len(read) > 1)
        elif output_format == "csv":
            answers.write_csv(stream, COLUMNS, [row for one in found for row in _rows(one)])
        else:
            for one in found:
                _write(stream, one)
    if refused:
        answers.note(f"{refused} of {len(read)} answers were refused; the others are checked.")
        return BAD_INPUT
    if not all(one.holds for one in found):
        return FINDINGS
    return ANSWERED if all(one.derived for one in found) else UNDETERMINED


def _rows(one: Verification) -> list[dict[str, Any]]:
    return [{"id": one.id, "of": one.of, **finding.as_json()} for finding in one.findings]


def _write(stream: TextIO, one: Verification) -> None:
    """One result for people."""
    document = one.as_json()
    from topco.explain.lettering import clean

    name = clean(f"{one.of} {one.id}") if one.id else f"proof of a {one.of}"
    checked = ", ".join(f"{count:,} {what}" for what, count in one.checked.items())
    state = "does NOT hold" if not one.holds else "holds" if one.derived else "was not derived again"
    stream.write(f"{name}: {state} ({checked})\n")
    for finding in document["findings"]:
        stream.write("  " + clean(f"{finding['failure']}: {finding['where']}: {finding['what']}") + "\n")
        if finding["statement"]:
            stream.write(f"    {clean(finding['statement'])}\n")
        if finding["given"] is not None or finding["derived"] is not None:
            told = f"given {_short(finding['given'])}; derived {_short(finding['derived'])}"
            stream.write(f"    {clean(told)}\n")
    if document["more_findings"]:
        stream.write(f"  and {document['more_findings']} more\n")
    for line in one.not_checked:
        stream.write(f"  Not checked: {line}\n")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 160 else f"{text[:160]}…"
