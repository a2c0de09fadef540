"""Statements of version 0.1 of the Beneficial Ownership Data Standard."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator
from typing_extensions import TypedDict

from topco.registries.bods.before_04 import (
    DescribedParty,
    IncorporatedEntity,
    LevelledInterest,
    NameInParts,
    PostalAddress,
    SharedOwnership,
    SharedPerson,
)
from topco.registries.bods.parts import (
    Agent,
    AnnotationFields,
    Country,
    PersonType,
    Place,
    ReplacedStatements,
    SourceType,
    violation,
)
from topco.registries.bods.texts import Date, Instant, IsoDate, LongId

Reason = Literal[
    "no-beneficial-owners",
    "subject-unable-to-confirm-or-identify-beneficial-owner",
    "interested-party-has-not-provided-information",
    "subject-exempt-from-disclosure",
    "interested-party-exempt-from-disclosure",
    "unknown",
]
InterestType = Literal[
    "shareholding",
    "voting-rights",
    "appointment-of-board",
    "influence-or-control",
    "senior-managing-official",
    "settlor-of-trust",
    "trustee-of-trust",
    "protector-of-trust",
    "beneficiary-of-trust",
    "other-influence-or-control-of-trust",
    "rights-to-surplus-assets",
    "rights-to-profit-or-income",
]


class Source(TypedDict):
    type: NotRequired[list[SourceType]]
    description: NotRequired[str]
    url: NotRequired[str]
    retrievedAt: NotRequired[Instant]
    assertedBy: NotRequired[list[Agent]]


class Unspecified(TypedDict):
    reason: Reason
    description: NotRequired[str]


class Address(PostalAddress):
    type: NotRequired[Literal["placeOfBirth", "home", "residence", "registered", "service", "alternative"]]


class Name(NameInParts):
    type: NotRequired[Literal["individual", "translation", "former", "alias", "aka", "nick", "birth"]]


class Interest(LevelledInterest):
    type: NotRequired[InterestType]


class PepStatus(TypedDict):
    reason: NotRequired[str]
    jurisdiction: NotRequired[Place]
    startDate: NotRequired[IsoDate]
    endDate: NotRequired[IsoDate]


class InterestedParty(DescribedParty):
    unspecified: NotRequired[Unspecified]


class Statement(TypedDict):
    """What the three types of statement share."""

    statementID: LongId
    statementDate: NotRequired[Date]
    source: NotRequired[Source]
    annotations: NotRequired[list[AnnotationFields]]
    replacesStatements: NotRequired[ReplacedStatements]


class Entity(Statement, IncorporatedEntity):
    missingInfoReason: NotRequired[str]
    addresses: NotRequired[list[Address]]


class PersonFields(Statement, SharedPerson):
    personType: NotRequired[PersonType]
    missingInfoReason: NotRequired[str]
    names: NotRequired[list[Name]]
    nationalities: NotRequired[list[Country]]
    placeOfBirth: NotRequired[Address]
    placeOfResidence: NotRequired[Address]
    addresses: NotRequired[list[Address]]
    pepStatus: NotRequired[list[PepStatus]]
    missingPersonReason: NotRequired[Any]
    missingPersonType: NotRequired[Any]


def _reason_has_type(value: Any) -> Any:
    if "missingPersonReason" in value and "missingPersonType" not in value:
        raise violation("dependencies", "missingPersonType is missing, which missingPersonReason needs")
    return value


Person = Annotated[PersonFields, AfterValidator(_reason_has_type)]


class Ownership(Statement, SharedOwnership):
    interestedParty: InterestedParty
    interests: NotRequired[list[Interest]]
