"""The evidence as quads, in TriG or JSON-LD: a named graph for each load, and one that describes the loads.

The quads are those of `docs/evidence.md`: `queries/evidence/` reads the tables back from them. JSON-LD is written
expanded, so that no reader has to fetch a context.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

from topco.exchange.parties import BATCH
from topco.namespaces import PREFIXES
from topco.store.graph import LOADS
from topco.store.quads import IN_GRAPH, evidence_quads, load_description

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topco.exchange.selection import Selection

# The prefixes that evidence uses.
_PREFIXES = {name: PREFIXES[name] for name in ("topco", "country", "load", "xsd")}
FORMATS = {"trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}


def quads(selection: Selection) -> Iterator[ox.Quad]:
    """The quads of a selection, load by load."""
    for load in selection.loads:
        yield from load_description(load, LOADS)
    for load in selection.loads:
        part = selection.of([load])
        for table in IN_GRAPH:
            if not load.tables.get(table):
                continue
            rows = part.table(table).drop("load")
            for batch in rows.collect_batches(chunk_size=BATCH, engine="streaming"):
                yield from evidence_quads(load.id, table, batch)


def write_rdf(
    selection: Selection, stream: IO[bytes], name: str, report: Callable[[int], None], remarks: tuple[str, ...] = ()
) -> int:
    """Write the quads of a selection, and give their number.

    Args:
        selection: what to export.
        stream: where the bytes go.
        name: one of `FORMATS`.
        report: told how many quads are written.
        remarks: lines for the reader; TriG begins with them, JSON-LD has no room.
    """
    count = 0

    def counted() -> Iterator[ox.Quad]:
        nonlocal count
        for count, quad in enumerate(quads(selection), start=1):
            report(count)
            yield quad

    if name == "trig":
        for line in remarks:
            stream.write(f"# {' '.join(line.split())}\n".encode())
    prefixes = _PREFIXES if name == "trig" else None
    ox.serialize(counted(), stream, format=FORMATS[name], prefixes=prefixes)
    return count
