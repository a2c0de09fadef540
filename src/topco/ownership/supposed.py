"""A store as it would be with other shares and headquarters: rows in the place of its own, and nothing written.

Whatever reads evidence reads it of such a store as of any other. Rows that are supposed come from the load `supposed`,
which is none, so that every answer that rests on them says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.errors import BadInput
from topco.identity.known import unknown_identifiers
from topco.identity.parties import parties, party_table
from topco.namespaces import normalise_id
from topco.ownership.control.criteria import COUNTED
from topco.ownership.holding_rows import counting
from topco.ownership.parent_tests import interest_families
from topco.ownership.shares import WHOLE, percent, units
from topco.store.schema import schema_of
from topco.store.store import Store

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from topco.store.having import Having
    from topco.store.manifest import Load

SUPPOSED = "supposed"
SHARES = "shares"


@dataclass(frozen=True)
class Share:
    """A holding that is supposed to have another share, in units; zero: there is none."""

    owner: str
    owned: str
    units: int

    def __str__(self) -> str:
        return f"{self.owner},{self.owned}={percent(self.units)}"


@dataclass(frozen=True)
class Seat:
    """A company that is supposed to have its headquarters in a country."""

    company: str
    country: str

    def __str__(self) -> str:
        return f"{self.company}={self.country}"


Supposition = Share | Seat


def parse_share(text: str) -> Share:
    """A share as a user supposes it, `OWNER,OWNED=PERCENT`.

    Raises:
        BadInput: the text has not that form, or no such share is possible.

    >>> parse_share("X:apex,X:left=50").units == WHOLE // 2
    True
    """
    pair, equals, share = text.rpartition("=")
    owner, comma, owned = pair.partition(",")
    if not (equals and comma and owner.strip() and owned.strip()):
        raise BadInput("This is no OWNER,OWNED=PERCENT.", where=text, remedy="Write X:apex,X:left=50, for example.")
    found = units(share.strip().removesuffix("%").strip())
    if not 0 <= found <= WHOLE:
        raise BadInput("A share lies between 0 and 100 percent.", where=text)
    return Share(normalise_id(owner), normalise_id(owned), found)


def parse_seat(text: str, countries: Iterable[str]) -> Seat:
    """A headquarters as a user supposes it, `ID=CC`.

    Raises:
        BadInput: the text has not that form, or ISO 3166 has no such country.
    """
    company, equals, country = text.rpartition("=")
    code = country.strip().upper()
    if not (equals and company.strip()):
        raise BadInput("This is no ID=CC.", where=text, remedy="Write X:apex=DE, for example.")
    if code not in countries:
        what = f"{country.strip()!r} is no country or territory of ISO 3166-1."
        raise BadInput(what, where=text, remedy="Write its code of two letters.")
    return Seat(normalise_id(company), code)


class SupposedStore(Store):
    """A view of a store; it is read like the store, and cannot be written to.

    Raises:
        BadInput: a company that no loaded record names.
    """

    def __init__(self, store: Store, supposed: Sequence[Supposition], known_as_of: date | None = None) -> None:
        super().__init__(store.path, store.manifest)
        named = [one for each in supposed for one in _parties_of(each)]
        for missing in unknown_identifiers(store, named):
            raise BadInput(f"No loaded record names {missing}.", remedy="Look it up by name: topco search TEXT.")
        party = dict(zip(named, parties(store, known_as_of).party_of(named), strict=True))
        self.supposed = tuple(supposed)
        self._shares = [
            Share(party[one.owner], party[one.owned], one.units) for one in supposed if isinstance(one, Share)
        ]
        self._seats = [Seat(party[one.company], one.country) for one in supposed if isinstance(one, Seat)]

    def table(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        known_as_of: date | None = None,
        loads: Iterable[Load] | None = None,
        place_of: Callable[[Load], Path | None] | None = None,
        having: Having | None = None,
    ) -> pl.LazyFrame:
        """An evidence table with the rows supposed in the place of the store's own."""
        changes = {"holdings": self._holdings, "entities": self._entities, "headquarters": self._headquarters}
        touched = self._shares if name == "holdings" else self._seats
        if name not in changes or not touched:
            return super().table(name, columns, known_as_of=known_as_of, loads=loads, place_of=place_of, having=having)
        every = super().table(name, None, known_as_of=known_as_of, loads=loads, place_of=place_of)
        rows = changes[name](every) if having is None else having.of(changes[name](every))
        return rows if columns is None else rows.select(*(one for one in columns if one != "load"), "load")

    def _holdings(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Of every pair supposed one row for each interest that counts and is on record, else one of shares."""
        counted = [interest for interest, family in interest_families().items() if family in COUNTED]
        pairs = pl.DataFrame(
            {"owner": [one.owner for one in self._shares], "owned": [one.owned for one in self._shares]}
        )
        on_record = rows.filter(pl.col("interest").is_in(counted)).join(pairs.lazy(), on=["owner", "owned"], how="semi")
        interests: dict[tuple[str, str], set[str]] = {}
        for owner, owned, interest in on_record.select("owner", "owned", "interest").unique().collect().iter_rows():
            interests.setdefault((owner, owned), set()).add(interest)
        fresh = [
            {
                "owner": one.owner,
                "owned": one.owned,
                "interest": interest,
                "share_exact": one.units,
                "standing": "Current",
                "stale": False,
                "record": f"{SUPPOSED}/{one}",
                "file": SUPPOSED,
                "load": SUPPOSED,
            }
            for one in self._shares
            if one.units
            for interest in sorted(interests.get((one.owner, one.owned), {SHARES}))
        ]
        kept = rows.join(
            on_record.select("owner", "owned", "interest").unique(), on=["owner", "owned", "interest"], how="anti"
        )
        return pl.concat([kept, _frame("holdings", fresh)])

    def _entities(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        for one in self._seats:
            here = pl.col("id") == one.company
            said = {**_source(one), "row": None, "hq_country": one.country}
            rows = rows.with_columns(
                pl.when(here).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in said.items()
            )
        return rows

    def _headquarters(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """No statement of another seat; where a company has no record of its own, the seat supposed."""
        companies = [one.company for one in self._seats]
        described = super().table("entities", ["id"]).filter(pl.col("id").is_in(companies))
        known = set(described.collect()["id"])
        fresh = [
            {
                "id": one.company,
                "country": one.country,
                "basis": "userStatement",
                "stated_by": SUPPOSED,
                "record": f"{SUPPOSED}/{one}",
                "file": SUPPOSED,
                "load": SUPPOSED,
            }
            for one in self._seats
            if one.company not in known
        ]
        return pl.concat([rows.filter(~pl.col("id").is_in(companies)), _frame("headquarters", fresh)])


def on_record(store: Store, one: Supposition, day: date, known_as_of: date | None = None) -> str | None:
    """What the store says of it on a day: shares in percent, exact or between bounds, or a country; None: nothing."""
    party = dict(zip(_parties_of(one), parties(store, known_as_of).party_of(_parties_of(one)), strict=True))
    if isinstance(one, Seat):
        rows = party_table(store, "entities", ["id", "hq_country"], known_as_of=known_as_of)
        found = rows.filter(pl.col("id") == party[one.company]).collect()["hq_country"].drop_nulls().unique().sort()
        return " or ".join(found) or None
    counted = [interest for interest, family in interest_families().items() if family in COUNTED]
    rows = counting(party_table(store, "holdings", known_as_of=known_as_of), day)
    here = (pl.col("owner") == party[one.owner]) & (pl.col("owned") == party[one.owned])
    return (
        " and ".join(map(_written, rows.filter(here & pl.col("interest").is_in(counted)).collect().rows(named=True)))
        or None
    )


def _written(row: Mapping[str, Any]) -> str:
    """The share of a row in percent."""
    if row["share_exact"] is not None:
        return percent(row["share_exact"])
    least, most = (None if row[name] is None else percent(row[name]) for name in ("share_min", "share_max"))
    return "an unknown share" if least is None and most is None else f"{least or 0} to {most or 100}"


def _parties_of(one: Supposition) -> tuple[str, ...]:
    return (one.owner, one.owned) if isinstance(one, Share) else (one.company,)


def _source(one: Supposition) -> dict[str, object]:
    """Where a row that is supposed stands."""
    return {"load": SUPPOSED, "file": SUPPOSED, "record": f"{SUPPOSED}/{one}"}


def _frame(table: str, rows: Sequence[Mapping[str, object]]) -> pl.LazyFrame:
    schema = pl.Schema({**schema_of(table), "load": pl.String()})
    return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema).lazy()
