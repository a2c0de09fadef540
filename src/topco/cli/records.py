"""`topco records`: what was determined and screened, kept append-only and verifiable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from topco.cli import output as answers
from topco.cli.options import format_option, output_option, store_option
from topco.cli.record_filters import filter_options
from topco.errors import ANSWERED, FINDINGS, BadInput

if TYPE_CHECKING:
    from topco.application.records import Keeping
    from topco.records.record import Record

_SHOWN = (
    *("record", "kind", "case", "determination", "moment"),
    *("licence_required", "review_policy", "keep_until", "author"),
)


@click.group("records")
def command() -> None:
    """Determinations and screening runs that were kept with --record: append-only, each chained to the one before.

    Nothing is ever deleted. The day until which a record is kept at least is shown with each.
    """


@command.command("list")
@filter_options
@store_option
@format_option()
@output_option
def list_records(store: Path, output_format: str, output: Path | None, **selected: Any) -> int:
    """What is kept, oldest first."""
    from topco.application.application import Application
    from topco.application.records import COLUMNS, filters_of

    rows = Application(store).records.rows(filters_of(**selected))
    answers.write_rows(output, output_format, COLUMNS, rows, _SHOWN)
    if not rows:
        answers.note("No record fits.")
    return ANSWERED


@command.command("show")
@click.argument("identifier", metavar="rec:N|det:…")
@store_option
@format_option("table", "json")
@output_option
def show(identifier: str, store: Path, output_format: str, output: Path | None) -> int:
    """One record: when, by whom and why, what went in, the answer with its proof. Of a determination: the last one."""
    from topco.application.application import Application

    records = Application(store).records
    found = records.find(identifier)
    record = found[-1]
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [record.document()], lines=False)
        else:
            stream.writelines(f"{line}\n" for line in _heading(record, records.keeping(record)))
            _write_answer(stream, record)
    if len(found) > 1:
        answers.note(f"The same determination is also kept as {', '.join(one.id for one in found[:-1])}.")
    return ANSWERED


@command.command("export")
@filter_options
@store_option
@output_option
def export(store: Path, output: Path | None, **selected: Any) -> int:
    """Records as JSON lines with the hashes of the chain: `topco records verify FILE` checks them anywhere."""
    from topco.application.application import Application
    from topco.application.records import filters_of

    with answers.destination(output) as stream:
        stream.writelines(f"{line}\n" for line in Application(store).records.export(filters_of(**selected)))
    return ANSWERED


@command.command("verify")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--head", "kept_head", default=None, help="A hash that was the head once: it must still be there.")
@store_option
@format_option()
@output_option
def verify(file: Path | None, kept_head: str | None, store: Path, output_format: str, output: Path | None) -> int:
    """Check the records of the store, or those of an exported FILE. Exit code 1 if anything is not as it was kept."""
    from topco.application.application import Application

    records = Application(store).records
    document = records.verify(kept_head) if file is None else records.verify_export(_lines(file), kept_head)
    rows = document["findings"]
    columns = ("record", "line", "what")
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [document], lines=False)
        elif output_format == "csv":
            answers.write_csv(stream, columns, rows)
        else:
            if rows:
                answers.write_table(stream, columns, rows)
            first = next((one["record"] for one in rows if one["record"]), None)
            broken = f"; the first broken record is {first}" if first else ""
            word = f"{len(rows)} findings{broken}" if rows else "every hash holds"
            stream.write(f"{document['records']} records, last hash {document['head']}: {word}\n")
    if not document["complete"]:
        answers.note("The export is a selection: between records that do not follow each other the chain is not seen.")
    if kept_head is None:
        answers.note("Only a head that was kept elsewhere (--head) shows that the tail was not cut off and rewritten.")
    return FINDINGS if rows else ANSWERED


def _lines(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            yield from stream
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(file)) from error


def _heading(record: Record, keeping: Keeping) -> Iterator[str]:
    from topco.records.record import PREFIX

    envelope = record.envelope
    about = f" of {envelope.determination}" if envelope.determination else ""
    yield f"{record.id}: {envelope.kind}{about}"
    yield f"  Kept {envelope.moment} by {envelope.author}" + (f": {envelope.note}" if envelope.note else "")
    if envelope.run is not None:
        yield f"  A row of the screening run {PREFIX}{envelope.run}"
    yield (
        f"  To be kept until {keeping.until} at least, longer after a later export, reexport, diversion "
        f"or other end of the transaction [{keeping.cite}]"
    )
    yield f"  Content {envelope.content_hash}"
    yield f"  Hash {record.hash}, after {envelope.previous}"
    if "loads" in record.content:
        yield from _setting(record.content)
    yield ""


def _setting(content: Any) -> Iterator[str]:
    asked = ", ".join(f"{name} {value}" for name, value in content["options"].items() if value is not None)
    yield f"  Program {content['program']}, rules {content['rules']['digest']}; asked: {asked}"
    for load in content["loads"]:
        yield f"  Load {load['load']} (vintage {load['vintage']}), hash {load['digest']}"
    if (file := content["inputs"].get("file")) is not None:
        yield f"  From {file['name']}, SHA-256 {file['sha256']}"
    for file in content.get("outputs", ()):
        yield f"  To {file['name']}, SHA-256 {file['sha256']}"


def _write_answer(stream: TextIO, record: Record) -> None:
    from topco.cli.determine import write_card
    from topco.records.codes import codes_of, exceptions_text
    from topco.records.record import Kind

    if record.kind is Kind.DETERMINATION:
        write_card(stream, record.content["answer"])
    elif record.kind is Kind.SCREENING:
        for name, count in sorted(record.content["counts"].items()):
            stream.write(f"  {count:>9,}  {name}\n")
    else:
        codes = codes_of(record.kind, record.content)
        for name, value in {**codes, "exceptions": exceptions_text(codes["exceptions"])}.items():
            stream.write(f"  {name.replace('_', ' ')}: {value or '–'}\n")
        stream.write(f"  Its proof is made again by: topco explain {record.id}\n")
