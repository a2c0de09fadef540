"""Telling tables apart by their columns, and whose they are by their names.

A table's publisher is `table:` and the stem of its file's name without a date in it, so that different tables stand
beside each other and a newer version of one supersedes the older; a user may name another publisher.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path, PurePosixPath

import polars as pl

from topco.registries import vintage
from topco.registries.content import Content
from topco.registries.interface import Detected, Kind, OtherKind, Progress, Raw
from topco.registries.table import csv_files
from topco.registries.table.entities import Entities
from topco.registries.table.holdings import Holdings

KINDS: tuple[type[Entities] | type[Holdings], ...] = (Holdings, Entities)
_NO_SLUG = re.compile(r"[^a-z0-9]+")


class Tables:
    """Tables of entities and of holdings.

    Args:
        publisher: whose tables they are, instead of what the names of the files say.
    """

    name = "table"
    publisher = "table"
    licence = "not stated"

    def __init__(self, publisher: str | None = None) -> None:
        self._publisher = publisher

    def detect(self, content: Content) -> Detected:
        """The kind of a table by its columns.

        Raises:
            OtherKind: it has the columns of neither kind, of both, or one twice.
        """
        names = csv_files.header(content.head)
        fitting = [kind for kind in KINDS if set(kind.required) <= set(names)]
        if len(fitting) != 1:
            raise _unknown(content, names, fitting)
        if twice := sorted({name for name in names if name and names.count(name) > 1}):
            raise OtherKind(
                f"The column {twice[0]} stands twice in the header.",
                where=content.name,
                remedy="Keep one of the two.",
            )
        source = self._publisher or f"table:{_stem(content.name)}"
        slug = _slug(source.removeprefix("table:"))
        kind = fitting[0](slug)
        series = self.name if slug == kind.name else f"{self.name}-{slug}"
        return Detected(kind, "csv", None, source, series)

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Raw:
        """Stage the known columns of a table in a folder, and give the raw rows."""
        kind = next(kind for kind in KINDS if kind.name == detected.kind.name)
        return csv_files.extract(content, kind.columns, folder, progress)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: a table does not say when its rows were changed."""
        return None


def _unknown(content: Content, names: list[str], fitting: list[type[Entities] | type[Holdings]]) -> OtherKind:
    first = ", ".join(names[:4]) or "nothing"
    if fitting:
        what = f"Not clear whether this is a table of entities or of holdings: its columns begin with {first}."
    else:
        what = f"Not a table of entities or of holdings: its columns begin with {first}."
        for kind in KINDS:
            if set(kind.required) & set(names):
                missing = ", ".join(name for name in kind.required if name not in names)
                what = f"A table of {kind.name} that lacks the column {missing}: its columns begin with {first}."
    needs = "; ".join(f"{kind.name}: {', '.join(kind.required)}" for kind in KINDS)
    also = "; ".join(f"{kind.name}: {', '.join(c for c in kind.columns if c not in kind.required)}" for kind in KINDS)
    return OtherKind(
        what,
        where=content.name,
        remedy=f"Name the columns in the first row, parted by commas. Required: {needs}. Possible: {also}.",
    )


def _stem(name: str) -> str:
    """The name of a table without folder, endings and date.

    >>> _stem("export.zip/sub/Acme_2025-03-02.csv"), _stem("2025-03-02.csv"), _stem("group.csv.gz")
    ('Acme', '2025-03-02', 'group')
    """
    stem = PurePosixPath(name).name
    while PurePosixPath(stem).suffix.lower() in (".csv", ".gz", ".zip"):
        stem = PurePosixPath(stem).stem
    return vintage.without_date(stem).strip(" ._-") or stem


def _slug(source: str) -> str:
    """A publisher's name for ids and record names: lower case, and a few digits more where that is not all of it.

    >>> _slug("group-2"), _slug("Acme & Co")
    ('group-2', 'acme-co-aa60a9')
    """
    slug = _NO_SLUG.sub("-", source.lower()).strip("-")
    if slug == source:
        return slug
    digest = hashlib.sha256(source.encode()).hexdigest()[:6]
    return f"{slug}-{digest}" if slug else digest
