"""`topco match`: parties of different sources, or the names of a list, that may be the same by their names."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli.options import format_option, known_as_of_option, output_option, store_option
from topco.cli.output import note, write_rows
from topco.errors import ANSWERED, BadInput

if TYPE_CHECKING:
    import polars as pl

PAIR_COLUMNS = ("score", "first", "first_name", "second", "second_name", "reason")
LIST_COLUMNS = ("row", "name", "country", "status", "score", "id", "matched_name", "reason")
_CANDIDATES = 5


@click.command("match")
@click.option("--minimum", type=click.IntRange(1, 100), default=85, show_default=True, help="The least score shown.")
@click.option("--keep", is_flag=True, help="Keep the pairs as proposals: answers that one could change will name it.")
@click.option("--persons", is_flag=True, help="Compare human beings too. Many bear one name.")
@click.option("--limit", type=click.IntRange(min=1), default=None, help="How many pairs at most. [default: all]")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=None,
    help="A CSV with the columns name and, if known, country: find these names in the store.",
)
@known_as_of_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    minimum: int,
    keep: bool,
    persons: bool,
    limit: int | None,
    against: Path | None,
    known_as_of: date | None,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Propose parties that may be one, because their names are alike.

    Compared are parties of different sources that no identifier links and nobody has judged; with --against the names
    of a list. Names only propose: nothing is merged, and an answer never rests on a proposal. The score begins at 100,
    and every difference in words, legal form or country takes points off; differing numbers rule a pair out.
    """
    from topco.cli.progress import ProgressLine
    from topco.identity.judgements import propose
    from topco.matching import best, match_store
    from topco.store.store import Store

    opened = Store.open(store)
    with ProgressLine() as progress:
        if against is None:
            found = match_store(opened, known_as_of, minimum, progress, note, persons=persons)
        else:
            asked = names_in(against)
            found = best(asked, opened, known_as_of, minimum, limit or _CANDIDATES, progress, note)
    if keep:
        if against is not None:
            raise BadInput("Names of a list are not kept.", remedy="Judge them: topco judge NAME ID same.")
        load = propose(opened, found.to_dicts())
        note(f"{found.height} pairs are kept as {load.id}, in the place of earlier proposals.")
    shown = found if against or limit is None else found.head(limit)
    if against is None:
        note(f"{found.height} pairs score {minimum} or more" + (f", {shown.height} are shown." if limit else "."))
    else:
        unmatched = found.filter(found["id"].is_null()).height
        note(f"{asked.height - unmatched} of {asked.height} names have a party that scores {minimum} or more.")
    columns = PAIR_COLUMNS if against is None else LIST_COLUMNS
    write_rows(output, output_format, columns, shown.select(columns).to_dicts())
    return ANSWERED


def names_in(path: Path) -> pl.DataFrame:
    """The names of a list, with the row they stand in (the header is row 1) and the code of their country.

    Raises:
        BadInput: it is no CSV in UTF-8, or has no column `name`, or no name.
    """
    import polars as pl

    from topco.matching.knowledge_of_names import country_code

    rows: list[dict[str, Any]] = []
    strange: dict[str, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = [column.strip().lower() for column in next(reader, [])]
            if "name" not in header:
                raise BadInput("The list has no column `name`.", where=path.name, remedy="Its first row is the header.")
            for number, cells in enumerate(reader, start=2):
                row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
                if not row.get("name"):
                    if any(row.values()):
                        note(f"{path.name}, row {number}: there is no name; the row is left out.")
                    continue
                given = row.get("country") or ""
                code = country_code(given) if given else None
                if given and code is None:
                    strange.setdefault(given, number)
                rows.append({"row": number, "name": row["name"], "country": code})
    except UnicodeDecodeError as error:
        raise BadInput("The list is not in UTF-8.", where=path.name, remedy="Save it as CSV UTF-8.") from error
    except csv.Error as error:
        raise BadInput(f"The list is no CSV: {error}.", where=path.name) from error
    for given, number in strange.items():
        note(f"{path.name}, row {number}: {given!r} is no country that is known; the country counts as unknown.")
    if not rows:
        raise BadInput("The list holds no name.", where=path.name)
    return pl.DataFrame(rows, schema={"row": pl.Int64, "name": pl.String, "country": pl.String})
