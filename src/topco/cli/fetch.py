"""`topco fetch`: bring companies and everybody above them from a register's public interface into the store."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli import load_summary as summary
from topco.cli.options import format_option, output_option, store_option
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import BadInput

if TYPE_CHECKING:
    from topco.live.client import Client
    from topco.live.upward import Fetched
    from topco.registries.interface import Registry
    from topco.registries.loading import Outcome
    from topco.store.store import Store

COLUMNS = ("id", "name", "step", "above", "retrieved_at")
REGISTERS = ("gleif", "companies-house")
KEY = "TOPCO_COMPANIES_HOUSE_KEY"


@click.command("fetch")
@click.argument("register", metavar="REGISTER")
@click.argument("identifiers", nargs=-1, required=True, metavar="ID...")
@click.option("--hops", type=click.IntRange(0, 1_000), default=30, show_default=True, help="Steps to go up at most.")
@click.option("--refresh", is_flag=True, help="Ask again for what is kept from an earlier fetch.")
@click.option(
    "--base-url", default=None, help="Address of the interface. [default: $TOPCO_<REGISTER>_URL, else the public one]"
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=None,
    help="Requests per minute at most. [default: what the interface likes]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds without an answer after which a request is repeated.",
)
@click.option("--defer-graph", is_flag=True, help="Leave the graph to the first command that needs it.")
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    register: str,
    identifiers: tuple[str, ...],
    hops: int,
    refresh: bool,
    base_url: str | None,
    rate: float | None,
    timeout: float,
    defer_graph: bool,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Bring companies, their parents and owners upward until the top from a public interface.

    REGISTER is gleif (IDs are LEIs) or companies-house (company numbers; the key in $TOPCO_COMPANIES_HOUSE_KEY).

    Answers are kept in the store as they come: a repeated command goes on where it stopped and asks for nothing twice.
    Exit code 1: warnings, 2: bad input, or no answer; nothing is loaded then.
    """
    from topco.application.loading import build_after
    from topco.cli.progress import ProgressLine
    from topco.live.answers import Kept
    from topco.live.client import Client
    from topco.live.interfaces import interfaces
    from topco.registries.loading import load
    from topco.store.store import Store

    if register not in REGISTERS:
        raise BadInput(f"There is no interface {register!r}.", remedy=f"There are {' and '.join(REGISTERS)}.")
    _check(register, identifiers)
    interface = interfaces()[register]
    address = base_url or os.environ.get(f"TOPCO_{register.upper().replace('-', '_')}_URL") or interface.address
    opened = Store.open(store, create=True)
    with ProgressLine() as progress:
        client = Client(
            address,
            Kept.of(opened.path, register),
            rate or interface.per_minute,
            key=_key(register),
            refresh=refresh,
            timeout=timeout,
            say=note,
        )
        with closing(client):
            fetched = _fetch(register, client, identifiers, hops)
        outcome = load(opened, _registry(register), fetched.files, None, progress)
        build_after(opened, outcome, progress, deferred=defer_graph)
    _notes(client, fetched, outcome)
    _write(opened, fetched, outcome, client, output_format, output)
    return summary.exit_code(outcome, noted=bool(fetched.notes))


def _check(register: str, identifiers: tuple[str, ...]) -> None:
    """Refuse a malformed identifier before anything is asked or written."""
    if register == "gleif":
        from topco.live.gleif import lei_of as read
    else:
        from topco.live.companies_house import number_of as read
    for identifier in identifiers:
        read(identifier)


def _key(register: str) -> str | None:
    if register != "companies-house":
        return None
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise BadInput(
            "Companies House answers only to a key, and none is set.",
            where=f"${KEY}",
            remedy="Get one at developer.company-information.service.gov.uk and put it into the variable.",
        )
    return key


def _fetch(register: str, client: Client, identifiers: tuple[str, ...], hops: int) -> Fetched:
    if register == "gleif":
        from topco.live.gleif import fetch
    else:
        from topco.live.companies_house import fetch
    return fetch(client, identifiers, hops)


def _registry(register: str) -> Registry:
    if register == "gleif":
        from topco.registries.gleif import Gleif

        return Gleif()
    from topco.live.companies_house_answers import CompaniesHouseAnswers

    return CompaniesHouseAnswers()


def _notes(client: Client, fetched: Fetched, outcome: Outcome) -> None:
    note(f"{client.asked} requests; {client.reused} answers were kept from before (--refresh asks again).")
    for sentence in fetched.notes:
        note(f"warning: {sentence}")
    for refusal in outcome.refused:
        note(f"refused: {refusal}")
    for load in outcome.unchanged:
        note(f"{load.id} holds these answers already; nothing changed.")
    summary.note_findings(outcome)


def _write(
    store: Store, fetched: Fetched, outcome: Outcome, client: Client, output_format: str, output: Path | None
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "id": company.id,
            "name": company.name,
            "step": company.step,
            "above": list(company.above),
            "retrieved_at": company.retrieved_at.isoformat(),
        }
        for company in fetched.companies
    ]
    with destination(output) as stream:
        if output_format == "csv":
            write_csv(stream, COLUMNS, rows)
        elif output_format == "table":
            write_table(stream, COLUMNS, rows)
        else:
            document = {
                "companies": rows,
                "requests": client.asked,
                "kept": client.reused,
                "loaded": [
                    {"load": loaded.load.id, "vintage": loaded.load.vintage.isoformat(), "tables": loaded.load.tables}
                    for loaded in outcome.loaded
                ],
                "unchanged": [load.id for load in outcome.unchanged],
                "files": [str(path.relative_to(store.path)) for path in fetched.files],
                "notes": fetched.notes,
            }
            write_json(stream, [document], lines=False)
