"""RDF files as one more registry: whose they are, and from their statements to evidence (`docs/rdf.md`)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from topco.namespaces import LOAD_BASE
from topco.registries.content import Content
from topco.registries.interface import Detected, Kind, OtherKind, Progress
from topco.registries.rdf.reading import read, syntax_of
from topco.registries.staged import RecordKind, Sink, Staged
from topco.registries.table.naming import slug, stem

LARGEST_IN_MEMORY = 32_000_000
"""Bytes of a file with our own graphs that is held in memory; a larger one goes to the disk."""

_NAMED = 12
_LEFT_OUT = "statements with predicates or classes that the ontology does not know were left out"


class Rdf:
    """RDF of any vocabulary that the alignment lifts, or in our own terms.

    Args:
        publisher: whose files they are, instead of what their names say.
    """

    name = "rdf"
    publisher = "rdf"
    licence = "not stated"

    def __init__(self, publisher: str | None = None) -> None:
        self._publisher = publisher

    def detect(self, content: Content) -> Detected:
        """The syntax of a file.

        Raises:
            OtherKind: it is no RDF by its name or its first characters.
        """
        syntax = syntax_of(content)
        if syntax is None:
            raise OtherKind(
                "Not RDF by its name's ending or its first characters.",
                where=content.name,
                remedy="RDF is read as .ttl, .nt, .nq, .trig, .jsonld, .rdf or .owl.",
            )
        source = self._publisher or f"rdf:{stem(content.name)}"
        part = slug(source.removeprefix("rdf:"))
        return Detected(RecordKind("graph"), syntax, None, source, f"{self.name}-{part}")

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Staged:
        """Read, lift and tabulate one file.

        Raises:
            BadInput: it is malformed, or a graph of a load holds values that its columns cannot hold.
        """
        import pyoxigraph as ox

        from topco.registries.rdf.columns import forms_of, not_understood, position_of, tables_of
        from topco.registries.rdf.lifting import lift
        from topco.registries.rdf.literals import FINAL, complete

        ours = LOAD_BASE.encode() in content.head
        database = ox.Store(str(folder / "graph")) if ours and content.size > LARGEST_IN_MEMORY else ox.Store()
        parsed = read(content, detected.format, database, progress)
        sink = Sink(folder, content.name)
        graphs = list(parsed.loads)
        strange: list[tuple[str, int]] = []
        progress(f"lifting {content.name}", 0, None, "")
        if parsed.graphs:
            lifted = lift(database, parsed.graphs)
            done = complete(database, lifted.incomplete)
            for record, error in done.refused.items():
                sink.refuse(position_of(database, record), error.term, error.value, f"{error.reason} ({record})")
            for place in lifted.unknown_countries:
                sink.warn("a country that is none of ISO 3166-1 was left out", 0, place)
            for day in done.odd_days:
                sink.warn("a day of a change or a renewal that is no date was left out", 0, day)
            for party, one, other in lifted.clashes:
                sink.warn("something is in two classes that exclude each other", 0, f"{party}: {one}, {other}")
            strange = not_understood(database, parsed.graphs)
            graphs.append(FINAL)
        forms = forms_of(database, parsed.graphs, sink)
        parts: dict[str, list[Path]] = {}
        records = 0
        for table, path, frame in tables_of(database, graphs, forms, sink, folder, f"{self.name}/"):
            parts.setdefault(table, []).append(path)
            records += len(frame)
            if "last_update" in frame.columns:
                latest = frame["last_update"].max()
                sink.changed_on(latest if isinstance(latest, date) else None)
        staged = sink.finish(records, _remarks(parsed.left_out, len(parsed.loads)))
        for table, paths in parts.items():
            staged.parts.setdefault(table, []).extend(paths)
        if strange:
            named = ", ".join(f"{term} ({count:,})" for term, count in strange[:_NAMED])
            staged.warnings.add(_LEFT_OUT, sum(count for _, count in strange), f"{content.name}: {named}")
        return staged

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: the records of an RDF file say it themselves."""
        return None


def _remarks(left_out: int, loads: int) -> list[str]:
    remarks = []
    if left_out:
        remarks.append("statements of our own knowledge and snapshots were left out: they are derived again")
    if loads > 1:
        remarks.append("several loads stand in one file and become one; of an entity the record changed last counts")
    return remarks
