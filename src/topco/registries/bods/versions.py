"""Which version of the standard a statement is written in: by its tag, and by its shape where there is none."""

from __future__ import annotations

from typing import Any

from topco.registries.bods.validation import NEWEST, VERSIONS

TAG = "publicationDetails.bodsVersion"
# Fields that came with version 0.3.
_SINCE_03 = ("jurisdiction", "politicalExposure", "entitySubtype", "publicListing", "formedByStatute")


_OF_04 = frozenset(("statementId", "recordId", "recordType", "recordDetails"))
_MOST_OF_04 = 3


def looks_like_a_statement(record: Any) -> bool:
    """Whether a record has the id and the type that statements of any version have, or most of what 0.4 asks for.

    >>> looks_like_a_statement({"statementID": "x", "statementType": "personStatement"})
    True
    >>> looks_like_a_statement({"recordId": "x", "recordType": "entity", "recordDetails": {}})
    True
    """
    if not isinstance(record, dict):
        return False
    older = "statementID" in record and "statementType" in record
    return older or len(_OF_04 & record.keys()) >= _MOST_OF_04


def tag_of(statement: dict[str, Any]) -> Any:
    """The version that a statement says it has, None if it says none."""
    publication = statement.get("publicationDetails")
    return publication.get("bodsVersion") if type(publication) is dict else None


def version_of(statement: dict[str, Any]) -> str | None:
    """The version by whose model a statement is judged; None if its tag names one that is not known.

    The shape prevails over the tag: records came with 0.4, so no older statement has them and no newer one lacks them.

    >>> version_of({"statementID": "x", "statementType": "entityStatement"})
    '0.1'
    """
    tag = tag_of(statement)
    if type(tag) is str and tag not in VERSIONS:
        return None
    if "recordType" in statement or "statementId" in statement:
        return NEWEST
    if type(tag) is str and tag != NEWEST:
        return tag
    return _by_shape(statement)


def _by_shape(statement: dict[str, Any]) -> str:
    interests = statement.get("interests")
    listed = [interest for interest in interests if isinstance(interest, dict)] if isinstance(interests, list) else []
    modern = any("directOrIndirect" in interest or not str(interest.get("type", "")).islower() for interest in listed)
    if modern or any(name in statement for name in _SINCE_03):
        return "0.3"
    return "0.2" if "isComponent" in statement else "0.1"
