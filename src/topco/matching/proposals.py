"""Pairs of parties whose names are alike: two frames of names in, proposals out.

Names are brought into their normal form once (`prepared`), pairs worth comparing are found by rare pieces
(`topco.matching.blocking`), and each of them is scored (`topco.matching.scoring`). Both sides are taken in batches, so
memory is bounded by a batch whatever the size of the frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from topco.matching import blocking
from topco.matching.normal import Name, normalise
from topco.matching.scoring import COUNTRY_DIFFERENT, WHOLE, Party, Score, score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[str, int, int | None, str], None]
    Notify = Callable[[str], None]

MINIMUM = 85

# What is compared: a row for each name of a party. `country`: codes, joined by `;` if there are several.
NAMES = pl.Schema({"id": pl.String(), "name": pl.String(), "country": pl.String(), "kind": pl.String()})

PROPOSALS = pl.Schema(
    {
        "first": pl.String(),
        "second": pl.String(),
        "score": pl.Int64(),
        "reason": pl.String(),
        "first_name": pl.String(),
        "second_name": pl.String(),
    }
)

_ASKING, _ASKED, _PAIRS = 25_000, 200_000, 250_000  # names and pairs in one batch
_HEAD = 400  # characters of a name that the first look takes in
_MARGIN = 15  # a score takes off the part of differing letters, but for initials and words put elsewhere


def propose(
    left: pl.DataFrame,
    right: pl.DataFrame,
    minimum: int = MINIMUM,
    progress: Progress | None = None,
    notify: Notify | None = None,
) -> pl.DataFrame:
    """The pairs of parties, one of each side, that score at least `minimum`; the best name of each party counts.

    Args:
        left, right: frames with the columns `NAMES`, and maybe `main` (false: not the party's main name).
        minimum: from 1 to 100.
        progress: told how many names have been compared.
        notify: told, in a sentence, of names that were not compared with all that might be alike.

    Returns:
        A frame `PROPOSALS`, best first: `first` is of the left side; a pair with itself is none.

    >>> def names(*rows): return pl.DataFrame(rows, NAMES, orient="row")
    >>> left = names(("LEI:1", "Nordic Technologies Co., Ltd.", "SE", "LegalEntity"))
    >>> right = names(("X:1", "NORDIC TECHNOLOGIES CO LTD", "SE", None), ("X:2", "Nordic Tech No. 2 Co", "SE", None))
    >>> propose(left, right).rows()[0][:4]
    ('LEI:1', 'X:1', 100, 'same words; same legal form; country SE')
    """
    return compare(prepared(left), prepared(right), minimum, progress, notify)


def prepared(names: pl.DataFrame) -> pl.DataFrame:
    """Names in their normal form: what `compare` needs of a frame of names, sorted, rows without words left out."""
    main = pl.col("main").fill_null(value=True) if "main" in names.columns else pl.lit(value=True)
    given = (
        names.select("id", "name", "country", "kind", main=main)
        .filter(pl.col("id").is_not_null() & pl.col("name").is_not_null())
        .unique()
        .sort("id", "name", "country", "kind", "main")
    )
    normal = [normalise(name) for name in given["name"].to_list()]
    countries = pl.col("country").fill_null("").str.to_uppercase().str.split(";")
    return (
        given.with_columns(
            words=pl.Series([" ".join(name.words) for name in normal], dtype=pl.String),
            forms=pl.Series(["|".join(name.forms) for name in normal], dtype=pl.String),
            key=pl.Series([name.key for name in normal], dtype=pl.String),
            numbers=pl.Series([" ".join(name.numbers) for name in normal], dtype=pl.String),
            countries=countries.list.eval(pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != "")),
        )
        .drop("country")
        .filter(pl.col("words") != "")
        .with_row_index("row")
    )


def compare(
    left: pl.DataFrame,
    right: pl.DataFrame,
    minimum: int = MINIMUM,
    progress: Progress | None = None,
    notify: Notify | None = None,
    *,
    left_asks: bool = False,
    index: blocking.Index | None = None,
) -> pl.DataFrame:
    """`propose` for frames that are `prepared`. The smaller side asks, so that either order gives the same pairs.

    Args:
        left_asks: the left side asks whatever its size, so that very many names meet what a few would.
        index: the pieces of the right side, for those who ask it often; then the left asks.
    """
    swapped = not (left_asks or index) and (left.height, left["id"].min() or "") > (
        right.height,
        right["id"].min() or "",
    )
    asking, asked = (right, left) if swapped else (left, right)
    found = [PROPOSALS.to_frame()]
    done, crowded = 0, set[int]()
    size = _ASKED if index is None else max(asked.height, 1)
    batches = -(-asked.height // size)
    for others in asked.iter_slices(size):
        pieces = index or blocking.Index(others, across_countries=minimum <= WHOLE - COUNTRY_DIFFERENT)
        for some in asking.iter_slices(_ASKING):
            met = pieces.candidates(some)
            crowded |= met.crowded
            for pairs in _alike(met.pairs, some, others, minimum):
                found.append(pl.DataFrame(list(_scored(pairs, minimum, swapped=swapped)), PROPOSALS, orient="row"))
            done += some.height
            if progress is not None:
                progress("comparing names", done, asking.height * batches, "names")
    if crowded and notify is not None:
        example = asking.filter(pl.col("row") == min(crowded))["name"][0]
        notify(
            f"{len(crowded)} names were not compared with all that might be alike, because more than "
            f"{blocking.MOST_EQUAL} names have the same words, or no piece of them is rare (such as {example!r})."
        )
    order = ["score", "first", "second", "first_name", "second_name"]
    return (
        pl.concat(found)
        .sort(order, descending=[True, False, False, False, False])
        .unique(["first", "second"], keep="first", maintain_order=True)
    )


def _alike(pairs: pl.DataFrame, asking: pl.DataFrame, asked: pl.DataFrame, minimum: int) -> Iterator[pl.DataFrame]:
    """The pairs that may be alike, with both names beside each other, some at a time.

    Cut off are pairs whose words, in their order and sorted, both have too few letters in common.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    first_rows = (asking["row"][0], asked["row"][0])
    for some in pairs.iter_slices(_PAIRS):
        places = [
            (some[side] - first).cast(pl.UInt32) for side, first in zip(("asking", "asked"), first_rows, strict=True)
        ]
        likeness = [
            process.cpdist(
                *(
                    frame[column].gather(at).str.head(_HEAD).to_list()
                    for frame, at in zip((asking, asked), places, strict=True)
                ),
                scorer=Indel.normalized_similarity,
            )
            for column in ("words", "key")
        ]
        least = (minimum - _MARGIN) / WHOLE
        alike = pl.Series((likeness[0] >= least) | (likeness[1] >= least), dtype=pl.Boolean)
        one, other = (frame[at.filter(alike)] for frame, at in zip((asking, asked), places, strict=True))
        yield pl.concat([one, other.rename(lambda column: f"{column}_2")], how="horizontal").filter(
            pl.col("id") != pl.col("id_2")
        )


def _scored(pairs: pl.DataFrame, minimum: int, *, swapped: bool) -> Iterator[dict[str, Any]]:
    for row in pairs.iter_rows(named=True):
        found = score(_party(row, ""), _party(row, "_2"))
        if found.value < minimum:
            continue
        one, other = ("_2", "") if swapped else ("", "_2")
        yield {
            "first": row["id" + one],
            "second": row["id" + other],
            "score": found.value,
            "reason": found.reason,
            "first_name": row["name" + one],
            "second_name": row["name" + other],
        }


def _party(row: dict[str, Any], suffix: str) -> Party:
    words, forms, numbers = (row[column + suffix] for column in ("words", "forms", "numbers"))
    name = Name(tuple(words.split(" ")), tuple(forms.split("|")) if forms else (), tuple(numbers.split()))
    return Party(name, frozenset(row["countries" + suffix]), row["kind" + suffix], row["main" + suffix])


def explain(first: dict[str, Any], second: dict[str, Any]) -> Score:
    """How two parties would be scored, with the parts in words.

    Args:
        first, second: `name`, and maybe `country`, `kind`, `main`, as in the frames of `propose`.

    >>> print(explain({"name": "Fund No. 2 LP"}, {"name": "Fund III L.P."}).reason)
    numbers differ: '2', '3' (-100)
    """
    parties = []
    for one in (first, second):
        row = {column: [one.get(column)] for column in NAMES} | {"id": ["X:"], "main": [one.get("main", True)]}
        frame = prepared(pl.DataFrame(row, schema={**NAMES, "main": pl.Boolean}))
        parties.append(_party(frame.row(0, named=True), "") if frame.height else Party(Name((), (), ())))
    return score(*parties)
