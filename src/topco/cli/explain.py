"""`topco explain`: the proof of a resolution or of a determination."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli import output as answers
from topco.cli.options import (
    as_of_option,
    format_option,
    known_as_of_option,
    open_top_option,
    output_option,
    store_option,
    test_option,
)
from topco.errors import ANSWERED, BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command("explain")
@click.argument("subject", metavar="ID|FILE|-")
@click.option("--depth", type=click.IntRange(min=0), default=None, help="Show the proof down to this depth only.")
@store_option
@as_of_option
@known_as_of_option
@test_option
@open_top_option
@format_option("table", "json")
@output_option
def command(
    subject: str,
    depth: int | None,
    store: Path,
    as_of: date | None,
    known_as_of: date | None,
    test: str,
    open_top: str,
    output_format: str,
    output: Path | None,
) -> int:
    """The proof of an entity's resolution (by identifier), or of an answer given as JSON (a file, or - for stdin).

    Every line says what kind of statement it is: asserted by a source row, inferred by a rule, added up, a parameter of
    the law, absent from what was searched, or assumed.
    """
    from topco.explain.proof import read_proof
    from topco.explain.text import proof_lines

    documents = _documents(subject, store, as_of, known_as_of, test)
    proofs = [read_proof(document.get("proof"), subject) for document in documents]
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [document["proof"] for document in documents], lines=len(documents) > 1)
            return ANSWERED
        for position, (document, proof) in enumerate(zip(documents, proofs, strict=True)):
            if position:
                stream.write("\n")
            stream.writelines(f"{line}\n\n" for line in _heading(document))
            stream.writelines(f"{line}\n" for line in proof_lines(proof, depth))
    return ANSWERED


def _heading(document: Mapping[str, Any]) -> list[str]:
    """What the proof is of: the verdict of a determination, or an entity and the status of its resolution."""
    if isinstance(document.get("verdict"), str):
        return [document["verdict"]]
    entity = document.get("entity")
    if isinstance(entity, dict):
        return [f"{entity.get('id')} {entity.get('name') or ''}: {document.get('status')}"]
    return []


def _documents(
    subject: str, store: Path, as_of: date | None, known_as_of: date | None, test: str
) -> list[Mapping[str, Any]]:
    from topco.cli.determine import read_text
    from topco.licensing.cases.case_files import parse_json

    if subject == "-" or _is_file(subject):
        text = read_text(Path(subject))
        try:
            data = parse_json(text, subject, float)
        except BadInput:
            lines = [line for line in text.split("\n") if line.strip()]
            if len(lines) < 2:
                raise
            data = [parse_json(line, subject, float) for line in lines]
        documents = data if isinstance(data, list) else [data]
        if not documents or not all(isinstance(one, dict) and "proof" in one for one in documents):
            raise BadInput(
                "There is no answer with a proof in it.",
                where=subject,
                remedy="Give the JSON of `topco resolve` or `topco determine --format json`.",
            )
        return documents
    from topco.cli.licensing_options import today
    from topco.namespaces import normalise_id
    from topco.ownership.parent_tests import parent_test
    from topco.ownership.resolution import resolve
    from topco.store.store import Store

    asked = [normalise_id(subject)]
    (found,) = resolve(Store.open(store), asked, as_of or today(), known_as_of, parent_test(test))
    if found is None:
        raise BadInput(
            f"{subject} is neither a file nor an identifier in the store.", remedy="Find it with `topco search TEXT`."
        )
    return [found]


def _is_file(subject: str) -> bool:
    try:
        return Path(subject).is_file()
    except OSError:  # longer than a path may be
        return False
