"""Who holds what in whom on a day, as the arrays that shares of listed parties are added up on.

Shares count, and nothing else. Somebody with another interest in a company (votes, the right to the board, one that
nobody explains) and no stated share may hold any part of it: between nothing and what others leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco.licensing.affiliates.scope import affiliates_scope
from topco.ownership.control import Family, Positions
from topco.ownership.held import control_kernels
from topco.ownership.holding_rows import family, holdings_of_rows
from topco.ownership.neighbourhood import tables_about
from topco.ownership.parent_tests import RELATIONSHIP_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store

_PAIR = ["owner_node", "owned_node"]
_SHARES = "shares"


@dataclass(frozen=True)
class Shareholdings:
    """The parties of a day, numbered in the order of their identifiers, and what they hold.

    Attributes:
        ids: the identifiers; `everybody` is one number more, the node that stands for all listed parties together.
        names: by node, the name of the first record that has one.
        holdings: rows with `owner_node`, `owned_node` and the interest as its source names it (`said`).
        steps: recorded relationships with `source` (below), `target` (above) and `branch`: one legal person.
    """

    ids: list[str]
    names: dict[int, str]
    holdings: pl.DataFrame
    steps: pl.DataFrame

    @property
    def everybody(self) -> int:
        """The node of all listed parties together."""
        return len(self.ids)

    @cached_property
    def node(self) -> dict[str, int]:
        """The number of each party."""
        return {identifier: place for place, identifier in enumerate(self.ids)}

    @cached_property
    def owners(self) -> set[int]:
        """All that hold something, recorded parents among them."""
        return {*self.holdings["owner_node"], *self.steps["target"]}

    @cached_property
    def positions(self) -> Positions:
        """What each owner has in each company, in units between bounds."""
        kernels = control_kernels(len(self.holdings))
        return kernels.positions(holdings_of_rows(len(self.ids) + 1, self.holdings))

    @cached_property
    def steps_from(self) -> dict[int, list[dict[str, Any]]]:
        """The recorded steps from each party upwards."""
        found: dict[int, list[dict[str, Any]]] = {}
        for row in self.steps.iter_rows(named=True):
            found.setdefault(row["source"], []).append(row)
        return found

    def without(self, twice: Iterable[tuple[int, int]]) -> Shareholdings:
        """The same, with the indirect holdings of these pairs (owner, company) as bands from nothing upwards.

        What a source calls indirect may be what somebody between the two has: for certain it adds nothing.
        """
        pairs = pl.DataFrame(list(twice), schema=dict.fromkeys(_PAIR, pl.Int64()), orient="row")
        rows = self.holdings.join(pairs.with_columns(doubtful=pl.lit(value=True)), on=_PAIR, how="left")
        doubtful = (pl.col("doubtful") & pl.col("indirect")).fill_null(value=False)
        added = pl.col("share_exact").sum().over(_PAIR)
        exact = doubtful & pl.col("share_exact").is_not_null()
        rows = rows.with_columns(
            share_max=pl.when(exact).then(added).otherwise("share_max"),
            share_max_exclusive=pl.when(exact).then(pl.lit(value=False)).otherwise("share_max_exclusive"),
            share_exact=pl.when(doubtful).then(None).otherwise("share_exact"),
            share_min=pl.when(doubtful).then(None).otherwise("share_min"),
            share_min_exclusive=pl.when(doubtful).then(None).otherwise("share_min_exclusive"),
        )
        return Shareholdings(self.ids, self.names, rows.drop("doubtful"), self.steps)


def shareholdings(
    store: Store, parties: list[str], day: date, known_as_of: date | None, test: ParentTest
) -> Shareholdings:
    """What is known of these parties and of everybody above them."""
    tables = tables_about(store, parties, day, known_as_of, test)
    named = [
        *(tables.entities["id"], tables.relationships["child"], tables.relationships["parent"]),
        *(tables.holdings["owner"], tables.holdings["owned"], pl.Series(parties, dtype=pl.String)),
    ]
    ids = pl.concat([column.alias("id") for column in named]).unique().sort()
    number = pl.DataFrame({"id": ids, "node": np.arange(len(ids))})

    def numbered(rows: pl.DataFrame, column: str, node: str) -> pl.DataFrame:
        return rows.join(number.rename({"id": column, "node": node}), on=column, how="left", maintain_order="left")

    holdings = numbered(numbered(tables.holdings, "owner", "owner_node"), "owned", "owned_node")
    steps = numbered(numbered(tables.relationships, "child", "source"), "parent", "target")
    named_once = tables.entities.filter(pl.col("name").is_not_null()).unique("id", keep="first", maintain_order=True)
    branch = [int(RELATIONSHIP_KINDS[kind]) for kind in RELATIONSHIP_KINDS if RELATIONSHIP_KINDS[kind] in test.steps]
    return Shareholdings(
        ids.to_list(),
        dict(numbered(named_once, "id", "node").select("node", "name").iter_rows()),
        _as_shares(holdings),
        steps.filter(pl.col("source") != pl.col("target")).with_columns(branch=pl.col("step").is_in(branch)),
    )


def _as_shares(holdings: pl.DataFrame) -> pl.DataFrame:
    """Stated shares as they are; an owner with another interest and no stated share has one of unknown size."""
    rows = holdings.with_columns(said=pl.col("interest"), family=family())
    shares = rows.filter(pl.col("family") == int(Family.SHARES))
    others = rows.filter(
        (pl.col("family") != int(Family.SHARES))
        & ~pl.col("interest").is_in(list(affiliates_scope().not_owned))
        & (pl.col("owner") != pl.col("owned"))
    ).join(shares, on=_PAIR, how="anti")
    bounds = ("share_exact", "share_min", "share_min_exclusive", "share_max", "share_max_exclusive")
    unknown = others.with_columns(
        *(pl.lit(None, dtype=others.schema[name]).alias(name) for name in bounds), interest=pl.lit(_SHARES)
    )
    return pl.concat([shares, unknown])
