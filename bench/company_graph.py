"""A seeded graph of companies, as the one Parquet file that every peer of the benchmark reads.

    child   parent   step

One row for each company with the parent that is recorded for it, null where none is, and `step` = `direct`; and one
row more for each company of which the ultimate parent is recorded too, with `step` = `ultimate`. Identifiers are text
of the form and length of LEIs.

* 70 % of the companies have one direct parent: nine times out of ten one of the 16 companies before it in the order of
  drawing, which makes deep trees (about 40 levels at a million), else any company drawn before it.
* There are N/1000 rings of two companies; what hangs below a ring has no ultimate parent.
* Of every twentieth company with a parent the true ultimate parent is recorded as well, which cuts its way short.
* Rows and identifiers are in an order of their own, so that neighbours in the tree are no neighbours in the file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

SEED = 20250115
WITH_PARENT = 0.70
NEAR = 0.90
NEIGHBOURS = 16
RECORDED = 0.05
ALPHABET = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)


def parents(companies: int, random: np.random.Generator) -> np.ndarray:
    """The direct parent of each company in the order of drawing, -1 where there is none."""
    number = np.arange(companies)
    near = number - random.integers(1, NEIGHBOURS + 1, companies)
    far = (random.random(companies) * number).astype(np.int64)
    parent = np.where((random.random(companies) < NEAR) & (near >= 0), near, far)
    parent[(random.random(companies) >= WITH_PARENT) | (number == 0)] = -1
    ringed = random.choice(companies // 2, companies // 1000, replace=False) * 2
    parent[ringed], parent[ringed + 1] = ringed + 1, ringed
    return parent


def tops(parent: np.ndarray) -> np.ndarray:
    """Where each company's chain ends, -1 where that is a ring: pointers that double their reach until none moves.

    >>> tops(np.array([-1, 0, 1, 4, 3, 4])).tolist()
    [0, 0, 0, -1, -1, -1]
    """
    above = np.where(parent < 0, np.arange(len(parent)), parent)
    for _ in range(len(parent).bit_length()):
        above = above[above]
    return np.where(parent[above] < 0, above, -1)


def identifiers(companies: int, random: np.random.Generator) -> pl.Series:
    """Distinct identifiers of 20 characters with the prefix of their scheme, in no order."""
    characters = ALPHABET[random.integers(0, 36, (companies, 20))]
    number = random.permutation(companies)
    for place in range(17, 11, -1):
        characters[:, place] = ALPHABET[number % 36]
        number //= 36
    return pl.Series([row.decode() for row in characters.view("S20").ravel()]).str.replace("^", "LEI:")


def write(companies: int, path: Path, seed: int = SEED) -> None:
    """Write the graph of this many companies."""
    random = np.random.default_rng(seed)
    parent = parents(companies, random)
    top = tops(parent)
    ids = identifiers(companies, random)
    recorded = np.flatnonzero((parent >= 0) & (top >= 0) & (random.random(companies) < RECORDED))
    child = np.concatenate([np.arange(companies), recorded])
    above = np.concatenate([parent, top[recorded]])
    rows = pl.DataFrame(
        {
            "child": ids.gather(child),
            "parent": ids.gather(pl.Series(above).set(pl.Series(above < 0), None)),
            "step": np.where(np.arange(len(child)) < companies, "direct", "ultimate"),
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    rows[random.permutation(len(child))].write_parquet(path, compression="zstd", compression_level=1)
