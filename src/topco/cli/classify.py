"""`topco classify`: from the figures of an item to its control-list entry, with the arithmetic."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from topco.cli import options
from topco.cli import output as answers
from topco.cli.determine import read_text
from topco.cli.options import format_option, output_option
from topco.errors import ANSWERED, BAD_INPUT, UNDETERMINED, BadInput
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topco.items.files import ItemRead

COLUMNS = ("item", "rules_as_of", "status", "item_class", "eccn", "paragraphs", "possible", "aggregate_tpp", "missing")
COLUMNS_MORE = ("assumptions", "notes")


@click.command("classify")
@click.argument("items", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="ITEMS|-")
@click.option(
    "--rules-as-of",
    "--date",
    "rules_as_of",
    type=options.DATE,
    default=None,
    help="Law as of this date. [default: the date stated with the item, else today]",
)
@format_option()
@output_option
def command(items: Path, rules_as_of: date | None, output_format: str, output: Path | None) -> int:
    """Items to control-list entries: which entry and class do the figures give, and by which arithmetic?

    ITEMS is a file with one item, a list, or one item per line (JSON; whole cases are taken too), or - for standard
    input. A figure that is missing gives `undetermined` and is named. Nothing here is legal advice.
    """
    from topco.items.files import read_items

    where = "standard input" if str(items) == "-" else str(items)
    read = read_items(read_text(items), where)
    found, refused = answer_all(read, rules_as_of)
    columns = COLUMNS + COLUMNS_MORE
    answers.write_answers(output, output_format, found, columns, row, write_card, lines=len(read) > 1)
    if refused:
        answers.note(f"{refused} of {len(read)} items were refused; the others are answered.")
        return BAD_INPUT
    return UNDETERMINED if len(read) == 1 and found[0]["status"] == "undetermined" else ANSWERED


def answer_all(read: list[ItemRead], rules_as_of: date | None) -> tuple[list[dict[str, Any]], int]:
    """The answers in order, and how many items are refused; why, goes to stderr.

    Raises:
        BadInput: the only item is refused.
    """
    from topco.items.answer import answer
    from topco.items.law import item_law
    from topco.licensing.law.body import load_law

    law = load_law()

    def answered(one: ItemRead) -> dict[str, Any]:
        if isinstance(one.item, BadInput):
            raise one.item
        day = rules_as_of or one.day or today()
        return answer(one.item, item_law(law, day), day, name=one.name, units=one.units)

    return answers.answer_each(read, answered)


def row(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as a CSV row."""
    return {
        **answer,
        "possible": [one["eccn"] or one["item_class"] for one in answer["possible"]],
        "missing": [one["fact"] for one in answer["missing"]],
        "assumptions": [f"{one['fact']}: {one['why']}" for one in answer["assumptions"]],
    }


def write_card(stream: TextIO, answer: Mapping[str, Any]) -> None:
    """One classification for people: the verdict, the arithmetic, what is missing."""
    title = f"{answer['item']}: " if answer["item"] else ""
    stream.write(f"{title}{verdict(answer)}\n\n")
    stream.write(f"  Law as of {answer['rules_as_of']} (read up to {answer['verified_to'] or 'no date'})\n")
    for line in answer["arithmetic"]:
        unit = f" {line['unit']}" if line["unit"] and line["result"] != "unknown" else ""
        limit = f" ({line['threshold']})" if line["threshold"] else ""
        cite = f" [{line['cite']}]" if line["cite"] else ""
        stream.write(
            f"  {line['figure']}: {line['formula']}{limit}: {line['result']}{unit}{cite}  <- {line['source']}\n"
        )
    for gap in answer["missing"]:
        stream.write(f"  Missing: {gap['fact']}: {gap['why']}\n")
    for assumed in answer["assumptions"]:
        stream.write(f"  Assumed: {assumed['fact']}: {assumed['why']}\n")
    for note in answer["notes"]:
        stream.write(f"  Note: {note}\n")
    stream.write("  Not legal advice. Whether a licence is needed is another question: topco determine.\n")


def verdict(answer: Mapping[str, Any]) -> str:
    """The answer in one line."""
    possible = ", ".join(one["eccn"] or one["item_class"] for one in answer["possible"])
    if answer["status"] == "undetermined":
        return f"Undetermined; possible: {possible}."
    by = f" by {', '.join(answer['paragraphs'])}" if answer["paragraphs"] else ""
    if answer["item_class"] == "none":
        held = f"{answer['eccn']}: " if answer["eccn"] else ""
        return f"{held}none of the classes that the rules here know."
    return f"{answer['eccn'] or f'one of {possible}'}, class {answer['item_class']}{by}."
