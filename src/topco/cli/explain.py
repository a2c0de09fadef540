"""`topco explain`: the proof of a resolution, of a determination or of a balance, in every form."""

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
    from collections.abc import Mapping, Sequence

    from topco.explain.proof import ProofNode

    Documents = Sequence[Mapping[str, Any]]
    Proofs = Sequence[Sequence[ProofNode]]


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
    from topco.cli.answer_files import documents
    from topco.explain.proof import proof_in, read_proof

    found = documents(subject, store, as_of, known_as_of, test)
    proofs = [read_proof(proof_in(document), subject) for document in found]
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [proof_in(document) for document in found], lines=len(found) > 1)
        else:
            stream.write(_written(output_format, subject, found, proofs, depth, every_way))
    return ANSWERED


def _written(form: str, subject: str, documents: Documents, proofs: Proofs, depth: int | None, every_way: bool) -> str:
    from topco.explain.text import proof_lines

    if form == "trig":
        return _trig(documents, proofs)
    if form == "html":
        from topco.reports.proof_page import proof_page

        return proof_page([(one, nodes, heading(one)) for one, nodes in zip(documents, proofs, strict=True)])
    if form in ("mermaid", "svg"):
        if len(documents) > 1:
            raise BadInput(f"There are {len(documents)} answers, and one {form} shows one.", where=subject)
        from topco.explain import drawing

        title = (heading(documents[0]) or [proofs[0][0].text])[0]
        return drawing.mermaid(proofs[0]) if form == "mermaid" else drawing.svg(proofs[0], title)
    parts = []
    for document, nodes in zip(documents, proofs, strict=True):
        head = "".join(f"{line}\n\n" for line in heading(document))
        parts.append(head + "".join(f"{line}\n" for line in proof_lines(nodes, depth, every_way=every_way)))
    return "\n".join(parts)


def _trig(documents: Documents, proofs: Proofs) -> str:
    from topco.explain.prov import quads, trig
    from topco.store.proofs import identifier_of, record_iris

    return trig(
        quad
        for document, nodes in zip(documents, proofs, strict=True)
        for quad in quads(identifier_of(document), nodes, record_iris(nodes))
    )


def heading(document: Mapping[str, Any]) -> list[str]:
    """What the proof is of: the verdict of a determination, an entity with its status, or an account."""
    from topco.explain.lettering import clean

    if isinstance(document.get("verdict"), str):
        return [clean(document["verdict"])]
    entity = document.get("entity")
    if isinstance(entity, dict):
        return [clean(f"{entity.get('id')} {entity.get('name') or ''}: {document.get('status')}")]
    if isinstance(document.get("account"), str):
        return [clean(f"{document['account']}: {document.get('remaining_tpp')} TPP left on {document.get('as_of')}")]
    return []
