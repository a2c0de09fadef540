"""`topco chain`: every path of ownership and control from one party down to a company."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from topco.cli.options import format_option
from topco.cli.output import destination, write_csv, write_json
from topco.cli.ownership_options import day_and_test, question_options
from topco.errors import ANSWERED, FINDINGS, BadInput


@click.command("chain")
@click.argument("owner", metavar="A")
@click.argument("company", metavar="B")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How many paths are listed, the strongest first; all are counted.",
)
@question_options
@format_option("table", "json", "csv", "svg")
def command(
    owner: str,
    company: str,
    limit: int,
    test: str,
    as_of: date | None,
    known_as_of: date | None,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Every path from A down to B: products, the weakest link, and the rows that each step rests on.

    Exit code 1 if the loaded evidence has no such path; that is no statement that there is none.
    """
    from topco.namespaces import normalise_id
    from topco.ownership.questions.between import COLUMNS, between, rows_of_chain
    from topco.ownership.questions.chain_picture import chain_picture
    from topco.store.store import Store

    ends = normalise_id(owner), normalise_id(company)
    if ends[0] == ends[1]:
        raise BadInput("Both ends of the chain are the same.", remedy="Name the owner first, then what it owns.")
    day, chosen = day_and_test(as_of, test)
    document = between(Store.open(store), *ends, day, known_as_of, chosen, limit)
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, [document], lines=False)
        elif output_format == "csv":
            write_csv(stream, COLUMNS, rows_of_chain(document))
        elif output_format == "svg":
            stream.write(chain_picture(document))
        else:
            stream.write(_page(document))
    return ANSWERED if document["total"] else FINDINGS


def _page(document: dict[str, Any]) -> str:
    """The paths as a page for people."""
    from topco.ownership.questions.described import between as figure

    names = {party["id"]: party["name"] for party in document["parties"]}
    steps = {(step["owner"], step["company"]): step for step in document["steps"]}
    ends = [
        f"{names[document[end]['id']] or 'no record loaded'} ({document[end]['id']})" for end in ("owner", "company")
    ]
    lines = [f"From {ends[0]} down to {ends[1]}, test {document['test']}, as of {document['as_of']}", ""]
    if document["finding"]:
        return "\n".join([*lines, f"{document['finding'].capitalize()}. {document['remedy']}"]) + "\n"
    share = figure(document["share"]["lower"], document["share"]["upper"])
    lines += [
        f"Controls         {document['controls']}",
        f"Integrated share {f'{share} %' if share else 'none stated'}",
        f"Paths            {document['total']:,}" + _cut(document),
    ]
    for number, path in enumerate(document["paths"], start=1):
        product = figure(path["product"]["lower"], path["product"]["upper"])
        lines += ["", f"{number}. {' > '.join(_station(one) for one in path['stations'])}"]
        lines.append(f"   product {f'{product} %' if product else 'none: a step has no share'}")
        if path["weakest"]:
            weakest = steps[path["weakest"]["owner"], path["weakest"]["company"]]
            lines.append(f"   weakest link {_step(weakest)}")
        for pair in path["steps"]:
            lines += _with_grounds(steps[pair["owner"], pair["company"]])
    for ring in document["rings"]:
        outside = ", ".join(ring["outside_controllers"]) or "nobody"
        lines += ["", f"Ring {_station(ring['members'])}; controlled from outside by {outside}."]
        members = set(ring["members"])
        for pair, step in steps.items():
            if members.issuperset(pair):
                lines += _with_grounds(step)
    return "\n".join(lines) + "\n"


def _cut(document: dict[str, Any]) -> str:
    listed = document["listed"]
    return "" if listed == document["total"] else f", the strongest {listed:,} listed (--limit)"


def _station(members: list[str]) -> str:
    return members[0] if len(members) == 1 else f"[{', '.join(members)}]"


def _with_grounds(step: dict[str, Any]) -> list[str]:
    return [f"   {_step(step)}", *(f"      {_ground(ground)}" for ground in step["grounds"])]


def _step(step: dict[str, Any]) -> str:
    from topco.ownership.questions.described import between as figure

    share = figure(step["share"]["lower"], step["share"]["upper"])
    return f"{step['owner']} > {step['company']}" + (f" {share} %" if share else "")


def _ground(ground: dict[str, Any]) -> str:
    from topco.ownership.questions.described import between as figure

    share = figure(ground["share"]["lower"], ground["share"]["upper"])
    period = f", from {ground['from']}" if ground["from"] else ""
    period += f", until {ground['to']}" if ground["to"] else ""
    counts = "" if ground["counts"] else ", not counted by this test"
    source = ground["source"]
    figure_of = f" {share} %" if share else ""
    return f"{ground['kind']}{figure_of} ({source['load']}, row {source['row']}{period}{counts})"
