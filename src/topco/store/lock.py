"""One writer at a time: an advisory lock on the file `lock` in the store's folder.

The operating system frees the lock when its process ends in whatever way, so a killed load never leaves a store locked.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from topco.errors import StoreBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_NAME = "lock"


@contextmanager
def exclusive(store: Path) -> Iterator[None]:
    """Hold the store's write lock.

    Raises:
        StoreBusy: another process (or another `Store` of this one) holds it.
    """
    descriptor = os.open(store / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy(
                "Another topco is writing to this store.", where=str(store), remedy="Wait until it has finished."
            ) from error
        yield
    finally:
        os.close(descriptor)
