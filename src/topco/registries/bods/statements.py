"""One view of statements of every version: what is common to them under one name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from topco.registries.bods.validation import NEWEST

_KINDS = {"entityStatement": "entity", "personStatement": "person", "ownershipOrControlStatement": "relationship"}


@dataclass(slots=True)
class Statement:
    """A usable statement.

    `key` is the record that it describes, before version 0.4 the statement itself; `details` holds what it says about
    the record; `published` and `stated` are its dates as written.
    """

    version: str
    kind: str
    id: str
    key: str
    status: str
    details: dict[str, Any]
    stated: str | None
    published: str | None
    replaces: list[str]

    @property
    def closed(self) -> bool:
        return self.status == "closed"

    @property
    def components(self) -> tuple[str, ...]:
        """The references to what spells a relationship out."""
        return tuple(self.details.get("componentRecords" if self.version == NEWEST else "componentStatementIDs") or ())

    def reference(self, name: str) -> str | None:
        """The statement or record that a party is described by, None if it is unspecified."""
        party = self.details[name]
        if isinstance(party, str):
            return party
        referred = party.get("describedByEntityStatement") or party.get("describedByPersonStatement")
        return referred if isinstance(referred, str) else None

    def unspecified(self, name: str) -> dict[str, Any]:
        """What is said about a party that is not named."""
        party = self.details[name]
        found = party if self.version == NEWEST else party.get("unspecified")
        return found if isinstance(found, dict) else {}


def viewed(statement: dict[str, Any], version: str) -> Statement:
    """The view of a statement that is valid, or repaired."""
    published = (statement.get("publicationDetails") or {}).get("publicationDate")
    if version == NEWEST:
        return Statement(
            version,
            statement["recordType"],
            statement["statementId"],
            statement["recordId"],
            statement.get("recordStatus", ""),
            statement["recordDetails"],
            statement.get("statementDate"),
            published,
            [],
        )
    return Statement(
        version,
        _KINDS[statement["statementType"]],
        statement["statementID"],
        statement["statementID"],
        "",
        statement,
        statement.get("statementDate"),
        published,
        statement.get("replacesStatements", []),
    )


def publisher_of(statement: dict[str, Any]) -> str | None:
    """The name of the publisher that a statement gives."""
    publication = statement.get("publicationDetails")
    publisher = publication.get("publisher") if isinstance(publication, dict) else None
    name = publisher.get("name") if isinstance(publisher, dict) else None
    return name.strip() or None if isinstance(name, str) else None
