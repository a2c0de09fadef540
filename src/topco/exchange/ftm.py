"""Everything exported as FollowTheMoney entities, one JSON object on each line.

1. A party is one entity with the values of all its records; its addresses are entities of their own.
2. A tie or holding is an entity between two parties: an `Ownership` where our code has one
   (`data/reference/exchange.ttl`) and the lower side is a company, which is the only asset there; a `Directorship`;
   else an `UnknownLink`.
3. A void row, which counts on no day, and a summary, which others spell out, are never an `Ownership`.
4. `percentage` is given for an exact part of the capital only. A band, and a part of the votes, stand in `summary`.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any

import polars as pl

from topco.exchange.parties import parties, parts, rows_of
from topco.exchange.vocabulary import country_name, ftm_schema
from topco.ownership.control import Family
from topco.ownership.parent_tests import interest_families
from topco.ownership.shares import percent, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from topco.exchange.parties import Part, Party, Row
    from topco.exchange.selection import Selection
    from topco.store.manifest import Load

Entity = dict[str, Any]
Properties = dict[str, list[str]]

# Tables of which FollowTheMoney keeps nothing.
LOST = ("judgements", "listings")
COMPANY = "Company"
_NEVER_OWNERSHIP = frozenset({"Void", "Summary"})
_LONGEST_ID = 200
_PLAIN = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?")
_SIDES = {
    "Ownership": ("owner", "asset"),
    "Directorship": ("director", "organization"),
    "UnknownLink": ("subject", "object"),
}


def write_ftm(selection: Selection, stream: IO[str], report: Callable[[int], None]) -> int:
    """Write all entities of a selection, and give their number; `report` is told how many are written."""
    count = 0
    for count, entity in enumerate(entities(selection), start=1):
        stream.write(json.dumps(entity, ensure_ascii=False) + "\n")
        report(count)
    return count


def entities(selection: Selection) -> Iterator[Entity]:
    """The entities of a selection: parties with their addresses and successors, then ties and holdings."""
    loads = {load.id: load for load in selection.loads}
    for party in parties(selection):
        yield from _party(party, loads)
    for part in parts(selection):
        yield from _links(selection, part, loads)


def _links(selection: Selection, part: Part, loads: dict[str, Load]) -> Iterator[Entity]:
    kinds = part.of(selection.table("entities"), "id").group_by("id").agg(pl.col("kind").unique())
    for table, lower, upper, code in (
        ("relationships", "child", "parent", "kind"),
        ("holdings", "owned", "owner", "interest"),
    ):
        told = kinds.rename({"id": lower, "kind": "lower_kinds"})
        rows = part.of(selection.table(table), lower)
        for row in rows_of(rows.join(told, on=lower, how="left", maintain_order="left")):
            yield _link(row, loads[row["load"]], row[upper], row[lower], row[code])


def ftm_id(identifier: str) -> str:
    """The id of a party in FollowTheMoney, whose ids hold letters, digits, dots and hyphens only.

    >>> ftm_id("LEI:5493001Z012YSB2A0K51"), ftm_id("X:a b")
    ('LEI.5493001Z012YSB2A0K51', 'topco-46f31033a01ff0b446019515b4daf591aa517d05')
    """
    readable = identifier.replace(":", ".", 1)
    scheme, colon, _ = identifier.partition(":")
    if colon and "." not in scheme and len(readable) <= _LONGEST_ID and _PLAIN.fullmatch(readable):
        return readable
    return "topco-" + hashlib.sha1(identifier.encode(), usedforsecurity=False).hexdigest()


def _party(party: Party, loads: dict[str, Load]) -> Iterator[Entity]:
    schema = _schema(party)
    properties: Properties = {}
    addresses: dict[str, Entity] = {}
    identifier = ftm_id(party.id)
    successors = {row["successor"]: loads[row["load"]] for row in party.records if row["successor"] is not None}
    for successor, load in successors.items():
        yield _succession(identifier, ftm_id(successor), load)
    for row in party.records:
        _add(properties, "name", row["name"])
        _add(properties, "jurisdiction", _country((row["jurisdiction"] or "").partition("-")[0]))
        _add(properties, "registrationNumber", row["registration_number"])
        _add(properties, "legalForm", row["legal_form"])
        _add(properties, "status", row["entity_status"])
        _add(properties, "classification", row["category"])
        _add(properties, "modifiedAt", row["last_update"])
        _add(properties, "publisher", loads[row["load"]].publisher)
        _add(properties, "retrievedAt", loads[row["load"]].vintage)
        if row["standing"] not in (None, "Current"):
            _add(properties, "notes", f"Standing of the record {row['record']}: {row['standing']}")
        for remarks, prefix in (("headquarters", "hq"), ("registered address", "registered")):
            _address(addresses, identifier, remarks, row[f"{prefix}_country"], row[f"{prefix}_city"])
    for stated in party.headquarters:
        said = [str(stated[part]) for part in ("basis", "stated_by", "stated_on", "citation") if stated[part]]
        _address(addresses, identifier, "; ".join(["headquarters stated", *said]), stated["country"], stated["city"])
    if "name" not in properties:
        # The model demands a name; the identifier is the only thing that is known.
        _add(properties, "name", party.id)
        _add(properties, "notes", "No record gives a name; the identifier stands in its place.")
    for name in party.names:
        if name["name"] not in properties["name"]:
            _add(properties, "alias", name["name"])
    for one in (party.id, *party.identifiers):
        scheme, _, value = one.partition(":")
        _add(properties, "leiCode" if scheme == "LEI" else "idNumber", value if scheme == "LEI" else one)
    for absence in party.absences:
        parts = (absence["level"], absence["reason"], absence["reference"])
        _add(properties, "notes", "No parent named: " + ", ".join(part for part in parts if part))
    for address in addresses.values():
        _add(properties, "addressEntity", address["id"])
        for country in address["properties"].get("country", ()):
            _add(properties, "country", country)
    described = dict.fromkeys(row["load"] for row in party.records)
    yield _entity(identifier, schema, properties, described)
    for address in addresses.values():
        yield _entity(address["id"], "Address", address["properties"], described)


def _schema(party: Party) -> str:
    """The schema of all its records, the general one where they disagree or say nothing."""
    found = {ftm_schema(row["kind"] or "") for row in party.records}
    only = found.pop() if len(found) == 1 else None
    return only or ftm_schema("UnidentifiedParty") or "LegalEntity"


def _link(row: Row, load: Load, upper: str, lower: str, code: str) -> Entity:
    schema = ftm_schema(code) or "UnknownLink"
    companies = {ftm_schema(kind or "") for kind in row["lower_kinds"] or [None]} == {COMPANY}
    if not companies or row["standing"] in _NEVER_OWNERSHIP:
        schema = "UnknownLink"
    source, target = _SIDES[schema]
    properties: Properties = {}
    _add(properties, source, ftm_id(upper))
    _add(properties, target, ftm_id(lower))
    _add(properties, "role", code)
    _add(properties, "status", row["standing"])
    _add(properties, "startDate", row["valid_from"])
    if row["valid_to"] is not None:
        _add(properties, "endDate", row["valid_to"] - timedelta(days=1))
    _add(properties, "recordId", row["record"])
    _add(properties, "description", f"{row['file']}, row {row['row']}")
    _add(properties, "publisher", load.publisher)
    _add(properties, "retrievedAt", load.vintage)
    _add(properties, "modifiedAt", row["last_update"])
    if row["stale"]:
        _add(properties, "summary", "The registration has lapsed.")
    if "interest" in row:
        _share(properties, row, schema)
    name = hashlib.sha1(f"{load.id}\n{row['record']}".encode(), usedforsecurity=False).hexdigest()
    return _entity(f"topco-tie-{name}", schema, properties, [load.id])


def _share(properties: Properties, row: Row, schema: str) -> None:
    columns = ("share_exact", "share_min", "share_min_exclusive", "share_max", "share_max_exclusive")
    exact, *bounds = (row[column] for column in columns)
    of_capital = interest_families().get(row["interest"]) is Family.SHARES
    if schema == "Ownership":
        _add(properties, "ownershipType", row["interest"])
    if exact is not None and of_capital and schema == "Ownership":
        _add(properties, "percentage", percent(exact))
    elif exact is not None or any(bound is not None for bound in bounds):
        _add(properties, "summary", f"{row['interest']}: {written(exact, *bounds)} percent")


def _address(found: dict[str, Entity], party: str, remarks: str, country: str | None, city: str | None) -> None:
    if country is None and city is None:
        return
    name = hashlib.sha1(f"{party}\n{remarks}\n{country}\n{city}".encode(), usedforsecurity=False).hexdigest()
    properties: Properties = {}
    _add(properties, "country", _country(country or ""))
    _add(properties, "city", city)
    _add(properties, "full", ", ".join(part for part in (city, country_name(country or "") or country) if part))
    _add(properties, "remarks", remarks)
    found[name] = {"id": f"topco-address-{name}", "properties": properties}


def _succession(predecessor: str, successor: str, load: Load) -> Entity:
    name = hashlib.sha1(f"{predecessor}\n{successor}".encode(), usedforsecurity=False).hexdigest()
    properties = {"predecessor": [predecessor], "successor": [successor]}
    return _entity(f"topco-succession-{name}", "Succession", properties, [load.id])


def _entity(identifier: str, schema: str, properties: Properties, loads: Iterable[str]) -> Entity:
    return {"id": identifier, "schema": schema, "properties": properties, "datasets": sorted(loads)}


def _country(code: str) -> str | None:
    return code.lower() if len(code) == 2 else None


def _add(properties: Properties, name: str, value: object) -> None:
    """Add a value once; every value of the model is text."""
    if value is None:
        return
    values = properties.setdefault(name, [])
    if (text := str(value)) not in values:
        values.append(text)
