"""`topco search`: entities by name or identifier."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from topco.cli.options import format_option, known_as_of_option, output_option, store_option
from topco.cli.output import note, write_rows


@click.command("search")
@click.argument("text", nargs=-1, required=True, metavar="TEXT...")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many hits at most.")
@known_as_of_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    text: tuple[str, ...], limit: int, known_as_of: date | None, output_format: str, output: Path | None, store: Path
) -> None:
    """Find entities by LEI, registration number or name, other and transliterated names included.

    Case and accents do not matter. The score says how close a hit is: 100 the same, 70 and more all words, below that
    only alike.
    """
    from topco.ownership.search import COLUMNS, search
    from topco.store.store import Store

    hits = [hit.as_row() for hit in search(Store.open(store), " ".join(text), limit, known_as_of)]
    if not hits:
        note("Nothing found. Try fewer words, another spelling, or a part of the identifier.")
    write_rows(output, output_format, COLUMNS, hits)
