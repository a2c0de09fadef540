"""Evidence rows as BODS 0.4 statements: a party is an entity or a person, a tie or holding a relationship.

1. A party's record id is its identifier; several records about it are updates of one record, the newest vintage last.
2. Every relationships, holdings and absences row is a record of its own, named as in the evidence.
3. A row that counts on no day (void) or that others spell out (summary) is closed, so that nobody counts it; a row that
   has ended is closed and its interest carries the day from which it no longer holds.
4. What BODS has no field for stands in a comment (annotation) or in the details of the interest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from topco.exchange.bods_upgrade import VERSION, Statement, annotate
from topco.exchange.vocabulary import (
    bods_code,
    bods_default,
    bods_reason,
    country_name,
    licence_address,
    source_code,
)
from topco.namespaces import NAMESPACE, iri_of_id
from topco.ownership.parent_tests import interest_families
from topco.ownership.shares import percent
from topco.store.quads import load_node, record_iri

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from topco.exchange.parties import Party, Row
    from topco.store.manifest import Load

_NAMESPACE = uuid5(NAMESPACE_URL, NAMESPACE)
PUBLISHER = "topco"
_CLOSED = {
    "Void": "The register says that this record was issued in error: it counts on no day.",
    "Summary": "Other records spell this one out: counting both would count a holding twice.",
    "Ended": "The register says that this has ended.",
}


class StatementWriter:
    """Makes statements of rows.

    Args:
        loads: by id, the loads that rows come from.
        published: the day of the export.
    """

    def __init__(self, loads: Mapping[str, Load], published: date) -> None:
        self._loads = loads
        self._published = published.isoformat()
        self._licences = {one.id: licence_address(one.licence) for one in loads.values()}

    def party(self, party: Party) -> Iterator[Statement]:
        """One statement for each record about a party, void ones first; one for a stub."""
        # The last statement of a record counts: a void one must not end what a sound one says.
        records = sorted(party.records, key=lambda row: row["standing"] != "Void")
        for place, row in enumerate(records):
            statement = self._statement("party", row, party.id, party.id, closed=row["standing"] == "Void")
            if place and statement["recordStatus"] == "new":
                statement["recordStatus"] = "updated"
            person = bods_code(row["kind"] or "", "personType")
            if person is None:
                statement["recordType"], statement["recordDetails"] = "entity", _entity(party, row)
            else:
                statement["recordType"], statement["recordDetails"] = "person", _person(party, row, person)
            for text in _remarks(party, row):
                annotate(statement, text)
            yield statement
        if not records:
            yield self._stub(party)

    def tie(self, row: Row) -> Statement:
        """The statement of a relationships row."""
        interest = {
            "type": bods_code(row["kind"], "interestType") or bods_default("interestType"),
            "directOrIndirect": "unknown",
            "details": f"Relationship Type: {source_code(row['kind'])}",
            **_period(row),
        }
        return self._relationship(row, row["child"], row["parent"], interest)

    def holding(self, row: Row) -> Statement:
        """The statement of a holdings row."""
        kind = row["interest"]
        code = bods_code(kind, "interestType") or (kind if kind in interest_families() else None)
        interest: dict[str, Any] = {"type": code or bods_default("interestType"), "directOrIndirect": "unknown"}
        if interest["type"] != kind:
            interest["details"] = f"Interest: {kind}"
        if share := _share(row):
            interest["share"] = share
        interest |= _period(row)
        return self._relationship(row, row["owned"], row["owner"], interest)

    def absence(self, row: Row) -> Statement:
        """The statement of an absences row: an interested party that is not named, and why."""
        reason = row["reason"] or ""
        # Reasons that come from BODS have its names.
        known = bods_code(reason, "unspecifiedReason") or bods_reason(reason)
        unspecified = {"reason": known or bods_default("unspecifiedReason")}
        parts = (f"Exception Reason: {reason}." if reason else "", row["reference"])
        if description := " ".join(part for part in parts if part):
            unspecified["description"] = description
        statement = self._statement("absence", row, row["record"], row["subject"])
        statement["recordType"] = "relationship"
        interest = {
            "type": bods_code("DirectConsolidation", "interestType"),
            "directOrIndirect": "unknown",
            "details": f"Exception Category: {source_code(row['level'] or '')}",
        }
        statement["recordDetails"] = {
            "isComponent": False,
            "subject": row["subject"],
            "interestedParty": unspecified,
            "interests": [interest],
        }
        return statement

    def _relationship(self, row: Row, subject: str, interested: str, interest: dict[str, Any]) -> Statement:
        standing = row["standing"]
        statement = self._statement("tie", row, row["record"], subject, closed=standing in _CLOSED)
        statement["recordType"] = "relationship"
        statement["recordDetails"] = {
            "isComponent": False,
            "subject": subject,
            "interestedParty": interested,
            "interests": [interest],
        }
        if standing in _CLOSED:
            annotate(statement, _CLOSED[standing])
        if row["stale"]:
            annotate(statement, "The registration of this record has lapsed.")
        if text := _codes(row, "relationship_status", "registration_status"):
            annotate(statement, text)
        return statement

    def _statement(self, kind: str, row: Row, record: str, subject: str, *, closed: bool = False) -> Statement:
        load = self._loads[row["load"]]
        name = f"{load_node(load.id).value} {record_iri(row['record'])} {kind}"
        publication: dict[str, Any] = {
            "publicationDate": self._published,
            "bodsVersion": VERSION,
            "publisher": {"name": PUBLISHER},
        }
        if address := self._licences[load.id]:
            publication["license"] = address
        said = f"{load.publisher}, load {load.id}, {row['file']}, row {row['row']}, licence: {load.licence}"
        return {
            "statementId": str(uuid5(_NAMESPACE, name)),
            "declarationSubject": subject,
            "statementDate": (row.get("last_update") or load.vintage).isoformat(),
            "recordId": record,
            "recordType": "",
            "recordStatus": "closed" if closed else "new",
            "recordDetails": {},
            "publicationDetails": publication,
            "source": {
                "description": said,
                "retrievedAt": load.vintage.isoformat(),
                "assertedBy": [{"name": load.publisher}],
            },
        }

    def _stub(self, party: Party) -> Statement:
        details = {
            "isComponent": False,
            "entityType": {"type": bods_code("UnidentifiedParty", "entityType")},
            "unspecifiedEntityDetails": {
                "reason": bods_default("unspecifiedReason"),
                "description": "Records name this party, and none under this identifier describes it.",
            },
            "identifiers": _identifiers(party, None),
        }
        statement = {
            "statementId": str(uuid5(_NAMESPACE, f"stub {iri_of_id(party.id)}")),
            "declarationSubject": party.id,
            "statementDate": self._published,
            "recordId": party.id,
            "recordType": "entity",
            "recordStatus": "new",
            "recordDetails": details,
            "publicationDetails": {
                "publicationDate": self._published,
                "bodsVersion": VERSION,
                "publisher": {"name": PUBLISHER},
            },
        }
        for text in _headquarters(party):
            annotate(statement, text)
        return statement


def _entity(party: Party, row: Row) -> dict[str, Any]:
    kind = row["kind"] or ""
    entity_type: dict[str, Any] = {
        "type": bods_code(kind, "entityType") or bods_code("UnidentifiedParty", "entityType")
    }
    if subtype := bods_code(kind, "entitySubtype"):
        entity_type["subtype"] = subtype
    if kind:
        entity_type["details"] = kind
    details: dict[str, Any] = {"isComponent": False, "entityType": entity_type}
    if entity_type["type"] == bods_code("UnidentifiedParty", "entityType"):
        details["unspecifiedEntityDetails"] = {"reason": bods_default("unspecifiedReason")}
    if row["name"] is not None:
        details["name"] = row["name"]
    if others := list(dict.fromkeys(name["name"] for name in party.names if name["name"] is not None)):
        details["alternateNames"] = others
    if row["jurisdiction"]:
        details["jurisdiction"] = _jurisdiction(row["jurisdiction"])
    details["identifiers"] = _identifiers(party, row)
    addresses = (("registered", "registered"), ("business", "hq"))
    if found := [address for use, prefix in addresses if (address := _address(use, prefix, row))]:
        details["addresses"] = found
    return details


def _person(party: Party, row: Row, code: str) -> dict[str, Any]:
    details: dict[str, Any] = {"isComponent": False, "personType": code}
    names = [{"type": "legal", "fullName": row["name"]}] if row["name"] is not None else []
    others = dict.fromkeys(name["name"] for name in party.names if name["name"] is not None)
    names += [{"type": bods_default("nameType"), "fullName": name} for name in others]
    if names:
        details["names"] = names
    details["identifiers"] = _identifiers(party, row)
    use = bods_default("personAddressType")
    if found := [address for prefix in ("registered", "hq") if (address := _address(use, prefix, row))]:
        details["addresses"] = found
    return details


def _address(use: str, prefix: str, row: Row) -> dict[str, Any] | None:
    country, city = row[f"{prefix}_country"], row[f"{prefix}_city"]
    if country is None and city is None:
        return None
    address: dict[str, Any] = {"type": use}
    if city is not None:
        address["address"] = city
    if country is not None:
        address["country"] = {"name": country_name(country) or country, "code": country}
    return address


def _jurisdiction(code: str) -> dict[str, str]:
    name = country_name(code) or code
    return {"name": name, "code": code} if 2 <= len(code) <= 6 else {"name": name}


def _identifiers(party: Party, row: Row | None) -> list[dict[str, str]]:
    found = [_identifier(one) for one in (party.id, *party.identifiers)]
    if row is not None and row["registration_number"]:
        authority = row["registration_authority"] or "not stated"
        found.append({"id": row["registration_number"], "schemeName": authority})
    return found


def _identifier(identifier: str) -> dict[str, str]:
    """An identifier with its scheme: that of org-id.guide where it has the form of one, else only a name."""
    scheme, _, value = identifier.partition(":")
    if "://" in identifier:
        return {"id": identifier, "schemeName": "IRI"}
    if scheme == "LEI":
        return {"id": value, "scheme": "XI-LEI", "schemeName": "Global Legal Entity Identifier Index"}
    country, _, register = scheme.partition("-")
    if len(country) == 2 and country.isalpha() and country.isupper() and register:
        return {"id": value, "scheme": scheme}
    return {"id": value, "schemeName": scheme} if value else {"id": identifier, "schemeName": "not stated"}


def _share(row: Row) -> dict[str, int | float]:
    """The share in percent; numbers of up to ten digits, which a JSON number carries exactly."""
    if row["share_exact"] is not None:
        return {"exact": _number(row["share_exact"])}
    share = {}
    for bound, column in (("inimum", "share_min"), ("aximum", "share_max")):
        if row[column] is not None:
            share[f"exclusiveM{bound}" if row[f"{column}_exclusive"] else f"m{bound}"] = _number(row[column])
    return share


def _number(units: int) -> int | float:
    text = percent(units)
    return float(text) if "." in text else int(text)


def _period(row: Row) -> dict[str, str]:
    period = {"startDate": row["valid_from"], "endDate": row["valid_to"]}
    return {name: day.isoformat() for name, day in period.items() if day is not None}


def _codes(row: Row, *columns: str) -> str:
    found = [f"{column.replace('_', ' ')} {row[column]}" for column in columns if row.get(column) is not None]
    return f"The register says: {', '.join(found)}." if found else ""


def _remarks(party: Party, row: Row) -> Iterator[str]:
    """What the record says and an entity or a person of BODS has no field for."""
    if row["standing"] in _CLOSED:
        yield _CLOSED[row["standing"]]
    columns = ("category", "legal_form", "entity_status", "registration_status", "next_renewal", "successor")
    if text := _codes(row, *columns):
        yield text
    if row["name_language"] is not None:
        yield f"Language of the name: {row['name_language']}."
    yield from _headquarters(party)


def _headquarters(party: Party) -> Iterator[str]:
    """Headquarters that others than the record itself state: not its own address, so only a comment."""
    for stated in party.headquarters:
        place = ", ".join(part for part in (stated["city"], stated["country"]) if part)
        facts = {
            "basis": stated["basis"],
            "stated by": stated["stated_by"],
            "on": stated["stated_on"],
            "citation": stated["citation"],
            "from": stated["valid_from"],
            "until": stated["valid_to"],
        }
        said = "; ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
        yield f"Headquarters stated elsewhere: {place}" + (f"; {said}." if said else ".")
