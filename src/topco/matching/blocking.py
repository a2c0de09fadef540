"""Which names to compare at all: those that share a country, all numbers, and a rare piece of the name.

1. The pieces of a name are its windows of four characters, word ends included (pairs of characters in scripts without
   spaces); the whole name with its words sorted; of a name of 5 to 24 characters also the *near* ones, which are the
   name and the name without one of its characters: names that are one slip apart share one of them.
2. A piece counts within one country and one set of numbers: other pairs could not be proposed. A name of unknown
   country is looked for in all countries, and found from all.
3. For every name that asks, the rarest of its pieces that occur on the other side are taken until enough names are
   met; names that share all words, or a near piece, are met before, if there are not too many.

Pieces are hashed; a collision adds a pair that is then compared like any other. What is met depends on the content of
the two sides only, not on the order of their rows. A name whose rarest piece, or words, stand in too many names is
*crowded*: it is not compared with all that might be alike, and the caller is told.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from topco.matching.knowledge_of_names import UNSPACED

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENOUGH = 40  # names that the rare pieces of one name may meet in one batch
MOST_EQUAL = 2_000  # names with the same words, in one batch

MOST_NEAR = 200  # names with the same near piece, in one batch
MOST_RAREST = 500  # names with the rarest piece of a name, if it is common, in one batch

_AT_ONCE = 25_000  # names whose pieces are made at once, to be kept
_WINDOW, _PAIR = 4, 2
_NEAR = (5, 24)  # characters of a name that has near pieces
WHOLE, NEAR, PART = 0, 1, 2  # sorts of pieces
_MIX = np.uint64(0x9E3779B97F4A7C15)
_BASE = 0x100000001B3  # odd, so that it has an inverse among the 64-bit numbers
_INVERSE = np.uint64(pow(_BASE, -1, 1 << 64))
_LINE = ord("\n")
_ANY = ""  # the country of a name without one
ANYWHERE, THERE, THERE_OR_ANYWHERE = "anywhere", "there ", "there or else anywhere"

# The columns of the frame of names that blocking reads; `row` numbers the names of one side.
COLUMNS = ("row", "words", "key", "numbers", "countries")


class Candidates(NamedTuple):
    """Pairs of rows (`asking`, `asked`) to compare, and the asking rows that were too crowded to compare with all."""

    pairs: pl.DataFrame
    crowded: frozenset[int]


class Index:
    """Names that are asked, by their pieces.

    Args:
        asked: names with `COLUMNS`; `words` in order, `key` sorted, `countries` a list, maybe empty.
        across_countries: compare names that share no country as well.
    """

    def __init__(self, asked: pl.DataFrame, *, across_countries: bool) -> None:
        self._asked = asked
        self._across = across_countries

    @cached_property
    def _anywhere(self) -> pl.DataFrame:
        return _pieces(self._asked, ANYWHERE)

    @cached_property
    def _there(self) -> pl.DataFrame:
        return _pieces(self._asked, THERE_OR_ANYWHERE)

    def candidates(self, asking: pl.DataFrame) -> Candidates:
        """The pairs to compare for these names, which have the same columns."""
        nowhere = pl.lit(value=True) if self._across else pl.col("countries").list.len() == 0
        here, unknown = asking.filter(~nowhere), asking.filter(nowhere)
        found = [Candidates(pl.DataFrame(schema={"asking": pl.UInt32, "asked": pl.UInt32}), frozenset())]
        if here.height:
            found.append(_met(_pieces(here, THERE + ANYWHERE), self._there))
        if unknown.height:
            found.append(_met(_pieces(unknown, ANYWHERE), self._anywhere))
        pairs = pl.concat([one.pairs for one in found]).sort("asking", "asked")
        return Candidates(pairs, frozenset[int]().union(*(one.crowded for one in found)))


class KeptIndex(Index):
    """Names that are asked again and again by few: the same pairs as `Index`, its pieces in order and looked up.

    It meets names whatever their countries, as for scores at which names of other countries are compared.
    """

    def __init__(self, asked: pl.DataFrame) -> None:
        super().__init__(asked, across_countries=True)

    @cached_property
    def _anywhere(self) -> pl.DataFrame:
        # Made a part at a time: on the way it takes several times the room that is left.
        parts = [_pieces(some, ANYWHERE) for some in self._asked.iter_slices(_AT_ONCE)]
        return pl.concat(parts).sort("piece", "row")

    @cached_property
    def _hashes(self) -> NDArray[np.uint64]:
        return self._anywhere["piece"].to_numpy()

    def candidates(self, asking: pl.DataFrame) -> Candidates:
        """The pairs to compare for these names, which have the same columns."""
        pieces = _pieces(asking, ANYWHERE)
        wanted = pieces["piece"].unique().sort().to_numpy()
        first, last = (np.searchsorted(self._hashes, wanted, side) for side in ("left", "right"))
        sizes = last - first
        places = np.repeat(first - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        return _met(pieces, self._anywhere[places])


def _pieces(names: pl.DataFrame, where: str) -> pl.DataFrame:
    """Hashed pieces of names (`piece`, `row`, `sort`), within the name's countries, anywhere, or both."""
    there, anywhere = pl.col("countries"), pl.lit([_ANY], dtype=pl.List(pl.String))
    places = {
        ANYWHERE: anywhere,
        THERE + ANYWHERE: pl.concat_list(there, anywhere),
        THERE_OR_ANYWHERE: pl.when(there.list.len() == 0).then(anywhere).otherwise(there),
    }[where]
    blocks = (
        names.select("row", "numbers", block=places)
        .explode("block")
        .select("row", block=pl.struct("block", "numbers").hash(seed=1))
    )
    within = _windows(names).join(blocks, on="row")
    return within.select("row", "sort", piece=pl.col("piece") ^ pl.col("block")).unique(["piece", "row"])


def _windows(names: pl.DataFrame) -> pl.DataFrame:
    """The pieces of every name, wherever it is from."""
    rows = names["row"].to_numpy()
    text = "\n".join(f" {name} " for name in names["words"].to_list()) + "\n"
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ends = points == _LINE
    owner = rows[np.cumsum(ends) - ends]
    whole = names.select("row", piece=pl.col("key").hash(seed=2), sort=pl.lit(WHOLE, dtype=pl.UInt8))
    parts = [whole, _near(names)]
    for size in (_WINDOW, _PAIR):
        places = max(len(points) - size + 1, 0)
        inside = np.ones(places, dtype=bool)
        hashed = np.full(places, size, dtype=np.uint64)
        for offset in range(size):
            window = points[offset : places + offset]
            inside &= (window >= UNSPACED) if size == _PAIR else (window != _LINE)
            hashed = _mixed(hashed ^ window)
        pieces = pl.DataFrame({"row": owner[:places][inside], "piece": hashed[inside]})
        parts.append(pieces.with_columns(sort=pl.lit(PART, dtype=pl.UInt8)))
    return pl.concat(parts)


def _near(names: pl.DataFrame) -> pl.DataFrame:
    """Of names that are not long, the hash of the name and those of the name without one character.

    A name is hashed as the sum of its characters times powers of a base. Leaving out one character leaves the sum of
    those before it, and that of those behind it divided by the base.
    """
    short = names.filter(pl.col("words").str.len_chars().is_between(*_NEAR))
    lengths = short["words"].str.len_chars().to_numpy().astype(np.int64)
    points = np.frombuffer("".join(short["words"].to_list()).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(lengths)), lengths)
    powers = np.cumprod(np.full(_NEAR[1], _BASE, dtype=np.uint64))
    terms = _mixed(points.astype(np.uint64)) * powers[np.arange(len(points)) - starts[owner]]
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(terms, dtype=np.uint64)])
    before = sums[:-1] - sums[starts[owner]]
    whole = sums[starts + lengths] - sums[starts]
    without = before + (whole[owner] - before - terms) * _INVERSE
    rows = short["row"].to_numpy()
    return pl.DataFrame(
        {"row": np.concatenate([rows, rows[owner]]), "piece": _mixed(np.concatenate([whole, without]))}
    ).with_columns(sort=pl.lit(NEAR, dtype=pl.UInt8))


def _mixed(hashed: np.ndarray) -> np.ndarray:
    spread = hashed * _MIX
    mixed: np.ndarray = spread ^ (spread >> np.uint64(29))
    return mixed


def _met(asking: pl.DataFrame, asked: pl.DataFrame) -> Candidates:
    """The pairs that the rarest shared pieces make."""
    sizes = asked.group_by("piece").agg(size=pl.len())
    shared = (
        asking.join(sizes, on="piece")
        .sort("row", "size", "piece")
        .with_columns(
            place=pl.int_range(pl.len()).over("row", "sort"), met=pl.col("size").cum_sum().over("row", "sort")
        )
    )
    some = pl.col("met") <= ENOUGH
    part, near, whole = (pl.col("sort") == sort for sort in (PART, NEAR, WHOLE))
    rarest = part & (pl.col("place") == 0)
    few = pl.when(rarest).then(MOST_RAREST).when(near).then(MOST_NEAR).otherwise(MOST_EQUAL) >= pl.col("size")
    taken = shared.filter(few & (whole | near | rarest | (part & some)))
    pairs = taken.select("piece", asking="row").join(asked.select("piece", asked="row"), on="piece")
    crowded = shared.filter(~few & (whole | rarest))["row"]
    return Candidates(pairs.select("asking", "asked").unique(), frozenset(crowded.to_list()))
