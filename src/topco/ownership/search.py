"""Finding entities by identifier or name.

1. Identifiers: the identifier itself, a part of one, or a number in a business register.
2. Names that hold every word of the text, other and transliterated names included: the whole name, its beginning, the
   words together, the words anywhere.
3. If there are few, names that look alike: of similar length, sharing the beginning or the end of a word, compared
   by edit distance with the words sorted.

A score says how close a hit is: 100 the same, 90 to 99 the name begins so, 80 to 89 the words stand together, 70 to 79
they stand apart, below 70 it only looks alike.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.errors import BadInput
from topco.identity.parties import parties, party_table
from topco.namespaces import normalise_id
from topco.ownership.kept_names import compact, is_part, names_kept, names_of, number_compared, without_zeros
from topco.ownership.names import words
from topco.store.having import Having

if TYPE_CHECKING:
    from datetime import date

    from topco.ownership.kept_names import Names
    from topco.store.store import Store

COLUMNS = ("id", "name", "matched", "status", "hq_country", "registered_country", "score")

_SAME = 100.0
_ENOUGH = 5  # hits, and names that only look alike are not wanted
_SCORED = 5_000  # names at most; common words meet far more, and the shortest are closest
_ALIKE = 65  # the least likeness, in percent, that is worth showing


_NONE = pl.DataFrame(schema={"id": pl.String, "matched": pl.String, "score": pl.Float64})


@dataclass(frozen=True)
class Hit:
    """An entity found; `matched` is the identifier, number or name that the text met, `score` how well (0 to 100)."""

    id: str
    name: str | None
    matched: str
    status: str | None
    hq_country: str | None
    registered_country: str | None
    score: int

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


def search(store: Store, text: str, limit: int = 20, known_as_of: date | None = None) -> list[Hit]:
    """The entities that a text means, best first.

    Raises:
        BadInput: the text holds neither a letter nor a digit, or the limit is below 1.
    """
    asked = words(text)
    if not asked:
        raise BadInput("There is nothing to search for.", remedy="Give an identifier or a part of a name.")
    if limit < 1:
        raise BadInput("The limit must be at least 1.")
    kept = names_kept(store, known_as_of)
    is_name = kept is not None and not kept.may_be_number(text.strip())
    found = _NONE if is_name else _by_identifier(store, text.strip(), known_as_of)
    if found.filter(pl.col("score") == _SAME).is_empty():
        names = names_of(store, known_as_of)
        found = pl.concat([found, _by_words(names, asked)])
        if found["id"].n_unique() < min(limit, _ENOUGH):
            found = pl.concat([found, _alike(names, asked, limit)])
    found = found.with_columns(pl.Series("id", parties(store, known_as_of).party_of(found["id"]), dtype=pl.String))
    best = (
        found.sort(["score", "matched", "id"], descending=[True, False, False])
        .unique("id", keep="first", maintain_order=True)
        .head(limit)
    )
    return _described(store, best, known_as_of)


def _by_identifier(store: Store, text: str, known_as_of: date | None) -> pl.DataFrame:
    """The identifier itself, the number in a register (leading zeros aside), and identifiers that hold the text."""
    identifier, value = normalise_id(text), compact(text)
    number = pl.col("registration_number")
    same = (pl.col("id") == identifier) | pl.col("id").str.ends_with(f":{value}")
    same_number = number_compared() == without_zeros(value)
    part = pl.lit(value=is_part(text)) & pl.col("id").str.contains(value, literal=True)
    return (
        store.table("entities", ["id", "registration_number"], known_as_of=known_as_of)
        .filter(same | same_number | part)
        .select(
            "id",
            matched=pl.when(~same & same_number.fill_null(value=False)).then(number).otherwise("id"),
            score=pl.when(same | same_number).then(_SAME).otherwise(90.0),
        )
        .collect()
    )


def _by_words(names: Names, asked: list[str]) -> pl.DataFrame:
    """Names that hold every word of the text, scored by how they hold them."""
    from rapidfuzz import fuzz

    holds = pl.all_horizontal(pl.col("folded").str.contains(word, literal=True) for word in asked)
    whole = " ".join(asked)
    begins, together = pl.col("folded").str.starts_with(whole), pl.col("folded").str.contains(whole, literal=True)
    met = names.with_all(asked).filter(holds)
    if met.height > _SCORED:
        length = pl.col("folded").str.len_chars()
        met = met.sort(begins, together, -length.cast(pl.Int64), descending=True).head(_SCORED)
    scores = []
    for name in met["folded"]:
        plain = " ".join(words(name))
        closeness = 9 * fuzz.ratio(whole, plain) / 100
        if plain == whole:
            scores.append(_SAME)
        elif plain.startswith(whole):
            scores.append(90 + closeness)
        else:
            scores.append((80 if whole in plain else 70) + closeness)
    return met.select("id", "matched").with_columns(score=pl.Series(scores, dtype=pl.Float64))


def _alike(names: Names, asked: list[str], limit: int) -> pl.DataFrame:
    from rapidfuzz import fuzz, process

    whole = " ".join(asked)
    ends = sorted({end for word in asked if len(word) > 3 for end in (word[:4], word[-4:])} or set(asked))
    length = pl.col("folded").str.len_chars()
    near = names.with_any(ends).filter(
        length.is_between(len(whole) // 2, 2 * len(whole) + 4) & pl.col("folded").str.contains_any(ends)
    )
    hits = process.extract(
        whole, near["folded"].to_list(), scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE, limit=4 * limit
    )
    places = [place for _, _, place in hits]
    scores = pl.Series([0.69 * likeness for _, likeness, _ in hits], dtype=pl.Float64)
    return near.select("id", "matched")[places].with_columns(score=scores)


def _described(store: Store, best: pl.DataFrame, known_as_of: date | None) -> list[Hit]:
    """The hits with what the entity's own record says of it, in the order given."""
    columns = ["id", "name", "entity_status", "registration_status", "hq_country", "registered_country"]
    states = [pl.col(column).str.to_lowercase() for column in ("entity_status", "registration_status")]
    records = (
        party_table(store, "entities", columns, known_as_of=known_as_of, having=Having(("id",), best["id"]))
        .unique("id", keep="first", maintain_order=True)
        .with_columns(status=pl.concat_str(states, separator=", ", ignore_nulls=True))
        .collect()
    )
    rows = best.join(records, on="id", how="left", maintain_order="left")
    return [
        Hit(
            **{
                **{column: row[column] for column in COLUMNS},
                "score": int(row["score"]),
                "status": row["status"] or None,
            }
        )
        for row in rows.iter_rows(named=True)
    ]
