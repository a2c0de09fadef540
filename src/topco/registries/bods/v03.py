"""Statements of version 0.3 of the Beneficial Ownership Data Standard."""

# Fields are named as the standard names them.
# ruff: noqa: N815

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from topco.registries.bods.before_04 import (
    Address,
    DescribedParty,
    OwnershipStatement,
    PersonStatement,
    SharedEntity,
    SharedInterest,
    Statement,
)
from topco.registries.bods.parts import (
    DirectOrIndirect,
    NamedCountry,
    NamedPlace,
    PepStatus,
    SecuritiesListing,
    Source,
)
from topco.registries.bods.texts import IsoDate

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


class Interest(SharedInterest):
    type: NotRequired[InterestType]
    directOrIndirect: NotRequired[DirectOrIndirect]


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


class InterestedParty(DescribedParty):
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


class Entity(Statement, SharedEntity):
    entityType: EntityType
    unspecifiedEntityDetails: NotRequired[Unspecified]
    jurisdiction: NotRequired[NamedPlace]
    addresses: NotRequired[list[Address]]
    publicListing: NotRequired[PublicListing]
    entitySubtype: NotRequired[EntitySubtype]
    formedByStatute: NotRequired[Statute]


class Person(PersonStatement):
    unspecifiedPersonDetails: NotRequired[Unspecified]
    nationalities: NotRequired[list[NamedCountry]]
    taxResidencies: NotRequired[list[NamedCountry]]
    politicalExposure: NotRequired[PoliticalExposure]


class Ownership(OwnershipStatement):
    interestedParty: InterestedParty
    interests: NotRequired[list[Interest]]
