"""Building the graph of a store that has none: seconds, and quads a second (printed as `in_memory`)."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.measure import own_peak_mib


def main() -> None:
    from topco.ownership.derived import derivations
    from topco.store.graph import build_graph, open_graph
    from topco.store.store import Store

    store = Store.open(Path(sys.argv[1]))
    started, busy = time.perf_counter(), time.process_time()
    build_graph(store, derived=derivations(store))
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    quads = len(open_graph(store, derived=derivations(store)).database)
    print(json.dumps({"seconds": seconds, "processor": busy, "in_memory": quads / seconds, "peak_mib": own_peak_mib()}))


if __name__ == "__main__":
    main()
