"""Finished parts of a long run, beside its output: after a kill the same run goes on behind the last of them.

The manifest names everything that the output depends on. If any of it differs, the parts are thrown away.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from topco.licensing.orders.files import CSV, JSON_LINES, PARQUET

MANIFEST = "manifest.json"


@dataclass
class Parts:
    """The parts of one output; `done` has what is to be told of each that is finished, in their order."""

    output: Path
    form: str
    rests_on: Mapping[str, Any]
    done: list[dict[str, Any]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.output.with_name(self.output.name + ".parts")

    @classmethod
    def begun(cls, output: Path, form: str, rests_on: Mapping[str, Any]) -> Parts:
        """The parts that an earlier run left, if it was the same run; else none."""
        found = cls(output, form, rests_on)
        try:
            text = (found.folder / MANIFEST).read_text(encoding="utf-8")
            told = json.loads(text)
        except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
            told = {}
        if told.get("rests_on") == json.loads(json.dumps(rests_on)):
            found.done = told["done"]
        else:
            shutil.rmtree(found.folder, ignore_errors=True)
            found.folder.mkdir(parents=True)
            found._write_manifest()
        return found

    def add(self, frame: pl.DataFrame, told: Mapping[str, Any]) -> None:
        """One more part, complete on the disk before the manifest names it."""
        path = self._path(len(self.done))
        partial = path.with_suffix(".partial")
        with partial.open("wb") as stream:
            write_rows(stream, frame, self.form)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        self.done.append(dict(told))
        self._write_manifest()

    def finish(self, head: bytes) -> None:
        """Put the parts together; the output appears when it is complete."""
        partial = self.output.with_name(self.output.name + ".partial")
        paths = [self._path(place) for place in range(len(self.done))]
        if self.form == PARQUET:
            pl.scan_parquet(paths).sink_parquet(partial, compression="zstd", compression_level=1)
        else:
            with partial.open("wb") as stream:
                stream.write(head)
                for path in paths:
                    with path.open("rb") as part:
                        shutil.copyfileobj(part, stream, 1 << 22)
        partial.replace(self.output)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, place: int) -> Path:
        return self.folder / f"part-{place:05d}"

    def _write_manifest(self) -> None:
        partial = self.folder / f"{MANIFEST}.partial"
        with partial.open("w", encoding="utf-8") as stream:
            json.dump({"rests_on": self.rests_on, "done": self.done}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(self.folder / MANIFEST)


def write_rows(stream: BinaryIO, frame: pl.DataFrame, form: str) -> None:
    """Rows in a form, a CSV without its header; an empty cell of it has no quotation marks."""
    if form == CSV:
        frame.with_columns(pl.when(pl.all() != "").then(pl.all())).write_csv(stream, include_header=False)
    elif form == JSON_LINES:
        frame.write_ndjson(stream)
    else:
        frame.write_parquet(stream, compression="zstd", compression_level=1)


def header(columns: list[str], form: str) -> bytes:
    """What stands before the rows."""
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.String)).write_csv().encode() if form == CSV else b""
