"""A record that names a party: the party itself, what it holds, through whom, and which company it says it is.

Addresses are for service and say nothing about headquarters; nothing of them is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from topco.registries.companies_house import cells, meanings
from topco.registries.companies_house.cells import Unusable
from topco.registries.companies_house.meanings import UNKNOWN_INTEREST, Between, Nature
from topco.registries.companies_house.numbers import SCHEME, stated_number
from topco.registries.country_names import country_of
from topco.registries.staged import Sink

PARTY_SCHEME = "GB-COH-PSC"
_NAME_PARTS = ("title", "forename", "middle_name", "surname")
_MOST_NATURES = 500

UNKNOWN_NATURE = "a nature of control is not known: kept as an unknown interest"
NO_NATURE = "a party without a nature of control: kept as an unknown interest"
NO_COUNTRY = "a country of registration is not known by that name: left empty"
NO_NUMBER = "a registration number at Companies House is none of its numbers: not linked"
NO_PLACE = "a registration number without the register it belongs to, or of another register: not linked"
ELSEWHERE = "a registration number at Companies House and a country of registration elsewhere: not linked"
ITSELF = "a party that gives the number of the company itself: not linked"
SANCTIONED = "the register marks an owner as designated under sanctions"
NO_DAYS = "a party that ceased on the day it was notified on: kept as void, since it held on no day"
CEASED_UNDATED = "a party that has ceased without a date: kept as ended, and counted on no day"
NO_INTEREST = Nature(UNKNOWN_INTEREST)


@dataclass(frozen=True)
class Party:
    """Whose record it is: the company's number, the record's identifier and kind, the kind of agent it names."""

    company: str
    identifier: str
    kind: str
    agent: str

    @property
    def id(self) -> str:
        return f"{PARTY_SCHEME}:{self.company}/{self.identifier}"

    @property
    def record(self) -> str:
        return f"psc/{self.company}/{self.identifier}"


def add_party(sink: Sink, row: int, party: Party, data: Mapping[str, Any]) -> None:
    """Take the record of a named party; nothing of it is taken if any of it cannot be.

    Raises:
        Unusable: there is no name, or a value is malformed.
    """
    name = _name(data)
    identification = cells.part(data, "identification")
    form, place, number, country = (
        cells.text(identification, key)
        for key in ("legal_form", "place_registered", "registration_number", "country_registered")
    )
    period = _period(sink, row, data)
    codes = _codes(data)
    registered = None if country is None else _country(country)
    if country is not None and registered is None:
        sink.warn(NO_COUNTRY, row, country)
    if data.get("is_sanctioned") is True:
        sink.warn(SANCTIONED, row, party.id)
    sink.add(
        "entities",
        row,
        id=party.id,
        name=name,
        kind=_kind(party, form),
        category=party.kind,
        registered_country=registered,
        jurisdiction=registered,
        registration_authority=place,
        registration_number=number,
        legal_form=form,
        standing="Current",
        record=party.record,
    )
    if number is not None:
        _link(sink, row, party, number, place, country, registered)
    _holdings(sink, row, party, codes, period)


def _holdings(
    sink: Sink, row: int, party: Party, codes: list[str], period: tuple[str, date | None, date | None]
) -> None:
    """One holding for each nature; one unnamed agent for each way in which the party holds through one."""
    owned = f"{SCHEME}:{party.company}"
    between: dict[str, Between] = {}
    if not codes:
        sink.warn(NO_NATURE, row)
        _hold(sink, row, party.id, owned, NO_INTEREST, f"{party.record}/{UNKNOWN_INTEREST}", period)
    known = meanings.natures()
    for code in codes:
        nature = known.get(code)
        if nature is None:
            sink.warn(UNKNOWN_NATURE, row, code)
            nature = NO_INTEREST
        owner = party.id
        if nature.between is not None:
            between[nature.between.suffix] = nature.between
            owner = f"{party.id}/{nature.between.suffix}"
        _hold(sink, row, owner, owned, nature, f"{party.record}/{code}", period)
    for suffix, agent in between.items():
        id_, record = f"{party.id}/{suffix}", f"{party.record}/{suffix}"
        sink.add("entities", row, id=id_, name=agent.name, kind=agent.kind, standing="Current", record=record)
        _hold(sink, row, party.id, id_, Nature(agent.interest), f"{record}/{agent.interest}", period)


def _hold(
    sink: Sink,
    row: int,
    owner: str,
    owned: str,
    nature: Nature,
    record: str,
    period: tuple[str, date | None, date | None],
) -> None:
    standing, valid_from, valid_to = period
    sink.add(
        "holdings",
        row,
        owner=owner,
        owned=owned,
        interest=nature.interest,
        share_min=nature.minimum,
        share_min_exclusive=nature.minimum_exclusive,
        share_max=nature.maximum,
        share_max_exclusive=nature.maximum_exclusive,
        indirect=True,
        standing=standing,
        stale=False,
        valid_from=valid_from,
        valid_to=valid_to,
        record=record,
    )


def _name(data: Mapping[str, Any]) -> str:
    name = cells.text(data, "name")
    if name is None:
        elements = cells.part(data, "name_elements")
        name = " ".join(part for key in _NAME_PARTS if (part := cells.text(elements, key)))
    if not name:
        raise Unusable("name", None, "a party without a name")
    return name


def _codes(data: Mapping[str, Any]) -> list[str]:
    found = data.get("natures_of_control")
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(code, str) for code in found):
        raise Unusable("natures_of_control", found, "not a list of texts")
    if len(found) > _MOST_NATURES:
        raise Unusable("natures_of_control", len(found), f"more than {_MOST_NATURES} natures of control")
    return [str(cells.text({"natures_of_control": code}, "natures_of_control") or UNKNOWN_INTEREST) for code in found]


def _period(sink: Sink, row: int, data: Mapping[str, Any]) -> tuple[str, date | None, date | None]:
    """Standing and half-open period: a party that ceased on a day did not hold on that day."""
    start, end = cells.iso_day(data, "notified_on"), cells.iso_day(data, "ceased_on")
    if start is not None and end is not None:
        if end < start:
            raise Unusable("ceased_on", end, f"before notified_on ({start})")
        if end == start:
            sink.warn(NO_DAYS, row)
            return "Void", start, None
    if end is None and data.get("ceased") is True:
        sink.warn(CEASED_UNDATED, row)
        return "Ended", start, None
    return "Current", start, end


def _kind(party: Party, form: str | None) -> str:
    """The kind of agent; a legal person whose legal form says government is a part of a state."""
    if party.kind.startswith("legal-person") and form is not None and meanings.folded(form) in _governments():
        return next(iter(meanings.kinds("government").values()))
    return party.agent


def _governments() -> frozenset[str]:
    return meanings.texts("government")


def _country(text: str) -> str | None:
    return None if meanings.folded(text) in meanings.texts("no-answer") else country_of(text)


def _link(
    sink: Sink, row: int, party: Party, number: str, place: str | None, country: str | None, registered: str | None
) -> None:
    """Say that the party is a company of this register, where its record leaves no doubt."""
    if meanings.folded(number) in meanings.texts("no-answer"):
        return
    if place is None or not meanings.is_uk_register(place):
        sink.warn(NO_PLACE, row, f"{number} at {place}" if place else number)
        return
    if country is not None and registered != "GB" and not meanings.is_uk_register(country):
        sink.warn(ELSEWHERE, row, f"{number}, {country}")
        return
    company = stated_number(number)
    if company is None:
        sink.warn(NO_NUMBER, row, number)
    elif company == party.company:
        sink.warn(ITSELF, row, f"{party.id}")
    else:
        sink.add("identifiers", row, id=party.id, other_id=f"{SCHEME}:{company}", record=f"{party.record}/identifier")
