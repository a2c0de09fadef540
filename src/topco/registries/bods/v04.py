"""Statements of version 0.4 of the Beneficial Ownership Data Standard."""

# Fields are named as the standard names them.
# ruff: noqa: N815

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Discriminator, Tag
from typing_extensions import TypedDict

from topco.registries.bods.parts import (
    Agent,
    AnnotationFields,
    DirectOrIndirect,
    Identifier,
    NamedCountry,
    NamedPlace,
    PepStatus,
    Percentage,
    PersonType,
    Publisher,
    SecuritiesListing,
    SourceType,
    link_has_target,
    violation,
)
from topco.registries.bods.texts import Date, DateOrInstant, PartialDate, StatementId, Uri, Version
from topco.registries.bods.v03 import EntityType, Unspecified
from topco.registries.bods.v03 import InterestType as InterestType03

InterestType = Literal[InterestType03, "nominee", "nominator"]
# Which subtypes an entity of one type may have; of a type that is not listed, none but `other`.
_SUBTYPES = {
    "arrangement": ("trust", "nomination", "other"),
    "legalEntity": ("trust", "other"),
    "stateBody": ("governmentDepartment", "stateAgency", "other"),
}


class Source(TypedDict):
    type: NotRequired[list[SourceType]]
    description: NotRequired[str]
    url: NotRequired[Uri]
    retrievedAt: NotRequired[DateOrInstant]
    assertedBy: NotRequired[list[Agent]]


class AnnotationOfAnyDay(AnnotationFields):
    creationDate: NotRequired[DateOrInstant]


def _content_is_of_transformation(value: Any) -> Any:
    link_has_target(value)
    if value["motivation"] != "transformation" and value.get("transformedContent", "") != "":
        raise violation("const", "only a transformation has transformed content", "transformedContent")
    return value


Annotation = Annotated[AnnotationOfAnyDay, AfterValidator(_content_is_of_transformation)]


class PublicationDetails(TypedDict):
    publicationDate: DateOrInstant
    bodsVersion: Version
    license: NotRequired[Uri]
    publisher: Publisher


class EntityKindFields(TypedDict):
    type: EntityType
    subtype: NotRequired[Literal["governmentDepartment", "stateAgency", "other", "trust", "nomination"]]
    details: NotRequired[str]


def _subtype_fits(value: Any) -> Any:
    subtype = value.get("subtype", "other")
    if subtype != "other" and subtype not in _SUBTYPES.get(value["type"], ()):
        raise violation("enum", "no subtype of this type of entity", "subtype")
    return value


class EntityAddress(TypedDict):
    type: NotRequired[Literal["registered", "business", "alternative"]]
    address: NotRequired[str]
    postCode: NotRequired[str]
    country: NotRequired[NamedCountry]


class PersonAddress(TypedDict):
    type: NotRequired[Literal["residence", "service", "alternative"]]
    address: NotRequired[str]
    postCode: NotRequired[str]
    country: NotRequired[NamedCountry]


class BirthPlace(TypedDict):
    type: NotRequired[Literal["placeOfBirth"]]
    address: NotRequired[str]
    postCode: NotRequired[str]
    country: NotRequired[NamedCountry]


class PublicListing(TypedDict):
    hasPublicListing: bool
    companyFilingsURLs: NotRequired[list[Uri]]
    securitiesListings: NotRequired[list[SecuritiesListing]]


class Statute(TypedDict):
    name: NotRequired[str]
    date: NotRequired[Date]


class EntityRecord(TypedDict):
    isComponent: bool
    entityType: Annotated[EntityKindFields, AfterValidator(_subtype_fits)]
    unspecifiedEntityDetails: NotRequired[Unspecified]
    name: NotRequired[str]
    alternateNames: NotRequired[list[str]]
    jurisdiction: NotRequired[NamedPlace]
    identifiers: NotRequired[list[Identifier]]
    foundingDate: NotRequired[Date]
    dissolutionDate: NotRequired[Date]
    addresses: NotRequired[list[EntityAddress]]
    uri: NotRequired[Uri]
    publicListing: NotRequired[PublicListing]
    formedByStatute: NotRequired[Statute]


class Name(TypedDict):
    type: NotRequired[Literal["legal", "translation", "transliteration", "former", "alternative", "birth"]]
    fullName: str
    familyName: NotRequired[str]
    givenName: NotRequired[str]
    patronymicName: NotRequired[str]


class PepDetails(TypedDict):
    reason: NotRequired[str]
    missingInfoReason: NotRequired[str]
    jurisdiction: NotRequired[NamedPlace]
    startDate: NotRequired[Date]
    endDate: NotRequired[Date]
    source: NotRequired[Source]


class PoliticalExposure(TypedDict):
    status: PepStatus
    details: NotRequired[list[PepDetails]]


class PersonRecord(TypedDict):
    isComponent: bool
    personType: PersonType
    unspecifiedPersonDetails: NotRequired[Unspecified]
    names: NotRequired[list[Name]]
    identifiers: NotRequired[list[Identifier]]
    nationalities: NotRequired[list[NamedCountry]]
    placeOfBirth: NotRequired[BirthPlace]
    birthDate: NotRequired[PartialDate]
    deathDate: NotRequired[PartialDate]
    taxResidencies: NotRequired[list[NamedCountry]]
    addresses: NotRequired[list[PersonAddress]]
    politicalExposure: NotRequired[PoliticalExposure]


class Share(TypedDict):
    exact: NotRequired[Percentage]
    maximum: NotRequired[Percentage]
    minimum: NotRequired[Percentage]
    exclusiveMinimum: NotRequired[Percentage]
    exclusiveMaximum: NotRequired[Percentage]


class Interest(TypedDict):
    type: NotRequired[InterestType]
    directOrIndirect: NotRequired[DirectOrIndirect]
    beneficialOwnershipOrControl: NotRequired[bool]
    details: NotRequired[str]
    share: NotRequired[Share]
    startDate: NotRequired[Date]
    endDate: NotRequired[Date]


def _form_of_party(value: Any) -> str | None:
    return "<record>" if isinstance(value, str) else "<unspecified>" if isinstance(value, dict) else None


Party = Annotated[
    Annotated[str, Tag("<record>")] | Annotated[Unspecified, Tag("<unspecified>")],
    Discriminator(
        _form_of_party,
        custom_error_type="rule:oneOf",
        custom_error_message="a party is the id of a record, or an object with a reason",
    ),
]


class RelationshipFields(TypedDict):
    isComponent: bool
    componentRecords: NotRequired[list[str]]
    subject: Party
    interestedParty: Party
    interests: NotRequired[list[Interest]]


def _component_has_none(value: Any) -> Any:
    if value["isComponent"] and value.get("componentRecords"):
        raise violation("const", "a component has no components itself", "componentRecords")
    return value


RelationshipRecord = Annotated[RelationshipFields, AfterValidator(_component_has_none)]


class Statement(TypedDict):
    """What statements share; of a statement without a known type of record nothing more can be said."""

    statementId: StatementId
    statementDate: DateOrInstant
    annotations: NotRequired[list[Annotation]]
    publicationDetails: NotRequired[PublicationDetails]
    source: NotRequired[Source]
    declaration: NotRequired[str]
    declarationSubject: str
    recordId: str
    recordType: Literal["entity", "person", "relationship"]
    recordStatus: NotRequired[Literal["new", "updated", "closed"]]
    recordDetails: dict[str, Any]


class Entity(Statement):
    recordDetails: EntityRecord  # type: ignore[misc]


class Person(Statement):
    recordDetails: PersonRecord  # type: ignore[misc]


class Relationship(Statement):
    recordDetails: RelationshipRecord  # type: ignore[misc]
