"""Statements about entities and persons as rows of evidence."""

from __future__ import annotations

from typing import Any

from topco.registries.bods import codes
from topco.registries.bods.amounts import first_day
from topco.registries.bods.statements import Statement
from topco.registries.bods.target import Target

_NAME_PARTS = ("givenName", "patronymicName", "familyName")


def add_party(target: Target, row: int, statement: Statement) -> None:
    """The rows of a statement about an entity or a person: the party, its other names, its other identifiers."""
    details, sink, record = statement.details, target.sink, target.record(statement)
    party, day = target.party(statement.key), target.day_of(statement)
    if statement.kind == "entity":
        kind, category = _kind(target, row, details)
        hq, registered = _countries(target, row, details)
        sink.add(
            "entities",
            row,
            id=party,
            name=details.get("name"),
            kind=kind,
            category=category,
            hq_country=hq,
            registered_country=registered,
            jurisdiction=_jurisdiction(target, row, details),
            standing="Ended" if statement.closed or _is_dissolved(statement) else "Current",
            last_update=day,
            record=record,
        )
        others = [(name, None) for name in details.get("alternateNames", ())]
    else:
        names = [(text, name.get("type")) for name in details.get("names", ()) if (text := _full(name))]
        # Only version 0.1 lets the type of a person out.
        code = details.get("personType", "knownPerson" if names else "unknownPerson")
        sink.add(
            "entities",
            row,
            id=party,
            name=names[0][0] if names else None,
            kind=codes.meanings("personType")[code],
            category=code,
            standing="Ended" if statement.closed else "Current",
            last_update=day,
            record=record,
        )
        others = names[1:]
    for number, (name, name_kind) in enumerate(others, start=1):
        sink.add("names", row, id=party, name=name, name_kind=name_kind, record=f"{record}/name/{number}")
    for number, identifier in enumerate(details.get("identifiers", ()), start=1):
        scheme = identifier.get("scheme", "")
        other, problem = codes.other_id(scheme, identifier.get("id", ""))
        if other is None:
            sink.warn(problem, row, scheme or identifier.get("schemeName"))
        else:
            sink.add("identifiers", row, id=party, other_id=other, record=f"{record}/identifier/{number}")


def _is_dissolved(statement: Statement) -> bool:
    """Whether an entity had been dissolved when the statement was published, or made."""
    dissolved = first_day(statement.details.get("dissolutionDate"))
    known = first_day(statement.published) or first_day(statement.stated)
    return dissolved is not None and (known is None or dissolved <= known)


def _kind(target: Target, row: int, details: dict[str, Any]) -> tuple[str, str]:
    """The class of an entity, and the code that says so in its source."""
    stated = details["entityType"]
    code, subtype = (stated["type"], stated.get("subtype", "")) if isinstance(stated, dict) else (stated, "")
    kind = codes.kind_of_entity(code, subtype)
    if kind is None:
        target.sink.warn("a type of entity has no meaning here: the entity counts as unidentified", row, code)
        kind = "UnidentifiedParty"
    return kind, f"{code}/{subtype}" if subtype else code


def _full(name: dict[str, Any]) -> str:
    """The whole name of a person; from its parts where it is not stated."""
    full: str = name.get("fullName", "")
    return full.strip() or " ".join(part for key in _NAME_PARTS if (part := name.get(key, "").strip()))


def _countries(target: Target, row: int, details: dict[str, Any]) -> tuple[str | None, str | None]:
    """The countries of headquarters and registered address; none where addresses of one type are in several."""
    found: dict[str, set[str]] = {}
    for address in details.get("addresses", ()):
        purpose, stated = address.get("type"), address.get("country")
        if purpose not in ("business", "registered") or stated is None:
            continue
        code, name = _code_and_name(stated)
        country = codes.country(code, name)
        if country is None:
            target.sink.warn("a country of an address is not known: it is left out", row, name or code)
        else:
            if code and name and codes.country("", name) not in (country, None):
                target.sink.warn("the code and the name of a country differ: the code counts", row, f"{code} {name}")
            found.setdefault(purpose, set()).add(country)
    for purpose, countries in found.items():
        if len(countries) > 1:
            told = f"{purpose}: {', '.join(sorted(countries))}"
            target.sink.warn("several addresses of one type are in different countries: none counts", row, told)
    hq, registered = (found.get(purpose, set()) for purpose in ("business", "registered"))
    return next(iter(hq)) if len(hq) == 1 else None, next(iter(registered)) if len(registered) == 1 else None


def _jurisdiction(target: Target, row: int, details: dict[str, Any]) -> str | None:
    stated = details.get("jurisdiction") or details.get("incorporatedInJurisdiction")
    if not stated:
        return None
    code, name = _code_and_name(stated)
    found = codes.jurisdiction(code, name)
    if found is None:
        target.sink.warn("a jurisdiction is not known: it is left out", row, name or code)
    return found


def _code_and_name(stated: Any) -> tuple[str, str]:
    """The code and the name of a country, which before version 0.4 addresses give as a text."""
    if isinstance(stated, dict):
        code, name = stated.get("code", ""), stated.get("name", "")
        return (code if isinstance(code, str) else ""), (name if isinstance(name, str) else "")
    return (stated, "") if isinstance(stated, str) else ("", "")
