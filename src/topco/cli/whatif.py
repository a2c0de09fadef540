"""`topco whatif`: a case as it would be with other facts, why an outcome is not there, and what would change it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli import output as answers
from topco.cli.determine import read_text
from topco.cli.licensing_options import licensing_options, named_parties
from topco.cli.options import format_option, output_option
from topco.errors import ANSWERED, UNDETERMINED
from topco.store.today import today

if TYPE_CHECKING:
    from topco.licensing.changes.reading import CaseData


@click.command("whatif")
@click.argument("case", metavar="CASE|-")
@click.option(
    "--set", "facts", multiple=True, metavar="PATH=VALUE", help="Suppose a fact of the case; null: not known."
)
@click.option(
    "--set-share", "shares", multiple=True, metavar="OWNER,OWNED=PERCENT", help="Suppose a share of the store."
)
@click.option("--set-hq", "seats", multiple=True, metavar="ID=CC", help="Suppose a company's headquarters.")
@click.option("--want", "wants", multiple=True, metavar="QUESTION=CODE", help="Explain why this is not the outcome.")
@click.option("--case", "identifier", default=None, metavar="ID", help="Which case of a file with several.")
@click.option("--full", is_flag=True, help="With JSON: the whole determinations, with their proofs.")
@licensing_options
@format_option()
@output_option
def command(
    case: str,
    facts: tuple[str, ...],
    shares: tuple[str, ...],
    seats: tuple[str, ...],
    wants: tuple[str, ...],
    identifier: str | None,
    full: bool,
    store: Path,
    output_format: str,
    output: Path | None,
    **asked: Any,
) -> int:
    """What the answer to a case hangs on.

    CASE is a file with a case, - for standard input, or the case itself as JSON. With --set, --set-share or --set-hq:
    the determination as it is beside what it would be with these facts. Without these, or with --want: what stands
    against an outcome, and the smallest changes of facts that give it, each determined like the case itself; without
    --want also what would make the answer worse. A case states its facts as they are: this explains the law and is no
    advice.
    """
    from topco.cli import whatif_pages
    from topco.licensing.changes.determiners import Determiners
    from topco.licensing.changes.question import Asked, answered
    from topco.licensing.determine import Options, is_undetermined

    given = _read(case, identifier, store, asked["known_as_of"])
    test = asked.pop("test")
    determiners = Determiners(store, Options(**asked), today(), test)
    found = answered(given, Asked(facts, wants, shares, seats), determiners)
    document = found.document
    if full:
        document = {**document, "determinations": {"before": found.before, "after": found.after}}
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [document], lines=False)
        elif output_format == "csv":
            answers.write_csv(stream, whatif_pages.COLUMNS, whatif_pages.rows(document))
        else:
            whatif_pages.write_page(stream, document)
    return UNDETERMINED if is_undetermined(found.after or found.before) else ANSWERED


def _read(case: str, identifier: str | None, store: Path, known_as_of: Any) -> CaseData:
    """The case, with the identifiers of parties whose names a person has matched."""
    from topco.licensing.changes.reading import read_case

    if case.lstrip().startswith(("{", "[")):
        given = read_case(case, "the case given", identifier)
    else:
        given = read_case(read_text(Path(case)), "standard input" if case == "-" else case, identifier)
    named = named_parties(store, [given.case], known_as_of)
    return given.identified(named.identified(given.case)) if named else given
