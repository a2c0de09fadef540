"""`topco judge`: a person decides whether two identifiers are one party."""

from __future__ import annotations

from pathlib import Path

import click

from topco.cli.options import author_option, format_option, output_option, store_option
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import ANSWERED, BadInput

COLUMNS = ("first", "second", "verdict", "author", "judged_at", "reason")


@click.command("judge")
@click.argument("first", metavar="A", required=False)
@click.argument("second", metavar="B", required=False)
@click.argument("verdict", metavar="same|different|unsure", required=False)
@click.option("--reason", default=None, help="Why, in words: it stands in the record.")
@click.option("--list", "listed", is_flag=True, help="List the judgements that were entered, the latest first.")
@author_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    first: str | None,
    second: str | None,
    verdict: str | None,
    reason: str | None,
    listed: bool,
    author: str,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Enter that two identifiers are the same party, different ones, or that it is open.

    Nothing is merged: the evidence stays as it was loaded, and a later judgement about the same pair goes before this
    one. A name of a customer list or an order is written NAME:COUNTRY/NAME, for example "NAME:DE/Beispiel GmbH".
    """
    from topco.identity.judgements import Judgement, judge, judged
    from topco.identity.parties import parties
    from topco.store.store import Store

    opened = Store.open(store)
    if listed:
        rows = [{column: row[column] for column in COLUMNS} for row in judged(opened)]
        with destination(output) as stream:
            if output_format == "json":
                write_json(stream, rows, lines=True)
            elif output_format == "csv":
                write_csv(stream, COLUMNS, rows)
            else:
                write_table(stream, COLUMNS, rows)
        return ANSWERED
    if first is None or second is None or verdict is None:
        raise BadInput(
            "A judgement needs two identifiers and a verdict.", remedy="topco judge A B same|different|unsure"
        )
    one, other = _identifier(first), _identifier(second)
    _must_be_known(opened, one, other)
    load = judge(opened, [Judgement(one, other, verdict, author, reason)])
    party = parties(opened).party_of([one, other])
    document = {
        "first": one,
        "second": other,
        "verdict": verdict,
        "author": author,
        "reason": reason,
        "load": load.id,
        "parties": sorted(set(party)),
    }
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, [document], lines=False)
        elif output_format == "csv":
            write_csv(stream, tuple(document), [document])
        else:
            together = "one party" if len(set(party)) == 1 else "two parties"
            stream.write(f"{one} and {other}: {verdict}, entered by {author}; now {together}: {', '.join(party)}\n")
    if (len(set(party)) == 1) != (verdict == "same"):
        note("Other links still decide: see which identifiers share a number with `topco query identity-links`.")
    return ANSWERED


def _identifier(text: str) -> str:
    """What was typed, as records and lists write it.

    Raises:
        BadInput: it is a name without the stroke that parts it from the country.
    """
    from topco.identity.policy import NAME_SCHEME
    from topco.matching.listed_names import name_id
    from topco.namespaces import normalise_id

    identifier = normalise_id(text)
    if not identifier.upper().startswith(NAME_SCHEME):
        return identifier
    country, stroke, name = identifier[len(NAME_SCHEME) :].partition("/")
    if not stroke or not name.strip():
        raise BadInput(f"{text} is no name with a country.", remedy="Write NAME:COUNTRY/NAME, or NAME:/NAME for any.")
    return name_id(name, country)


def _must_be_known(store: object, *identifiers: str) -> None:
    from topco.identity.known import unknown_identifiers
    from topco.store.store import Store

    assert isinstance(store, Store)
    if missing := unknown_identifiers(store, identifiers):
        raise BadInput(f"No loaded record names {', '.join(missing)}.", remedy="Look it up by name: topco search TEXT.")
