"""Tables extended: the values of properties for entities. What is not known is an empty cell, and never "no"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.choices import AS_RECORDED, OPEN_TOPS, STRICT
from topco.errors import BadInput
from topco.identity.parties import parties, party_table
from topco.namespaces import NAMESPACE, normalise_id
from topco.ownership.bulk_table import resolution_table
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.parent_tests import DEFAULT, parent_test
from topco.ownership.status import Status
from topco.server.reconcile.catalogue import TOP, Property, properties, types
from topco.server.reconcile.parties import identifiers_of
from topco.store.today import today

if TYPE_CHECKING:
    from topco.server.reconcile.reading import Extension, Wanted
    from topco.store.store import Store

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEVERAL = ";"
_PARTY, _NAMES, _ENTITIES, _SETTLED = "party", "names", "entities", "settled"

Cell = list[dict[str, Any]]


@dataclass(frozen=True)
class Chosen:
    """A property with its settings as the user chose them."""

    property: Property
    limit: int
    as_of: date
    open_top: str
    test: str


def extended(store: Store, request: Extension) -> dict[str, Any]:
    """The answer to a request to extend a table.

    Raises:
        BadInput: a property or a setting is not known.
    """
    chosen = [chosen_of(one) for one in request.properties]
    reader = _Reader(store, request.ids)
    rows: dict[str, dict[str, Cell]] = {one: {} for one in request.ids}
    for wanted, one in zip(request.properties, chosen, strict=True):
        for identifier, cell in reader.cells(one).items():
            rows[identifier][wanted.id] = cell
    meta = [_meta(wanted.id, one.property) for wanted, one in zip(request.properties, chosen, strict=True)]
    return {"meta": meta, "rows": rows}


def _meta(identifier: str, of: Property) -> dict[str, Any]:
    about: dict[str, Any] = {"id": identifier, "name": of.name}
    return about | ({"type": {"id": TOP, "name": types()[TOP].name}} if of.format == "party" else {})


def chosen_of(wanted: Wanted) -> Chosen:
    """A property and its settings.

    Raises:
        BadInput: the property or a setting is not known.
    """
    # By its identifier alone: what else `country` may mean is not guessed.
    found = properties().get(wanted.id.removeprefix(NAMESPACE))
    if found is None:
        raise BadInput(
            f"There is no property {wanted.id[:80]!r}.", remedy="GET /reconcile/extend/propose lists the properties."
        )
    given = {name: str(value).strip() for name, value in wanted.settings.items() if value is not None}
    limit = given.get("limit") or "0"
    if not re.fullmatch(r"[0-9]{1,9}(\.0*)?", limit):
        raise BadInput("The limit is no number from 0 on.", where=wanted.id)
    open_top = given.get("open_top") or STRICT
    if open_top not in OPEN_TOPS:
        raise BadInput(f"Open tops count as {STRICT} or {AS_RECORDED}.", where=wanted.id)
    test = given.get("test") or DEFAULT
    parent_test(test)
    return Chosen(found, int(float(limit)), _day(given.get("as_of") or "", wanted.id), open_top, test)


def _day(text: str, where: str) -> date:
    if not text:
        return today()
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("The day is not of the form YYYY-MM-DD.", where=where) from error


class _Reader:
    """Reads the tables for some entities, each table once."""

    def __init__(self, store: Store, ids: Sequence[str]) -> None:
        self._store = store
        self._known = parties(store)
        normal = [normalise_id(one) for one in ids]
        self._party = dict(zip(ids, self._known.party_of(normal), strict=True))
        self._resolved: dict[tuple[date, str], dict[str, dict[str, Any]]] = {}

    def cells(self, chosen: Chosen) -> dict[str, Cell]:
        """The cell of every entity, by the identifier as it was given."""
        of = {party: self._values(chosen, party) for party in dict.fromkeys(self._party.values())}
        most = chosen.limit or None
        return {given: list(of[party][:most]) for given, party in self._party.items()}

    def _values(self, chosen: Chosen, party: str) -> Cell:
        table, column, *further = chosen.property.source
        if table == _PARTY:
            there = party in self._entities or party in self._known.parties["party"]
            return [_text(one) for one in identifiers_of(self._known, party)] if there else []
        if table == _NAMES:
            return [_text(one) for one in self._names.get(party, ())]
        if table == _ENTITIES:
            value = self._entities.get(party, {}).get(column)
            return [] if value is None else [_date(value) if chosen.property.format == "date" else _text(value)]
        resolved = self._resolutions(chosen.as_of, chosen.test)
        row = resolved.get(party)
        if row is None or (table == _SETTLED and not _is_settled(row, chosen.open_top)):
            return []
        values = _parts(row[column])
        if further:
            found = [one for value in values for one in _parts_or_none(resolved, value, further[0])]
            cell = [_text(one) if one else {} for one in found]
            return cell if any(cell) else []
        if chosen.property.format == "party":
            return [{"id": one, "name": resolved.get(one, {}).get("name") or one} for one in values]
        return [_text(one) for one in values]

    @cached_property
    def _entities(self) -> Mapping[str, dict[str, Any]]:
        """For each party the first value that a record gives in every column."""
        rows = party_table(self._store, "entities").filter(pl.col("id").is_in(self._wanted)).collect()
        found: dict[str, dict[str, Any]] = {}
        for row in rows.iter_rows(named=True):
            of = found.setdefault(row["id"], {})
            for column, value in row.items():
                if value is not None:
                    of.setdefault(column, value)
        return found

    @cached_property
    def _names(self) -> Mapping[str, list[str]]:
        rows = party_table(self._store, "names", ["id", "name"]).filter(pl.col("id").is_in(self._wanted)).collect()
        found: dict[str, dict[str, None]] = {}
        for party, name in rows.select("id", "name").iter_rows():
            if name is not None:
                found.setdefault(party, {})[name] = None
        return {party: list(names) for party, names in found.items()}

    @property
    def _wanted(self) -> list[str]:
        return sorted(set(self._party.values()))

    def _resolutions(self, as_of: date, test: str) -> dict[str, dict[str, Any]]:
        """The resolutions of the entities, and of all above them, on a day under a test."""
        if (as_of, test) not in self._resolved:
            evidence = evidence_about(self._store, self._wanted, as_of, None, parent_test(test))
            rows = resolution_table(evidence).iter_rows(named=True)
            self._resolved[as_of, test] = {row["entity"]: row for row in rows}
        return self._resolved[as_of, test]


def _is_settled(row: Mapping[str, Any], open_top: str) -> bool:
    return not Status[row["status"].upper()].undetermined(strict=open_top == STRICT)


def _parts(cell: str | None) -> list[str]:
    return [one for one in (cell or "").split(_SEVERAL) if one]


def _parts_or_none(resolved: Mapping[str, Mapping[str, Any]], party: str, column: str) -> list[str | None]:
    """What a column says of a party: one place at least, empty if nothing is known."""
    return [*_parts(resolved.get(party, {}).get(column))] or [None]


def _text(value: Any) -> dict[str, Any]:
    return {"str": str(value)}


def _date(value: date) -> dict[str, Any]:
    return {"date": f"{value.isoformat()}T00:00:00Z"}
