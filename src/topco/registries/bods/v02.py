"""Statements of version 0.2 of the Beneficial Ownership Data Standard."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from topco.registries.bods.parts import (
    Annotation,
    BandedShare,
    Country,
    DirectOrIndirect,
    EntityReference,
    Identifier,
    PepDetails,
    PersonType,
    Place,
    PublicationDetails,
    ReplacedStatements,
    Source,
)
from topco.registries.bods.texts import CountryCode, Date, IsoDate, StatementId, Uri

Reason = Literal[
    "no-beneficial-owners",
    "subject-unable-to-confirm-or-identify-beneficial-owner",
    "interested-party-has-not-provided-information",
    "subject-exempt-from-disclosure",
    "interested-party-exempt-from-disclosure",
    "information-unknown-to-publisher",
    "unknown",
]
InterestType = Literal[
    "shareholding",
    "voting-rights",
    "appointment-of-board",
    "other-influence-or-control",
    "senior-managing-official",
    "settlor-of-trust",
    "trustee-of-trust",
    "protector-of-trust",
    "beneficiary-of-trust",
    "other-influence-or-control-of-trust",
    "rights-to-surplus-assets-on-dissolution",
    "rights-to-profit-or-income",
    "rights-granted-by-contract",
    "conditional-rights-granted-by-contract",
]


class Unspecified(TypedDict):
    reason: Reason
    description: NotRequired[str]


class Address(TypedDict):
    type: NotRequired[Literal["placeOfBirth", "residence", "registered", "service", "alternative", "business"]]
    address: NotRequired[str]
    postCode: NotRequired[str]
    country: NotRequired[CountryCode]


class Name(TypedDict):
    type: NotRequired[Literal["individual", "translation", "transliteration", "former", "alternative", "birth"]]
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


class InterestedParty(TypedDict):
    describedByEntityStatement: NotRequired[str]
    describedByPersonStatement: NotRequired[str]
    unspecified: NotRequired[Unspecified]


class Statement(TypedDict):
    """What the three types of statement share."""

    statementID: StatementId
    statementDate: NotRequired[Date]
    isComponent: bool
    publicationDetails: PublicationDetails
    source: NotRequired[Source]
    annotations: NotRequired[list[Annotation]]
    replacesStatements: NotRequired[ReplacedStatements]


class Entity(Statement):
    statementType: Literal["entityStatement"]
    entityType: Literal["registeredEntity", "legalEntity", "arrangement", "anonymousEntity", "unknownEntity"]
    unspecifiedEntityDetails: NotRequired[Unspecified]
    name: NotRequired[str]
    alternateNames: NotRequired[list[str]]
    incorporatedInJurisdiction: NotRequired[Place]
    identifiers: NotRequired[list[Identifier]]
    foundingDate: NotRequired[IsoDate]
    dissolutionDate: NotRequired[IsoDate]
    addresses: NotRequired[list[Address]]
    uri: NotRequired[Uri]


class Person(Statement):
    statementType: Literal["personStatement"]
    personType: PersonType
    unspecifiedPersonDetails: NotRequired[Unspecified]
    names: NotRequired[list[Name]]
    identifiers: NotRequired[list[Identifier]]
    nationalities: NotRequired[list[Country]]
    placeOfBirth: NotRequired[Address]
    birthDate: NotRequired[IsoDate]
    deathDate: NotRequired[IsoDate]
    placeOfResidence: NotRequired[Address]
    taxResidencies: NotRequired[list[Country]]
    addresses: NotRequired[list[Address]]
    hasPepStatus: NotRequired[bool]
    pepStatusDetails: NotRequired[list[PepDetails]]


class Ownership(Statement):
    statementType: Literal["ownershipOrControlStatement"]
    componentStatementIDs: NotRequired[list[StatementId]]
    subject: EntityReference
    interestedParty: InterestedParty
    interests: NotRequired[list[Interest]]
