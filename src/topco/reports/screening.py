"""A screening run in numbers: what came out, for whom, why it is open, and which orders are the strictest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

NEEDED = ("status", "licence_required", "exceptions", "review_policy")
PARTIES = ("consignee", "end_user")
READ = (
    *("order_id", "date", "destination", "consignee", "end_user", "eccn", "quantity_tpp"),
    *NEEDED,
    *("review_policy_as_recorded", "reason", "red_flags"),
    *(f"{party}_{column}" for party in PARTIES for column in ("status", "ultimate_parent_hq")),
)
ROW = "row"
MOST_ORDERS = 50
MOST_REASONS = 30
_REMEDY = "Give what `topco screen` wrote: a .csv, a .parquet of it, or its JSON lines (.jsonl)."


@dataclass(frozen=True)
class Run:
    """A result of `topco screen`, all cells as text, empty ones null. `missing` are known columns that it lacks."""

    name: str
    sha256: str
    rows: pl.DataFrame
    missing: frozenset[str]


def read_screening(path: Path) -> Run:
    """The result of a run.

    Raises:
        BadInput: no such file, no table, or not what `topco screen` writes.
    """
    import polars as pl

    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from error
    try:
        frame = _scanned(path)
        schema = frame.collect_schema()
        lacking = [column for column in NEEDED if column not in schema]
        if lacking:
            raise BadInput(
                f"This is no result of a screening: it has no column {', '.join(lacking)}.",
                where=str(path),
                remedy=_REMEDY,
            )
        columns = [_text(name, kind).alias(name) for name, kind in schema.items() if name in READ]
        # As a spreadsheet counts: the header is row 1.
        rows = frame.select(columns).collect(engine="streaming").with_row_index(ROW, offset=2)
    except pl.exceptions.PolarsError as error:
        raise BadInput(
            f"The table cannot be read: {str(error).splitlines()[0]}.", where=str(path), remedy=_REMEDY
        ) from error
    missing = [column for column in READ if column not in schema]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(column) for column in missing)
    if rows.is_empty():
        raise BadInput("The result has no rows.", where=str(path), remedy=_REMEDY)
    return Run(path.name, digest, rows, frozenset(missing))


def _scanned(path: Path) -> pl.LazyFrame:
    import polars as pl

    kind = path.suffix.lower()
    if kind == ".csv":
        return pl.scan_csv(path, infer_schema=False)
    if kind == ".parquet":
        return pl.scan_parquet(path)
    if kind in (".jsonl", ".ndjson", ".json"):
        return pl.scan_ndjson(path, infer_schema_length=None)
    raise BadInput(
        f"A result is not read from a file that ends in {kind or 'nothing'}.", where=str(path), remedy=_REMEDY
    )


def _text(name: str, kind: Any) -> pl.Expr:
    """A column as text: several values in a cell as CSV has them, and null where nothing stands."""
    import polars as pl

    column = pl.col(name)
    if isinstance(kind, pl.List):
        column = column.cast(pl.List(pl.String)).list.sort().list.join(";")
    text = column.cast(pl.String)
    return pl.when(text != "").then(text)
