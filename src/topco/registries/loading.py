"""Loading registry files into a store: everything that a command names becomes visible at once, or nothing does.

1. Every file is found, unpacked, hashed, and told by its content; what is no file of the registry is refused and named.
2. Content that is loaded already changes nothing.
3. The files of one kind become one load; its tables are written into the staging folder.
4. The finished folders are flushed and renamed into place, and the manifest that names them is replaced: the commit.

A damaged file stops the whole command before the commit, because half a publication would pass for the whole.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from topco.errors import BadInput
from topco.registries import vintage as vintages
from topco.registries.build import RawFile, Warnings, build, counts_of
from topco.registries.content import Content, find, read
from topco.registries.interface import Detected, OtherKind, Progress, Registry
from topco.store.manifest import Load, LoadedFile, sync_folder
from topco.store.store import LOADS, STAGING, Store

COLUMNS_VERSION = 1
"""Raised when importers write other columns from the same files, so that these count as new content."""

GUESSED_VINTAGE = "the vintage is guessed from the file's own date; give it with --vintage"


@dataclass(frozen=True)
class Loaded:
    """A load of this command, with an example of each warning and the place of its rejects."""

    load: Load
    examples: dict[str, str]
    rejects: Path | None


@dataclass
class Outcome:
    """What a load command did."""

    loaded: list[Loaded] = field(default_factory=list)
    unchanged: list[Load] = field(default_factory=list)
    refused: list[OtherKind] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Source:
    content: Content
    detected: Detected
    folder: Path

    @property
    def kind(self) -> tuple[str | None, str]:
        """What the files of one load share."""
        return self.detected.source, self.detected.kind.name


def load(store: Store, registry: Registry, paths: list[Path], vintage: date | None, progress: Progress) -> Outcome:
    """Load files, zips and folders, in any order, into a store.

    Args:
        store: an existing store, see `Store.open(create=True)`.
        registry: whose files they are.
        paths: files and folders.
        vintage: the day whose state they describe, if the user says so.
        progress: told what is being done.

    Raises:
        BadInput: a path does not exist, or a file is damaged; nothing was loaded.
        StoreBusy: another process is writing to the store.
    """
    found, skipped = find(paths)
    outcome = Outcome(skipped=skipped)
    with _writable(store.path), store.writing(), _staging(store.path) as staging:
        sources = list(_sources(registry, found, staging, outcome, progress))
        ready: list[tuple[Loaded, Path]] = []
        for kind in dict.fromkeys(source.kind for source in sources):
            of_kind = [source for source in sources if source.kind == kind]
            for day, how, members in _by_vintage(of_kind, vintage):
                finished = _prepare(store, registry, members, day, how, staging, outcome, progress)
                if finished:
                    ready.append(finished)
        _commit(store, ready)
        outcome.loaded += [loaded for loaded, _ in ready]
    return outcome


def _sources(
    registry: Registry, found: Sequence[Path], staging: Path, outcome: Outcome, progress: Progress
) -> Iterator[_Source]:
    seen: dict[str, str] = {}
    for number, path in enumerate(found):
        folder = staging / f"source-{number}"
        folder.mkdir()
        for member, content in enumerate(read(path, folder, progress)):
            if content.sha256 in seen:
                outcome.repeated.append(f"{content.name} has the same content as {seen[content.sha256]}")
                continue
            seen[content.sha256] = content.name
            try:
                detected = registry.detect(content)
            except OtherKind as refusal:
                outcome.refused.append(refusal)
                continue
            raw = folder / f"raw-{member}"
            raw.mkdir()
            yield _Source(content, detected, raw)


def _by_vintage(sources: list[_Source], given: date | None) -> Iterator[tuple[date | None, str, list[_Source]]]:
    """The sources of one kind by the vintage that is known before reading; those without one stay together."""
    groups: dict[date | None, tuple[str, list[_Source]]] = {}
    for source in sources:
        day, how = _known_vintage(source, given)
        groups.setdefault(day, (how, []))[1].append(source)
    for day, (how, members) in groups.items():
        yield day, how, members


def _known_vintage(source: _Source, given: date | None) -> tuple[date | None, str]:
    if given:
        return given, vintages.GIVEN
    if source.detected.vintage:
        return source.detected.vintage, vintages.HEADER
    return vintages.in_name(source.content.name), vintages.NAME


def _prepare(
    store: Store,
    registry: Registry,
    sources: list[_Source],
    day: date | None,
    how: str,
    staging: Path,
    outcome: Outcome,
    progress: Progress,
) -> tuple[Loaded, Path] | None:
    """Write the tables of one load into the staging folder; None if they are in the store already."""
    detected = sources[0].detected
    kind = detected.kind
    digest = _digest(detected.source or registry.name, kind.name, [source.content.sha256 for source in sources])
    for existing in store.manifest.loads:
        if existing.digest == digest and (how != vintages.GIVEN or existing.vintage == day):
            outcome.unchanged.append(existing)
            return None
    raw = {}
    for source in sources:
        raw[source.content.name] = registry.extract(source.content, source.detected, source.folder, progress)
        if source.content.path.is_relative_to(staging):
            source.content.path.unlink()
    if day is None:
        latest = [update for part in raw.values() if (update := registry.last_update(kind, part.rows))]
        day = max(latest, default=max(source.content.modified for source in sources))
        how = vintages.RECORDS if latest else vintages.MODIFIED
    folder = staging / f"load-{detected.series or registry.name}-{kind.name}-{day}"
    folder.mkdir()
    progress(f"tables of {kind.name}", 0, None, "")
    built = build(kind, [RawFile(name, part) for name, part in raw.items()], folder)
    warnings: Warnings = built.warnings
    if how == vintages.MODIFIED:
        warnings.add(GUESSED_VINTAGE, 1, f"{sources[0].content.name}: {day}")
    for name, part in raw.items():
        for remark in part.remarks:
            warnings.add(remark, 1, name)
    loaded_at = datetime.now(UTC)
    load = Load(
        id=_load_id(store, detected.series or registry.name, kind.name, day, digest),
        folder=hashlib.sha256(f"{digest} {day}".encode()).hexdigest()[:16],
        digest=digest,
        publisher=detected.source or registry.publisher,
        file_kind=kind.name,
        vintage=day,
        vintage_source=how,
        loaded_at=loaded_at,
        licence=registry.licence,
        files=tuple(
            LoadedFile(content.name, content.sha256, content.size, raw[content.name].records)
            for content in (source.content for source in sources)
        ),
        tables=built.tables,
        counts=counts_of(folder, built.tables),
        warnings=warnings.counts,
        rejects=built.rejects,
    )
    rejects = store.folder_of(load) / "rejects.csv" if built.rejects else None
    return Loaded(load, warnings.examples, rejects), folder


def _digest(source: str, kind: str, hashes: list[str]) -> str:
    return hashlib.sha256(" ".join([str(COLUMNS_VERSION), source, kind, *sorted(hashes)]).encode()).hexdigest()


def _load_id(store: Store, series: str, kind: str, day: date, digest: str) -> str:
    plain = f"{series}-{kind}-{day}"
    return f"{plain}-{digest[:8]}" if any(load.id == plain for load in store.manifest.loads) else plain


def _commit(store: Store, ready: list[tuple[Loaded, Path]]) -> None:
    if not ready:
        return
    parent = store.path / LOADS
    parent.mkdir(exist_ok=True)
    committed = store.manifest
    for loaded, folder in ready:
        _flush(folder)
        target = store.folder_of(loaded.load)
        if target.exists():
            shutil.rmtree(target)
        os.rename(folder, target)
        committed = committed.with_load(loaded.load)
    sync_folder(parent)
    store.commit(committed)


def _flush(folder: Path) -> None:
    """Put a finished folder on the disk before anything names it."""
    for path in folder.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    sync_folder(folder)


@contextmanager
def _writable(store: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"The store cannot be written: {error.strerror or error}.",
            where=str(store),
            remedy="Check the permissions and the space left on the disk.",
        ) from error


@contextmanager
def _staging(store: Path) -> Iterator[Path]:
    parent = store / STAGING
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
