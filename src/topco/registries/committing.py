"""Staging a load beside the store's loads, and making it visible at once: all of a command, or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from topco.errors import BadInput
from topco.store.manifest import Load, sync_folder
from topco.store.store import LOADS, STAGING, Store


def commit(store: Store, ready: list[tuple[Load, Path]]) -> None:
    """Put finished folders in their places and name them all in one new manifest."""
    if not ready:
        return
    parent = store.path / LOADS
    parent.mkdir(exist_ok=True)
    committed = store.manifest
    for load, folder in ready:
        _flush(folder)
        target = store.folder_of(load)
        if target.exists():
            shutil.rmtree(target)
        os.rename(folder, target)
        committed = committed.with_load(load)
    sync_folder(parent)
    store.commit(committed)


def _flush(folder: Path) -> None:
    """Put a finished folder on the disk before anything names it."""
    for path in folder.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    sync_folder(folder)


@contextmanager
def writable(store: Path) -> Iterator[None]:
    """What the operating system refuses while the store is written becomes bad input."""
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"The store cannot be written: {error.strerror or error}.",
            where=str(store),
            remedy="Check the permissions and the space left on the disk.",
        ) from error


@contextmanager
def staging_folder(store: Path) -> Iterator[Path]:
    """A folder of the store for what is being written; it is removed in the end."""
    parent = store / STAGING
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
