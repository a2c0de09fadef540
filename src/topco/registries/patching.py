"""Tables of a load in force, changed by a file that holds only some records: a delta, or an answer about a few things.

What a row is about is its slot (`topco.registries.interface.Patch`). Whatever the file says about a slot replaces what
the load in force says about it; the rest stays. The tables in force are read as a stream; only the slots of the file
are held in memory.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from topco.errors import BadInput
from topco.registries.build import REJECTS, Built, Warnings
from topco.registries.interface import OtherKind, Patch
from topco.store.manifest import Load

OUTDATED = "the load in force has a later state of a record, which stays"
TAKEN_OVER = "taken over by later answers"
ABSENT = "a record to be deleted is not in the load in force"
UNKNOWN_START = (
    "the delta does not say since when it holds changes: some between it and the load in force may be missing"
)
STAYS = "a record is among the rejects: what the load in force says about it stays"
_SLOT = "slot of the row"
_TOUCHED = pl.Schema({_SLOT: pl.String(), "row": pl.Int64(), "last_update": pl.Date()})


@dataclass(frozen=True)
class Base:
    """A load to be changed, and where its tables are: in the store, or staged by the same command."""

    load: Load
    folder: Path

    def tables(self) -> dict[str, pl.LazyFrame]:
        """Its evidence tables that have rows."""
        return {
            name: pl.scan_parquet(self.folder / f"{name}.parquet") for name, rows in self.load.tables.items() if rows
        }


@dataclass(frozen=True)
class Patched:
    """The tables after a patch, lazily; how many records were `added`, `replaced` and `deleted`; what was odd.

    `slots` are those about which the file now counts.
    """

    tables: dict[str, pl.LazyFrame]
    changes: dict[str, int]
    warnings: Warnings
    slots: pl.Series


def refusal(patch: Patch, base: Load | None, day: date | None, *, several: bool) -> tuple[str, str] | None:
    """Why a delta cannot be applied, and what to do: it needs a load of the state before it, with nothing in between.

    Args:
        patch: what the delta says of itself.
        base: the load in force.
        day: the day whose state the delta brings about, if it is known already.
        several: more than one file claims that moment.
    """
    if not patch.needs_base:
        return None
    if base is None:
        return "A delta changes a full file, and none of its kind is loaded.", "Load the full file first."
    if day is not None and day < base.vintage:
        return (
            f"The delta is of {day}, older than the load in force ({base.id}).",
            "Nothing is to be done: the load in force holds later states.",
        )
    if patch.since is not None and base.vintage < patch.since:
        return (
            f"The delta holds changes since {patch.since}, the load in force is of {base.vintage}: some are missing.",
            "Load the deltas in between first, or a full file; --vintage dates one that does not say its day.",
        )
    if several and not patch.moment:
        return (
            f"Several deltas are of {day or 'one day'} and do not say in which order they come.",
            "Load them one after the other, the earliest first.",
        )
    return None


def write(
    base: Base | None,
    later: Sequence[Base],
    built: Built,
    part: Path,
    patch: Patch,
    deletions: pl.LazyFrame | None,
    folder: Path,
    *,
    name: str,
) -> tuple[Built, dict[str, int], pl.Series]:
    """Write the tables in force, changed by those of a file, into a folder; how many records changed, and what about.

    Args:
        base: the load in force; None: there is none, and the file stands alone.
        later: loads of answers of later days, which go before this one.
        built: what was made of the file alone.
        part: where that is.
        patch: what rows are about.
        deletions: see `apply`.
        folder: where the changed tables and the file's rejects go.
        name: the file's.

    Raises:
        BadInput: nothing is left of the load in force.
        OtherKind: the file has nothing that later answers do not have.
    """
    new = {table: pl.scan_parquet(part / f"{table}.parquet") for table in built.tables}
    known = [_slots(each.tables(), patch) for each in later]
    patched = apply(
        base.tables() if base else {}, new, patch, deletions, pl.concat(known) if known else None, name=name
    )
    tables = _sunk(patched.tables, folder)
    if not tables and (base is None or not base.load.tables):
        raise OtherKind(
            "Later answers about all of it are loaded.", where=name, remedy="Nothing is to be done: those are in force."
        )
    if not tables:
        raise BadInput(
            "Nothing would be left of the load in force.", where=name, remedy="Check that this is the file you meant."
        )
    warnings = built.warnings
    for reason, count in patched.warnings.counts.items():
        warnings.add(reason, count, patched.warnings.examples[reason])
    if patch.needs_base and patch.since is None:
        warnings.add(UNKNOWN_START, 1, name)
    if built.rejects:
        shutil.copyfile(part / REJECTS, folder / REJECTS)
        warnings.add(STAYS, built.rejects if base else 0, built.first_reject)
    return Built(tables, warnings, built.rejects, built.first_reject), patched.changes, patched.slots


def strip(base: Base, patch: Patch, slots: pl.Series, folder: Path) -> tuple[dict[str, int], int] | None:
    """Write the tables of a load without what some slots are about into a folder; None if it says nothing about them.

    Gives the rows of the tables that are left, and the number of slots taken out.
    """
    gone = _there(base.tables(), patch, slots)
    if gone.is_empty():
        return None
    folder.mkdir()
    left = {table: _without(rows, patch, table, gone[_SLOT]) for table, rows in base.tables().items()}
    return _sunk(left, folder), gone.height


def _sunk(tables: Mapping[str, pl.LazyFrame], folder: Path) -> dict[str, int]:
    """Write tables into a folder, those without rows not; their numbers of rows."""
    rows = {}
    for table, frame in tables.items():
        path = folder / f"{table}.parquet"
        frame.sink_parquet(path, compression="zstd", compression_level=1)
        if count := pl.scan_parquet(path).select(pl.len()).collect().item():
            rows[table] = count
        else:
            path.unlink()
    return rows


def apply(
    base: Mapping[str, pl.LazyFrame],
    new: Mapping[str, pl.LazyFrame],
    patch: Patch,
    deletions: pl.LazyFrame | None,
    known_later: pl.Series | None = None,
    *,
    name: str,
) -> Patched:
    """The tables in force with the rows of a file in the place of those about the same slots.

    A record of the file that was updated before the one in force is left aside, and so is what loads of later days are
    about. Of a record that the file both states and deletes the later row counts.

    Args:
        base: the evidence tables in force.
        new: the evidence tables of the file.
        patch: what rows are about.
        deletions: rows of the first table of the slots that the file takes back, as far as they are known.
        known_later: slots of loads of later days.
        name: the file's, for warnings.
    """
    stated = _stated(new, patch)
    deleted = _deleted(deletions, patch)
    there = _there(base, patch, pl.concat([stated[_SLOT], deleted[_SLOT]]))
    known = stated.join(there, on=_SLOT, how="inner", suffix=" in force")
    outdated = known.filter((pl.col("last_update in force") > pl.col("last_update")).fill_null(False))[_SLOT]
    if known_later is not None:
        outdated = pl.concat([outdated, stated.filter(pl.col(_SLOT).is_in(known_later.implode()))[_SLOT]]).unique()
    both = stated.join(deleted, on=_SLOT, how="inner", suffix=" of deletion")
    withdrawn = both.filter(pl.col("row of deletion") > pl.col("row"))[_SLOT]
    restated = both.filter(pl.col("row of deletion") <= pl.col("row"))
    gone = deleted.join(restated, on=_SLOT, how="anti")
    ignored = pl.concat([outdated, withdrawn]).unique()
    standing = stated.filter(~pl.col(_SLOT).is_in(ignored.implode()))
    replaced = pl.concat([standing[_SLOT], gone[_SLOT]]).unique()

    warnings = Warnings()
    absent = gone.join(there, on=_SLOT, how="anti")
    warnings.add(
        OUTDATED, stated.filter(pl.col("row").is_not_null() & pl.col(_SLOT).is_in(outdated.implode())).height, name
    )
    warnings.add(ABSENT, absent.height, name)
    records = standing.filter(pl.col("row").is_not_null())
    again = records.join(there, on=_SLOT, how="semi").height
    changes = {"added": records.height - again, "replaced": again, "deleted": gone.height - absent.height}
    tables = {
        table: pl.concat(
            [
                *([_without(base[table], patch, table, replaced)] if table in base else []),
                *([_without(new[table], patch, table, ignored)] if table in new else []),
            ]
        )
        for table in dict.fromkeys([*base, *new])
    }
    return Patched(tables, changes, warnings, replaced)


def _slots(tables: Mapping[str, pl.LazyFrame], patch: Patch) -> pl.Series:
    parts = [rows.select(_slot(patch, table)) for table, rows in tables.items()]
    return pl.concat(parts).unique().collect()[_SLOT] if parts else pl.Series(_SLOT, dtype=pl.String)


def _slot(patch: Patch, table: str) -> pl.Expr:
    return patch.slots[table].alias(_SLOT)


def _stated(new: Mapping[str, pl.LazyFrame], patch: Patch) -> pl.DataFrame:
    """The slots about which the file says something, with its last row and update; those only covered without a row."""
    parts = [_touched(rows, patch, table) for table, rows in new.items()]
    covered = pl.DataFrame({_SLOT: list(patch.covers)}, schema={_SLOT: pl.String()}).lazy()
    parts.append(covered.with_columns(pl.lit(None, pl.Int64).alias("row"), pl.lit(None, pl.Date).alias("last_update")))
    return pl.concat(parts).group_by(_SLOT).agg(pl.all().max()).collect(engine="streaming")


def _deleted(deletions: pl.LazyFrame | None, patch: Patch) -> pl.DataFrame:
    if deletions is None:
        return pl.DataFrame(schema=_TOUCHED)
    main = next(iter(patch.slots))
    rows = _touched(deletions, patch, main).filter(pl.col(_SLOT).is_not_null())
    return rows.group_by(_SLOT).agg(pl.all().max()).collect(engine="streaming")


def _there(base: Mapping[str, pl.LazyFrame], patch: Patch, slots: pl.Series) -> pl.DataFrame:
    """Those of the slots that the load in force says something about."""
    wanted = pl.LazyFrame({_SLOT: slots}, schema={_SLOT: pl.String()}).unique()
    parts = [_touched(rows, patch, table).join(wanted, on=_SLOT, how="semi") for table, rows in base.items()]
    if not parts:
        return pl.DataFrame(schema=_TOUCHED)
    return pl.concat(parts).group_by(_SLOT).agg(pl.all().max()).collect(engine="streaming")


def _touched(rows: pl.LazyFrame, patch: Patch, table: str) -> pl.LazyFrame:
    dated = "last_update" in rows.collect_schema()
    update = pl.col("last_update") if dated else pl.lit(None, dtype=pl.Date).alias("last_update")
    return rows.select(_slot(patch, table), "row", update)


def _without(rows: pl.LazyFrame, patch: Patch, table: str, slots: pl.Series) -> pl.LazyFrame:
    if not len(slots):
        return rows
    columns = rows.collect_schema().names()
    left_out = pl.LazyFrame({_SLOT: slots})
    return rows.with_columns(_slot(patch, table)).join(left_out, on=_SLOT, how="anti").select(columns)
