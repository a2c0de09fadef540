"""BODS statements as published, made valid under BODS 0.4: those of 0.4 tidied, those of 0.1 to 0.3 rewritten.

Of a 0.4 statement only what its schema refuses is changed: the deviations that published files are known for
(`incorporatedInJurisdiction`, `unspecifiedReason`, countries as text, empty dates, references of earlier versions, one
text for several types of source) and required fields that are missing. A statement without any comes out as it was.
What has no field in 0.4 is kept as an annotation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from topco.exchange import bods_details

if TYPE_CHECKING:
    from datetime import date

Statement = dict[str, Any]

VERSION = "0.4"
_RECORD_TYPES = {
    "entityStatement": "entity",
    "personStatement": "person",
    "ownershipOrControlStatement": "relationship",
}
# Fields of earlier versions that stand beside the record's details, and not in them.
_OF_STATEMENT = frozenset(
    {
        "statementID",
        "statementType",
        "statementDate",
        "publicationDetails",
        "source",
        "annotations",
        "replacesStatements",
    }
)


@dataclass
class References:
    """How the references of one load are read.

    Attributes:
        first: of a statement of 0.1 to 0.3, the first one in the chain of those that it replaces.
        records: of a statement of 0.4, the record that it is about.
    """

    first: dict[str, str] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)

    def record(self, statement: str) -> str:
        """The record that a reference to a statement means; the reference itself if the statement is not there."""
        return self.records.get(statement) or self.first.get(statement, statement)


def is_bods(statement: object) -> bool:
    """Whether a JSON value is a BODS statement of some version."""
    return isinstance(statement, dict) and bool({"statementId", "statementID"} & set(statement))


def valid(statement: Statement, references: References, vintage: date, publisher: str) -> Statement:
    """A statement under BODS 0.4.

    Args:
        statement: as published.
        references: of the load that it is in.
        vintage: of the load; the date of a statement that has none.
        publisher: of the load; named where publication details name nobody.
    """
    old = "statementID" in statement
    said = _without_nulls(statement)
    found = _rewritten(said, references) if old else said
    details = found["recordDetails"] if isinstance(found.get("recordDetails"), dict) else {}
    found["recordDetails"] = details
    kind = found.get("recordType")
    if kind == "entity":
        bods_details.tidy_entity(details)
    elif kind == "person":
        bods_details.tidy_person(details)
    else:
        bods_details.tidy_relationship(details, references.record)
    _tidy_source(found)
    if not found.get("statementDate"):
        published = found.get("publicationDetails") or {}
        found["statementDate"] = published.get("publicationDate") or vintage.isoformat()
        annotate(found, "The source gives no date of the statement; this is the day of its publication.")
    if not found.get("declarationSubject"):
        subject = details.get("subject") if kind == "relationship" else found.get("recordId")
        found["declarationSubject"] = subject if isinstance(subject, str) else found.get("recordId")
    if old or "publicationDetails" in found:
        published = {"publicationDate": vintage.isoformat(), "publisher": {"name": publisher}}
        found["publicationDetails"] = {**published, **(found.get("publicationDetails") or {})}
        if old or "bodsVersion" not in found["publicationDetails"]:
            found["publicationDetails"]["bodsVersion"] = VERSION
    return found


def annotate(statement: Statement, text: str) -> None:
    """Add a comment on the whole statement."""
    comment = {"statementPointerTarget": "", "motivation": "commenting", "description": text}
    statement["annotations"] = [*statement.get("annotations", ()), comment]


def first_of_chains(replaces: dict[str, list[str]]) -> dict[str, str]:
    """Of each statement that replaces others, the first of its chain.

    >>> first_of_chains({"c": ["b"], "b": ["a"]})
    {'c': 'a', 'b': 'a'}
    """
    found = {}
    for statement in replaces:
        seen, here = {statement}, statement
        while replaces.get(here) and replaces[here][0] not in seen:
            here = replaces[here][0]
            seen.add(here)
        found[statement] = here
    return found


def _rewritten(statement: Statement, references: References) -> Statement:
    identifier = str(statement["statementID"])
    record = references.record(identifier)
    found: Statement = {
        "statementId": identifier if 32 <= len(identifier) <= 64 else str(uuid5(NAMESPACE_URL, identifier)),
        "recordId": record,
        "recordType": _RECORD_TYPES.get(str(statement.get("statementType")), "relationship"),
        "recordStatus": "updated" if statement.get("replacesStatements") else "new",
    }
    for name in ("statementDate", "publicationDetails", "source", "annotations"):
        if statement.get(name):
            found[name] = statement[name]
    details = {name: value for name, value in statement.items() if name not in _OF_STATEMENT}
    if found["recordType"] == "entity":
        bods_details.rewrite_entity(details)
    elif found["recordType"] == "person":
        bods_details.rewrite_person(details)
    else:
        bods_details.rewrite_relationship(details, references.record)
    found["recordDetails"] = details
    if replaced := statement.get("replacesStatements"):
        annotate(found, f"Replaces the statements {', '.join(map(str, replaced))}.")
    if found["statementId"] != identifier:
        annotate(found, f"The source calls this statement {identifier}.")
    return found


def _without_nulls(value: Any) -> Any:
    """A copy without the fields that are null, which no field of any version may be."""
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value if one is not None]
    return value


def _tidy_source(statement: Statement) -> None:
    source = statement.get("source")
    if isinstance(source, dict):
        if isinstance(source.get("type"), str):
            source["type"] = [part.strip() for part in source["type"].split(",") if part.strip()]
        if source.get("retrievedAt") == "":
            del source["retrievedAt"]
