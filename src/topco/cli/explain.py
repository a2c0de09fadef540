"""`topco explain`: the proof of a resolution, of a determination or of a balance, in every form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

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
from topco.errors import ANSWERED


@click.command("explain")
@click.argument("subject", metavar="ID|FILE|-|RECORD|ACCOUNT")
@click.option("--depth", type=click.IntRange(min=0), default=None, help="Show the proof down to this depth only.")
@click.option("--all", "every_way", is_flag=True, help="Show all derivations of a conclusion, not only the first.")
@store_option
@as_of_option
@known_as_of_option
@test_option
@open_top_option
@format_option("table", "json", "trig", "mermaid", "svg", "html")
@output_option
def command(
    subject: str,
    depth: int | None,
    every_way: bool,
    store: Path,
    as_of: date | None,
    known_as_of: date | None,
    test: str,
    open_top: str,
    output_format: str,
    output: Path | None,
) -> int:
    """The proof of an entity's resolution (by identifier), of an answer given as JSON (a file, or - for stdin) or kept
    as a record (rec:…, det:…), or of a balance of the ledger (by the name of its account).

    Every statement says what kind it is: asserted by a source row, inferred by a rule, added up, a parameter of the
    law, absent from what was searched, or assumed. As text it is a tree; json, trig (PROV-O), mermaid, svg and html
    hold the same statements. `topco verify` checks the json.
    """
    from topco.application.proofs import explained_all
    from topco.cli.answer_files import documents
    from topco.explain.proof import proof_in, read_proof

    found = documents(subject, store, as_of, known_as_of, test)
    for document in found:
        read_proof(proof_in(document), subject)
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [proof_in(document) for document in found], lines=len(found) > 1)
        else:
            form = "text" if output_format == "table" else output_format
            stream.write(explained_all(found, form, depth=depth, every_way=every_way, where=subject))
    return ANSWERED
