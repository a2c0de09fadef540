"""The leaves of a proof: each row against its hash, and against a store if one is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.store.kept_rows import keep
from topco.store.schema import TABLES
from topco.store.seal import is_whole
from topco.verification.outcome import Failure, Finding

if TYPE_CHECKING:
    from topco.store.store import Store


def check_hashes(basis: Mapping[str, Any]) -> Iterator[Finding]:
    """Rows that do not have their hash, and a basis that is not the one that was sealed."""
    for kept in basis.get("rows") or ():
        if not is_whole(kept):
            what = "the row does not have its hash"
            yield Finding(Failure.LEAF, name_of(kept), what, None, kept.get("hash"))
    if not is_whole(basis):
        yield Finding(Failure.SEAL, "proof.basis", "is not what was sealed when the answer was made")


def check_against_store(basis: Mapping[str, Any], store: Store) -> Iterator[Finding]:
    """Loads that the store does not have or has with another content, and rows that are not in them."""
    there = {load.id: load for load in store.loads()}
    for kept in basis["loads"]:
        load = there.get(kept["id"])
        if load is None:
            yield Finding(Failure.LEAF, f"load {kept['id']}", "the store does not have this load")
        elif load.digest != kept["digest"]:
            what = "the store has this load with another content"
            yield Finding(Failure.LEAF, f"load {kept['id']}", what, None, kept["digest"], load.digest)
    for (load_id, table), rows in _by_place(basis["rows"] or ()).items():
        if load_id not in there:
            continue
        records = pl.Series(sorted({str(kept["cells"].get("record")) for kept in rows}), dtype=pl.String)
        found = store.table(table, loads=[there[load_id]]).filter(pl.col("record").is_in(records.implode())).collect()
        hashes = {kept["hash"] for kept in keep(table, found.iter_rows(named=True))}
        for kept in rows:
            if kept["hash"] not in hashes:
                yield Finding(Failure.LEAF, name_of(kept), f"the store has no such row in load {load_id}")


def check_complete(given: Sequence[Mapping[str, Any]], again: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Rows of the store about the same parties that the basis leaves out."""
    known = {kept["hash"] for kept in given}
    for kept in again:
        if kept["hash"] not in known:
            what = "the store has this row about the parties, and the proof leaves it out"
            yield Finding(Failure.LEAF, name_of(kept), what)


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
