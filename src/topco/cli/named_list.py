"""Customer lists that hold names instead of identifiers, or beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topco.cli.output import note
from topco.errors import BadInput

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from topco.store.store import Store

MATCH = "match"


def with_ids(store: Store, listed: pl.DataFrame, known_as_of: date | None) -> pl.DataFrame:
    """A list in which every row has an identifier: its own, that of the party that a person has matched its name to, or
    that of the name itself, which no record knows. Where names were looked up the column `match` says how.

    Raises:
        BadInput: there is neither a column `id` nor a column `name`, or a column `match` already.
    """
    import polars as pl

    from topco.matching.listed_names import meant

    if "id" not in listed.columns and "name" not in listed.columns:
        raise BadInput(
            "The list has no column id and no column name.",
            remedy="Add a column id with LEIs or SCHEME:VALUE, or a column name, and country if it is known.",
        )
    given = listed["id"].to_list() if "id" in listed.columns else [None] * listed.height
    names = listed["name"].to_list() if "name" in listed.columns else [None] * listed.height
    countries = listed["country"].to_list() if "country" in listed.columns else [None] * listed.height
    asked = [
        place
        for place, (identifier, name) in enumerate(zip(given, names, strict=True))
        if not (identifier or "").strip() and (name or "").strip()
    ]
    if not asked:
        return listed
    if MATCH in listed.columns:
        raise BadInput("The list already has a column match, which the answer adds.", remedy="Rename it.")
    wanted = [(names[n] or "", countries[n]) for n in asked]
    found = dict(zip(asked, meant(store, wanted, known_as_of), strict=True))
    ids = [found[n].id or found[n].asked if n in found else identifier for n, identifier in enumerate(given)]
    cells = [found[n].cell() if n in found else "given" if (one or "").strip() else None for n, one in enumerate(given)]
    counts = {status: sum(one.status == status for one in found.values()) for status in ("matched", "proposed")}
    note(
        f"{len(asked):,} names: {counts['matched']:,} matched by a judgement, {counts['proposed']:,} proposed, "
        f"{len(asked) - sum(counts.values()):,} unmatched. A person decides: topco judge NAME ID same."
    )
    extra = pl.Series(MATCH, cells, dtype=pl.String)
    return listed.with_columns(pl.Series("id", ids, dtype=pl.String)).with_columns(extra)
