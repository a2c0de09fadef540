"""From evidence tables and a day to the arrays of a snapshot, with the rows behind them: `docs/resolution.md` § 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco.ownership.graph import Nodes
from topco.ownership.layers import Flags, Snapshot, marked
from topco.ownership.status import Kind
from topco.ownership.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

STEPS = {
    "DirectConsolidation": Kind.DIRECT,
    "InternationalBranch": Kind.BRANCH,
    "UltimateConsolidation": Kind.ULTIMATE,
}

ENTITY_COLUMNS = ("id", "name", "kind", "hq_country", "entity_status", "registration_status", "standing")
RELATIONSHIP_COLUMNS = ("child", "parent", "kind", "standing", "stale", "valid_from", "valid_to")
ABSENCE_COLUMNS = ("subject", "reason")


# Below this many cells a join is done before the compiled functions are loaded.
_COMPILE_FROM = 100_000


@dataclass(frozen=True)
class Evidence:
    """The rows that count on a day, each with the numbers of the nodes it is about, and the snapshot they make.

    `ids` holds the identifiers in the order of the nodes; `entities` and `absences` have a column `node`,
    `relationships` the columns `source`, `target` and `step` (a code of `Kind`).
    """

    as_of: date
    ids: pl.Series
    entities: pl.DataFrame
    relationships: pl.DataFrame
    absences: pl.DataFrame
    snapshot: Snapshot

    @cached_property
    def entity_row(self) -> Nodes:
        """Of each node, its entity row (-1: none): the first that is not void, else the first."""
        row = np.full(len(self.ids), -1, np.int32)
        node = self.entities["node"].to_numpy()
        order = np.arange(len(node), dtype=np.int32)[::-1]
        void = (self.entities["standing"] == "Void").fill_null(value=False).to_numpy()[order]
        for part in (order[void], order[~void]):
            row[node[part]] = part
        return row

    @cached_property
    def direct_parents(self) -> tuple[Any, Nodes]:
        """The recorded direct parents of every node: offsets and nodes, as `graph.adjacency` gives them."""
        direct = self.snapshot.kind == Kind.DIRECT
        order = np.lexsort((self.snapshot.target[direct], self.snapshot.source[direct]))
        source = self.snapshot.source[direct][order]
        return np.searchsorted(source, np.arange(len(self.ids) + 1)), self.snapshot.target[direct][order]

    @cached_property
    def _rows(self) -> dict[str, tuple[Any, pl.DataFrame]]:
        """Each table in the order of its nodes, and where the rows of each node begin."""
        n = len(self.ids)
        tables = (("entities", "node"), ("relationships", "source"), ("absences", "node"))
        found = {}
        for table, column in tables:
            frame: pl.DataFrame = getattr(self, table).sort(column, maintain_order=True).rechunk()
            found[table] = (np.searchsorted(frame[column].to_numpy(), np.arange(n + 1)), frame)
        return found

    def rows(self, table: str, node: int) -> list[dict[str, Any]]:
        """The rows of `entities`, `absences` or (as child) `relationships` about one node."""
        offsets, frame = self._rows[table]
        first, last = int(offsets[node]), int(offsets[node + 1])
        return frame.slice(first, last - first).rows(named=True) if last > first else []

    def node_of(self, identifiers: list[str]) -> list[int | None]:
        """The nodes of these identifiers, in their order; None for one that no row names."""
        wanted = pl.DataFrame({"id": pl.Series(identifiers, dtype=pl.String)})
        return wanted.join(numbered(self.ids), on="id", how="left", maintain_order="left")["node"].to_list()


def numbered(ids: pl.Series) -> pl.DataFrame:
    """A table of identifiers (`id`) and their node numbers (`node`)."""
    return pl.DataFrame({"id": ids, "node": np.arange(len(ids), dtype=np.int32)})


def in_force(relationships: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The relationship rows that count on a day, with the column `step`; funds and their managers give none."""
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= as_of)
    not_over = pl.col("valid_to") > as_of
    holds = ((pl.col("standing") == "Current") & (pl.col("valid_to").is_null() | not_over)) | (
        (pl.col("standing") == "Ended") & not_over
    )
    step = pl.col("kind").replace_strict({kind: int(code) for kind, code in STEPS.items()}, return_dtype=pl.Int8)
    return relationships.filter(pl.col("kind").is_in(list(STEPS)) & begun & holds).with_columns(step=step)


def build(
    entities: pl.DataFrame,
    relationships: pl.DataFrame,
    absences: pl.DataFrame,
    as_of: date,
    vintages: Mapping[str, date],
) -> Evidence:
    """The evidence of a day.

    Args:
        entities, relationships, absences: evidence tables with the columns named above and `load`, the relationships
            as `in_force` gives them; more columns are carried along.
        vintages: the vintage of each load: an open period that has outlived it is stale.
    """
    columns = (entities["id"], relationships["child"], relationships["parent"], absences["subject"])
    ids, nodes = _number(columns)
    entities = entities.with_columns(node=nodes[0])
    relationships = relationships.with_columns(source=nodes[1], target=nodes[2])
    absences = absences.with_columns(node=nodes[3])
    n = len(ids)
    source, target, kind, stale = _edges(relationships, as_of, vintages)
    states, withholds = _parent_marks(n, absences)
    record = marked(n, entities["node"].to_numpy())
    return Evidence(
        as_of, ids, entities, relationships, absences, Snapshot(source, target, kind, stale, record, states, withholds)
    )


def _number(columns: tuple[pl.Series, ...]) -> tuple[pl.Series, list[pl.Series]]:
    """The sorted identifiers in all columns together, and each column as their numbers."""
    if sum(map(len, columns)) >= _COMPILE_FROM:
        from topco.ownership.numbering import ranked

        ids, nodes = ranked(columns)
        return ids.alias("id"), [pl.Series(places) for places in nodes]
    everywhere = pl.concat([column.alias("id") for column in columns])
    ids = everywhere.unique().sort()
    found = pl.DataFrame({"id": everywhere}).join(numbered(ids), on="id", how="left", maintain_order="left")["node"]
    ends = np.cumsum([len(column) for column in columns]).tolist()
    return ids, [found[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _edges(relationships: pl.DataFrame, as_of: date, vintages: Mapping[str, date]) -> tuple[Nodes, Nodes, Any, Flags]:
    """Each step once; it is stale if every row that gives it is."""
    old = [load for load, vintage in vintages.items() if vintage < as_of]
    stale = pl.col("stale").fill_null(value=False) | (pl.col("valid_to").is_null() & pl.col("load").is_in(old))
    steps = (
        relationships.lazy()
        .select("source", "target", "step", stale=stale)
        .group_by("source", "target", "step")
        .agg(pl.col("stale").all())
        .collect()
    )
    return (
        steps["source"].to_numpy().astype(np.int32),
        steps["target"].to_numpy().astype(np.int32),
        steps["step"].to_numpy().astype(np.int8),
        steps["stale"].to_numpy().astype(np.bool_),
    )


def _parent_marks(n: int, absences: pl.DataFrame) -> tuple[Flags, Flags]:
    """Who states that there is no parent (all reasons equal, and read so), and who withholds one."""
    subject = absences["node"].to_numpy()
    reasons = absences["reason"].unique().drop_nulls().sort()
    # A reason that is missing comes after all others.
    code = absences["reason"].cast(pl.Enum(reasons)).to_physical().cast(pl.Int32).fill_null(len(reasons)).to_numpy()
    no_parent = np.append(reasons.is_in(vocabulary().no_parent).to_numpy(), np.False_)[code]
    last = np.full(n, -1, np.int32)
    last[subject] = code
    withholds = marked(n, subject[(last[subject] != code) | ~no_parent])
    return marked(n, subject) & ~withholds, withholds
