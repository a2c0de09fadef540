"""Statements of version 0.1 of the Beneficial Ownership Data Standard."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator
from typing_extensions import TypedDict

from topco.registries.bods.parts import (
    Agent,
    AnnotationFields,
    BandedShare,
    Country,
    DirectOrIndirect,
    EntityReference,
    Identifier,
    PersonType,
    Place,
    ReplacedStatements,
    SourceType,
    violation,
)
from topco.registries.bods.texts import CountryCode, Date, Instant, IsoDate, LongId, Uri

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


class Address(TypedDict):
    type: NotRequired[Literal["placeOfBirth", "home", "residence", "registered", "service", "alternative"]]
    address: NotRequired[str]
    postCode: NotRequired[str]
    country: NotRequired[CountryCode]


class Name(TypedDict):
    type: NotRequired[Literal["individual", "translation", "former", "alias", "aka", "nick", "birth"]]
    fullName: NotRequired[str]
    familyName: NotRequired[str]
    givenName: NotRequired[str]
    patronymicName: NotRequired[str]


class Interest(TypedDict):
    type: NotRequired[InterestType]
    interestLevel: NotRequired[DirectOrIndirect]
    beneficialOwnershipOrControl: NotRequired[bool]
    details: NotRequired[str]
    share: NotRequired[BandedShare]
    startDate: NotRequired[IsoDate]
    endDate: NotRequired[IsoDate]


class PepStatus(TypedDict):
    reason: NotRequired[str]
    jurisdiction: NotRequired[Place]
    startDate: NotRequired[IsoDate]
    endDate: NotRequired[IsoDate]


class InterestedParty(TypedDict):
    describedByEntityStatement: NotRequired[str]
    describedByPersonStatement: NotRequired[str]
    unspecified: NotRequired[Unspecified]


class Statement(TypedDict):
    """What the three types of statement share."""

    statementID: LongId
    statementDate: NotRequired[Date]
    source: NotRequired[Source]
    annotations: NotRequired[list[AnnotationFields]]
    replacesStatements: NotRequired[ReplacedStatements]


class Entity(Statement):
    statementType: Literal["entityStatement"]
    entityType: Literal["registeredEntity", "legalEntity", "arrangement", "anonymousEntity", "unknownEntity"]
    missingInfoReason: NotRequired[str]
    name: NotRequired[str]
    alternateNames: NotRequired[list[str]]
    incorporatedInJurisdiction: NotRequired[Place]
    identifiers: NotRequired[list[Identifier]]
    foundingDate: NotRequired[IsoDate]
    dissolutionDate: NotRequired[IsoDate]
    addresses: NotRequired[list[Address]]
    uri: NotRequired[Uri]


class PersonFields(Statement):
    statementType: Literal["personStatement"]
    personType: NotRequired[PersonType]
    missingInfoReason: NotRequired[str]
    names: NotRequired[list[Name]]
    identifiers: NotRequired[list[Identifier]]
    nationalities: NotRequired[list[Country]]
    placeOfBirth: NotRequired[Address]
    birthDate: NotRequired[IsoDate]
    deathDate: NotRequired[IsoDate]
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


class Ownership(Statement):
    statementType: Literal["ownershipOrControlStatement"]
    subject: EntityReference
    interestedParty: InterestedParty
    interests: NotRequired[list[Interest]]
