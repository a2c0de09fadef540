"""The file `records.sqlite`: opened, and read row by row into records.

Content is canonical JSON, compressed where that pays: a proof is large, a row of a screening run is not.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from topco.errors import BadInput
from topco.records import schema
from topco.records.codes import SEARCHED
from topco.records.record import COLUMNS, PREFIX, Envelope, Kind, Record
from topco.store.book_file import BookFile
from topco.store.chain import canonical

FILE_NAME = "records.sqlite"
BOOK = BookFile(
    name=FILE_NAME,
    noun="file of records",
    application=schema.APPLICATION,
    version=schema.VERSION,
    statements=schema.STATEMENTS,
    remedy="Restore it from a backup; `topco records verify --head` shows whether that holds the head you kept.",
)
_PAYS_FROM = 2048
_ALL = ("hash", *SEARCHED, "packed", "content")
_STORED = (*COLUMNS, *_ALL)
INSERT = f"INSERT INTO records ({', '.join(_STORED)}) VALUES ({', '.join('?' * len(_STORED))})"
_SELECT = f"SELECT {', '.join((*COLUMNS, 'hash', 'packed', 'content'))} FROM records"


_UNPACK: dict[int, Callable[[bytes], bytes]] = {0: bytes, 1: zlib.decompress}


class Damaged(ValueError):
    """A row that is not what was written."""


def pack(content: Any) -> tuple[str, int, bytes]:
    """A content's hash, and how it is stored: whether compressed, and the bytes."""
    plain = canonical(content).encode()
    digest = hashlib.sha256(plain).hexdigest()
    return (digest, 1, zlib.compress(plain)) if len(plain) >= _PAYS_FROM else (digest, 0, plain)


def unpack(packed: int, stored: bytes) -> tuple[str, Any]:
    """The hash of a content as it is stored, and the content.

    Raises:
        Damaged: it cannot be read.
    """
    try:
        plain = _UNPACK[packed](stored)
        return hashlib.sha256(plain).hexdigest(), json.loads(plain)
    except (zlib.error, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Damaged(f"its content cannot be read: {error}") from error


def open_for_writing(store: Path) -> sqlite3.Connection:
    """The records of a store, made if there are none."""
    return BOOK.open_for_writing(store)


def open_for_reading(store: Path) -> sqlite3.Connection | None:
    """The records of a store, None if nothing was ever kept.

    Raises:
        BadInput: the file is not one of records of this version.
    """
    return BOOK.open_for_reading(store)


def row_of(
    envelope: Envelope, digest: str, searched: dict[str, Any], packed: int, stored: bytes
) -> tuple[int | str | bytes | None, ...]:
    """The cells of a new row; `digest` is the hash of the envelope."""
    own = (getattr(envelope, name) for name in COLUMNS)
    return (*own, digest, *(searched[name] for name in SEARCHED), packed, stored)


def envelope_of(cells: Sequence[Any]) -> Envelope:
    """The envelope in the first cells of a row.

    Raises:
        Damaged: its kind does not exist.
    """
    values = dict(zip(COLUMNS, cells, strict=True))
    try:
        values["kind"] = Kind(values["kind"])
    except ValueError as error:
        raise Damaged(f"its kind is {values['kind']!r}") from error
    return Envelope(**values)


def records(
    connection: sqlite3.Connection, where: str = "", values: Mapping[str, Any] | None = None
) -> Iterator[Record]:
    """Records in their order; `where` goes on from there.

    Raises:
        BadInput: one cannot be read, with its number.
    """
    for *cells, digest, packed, stored in connection.execute(f"{_SELECT} {where} ORDER BY number", values or {}):
        try:
            content_hash, content = unpack(packed, stored)
            envelope = envelope_of(cells)
            if content_hash != envelope.content_hash:
                raise Damaged("its content is not what was written")
        except Damaged as error:
            raise BadInput(
                f"Record {PREFIX}{cells[0]} is damaged: {error}.",
                where=FILE_NAME,
                remedy="`topco records verify` names every broken record; restore the file from a backup.",
            ) from error
        yield Record(envelope, digest, content)


def raw(connection: sqlite3.Connection) -> Iterator[tuple[list[Any], str, dict[str, Any], int, bytes]]:
    """Every row as it stands: cells of the envelope, hash, columns of the search, how the content is stored."""
    middle = len(COLUMNS)
    for row in connection.execute(f"SELECT {', '.join(_STORED)} FROM records ORDER BY number"):
        *searched, packed, stored = row[middle + 1 :]
        yield list(row[:middle]), row[middle], dict(zip(SEARCHED, searched, strict=True)), packed, stored
