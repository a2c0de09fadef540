"""Holdings that together come to more than there is: the check `declared_over_100`, on every day on which it can hold.

A sum over rows and periods is no statement about one record, so it is no shape: `docs/ownership.md`, section 1, defines
it and `topco.ownership.control.positions` computes it. A sum can only rise on a day on which some holding begins.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.identity.parties import party_table
from topco.ownership.control import Family, Positions, positions
from topco.ownership.holding_rows import COLUMNS, counting, holdings_of_rows
from topco.ownership.shares import WHOLE, percent
from topco.validation.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topco.store.store import Store

CHECK = "declared_over_100"
_SHAPE = "docs/ownership.md#1-holdings"
_ALWAYS = date.min


def over_declared(store: Store, ids: Sequence[str], known_as_of: date | None) -> Iterator[Finding]:
    """One finding for each company and family, for the first day on which the most is declared.

    Args:
        ids: only these companies; all if there are none.
    """
    if not any(load.tables.get("holdings") for load in store.current_loads(known_as_of)):
        return
    rows = party_table(store, "holdings", [*COLUMNS, "record", "file", "row"], known_as_of=known_as_of)
    if ids:
        rows = rows.filter(pl.col("owned").is_in(list(ids)))
    suspects = _suspects(rows.collect())
    worst: dict[tuple[str, Family], tuple[int, date, dict[str, Any]]] = {}
    begins = pl.col("valid_from").fill_null(_ALWAYS)
    for day in sorted(set(suspects.select(begins)["valid_from"])):
        risen = suspects.filter(begins == day)["owned"].unique()
        chosen = counting(suspects.lazy(), day).filter(pl.col("owned").is_in(risen.implode())).collect()
        made, names = _positions(chosen)
        for node, family, declared, _ in made.declared_over_100():
            key = names[node], family
            if key not in worst or declared > worst[key][0]:
                last = chosen.filter(pl.col("owned") == names[node]).row(-1, named=True)
                worst[key] = declared, day, last
    for (company, family), (declared, day, row) in sorted(worst.items(), key=lambda item: item[0]):
        since = "" if day == _ALWAYS else f" on {day}"
        yield Finding(
            Severity.VIOLATION,
            CHECK,
            f"Others are said to hold {percent(declared)} percent of the {family.name.lower()}{since}, more than there "
            "is. Compare the holdings and their periods: end those that were sold, and mend the shares.",
            company,
            percent(declared),
            row["load"],
            row["file"],
            row["row"],
            row["record"],
            _SHAPE,
        )


def _suspects(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows about companies that could be over-declared if all rows counted at once, their own shares among them."""
    least = pl.coalesce("share_exact", "share_min", pl.lit(0))
    return rows.filter(least.sum().over("owned") >= WHOLE).sort("owned", "load", "row")


def _positions(rows: pl.DataFrame) -> tuple[Positions, list[str]]:
    everybody = pl.concat([rows["owner"], rows["owned"]]).unique().sort()
    numbers = dict(zip(everybody, range(len(everybody)), strict=True))
    numbered = rows.with_columns(
        owner_node=pl.col("owner").replace_strict(numbers, return_dtype=pl.Int32),
        owned_node=pl.col("owned").replace_strict(numbers, return_dtype=pl.Int32),
    )
    return positions(holdings_of_rows(len(everybody), numbered)), everybody.to_list()
