"""The agencies' own tables of 2019: denied persons, nonproliferation sanctions, parties debarred under the ITAR."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from topco.registries.content import Content
from topco.registries.csl.delimited import header, rows
from topco.registries.csl.entry import ALIAS, Entries, Entry
from topco.registries.interface import Progress
from topco.registries.partial_dates import american

FORMAT = "agency-table"
_ALSO_KNOWN = re.compile(r"\s*\((?:a\.?k\.?a\.?)\s+([^()]*)\)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A table by the columns that only it has."""

    kind: str
    delimiter: str
    columns: tuple[str, ...]


DENIED = Table("dpl", "\t", ("Name", "Effective_Date", "Expiration_Date", "FR_Citation"))
NONPROLIFERATION = Table(
    "isn", ",", ("Source List", "Programs", "Name", "Alternative Names", "Federal Register Notice")
)
DEBARRED = Table("dtc", ",", ("Debarred Party Full Name And Alias", "Notice", "Notice Date"))
TABLES = (DENIED, NONPROLIFERATION, DEBARRED)


def recognised(content: Content) -> Table | None:
    """The table that a file is, by its header."""
    return next((table for table in TABLES if set(table.columns) <= set(header(content, table.delimiter))), None)


def extract(content: Content, kind: str, entries: Entries, progress: Progress) -> int:
    """Read the entries of a table; the number of its records.

    Raises:
        BadInput: it cannot be read as a table.
    """
    table = next(table for table in TABLES if table.kind == kind)
    progress(f"records of {content.name}", 0, None, "records")
    if table is NONPROLIFERATION:
        return _nonproliferation(content, entries)
    count = 0
    for row, cells in rows(content, table.delimiter, entries.sink):
        count += 1
        entries.sink.changed_on(american(cells.get("Last_Update", "")))
        entries.add(_denied(cells, row) if table is DENIED else _debarred(cells, row))
    return count


def _denied(cells: dict[str, str], row: int) -> Entry:
    return Entry(
        "DPL",
        row,
        cells.get("Name"),
        countries=[cells.get("Country", "")],
        citation=cells.get("FR_Citation"),
        start=cells.get("Effective_Date"),
        end=cells.get("Expiration_Date"),
    )


def _debarred(cells: dict[str, str], row: int) -> Entry:
    """The name stays as written, the family name first; a corrected notice stands before the one it corrects."""
    name = cells.get("Debarred Party Full Name And Alias", "")
    match = _ALSO_KNOWN.search(name)
    aliases = [alias.strip() for alias in match[1].split(";")] if match else []
    notice, corrected = cells.get("Notice", ""), cells.get("Corrected Notice", "")
    return Entry(
        "DTC",
        row,
        name[: match.start()] if match else name,
        other_names=[(ALIAS, alias) for alias in aliases],
        citation=f"{corrected} (corrects {notice})" if corrected and notice else corrected or notice,
        start=cells.get("Notice Date"),
    )


@dataclass
class _Sanctioned:
    """The rows of one party and one notice: they differ by programme."""

    row: int
    cells: dict[str, str]
    programmes: list[str] = field(default_factory=list)


def _nonproliferation(content: Content, entries: Entries) -> int:
    found: dict[tuple[str, ...], _Sanctioned] = {}
    count = 0
    for row, cells in rows(content, NONPROLIFERATION.delimiter, entries.sink):
        count += 1
        key = tuple(cells.get(name, "") for name in ("Name", "Country", "Federal Register Notice", "Effective Date"))
        one = found.setdefault(key, _Sanctioned(row, cells))
        one.programmes.append(cells.get("Programs", ""))
    for one in found.values():
        entries.add(
            Entry(
                one.cells.get("Source List") or "ISN",
                one.row,
                one.cells.get("Name"),
                other_names=[(ALIAS, text) for text in one.cells.get("Alternative Names", "").split(";")],
                countries=[one.cells.get("Country", "")],
                programmes=[text for text in dict.fromkeys(one.programmes) if text],
                citation=one.cells.get("Federal Register Notice"),
                url=one.cells.get("Web Link"),
                start=one.cells.get("Effective Date"),
            )
        )
    return count
