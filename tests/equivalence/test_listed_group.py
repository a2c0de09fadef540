"""Shares of listed parties against their definition: equal of exact holdings, true in every world of bands."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from topco.licensing.affiliates.listed_group import ListedGroup
from topco.licensing.affiliates.listed_shares import Shareholdings
from topco.ownership.parent_tests import parent_test
from topco.ownership.shares import WHOLE
from topco.store.schema import HOLDINGS

quiet = settings(deadline=None, max_examples=200)
CRITERIA = parent_test("cascade").criteria
ALL = 100
SHARES = (10, 20, 25, 30, 49, 50, 51, 60, 75, 100)
Pair = tuple[int, int]


@dataclass(frozen=True)
class World:
    """Parties 0 … n-1: who is listed, what each holds in each between bounds in percent, and recorded parents."""

    n: int
    listed: frozenset[int]
    holdings: dict[Pair, tuple[int, int]]
    parents: frozenset[Pair]


@st.composite
def worlds(draw: st.DrawFn, *, exact: bool) -> World:
    n = draw(st.integers(2, 6))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    share = st.sampled_from(SHARES)
    bounds = st.tuples(share, share).map(lambda two: (min(two), max(two)))
    bounds = share.map(lambda one: (one, one)) if exact else st.one_of(bounds, st.just((0, ALL - 1)))
    holdings = draw(st.dictionaries(pairs, bounds, max_size=10))
    for company in range(n):
        # Somebody else than the company holds a part of it.
        assume(holdings.get((company, company), (0, 0))[1] < ALL)
        assume(sum(low for (_, owned), (low, _) in holdings.items() if owned == company) <= ALL)
    parents = st.frozensets(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=0 if exact else 2)
    return World(n, draw(st.frozensets(st.integers(0, n - 1), max_size=3)), holdings, draw(parents))


def group(world: World) -> ListedGroup:
    rows = [
        {
            **dict.fromkeys(HOLDINGS),
            "owner_node": owner,
            "owned_node": owned,
            "interest": "shares",
            "said": "shares",
            "share_exact": low * (WHOLE // ALL) if low == high else None,
            "share_min": low * (WHOLE // ALL),
            "share_max": high * (WHOLE // ALL),
            "load": "one",
        }
        for (owner, owned), (low, high) in world.holdings.items()
    ]
    number = {"owner_node": pl.Int64(), "owned_node": pl.Int64()}
    steps = [{"source": below, "target": above, "step": 0, "branch": False} for above, below in sorted(world.parents)]
    schema: Any = {"source": pl.Int64(), "target": pl.Int64(), "step": pl.Int8(), "branch": pl.Boolean()}
    day = Shareholdings(
        [str(one) for one in range(world.n)],
        {},
        pl.DataFrame(rows, schema={**HOLDINGS, **number, "said": pl.String(), "load": pl.String()}),
        pl.DataFrame(steps, schema=schema),
    )
    assert CRITERIA is not None
    return ListedGroup(day, world.listed, CRITERIA)


def owned_by(listed: frozenset[int], n: int, shares: dict[Pair, int]) -> set[int]:
    """The least set that holds the listed, and every company of which its members have half or more together."""
    found = set(listed)
    while True:
        more = {one for one in range(n) if 2 * together(found, one, shares) >= 1} - found
        if not more:
            return found
        found |= more


def together(members: set[int], company: int, shares: dict[Pair, int]) -> Fraction:
    """The part of what is outstanding, which is all but the company's holding in itself."""
    others = {owner: share for (owner, owned), share in shares.items() if owned == company and owner != company}
    outstanding = ALL - shares.get((company, company), 0)
    return Fraction(sum(share for owner, share in others.items() if owner in members), outstanding)


def held(world: World, company: int, shares: dict[Pair, int]) -> Fraction:
    """What listed parties have in a company; by its own listing it brings nothing into that."""
    return together(owned_by(world.listed - {company}, world.n, shares), company, shares)


@quiet
@given(world=worlds(exact=True))
def test_exact_holdings_are_added_as_defined(world: World) -> None:
    found = group(world)
    shares = {pair: low for pair, (low, _) in world.holdings.items()}
    for company in range(world.n):
        expected = held(world, company, shares)
        total = found.beside(company).together(company)
        assert (total.lower, total.upper) == (expected * WHOLE // 1, -(-expected * WHOLE // 1))
        assert total.standing == ("must" if 2 * expected >= 1 else "cannot")


@quiet
@given(world=worlds(exact=False), data=st.data())
def test_bounds_hold_in_every_world_that_they_allow(world: World, data: st.DataObject) -> None:
    found = group(world)
    shares = {}
    for company in range(world.n):
        room = ALL - sum(low for (_, owned), (low, _) in world.holdings.items() if owned == company)
        for pair, (low, high) in world.holdings.items():
            if pair[1] == company:
                extra = data.draw(st.sampled_from(sorted({0, min(room, high - low), min(room, (high - low) // 2)})))
                shares[pair], room = low + extra, room - extra
        for pair in sorted(world.parents):
            if pair[1] == company and pair not in shares:
                shares[pair] = data.draw(st.sampled_from(sorted({0, room, room // 2})))
                room -= shares[pair]
    for company in range(world.n):
        real = held(world, company, shares)
        total = found.beside(company).together(company)
        assert total.lower <= real * WHOLE <= total.upper
        assert total.standing != "must" or 2 * real >= 1
        assert total.standing != "cannot" or 2 * real < 1
