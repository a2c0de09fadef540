"""Rows of a CSV file with more or fewer cells than its header: found exactly, and cut out without moving the others.

The fast reader cannot tell a missing cell from an unquoted empty one, and stops at a surplus cell. Where it sees a sign
of either, this slower pass counts the cells of every row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from topco.errors import BadInput

_LARGEST_CELL = 1 << 24
_FIRST_RECORD = 2


def find(path: Path, name: str, width: int) -> dict[int, int]:
    """The number of cells of each row that has another number of them than the header, by row; blank lines left out.

    Raises:
        BadInput: so many rows differ that the header does not belong to them, or the quoting is broken.
    """
    ragged: dict[int, int] = {}
    count = 0
    with _reading(path, name) as records:
        next(records, None)
        for row, cells in enumerate(records, start=_FIRST_RECORD):
            count += 1
            if cells and len(cells) != width:
                ragged[row] = len(cells)
    if len(ragged) > max(count // 2, 1):
        raise BadInput(
            f"{len(ragged):,} of {count:,} rows have another number of cells than the header's {width}.",
            where=name,
            remedy="Check the separator and the quotation marks, or download the file again.",
        )
    return ragged


def cut_out(path: Path, name: str, rows: dict[int, int], target: Path) -> None:
    """Write the file with a blank line instead of each of these rows, so that all others keep their number."""
    with _reading(path, name) as records, target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row, cells in enumerate(records, start=_FIRST_RECORD - 1):
            if cells and row not in rows:
                writer.writerow(cells)
            else:
                stream.write("\n")


def as_refused(rows: dict[int, int], width: int) -> pl.DataFrame:
    """These rows as lines of the rejects."""
    return pl.DataFrame(
        {"row": list(rows), "value": [str(cells) for cells in rows.values()]},
        schema={"row": pl.Int64(), "value": pl.String()},
    ).select(
        "row",
        pl.lit("(row)").alias("column"),
        "value",
        pl.lit(f"another number of cells than the header's {width}").alias("reason"),
    )


@contextmanager
def _reading(path: Path, name: str) -> Iterator[Iterator[list[str]]]:
    before = csv.field_size_limit(_LARGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield csv.reader(stream)
    except csv.Error as error:
        raise BadInput(
            f"The CSV is malformed: {error}.", where=name, remedy="Look for an unclosed quotation mark."
        ) from error
    finally:
        csv.field_size_limit(before)
