"""What every registry provides to be loaded, whatever its formats are.

A registry (a publisher's set of files) tells from a file's content what kind it is. Of records in columns it writes
*raw* columns of text, and says with polars expressions how they become evidence and what is wrong with a row
(`topco.registries.build`); nested records it turns into evidence rows itself (`topco.registries.staged`). Reading,
hashing, staging, rejects, duplicates and the commit are the same for all and live beside this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import polars as pl

from topco.errors import BadInput
from topco.registries.content import Content

if TYPE_CHECKING:
    from topco.registries.staged import RecordKind, Staged

Progress = Callable[[str, int, int | None, str], None]
"""Told of progress: what is being done, how much is done, of how much (None: unknown), in which unit."""


class OtherKind(BadInput):
    """A sound file of a kind that this registry does not have, or that is not modelled yet: refused whole."""


class NothingUsable(OtherKind):
    """The files of a load hold no record that can be used: refused, so that an empty load never supersedes."""


@dataclass(frozen=True)
class Check:
    """Something that can be wrong with a row.

    `failed` and `value` are expressions over the tidied rows; `column` is the name that the source gives the column.
    A row that fails a refusing check goes to the rejects; the other checks warn and keep the row.
    """

    column: str
    reason: str
    failed: pl.Expr
    value: pl.Expr
    refuses: bool


@dataclass(frozen=True)
class Raw:
    """A file's records as rows of text over staged files, with the column `row`.

    `aside` are further rows of the same records, for example one for every other name. `refused` are rows that could
    not be read: `row`, `column`, `value`, `reason`. `deletions` are raw rows of records that the file takes back.
    """

    rows: pl.LazyFrame
    aside: pl.LazyFrame | None
    records: int
    refused: pl.DataFrame | None = None
    remarks: tuple[str, ...] = ()
    deletions: pl.LazyFrame | None = None


@dataclass(frozen=True)
class Patch:
    """How a file that does not hold everything changes the load in force of its publisher and kind.

    Rows with the same slot say something about the same thing: whatever the file says about a slot stands in the place
    of everything that the load in force says about it.

    Attributes:
        slots: by table, the expression (text) of a row's slot; the first table is the one that deletions are about.
        needs_base: the file makes no sense alone, as a delta; False: an answer about a few things, which does.
        since: the first day whose changes the file holds, if it says so.
        moment: orders files of one day, as text.
        covers: further slots about which the file says everything, even if that is nothing.
    """

    slots: Mapping[str, pl.Expr]
    needs_base: bool
    since: date | None = None
    moment: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settled:
    """Rows with the same key after a decision: the kept ones, the refused ones with reasons, the exact repeats."""

    kept: pl.DataFrame
    refused: pl.DataFrame
    repeats: pl.DataFrame


class Kind(Protocol):
    """One kind of file of a registry, for example the relationship records."""

    @property
    def name(self) -> str:
        """Short and stable: part of load ids and record names."""

    @property
    def key(self) -> tuple[str, ...]:
        """The canonical columns in which two rows of one load are the same thing."""

    def tidy(self, raw: pl.LazyFrame) -> pl.LazyFrame:
        """Raw rows (or rows aside) with missing values as null; still text."""

    def checks(self) -> list[Check]:
        """What can be wrong with a tidied row."""

    def canonical(self, tidied: pl.LazyFrame) -> pl.LazyFrame:
        """Tidied rows (or rows aside) as evidence; columns that the main table does not have stay."""

    def settle(self, duplicates: pl.DataFrame) -> Settled:
        """Decide between canonical rows with the same key; they come in the order of files and rows."""

    def tables(self, rows: pl.LazyFrame, aside: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The evidence tables of canonical rows and rows aside, each with exactly the columns of its schema."""


@dataclass(frozen=True)
class Detected:
    """What a file's content says about it.

    `source` is the publisher of a file that does not come from the registry's own, as tables do not; loads of one
    source and kind supersede each other, and their ids begin with `series`. With a `patch` the file changes the load in
    force instead of superseding it; `whole` means that the file says that it holds everything. `variant` is what,
    besides the content, decides what becomes of the file, such as a mapping: another one makes another load.
    """

    kind: Kind | RecordKind
    format: str
    vintage: date | None
    source: str | None = None
    series: str | None = None
    patch: Patch | None = None
    whole: bool = False
    variant: str = ""


class Registry(Protocol):
    """A publisher whose files can be loaded."""

    name: str
    publisher: str
    licence: str

    def detect(self, content: Content) -> Detected:
        """The kind and format of a file.

        Raises:
            OtherKind: it is no file of this registry, or of a kind that is not modelled.
            BadInput: it is damaged.
        """

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Raw | Staged:
        """Stage the file's records in a folder, as a stream, and give the raw rows; or, of a `RecordKind`, evidence.

        Raises:
            BadInput: it is damaged.
        """

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """The latest date on which a record of this file was updated, if it says so."""
