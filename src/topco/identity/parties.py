"""The evidence of a store with parties in the place of their identifiers.

Everything that asks for owners, parents and headquarters reads these tables; validation, export and the graph read
the evidence as it was loaded. Tables in which no identifier of a party of several occurs are read where they are. The
others are written once more, beside the store, for as long as loads and policy stay the same.
"""

from __future__ import annotations

import atexit
import errno
import hashlib
import math
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from topco import knowledge
from topco.errors import StoreBusy
from topco.identity.clusters import OPEN, Clusters, clusters
from topco.identity.policy import FILE, policy
from topco.store.having import LOOKED_UP, RowIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from topco.store.having import Having
    from topco.store.manifest import Load
    from topco.store.store import Store

FOLDER = "parties"
_FORM = 3
_KEPT = 4
_PARTIES, _LINKED, _UNDECIDED = "parties.parquet", "links.parquet", "undecided.parquet"
_REPLACED = "replaced.parquet"
_MAKING = "making-"
_A_DAY = 86_400
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
        asked = list(ids)
        if len(asked) <= LOOKED_UP:
            near = self._rows_of("id", asked)
            known = dict(zip(near["id"], near["party"], strict=True))
            return [known.get(one, one) for one in asked]
        given = pl.DataFrame({"id": pl.Series(asked, dtype=pl.String)})
        found = given.join(self.parties, on="id", how="left", maintain_order="left")
        return found.select(pl.col("party").fill_null(pl.col("id")))["party"].to_list()

    def identifiers_of(self, party: str) -> list[str]:
        """All identifiers of a party, its own among them."""
        found: list[str] = self._rows_of("party", [party])["id"].to_list()
        return found or [party]

    def _rows_of(self, column: str, values: list[str]) -> pl.DataFrame:
        index = self._by_id if column == "id" else self._by_party
        return self.parties[index.places(pl.Series(values, dtype=pl.String))]

    @cached_property
    def _by_id(self) -> RowIndex:
        return RowIndex(self.parties["id"])

    @cached_property
    def _by_party(self) -> RowIndex:
        return RowIndex(self.parties["party"])

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
    store: Store,
    name: str,
    columns: Sequence[str] | None = None,
    *,
    known_as_of: date | None = None,
    having: Having | None = None,
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
        having=having,
    )


def _read_or_make(store: Store, known_as_of: date | None, digest: str) -> Parties:
    loads = store.current_loads(known_as_of)
    if not any(load.tables.get(table) for load in loads for table in ("identifiers", "judgements")):
        nobody = pl.DataFrame(schema={"id": pl.String(), "party": pl.String()})
        return Parties(nobody, pl.DataFrame(schema=_LINKS), pl.DataFrame(schema=OPEN), {})
    folder = store.path / FOLDER / digest
    replaced = _complete(folder, loads)
    if replaced is None:
        folder = _place(store) / digest
        _make(store, loads, known_as_of, folder)
        replaced = _complete(folder, loads)
    if replaced is None:
        raise StoreBusy("Another process is removing the tables by party at this moment.", remedy="Ask again.")
    with suppress(OSError):
        # What was asked for last is kept longest.
        os.utime(folder)
    parties, links, undecided = (pl.read_parquet(folder / name) for name in (_PARTIES, _LINKED, _UNDECIDED))
    return Parties(parties, links, undecided, replaced)


def _complete(folder: Path, loads: list[Load]) -> dict[tuple[str, str], Path] | None:
    """The files of a folder that stand in the place of loads' own; None unless all that it lists are there."""
    try:
        listed = pl.read_parquet(folder / _REPLACED)
    except FileNotFoundError:
        return None
    id_of = {load.folder: load.id for load in loads}
    replaced = {(id_of[load], table): folder / f"{load}-{table}.parquet" for load, table in listed.iter_rows()}
    needed = [*replaced.values(), *(folder / name for name in (_PARTIES, _LINKED, _UNDECIDED))]
    return replaced if all(path.exists() for path in needed) else None


def _place(store: Store) -> Path:
    """Where the tables by party are: beside the loads, or for this process alone if the store may only be read."""
    place = store.path / FOLDER
    try:
        place.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place, prefix=_MAKING):
            return place
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise
    return _private()


@cache
def _private() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="topco-parties-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _make(store: Store, loads: list[Load], known_as_of: date | None, folder: Path) -> None:
    identifiers = store.table("identifiers", known_as_of=known_as_of).collect()
    judgements = store.table("judgements", known_as_of=known_as_of).collect()
    found = clusters(
        identifiers,
        judgements,
        policy(),
        store.table("entities", ["id"], known_as_of=known_as_of),
    )
    staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_MAKING))
    try:
        found.parties.write_parquet(staging / _PARTIES)
        replaced = []
        aliases = found.parties.filter(pl.col("id") != pl.col("party"))
        for load in loads:
            for table, columns in NAMING.items():
                place = staging / f"{load.folder}-{table}.parquet"
                source = store.folder_of(load) / f"{table}.parquet"
                if load.tables.get(table) and len(aliases) and _replace(source, columns, aliases, place):
                    replaced.append((load.folder, table))
        _links(found, identifiers, judgements).write_parquet(staging / _LINKED)
        found.undecided.write_parquet(staging / _UNDECIDED)
        pl.DataFrame(replaced, schema={"load": pl.String(), "table": pl.String()}, orient="row").write_parquet(
            staging / _REPLACED
        )
        if folder.exists() and _complete(folder, loads) is None:
            _remove(folder)
        os.replace(staging, folder)
    except OSError:
        # Another process has made the same folder meanwhile: then its files serve.
        if _complete(folder, loads) is None:
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


def _replace(source: Path, columns: Sequence[str], aliases: pl.DataFrame, place: Path) -> bool:
    """Write a table with parties in the place of their identifiers, if any occurs in it."""
    rows = pl.scan_parquet(source)
    order = rows.collect_schema().names()
    # A load that an earlier version wrote may lack a column.
    columns = [column for column in columns if column in order]
    known = aliases["id"].implode()
    if not rows.select(pl.any_horizontal(pl.col(column).is_in(known) for column in columns).any()).collect().item():
        return False
    for column in columns:
        renamed = aliases.lazy().rename({"id": column, "party": "its party"})
        rows = (
            rows.join(renamed, on=column, how="left", maintain_order="left")
            .with_columns(pl.coalesce("its party", column).alias(column))
            .drop("its party")
        )
    rows.select(order).sink_parquet(place, compression="zstd", compression_level=1)
    return True


def _forget(current: Path) -> None:
    """Remove the folders that were asked for longest ago, and what a killed process left half made.

    Loads that are asked for again under `--known-as-of` are made again.
    """
    others = [path for path in current.parent.iterdir() if path.is_dir() and path != current]
    half_made = [path for path in others if path.name.startswith(_MAKING)]
    whole = sorted((path for path in others if path not in half_made), key=_last_used)
    for path in whole[: max(len(whole) - _KEPT + 1, 0)]:
        _remove(path)
    for path in half_made:
        if _last_used(path) < time.time() - _A_DAY:
            shutil.rmtree(path, ignore_errors=True)


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return math.inf


def _remove(folder: Path) -> None:
    """Remove a folder so that nobody finds a part of it, even if this process is killed."""
    with suppress(OSError):
        going = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_MAKING))
        os.replace(folder, going)
        shutil.rmtree(going, ignore_errors=True)
