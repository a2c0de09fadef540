"""Seeded graphs of holdings, each as the one Parquet file that every peer of the ownership benchmarks reads.

    owner   owned   lower   upper

One row for each holding: two identifiers (text of the form and length of LEIs), and the bounds of the share in units of
`topco.ownership.shares`, equal where the share is exact. No two rows are of the same pair, no company holds itself, and
nothing is declared over 100 percent. Rows and identifiers are in an order of their own.

* `trees`: 70 percent of the companies have a majority holder, nine times out of ten one of the 16 before them, and half
  of these another, small one; 15 percent have two or three holders of at most half each; N/1000 rings of two.
* `scale-free`: Barabási–Albert, each new company held by three, drawn in proportion to the holdings that they are in
  already, with random parts of between half and all of it.
* `hubs`: 16 holders in groups of four hold everything else, three of them in each company.
* `chains`: chains of 10,000 companies, each the majority holder of the next.
* `core`: √N companies that all hold each other, an outside holder that controls them only with their own help, and
  N - √N companies below them.
* `ties`: four layers; half of the companies are held by two to exactly one half each, and of these ventures the halves
  of some come together again in one hand.
* `bands`: trees in which the shares are bands about 50 percent, as registers of beneficial owners have them.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from bench.company_graph import identifiers
from topco.ownership.shares import PERCENT, WHOLE

SEED = 20260315
NEIGHBOURS = 16
LINKS = 10_000
HUBS = 16
ATTACHED = 3
HALF = WHOLE // 2

Random = np.random.Generator


class Rows(NamedTuple):
    """Holdings in the numbers of the companies; `upper` equals `lower` where the share is exact."""

    owner: np.ndarray
    owned: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def _exact(parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Rows:
    """Rows with exact shares, from parts of owners, companies and units."""
    owner, owned, units = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    return Rows(owner, owned, units, units)


def _earlier(number: np.ndarray, random: Random, near: float) -> np.ndarray:
    """For each company one drawn before it, with this probability one of its neighbours; -1 for the first."""
    neighbour = number - random.integers(1, NEIGHBOURS + 1, len(number))
    any_one = (random.random(len(number)) * number).astype(np.int64)
    chosen = np.where((random.random(len(number)) < near) & (neighbour >= 0), neighbour, any_one)
    return np.asarray(np.where(number > 0, chosen, -1))


def _split(random: Random, companies: int, holders: int, least: float, most: float) -> np.ndarray:
    """Units of each holder (columns) in each company (rows): random parts of between `least` and `most` of it."""
    weight = random.random((companies, holders)) + 1e-6
    total = least + (most - least) * random.random(companies)
    parts = weight / weight.sum(axis=1, keepdims=True) * total[:, None]
    return np.asarray(parts * WHOLE, np.int64)


def trees(companies: int, random: Random) -> Rows:
    number = np.arange(companies)
    kind = random.random(companies)
    units = HALF + 1 + (random.random(companies) * HALF).astype(np.int64)
    units = np.where(random.random(companies) < 0.25, WHOLE, np.minimum(units, WHOLE))
    led, shared = number[kind < 0.70], number[(kind >= 0.70) & (kind < 0.85)]
    beside = led[random.random(len(led)) < 0.5]
    rest = ((WHOLE - units[beside]) * random.random(len(beside))).astype(np.int64)
    parts = [(_earlier(led, random, 0.9), led, units[led]), (_earlier(beside, random, 0), beside, rest)]
    pieces = np.minimum(_split(random, len(shared), 3, 0.6, 1), HALF)
    pieces[random.random(len(shared)) < 0.5, 2] = 0
    parts += [(_earlier(shared, random, 0.9), shared, pieces[:, column]) for column in range(3)]
    one = random.choice(companies // 2, max(1, companies // 1000), replace=False) * 2
    rows = _exact(parts)
    ringed = np.isin(rows.owned, np.append(one, one + 1))
    free = Rows(*(column[~ringed] for column in rows))
    share = np.full(len(one), 60 * PERCENT)
    return _exact([(free.owner, free.owned, free.lower), (one, one + 1, share), (one + 1, one, share)])


def scale_free(companies: int, random: Random) -> Rows:
    edge = np.arange(companies * ATTACHED)
    new = edge // ATTACHED
    # Both ends of all earlier edges in a row: a place among them is a company, in proportion to its edges.
    place = (random.random(len(edge)) * (2 * ATTACHED * new)).astype(np.int64)
    copied = place % 2 == 1
    origin = np.where(copied, place // 2, edge)
    for _ in range(len(edge).bit_length()):
        origin = origin[origin]
    owner = np.where(new > 0, place // 2 // ATTACHED, -1)[origin]
    units = _split(random, companies, ATTACHED, 0.5, 1).ravel()
    return _exact([(owner, new, units)])


def hubs(companies: int, random: Random) -> Rows:
    number = np.arange(HUBS, companies)
    below = np.arange(HUBS)[np.arange(HUBS) % 4 != 0]
    first = random.integers(0, HUBS, len(number))
    units = _split(random, len(number), 3, 0.6, 1)
    parts = [((first + step * 5) % HUBS, number, units[:, step]) for step in range(3)]
    return _exact([(below // 4 * 4, below, np.full(len(below), 60 * PERCENT)), *parts])


def chains(companies: int, random: Random) -> Rows:
    number = np.arange(companies)
    linked = number[number % LINKS != 0]
    units = HALF + 1 + random.integers(0, HALF, len(linked))
    return _exact([(linked - 1, linked, units)])


def core(companies: int, random: Random) -> Rows:
    size = isqrt(companies)
    owner, owned = (side.ravel() for side in np.meshgrid(np.arange(size), np.arange(size), indexing="ij"))
    apart = owner != owned
    owner, owned = owner[apart], owned[apart]
    first = np.arange(size) < size // 2
    held = np.where(first, 40 * PERCENT, 80 * PERCENT)
    weight = 0.5 + random.random(len(owner))
    units = (weight / np.bincount(owned, weight, size)[owned] * held[owned]).astype(np.int64)
    outside = np.where(first, 55 * PERCENT, 19 * PERCENT)
    below = np.arange(size + 1, companies)
    return _exact(
        [
            (owner, owned, units),
            (np.full(size, size), np.arange(size), outside),
            (random.integers(0, size, len(below)), below, np.full(len(below), 60 * PERCENT)),
        ]
    )


def ties(companies: int, random: Random) -> Rows:
    """Of each layer below the first, two in four are wholly owned, neighbours by the same holder; one in four is held
    by two such neighbours of the layer above, one in four by any two of it."""
    bounds = (np.array([0, 0.3, 0.6, 0.85, 1]) * companies).astype(int) // 4 * 4
    parts = []
    for above, start, end in zip(bounds[:-2], bounds[1:-1], bounds[2:], strict=True):
        number = np.arange(start, end)
        four, rest = number // 4 * 4, number % 4
        any_one = above + random.integers(0, start - above, len(number))
        other = above + (any_one - above + 1 + random.integers(0, start - above - 1, len(number))) % (start - above)
        whole = number[rest < 2]
        parts.append((any_one[four[rest < 2] - start], whole, np.full(len(whole), WHOLE)))
        neighbour = any_one // 4 * 4
        left = np.where(rest == 2, neighbour, any_one)[rest >= 2]
        right = np.where(rest == 2, neighbour + 1, other)[rest >= 2]
        half = np.full(len(left), HALF)
        parts += [(left, number[rest >= 2], half), (right, number[rest >= 2], half)]
    return _exact(parts)


# Bounds of the holder that may control, and of the one beside him; exclusive ones are moved inside by a unit.
MAIN = np.array(
    [(25 * PERCENT + 1, HALF), (HALF + 1, 75 * PERCENT - 1), (45 * PERCENT, 55 * PERCENT), (HALF, 60 * PERCENT)]
)
BESIDE = np.array([(0, 10 * PERCENT), (5 * PERCENT, 25 * PERCENT), (25 * PERCENT + 1, HALF)])


def bands(companies: int, random: Random) -> Rows:
    number = np.arange(companies)
    led = number[random.random(companies) < 0.7]
    main = MAIN[random.integers(0, len(MAIN), len(led))]
    known = random.random(len(led)) < 0.3
    exact = random.integers(40 * PERCENT, 75 * PERCENT, len(led))
    main = np.where(known[:, None], exact[:, None], main)
    shared = led[random.random(len(led)) < 0.6]
    beside = BESIDE[random.integers(0, len(BESIDE), len(shared))]
    bounds = np.concatenate([main, np.where(beside > 0, np.minimum(beside, 25 * PERCENT), 0)])
    bounds[len(main) :, 1] = beside[:, 1]
    owner = np.concatenate([_earlier(led, random, 0.9), _earlier(shared, random, 0.9)])
    return Rows(owner, np.concatenate([led, shared]), bounds[:, 0], bounds[:, 1])


FAMILIES: dict[str, Callable[[int, Random], Rows]] = {
    "trees": trees,
    "scale-free": scale_free,
    "hubs": hubs,
    "chains": chains,
    "core": core,
    "ties": ties,
    "bands": bands,
}


def rows(family: str, companies: int, seed: int = SEED) -> Rows:
    """The holdings of a family, each pair once."""
    made = FAMILIES[family](companies, np.random.default_rng(seed))
    there = (made.owner >= 0) & (made.owner != made.owned) & (made.upper > 0)
    made = Rows(*(column[there] for column in made))
    _, first = np.unique(made.owned * companies + made.owner, return_index=True)
    return Rows(*(column[first] for column in made))


def write(family: str, companies: int, path: Path, seed: int = SEED) -> None:
    """Write the holdings of a family as a Parquet file."""
    made = rows(family, companies, seed)
    random = np.random.default_rng(seed + 1)
    ids = identifiers(companies, random)
    order = random.permutation(len(made.owner))
    table = pl.DataFrame(
        {
            "owner": ids.gather(made.owner[order]),
            "owned": ids.gather(made.owned[order]),
            "lower": made.lower[order],
            "upper": made.upper[order],
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    table.write_parquet(path, compression="zstd", compression_level=1)
