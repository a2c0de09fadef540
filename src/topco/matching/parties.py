"""The parties of a store as names, and what their names propose: pairs across sources, candidates for a list.

All names of a party count, other and transliterated ones included: so a name in another script is met, since nothing
here transliterates. Its countries are those of its headquarters, its registered address and its jurisdiction together;
they only narrow the comparison, and say nothing about where anyone's headquarters is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from topco.matching.links import Links
from topco.matching.normal import normalise
from topco.matching.proposals import MINIMUM, NAMES, PROPOSALS, compare, prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from topco.matching.proposals import Notify, Progress
    from topco.store.store import Store

CANDIDATES = pl.Schema(
    {
        "row": pl.Int64(),
        "name": pl.String(),
        "country": pl.String(),
        "status": pl.String(),
        "id": pl.String(),
        "matched_name": pl.String(),
        "score": pl.Int64(),
        "reason": pl.String(),
    }
)
_FEW, _PIECE = 100, 4
PROPOSED, UNMATCHED = "proposed", "unmatched"

_ABOUT = ["id", "name", "kind", "hq_country", "registered_country", "jurisdiction"]


def names_of(
    store: Store, known_as_of: date | None = None, near: Sequence[str] = (), ids: Sequence[str] | None = None
) -> pl.DataFrame:
    """Every name of every party: the columns `NAMES`, `main` and `source`, the publisher who says so.

    Args:
        near: if given, only names that hold the beginning or the end of a word of one of these.
        ids: if given, only names of these identifiers.
    """
    publishers = {load.id: load.publisher for load in store.current_loads(known_as_of)}
    source = pl.col("load").replace_strict(publishers, return_dtype=pl.String)
    places = ["hq_country", "registered_country", pl.col("jurisdiction").str.slice(0, 2)]
    entities = store.table("entities", _ABOUT, known_as_of=known_as_of).select(
        "id", "name", "kind", country=pl.concat_str(places, separator=";", ignore_nulls=True), source=source
    )
    other = store.table("names", ["id", "name"], known_as_of=known_as_of).select("id", "name", source=source)
    about = entities.select("id", "kind", "country", "source").unique(["id", "source"], keep="first")
    columns = [*NAMES, "source", "main"]
    named = pl.lit(value=True) if ids is None else pl.col("id").is_in(list(ids))
    return (
        pl.concat(
            [
                entities.with_columns(main=pl.lit(value=True)).select(columns),
                other.join(about, on=["id", "source"], how="left")
                .with_columns(main=pl.lit(value=False))
                .select(columns),
            ]
        )
        .filter(pl.col("name").is_not_null() & named & (_holds(_ends(near)) if near else pl.lit(value=True)))
        .collect()
    )


def _ends(names: Iterable[str]) -> list[str]:
    """The first and the last letters of every word of some names, legal forms aside.

    >>> _ends(["Beispiel Holding GmbH"])
    ['beis', 'ding', 'hold', 'piel']
    """
    words = {word for name in names for word in normalise(name).words}
    long = {word for word in words if len(word) > _PIECE}
    return sorted({end for word in long for end in (word[:_PIECE], word[-_PIECE:])} | (words - long))


def _holds(pieces: list[str]) -> pl.Expr:
    if not pieces:  # names without a letter or a figure are like none; the engine takes no empty list
        return pl.lit(value=False)
    plain = pl.col("name").str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return plain.str.contains_any(pieces)


def match_store(
    store: Store,
    known_as_of: date | None = None,
    minimum: int = MINIMUM,
    progress: Progress | None = None,
    notify: Notify | None = None,
    *,
    persons: bool = False,
) -> pl.DataFrame:
    """The pairs of parties of different sources whose names are alike: a frame `PROPOSALS`, best first.

    What records link, or a person has judged, is not proposed again. Of two parties of several identifiers that are
    alike the best pair is given. Parties of one source are never compared: a register knows its own. Human beings are
    compared only with `persons`, because many bear one name.
    """
    links = Links.of(store, known_as_of)
    names = names_of(store, known_as_of)
    if not persons:
        names = names.filter(pl.col("kind").ne_missing("NaturalPerson"))
    frames = [prepared(names.filter(pl.col("source") == one)).drop("row") for one in sorted(set(names["source"]))]
    found = [PROPOSALS.to_frame()]
    for place, frame in enumerate(frames[:-1]):
        others = pl.concat(frames[place + 1 :]).sort("id", "name", "kind", "main")
        found.append(compare(frame.with_row_index("row"), others.with_row_index("row"), minimum, progress, notify))
    kept: dict[tuple[str, str], dict[str, object]] = {}
    order = ["score", "first", "second", "first_name", "second_name"]
    every = pl.concat(found).sort(order, descending=[True, False, False, False, False])
    for row in every.iter_rows(named=True):
        first, second = row["first"], row["second"]
        if not links.settles(first, second):
            kept.setdefault(links.pair(first, second), _turned(row) if second < first else row)
    return pl.DataFrame(list(kept.values()), schema=PROPOSALS, orient="row").sort(
        order, descending=[True, False, False, False, False]
    )


def best(
    names: pl.DataFrame,
    store: Store,
    known_as_of: date | None = None,
    minimum: int = MINIMUM,
    limit: int = 5,
    progress: Progress | None = None,
    notify: Notify | None = None,
) -> pl.DataFrame:
    """The parties that the names of a list may mean: for each row its candidates, best first; a frame `CANDIDATES`.

    Args:
        names: a row each: `row`, `name`, and `country` (a code, several joined by `;`, or null: unknown).
        minimum: the least score of a candidate.
        limit: how many candidates of a row at most; all those that score as much as the last one stand beside it.

    A row without a candidate stands there as `unmatched`. One candidate is no proof, several are an open question.
    """
    asked = names.select(
        "row", "name", "country", id=pl.lit("row:") + pl.col("row").cast(pl.String), kind=pl.lit(None, dtype=pl.String)
    )
    # A few names are not worth the normal form of every name in the store.
    near = names["name"].drop_nulls().to_list() if names.height <= _FEW else []
    known = prepared(names_of(store, known_as_of, near))
    found = compare(prepared(asked.select(*NAMES)), known, minimum, progress, notify)
    ranked = found.filter(pl.col("score").rank("min", descending=True).over("first") <= limit)
    return (
        asked.join(ranked, left_on="id", right_on="first", how="left", maintain_order="left_right")
        .select(
            pl.col("row").cast(pl.Int64),
            "name",
            "country",
            pl.when(pl.col("second").is_null()).then(pl.lit(UNMATCHED)).otherwise(pl.lit(PROPOSED)).alias("status"),
            id="second",
            matched_name="second_name",
            score="score",
            reason="reason",
        )
        .match_to_schema(CANDIDATES)
    )


def _turned(row: dict[str, object]) -> dict[str, object]:
    """A pair with its two sides exchanged; the reason reads the same either way."""
    return {
        **row,
        "first": row["second"],
        "second": row["first"],
        "first_name": row["second_name"],
        "second_name": row["first_name"],
    }
