"""Companies whose holders no source names alone: then sums over sources may count somebody twice.

Registers give persons and many companies identifiers of their own, and nothing links them. Half of a company held by a
person of one register and half held by a person of another may be one half told twice; who has the other half is then
unknown. `queries/resolution/control/through.ru` defines the same.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from topco.ownership.control import Family, Positions, Test
from topco.ownership.control.criteria import COUNTED
from topco.ownership.holding_rows import family
from topco.ownership.layers import Flags, marked
from topco.ownership.shares import WHOLE


def told_in_pieces(rows: pl.DataFrame, made: Positions, test: Test) -> Flags:
    """The companies of which no source names all holders of a family that the test counts, and nobody decides alone.

    Args:
        rows: holdings with `owner_node`, `owned_node`, `interest` and `load`.
        made: the positions that the rows make.
    """
    if rows["load"].n_unique() < 2:
        return np.zeros(made.n, np.bool_)
    counted = [int(one) for one in COUNTED if one in test.families]
    slot = ["owned_node", "family"]
    named = rows.select("owner_node", "owned_node", "load", family=family()).filter(pl.col("family").is_in(counted))
    several = named.filter(pl.col("load").n_unique().over(slot) > 1)
    by_load = several.group_by(*slot, "load").agg(pl.col("owner_node").n_unique().alias("named"))
    everybody = several.group_by(slot).agg(pl.col("owner_node").n_unique().alias("all"))
    most = by_load.group_by(slot).agg(pl.col("named").max()).join(everybody, on=slot)
    pieces = marked(made.n, most.filter(pl.col("named") < pl.col("all"))["owned_node"].to_numpy())
    return pieces & ~_decided_by_one(made, test, counted)


def _decided_by_one(made: Positions, test: Test, counted: list[int]) -> Flags:
    """The companies of which somebody's own position, or right, is enough: no sum is needed."""
    others = made.owner != made.owned
    part, total = made.lower, made.total_upper[made.slot]
    enough = np.minimum(part, WHOLE) * WHOLE >= test.threshold * total + (0 if test.at_least else 1)
    alone = others & np.isin(made.family, counted) & (part > 0) & (total > 0) & enough
    if Family.BOARD in test.families:
        alone |= others & (made.family == Family.BOARD)
    return marked(made.n, made.owned[alone])
