"""Loading registry files into a store: everything that a command names becomes visible at once, or nothing does.

1. Every file is found, unpacked, hashed, and told by its content; what is no file of the registry is refused and named.
2. Content that is loaded already changes nothing.
3. The files of one kind become one load; its tables are written into the staging folder. A file that holds only some
   records becomes a whole load too: a delta is the load in force, changed; an answer about a few companies joins those
   of its day, and what it is about is taken out of the answers of earlier days.
4. The finished folders are flushed and renamed into place, and the manifest that names them is replaced: the commit.

A damaged file stops the whole command before the commit, because half a publication would pass for the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from topco.registries import patching
from topco.registries import vintage as vintages
from topco.registries.build import REJECTS, Built, RawFile, Warnings, build, counts_of
from topco.registries.committing import commit, staging_folder, writable
from topco.registries.content import find
from topco.registries.grouping import Source, by_vintage, in_order, sources_of
from topco.registries.interface import Kind, NothingUsable, OtherKind, Patch, Progress, Raw, Registry
from topco.registries.outcome import Loaded, Outcome
from topco.registries.patching import Base
from topco.registries.staged import RecordKind, Staged, build_staged
from topco.store.manifest import Load, LoadedFile
from topco.store.store import Store

COLUMNS_VERSION = 2
"""Raised when importers write other columns from the same files, so that these count as new content."""

GUESSED_VINTAGE = "the vintage is guessed from the file's own date; give it with --vintage"

__all__ = ["Loaded", "Outcome", "load"]


def load(
    store: Store,
    registries: Registry | Sequence[Registry],
    paths: list[Path],
    vintage: date | None,
    progress: Progress,
) -> Outcome:
    """Load files, zips and folders, in any order, into a store.

    Args:
        store: an existing store, see `Store.open(create=True)`.
        registries: whose files they are; of several the first one that knows a file takes it.
        paths: files and folders.
        vintage: the day whose state they describe, if the user says so.
        progress: told what is being done.

    Raises:
        BadInput: a path does not exist, a file is damaged, or no record is usable; nothing was loaded.
        StoreBusy: another process is writing to the store.
    """
    found, skipped = find(paths)
    outcome = Outcome(skipped=skipped)
    with writable(store.path), store.writing(), staging_folder(store.path) as staging:
        asked = registries if isinstance(registries, Sequence) else [registries]
        sources = list(sources_of(asked, found, staging, outcome, progress))
        ready: list[tuple[Loaded, Path]] = []
        for kind in dict.fromkeys(source.kind for source in sources):
            of_kind = [source for source in sources if source.kind == kind]
            groups = [
                *by_vintage([source for source in of_kind if source.detected.patch is None], vintage),
                *in_order([source for source in of_kind if source.detected.patch], vintage),
            ]
            for day, how, members in groups:
                try:
                    ready += _prepare(store, members, day, how, staging, ready, outcome, progress)
                except NothingUsable as refusal:
                    if len(sources) == len(members):
                        raise
                    outcome.refused.append(refusal)
        commit(store, [(loaded.load, folder) for loaded, folder in ready])
        outcome.loaded += [loaded for loaded, _ in ready]
    return outcome


def _prepare(
    store: Store,
    sources: list[Source],
    day: date | None,
    how: str,
    staging: Path,
    ready: Sequence[tuple[Loaded, Path]],
    outcome: Outcome,
    progress: Progress,
) -> list[tuple[Loaded, Path]]:
    """Write the tables of a load into the staging folder; nothing if they are in the store already, or refused.

    An answer may come with the loads of answers of earlier days without what it is about.
    """
    registry, detected = sources[0].registry, sources[0].detected
    kind, patch = detected.kind, detected.patch
    series, publisher = detected.series or registry.name, detected.source or registry.publisher
    in_force = _in_force(store, ready, publisher, kind.name) if patch else []
    base = in_force[0] if in_force else None
    if patch:
        sources = _not_applied(store, sources, in_force, day, outcome)
        if not sources or _refused(sources, base, day, outcome):
            return []
    hashes = [source.content.sha256 + source.detected.variant for source in sources]
    if not patch and _is_loaded(store, _digest(detected.source or registry.name, kind.name, hashes), day, how, outcome):
        return []
    raw: dict[str, Raw | Staged] = {}
    for source in sources:
        raw[source.content.name] = registry.extract(source.content, source.detected, source.folder, progress)
        if source.content.path.is_relative_to(staging):
            source.content.path.unlink()
    if day is None:
        latest = [update for part in raw.values() if (update := _last_update(registry, kind, part))]
        day = max(latest, default=max(source.content.modified for source in sources))
        how = vintages.RECORDS if latest else vintages.MODIFIED
        if _refused(sources, base, day, outcome):
            return []
    file_kind = kind.name
    if patch and not patch.needs_base:
        file_kind = f"{kind.name}-{day}"
        base = next((each for each in in_force if each.load.vintage == day), None)
    folder = staging / f"load-{len(ready)}-{series}-{kind.name}-{day}"
    folder.mkdir()
    progress(f"tables of {kind.name}", 0, None, "")
    changes: dict[str, int] = {}
    touched = pl.Series(dtype=pl.String)
    if patch:
        later = [each for each in in_force if each.load.vintage > day]
        changed = _changed(kind, raw, patch, base, later, folder, outcome)
        if changed is None:
            return []
        built, changes, touched = changed
    else:
        built = _tables(kind, raw, folder)
    warnings: Warnings = built.warnings
    if how == vintages.MODIFIED:
        warnings.add(GUESSED_VINTAGE, 1, f"{sources[0].content.name}: {day}")
    for name, part in raw.items():
        for remark in part.remarks:
            warnings.add(remark, 1, name)
    digest = _digest(detected.source or registry.name, kind.name, hashes + ([base.load.digest] if base else []))
    taken = [*store.manifest.loads, *(loaded.load for loaded, _ in ready)]
    load = Load(
        id=_load_id(taken, f"{series}-{kind.name}-{day}", digest),
        folder=_folder_name(digest, day),
        digest=digest,
        publisher=publisher,
        file_kind=file_kind,
        vintage=day,
        vintage_source=how,
        loaded_at=datetime.now(UTC),
        licence=registry.licence,
        files=(
            *(base.load.files if base else ()),
            *(
                LoadedFile(content.name, content.sha256, content.size, raw[content.name].records)
                for content in (source.content for source in sources)
            ),
        ),
        tables=built.tables,
        counts={**({"changes": changes} if changes else {}), **counts_of(folder, built.tables)},
        warnings=warnings.counts,
        rejects=built.rejects,
    )
    rejects = store.folder_of(load) / REJECTS if built.rejects else None
    finished = [(Loaded(load, warnings.examples, rejects), folder)]
    if patch and not patch.needs_base:
        for number, earlier in enumerate(each for each in in_force if each.load.vintage < day):
            place = folder.with_name(f"{folder.name}-earlier-{number}")
            finished += _without(earlier, patch, touched, load, place, [*taken, load], f"{series}-{kind.name}")
    return finished


def _without(
    earlier: Base, patch: Patch, slots: pl.Series, later: Load, folder: Path, taken: Sequence[Load], label: str
) -> list[tuple[Loaded, Path]]:
    """A load of answers of an earlier day without what a later one is about; nothing if they share nothing."""
    left = patching.strip(earlier, patch, slots, folder)
    if left is None:
        return []
    tables, count = left
    old = earlier.load
    digest = _digest(old.publisher, old.file_kind, [old.digest, later.digest])
    load = replace(
        old,
        id=_load_id(taken, f"{label}-{old.vintage}", digest),
        folder=_folder_name(digest, old.vintage),
        digest=digest,
        loaded_at=datetime.now(UTC),
        tables=tables,
        counts={"changes": {patching.TAKEN_OVER: count}, **counts_of(folder, tables)},
        warnings={},
        rejects=0,
    )
    return [(Loaded(load, {}, None), folder)]


def _is_loaded(store: Store, digest: str, day: date | None, how: str, outcome: Outcome) -> bool:
    for existing in store.manifest.loads:
        if existing.digest == digest and (how != vintages.GIVEN or existing.vintage == day):
            outcome.unchanged.append(existing)
            return True
    return False


def _in_force(store: Store, ready: Sequence[tuple[Loaded, Path]], publisher: str, kind: str) -> list[Base]:
    """The loads in force of a publisher and kind, those of this command included, the newest first.

    There is one, or of answers one for each day: their kinds end with it.
    """
    bases = [Base(load, store.folder_of(load)) for load in store.manifest.loads]
    bases += [Base(loaded.load, folder) for loaded, folder in ready]
    newest: dict[str, Base] = {}
    for base in sorted(bases, key=lambda base: base.load.precedence):
        found = base.load.file_kind
        if base.load.publisher == publisher and found in (kind, f"{kind}-{base.load.vintage}"):
            newest[found] = base
    return sorted(newest.values(), key=lambda base: base.load.precedence, reverse=True)


def _not_applied(
    store: Store, sources: list[Source], in_force: Sequence[Base], day: date | None, outcome: Outcome
) -> list[Source]:
    """The sources that no load in force holds yet; of an earlier day it is enough that some load held it."""
    if not in_force:
        return sources
    newest = in_force[0].load
    past = day is not None and day < newest.vintage
    kinds = {base.load.file_kind for base in in_force}
    held_before = [load for load in store.loads() if load.publisher == newest.publisher and load.file_kind in kinds]
    held: dict[str, Load] = {}
    for load in [*(held_before if past else ()), *(base.load for base in in_force)]:
        held.update((file.sha256, load) for file in load.files)
    left = []
    for source in sources:
        holding = held.get(source.content.sha256)
        if holding is None:
            left.append(source)
        elif holding not in outcome.unchanged:
            outcome.unchanged.append(holding)
    return left


def _refused(sources: list[Source], base: Base | None, day: date | None, outcome: Outcome) -> bool:
    patch = sources[0].detected.patch
    because = patching.refusal(patch, base.load if base else None, day, several=len(sources) > 1) if patch else None
    if because is None:
        return False
    what, remedy = because
    outcome.refused += [OtherKind(what, where=source.content.name, remedy=remedy) for source in sources]
    return True


def _changed(
    kind: Kind | RecordKind,
    raw: dict[str, Raw | Staged],
    patch: Patch,
    base: Base | None,
    later: Sequence[Base],
    folder: Path,
    outcome: Outcome,
) -> tuple[Built, dict[str, int], pl.Series] | None:
    """The tables of a load changed by some files, how many records changed, and about what; None if refused."""
    part = folder.with_name(f"{folder.name}-part")
    part.mkdir()
    deletions = [rows for each in raw.values() if isinstance(each, Raw) and (rows := each.deletions) is not None]
    deleted = None
    if deletions and not isinstance(kind, RecordKind):
        deleted = kind.canonical(kind.tidy(pl.concat(deletions).with_columns(pl.lit("").alias("file"))))
    nothing_stated = bool(deletions) and not any(_has_rows(each) for each in raw.values())
    built = Built({}, Warnings(), 0, "") if nothing_stated else _tables(kind, raw, part)
    try:
        return patching.write(base, later, built, part, patch, deleted, folder, name=next(iter(raw)))
    except OtherKind as refusal:
        outcome.refused.append(refusal)
        return None


def _has_rows(part: Raw | Staged) -> bool:
    return isinstance(part, Staged) or not part.rows.limit(1).collect().is_empty()


def _last_update(registry: Registry, kind: Kind | RecordKind, part: Raw | Staged) -> date | None:
    if isinstance(part, Staged):
        return part.latest
    return None if isinstance(kind, RecordKind) else registry.last_update(kind, part.rows)


def _tables(kind: Kind | RecordKind, parts: dict[str, Raw | Staged], folder: Path) -> Built:
    """The evidence tables of one load: from rows that the importer made, or from raw columns."""
    if isinstance(kind, RecordKind):
        return build_staged([part for part in parts.values() if isinstance(part, Staged)], folder)
    return build(kind, [RawFile(name, part) for name, part in parts.items() if isinstance(part, Raw)], folder)


def _digest(source: str, kind: str, hashes: list[str]) -> str:
    return hashlib.sha256(" ".join([str(COLUMNS_VERSION), source, kind, *sorted(hashes)]).encode()).hexdigest()


def _folder_name(digest: str, day: date) -> str:
    return hashlib.sha256(f"{digest} {day}".encode()).hexdigest()[:16]


def _load_id(loads: Sequence[Load], plain: str, digest: str) -> str:
    return f"{plain}-{digest[:8]}" if any(load.id == plain for load in loads) else plain
