"""The manifest: which loads and which graph generation a store consists of. Replacing it is the only commit.

Whatever the manifest does not name does not exist: a folder that a killed load left behind is rubbish. The file is
written beside the old one, flushed to the disk and renamed over it, so that a reader sees the old or the new store and
never a part of either.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
FILE_NAME = "manifest.json"


@dataclass(frozen=True)
class LoadedFile:
    """One source file of a load, by its name as given and the SHA-256 of its bytes."""

    name: str
    sha256: str
    size: int
    records: int


@dataclass(frozen=True)
class Load:
    """One registry file kind of one vintage; immutable.

    `tables` gives the rows of each table that has any, `counts` the finer counts a person wants to see
    (`{"entities": {"LegalEntity": 12}}`), `warnings` how often each warning occurred.
    """

    id: str
    folder: str
    digest: str
    publisher: str
    file_kind: str
    vintage: date
    vintage_source: str
    loaded_at: datetime
    licence: str
    files: tuple[LoadedFile, ...] = ()
    tables: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    rejects: int = 0

    @property
    def precedence(self) -> tuple[date, datetime]:
        """What orders the loads of one publisher and file kind: the newest vintage, then the latest load."""
        return self.vintage, self.loaded_at


@dataclass(frozen=True)
class GraphGeneration:
    """The graph in force: its folder below `graph/`, the loads in it, the digest of the knowledge it was built with."""

    generation: str
    loads: tuple[str, ...]
    knowledge: str


@dataclass(frozen=True)
class Manifest:
    """The committed state of a store."""

    loads: tuple[Load, ...] = ()
    graph: GraphGeneration | None = None

    def with_load(self, load: Load) -> Manifest:
        return replace(self, loads=(*self.loads, load))

    def with_graph(self, graph: GraphGeneration | None) -> Manifest:
        return replace(self, graph=graph)


def read(store: Path) -> Manifest | None:
    """The manifest of the store in this folder, or None if nothing was ever committed there.

    Raises:
        BadInput: the file is damaged, or of a later version than this topco knows.
    """
    path = store / FILE_NAME
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadInput(
            f"The store's manifest is damaged: {error}.",
            where=str(path),
            remedy="Restore the file from a backup, or load the registry files again into a new store.",
        ) from error
    version = document.get("version") if isinstance(document, dict) else None
    if version != VERSION:
        raise BadInput(
            f"The store has version {version}, this topco reads version {VERSION}.",
            where=str(path),
            remedy="Use the topco that wrote it, or load the registry files again into a new store.",
        )
    try:
        return _decode(document)
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"The store's manifest is damaged: {error}.",
            where=str(path),
            remedy="Restore the file from a backup, or load the registry files again into a new store.",
        ) from error


def write(store: Path, manifest: Manifest) -> None:
    """Commit: replace the manifest of the store in this folder at once, and survive a power cut right after."""
    path = store / FILE_NAME
    partial = partial_of(store)
    document = {"version": VERSION, **asdict(manifest)}
    with partial.open("w", encoding="utf-8") as stream:
        json.dump(document, stream, ensure_ascii=False, indent=1, default=_encode)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, path)
    sync_folder(store)


def partial_of(store: Path) -> Path:
    """The manifest that is being written."""
    return store / f"{FILE_NAME}.partial"


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encode(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a manifest")


def _decode(document: dict[str, Any]) -> Manifest:
    graph = document["graph"]
    return Manifest(
        loads=tuple(_load(entry) for entry in document["loads"]),
        graph=graph and GraphGeneration(**{**graph, "loads": tuple(graph["loads"])}),
    )


def _load(entry: dict[str, Any]) -> Load:
    return Load(
        **{
            **entry,
            "vintage": date.fromisoformat(entry["vintage"]),
            "loaded_at": datetime.fromisoformat(entry["loaded_at"]),
            "files": tuple(LoadedFile(**file) for file in entry["files"]),
        }
    )
