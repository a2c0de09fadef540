"""The evidence of a store with parties in the place of their identifiers.

Everything that asks for owners, parents and headquarters reads these tables; validation, export and the graph read
the evidence as it was loaded. Tables in which no identifier of a party of several occurs are read where they are. The
others are written once more, beside the store, for as long as loads and policy stay the same.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from topco import knowledge
from topco.identity.clusters import OPEN, Clusters, clusters
from topco.identity.policy import FILE, policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from topco.store.manifest import Load
    from topco.store.store import Store

FOLDER = "parties"
_FORM = 2
_KEPT = 4
_PARTIES, _LINKED, _UNDECIDED = "parties.parquet", "links.parquet", "undecided.parquet"
NAMING: dict[str, tuple[str, ...]] = {
    "entities": ("id", "successor"),
    "names": ("id",),
    "relationships": ("child", "parent"),
    "absences": ("subject",),
    "holdings": ("owner", "owned"),
    "headquarters": ("id",),
    "listings": ("id",),
}
"""The columns of each table that name parties."""


@dataclass(frozen=True)
class Parties:
    """The parties of several identifiers in the loads that are known.

    Attributes:
        parties: `id` and `party`; identifiers that stand alone have no row.
        links: what makes them one party: `party`, `id`, `other`, `by` (who judged so; null: the record of `id` bears
            the number), and the `load`, `file`, `row` and `record` that say so.
        undecided: pairs of parties that may be one, see `topco.identity.clusters.Clusters`.
        replaced: for load and table, the file with parties in the place of identifiers.
    """

    parties: pl.DataFrame
    links: pl.DataFrame
    undecided: pl.DataFrame
    replaced: dict[tuple[str, str], Path]

    def party_of(self, ids: Iterable[str]) -> list[str]:
        """The identifier that stands for each of these."""
        given = pl.DataFrame({"id": pl.Series(list(ids), dtype=pl.String)})
        found = given.join(self.parties, on="id", how="left", maintain_order="left")
        return found.select(pl.col("party").fill_null(pl.col("id")))["party"].to_list()

    def identifiers_of(self, party: str) -> list[str]:
        """All identifiers of a party, its own among them."""
        found: list[str] = self.parties.filter(pl.col("party") == party)["id"].to_list()
        return found or [party]

    def links_of(self, party: str) -> list[dict[str, Any]]:
        """The records by which the identifiers of a party are one, in the order of identifiers."""
        return self.links.filter(pl.col("party") == party).sort("id", "other", "record").rows(named=True)


_LINKS = pl.Schema(
    {
        **{name: pl.String() for name in ("party", "id", "other", "by", "load", "file")},
        "row": pl.Int64(),
        "record": pl.String(),
    }
)
_open: dict[tuple[str, str], Parties] = {}


def parties(store: Store, known_as_of: date | None = None) -> Parties:
    """The parties of a store, computed once for its loads and this policy."""
    text = f"{_FORM} {store.digest_for(known_as_of)} {knowledge.text(FILE)}"
    key = str(store.path.resolve()), hashlib.sha256(text.encode()).hexdigest()[:16]
    if key not in _open or not all(path.exists() for path in _open[key].replaced.values()):
        _open.clear()
        _open[key] = _read_or_make(store, known_as_of, key[1])
    return _open[key]


def party_of(store: Store, identifier: str, known_as_of: date | None = None) -> str:
    """The identifier that stands for the party of this one."""
    return parties(store, known_as_of).party_of([identifier])[0]


def party_table(
    store: Store, name: str, columns: Sequence[str] | None = None, *, known_as_of: date | None = None
) -> pl.LazyFrame:
    """An evidence table of the loads in force as `Store.table` gives it, with parties in the place of identifiers.

    Of the loads those come first whose publisher the policy prefers for names.
    """
    replaced = parties(store, known_as_of).replaced
    loads = store.current_loads(known_as_of)
    return store.table(
        name,
        columns,
        loads=sorted(loads, key=lambda load: policy().publisher_order(load.publisher)),
        place_of=lambda load: replaced.get((load.id, name)),
    )


def _read_or_make(store: Store, known_as_of: date | None, digest: str) -> Parties:
    loads = store.current_loads(known_as_of)
    if not any(load.tables.get(table) for load in loads for table in ("identifiers", "judgements")):
        nobody = pl.DataFrame(schema={"id": pl.String(), "party": pl.String()})
        return Parties(nobody, pl.DataFrame(schema=_LINKS), pl.DataFrame(schema=OPEN), {})
    folder = store.path / FOLDER / digest
    if not (folder / _UNDECIDED).exists():
        _make(store, loads, known_as_of, folder)
    replaced = {
        (load.id, table): path
        for load in loads
        for table in NAMING
        if (path := folder / f"{load.folder}-{table}.parquet").exists()
    }
    parties, links, undecided = (pl.read_parquet(folder / name) for name in (_PARTIES, _LINKED, _UNDECIDED))
    return Parties(parties, links, undecided, replaced)


def _make(store: Store, loads: list[Load], known_as_of: date | None, folder: Path) -> None:
    identifiers = store.table("identifiers", known_as_of=known_as_of).collect()
    judgements = store.table("judgements", known_as_of=known_as_of).collect()
    found = clusters(
        identifiers,
        judgements,
        policy(),
        store.table("entities", ["id"], known_as_of=known_as_of),
    )
    folder.parent.mkdir(exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix="making-"))
    try:
        found.parties.write_parquet(staging / _PARTIES)
        aliases = found.parties.filter(pl.col("id") != pl.col("party"))
        for load in loads:
            for table, columns in NAMING.items():
                if load.tables.get(table) and len(aliases):
                    _replace(store.folder_of(load) / f"{table}.parquet", columns, aliases, staging, load, table)
        _links(found, identifiers, judgements).write_parquet(staging / _LINKED)
        found.undecided.write_parquet(staging / _UNDECIDED)
        os.replace(staging, folder)
    except OSError:
        # Another process has made the same folder meanwhile: then its files serve.
        if not (folder / _UNDECIDED).exists():
            raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    _forget(folder)


def _links(found: Clusters, identifiers: pl.DataFrame, judgements: pl.DataFrame) -> pl.DataFrame:
    """The records behind the links that are believed."""
    source = ["load", "file", "row", "record"]
    said = pl.concat(
        [
            identifiers.select("id", pl.lit(None, dtype=pl.String).alias("by"), *source, other="other_id"),
            judgements.filter(pl.col("verdict") == "Same")
            .select("author", *source, id="first", other="second")
            .select("id", pl.col("author").alias("by"), *source, "other"),
        ]
    ).with_columns(first=pl.min_horizontal("id", "other"), second=pl.max_horizontal("id", "other"))
    return (
        said.join(found.links, on=["first", "second"], how="semi")
        .join(found.parties, on="id", how="inner")
        .select(list(_LINKS))
    )


def _replace(
    source: Path, columns: Sequence[str], aliases: pl.DataFrame, staging: Path, load: Load, table: str
) -> None:
    rows = pl.scan_parquet(source)
    known = aliases["id"].implode()
    if not rows.select(pl.any_horizontal(pl.col(column).is_in(known) for column in columns).any()).collect().item():
        return
    order = rows.collect_schema().names()
    for column in columns:
        renamed = aliases.lazy().rename({"id": column, "party": "its party"})
        rows = (
            rows.join(renamed, on=column, how="left", maintain_order="left")
            .with_columns(pl.coalesce("its party", column).alias(column))
            .drop("its party")
        )
    rows.select(order).sink_parquet(staging / f"{load.folder}-{table}.parquet", compression="zstd", compression_level=1)


def _forget(current: Path) -> None:
    """Remove the oldest folders: loads that are asked for again under `--known-as-of` are made again."""
    others = [path for path in current.parent.iterdir() if path.is_dir() and path != current]
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[: max(len(others) - _KEPT + 1, 0)]:
        if not path.name.startswith("making-"):
            shutil.rmtree(path, ignore_errors=True)
