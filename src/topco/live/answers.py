"""Answers of an interface, kept as files while they come in, so that an interrupted command goes on where it stopped.

Each answer is one JSON file with its URL, the moment of its retrieval, its status and its body; the name is a hash of
the URL. A file appears whole or not at all. What cannot be read is as good as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from topco.errors import BadInput

FOLDER = "fetched"


@dataclass(frozen=True)
class Answer:
    """What an interface said: `status` 200 with a body, or 404 without."""

    url: str
    retrieved_at: datetime
    status: int
    body: Any

    def field(self, path: str, kind: type | tuple[type, ...], inside: Any = None, where: str = "") -> Any:
        """The value at a path of keys, which must be of a type.

        Args:
            path: keys with points between them.
            kind: the type or types that the value may have.
            inside: the object that the path begins in; the whole body if it is left out.
            where: how to call that object in the error.

        Raises:
            BadInput: the interface has changed: the field is missing, or is of another type.
        """
        found = self.body if inside is None else inside
        for key in path.split("."):
            if not isinstance(found, dict) or key not in found:
                raise self.changed(where + path, "is missing")
            found = found[key]
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.changed(where + path, f"is {json.dumps(found, ensure_ascii=False)[:80]}, which is not expected")
        return found

    def changed(self, field: str, how: str) -> BadInput:
        """The error about a field that is not as it should be."""
        return BadInput(
            f"The answer is not as expected: {field} {how}. Nothing was loaded.",
            where=self.url,
            remedy="Try again with --refresh; if it stays, the interface has changed: report it.",
        )


@dataclass(frozen=True)
class Kept:
    """The folder in which the answers of one interface are kept."""

    folder: Path

    @classmethod
    def of(cls, store: Path, interface: str) -> Kept:
        """The folder of an interface within a store."""
        folder = store / FOLDER / interface
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder)

    def find(self, url: str) -> Answer | None:
        """The answer that is kept for a URL."""
        try:
            document = json.loads(self._path(url).read_text(encoding="utf-8"))
            if document["url"] != url:
                return None
            retrieved = datetime.fromisoformat(document["retrieved_at"])
            return Answer(url, retrieved, int(document["status"]), document["body"])
        except (FileNotFoundError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, ValueError):
            return None

    def keep(self, answer: Answer) -> None:
        """Write an answer down."""
        document = {
            "url": answer.url,
            "retrieved_at": answer.retrieved_at.isoformat(),
            "status": answer.status,
            "body": answer.body,
        }
        self.write(self._path(answer.url).name, json.dumps(document, ensure_ascii=False))

    def write(self, name: str, text: str) -> Path:
        """Write a file of the folder, whole or not at all."""
        path = self.folder / name
        partial = path.with_name(f"{name}.{os.getpid()}.partial")
        with partial.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)
        return path

    def _path(self, url: str) -> Path:
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"


def stamp(moment: datetime) -> str:
    """A moment as it stands in names of files.

    >>> stamp(datetime(2026, 11, 27, 10, 15, tzinfo=UTC))
    '2026-11-27T101500Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
