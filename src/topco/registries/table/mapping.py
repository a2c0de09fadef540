"""The declared mapping of a table: which of its columns are ours, and how its cells are to be read (`docs/tables.md`).

TOML, so that people can write it. Nothing is guessed: what a proposal could not tell stands as "?" and must be decided
before the table is loaded.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping as Named
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from topco.errors import BadInput

UNDECIDED = "?"
SHARE = "share"
"""A column that tells a share in words: `62.5 %`, `25-50`, `> 50`."""

_CHOICES = {
    "separator": (",", ";", "\t"),
    "decimal": (".", ","),
    "dates": ("ISO", "DMY", "MDY"),
    "shares": ("percent", "fraction", "parts"),
}
_SECTIONS = ("table", "publisher", "read", "columns", "constants")


@dataclass(frozen=True)
class Mapping:
    """A mapping as declared; `digest` tells two of them apart."""

    table: str
    publisher: str | None = None
    separator: str | None = None
    sheet: str | None = None
    decimal: str = "."
    dates: str = "ISO"
    shares: str | None = None
    id_scheme: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    digest: str = ""

    def names(self, headers: Sequence[str]) -> list[str]:
        """What we call each column of a file; those that are not mapped are empty.

        >>> Mapping("holdings", columns={"owner": "Firma"}).names(["firma ", "Ort"])
        ['owner', '']
        """
        ours = {_folded(theirs): name for name, theirs in self.columns.items()}
        return [ours.get(_folded(header), "") for header in headers]

    def missing(self, headers: Sequence[str]) -> list[str]:
        """The columns that it names and a file does not have."""
        present = {_folded(header) for header in headers}
        return [theirs for theirs in self.columns.values() if _folded(theirs) not in present]


def read_mapping(path: Path, tables: Named[str, Sequence[str]]) -> Mapping:
    """The mapping that a file declares.

    Args:
        path: the TOML file.
        tables: the names of the tables, with the columns that each may have.

    Raises:
        BadInput: it cannot be read, names something that does not exist, or leaves something undecided.
    """
    where = path.name
    try:
        data = path.read_bytes()
        declared = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise BadInput(f"The mapping cannot be read: {error.strerror or error}.", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The mapping is no TOML: {error}.", where=where, remedy="See docs/tables.md, or use --describe."
        ) from error
    _only(declared, _SECTIONS, "the mapping", where)
    table = declared.get("table")
    if not isinstance(table, str) or table not in tables:
        raise BadInput(
            f"The mapping is for no table that there is: {table!r}.",
            where=where,
            remedy=f'Begin with table = "…", one of {", ".join(tables)}.',
        )
    reading = _texts(declared, "read", where)
    _only(reading, (*_CHOICES, "sheet", "id_scheme"), "[read]", where)
    for name, value in reading.items():
        if name in _CHOICES and value not in _CHOICES[name]:
            raise BadInput(
                f"{name} = {value!r} is none of {', '.join(map(repr, _CHOICES[name]))}.",
                where=where,
                remedy="Decide it: what it means is not guessed." if value == UNDECIDED else "See docs/tables.md.",
            )
    known = (*tables[table], *((SHARE,) if "share_exact" in tables[table] else ()))
    columns, constants = _texts(declared, "columns", where), _texts(declared, "constants", where)
    _only(columns, known, "[columns]", where)
    _only(constants, tables[table], "[constants]", where)
    _decided(columns | constants, where)
    twice = sorted(set(columns) & set(constants)) or _twice(columns)
    if twice:
        raise BadInput(f"{twice[0]} is declared twice.", where=where, remedy="Keep one of the two.")
    publisher = declared.get("publisher")
    if publisher is not None and (not isinstance(publisher, str) or not publisher.strip()):
        raise BadInput("The publisher has no name.", where=where, remedy="Leave it out, or give a name.")
    digest = hashlib.sha256(data).hexdigest()[:16]
    return Mapping(table, publisher, columns=columns, constants=constants, digest=digest, **reading)


def _texts(declared: dict[str, Any], section: str, where: str) -> dict[str, str]:
    found = declared.get(section, {})
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise BadInput(f"[{section}] holds something else than texts.", where=where, remedy='Write name = "text".')
    return found


def _only(found: dict[str, Any], known: Sequence[str], what: str, where: str) -> None:
    if unknown := [name for name in found if name not in known]:
        raise BadInput(f"{what} has no {unknown[0]!r}.", where=where, remedy=f"There are {', '.join(known)}.")


def _decided(texts: dict[str, str], where: str) -> None:
    for name, value in texts.items():
        if value == UNDECIDED:
            raise BadInput(f"{name} is undecided.", where=where, remedy="Name a column, or take the line out.")


def _twice(columns: dict[str, str]) -> list[str]:
    folded = [_folded(theirs) for theirs in columns.values()]
    return [theirs for theirs in columns.values() if folded.count(_folded(theirs)) > 1]


def _folded(header: str) -> str:
    return header.strip().casefold()
