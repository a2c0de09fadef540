"""`python -m topco.server.sparql.build STORE`: bring the graph of a store up to its loads and to the day, then end.

It waits until the manifest has been left alone for a while: a load commits, lets go of the lock and takes it again to
build the graph itself, and would fail if somebody else had taken it in between. If another process is writing it ends
at once, to be begun again later.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from topco.errors import StoreBusy, TopcoError
from topco.store import manifest

BUSY = 75  # EX_TEMPFAIL of sysexits.h
SETTLED_SECONDS = 5.0
_NICENESS = 10


def main(path: Path) -> int:
    """Build, and give the exit code: 0, `BUSY`, or 1 with the reason on stderr."""
    os.nice(_NICENESS)
    wait_until_settled(path)
    from topco.ownership.derived import derivations
    from topco.store.graph import open_graph
    from topco.store.manifest import Manifest
    from topco.store.store import Store

    # Not `Store.open`: that would clean up, for which it takes the lock.
    store = Store(path, manifest.read(path) or Manifest())
    try:
        if store.loads():
            open_graph(store, derived=derivations(store))
    except StoreBusy:
        return BUSY
    except TopcoError as error:
        print(f"topco: the graph could not be built: {error}", file=sys.stderr)
        return 1
    return 0


def wait_until_settled(path: Path) -> None:
    """Wait until the manifest has not changed for some seconds."""
    while (rest := SETTLED_SECONDS - (time.time() - _changed(path))) > 0:
        time.sleep(min(rest, SETTLED_SECONDS))


def _changed(path: Path) -> float:
    file = path / manifest.FILE_NAME
    return file.stat().st_mtime if file.exists() else 0.0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
