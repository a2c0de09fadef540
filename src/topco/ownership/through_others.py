"""Holdings of persons and states that go through others, or may: what they leave open about companies.

Who stands between a person and a company need not be registered (an unlisted foreign company is not registrable under
Companies Act 2006 part 21A). So such a holding does not show that no company stands above: neither above the company
itself, nor above what is held by it. `queries/resolution/control/through.ru` defines both.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from topco.ownership.control import Positions, Test
from topco.ownership.control.criteria import COUNTED
from topco.ownership.layers import Flags, marked
from topco.ownership.shares import WHOLE

_PAIR = ["person", "holder"]


def through_others(rows: pl.DataFrame, never_parents: Flags, made: Positions, test: Test, *, adds_up: bool) -> Flags:
    """The companies of which the holdings of persons and states do not show that no company stands above.

    Those in which a person or a state has something that may go through others; and those of which the companies below
    such a holding, of one person, may have the threshold of the test or a half together: whoever stands between the
    person and them may have that as well, where the test adds up what a party has through others.

    Args:
        rows: holdings with `owner_node`, `owned_node` and `indirect`.
        never_parents: flags of parties that are never parents under the test.
        made: the positions that the rows make.
        adds_up: whether the test adds up, or multiplies, what a party has through others.
    """
    chosen = rows.filter(pl.col("indirect").fill_null(value=False)).select(person="owner_node", holder="owned_node")
    chosen = chosen.filter(pl.Series(never_parents[chosen["person"].to_numpy()], dtype=pl.Boolean)).unique()
    flags = marked(made.n, chosen["holder"].to_numpy())
    if adds_up and len(chosen):
        flags |= marked(made.n, _held_by_groups(chosen, made, test))
    return flags


def _held_by_groups(pairs: pl.DataFrame, made: Positions, test: Test) -> np.ndarray:
    """The companies that what stands below one person's holdings through others may reach the threshold of."""
    positions = pl.DataFrame(
        {
            "holder": made.owner,
            "company": made.owned,
            "slot": made.slot,
            "upper": made.upper,
            "counts": np.isin(made.family, [int(family) for family in COUNTED if family in test.families]),
        }
    ).filter(pl.col("holder") != pl.col("company"))
    holding = positions["holder"].unique().implode()
    seen = new = pairs.filter(pl.col("holder").is_in(holding))
    steps = positions.select("holder", "company").unique()
    while len(new):
        below = new.join(steps, on="holder").select("person", holder="company").unique()
        new = below.filter(pl.col("holder").is_in(holding)).join(seen, on=_PAIR, how="anti")
        seen = pl.concat([seen, new])
    least = min(test.threshold, WHOLE // 2)
    together = (
        seen.join(positions.filter("counts"), on="holder")
        .group_by("person", "company", "slot")
        .agg(pl.col("upper").sum().clip(0, WHOLE))
        .filter(pl.col("upper") > 0)
    )
    total = made.total_lower[together["slot"].to_numpy()]
    reached = together["upper"].to_numpy() * WHOLE >= least * total
    found: np.ndarray = together["company"].to_numpy()[reached]
    return found
