"""An append-only book in one SQLite file of the store: opened, created, held by one writer or seen in one state.

WAL with full synchronisation: what was acknowledged survives a kill and a power cut. One writer at a time, who holds
the file from before the first look at it (`BEGIN IMMEDIATE`).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from topco.errors import BadInput, StoreBusy
from topco.store.chain import GENESIS
from topco.store.manifest import sync_folder

PATIENCE = 60.0
"""Seconds to wait for another writer."""
_SMALLEST_PAGE = 512
"""A file of SQLite is empty or has a page; what it finds smaller it takes for empty, and it was cut off."""


@dataclass(frozen=True)
class BookFile:
    """What one kind of book is: the file's name, what people call it, its SQL, and how SQLite knows it.

    `statements` make an empty database the book; they have a table `head (id, number, hash)`. `remedy`: what to do
    with a file that cannot be used.
    """

    name: str
    noun: str
    application: int
    version: int
    statements: tuple[str, ...]
    remedy: str

    def open_for_writing(self, store: Path, patience: float = PATIENCE) -> sqlite3.Connection:
        """The book of a store, made if there is none.

        Raises:
            BadInput: the folder or the file cannot be used.
            StoreBusy: another process keeps writing.
        """
        path = store / self.name
        with self.in_words(path):
            store.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA recursive_triggers = ON")
                connection.execute("PRAGMA synchronous = FULL")
                _to_wal(connection, patience)
                self._make(connection, path)
            except BaseException:
                connection.close()
                raise
        sync_folder(store)
        return connection

    def open_for_reading(self, store: Path, patience: float = PATIENCE) -> sqlite3.Connection | None:
        """The book of a store, None if nothing was ever written to one.

        Raises:
            BadInput: the file is not a book of this version.
        """
        path = store / self.name
        if not path.exists():
            return None
        with self.in_words(path):
            connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=patience)
            connection.isolation_level = None
            try:
                if self._is_new(connection, path):
                    connection.close()
                    return None
            except BaseException:
                connection.close()
                raise
            return connection

    @contextmanager
    def writing(self, connection: sqlite3.Connection, path: Path | None = None) -> Iterator[None]:
        """Hold the file alone: all that happens inside becomes true together, or not at all.

        Raises:
            StoreBusy: another process kept it for longer than the writer's patience.
        """
        with self.in_words(path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self, connection: sqlite3.Connection, path: Path | None = None) -> Iterator[None]:
        """See one state of the book throughout."""
        with self.in_words(path):
            connection.execute("BEGIN")
            try:
                yield
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def in_words(self, path: Path | None = None) -> Iterator[None]:
        """What SQLite and the system refuse, as errors that a user can act upon."""
        where = None if path is None else str(path)
        try:
            yield
        except OSError as error:
            raise BadInput(f"The {self.noun} cannot be opened: {error.strerror}.", where=where) from error
        except UnicodeDecodeError as error:  # SQLite tells of damage in words that hold the damaged bytes
            raise BadInput(f"The {self.noun} is damaged.", where=where, remedy=self.remedy) from error
        except sqlite3.Error as error:
            if _is_busy(error):
                raise StoreBusy(
                    f"Another topco is writing to the {self.noun}.", where=where, remedy="Try again."
                ) from error
            raise BadInput(f"The {self.noun} cannot be used: {error}.", where=where, remedy=self.remedy) from error

    def _make(self, connection: sqlite3.Connection, path: Path) -> None:
        if not self._is_new(connection, path):
            return
        with self.writing(connection):
            if not self._is_new(connection, path):
                return
            for statement in self.statements:
                connection.execute(statement)
            connection.execute("INSERT INTO head VALUES (1, 0, ?)", (GENESIS,))
            connection.execute(f"PRAGMA application_id = {self.application}")
            connection.execute(f"PRAGMA user_version = {self.version}")

    def _is_new(self, connection: sqlite3.Connection, path: Path) -> bool:
        """Whether the file is still empty.

        Raises:
            BadInput: it is something else, or of another version.
        """
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        if (version, application) == (self.version, self.application):
            return False
        empty = not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if (version, application) == (0, 0) and empty and not 0 < path.stat().st_size < _SMALLEST_PAGE:
            return True
        raise BadInput(
            f"This file is not a {self.noun} that this topco can read.",
            where=str(path),
            remedy="Use the topco that wrote it, or restore it from a backup.",
        )


def head(connection: sqlite3.Connection) -> tuple[int, str]:
    """Number and hash of the last entry; 0 and zeros before the first.

    Raises:
        BadInput: the file has no head.
    """
    found = connection.execute("SELECT number, hash FROM head").fetchone()
    if found is None:
        file = connection.execute("PRAGMA database_list").fetchone()[2]
        raise BadInput("The book has no head: it is damaged.", where=file, remedy="Restore it from a backup.")
    number, value = found
    return number, value


def damage(connection: sqlite3.Connection, statements: tuple[str, ...]) -> Iterator[str]:
    """What SQLite finds broken in a file, and what differs from the tables, indexes and guards that make the book."""
    for (problem,) in connection.execute("PRAGMA integrity_check"):
        if problem != "ok":
            yield f"the file is damaged: {problem}"
    for table, row, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} ({row}) points at nothing"
    found = {str(text) for (text,) in connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
    for statement in sorted(set(statements) ^ found):
        change = "is missing" if statement in statements else "was added"
        yield f"a table, index or guard {change}: {statement[:80]}"


def refusals(subject: str, tables: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    """Triggers that refuse these verbs on these tables; the sentence begins with `subject` ("the ledger is")."""
    return tuple(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
        f"SELECT RAISE(ABORT, '{subject} append-only: no {verb} on {table}'); END"
        for table, verbs in tables
        for verb in verbs
    )


def _to_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Switch to write-ahead logging; SQLite does not wait here when another process does the same."""
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
