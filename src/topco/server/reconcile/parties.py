"""What the records say of the parties that a batch may mean: names, countries, numbers, kinds, identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.identity.parties import parties, party_table
from topco.identity.policy import NAME_SCHEME
from topco.matching.normal import normalise
from topco.matching.parties import names_of
from topco.matching.scoring import Party
from topco.namespaces import normalise_id

if TYPE_CHECKING:
    from topco.identity.parties import Parties
    from topco.store.store import Store

_COLUMNS = (
    *("id", "name", "kind", "hq_country", "registered_country", "jurisdiction", "registration_number"),
    *("entity_status", "registration_status"),
)
_MOST_OF_A_NUMBER = 20


@dataclass
class Facts:
    """A party: its records, the one that counts for names first, and its names ready to be compared."""

    id: str
    identifiers: tuple[str, ...]
    records: list[dict[str, Any]] = field(default_factory=list)
    names: list[Party] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name to show; the identifier where no record gives one."""
        return next((one["name"] for one in self.records if one["name"]), self.id)

    @property
    def kind(self) -> str | None:
        """The kind on the first record that gives one."""
        return next((one["kind"] for one in self.records if one["kind"]), None)

    def first(self, column: str) -> Any:
        """The first value that a record gives in a column."""
        return next((one[column] for one in self.records if one[column] is not None), None)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its numbers in registers, and the values of its identifiers, leading zeros aside."""
        given = [one["registration_number"] for one in self.records if one["registration_number"]]
        return frozenset(bare(one) for one in [*given, *(one.partition(":")[2] for one in self.identifiers)])

    @cached_property
    def countries(self) -> frozenset[str]:
        """The countries of headquarters, registered address and jurisdiction on its records."""
        places = ("hq_country", "registered_country", "jurisdiction")
        return frozenset(one[place][:2] for one in self.records for place in places if one[place])


class Records:
    """The parties of one state of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.known: Parties = parties(store)

    def party_of(self, identifiers: Iterable[str]) -> dict[str, str]:
        """The party of each identifier."""
        given = list(identifiers)
        return dict(zip(given, self.known.party_of(given), strict=True))

    def facts(self, ids: Iterable[str]) -> dict[str, Facts]:
        """The parties with these identifiers that have a record, by the identifier that stands for each."""
        wanted = sorted(set(ids))
        rows = self._table(_COLUMNS).filter(pl.col("id").is_in(wanted)).collect()
        found: dict[str, Facts] = {}
        for row in rows.iter_rows(named=True):
            one = row["id"]
            found.setdefault(one, Facts(one, tuple(identifiers_of(self.known, one)))).records.append(row)
        owner = {identifier: one.id for one in found.values() for identifier in one.identifiers}
        for row in names_of(self._store, ids=list(owner)).iter_rows(named=True):
            countries = frozenset(one for one in (row["country"] or "").upper().split(";") if one)
            name = Party(normalise(row["name"]), countries, row["kind"], bool(row["main"]))
            if name not in found[owner[row["id"]]].names:
                found[owner[row["id"]]].names.append(name)
        return found

    def with_numbers(self, numbers: Iterable[str]) -> dict[str, list[str]]:
        """Parties with one of these numbers in a register or as the value of an identifier, by the number."""
        wanted = {bare(one) for one in numbers}
        if not wanted:
            return {}
        plain = [
            column.str.to_uppercase().str.replace_all(" ", "", literal=True).str.strip_chars_start("0")
            for column in (pl.col("registration_number"), pl.col("id").str.replace(r"^[^:]*:", ""))
        ]
        listed = list(wanted)
        rows = (
            self._table(("id", "registration_number"))
            .with_columns(number=plain[0], value=plain[1])
            .filter(pl.col("number").is_in(listed) | pl.col("value").is_in(listed))
            .unique(["id", "number"])
            .sort("id")
            .collect()
        )
        found: dict[str, list[str]] = {one: [] for one in wanted}
        for row in rows.iter_rows(named=True):
            for number in {row["number"], row["value"]} & wanted:
                if len(found[number]) < _MOST_OF_A_NUMBER and row["id"] not in found[number]:
                    found[number].append(row["id"])
        return found

    def _table(self, columns: tuple[str, ...]) -> pl.LazyFrame:
        return party_table(self._store, "entities", columns)


def identifiers_of(known: Parties, party: str) -> list[str]:
    """The identifiers of a party; names that a person judged to mean it are none."""
    return [one for one in known.identifiers_of(party) if not one.startswith(NAME_SCHEME)]


def bare(number: str) -> str:
    """A number in a register without blanks, case and leading zeros.

    >>> bare("00 102498"), bare("sc005336"), bare("000")
    ('102498', 'SC005336', '')
    """
    return number.upper().replace(" ", "").lstrip("0")


def scheme_of(identifier: str) -> str:
    """The scheme of an identifier, in capitals.

    >>> scheme_of("gb-coh:00102498")
    'GB-COH'
    """
    return normalise_id(identifier).partition(":")[0].upper()
