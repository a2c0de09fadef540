"""Parties that OpenCorporates' records name: their identifiers, and rows for those that have no record of their own.

A company with a jurisdiction's code and a number is `OC:<code>/<number>`, whatever statement names it. Every other
party is known only within the company it is named with: `OC-PARTY:<code>/<number>/<digest of what is said of it>`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from topco.registries.country_names import country_of, jurisdiction_of
from topco.registries.lei import is_well_formed
from topco.registries.opencorporates.models import (
    CompanyEntity,
    Entity,
    OrganisationEntity,
    PersonEntity,
    PersonName,
)
from topco.registries.opencorporates.parts import Identifier, PostalAddress, Shareholder
from topco.registries.opencorporates.statements import StatedCompany, StatedShareholder, Subsidiary
from topco.registries.staged import Sink, Staged

_CODE = re.compile(r"[a-z]{2}(_[a-z]{2,3})?")
_IDENTIFIER = re.compile(r"([a-z]{2}(?:_[a-z]{2,3})?)/([^/\s]+)")
_UK_NUMBER = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}")
_LEI = "lei"
_DIGEST = 16

SORT_UNKNOWN = "it is not said whether a party is a person or a company: it counts as a legal entity"
NO_LEI = "an LEI is malformed and links nothing"
NO_UK_NUMBER = "a British company number has not the usual form, and links nothing"
NO_COUNTRY = "an address of headquarters states no country that is known"
TWO_COUNTRIES = "an address states two countries, so neither is taken"

Address = str | PostalAddress | None


@dataclass(frozen=True)
class Place:
    """What an address says of the country and the town; a text of one line says neither."""

    country: str | None
    city: str | None


@dataclass(frozen=True)
class Named:
    """A party of a statement: its identifier, the cells of its entities row, its identifiers elsewhere."""

    id: str
    cells: dict[str, str | None]
    others: tuple[str, ...] = ()


def company_id(jurisdiction: str | None, number: str | None) -> str | None:
    """The identifier of a company, or None if its jurisdiction is no code or it has no number.

    >>> company_id("us_de", "12345"), company_id("Bermuda", "12345"), company_id("gb", None)
    ('OC:us_de/12345', None, None)
    """
    code = (jurisdiction or "").strip().lower()
    number = (number or "").strip()
    return f"OC:{code}/{number}" if number and _CODE.fullmatch(code) else None


def stated_id(company: StatedCompany | Subsidiary | Shareholder | StatedShareholder) -> str | None:
    """The identifier of a company that a statement names, from its identifier or its jurisdiction and number."""
    match = _IDENTIFIER.fullmatch((company.identifier or "").strip())
    if match:
        return company_id(match[1], match[2])
    return company_id(company.jurisdiction, company.company_number)


def scoped_id(subject: str, said: Any) -> str:
    """An identifier of a party that is known only within the record of another one; equal words are one party."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]
    return f"OC-PARTY:{subject.partition(':')[2]}/{digest}"


def of_entity(entity: Entity, subject: str) -> Named:
    """A party of a control statement or a registration, within the record of a company."""
    cells: dict[str, str | None]
    if isinstance(entity, CompanyEntity):
        company = entity.entity_properties
        found = company_id(company.jurisdiction_code or company.jurisdiction, company.company_number)
        cells = {"name": company.name, "kind": "LegalEntity", "legal_form": company.company_type}
        others = identifiers(found, company.identifiers, None)
        return Named(found or scoped_id(subject, company.model_dump()), cells, others)
    if isinstance(entity, PersonEntity):
        cells = {"name": person_name(entity.entity_properties.name), "kind": "NaturalPerson"}
    elif isinstance(entity, OrganisationEntity):
        organisation = entity.entity_properties
        cells = {"name": organisation.name, "kind": "LegalEntity", "legal_form": organisation.legal_form}
    else:
        cells = {"name": entity.entity_properties.name, "kind": None}
    said = entity.entity_properties
    return Named(scoped_id(subject, said.model_dump()), cells, identifiers(None, said.identifiers, None))


def of_shareholder(holder: Shareholder | StatedShareholder, subject: str) -> Named:
    """A holder of a share parcel of a company."""
    found = stated_id(holder) if holder.type != "Person" else None
    if found is not None:
        return Named(found, {"name": holder.name, "kind": "LegalEntity"})
    kind = {"Company": "LegalEntity", "Person": "NaturalPerson"}.get(holder.type or "")
    said = holder.model_dump(include={"name", "type", "jurisdiction", "company_number", "identifier", "address"})
    return Named(scoped_id(subject, said), {"name": holder.name, "kind": kind})


def person_name(name: str | PersonName | None) -> str | None:
    """A person's name in one line.

    >>> person_name(PersonName(given_name="Ada", family_name="Example"))
    'Ada Example'
    """
    if name is None or isinstance(name, str):
        return name
    parts = (name.title, name.given_name or name.first_name, name.middle_name, name.family_name or name.last_name)
    return " ".join(part for part in (*parts, name.suffixes) if part) or None


@dataclass
class PartySink(Sink):
    """A sink that gives each party of a statement one entities row, and none where it has a record of its own.

    Attributes:
        waits: whether parties are written at the end, because records of their own may follow in the file.
    """

    waits: bool = False
    _known: set[int] = field(default_factory=set)
    _waiting: dict[str, tuple[Named, int]] = field(default_factory=dict)

    def has_record(self, identifier: str) -> None:
        """Note that a company has a record of its own in the file."""
        self._known.add(hash(identifier))
        self._waiting.pop(identifier, None)

    def take_party(self, named: Named, row: int) -> None:
        """Take a party of a statement."""
        if hash(named.id) in self._known or named.id in self._waiting:
            return
        if self.waits and named.id.startswith("OC:"):
            self._waiting[named.id] = named, row
            return
        self._write_party(named, row)

    def finish(self, records: int, remarks: Sequence[str] = ()) -> Staged:
        """Write the parties that have no record of their own, and what is left."""
        for named, row in list(self._waiting.values()):
            self._write_party(named, row)
        return super().finish(records, remarks)

    def _write_party(self, named: Named, row: int) -> None:
        self._known.add(hash(named.id))
        cells = dict(named.cells)
        if cells.get("kind") is None:
            self.warn(SORT_UNKNOWN, row, cells.get("name"))
            cells["kind"] = "LegalEntity"
        scheme, _, value = named.id.partition(":")
        code = jurisdiction_of(value.partition("/")[0]) if scheme == "OC" else None
        record = f"opencorporates/named/{value}"
        # A company that is only numbered is left to its own record: a row without a name would say nothing.
        if cells.get("name") is not None or scheme != "OC":
            self.add("entities", row, id=named.id, standing="Current", jurisdiction=code, record=record, **cells)
        for position, other in enumerate(named.others, start=1):
            self.add("identifiers", row, id=named.id, other_id=other, record=f"{record}/identifier/{position}")


def identifiers(company: str | None, held: list[Identifier] | None, warn: tuple[Sink, int] | None) -> tuple[str, ...]:
    """What a company is called elsewhere, as far as the system is certain: its LEI, its number at Companies House."""
    found: list[str] = []
    for one in held or ():
        text = one.uid.strip().upper()
        if one.identifier_system_code.strip().lower() != _LEI:
            continue
        if is_well_formed(text):
            found.append(f"LEI:{text}")
        elif warn is not None:
            warn[0].warn(NO_LEI, warn[1], one.uid)
    if company is not None and company.startswith("OC:gb/"):
        number = company.removeprefix("OC:gb/").upper()
        if _UK_NUMBER.fullmatch(number):
            found.append(f"GB-COH:{number}")
        elif warn is not None:
            warn[0].warn(NO_UK_NUMBER, warn[1], number)
    return tuple(dict.fromkeys(found))


def place(address: Address, sink: Sink, row: int) -> Place:
    """The country and the town of an address."""
    if not isinstance(address, PostalAddress):
        return Place(None, None)
    stated = {country_of(text) for text in (address.country_code, address.country) if text and text.strip()}
    if len(stated - {None}) > 1:
        sink.warn(TWO_COUNTRIES, row, f"{address.country_code}, {address.country}")
        return Place(None, address.locality or None)
    return Place(next(iter(stated - {None}), None), address.locality or None)
