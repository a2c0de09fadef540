"""Telling tables apart by their columns, or by a declared mapping, and whose they are by their names.

A table's publisher is `table:` and the stem of its file's name without a date in it, so that different tables stand
beside each other and a newer version of one supersedes the older; a user may name another publisher.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from topco.registries.content import Content
from topco.registries.interface import Detected, Kind, OtherKind, Progress, Raw
from topco.registries.table import files, transform
from topco.registries.table.entities import Entities
from topco.registries.table.headquarters import Headquarters
from topco.registries.table.holdings import Holdings
from topco.registries.table.mapping import SHARE, Mapping, read_mapping
from topco.registries.table.naming import slug, stem

TableKind = type[Entities] | type[Holdings] | type[Headquarters]
KINDS: tuple[TableKind, ...] = (Headquarters, Holdings, Entities)
COLUMNS = {kind.name: kind.columns for kind in KINDS}
_PART_OR_PERCENT = "looks alike as a formatted percentage and as a number: say shares in a mapping"


class Tables:
    """Tables of entities, of holdings and of headquarters.

    Args:
        publisher: whose tables they are, instead of what the mapping or the names of the files say.
        mapping: the file of a declared mapping.
        sheet: the name of the sheet of a workbook, instead of the mapping's or the first.

    Raises:
        BadInput: the mapping cannot be used.
    """

    name = "table"
    publisher = "table"
    licence = "not stated"

    def __init__(self, publisher: str | None = None, mapping: Path | None = None, sheet: str | None = None) -> None:
        self._mapping = read_mapping(mapping, COLUMNS) if mapping else None
        self._publisher = publisher or (self._mapping.publisher if self._mapping else None)
        self._sheet = sheet or (self._mapping.sheet if self._mapping else None)

    @property
    def variant(self) -> str:
        """What, besides a file's content, decides what becomes of it; empty if nothing does."""
        parts = [self._mapping.digest] if self._mapping else []
        return " ".join([*parts, *([f"sheet {self._sheet}"] if self._sheet else [])])

    def detect(self, content: Content) -> Detected:
        """The kind of a table by its columns, or as declared.

        Raises:
            OtherKind: it has the columns of no kind, of several, or one twice, or not those of the mapping.
            BadInput: it is damaged.
        """
        layout = self._layout(content)
        names = self._names(layout)
        if twice := sorted({name for name in names if name and names.count(name) > 1}):
            raise OtherKind(
                f"The column {twice[0]} stands twice in the header.",
                where=content.name,
                remedy="Keep one of the two.",
            )
        kind_of = self._declared(content, layout, self._mapping) if self._mapping else _told(content, names)
        source = self._publisher or f"table:{stem(content.name)}"
        part = slug(source.removeprefix("table:"))
        kind = kind_of(part)
        series = self.name if part == kind.name else f"{self.name}-{part}"
        return Detected(kind, layout.format, None, source, series, variant=self.variant)

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Raw:
        """Stage the known columns of a table in a folder, and give the raw rows."""
        kind = next(kind for kind in KINDS if kind.name == detected.kind.name)
        layout = self._layout(content)
        mapping = self._mapping
        words = (SHARE,) if mapping and SHARE in mapping.columns else ()
        raw = files.extract(content, layout, self._names(layout), (*kind.columns, *words), folder, progress)
        rows = raw.rows
        if layout.format == files.WORKBOOK and not (mapping and mapping.shares) and kind is Holdings:
            rows = rows.with_columns(_doubtful(column) for column in (*transform.SHARES, *words))
        if mapping:
            rows = transform.apply(rows, mapping, kind.columns)
        return replace(raw, rows=rows)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: a table does not say when its rows were changed."""
        return None

    def _layout(self, content: Content) -> files.Layout:
        return files.layout_of(content, self._mapping.separator if self._mapping else None, self._sheet)

    def _names(self, layout: files.Layout) -> list[str]:
        if self._mapping:
            return self._mapping.names(layout.headers)
        return [header.strip().lower() for header in layout.headers]

    def _declared(self, content: Content, layout: files.Layout, mapping: Mapping) -> TableKind:
        kind = next(kind for kind in KINDS if kind.name == mapping.table)
        if missing := mapping.missing(layout.headers):
            raise OtherKind(
                f"The table has no column {missing[0]}, which the mapping names.",
                where=content.name,
                remedy=f"Its columns begin with {', '.join(layout.headers[:4]) or 'nothing'}.",
            )
        given = {*mapping.columns, *mapping.constants}
        if lacking := [name for name in kind.required if name not in given]:
            raise OtherKind(
                f"The mapping says nothing of {lacking[0]}, which a table of {kind.name} needs.",
                where=content.name,
                remedy="Name its column under [columns].",
            )
        return kind


def _told(content: Content, names: list[str]) -> TableKind:
    fitting = [kind for kind in KINDS if set(kind.required) <= set(names)]
    if Entities in fitting and Headquarters in fitting:
        fitting.remove(Headquarters)  # with names it is a table of entities, whose `country` is not known
    if len(fitting) != 1:
        raise _unknown(content, names, fitting)
    return fitting[0]


def _doubtful(column: str) -> pl.Expr:
    """A share from 0 to 1 of a workbook, where 62.5 % may be stored as 0.625: a text that is refused."""
    text = pl.col(column)
    number = text.cast(pl.Float64, strict=False)
    doubtful = pl.format("{} " + _PART_OR_PERCENT, text)
    return pl.when((number > 0) & (number <= 1)).then(doubtful).otherwise(text).alias(column)


def _unknown(content: Content, names: list[str], fitting: list[TableKind]) -> OtherKind:
    first = ", ".join(names[:4]) or "nothing"
    if fitting:
        what = f"Not clear whether this is a table of entities or of holdings: its columns begin with {first}."
    else:
        what = f"Not a table of entities, of holdings or of headquarters: its columns begin with {first}."
        for kind in KINDS:
            if set(kind.required) & set(names):
                missing = ", ".join(name for name in kind.required if name not in names)
                what = f"A table of {kind.name} that lacks the column {missing}: its columns begin with {first}."
    needs = "; ".join(f"{kind.name}: {', '.join(kind.required)}" for kind in KINDS)
    also = "; ".join(f"{kind.name}: {', '.join(c for c in kind.columns if c not in kind.required)}" for kind in KINDS)
    return OtherKind(
        what,
        where=content.name,
        remedy=(
            f"Name the columns in the first row, parted by commas. Required: {needs}. Possible: {also}. "
            "Or declare a mapping: topco load table --describe FILE proposes one."
        ),
    )
