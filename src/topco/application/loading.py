"""Loading files of registries: importers chosen, the store opened, the graph built, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from topco.registries.loading import Loaded, Outcome
    from topco.store.store import Store

COLUMNS = (
    *("load", "state", "vintage", "entities", "names", "relationships", "absences", "holdings", "identifiers"),
    *("headquarters", "listings", "warnings", "rejects"),
)


class Progress(Protocol):
    """Who is told how far loading is."""

    def __call__(self, phase: str, done: int, total: int | None, unit: str) -> None: ...

    def say(self, message: str) -> None: ...


@dataclass(frozen=True)
class Files:
    """Files of a registry and what their user knows of them; None: they say it themselves."""

    registry: str
    paths: Sequence[Path]
    vintage: date | None = None
    publisher: str | None = None
    mapping: Path | None = None
    sheet: str | None = None


def load_files(path: Path, files: Files, progress: Progress, *, deferred: bool = False) -> tuple[Store, Outcome]:
    """Load files into the store of a folder, which is made if there is none; and build its graph.

    Args:
        deferred: leave the graph to the first question that needs it.

    Raises:
        BadInput: no such registry, or a mapping that cannot be used.
        StoreBusy: another process is writing.
    """
    from topco.registries.catalogue import registries
    from topco.registries.loading import load
    from topco.store.store import Store

    sources = registries(files.registry, files.publisher, files.mapping, files.sheet)
    store = Store.open(path, create=True)
    outcome = load(store, sources, list(files.paths), files.vintage, progress)
    build_after(store, outcome, progress, deferred=deferred)
    return store, outcome


def build_after(store: Store, outcome: Outcome, progress: Progress, *, deferred: bool) -> None:
    """Build the graph if something was loaded and nobody wants it later."""
    if outcome.loaded and not deferred:
        from topco.ownership.derived import derivations
        from topco.store.graph import build_graph

        build_graph(store, progress.say, derivations(store))


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    """A row with `COLUMNS` for each load, new ones first."""
    loads = [(loaded.load, "loaded") for loaded in outcome.loaded]
    loads += [(load, "already loaded") for load in outcome.unchanged]
    return [
        {
            "load": load.id,
            "state": state,
            "vintage": load.vintage,
            **load.tables,
            "warnings": sum(load.warnings.values()),
            "rejects": load.rejects,
        }
        for load, state in loads
    ]


def document(outcome: Outcome) -> dict[str, Any]:
    """The outcome as JSON."""
    return {
        "loaded": [_load_document(loaded) for loaded in outcome.loaded],
        "unchanged": [load.id for load in outcome.unchanged],
        "refused": [{"file": refusal.where, "reason": refusal.what} for refusal in outcome.refused],
    }


def _load_document(loaded: Loaded) -> dict[str, Any]:
    load = loaded.load
    return {
        "load": load.id,
        "publisher": load.publisher,
        "file_kind": load.file_kind,
        "vintage": load.vintage.isoformat(),
        "vintage_source": load.vintage_source,
        "licence": load.licence,
        "files": [{"name": file.name, "sha256": file.sha256, "records": file.records} for file in load.files],
        "tables": load.tables,
        "counts": load.counts,
        "warnings": [
            {"reason": reason, "count": count, "example": loaded.examples[reason]}
            for reason, count in load.warnings.items()
        ],
        "rejects": {"count": load.rejects, "path": str(loaded.rejects) if loaded.rejects else None},
    }
