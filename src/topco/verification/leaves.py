"""The leaves of a proof: each row against its hash, and against a store if one is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.store.kept_rows import keep, keep_load
from topco.store.schema import TABLES
from topco.store.seal import is_whole
from topco.verification.comparing import compare_values
from topco.verification.outcome import Failure, Finding

if TYPE_CHECKING:
    from topco.store.store import Store


def check_hashes(basis: Mapping[str, Any]) -> Iterator[Finding]:
    """Rows that do not have their hash, and a basis that is not the one that was sealed."""
    for kept in basis.get("rows") or ():
        if not isinstance(kept, Mapping):
            yield Finding(Failure.LEAF, "proof.basis.rows", "is not a list of rows", None, kept)
        elif not is_whole(kept):
            what = "the row does not have its hash"
            yield Finding(Failure.LEAF, name_of(kept), what, None, kept.get("hash"))
    if not is_whole(basis):
        yield Finding(Failure.SEAL, "proof.basis", "is not what was sealed when the answer was made")


def check_in_store(basis: Mapping[str, Any], store: Store) -> Iterator[Finding]:
    """Loads that the store does not have or has with another content, and rows that are not in them."""
    there = {load.id: load for load in store.loads()}
    for kept in basis["loads"]:
        if kept["id"] not in there:
            yield Finding(Failure.LEAF, f"load {kept['id']}", "the store does not have this load")
        else:
            load = keep_load(there[kept["id"]])
            yield from compare_values(kept, load, f"load {kept['id']}", failure=Failure.LEAF)
    for (load_id, table), rows in _by_place(basis["rows"] or ()).items():
        if load_id not in there:
            continue
        records = pl.Series(sorted({str(kept["cells"].get("record")) for kept in rows}), dtype=pl.String)
        found = store.table(table, loads=[there[load_id]]).filter(pl.col("record").is_in(records.implode())).collect()
        hashes = {kept["hash"] for kept in keep(table, found.iter_rows(named=True))}
        for kept in rows:
            if kept["hash"] not in hashes:
                yield Finding(Failure.LEAF, name_of(kept), f"the store has no such row in load {load_id}")


def check_with_store(basis: Mapping[str, Any], from_store: Mapping[str, Any] | None, store: Store) -> Iterator[Finding]:
    """Loads in force and rows about the same parties that the store has, and the basis leaves out.

    Args:
        from_store: the answer that the store gives to the same question.
    """
    asked = basis["asked"]
    if basis["loads"]:
        known = {kept["id"] for kept in basis["loads"]}
        for load in store.current_loads(date.fromisoformat(asked["known_as_of"])):
            if load.id not in known:
                what = f"the store has this load in force on {asked['known_as_of']}, and the proof leaves it out"
                yield Finding(Failure.LEAF, f"load {load.id}", what)
    again = from_store["proof"]["basis"] if from_store is not None else {}
    given = {kept["hash"] for kept in basis["rows"] or ()}
    for kept in again.get("rows") or () if basis["rows"] is not None else ():
        if kept["hash"] not in given:
            what = "the store has this row about the parties, and the proof leaves it out"
            yield Finding(Failure.LEAF, name_of(kept), what)
    for name in ("lists", "namesakes"):
        if name in again:
            yield from compare_values(basis.get(name), again[name], f"proof.basis.{name}", failure=Failure.LEAF)


def name_of(kept: Mapping[str, Any]) -> str:
    """Where a kept row stands, in words."""
    cells = kept.get("cells") or {}
    return (
        f"{kept.get('table')} {cells.get('record')} ({kept.get('load')}, {cells.get('file')}, row {cells.get('row')})"
    )


def _by_place(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for kept in rows:
        if kept["table"] in TABLES:
            found.setdefault((kept["load"], kept["table"]), []).append(kept)
    return found
