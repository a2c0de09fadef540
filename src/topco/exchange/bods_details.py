"""The details of a BODS record made valid under 0.4, in place: `tidy_…` for 0.4 itself, `rewrite_…` for 0.1 to 0.3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topco.exchange.vocabulary import bods_default, bods_interest, bods_reason, bods_spellings, country_name
from topco.ownership.parent_tests import interest_families

if TYPE_CHECKING:
    from collections.abc import Callable

Details = dict[str, Any]


def tidy_entity(details: Details) -> None:
    """Jurisdiction, dates, addresses and reasons of an entity."""
    details.setdefault("isComponent", False)
    if "incorporatedInJurisdiction" in details and "jurisdiction" not in details:
        details["jurisdiction"] = details.pop("incorporatedInJurisdiction")
    _countries(details, "jurisdiction")
    _without_empty(details, "foundingDate", "dissolutionDate", "uri")
    _addresses(details, "entityAddressType")
    _reason(details, "unspecifiedEntityDetails")


def tidy_person(details: Details) -> None:
    """Dates, addresses, countries and reasons of a person."""
    details.setdefault("isComponent", False)
    _without_empty(details, "birthDate", "deathDate")
    for name in ("nationalities", "taxResidencies"):
        if isinstance(details.get(name), list):
            details[name] = [_country(one) for one in details[name]]
    if isinstance(details.get("placeOfBirth"), dict):
        _countries(details["placeOfBirth"], "country")
    _addresses(details, "personAddressType")
    _reason(details, "unspecifiedPersonDetails")


def tidy_relationship(details: Details, record: Callable[[str], str]) -> None:
    """The two sides of a relationship, and the dates of its interests."""
    details.setdefault("isComponent", False)
    for side in ("subject", "interestedParty"):
        details[side] = _side(details.get(side), record)
    for interest in details.get("interests") or ():
        if isinstance(interest, dict):
            _without_empty(interest, "startDate", "endDate")
            if isinstance(interest.get("share"), dict):
                _without_empty(interest["share"], *list(interest["share"]))


def rewrite_entity(details: Details) -> None:
    """Type, subtype and the reason why an entity is not known."""
    kind: Details = {"type": details.get("entityType")}
    subtype = details.pop("entitySubtype", None)
    if isinstance(subtype, dict):
        kind["subtype"] = str(subtype.get("generalCategory", "")).rpartition("-")[2]
        if subtype.get("localTerm"):
            kind["details"] = subtype["localTerm"]
    details["entityType"] = kind
    _missing(details, "unspecifiedEntityDetails")


def rewrite_person(details: Details) -> None:
    """Type, names, residence and political exposure of a person."""
    details.setdefault("personType", "knownPerson" if details.get("names") else "unknownPerson")
    spellings = bods_spellings("nameType")
    for name in details.get("names") or ():
        if "type" in name:
            name["type"] = spellings.get(name["type"], bods_default("nameType"))
        if not name.get("fullName"):
            parts = [str(name[part]) for part in ("givenName", "patronymicName", "familyName") if name.get(part)]
            name["fullName"] = " ".join(parts)
    residence = details.pop("placeOfResidence", None)
    if isinstance(residence, dict):
        details["addresses"] = [*(details.get("addresses") or ()), {**residence, "type": "residence"}]
    known = details.pop("hasPepStatus", None)
    exposures = details.pop("pepStatusDetails", None) or details.pop("pepStatus", None)
    if known is not None or exposures:
        named = known is True or (known is None and any(not one.get("missingInfoReason") for one in exposures or ()))
        status = "isPep" if named else "isNotPep" if known is False else "unknown"
        details["politicalExposure"] = {"status": status, **({"details": exposures} if exposures else {})}
    for exposure in (details.get("politicalExposure") or {}).get("details") or ():
        _countries(exposure, "jurisdiction")
        _without_empty(exposure, "startDate", "endDate")
    _missing(details, "unspecifiedPersonDetails")


def rewrite_relationship(details: Details, record: Callable[[str], str]) -> None:
    """Components and interests of a relationship; its sides are read by `tidy_relationship`."""
    components = details.pop("componentStatementIDs", None)
    if components:
        details["componentRecords"] = [record(str(one)) for one in components]
    for interest in details.get("interests") or ():
        if "interestLevel" in interest:
            interest["directOrIndirect"] = interest.pop("interestLevel")
        kind = interest.get("type")
        if kind is not None and kind not in interest_families():
            interest["type"] = bods_interest(str(kind)) or bods_default("interestType")
        if kind == "other-influence-or-control-of-trust":
            interest["details"] = f"{kind}. {interest['details']}" if interest.get("details") else kind
        share = interest.get("share")
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            # Up to 0.3 a flag beside the bound, in 0.4 a bound of its own.
            if isinstance(share, dict) and isinstance(share.get(exclusive), bool):
                excluded = share.pop(exclusive)
                if excluded and bound in share:
                    share[exclusive] = share.pop(bound)


def _side(side: object, record: Callable[[str], str]) -> object:
    """One side of a relationship: the id of a record, or an object that says why it is not named."""
    if isinstance(side, str):
        return side
    if not isinstance(side, dict):
        return {"reason": bods_default("unspecifiedReason"), "description": "The source names nobody."}
    for name in ("describedByEntityStatement", "describedByPersonStatement"):
        if isinstance(side.get(name), str):
            return record(side[name])
    unspecified = side["unspecified"] if isinstance(side.get("unspecified"), dict) else side
    return _reasoned(unspecified)


def _reasoned(unspecified: Details) -> Details:
    found = dict(unspecified)
    code = found.pop("unspecifiedReason", None) if "reason" not in found else found["reason"]
    known = bods_reason(str(code))
    found["reason"] = known or bods_default("unspecifiedReason")
    if code is not None and known is None:
        found["description"] = " ".join(str(part) for part in (code, found.get("description")) if part)
    return found


def _reason(details: Details, name: str) -> None:
    if isinstance(details.get(name), dict):
        details[name] = _reasoned(details[name])


def _missing(details: Details, name: str) -> None:
    text = details.pop("missingInfoReason", None)
    if text and name not in details:
        details[name] = {"reason": bods_default("unspecifiedReason"), "description": text}


def _addresses(details: Details, scheme: str) -> None:
    spellings = bods_spellings(scheme)
    for address in details.get("addresses") or ():
        if isinstance(address, dict):
            if "type" in address and address["type"] not in spellings.values():
                address["type"] = spellings.get(address["type"], bods_default(scheme))
            _countries(address, "country")


def _countries(details: Details, name: str) -> None:
    if name in details:
        details[name] = _country(details[name])
        if details[name] is None:
            del details[name]


def _country(value: Any) -> Any:
    """A country or jurisdiction as an object with a name."""
    if isinstance(value, str):
        name = country_name(value.upper())
        if name is not None:
            return {"name": name, "code": value.upper()}
        return {"name": value} if value else None
    if isinstance(value, dict) and not value.get("name") and isinstance(value.get("code"), str):
        return {**value, "name": country_name(value["code"]) or value["code"]}
    return value


def _without_empty(details: Details, *names: str) -> None:
    for name in names:
        if details.get(name) == "":
            del details[name]
