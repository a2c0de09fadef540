"""The parties of orders in columns: each party and day once, those that rules cannot tell apart as one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.licensing.cases.recipients import Recipient, unknown_recipient
from topco.licensing.law.sentences import listed
from topco.namespaces import normalise_id
from topco.ownership.over_dates import BETWEEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topco.licensing.orders.columns import Coded

InBulk = Callable[[pl.DataFrame], pl.DataFrame]
"""From `id` and `day` to the columns of `topco.ownership.over_dates`."""
_APART = "\x1f"
_TEXTS = ("name", "status", "parent_ids", "parents_said")


@dataclass(frozen=True)
class PartyColumns:
    """What is known of the party of every row.

    `kind` is a place in `kinds` (-1: no identifier is given): parties of one kind have the same status, the same
    headquarters and the same headquarters of ultimate parents. The texts are those of `found`, at `place`.
    """

    kinds: list[Recipient]
    kind: NDArray[np.int64]
    place: NDArray[np.int64]
    found: pl.DataFrame

    def text(self, name: str) -> pl.Series:
        """A text of every row's party; null where no identifier is given."""
        return self.found[name].gather(pl.Series(self.place).set(pl.Series(self.place < 0), None))


def party_columns(
    entities: Mapping[str, Coded],
    days: NDArray[np.int64],
    rows: NDArray[np.bool_],
    in_bulk: InBulk | None,
    one_day: Callable[[Sequence[str], date], Mapping[str, Recipient]],
) -> dict[str, PartyColumns]:
    """The parties of these rows, by section.

    Args:
        entities: the coded identifiers by section; code 0 for none.
        days: the day of every row's facts, as the number of days since 1970.
        rows: the rows to be answered.
        in_bulk: answers for parties on days of their own, in columns.
        one_day: answers for parties of one day, where there is nothing else.
    """
    asked = []
    for one in entities.values():
        chosen = np.flatnonzero((one.code > 0) & rows)
        values = pl.Series(one.values, dtype=pl.String)
        asked.append(pl.DataFrame({"text": values.gather(one.code[chosen]), "day": days[chosen]}))
    pairs = pl.concat(asked).unique(maintain_order=True)
    texts = pairs["text"].unique()
    ids = pl.DataFrame({"text": texts, "id": pl.Series([normalise_id(text) for text in texts], dtype=pl.String)})
    named = pairs.join(ids, on="text", how="left", maintain_order="left")
    wanted = named.select("id", day=pl.col("day").cast(pl.Int32).cast(pl.Date))
    found = _in_one_form(in_bulk(wanted) if in_bulk else _day_by_day(wanted, one_day), named["text"])
    kinds = found["kind"].unique(maintain_order=True)
    number = found["kind"].cast(pl.Enum(kinds)).to_physical().to_numpy().astype(np.int64)
    answers = pairs.with_columns(place=pl.Series(np.arange(len(pairs)), dtype=pl.Int64))
    made = [_of_kind(kind) for kind in kinds]
    parts = {}
    for section, one in entities.items():
        values = pl.Series(one.values, dtype=pl.String)
        mine = pl.DataFrame({"text": values.gather(one.code), "day": days})
        place = mine.join(answers, on=["text", "day"], how="left", maintain_order="left")["place"]
        at = place.fill_null(-1).to_numpy().astype(np.int64)
        kind = np.where(at >= 0, number[np.maximum(at, 0)], -1) if len(number) else np.full(len(at), -1)
        parts[section] = PartyColumns(made, kind, at, found)
    return parts


def _in_one_form(found: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """The texts that a row shows, and what makes a kind; a party that is not in the store goes by its identifier."""
    unknown = pl.col("status") == unknown_recipient("", None).status
    own = (pl.col("parents") == 1) & (pl.col("parent_ids") == pl.col("party"))
    several = pl.col("parent_names").str.contains(BETWEEN, literal=True)
    single = found.with_columns(
        party=pl.col("party") if "party" in found.columns else texts,
    ).with_columns(
        name=pl.when(unknown).then(texts).otherwise("name"),
        own=own,
        parents_said=pl.when(several.fill_null(False)).then(None).otherwise(pl.col("parent_names").fill_null("")),
    )
    places = np.flatnonzero(single["parents_said"].is_null().to_numpy()).tolist()
    if places:
        said = [listed(single["parent_names"][place].split(BETWEEN), "or") for place in places]
        single = single.with_columns(single["parents_said"].scatter(places, said))
    parts = [pl.col(name).fill_null("") for name in ("status", "hq", "parent_hqs", "highest_hq")]
    counts = [pl.col("own").fill_null(False).cast(pl.String), (pl.col("parents") > 0).cast(pl.String)]
    return single.select(*_TEXTS, kind=pl.concat_str([*parts, *counts], separator=_APART))


def _of_kind(kind: str) -> Recipient:
    """The party that stands for its kind; identifiers and names stand for nothing."""
    status, hq, parent_hqs, highest, own, parents = kind.split(_APART)
    if status == unknown_recipient("", None).status:
        return unknown_recipient("", None)
    has_parents = parents == "true"
    tops = parent_hqs.split(BETWEEN) if has_parents else []
    return Recipient(
        entity="itself",
        name="its name",
        status=status,
        headquarters=tuple(hq.split(";")) if hq else (None,),
        ultimate_parent_headquarters=tuple(code or None for top in tops for code in top.split(";")),
        joint=status == "joint",
        highest_known_headquarters=highest or None,
        highest_known_name=None,
        ultimate_parent_ids=("itself" if own == "true" else "another",) if has_parents else (),
        ultimate_parent_names=("another",) if has_parents else (),
        resolution=None,
    )


def _day_by_day(
    wanted: pl.DataFrame, one_day: Callable[[Sequence[str], date], Mapping[str, Recipient]]
) -> pl.DataFrame:
    """The same columns from parties resolved day by day."""
    rows: dict[int, dict[str, object]] = {}
    numbered = wanted.with_row_index("place")
    for (day,), part in numbered.group_by("day", maintain_order=True):
        assert isinstance(day, date)
        found = one_day(part["id"].to_list(), day)
        for place, identifier in part.select("place", "id").iter_rows():
            rows[place] = _row(found.get(identifier), identifier)
    schema = {
        **dict.fromkeys(("party", "name", "status", "hq", "parent_ids", "parent_names", "parent_hqs"), pl.String()),
        "highest_hq": pl.String(),
        "parents": pl.Int32(),
    }
    return pl.DataFrame([rows[place] for place in range(len(wanted))], schema=schema, orient="row")


def _row(one: Recipient | None, identifier: str) -> dict[str, object]:
    if one is None:
        status = unknown_recipient("", None).status
        return {"party": identifier, "status": status, "parents": 0}
    return {
        "party": one.entity,
        "name": one.name,
        "status": one.status,
        "hq": ";".join(code for code in one.headquarters if code),
        "parent_ids": BETWEEN.join(one.ultimate_parent_ids),
        "parent_names": BETWEEN.join(one.ultimate_parent_names),
        "parent_hqs": BETWEEN.join(code or "" for code in one.ultimate_parent_headquarters),
        "highest_hq": one.highest_known_headquarters or "",
        "parents": len(one.ultimate_parent_ids) or len(one.ultimate_parent_headquarters),
    }
