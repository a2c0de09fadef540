"""What statements of several versions have in common: typed dictionaries, and rules between fields.

A typed dictionary says exactly what a JSON schema says of an object: which fields must be there, what those that are
there hold, and nothing about further ones. Absent and null differ: no field may be null.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from topco.registries.bods.texts import (
    CountryCode,
    Date,
    Instant,
    IsoDate,
    LongId,
    PlaceCode,
    StatementId,
    Uri,
    Version,
)

Percentage = Annotated[float, Field(ge=0, le=100)]
PersonType = Literal["anonymousPerson", "unknownPerson", "knownPerson"]
DirectOrIndirect = Literal["direct", "indirect", "unknown"]
SourceType = Literal["selfDeclaration", "officialRegister", "thirdParty", "primaryResearch", "verified"]
Motivation = Literal["commenting", "correcting", "identifying", "linking", "transformation"]
PepStatus = Literal["isPep", "isNotPep", "unknown"]


def violation(rule: str, message: str, *at: str | int) -> PydanticCustomError:
    """A rule between fields that is broken; `at` leads from the object to the field that is to blame."""
    return PydanticCustomError(f"rule:{rule}", message, {"at": at})


def _has_scheme(value: Any) -> Any:
    if "scheme" not in value and "schemeName" not in value:
        raise violation("anyOf", "an identifier needs a scheme or the name of a scheme")
    return value


def _has_name(value: Any) -> Any:
    if "name" not in value and "url" not in value:
        raise violation("anyOf", "a publisher needs a name or an address on the web")
    return value


def link_has_target(value: Any) -> Any:
    """An annotation that links says where to."""
    if value["motivation"] == "linking" and "url" not in value:
        raise violation("required", "url is missing, which a link needs")
    return value


class IdentifierFields(TypedDict):
    id: NotRequired[str]
    scheme: NotRequired[str]
    schemeName: NotRequired[str]
    uri: NotRequired[Uri]


Identifier = Annotated[IdentifierFields, AfterValidator(_has_scheme)]


class Agent(TypedDict):
    name: NotRequired[str]
    uri: NotRequired[Uri]


class PublisherFields(TypedDict):
    name: NotRequired[str]
    url: NotRequired[Uri]


Publisher = Annotated[PublisherFields, AfterValidator(_has_name)]


class Place(TypedDict):
    """A country or a part of one, named or coded (to version 0.2)."""

    name: NotRequired[str]
    code: NotRequired[PlaceCode]


class NamedPlace(TypedDict):
    """A country or a part of one, which must be named (from version 0.3 on)."""

    name: str
    code: NotRequired[PlaceCode]


class Country(TypedDict):
    name: NotRequired[str]
    code: NotRequired[CountryCode]


class NamedCountry(TypedDict):
    name: str
    code: NotRequired[CountryCode]


class Source(TypedDict):
    """Where a statement comes from (versions 0.2 and 0.3; the others widen it)."""

    type: NotRequired[list[SourceType]]
    description: NotRequired[str]
    url: NotRequired[Uri]
    retrievedAt: NotRequired[Instant]
    assertedBy: NotRequired[list[Agent]]


class AnnotationFields(TypedDict):
    statementPointerTarget: str
    creationDate: NotRequired[Date]
    createdBy: NotRequired[Agent]
    motivation: Motivation
    description: NotRequired[str]
    transformedContent: NotRequired[str]
    url: NotRequired[Uri]


Annotation = Annotated[AnnotationFields, AfterValidator(link_has_target)]


class PublicationDetails(TypedDict):
    publicationDate: Date
    bodsVersion: Version
    license: NotRequired[Uri]
    publisher: Publisher


class BandedShare(TypedDict):
    """A share with flags beside its bounds (to version 0.3)."""

    exact: NotRequired[Percentage]
    maximum: NotRequired[Percentage]
    minimum: NotRequired[Percentage]
    exclusiveMinimum: NotRequired[bool]
    exclusiveMaximum: NotRequired[bool]


class EntityReference(TypedDict):
    describedByEntityStatement: str


class PepDetails(TypedDict):
    """A public office of a person (version 0.2)."""

    reason: NotRequired[str]
    missingInfoReason: NotRequired[str]
    jurisdiction: NotRequired[Place]
    startDate: NotRequired[IsoDate]
    endDate: NotRequired[IsoDate]
    source: NotRequired[Source]


class Security(TypedDict):
    idScheme: NotRequired[Literal["isin", "figi", "cusip", "cins"]]
    id: NotRequired[str]
    ticker: str


class SecuritiesListing(TypedDict):
    marketIdentifierCode: NotRequired[str]
    operatingMarketIdentifierCode: NotRequired[str]
    stockExchangeJurisdiction: PlaceCode
    stockExchangeName: str
    security: Security


ReplacedStatements = list[StatementId]
OpenId = LongId
