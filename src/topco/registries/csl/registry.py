"""Files of screening lists: told by their content, read into listings and parties."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from topco.registries.content import Content
from topco.registries.csl import agencies, consolidated, military, ofac
from topco.registries.csl.entry import Entries
from topco.registries.interface import Detected, Kind, OtherKind, Progress
from topco.registries.staged import RecordKind, Sink, Staged

CONSOLIDATED = "consolidated"


class ScreeningLists:
    """The screening lists of the United States in the forms in which they are published."""

    name = "csl"
    publisher = "US government"
    licence = "public domain (work of the US government)"

    def detect(self, content: Content) -> Detected:
        """Tell a list by its content: the head of an XML or JSON file, or the header of a table.

        Raises:
            OtherKind: it is no screening list that is read.
            BadInput: it is XML that declares entities.
        """
        if found := ofac.recognised(content):
            return Detected(RecordKind(found[0]), ofac.FORMAT, found[1])
        if made := consolidated.recognised(content):
            return Detected(RecordKind(CONSOLIDATED), made[0], made[1])
        if military.recognised(content):
            return Detected(RecordKind(military.KIND), military.FORMAT, None)
        if table := agencies.recognised(content):
            return Detected(RecordKind(table.kind), agencies.FORMAT, None)
        raise OtherKind(
            "Not a screening list that is read.",
            where=content.name,
            remedy="Give the Consolidated Screening List (JSON), the Treasury's XML, the tables of denied persons, "
            "nonproliferation sanctions or ITAR debarments, or the 1260H table.",
        )

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Staged:
        """Stage the listings and parties of a list."""
        sink = Sink(folder, content.name)
        kind = detected.kind.name
        if detected.format == military.FORMAT:
            return sink.finish(military.extract(content, sink, progress))
        entries = Entries(sink)
        if detected.format == ofac.FORMAT:
            count = ofac.extract(content, kind, entries, progress)
        elif detected.format == consolidated.COMPACT:
            count = consolidated.extract_compact(content, entries, progress)
        elif detected.format == consolidated.RAW:
            count = consolidated.extract_raw(content, entries, progress)
        else:
            count = agencies.extract(content, kind, entries, progress)
        return sink.finish(count)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: a list is dated as a whole."""
        return None
