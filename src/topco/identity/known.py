"""Which identifiers some record of a store names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from topco.identity.parties import NAMING
from topco.identity.policy import NAME_SCHEME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topco.store.store import Store

_ALSO = {"identifiers": ("id", "other_id"), "judgements": ("first", "second")}


def unknown_identifiers(store: Store, identifiers: Iterable[str]) -> list[str]:
    """Those of the identifiers that no record in force names, in their order; names of lists are never unknown."""
    missing = [one for one in dict.fromkeys(identifiers) if not one.startswith(NAME_SCHEME)]
    for table, columns in {**NAMING, **_ALSO}.items():
        for column in columns:
            if not missing:
                return []
            rows = store.table(table, [column]).filter(pl.col(column).is_in(missing))
            named = set(rows.select(pl.col(column).unique()).collect()[column])
            missing = [one for one in missing if one not in named]
    return missing
