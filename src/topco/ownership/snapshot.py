"""From evidence tables and a day to the arrays of a snapshot, with the rows behind them: `docs/resolution.md` § 1."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco.ownership.control_marks import Marks, several_may_reach
from topco.ownership.graph import Nodes
from topco.ownership.held import Held, held_by
from topco.ownership.holding_rows import counting
from topco.ownership.layers import Flags, Snapshot, marked
from topco.ownership.parent_tests import RELATIONSHIP_KINDS, ParentTest
from topco.ownership.stated import parent_marks, seats_of
from topco.ownership.status import Kind
from topco.store.schema import HEADQUARTERS

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTITY_COLUMNS = ("id", "name", "kind", "hq_country", "entity_status", "registration_status", "standing")
RELATIONSHIP_COLUMNS = ("child", "parent", "kind", "standing", "stale", "valid_from", "valid_to")
ABSENCE_COLUMNS = ("subject", "reason")
HEADQUARTERS_COLUMNS = ("id", "country", "basis", "stated_by", "stated_on", "valid_from", "valid_to")


_NO_HEADQUARTERS = pl.Schema({**{name: HEADQUARTERS[name] for name in HEADQUARTERS_COLUMNS}, "load": pl.String()})

# Below this many cells a join is done before the compiled functions are loaded.
_COMPILE_FROM = 100_000


@dataclass(frozen=True)
class Evidence:
    """The rows that count on a day, each with the numbers of the nodes it is about, and the snapshot they make.

    `ids` holds the identifiers in the order of the nodes; `entities`, `absences` and `seats` (every headquarters that a
    source gives: `country`, `basis`, `stated_by`) have a column `node`,
    `relationships` the columns `source`, `target` and `step` (a code of `Kind`), `holdings` the columns `owner_node`
    and `owned_node`. `held` is what the test makes of the holdings; None if it does not look at them.
    """

    as_of: date
    test: ParentTest
    ids: pl.Series
    entities: pl.DataFrame
    relationships: pl.DataFrame
    absences: pl.DataFrame
    holdings: pl.DataFrame
    seats: pl.DataFrame
    snapshot: Snapshot
    held: Held | None

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
        """The recorded direct parents and the controllers of every node: offsets and nodes, as `graph.adjacency`.

        A controller inside the company's own ring is none; of a ring that controls it the smallest node stands here.
        """
        controls = self.snapshot.kind == Kind.CONTROL
        return self._steps((self.snapshot.kind == Kind.DIRECT) | (controls & ~self.controls_in_ring))

    @cached_property
    def steps_to_holders(self) -> tuple[Any, Nodes]:
        """The controllers, holders of halves and candidates of every node, rings gone round once."""
        return self._steps(self.snapshot.kind >= Kind.CONTROL)

    def kind_of_step(self, company: int, holder: int) -> Kind:
        """Whether a holder above a company is its controller, has one half of it, or is a candidate."""
        here = (
            (self.snapshot.source == company) & (self.snapshot.target == holder) & (self.snapshot.kind >= Kind.CONTROL)
        )
        return Kind(self.snapshot.kind[here].min())

    @cached_property
    def controls_in_ring(self) -> Flags:
        """The steps to controllers that are in the company's own power as well."""
        ring = self.snapshot.kind == Kind.CONTROL
        if self.held is None or self.held.control is None:
            ring &= self.snapshot.source == self.snapshot.target
        else:
            klass = self.held.control.must.klass
            ring &= klass[self.snapshot.source] == klass[self.snapshot.target]
        found: Flags = ring
        return found

    def _steps(self, chosen: Flags) -> tuple[Any, Nodes]:
        pairs = np.unique(np.stack((self.snapshot.source[chosen], self.snapshot.target[chosen]), axis=1), axis=0)
        return np.searchsorted(pairs[:, 0], np.arange(len(self.ids) + 1)), pairs[:, 1]

    @cached_property
    def _rows(self) -> dict[str, tuple[Any, pl.DataFrame]]:
        """Each table in the order of its nodes, and where the rows of each node begin."""
        n = len(self.ids)
        tables = (
            *(("entities", "node"), ("relationships", "source"), ("absences", "node")),
            *(("holdings", "owned_node"), ("seats", "node")),
        )
        found = {}
        for table, column in tables:
            frame: pl.DataFrame = getattr(self, table).sort(column, maintain_order=True).rechunk()
            found[table] = (np.searchsorted(frame[column].to_numpy(), np.arange(n + 1)), frame)
        return found

    def rows(self, table: str, node: int) -> list[dict[str, Any]]:
        """A node's rows of `entities`, `absences`, `seats`, `relationships` (as child), `holdings` (as company).

        In the order of their sources; of entities and seats the first is the best.
        """
        offsets, frame = self._rows[table]
        first, last = int(offsets[node]), int(offsets[node + 1])
        found = frame.slice(first, last - first).rows(named=True) if last > first else []
        return found if table in ("entities", "seats") else sorted(found, key=place_of)

    def node_of(self, identifiers: list[str]) -> list[int | None]:
        """The nodes of these identifiers, in their order; None for one that no row names."""
        wanted = pl.DataFrame({"id": pl.Series(identifiers, dtype=pl.String)})
        return wanted.join(numbered(self.ids), on="id", how="left", maintain_order="left")["node"].to_list()


def place_of(row: dict[str, Any]) -> tuple[str, str, int, str]:
    """Where a row stands, to sort by: the order in which a store keeps the rows of a load must not show."""
    load, file, number, record = (row.get(name) for name in ("load", "file", "row", "record"))
    return load or "", file or "", number or 0, record or ""


def numbered(ids: pl.Series) -> pl.DataFrame:
    """A table of identifiers (`id`) and their node numbers (`node`)."""
    return pl.DataFrame({"id": ids, "node": np.arange(len(ids), dtype=np.int32)})


def in_force(relationships: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The relationship rows that count on a day, with the column `step`; funds and their managers give none."""
    step = pl.col("kind").replace_strict(
        {kind: int(code) for kind, code in RELATIONSHIP_KINDS.items()}, return_dtype=pl.Int8
    )
    known = relationships.filter(pl.col("kind").is_in(list(RELATIONSHIP_KINDS)))
    return counting(known, as_of).with_columns(step=step)


@dataclass(frozen=True)
class Tables:
    """Evidence tables with the columns named above and `load`; more columns are carried along.

    Relationships are as `in_force` gives them, holdings as `counting` does; headquarters are statements of any date.
    """

    entities: pl.DataFrame
    relationships: pl.DataFrame
    absences: pl.DataFrame
    holdings: pl.DataFrame
    headquarters: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_NO_HEADQUARTERS))


def build(
    tables: Tables,
    as_of: date,
    vintages: Mapping[str, date],
    test: ParentTest,
    named: pl.Series | None = None,
) -> Evidence:
    """The evidence of a day, as a parent test looks at it.

    Args:
        vintages: the vintage of each load: an open period that has outlived it is stale.
        named: identifiers that rows name which are not among the tables.
    """
    entities, relationships, absences, holdings, stated = vars(tables).values()
    if test.criteria is None:
        holdings = holdings.clear()
    wanted = [int(step) for step in test.steps]
    relationships = relationships.filter(pl.col("step").is_in(wanted))
    columns = (
        entities["id"],
        relationships["child"],
        relationships["parent"],
        absences["subject"],
        holdings["owner"],
        holdings["owned"],
        stated["id"],
        pl.Series([], dtype=pl.String) if named is None else named,
    )
    ids, nodes = _number(columns)
    entities = entities.with_columns(node=nodes[0])
    relationships = relationships.with_columns(source=nodes[1], target=nodes[2])
    absences = absences.with_columns(node=nodes[3])
    holdings = holdings.with_columns(owner_node=nodes[4], owned_node=nodes[5], old=_old(holdings, as_of, vintages))
    n = len(ids)
    recorded = _edges(relationships, as_of, vintages)
    states, withholds = parent_marks(n, absences)
    record = marked(n, entities["node"].to_numpy())
    held = held_by(test, n, holdings, entities, recorded[:3]) if len(holdings) else None
    snapshot = _snapshot(recorded, (record, states, withholds), held, holdings, test)
    seats = seats_of(entities, stated.with_columns(node=nodes[6]), as_of)
    return Evidence(as_of, test, ids, entities, relationships, absences, holdings, seats, snapshot, held)


def _snapshot(
    recorded: tuple[Nodes, Nodes, Any, Flags],
    said: tuple[Flags, Flags, Flags],
    held: Held | None,
    holdings: pl.DataFrame,
    test: ParentTest,
) -> Snapshot:
    """Recorded steps and marks, and those that holdings add."""
    record, states, withholds = said
    nothing = np.zeros(len(record), np.bool_)
    if held is None:
        return Snapshot(*recorded, record, states, withholds, *(nothing,) * 4)
    marks: Marks = held.marks
    fresh = marked(len(record), holdings.filter(~pl.col("old"))["owned_node"].to_numpy())
    return Snapshot(
        np.append(recorded[0], marks.source),
        np.append(recorded[1], marks.target),
        np.append(recorded[2], marks.kind),
        np.append(recorded[3], ~fresh[marks.source]),
        record,
        states,
        withholds | marks.hidden,
        marks.settled & ~held.through_others,
        marks.held,
        marks.own_half,
        marks.over,
        several_may_reach(test.criteria),
        marks.confirmed,
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
    steps = (
        relationships.lazy()
        .select("source", "target", "step", stale=_stale(as_of, vintages))
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


def _old(holdings: pl.DataFrame, as_of: date, vintages: Mapping[str, date]) -> pl.Series:
    return holdings.select(_stale(as_of, vintages).alias("old"))["old"]


def _stale(as_of: date, vintages: Mapping[str, date]) -> pl.Expr:
    """Whether a row's registration has lapsed, or its open period has outlived the load."""
    old = [load for load, vintage in vintages.items() if vintage < as_of]
    return pl.col("stale").fill_null(value=False) | (pl.col("valid_to").is_null() & pl.col("load").is_in(old))
