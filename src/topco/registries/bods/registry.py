"""Files of statements of the Beneficial Ownership Data Standard: telling them, and turning them into evidence.

Two passes: the first judges every statement of all files of a load and finds which of them count (`index`), the second
writes the rows. So statements may refer to each other in any order and from file to file.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path, PurePosixPath

import polars as pl

from topco.registries import json_records, vintage
from topco.registries.bods import reading, records
from topco.registries.bods.index import Index, Mark
from topco.registries.bods.statements import publisher_of
from topco.registries.bods.target import Target
from topco.registries.bods.validation import NEWEST
from topco.registries.bods.versions import looks_like_a_statement, version_of
from topco.registries.content import Content
from topco.registries.interface import Detected, Kind, OtherKind, Progress
from topco.registries.staged import RecordKind, Sink, Staged

STATEMENTS = RecordKind("statements")
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_ENDINGS = (".json", ".jsonl", ".ndjson", ".gz", ".zip", ".txt")


class Bods:
    """Statements of the versions 0.1 to 0.4 as JSON lines, as a list, or one alone.

    The files that were detected and not yet extracted are remembered: those of one publisher make one load.

    Args:
        publisher: whose statements they are, instead of what the files say.
    """

    name = "bods"
    publisher = "Beneficial Ownership Data Standard"
    licence = "not stated"

    def __init__(self, publisher: str | None = None) -> None:
        self._publisher = publisher
        self._waiting: dict[tuple[str, date | None], list[Content]] = {}
        self._indexes: dict[tuple[str, date | None], tuple[Index, dict[Path, int]]] = {}

    def detect(self, content: Content) -> Detected:
        """The kind of a file by its first records.

        Raises:
            OtherKind: none of them is a statement.
        """
        found = [record for record in json_records.first_records(content) if looks_like_a_statement(record)]
        if not found:
            raise OtherKind(
                "No statement of the Beneficial Ownership Data Standard stands at the beginning of the file.",
                where=content.name,
                remedy="Statements have statementId and recordType, or statementID and statementType;"
                " a file holds a list of them, or one on each line.",
            )
        source = self._publisher or publisher_of(found[0]) or _stem(content.name)
        waiting = self._waiting.setdefault(_group(source, content), [])
        waiting[:] = [other for other in waiting if other.path != content.path] + [content]
        version = version_of(found[0]) or NEWEST
        return Detected(STATEMENTS, f"bods-{version}", None, source, f"{self.name}-{slug_of(source)}")

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Staged:
        """Turn the statements of a file into staged rows.

        Raises:
            BadInput: a file that is not JSON lines is malformed or cut off.
        """
        source = detected.source or _stem(content.name)
        group = _group(source, content)
        index, starts = self._index(group, content, progress)
        target = Target(Sink(folder, content.name), slug_of(source), index, None if self._publisher else source)
        start, count = starts[content.path], 0

        def is_sound(number: int) -> bool:
            return index.marks[start + number] in (Mark.COUNTS, Mark.DEVIATES)

        for row, text, value in reading.texts(content, progress, f"rows of {content.name}", is_sound):
            records.add(target, row, start + count, text, value)
            count += 1
        waiting = [other for other in self._waiting.get(group, ()) if other.path != content.path]
        self._waiting[group] = waiting
        if not waiting:
            del self._waiting[group]
            self._indexes.pop(group, None)
        remarks = [f"{number:,} {what}" for what, number in sorted(target.remarks.items())]
        return target.sink.finish(count, remarks)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: staged rows know their dates."""
        return None

    def _index(
        self, group: tuple[str, date | None], content: Content, progress: Progress
    ) -> tuple[Index, dict[Path, int]]:
        """The index over the files of a load, and the position of each file's first record in it."""
        known = self._indexes.get(group)
        if known is None or content.path not in known[1]:
            contents = [other for other in self._waiting.get(group, ()) if other.path.exists()]
            if all(other.path != content.path for other in contents):
                contents.append(content)
            index, starts = Index(), {}
            for other in contents:
                starts[other.path] = len(index.marks)
                for _, text, value in reading.texts(other, progress, f"index of {other.name}"):
                    records.judge(index, text, value)
            index.finish()
            known = self._indexes[group] = index, starts
        return known


def _group(source: str, content: Content) -> tuple[str, date | None]:
    """What the files of one load share: the publisher, and the day in their names if there is one."""
    return source, vintage.in_name(content.name)


def _stem(name: str) -> str:
    """The name of a file without folder, endings and date.

    >>> _stem("register.zip/statements_2019-07-08.jsonl")
    'statements'
    """
    path = PurePosixPath(name)
    while path.suffix.lower() in _ENDINGS:
        path = path.with_suffix("")
    return vintage.without_date(path.name).strip(" ._-") or path.name


def slug_of(source: str) -> str:
    """A publisher's name for identifiers: lower case, with digits of its hash where that is too little.

    >>> slug_of("Open Ownership"), slug_of("Реестр")
    ('open-ownership', '9e3e55')
    """
    slug = _NO_SLUG.sub("-", source.lower()).strip("-")
    plain = re.sub(r"[\s_-]+", "-", source.lower()).strip("-") == slug
    if slug and plain:
        return slug
    digest = hashlib.sha256(source.encode()).hexdigest()[:6]
    return f"{slug}-{digest}" if slug else digest
