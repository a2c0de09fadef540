"""What statements had in common before version 0.4: fields that 0.1 to 0.3, or two of the three, write alike.

Each version adds what it writes in its own way, which are mostly its codes and the countries.
"""

# Fields are named as the standard names them.

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from topco.registries.bods.parts import (
    Annotation,
    BandedShare,
    DirectOrIndirect,
    EntityReference,
    Identifier,
    PersonType,
    Place,
    PublicationDetails,
    ReplacedStatements,
    Source,
)
from topco.registries.bods.texts import CountryCode, Date, IsoDate, StatementId, Uri


class PostalAddress(TypedDict):
    """An address without what it is for."""

    address: NotRequired[str]
    postCode: NotRequired[str]
    country: NotRequired[CountryCode]


class NameInParts(TypedDict):
    """A name without what kind of name it is."""

    fullName: NotRequired[str]
    familyName: NotRequired[str]
    givenName: NotRequired[str]
    patronymicName: NotRequired[str]


class SharedInterest(TypedDict):
    """An interest without its type, and without how directly it is held."""

    beneficialOwnershipOrControl: NotRequired[bool]
    details: NotRequired[str]
    share: NotRequired[BandedShare]
    startDate: NotRequired[IsoDate]
    endDate: NotRequired[IsoDate]


class LevelledInterest(SharedInterest):
    """An interest as 0.1 and 0.2 say how directly it is held."""

    interestLevel: NotRequired[DirectOrIndirect]


class DescribedParty(TypedDict):
    """The interested party where a statement describes it."""

    describedByEntityStatement: NotRequired[str]
    describedByPersonStatement: NotRequired[str]


class SharedEntity(TypedDict):
    """An entity without its type and where it is."""

    statementType: Literal["entityStatement"]
    name: NotRequired[str]
    alternateNames: NotRequired[list[str]]
    identifiers: NotRequired[list[Identifier]]
    foundingDate: NotRequired[IsoDate]
    dissolutionDate: NotRequired[IsoDate]
    uri: NotRequired[Uri]


class IncorporatedEntity(SharedEntity):
    """An entity as 0.1 and 0.2 say its type and jurisdiction."""

    entityType: Literal["registeredEntity", "legalEntity", "arrangement", "anonymousEntity", "unknownEntity"]
    incorporatedInJurisdiction: NotRequired[Place]


class SharedPerson(TypedDict):
    """A person without names and places."""

    statementType: Literal["personStatement"]
    identifiers: NotRequired[list[Identifier]]
    birthDate: NotRequired[IsoDate]
    deathDate: NotRequired[IsoDate]


class SharedOwnership(TypedDict):
    """The company that an ownership-or-control statement is about."""

    statementType: Literal["ownershipOrControlStatement"]
    subject: EntityReference


# The rest is alike in 0.2 and 0.3.


class Address(PostalAddress):
    """An address and what it is for."""

    type: NotRequired[Literal["placeOfBirth", "residence", "registered", "service", "alternative", "business"]]


class Name(NameInParts):
    """A name and what kind of name it is."""

    type: NotRequired[Literal["individual", "translation", "transliteration", "former", "alternative", "birth"]]


class Statement(TypedDict):
    """What the three types of statement share."""

    statementID: StatementId
    statementDate: NotRequired[Date]
    isComponent: bool
    publicationDetails: PublicationDetails
    source: NotRequired[Source]
    annotations: NotRequired[list[Annotation]]
    replacesStatements: NotRequired[ReplacedStatements]


class PersonStatement(Statement, SharedPerson):
    """A person without countries, public offices and the reason why nobody is named."""

    personType: PersonType
    names: NotRequired[list[Name]]
    placeOfBirth: NotRequired[Address]
    placeOfResidence: NotRequired[Address]
    addresses: NotRequired[list[Address]]


class OwnershipStatement(Statement, SharedOwnership):
    """An ownership-or-control statement without the party and its interests."""

    componentStatementIDs: NotRequired[list[StatementId]]
