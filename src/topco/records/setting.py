"""What a determination was made with, beside its case: program, rules, options, loads with their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from topco import __version__, knowledge
from topco.errors import BadInput
from topco.licensing.answers.identifier import rules_digest
from topco.store.store import Store


@dataclass(frozen=True)
class Asked:
    """The options as the user gave them; None was not given."""

    as_of: date | None = None
    known_as_of: date | None = None
    rules_as_of: date | None = None
    reading: str | None = None
    open_top: str = "strict"
    test: str | None = None

    def document(self) -> dict[str, Any]:
        return {name: str(value) if isinstance(value, date) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class FileRead:
    """A file that went in or came out, by name and SHA-256 of its bytes."""

    name: str
    sha256: str
    size: int

    @classmethod
    def of_bytes(cls, name: str, content: bytes) -> FileRead:
        return cls(name, hashlib.sha256(content).hexdigest(), len(content))

    @classmethod
    def of_path(cls, path: Path) -> FileRead:
        """A file of any size.

        Raises:
            BadInput: it cannot be read.
        """
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                return cls(path.name, digest, stream.tell())
        except OSError as error:
            raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(path)) from error

    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Setting:
    """Program, rules, loads and options of one run; the same for all of its answers."""

    asked: Asked
    loads: Sequence[Mapping[str, Any]]
    rules: str
    definitions: str
    program: str = __version__

    @classmethod
    def of_store(cls, store: Path, asked: Asked) -> Setting:
        """The setting of a run on a store, now; a store that does not exist has no loads.

        `rules` is the hash of the law, `definitions` that of the ontology and of the queries that define a parent.
        """
        loads = Store.open(store, missing_ok=True).current_loads(asked.known_as_of)
        told = [
            {
                "load": load.id,
                "digest": load.digest,
                "publisher": load.publisher,
                "file_kind": load.file_kind,
                "vintage": load.vintage.isoformat(),
                "loaded_at": load.loaded_at.isoformat(),
            }
            for load in loads
        ]
        return cls(asked, told, rules_digest(), knowledge.digest("ontology", "queries"))

    def document(self) -> dict[str, Any]:
        """What every content says about it."""
        return {
            "program": self.program,
            "rules": {"digest": self.rules, "definitions": self.definitions},
            "options": self.asked.document(),
            "loads": [*self.loads],
        }
