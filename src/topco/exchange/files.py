"""Where an export goes: a file or a folder that appears only when it is complete, and replaces no stranger's."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from topco.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside the file to write to; it takes the file's place at the end, and is removed on a failure.

    Raises:
        BadInput: the file cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path, files: Collection[str]) -> Iterator[Path]:
    """An empty folder beside the one to write; it takes its place at the end, and is removed on a failure.

    Args:
        path: the folder; an earlier export there is replaced.
        files: the names that an export of this format writes.

    Raises:
        BadInput: there is something else in the folder, or it cannot be written.
    """
    try:
        if path.exists() and (not path.is_dir() or {entry.name for entry in path.iterdir()} - set(files)):
            raise BadInput(
                "There is something else than an earlier export here.", where=str(path), remedy="Name a new folder."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise _refused(path, error) from error
    new, earlier = aside / "new", aside / "earlier"
    try:
        new.mkdir()
        yield new
        if path.exists():
            path.rename(earlier)
        new.rename(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        if earlier.exists() and not path.exists():
            earlier.rename(path)
        shutil.rmtree(aside)


def _refused(path: Path, error: OSError) -> BadInput:
    return BadInput(f"The export cannot be written: {error.strerror or error}.", where=str(path))
