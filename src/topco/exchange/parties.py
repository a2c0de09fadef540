"""The parties of an export, each once, with what other tables say about them.

Of several records about one party the newest vintage comes last. A party that rows name and no record describes has no
records: it is exported as a stub, so that no tie leads nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topco.exchange.selection import Selection

Row = dict[str, Any]

# How many rows are held in memory at a time.
BATCH = 20_000
# How many rows of all tables make one part of the parties.
ROWS_OF_PART = 500_000


@dataclass(frozen=True)
class Party:
    """One identifier, its entity rows (oldest vintage first, none for a stub), and the rows of others about it."""

    id: str
    records: tuple[Row, ...]
    names: tuple[Row, ...] = ()
    identifiers: tuple[str, ...] = ()
    absences: tuple[Row, ...] = ()
    headquarters: tuple[Row, ...] = ()

    @property
    def record(self) -> Row | None:
        """The newest record that is not void, else the newest; None for a stub."""
        sound = [row for row in self.records if row["standing"] != "Void"]
        newest = sound or list(self.records)
        return newest[-1] if newest else None


def rows_of(frame: pl.LazyFrame) -> Iterator[Row]:
    """The rows of a lazy frame, a batch at a time."""
    for batch in frame.collect_batches(chunk_size=BATCH, engine="streaming"):
        yield from batch.iter_rows(named=True)


@dataclass(frozen=True)
class Part:
    """One of several parts of the parties, by a hash of their identifiers: joins are made part by part.

    A join holds one side in memory. With parts of a fixed size that is bounded, and the tables are read once for each.
    """

    number: int
    count: int

    def of(self, rows: pl.LazyFrame, column: str) -> pl.LazyFrame:
        """The rows whose party is in this part."""
        return rows if self.count == 1 else rows.filter(pl.col(column).hash(0) % self.count == self.number)


def parts(selection: Selection) -> list[Part]:
    """The parts in which the parties of an export are handled: one unless there are many rows."""
    rows = sum(sum(load.tables.values()) for load in selection.loads)
    count = 1 if selection.asked else 1 + rows // ROWS_OF_PART
    return [Part(number, count) for number in range(count)]


def parties(selection: Selection) -> Iterator[Party]:
    """All parties of an export; in each part first those with records, in the order of the loads, then the stubs."""
    for part in parts(selection):
        yield from _parties(selection, part)


def _parties(selection: Selection, part: Part) -> Iterator[Party]:
    entities = part.of(selection.table("entities"), "id")
    twice = entities.group_by("id").len().filter(pl.col("len") > 1).select("id").collect(engine="streaming")["id"]
    order = {load.id: place for place, load in enumerate(selection.loads)}
    several: dict[str, list[Row]] = {}
    for row in rows_of(entities.filter(pl.col("id").is_in(twice.implode()))) if len(twice) else ():
        several.setdefault(row["id"], []).append(row)
    facts = _facts(selection, part)
    for row in rows_of(entities.join(facts, on="id", how="left", maintain_order="left")):
        gathered = {name: row.pop(name) or [] for name in _GATHERED}
        records = several.get(row["id"])
        if records is None:
            yield _party(row["id"], [row], gathered)
        elif records:
            # The party is given once, where its first record stands; the emptied list says that it was.
            yield _party(row["id"], sorted(records, key=lambda one: order[one["load"]]), gathered)
            several[row["id"]] = []
    for row in rows_of(_stubs(selection, part).join(facts, on="id", how="left", maintain_order="left")):
        yield _party(row["id"], [], {name: row[name] or [] for name in _GATHERED})


_GATHERED = {
    "names": ("name", "language", "name_kind"),
    "identifiers": ("other_id",),
    "absences": ("level", "reason", "reference"),
    "headquarters": ("country", "city", "basis", "stated_by", "stated_on", "citation", "valid_from", "valid_to"),
}


def _party(identifier: str, records: list[Row], gathered: dict[str, list[Row]]) -> Party:
    names, identifiers, absences, headquarters = (_distinct(gathered[name]) for name in _GATHERED)
    others = tuple(dict.fromkeys(one["other_id"] for one in identifiers if one["other_id"] != identifier))
    return Party(identifier, tuple(records), names, others, absences, headquarters)


def _distinct(rows: list[Row]) -> tuple[Row, ...]:
    """Each row once, in an order that does not hang on how the tables were read."""
    unique = {tuple(map(str, row.values())): row for row in rows}
    return tuple(unique[key] for key in sorted(unique))


def _facts(selection: Selection, part: Part) -> pl.LazyFrame:
    """By identifier, a list of rows for each of the tables that say something more about a party."""
    found: pl.LazyFrame | None = None
    for name, columns in _GATHERED.items():
        key = "subject" if name == "absences" else "id"
        rows = part.of(selection.table(name), key).select(pl.col(key).alias("id"), pl.struct(columns).alias(name))
        lists = rows.group_by("id").agg(pl.col(name))
        found = lists if found is None else found.join(lists, on="id", how="full", coalesce=True)
    assert found is not None
    return found


def _stubs(selection: Selection, part: Part) -> pl.LazyFrame:
    """The parties that ties, holdings, absences or predecessors name and no record describes."""
    named = pl.concat(
        [
            part.of(selection.table(table), column).select(pl.col(column).alias("id"))
            for table, column in (
                ("relationships", "child"),
                ("relationships", "parent"),
                ("holdings", "owner"),
                ("holdings", "owned"),
                ("absences", "subject"),
                ("headquarters", "id"),
                ("entities", "successor"),
            )
        ]
    )
    named = named.drop_nulls().unique()
    return named.join(part.of(selection.table("entities").select("id"), "id"), on="id", how="anti").sort("id")
