"""What published statements do against their version, and how it is read all the same.

`read` gives a copy that is written as the version asks for, and what is still wrong with it. A statement tagged 0.4 is
held to its schema unless it shows one of the habits that published files of this tag are known for (`HABITS`): then
what else is wrong and changes nothing that becomes evidence is let pass too. Statements of earlier versions are read as
mildly without that. Everything else that is wrong makes a statement a reject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from topco.registries.bods import codes
from topco.registries.bods.validation import NEWEST, Problem, problems
from topco.registries.reference import folded

Note = tuple[str, str]
"""What is unusual, in one of few sentences, and an example of it."""

_MAY_BE_MISSING = (
    "isComponent is missing",
    "publicationDetails is missing",
    "declarationSubject is missing",
)
_IDS = re.compile(r"statementI[dD]|replacesStatements\[\d+\]|componentStatementIDs\[\d+\]")
_CODES = re.compile(
    r"(?:recordDetails\.)?(?:interests\[\d+\]\.(?:type|directOrIndirect|interestLevel)|addresses\[\d+\]\.type)"
)
_ADDRESSES_ON_THE_WEB = re.compile(r"(?:.*\.)?(?:uri|url|license|companyFilingsURLs\[\d+\])")
_DATES = re.compile(r"source\.retrievedAt|publicationDetails\.publicationDate|statementDate")
_COUNTRIES = re.compile(r"(?:recordDetails\.)?(?:addresses\[\d+\]|placeOfBirth|placeOfResidence)\.country")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMPTY_MEANS_MISSING = frozenset(
    (
        *("startDate", "endDate", "birthDate", "deathDate", "foundingDate", "dissolutionDate", "statementDate"),
        *("minimum", "maximum", "exact", "exclusiveMinimum", "exclusiveMaximum", "url", "uri", "retrievedAt", "code"),
    )
)
_DEEPEST = 16
COUNTRY_AS_TEXT = "a country is a text, not an object with name and code"
BY_STATEMENT = "a party is referred to by a statement, as before version 0.4"
UNSPECIFIED_BEFORE = "an unspecified party is written as before version 0.4"
REASON_BEFORE = "the reason for an unspecified party is called unspecifiedReason"
NULL = "a field is null, which the standard does not allow: it counts as missing"
EMPTY = "a date, a number, a code or an address is an empty text: it counts as missing"
HABITS = frozenset((COUNTRY_AS_TEXT, BY_STATEMENT, UNSPECIFIED_BEFORE, REASON_BEFORE, EMPTY))
"""What statements tagged 0.4 were seen to do that were made as before it."""


def read(statement: dict[str, Any], version: str) -> tuple[dict[str, Any], list[Note], list[Problem], list[Problem]]:
    """A statement as it can be read: the copy, what is unusual in it, what is wrong and harmless, and what is not."""
    fixed, notes = repaired(statement, version)
    if version == NEWEST and not HABITS & {reason for reason, _ in notes}:
        notes = []
        fixed = _tidy(statement, notes)
        return fixed, notes, [], problems(fixed, version)
    found = problems(fixed, version)
    harmless = [problem for problem in found if is_harmless(problem)]
    return fixed, notes, harmless, [problem for problem in found if not is_harmless(problem)]


def is_harmless(problem: Problem) -> bool:
    """Whether a statement with this problem can still be read without a guess."""
    path, rule, value = problem.path, problem.rule, problem.value
    if rule == "required":
        return problem.reason in _MAY_BE_MISSING
    if rule in ("minLength", "maxLength"):
        of_id = _IDS.fullmatch(path) is not None and isinstance(value, str) and value.strip() != ""
        return of_id or _COUNTRIES.fullmatch(path) is not None
    if rule == "enum":
        return _CODES.fullmatch(path) is not None
    if rule == "format" and _ADDRESSES_ON_THE_WEB.fullmatch(path):
        return True
    return rule == "format" and _DATES.fullmatch(path) is not None and _DAY.match(str(value)) is not None


def repaired(statement: dict[str, Any], version: str) -> tuple[dict[str, Any], list[Note]]:
    """A copy of a statement without the deviations that published files are known for, and notes of them."""
    notes: list[Note] = []
    fixed = _tidy(statement, notes)
    details = fixed.get("recordDetails") if version == NEWEST else fixed
    if isinstance(details, dict):
        for place in _places(details):
            _repair_country(place, version, notes)
        for name in ("unspecifiedEntityDetails", "unspecifiedPersonDetails"):
            if isinstance(details.get(name), dict):
                details[name] = _repaired_reason(details[name], version, notes)
        if version == NEWEST:
            _repair_parties(details, version, notes)
            interests = details.get("interests")
            for interest in interests if isinstance(interests, list) else ():
                _repair_share(interest, notes)
        elif isinstance(party := details.get("interestedParty"), dict) and isinstance(party.get("unspecified"), dict):
            party["unspecified"] = _repaired_reason(party["unspecified"], version, notes)
    source = fixed.get("source")
    if isinstance(source, dict) and isinstance(source.get("type"), str):
        notes.append(("the types of a source are one text, not a list", source["type"]))
        source["type"] = [part.strip() for part in source["type"].split(",")]
    return fixed, notes


def _tidy(value: Any, notes: list[Note], depth: int = 0) -> Any:
    """A deep copy of objects and lists without nulls and without empty texts where none can be meant.

    What is nested deeper than any field of the standard is nobody's and stays as it is.
    """
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        return [_tidy(inner, notes, depth + 1) for inner in value]
    if not isinstance(value, dict):
        return value
    copy = {}
    for name, inner in value.items():
        if inner is None:
            notes.append((NULL, name))
        elif inner == "" and name in _EMPTY_MEANS_MISSING:
            notes.append((EMPTY, name))
        else:
            copy[name] = _tidy(inner, notes, depth + 1)
    return copy


def _places(details: dict[str, Any]) -> Iterator[tuple[dict[str, Any] | list[Any], Any]]:
    """Where countries stand: the object or list that holds one, and the name or position in it."""
    for name in ("incorporatedInJurisdiction", "jurisdiction"):
        yield details, name
    for name in ("nationalities", "taxResidencies"):
        if isinstance(listed := details.get(name), list):
            yield from ((listed, position) for position in range(len(listed)))
    addresses = details.get("addresses")
    for address in (*(addresses if isinstance(addresses, list) else ()), details.get("placeOfBirth")):
        if isinstance(address, dict):
            yield address, "country"


def _repair_country(place: tuple[dict[str, Any] | list[Any], Any], version: str, notes: list[Note]) -> None:
    holder, name = place
    value = holder.get(name) if isinstance(holder, dict) else holder[name]
    coded = version != NEWEST and name == "country"
    if isinstance(value, str) and not coded:
        law = name in ("jurisdiction", "incorporatedInJurisdiction")
        notes.append(("the law of formation is a text, not an object" if law else COUNTRY_AS_TEXT, value))
        is_code = codes.country(value, "") is not None and len(value) == 2
        holder[name] = {"name": value, "code": value} if is_code else {"name": value}
    elif isinstance(value, dict) and coded:
        notes.append(("a country is an object, not a code", str(value.get("name"))))
        text = value.get("code") or value.get("name")
        holder[name] = text if isinstance(text, str) else value
    elif isinstance(value, dict) and "name" not in value and isinstance(value.get("code"), str):
        notes.append(("a country has a code and no name", value["code"]))
        value["name"] = value["code"]


def _repair_parties(details: dict[str, Any], version: str, notes: list[Note]) -> None:
    for name in ("subject", "interestedParty"):
        party = details.get(name)
        if not isinstance(party, dict):
            continue
        referred = party.get("describedByEntityStatement") or party.get("describedByPersonStatement")
        if isinstance(referred, str):
            notes.append((BY_STATEMENT, referred))
            details[name] = referred
            continue
        if isinstance(party.get("unspecified"), dict):
            notes.append((UNSPECIFIED_BEFORE, name))
            party = party["unspecified"]
        details[name] = _repaired_reason(party, version, notes)


def _repaired_reason(unspecified: dict[str, Any], version: str, notes: list[Note]) -> dict[str, Any]:
    fixed = dict(unspecified)
    if "reason" not in fixed and "unspecifiedReason" in fixed:
        fixed["reason"] = fixed.pop("unspecifiedReason")
        notes.append((REASON_BEFORE, str(fixed["reason"])))
    reason = fixed.get("reason")
    concept = codes.reasons().get(folded(reason)) if isinstance(reason, str) else None
    if concept and concept[0].islower():
        hyphened = re.sub(r"(?<!^)([A-Z])", lambda found: f"-{found[1].lower()}", concept)
        proper = concept if version in ("0.3", NEWEST) else hyphened
        if proper != reason:
            notes.append(("a reason is spelt as in another version", str(reason)))
            fixed["reason"] = proper
    return fixed


def _repair_share(interest: Any, notes: list[Note]) -> None:
    share = interest.get("share") if isinstance(interest, dict) else None
    if not isinstance(share, dict):
        return
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(share.get(flag), bool):
            notes.append(("an exclusive bound is a flag, as before version 0.4", flag))
            if share.pop(flag) and bound in share:
                share[flag] = share.pop(bound)
