"""`topco recheck`: which kept answers would be others under the data and the rules of now, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from topco.cli import output as answers
from topco.cli.options import DATE, format_option, known_as_of_option, output_option, store_option
from topco.cli.record_filters import filter_options
from topco.errors import ANSWERED, FINDINGS
from topco.store.today import today

if TYPE_CHECKING:
    from topco.records.flip import Flip

_CODES = ("item_class", "licence_required", "exceptions", "review_policy", "veu_result")
COLUMNS = (
    *("record", "determination", "case", "moment", "changed"),
    *(f"{side}_{code}" for code in _CODES for side in ("old", "new")),
    *("new_determination", "facts", "parameters", "rules", "loads", "versions", "reason"),
)


class Day(click.ParamType[date]):
    """A date, or `today`."""

    name = "date|today"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        return today() if value == "today" else DATE.convert(value, param, ctx)


@click.command("recheck")
@filter_options
@click.option("--as-of", type=Day(), default=None, help="Facts as of this date. [default: the date of each record]")
@click.option("--rules-as-of", type=Day(), default=None, help="Law as of this date. [default: that of each record]")
@known_as_of_option
@store_option
@format_option()
@output_option
def command(
    store: Path,
    as_of: date | None,
    known_as_of: date | None,
    rules_as_of: date | None,
    output_format: str,
    output: Path | None,
    **selected: Any,
) -> int:
    """Determine kept cases again and list those whose answer flipped: old and new codes, and why.

    The facts of the same day as they are known now, the law of the same day as this program has it now. Exit code 1 if
    an answer flipped or a case could not be determined again, 0 if none.
    """
    from topco.application.records import filters_of
    from topco.cli.progress import ProgressLine
    from topco.records.recheck import Dates, Recheck

    filters = filters_of(**selected)
    found = 0

    def counted(flips: Iterable[Flip]) -> Iterator[dict[str, Any]]:
        nonlocal found
        for flip in flips:
            found += 1
            yield flip.document()

    with ProgressLine() as progress, answers.destination(output) as stream:
        run = Recheck(store, today(), Dates(as_of, known_as_of, rules_as_of), progress)
        documents = counted(run.flips(filters))
        if output_format == "csv":
            answers.write_csv(stream, COLUMNS, map(row, documents))
        else:
            for one in documents:
                if output_format == "json":
                    answers.write_json(stream, [one], lines=True)
                else:
                    _write(stream, one)
    answers.note(f"{run.checked:,} records determined again, {found:,} with another answer.")
    return FINDINGS if found else ANSWERED


def row(flip: Mapping[str, Any]) -> dict[str, Any]:
    """A flipped record as a CSV row."""
    from topco.records.codes import exceptions_text
    from topco.records.proof_changes import cites

    cells = dict(flip)
    for side in ("old", "new"):
        codes = flip[side] or {}
        cells |= {f"{side}_{code}": codes.get(code) for code in _CODES}
        cells[f"{side}_exceptions"] = exceptions_text(codes.get("exceptions", {}))
    why = flip["why"] or {name: {"old": [], "new": []} for name in ("facts", "parameters", "rules")}
    for name in ("facts", "parameters"):
        cells[name] = _signed([node["text"] for node in why[name]["old"]], [node["text"] for node in why[name]["new"]])
    cells["rules"] = _signed(cites(why["rules"]["old"]), cites(why["rules"]["new"]))
    cells["loads"] = _signed(*([load["load"] for load in flip["loads"][side]] for side in ("old", "new")))
    cells["versions"] = [f"{name} {both['old']} -> {both['new']}" for name, both in flip["versions"].items()]
    return cells


def _signed(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """What is gone with a minus, what came with a plus."""
    return [*(f"- {one}" for one in old), *(f"+ {one}" for one in new)]


def _write(stream: TextIO, flip: Mapping[str, Any]) -> None:
    """A flipped record for people: what changed, then why."""
    from topco.records.codes import exceptions_text

    stream.write(f"{flip['record']}  case {flip['case'] or '–'}  {flip['determination']}  kept {flip['moment']}\n")
    for name in flip["changed"]:
        if flip["new"] is not None:
            old, new = flip["old"][name], flip["new"][name]
            if name == "exceptions":
                old, new = exceptions_text(old), exceptions_text(new)
            stream.write(f"  {name.replace('_', ' ')}: {old or '–'} -> {new or '–'}\n")
    if flip["reason"]:
        stream.write(f"  Note: {flip['reason']}\n")
    why = flip["why"] or {}
    for name in ("facts", "parameters"):
        for side, sign in (("old", "-"), ("new", "+")):
            stream.writelines(f"  {name[:-1]} {sign} {_statement(node)}\n" for node in why.get(name, {}).get(side, ()))
    cells = row(flip)
    for name in ("rules", "loads", "versions"):
        stream.writelines(f"  {name[:-1]} {one}\n" for one in cells[name])
    stream.write("\n")


def _statement(node: Mapping[str, Any]) -> str:
    from topco.explain.text import source_in_words

    cite = f" [{node['cite']}]" if node.get("cite") else ""
    source = f" {{{source_in_words(node['source'])}}}" if node.get("source") else ""
    named = f" ({node['supports'][0]})" if node["kind"] == "asserted" and node.get("supports") else ""
    return f"{node['text']}{named}{cite}{source}"
