"""Parties of FollowTheMoney as evidence: the entity, its names, its identifiers elsewhere.

No headquarters: the model has no property for one. `country` is any link with a country and `mainCountry` an opinion;
only `jurisdiction`, the law under which a party exists, is taken over.
"""

from __future__ import annotations

import re

from topco.registries.country_names import jurisdiction_of
from topco.registries.ftm.record import Entity, identifier_of
from topco.registries.ftm.schemata import schemata
from topco.registries.lei import is_well_formed
from topco.registries.staged import Sink

OTHER_NAMES = ("name", "alias", "weakAlias", "previousName", "abbreviation")
_UK = "GB"
_UK_NUMBER = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}")
_OPENCORPORATES = re.compile(r"https?://(?:www\.)?opencorporates\.com/companies/([a-z]{2}(?:_[a-z]{2,3})?)/([^/?#\s]+)")
_COMPANIES = ("Company",)

SEVERAL_JURISDICTIONS = "several jurisdictions stand in one entity, so none is taken"
UNKNOWN_JURISDICTION = "a jurisdiction is none that the reference data know, and is left out"
NO_NAME = "an entity has no name"
NO_LEI = "an LEI is malformed and links nothing"
NO_UK_NUMBER = "a British registration number has not the form of a company number, and links nothing"
NO_OPENCORPORATES = "an address at OpenCorporates names no company, and links nothing"


def add_party(entity: Entity, sink: Sink) -> None:
    """Add the rows of a party: entities, names, identifiers."""
    name = name_of(entity)
    if name is None:
        sink.warn(NO_NAME, entity.row, entity.id)
    number = entity.values("registrationNumber")
    sink.add(
        "entities",
        entity.row,
        id=entity.identifier,
        name=name,
        kind=schemata().kinds[entity.schema],
        category=entity.schema,
        jurisdiction=(jurisdiction := _jurisdiction(entity, sink)),
        registration_number=number[0] if len(number) == 1 else None,
        legal_form="; ".join(entity.values("legalForm")) or None,
        entity_status="; ".join(entity.values("status")) or None,
        standing="Current",
        last_update=entity.last_change,
        record=entity.record,
    )
    others = [(kind, text) for kind in OTHER_NAMES for text in entity.values(kind) if text != name]
    for position, (kind, text) in enumerate(dict.fromkeys(others), start=1):
        sink.add(
            "names",
            entity.row,
            id=entity.identifier,
            name=text,
            name_kind=kind,
            record=f"{entity.record}/name/{position}",
        )
    for position, other in enumerate(_identifiers(entity, jurisdiction, sink), start=1):
        sink.add(
            "identifiers",
            entity.row,
            id=entity.identifier,
            other_id=other,
            record=f"{entity.record}/identifier/{position}",
        )


def name_of(entity: Entity) -> str | None:
    """The name that the publisher shows, if it is one of the entity's; else the first one."""
    names = entity.values("name")
    return entity.caption if entity.caption in names or not names else names[0]


def _jurisdiction(entity: Entity, sink: Sink) -> str | None:
    written = list(dict.fromkeys(entity.values("jurisdiction")))
    if len(written) > 1:
        sink.warn(SEVERAL_JURISDICTIONS, entity.row, ", ".join(written))
        return None
    if not written:
        return None
    code = jurisdiction_of(written[0])
    if code is None:
        sink.warn(UNKNOWN_JURISDICTION, entity.row, written[0])
    return code


def _identifiers(entity: Entity, jurisdiction: str | None, sink: Sink) -> list[str]:
    found: list[str] = []
    for text in entity.values("leiCode"):
        if is_well_formed(text.upper()):
            found.append(f"LEI:{text.upper()}")
        else:
            sink.warn(NO_LEI, entity.row, text)
    if jurisdiction == _UK and entity.schema in _COMPANIES:
        for text in entity.values("registrationNumber"):
            if _UK_NUMBER.fullmatch(text.upper()):
                found.append(f"GB-COH:{text.upper()}")
            else:
                sink.warn(NO_UK_NUMBER, entity.row, text)
    for text in entity.values("opencorporatesUrl"):
        match = _OPENCORPORATES.match(text)
        if match is None:
            sink.warn(NO_OPENCORPORATES, entity.row, text)
            continue
        found.append(f"OC:{match[1]}/{match[2]}")
        if match[1] == _UK.lower() and _UK_NUMBER.fullmatch(match[2].upper()):
            found.append(f"GB-COH:{match[2].upper()}")
    found += [identifier_of(referent) for referent in entity.referents if referent != entity.id]
    return list(dict.fromkeys(found))
