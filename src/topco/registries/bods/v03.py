"""Statements of version 0.3 of the Beneficial Ownership Data Standard; what is as in 0.2 stands there."""

# Fields are named as the standard names them.
# ruff: noqa: N815

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from topco.registries.bods.parts import (
    BandedShare,
    DirectOrIndirect,
    EntityReference,
    Identifier,
    NamedCountry,
    NamedPlace,
    PepStatus,
    PersonType,
    SecuritiesListing,
    Source,
)
from topco.registries.bods.texts import IsoDate, StatementId, Uri
from topco.registries.bods.v02 import Address, Name, Statement

EntityType = Literal[
    "registeredEntity", "legalEntity", "arrangement", "anonymousEntity", "unknownEntity", "state", "stateBody"
]
Reason = Literal[
    "noBeneficialOwners",
    "subjectUnableToConfirmOrIdentifyBeneficialOwner",
    "interestedPartyHasNotProvidedInformation",
    "subjectExemptFromDisclosure",
    "interestedPartyExemptFromDisclosure",
    "unknown",
    "informationUnknownToPublisher",
]
InterestType = Literal[
    "shareholding",
    "votingRights",
    "appointmentOfBoard",
    "otherInfluenceOrControl",
    "seniorManagingOfficial",
    "settlor",
    "trustee",
    "protector",
    "beneficiaryOfLegalArrangement",
    "rightsToSurplusAssetsOnDissolution",
    "rightsToProfitOrIncome",
    "rightsGrantedByContract",
    "conditionalRightsGrantedByContract",
    "controlViaCompanyRulesOrArticles",
    "controlByLegalFramework",
    "boardMember",
    "boardChair",
    "unknownInterest",
    "unpublishedInterest",
    "enjoymentAndUseOfAssets",
    "rightToProfitOrIncomeFromAssets",
]


class Unspecified(TypedDict):
    reason: Reason
    description: NotRequired[str]


class Interest(TypedDict):
    type: NotRequired[InterestType]
    directOrIndirect: NotRequired[DirectOrIndirect]
    beneficialOwnershipOrControl: NotRequired[bool]
    details: NotRequired[str]
    share: NotRequired[BandedShare]
    startDate: NotRequired[IsoDate]
    endDate: NotRequired[IsoDate]


class PepDetails(TypedDict):
    reason: NotRequired[str]
    missingInfoReason: NotRequired[str]
    jurisdiction: NotRequired[NamedPlace]
    startDate: NotRequired[IsoDate]
    endDate: NotRequired[IsoDate]
    source: NotRequired[Source]


class PoliticalExposure(TypedDict):
    status: PepStatus
    details: NotRequired[list[PepDetails]]


class InterestedParty(TypedDict):
    describedByEntityStatement: NotRequired[str]
    describedByPersonStatement: NotRequired[str]
    unspecified: NotRequired[Unspecified]


class PublicListing(TypedDict):
    hasPublicListing: bool
    companyFilingsURLs: NotRequired[list[str]]
    securitiesListings: list[SecuritiesListing]


class EntitySubtype(TypedDict):
    generalCategory: Literal["stateBody-governmentDepartment", "stateBody-stateAgency", "stateBody-other"]
    localTerm: NotRequired[str]


class Statute(TypedDict):
    name: NotRequired[str]
    date: NotRequired[IsoDate]


class Entity(Statement):
    statementType: Literal["entityStatement"]
    entityType: EntityType
    unspecifiedEntityDetails: NotRequired[Unspecified]
    name: NotRequired[str]
    alternateNames: NotRequired[list[str]]
    jurisdiction: NotRequired[NamedPlace]
    identifiers: NotRequired[list[Identifier]]
    foundingDate: NotRequired[IsoDate]
    dissolutionDate: NotRequired[IsoDate]
    addresses: NotRequired[list[Address]]
    uri: NotRequired[Uri]
    publicListing: NotRequired[PublicListing]
    entitySubtype: NotRequired[EntitySubtype]
    formedByStatute: NotRequired[Statute]


class Person(Statement):
    statementType: Literal["personStatement"]
    personType: PersonType
    unspecifiedPersonDetails: NotRequired[Unspecified]
    names: NotRequired[list[Name]]
    identifiers: NotRequired[list[Identifier]]
    nationalities: NotRequired[list[NamedCountry]]
    placeOfBirth: NotRequired[Address]
    birthDate: NotRequired[IsoDate]
    deathDate: NotRequired[IsoDate]
    placeOfResidence: NotRequired[Address]
    taxResidencies: NotRequired[list[NamedCountry]]
    addresses: NotRequired[list[Address]]
    politicalExposure: NotRequired[PoliticalExposure]


class Ownership(Statement):
    statementType: Literal["ownershipOrControlStatement"]
    componentStatementIDs: NotRequired[list[StatementId]]
    subject: EntityReference
    interestedParty: InterestedParty
    interests: NotRequired[list[Interest]]
