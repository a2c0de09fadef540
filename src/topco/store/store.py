"""Opening a store and reading its evidence; `writing()` guards every change.

A store is a folder: `manifest.json` names what is in it, `loads/<folder>/*.parquet` holds the evidence,
`graph/<generation>/` the graph built from it, `staging/` what is being written. Opening a store removes what an
interrupted command left behind, unless another process is writing at that moment.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from topco.errors import BadInput, NotFound, StoreBusy
from topco.store import lock, manifest
from topco.store.manifest import GraphGeneration, Load, Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    import polars as pl

    from topco.store.having import Having

LOADS = "loads"
GRAPH = "graph"
STAGING = "staging"


def _to_stderr(message: str) -> None:
    print(message, file=sys.stderr)


class Store:
    """The evidence and the graph in one folder. Get one by `Store.open`.

    Attributes:
        is_held: whether it serves a process that asks again and again, for which it is worth it to prepare.
    """

    is_held = False

    def __init__(self, path: Path, committed: Manifest) -> None:
        self.path = path
        self._manifest = committed
        self._writing = 0

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool = False,
        missing_ok: bool = False,
        notify: Callable[[str], None] = _to_stderr,
    ) -> Self:
        """The store in a folder.

        Args:
            path: the store's folder.
            create: make the folder and an empty store if there is none.
            missing_ok: give an empty view, and touch nothing, if there is none.
            notify: told, in a sentence, what an interrupted command left behind and was removed.

        Raises:
            BadInput: there is no store, or its manifest cannot be read.
        """
        if create:
            try:
                path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise BadInput(f"The store cannot be created: {error.strerror}.", where=str(path)) from error
        store = cls(path, Manifest())
        if path.is_dir():
            store._remove_leavings(notify)
        committed = manifest.read(path)
        if committed is None and not (create or missing_ok):
            raise BadInput(
                "There is no store here.",
                where=str(path),
                remedy="Load registry files first: topco load REGISTRY FILES.",
            )
        store._manifest = committed or Manifest()
        return store

    @property
    def manifest(self) -> Manifest:
        """What is committed, as of opening or of the last `refresh` or `commit`."""
        return self._manifest

    def refresh(self) -> None:
        """Read the manifest again: another process may have committed."""
        self._manifest = manifest.read(self.path) or Manifest()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock, with the manifest fresh; may be nested.

        Raises:
            StoreBusy: another process is writing.
        """
        if self._writing:
            yield
            return
        with lock.exclusive(self.path):
            self._writing += 1
            try:
                self.refresh()
                yield
            finally:
                self._writing -= 1

    def commit(self, committed: Manifest) -> None:
        """Make this the state of the store; only inside `writing()`."""
        if not self._writing:
            raise RuntimeError("commit needs the write lock: use it inside store.writing()")
        manifest.write(self.path, committed)
        self._manifest = committed

    def loads(self) -> list[Load]:
        """All loads, superseded ones included, in the order in which they were loaded."""
        return list(self._manifest.loads)

    def current_loads(self, known_as_of: date | None = None) -> list[Load]:
        """The load in force of every publisher and file kind: the newest vintage, then the latest load.

        Args:
            known_as_of: only loads that were loaded on or before this day (UTC) exist.
        """
        newest: dict[tuple[str, str], Load] = {}
        for load in self._manifest.loads:
            if known_as_of is not None and load.loaded_at.date() > known_as_of:
                continue
            key = (load.publisher, load.file_kind)
            if key not in newest or load.precedence > newest[key].precedence:
                newest[key] = load
        return sorted(newest.values(), key=lambda load: load.id)

    def load(self, identifier: str) -> Load:
        """The load with this id.

        Raises:
            BadInput: there is none.
        """
        for load in self._manifest.loads:
            if load.id == identifier:
                return load
        raise NotFound(f"There is no load {identifier}.", where=str(self.path), remedy="See `topco sources`.")

    def folder_of(self, load: Load) -> Path:
        """Where the Parquet files and the rejects of a load are."""
        return self.path / LOADS / load.folder

    def table(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        known_as_of: date | None = None,
        loads: Iterable[Load] | None = None,
        place_of: Callable[[Load], Path | None] | None = None,
        having: Having | None = None,
    ) -> pl.LazyFrame:
        """One evidence table over the current loads, lazily, with the column `load` (the load's id) at the end.

        Args:
            name: the name of one of the tables of `topco.store.schema`.
            columns: only these; `load` may be among them and is added if it is not.
            known_as_of: see `current_loads`.
            loads: read exactly these loads instead of the current ones.
            place_of: the file to read in the place of a load's own, if there is one.
            having: only the rows that it means.
        """
        import polars as pl

        from topco.store.schema import schema_of

        schema = schema_of(name)
        wanted = list(schema.names()) if columns is None else [column for column in columns if column != "load"]
        chosen = self.current_loads(known_as_of) if loads is None else list(loads)

        def place(load: Load) -> Path:
            return (place_of and place_of(load)) or self.folder_of(load) / f"{name}.parquet"

        def columns_of(rows: pl.LazyFrame) -> list[pl.Expr]:
            # A load that an earlier version wrote may lack a column: then nothing is known of it.
            there = rows.collect_schema()
            return [
                pl.col(column) if column in there else pl.lit(None, dtype=schema[column]).alias(column)
                for column in wanted
            ]

        scans = [(load, self.scan(place(load), having)) for load in chosen if load.tables.get(name)]
        parts = [rows.select(*columns_of(rows), pl.lit(load.id, dtype=pl.String).alias("load")) for load, rows in scans]
        if not parts:
            return pl.LazyFrame(schema={**{column: schema[column] for column in wanted}, "load": pl.String()})
        return pl.concat(parts, how="vertical")

    def scan(self, path: Path, having: Having | None = None) -> pl.LazyFrame:
        """The rows of one file of columns, or those that are meant."""
        import polars as pl

        rows = pl.scan_parquet(path)
        return rows if having is None else having.of(rows)

    def digest_for(self, known_as_of: date | None = None) -> str:
        """A hash of the evidence in force: equal digests mean equal columns (id and content of every current load)."""
        total = hashlib.sha256()
        for load in self.current_loads(known_as_of):
            total.update(f"{load.id}\t{load.digest}\n".encode())
        return total.hexdigest()[:16]

    def graph_is_current(self, knowledge: str) -> bool:
        """Whether the graph in force holds all loads and was built with this knowledge (its digest)."""
        graph = self._manifest.graph
        return (
            graph is not None
            and graph.knowledge == knowledge
            and set(graph.loads) == {load.id for load in self._manifest.loads}
        )

    def graph_folder(self, graph: GraphGeneration) -> Path:
        """Where a graph generation lives."""
        return self.path / GRAPH / graph.generation

    def _remove_leavings(self, notify: Callable[[str], None]) -> None:
        """Remove what no manifest names, if nobody is writing; say so once."""
        if not any((self.path / name).is_dir() for name in (LOADS, GRAPH, STAGING)):
            return
        if not self._leavings(manifest.read(self.path) or Manifest()):
            return
        try:
            with self.writing():
                leavings = self._leavings(self._manifest)
                for leaving in leavings:
                    shutil.rmtree(leaving) if leaving.is_dir() else leaving.unlink()
        except (StoreBusy, PermissionError):
            return
        interrupted = [leaving for leaving in leavings if leaving.parent.name != GRAPH]
        if interrupted:
            notify(f"topco: an earlier load was interrupted and left nothing in the store; {self.path} was cleaned up.")

    def _leavings(self, committed: Manifest) -> list[Path]:
        named = {load.folder for load in committed.loads}
        if committed.graph is not None:
            named.add(committed.graph.generation)
        found = [
            entry
            for name in (STAGING, LOADS, GRAPH)
            if (self.path / name).is_dir()
            for entry in sorted((self.path / name).iterdir())
            if name == STAGING or entry.name not in named
        ]
        partial = manifest.partial_of(self.path)
        return [*found, partial] if partial.exists() else found
