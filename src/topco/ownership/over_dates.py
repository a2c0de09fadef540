"""Very many parties, each on a day of its own: what a licence determination needs to know of them, in columns.

A thousand days do not make a thousand closures. What the loads say of a group of companies (all that relationships and
holdings of any day connect) changes only on the days on which one of its own rows begins or ends. One closure, as of
the first day, answers for every group and day before its first change. For each later stretch in which somebody is
asked about, the group is copied under names of its own with the rows of that stretch, and one closure over all copies
answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco.identity.parties import parties, party_table
from topco.ownership.bulk_table import NOT_IN_STORE
from topco.ownership.headquarters import headquarters
from topco.ownership.holding_rows import COLUMNS as HOLDING_COLUMNS
from topco.ownership.holding_rows import counting
from topco.ownership.neighbourhood import headquarters_stated, vintages
from topco.ownership.parent_tests import RELATIONSHIP_KINDS
from topco.ownership.resolution import kernels_for
from topco.ownership.single_steps import resolved
from topco.ownership.snapshot import (
    ABSENCE_COLUMNS,
    ENTITY_COLUMNS,
    RELATIONSHIP_COLUMNS,
    Evidence,
    Tables,
    build,
    numbered,
)
from topco.ownership.status import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topco.ownership.closure import Closure
    from topco.ownership.headquarters import Headquarters
    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store

_COPY = "\x00"
"""Between an identifier and the number of its copy: it comes before every letter, so the order of nodes stays."""
_HIDDEN = (Status.WITHHELD, Status.CYCLIC)
_NO_PARENTS = (Status.NO_EVIDENCE, Status.CYCLIC, Status.WITHHELD)
_SEVERAL_TOPS = (Status.CONFLICTING, Status.JOINT, Status.POSSIBLE)
BETWEEN = "\x1e"
"""Between the parents in `parent_ids`, `parent_names` and `parent_hqs`; alternatives there are joined by `;`."""
_DAYS = 1 << 22  # more than the days of all dates

COLUMNS = {
    **dict.fromkeys(("party", "name", "status", "hq", "parent_ids", "parent_names", "parent_hqs"), pl.String()),
    "highest_hq": pl.String(),
    "parents": pl.Int32(),
}


@dataclass(frozen=True)
class _Undated:
    """The rows of all loads in force that count on some day between two days."""

    tables: Tables
    vintages: dict[str, date]
    test: ParentTest

    def on(self, day: date) -> Evidence:
        """The evidence of one day."""
        rows = replace(
            self.tables,
            relationships=counting(self.tables.relationships.lazy(), day).collect(),
            holdings=counting(self.tables.holdings.lazy(), day).collect(),
        )
        return build(rows, day, self.vintages, self.test)


def parties_over_dates(store: Store, asked: pl.DataFrame, known_as_of: date | None, test: ParentTest) -> pl.DataFrame:
    """The columns `COLUMNS` for every row of `asked` (`id`, `day`), in its order.

    `status` is `not_in_store` where no row of the store names the party on that day. `hq` and each part of
    `parent_hqs` are countries joined by `;`, empty if unknown; `parents` counts the ultimate parents.
    """
    named = asked.select(party=pl.Series(parties(store, known_as_of).party_of(asked["id"]), dtype=pl.String), day="day")
    pairs = named.unique()
    if pairs.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    first, last = pairs["day"].min(), pairs["day"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    rows = _rows_between(store, first, last, known_as_of, test)
    groups = _groups(rows.tables)
    where = _copies_of(pairs, rows.tables, groups, first, last)
    base = where.filter(pl.col("copy") < 0)
    found = [_answers(base, rows.on(first), base["party"])]
    later = where.filter(pl.col("copy") >= 0)
    if len(later):
        copied = later["party"] + _COPY + later["copy"].cast(pl.String)
        found.append(_answers(later, _evidence_of_copies(rows, groups, where, first), copied))
    answers = pl.concat(found)
    return named.join(answers, on=["party", "day"], how="left", maintain_order="left").select(list(COLUMNS))


def _rows_between(store: Store, first: date, last: date, known_as_of: date | None, test: ParentTest) -> _Undated:
    """Every row that counts on a day between two."""
    step = pl.col("kind").replace_strict(
        {kind: int(code) for kind, code in RELATIONSHIP_KINDS.items()}, return_dtype=pl.Int8
    )

    def table(name: str, columns: tuple[str, ...]) -> pl.LazyFrame:
        return party_table(store, name, columns, known_as_of=known_as_of)

    def possible(rows: pl.LazyFrame) -> pl.LazyFrame:
        begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= last)
        return rows.filter(begun & (pl.col("valid_to").is_null() | (pl.col("valid_to") > first)))

    relationships = table("relationships", RELATIONSHIP_COLUMNS).filter(pl.col("kind").is_in(list(RELATIONSHIP_KINDS)))
    entities, related, absences, holdings = pl.collect_all(
        [
            table("entities", ENTITY_COLUMNS),
            possible(relationships).with_columns(step=step),
            table("absences", ABSENCE_COLUMNS),
            possible(table("holdings", HOLDING_COLUMNS)),
        ]
    )
    if test.criteria is None:
        holdings = holdings.clear()
    stated = headquarters_stated(store, known_as_of, None, sources=False)
    tables = Tables(entities, related, absences, holdings, stated)
    return _Undated(tables, vintages(store, known_as_of), test)


def _copies_of(pairs: pl.DataFrame, tables: Tables, groups: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """The pairs with the number of the copy that answers (`copy`; -1: the closure of the first day), and its day.

    `group` is the number of the group of companies, -1 for a party that no row connects to another.
    """
    edges = _edges(tables)
    points = (
        edges.lazy()
        .unpivot(on=["valid_from", "valid_to"], index="id", value_name="point")
        .filter(pl.col("point").is_not_null() & (pl.col("point") > first) & (pl.col("point") <= last))
        .join(groups.lazy(), on="id")
        .select("group", point=pl.col("point").to_physical().cast(pl.Int64))
        .unique()
        .collect()
    )
    changes = np.sort(points["group"].to_numpy().astype(np.int64) * _DAYS + points["point"].to_numpy())
    placed = pairs.join(groups, left_on="party", right_on="id", how="left", maintain_order="left")
    group = placed["group"].fill_null(-1).to_numpy().astype(np.int64)
    day = placed["day"].to_physical().to_numpy().astype(np.int64)
    begin = np.searchsorted(changes, group * _DAYS)
    place = np.searchsorted(changes, group * _DAYS + day, side="right")
    stretch = np.where(group >= 0, place - begin, 0)
    changed = changes[np.maximum(place - 1, 0)] % _DAYS if len(changes) else np.zeros(len(placed), np.int64)
    placed = placed.with_columns(
        group=pl.Series(group, dtype=pl.Int64),
        since=pl.Series(np.where(stretch > 0, changed, 0)).cast(pl.Int32).cast(pl.Date),
        stretch=pl.Series(stretch),
    )
    numbers = placed.filter(pl.col("stretch") > 0).select("group", "stretch").unique(maintain_order=True)
    numbers = numbers.with_row_index("copy").with_columns(pl.col("copy").cast(pl.Int64))
    return placed.join(numbers, on=["group", "stretch"], how="left", maintain_order="left").with_columns(
        pl.col("copy").fill_null(-1)
    )


def _edges(tables: Tables) -> pl.DataFrame:
    """What connects two parties (a statement of headquarters: one with itself), with its period."""
    related = tables.relationships.select("valid_from", "valid_to", id="child", other="parent")
    held = tables.holdings.select("valid_from", "valid_to", id="owned", other="owner")
    stated = tables.headquarters.select("valid_from", "valid_to", id="id", other="id")
    return pl.concat([related, held, stated])


def _groups(tables: Tables) -> pl.DataFrame:
    """For every identifier in an edge the number of what is connected with it."""
    edges = _edges(tables)
    ids = pl.concat([edges["id"], edges["other"].alias("id")]).unique().sort()
    places = numbered(ids)
    child = edges.select("id").join(places, on="id", how="left", maintain_order="left")["node"].to_numpy()
    parent = edges.select(id="other").join(places, on="id", how="left", maintain_order="left")["node"].to_numpy()
    kernels = kernels_for(len(ids))
    source, target = np.append(child, parent).astype(np.int32), np.append(parent, child).astype(np.int32)
    component, _ = kernels.components(*kernels.adjacency(len(ids), source, target))
    return pl.DataFrame({"id": ids, "group": component.astype(np.int64)})


def _evidence_of_copies(rows: _Undated, groups: pl.DataFrame, where: pl.DataFrame, first: date) -> Evidence:
    """The evidence of all copies together, each with the rows of its own stretch."""
    copies = where.filter(pl.col("copy") >= 0).select("group", "copy", "since").unique(subset=["copy"])
    tables = rows.tables
    of_group = groups.join(copies, on="group").select("id", "copy", "since")

    def copied(frame: pl.DataFrame, key: str, *columns: str, dated: bool) -> pl.DataFrame:
        made = frame.join(of_group, left_on=key, right_on="id", how="inner")
        if dated:
            made = counting(made.lazy(), pl.col("since")).collect()  # type: ignore[arg-type]
        named = [(pl.col(name) + _COPY + pl.col("copy").cast(pl.String)).alias(name) for name in columns]
        return made.with_columns(named).drop("copy", "since")

    # A statement of another day still names its party, and says nothing on this one.
    on_the_day = (pl.col("valid_from").is_null() | (pl.col("valid_from") <= pl.col("since"))) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("since"))
    )
    stated = tables.headquarters.join(of_group, on="id", how="inner").with_columns(
        id=pl.col("id") + _COPY + pl.col("copy").cast(pl.String),
        country=pl.when(on_the_day).then("country"),
        valid_from=pl.lit(None, dtype=pl.Date),
        valid_to=pl.lit(None, dtype=pl.Date),
    )
    stated = stated.drop("copy", "since")
    made = Tables(
        copied(tables.entities, "id", "id", dated=False),
        copied(tables.relationships, "child", "child", "parent", dated=True),
        copied(tables.absences, "subject", "subject", dated=False),
        copied(tables.holdings, "owned", "owner", "owned", dated=True),
        stated,
    )
    return build(made, first, rows.vintages, rows.test)


def _answers(pairs: pl.DataFrame, evidence: Evidence, names: pl.Series) -> pl.DataFrame:
    """The pairs with their columns, read off the nodes of these names."""
    closure = resolved(evidence.snapshot, kernels_for(len(evidence.ids)))
    hq = headquarters(evidence, closure)
    wanted = pl.DataFrame({"id": names})
    node = wanted.join(numbered(evidence.ids), on="id", how="left", maintain_order="left")["node"]
    known = node.is_not_null().to_numpy()
    columns = _columns(evidence, closure, hq, node.drop_nulls().to_numpy())
    place = np.cumsum(known) - 1
    spread = columns[pl.Series(np.maximum(place, 0))] if len(columns) else _nobody(len(pairs))
    found = pl.Series(known)
    absent = [
        pl.when(found).then(pl.col(name)).otherwise(pl.lit(NOT_IN_STORE if name == "status" else None)).alias(name)
        for name in columns.columns
    ]
    return pairs.select("party", "day").hstack(spread.select(absent).with_columns(pl.col("parents").fill_null(0)))


def _nobody(rows: int) -> pl.DataFrame:
    schema = {name: kind for name, kind in COLUMNS.items() if name != "party"}
    return pl.DataFrame({name: pl.repeat(None, rows, dtype=kind, eager=True) for name, kind in schema.items()})


def _columns(evidence: Evidence, closure: Closure, hq: Headquarters, nodes: NDArray[Any]) -> pl.DataFrame:
    """The columns of some nodes: those with at most one ultimate parent by arrays, the few others one by one."""
    countries = hq.cells().fill_null("")
    ids = evidence.ids.str.replace(f"{_COPY}\\d+$", "") if evidence.ids.str.contains(_COPY).any() else evidence.ids
    record = evidence.entity_row
    every = evidence.entities["name"].rechunk()
    company_names = every.gather(pl.Series(record).set(pl.Series(record < 0), None))
    status = closure.status
    single = closure.top[nodes]
    none = np.isin(status[nodes], np.array(_NO_PARENTS, np.int8))
    several = ~none & (np.isin(status[nodes], np.array(_SEVERAL_TOPS, np.int8)) | (single < 0))
    top = np.where(none | several, -1, single)
    at = pl.Series(np.maximum(top, 0))
    has = pl.Series(top >= 0)
    hidden = pl.Series(np.isin(status[np.maximum(top, 0)], np.array(_HIDDEN, np.int8)))
    highest = closure.highest[nodes]
    one_country = pl.Series(hq.code[highest] >= 0)
    words = pl.Series([one.word for one in Status])
    frame = pl.DataFrame(
        {
            "name": company_names.gather(nodes),
            "status": words.gather(status[nodes].astype(np.int64)),
            "hq": countries.gather(nodes),
            "parent_ids": ids.gather(at),
            "parent_names": company_names.gather(at),
            "parent_hqs": countries.gather(at),
            "highest_hq": countries.gather(highest),
        },
        schema_overrides={"name": pl.String, "parent_names": pl.String},
    ).with_columns(
        name=pl.col("name").fill_null(ids.gather(nodes)),
        parent_ids=pl.when(has).then("parent_ids").otherwise(pl.lit("")),
        parent_names=pl.when(has).then(pl.coalesce("parent_names", "parent_ids")).otherwise(pl.lit("")),
        parent_hqs=pl.when(has & ~hidden).then("parent_hqs").otherwise(pl.lit("")),
        highest_hq=pl.when(one_country).then("highest_hq").otherwise(pl.lit("")),
        parents=pl.Series(has).cast(pl.Int32),
    )
    frame = frame.with_columns(
        parent_hqs=pl.when(hidden & has).then(pl.lit("")).otherwise("parent_hqs"),
    )
    places = np.flatnonzero(several).tolist()
    if not places:
        return frame
    parts = [_of_several(closure, hq, ids, company_names, int(nodes[place])) for place in places]
    for column, values in zip(
        ("parent_ids", "parent_names", "parent_hqs", "parents"), zip(*parts, strict=True), strict=True
    ):
        dtype = pl.Int32 if column == "parents" else pl.String
        frame = frame.with_columns(frame[column].scatter(places, pl.Series(list(values), dtype=dtype)))
    return frame


def _of_several(
    closure: Closure, hq: Headquarters, ids: pl.Series, names: pl.Series, node: int
) -> tuple[str, str, str, int]:
    """Identifiers, names and headquarters of several ultimate parents, and how many they are."""
    tops = sorted(closure.ultimate_parents(node))
    shown = [ids[top] for top in tops]
    called = [names[top] or ids[top] for top in tops]
    countries = [() if closure.status[top] in _HIDDEN else hq.possible(top) for top in tops]
    return BETWEEN.join(shown), BETWEEN.join(called), BETWEEN.join(";".join(one) for one in countries), len(tops)
