"""`topco determine`: cases to determinations."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from topco.cli import output as answers
from topco.cli.licensing_options import determiner, licensing_options, named_parties
from topco.cli.options import author_option, format_option, note_option, output_option
from topco.errors import ANSWERED, BAD_INPUT, UNDETERMINED, BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topco.licensing.cases.case_files import CaseRead
    from topco.licensing.cases.named_parties import NamedParties
    from topco.licensing.determine import Determiner
    from topco.records.setting import Asked, FileRead

    Answered = tuple[CaseRead, dict[str, Any]]

COLUMNS = ("case", "item_class", "eccn", "licence_required", "exceptions", "review_policy", "strictest_outcome")
COLUMNS_MORE = ("verdict", "id")


@click.command("determine")
@click.argument("cases", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="CASES|-")
@licensing_options
@click.option("--record", is_flag=True, help="Keep case, options, answer and proof in the records of the store.")
@note_option
@author_option
@format_option()
@output_option
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    default=None,
    metavar="FILE.html",
    help="Write the answers as a page that prints, too; `topco report` makes the same of an answer's JSON.",
)
def command(
    cases: Path,
    store: Path,
    as_of: date | None,
    known_as_of: date | None,
    rules_as_of: date | None,
    reading: str | None,
    open_top: str,
    test: str | None,
    record: bool,
    note: str | None,
    author: str,
    output_format: str,
    output: Path | None,
    report: Path | None,
) -> int:
    """Cases to determinations: does the order need a licence, which exception fits, how would one be reviewed?

    CASES is a file with one case, a list, or one case per line (JSON), or - for standard input. Nothing here is legal
    advice, and other regimes are not tested: every answer lists them. What --record keeps, `topco records` shows.
    """
    from topco.licensing.cases.case_files import read_cases, well_formed
    from topco.licensing.determine import is_undetermined

    if note is not None and not record:
        raise BadInput("A note stands in a record.", remedy="Add --record, or leave --note out.")
    where = "standard input" if str(cases) == "-" else str(cases)
    content = read_bytes(cases)
    given = read = read_cases(decoded(content, cases), where)
    if len(read) == 1 and isinstance(read[0].case, BadInput):
        raise read[0].case
    named = named_parties(store, well_formed(read), known_as_of)
    if named:
        read = [_identified(one, named) for one in read]
    engine = determiner(
        store,
        (party.entity for case in well_formed(read) for party in case.parties),
        as_of=as_of,
        known_as_of=known_as_of,
        rules_as_of=rules_as_of,
        reading=reading,
        open_top=open_top,
        test=test,
    )
    answered, refused = answer_all(engine, read)
    found = [answer for _, answer in answered]
    if record:
        from topco.records.setting import Asked, FileRead

        asked = Asked(as_of, known_as_of, rules_as_of, reading, open_top, test)
        keep(store, asked, engine, given, answered, FileRead.of_bytes(cases.name, content), author, note)
    columns = COLUMNS + COLUMNS_MORE
    answers.write_answers(output, output_format, found, columns, row, write_card, lines=len(read) > 1)
    if report and found:
        write_report(report, found)
    if refused:
        answers.note(f"{refused} of {len(read)} cases were refused; the others are answered.")
        return BAD_INPUT
    return UNDETERMINED if len(read) == 1 and is_undetermined(found[0]) else ANSWERED


def write_report(path: Path, found: list[dict[str, Any]]) -> None:
    """The answers as an HTML page."""
    from topco.reports.page import answers_page
    from topco.reports.reading import read_answers

    page = answers_page(read_answers(json.dumps(found, ensure_ascii=False), str(path)))
    with answers.destination(path) as stream:
        stream.write(page)


def _identified(one: CaseRead, named: NamedParties) -> CaseRead:
    """A case with the parties whose names a person has matched; what other names may be goes to stderr."""
    if isinstance(one.case, BadInput):
        return one
    for party in one.case.parties:
        if (said := named.of(party)) and said.id is None:
            answers.note(
                f"{one.where}: the name {party.name or party.entity} is {said.cell()}; "
                f'a person decides: topco judge "{said.asked}" ID same'
            )
    return replace(one, case=named.identified(one.case))


def answer_all(engine: Determiner, read: list[CaseRead]) -> tuple[list[Answered], int]:
    """The answers in order, each with its case, and how many cases are refused; why, goes to stderr.

    Raises:
        BadInput: the only case is refused.
    """
    from topco.licensing.cases.case_files import well_formed

    engine.resolve_parties(list(well_formed(read)))

    def answered(one: CaseRead) -> Answered:
        if isinstance(one.case, BadInput):
            raise one.case
        return one, engine.determine([one.case], one.where)[0]

    return answers.answer_each(read, answered)


def keep(
    store: Path,
    asked: Asked,
    engine: Determiner,
    given: list[CaseRead],
    answered: list[Answered],
    file: FileRead,
    author: str,
    note: str | None,
) -> None:
    """Keep these answers in the records of the store, all or none; where, goes to stderr."""
    from topco.licensing.cases.case import Case
    from topco.records.book import RecordBook
    from topco.records.content import kept_determinations
    from topco.records.setting import Setting

    as_read = {one.where: one.case for one in given}
    cases = [
        (first, one.case, one.where)
        for one, _ in answered
        if isinstance(first := as_read[one.where], Case) and isinstance(one.case, Case)
    ]
    told = [answer for _, answer in answered]
    setting = Setting.of_store(store, asked)
    kept = kept_determinations(told, cases, engine, setting, author=author, note=note, file=file)
    answers.note(RecordBook(store).append_many(kept).words())


def read_text(path: Path) -> str:
    """The text of a file, or of standard input for `-`.

    Raises:
        BadInput: the file is missing, cannot be read, or is not UTF-8.
    """
    return decoded(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Raises:
        BadInput: the file is missing or cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from error


def decoded(content: bytes, path: Path) -> str:
    """Bytes as text.

    Raises:
        BadInput: they are not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"The file is not UTF-8 (byte {error.start}).", where=str(path), remedy="Save it as UTF-8."
        ) from error


def row(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A determination as a CSV row."""
    exceptions = [f"{one['code']}={one['status']}" for one in answer["exceptions"]]
    return {**answer, "exceptions": exceptions}


def write_card(stream: TextIO, answer: Mapping[str, Any]) -> None:
    """One determination for people: the verdict first, then what it rests on, then the proof as a tree."""
    from topco.explain.proof import read_proof
    from topco.explain.text import proof_lines

    title = f"Case {answer['case']}: " if answer["case"] else ""
    stream.write(f"{title}{answer['verdict']}\n\n")
    stream.write(
        f"  Facts as of {answer['as_of']}, law as of {answer['rules_as_of']} as {answer['reading']}"
        f" (read up to {answer['verified_to'] or 'no date'}), open tops {answer['open_top']}\n"
    )
    for party in answer["parties"]:
        stream.write(
            f"  {party['role'].replace('_', ' ')}: {party['name']}"
            f"; located in {_codes(party['located_in'])}, headquarters {_codes(party['hq_in'])},"
            f" ultimate parent's headquarters {_codes(party['ultimate_parent_hq_in'])} ({party['status']})\n"
        )
    for fact in answer["settling_facts"]:
        values = ", ".join(f"{value}: {outcome}" for value, outcome in fact["values"].items())
        of_whom = f" of {fact['party']}" if fact["party"] else ""
        stream.write(f"  Would settle it: {fact['fact']}{of_whom} ({values})\n")
    for exception in answer["exceptions"]:
        if exception["quantity_tpp"] is not None:
            stream.write(f"  {exception['code']} covers {_grouped(exception['quantity_tpp'])} TPP of the order\n")
        for duty in exception["duties"]:
            stream.write(f"  Duty under {exception['code']}: {duty['text']} [{duty['cite']}]\n")
    for one in answer["checks"]:
        stream.write(f"  Check: {one['id']} {one['state']} [{one['cite']}]\n")
    for limit in answer["limits"]:
        words = limit["text"][:1].upper() + limit["text"][1:]
        held = f"{_grouped(limit['value'])} of {_grouped(limit['limit'])} {limit['unit']} ({limit['standing']})"
        stream.write(f"  {words}: {held} [{limit['cite']}]\n")
    for document in answer["documents"]:
        stream.write(f"  With an application: {document['text']} [{document['cite']}]\n")
    for flag in answer["red_flags"]:
        stream.write(f"  Red flag {flag['id']}: {flag['question']} [{flag['cite']}]\n")
    for assumption in answer["assumptions"]:
        stream.write(f"  Assumed: {assumption['fact']} = {assumption['value']} ({assumption['because']})\n")
    stream.write(f"  Not tested: {'; '.join(answer['not_tested'])}\n\n")
    for line in proof_lines(read_proof(answer["proof"], "determination")):
        stream.write(line + "\n")


def _codes(value: str | list[str] | None) -> str:
    return "unknown" if value is None else value if isinstance(value, str) else " and ".join(value)


def _grouped(figure: str) -> str:
    """A figure with its thousands apart; what is no plain number stays as it is."""
    whole, point, rest = figure.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdigit() else figure
