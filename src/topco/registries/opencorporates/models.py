"""The records of OpenCorporates: companies, entities, control statements, share parcels, subsidiaries."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from topco.registries.opencorporates.parts import (
    CompanyParts,
    Contacts,
    Identifier,
    PreviousName,
    TypedAddress,
)
from topco.registries.opencorporates.values import (
    ClosedRecord,
    Code,
    Day,
    Filled,
    Flag,
    Given,
    Instant,
    NotBlank,
    Number,
    Percentage,
    Record,
    Text,
    Whole,
    require_one,
)

Confidence = Literal["HIGH", "MEDIUM", "LOW"]
When = Literal["at", "before", "after"]


class NestedCompany(CompanyParts):
    """A company as a statement about something else names it."""

    company_number: Given[Filled] = None
    name: Given[Filled] = None
    jurisdiction: Given[Text] = None
    jurisdiction_code: Given[Code] = None
    retrieved_at: Given[Day] = None
    registry_url: Given[Text] = None
    addresses: Given[list[TypedAddress]] = None
    identifiers: Given[list[Identifier]] = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        require_one(self, "name", "company_number")
        return self


class PersonName(Record):
    """A name in parts."""

    given_name: NotBlank | None = None
    family_name: NotBlank | None = None
    first_name: NotBlank | None = None
    middle_name: NotBlank | None = None
    last_name: NotBlank | None = None
    title: NotBlank | None = None
    suffixes: NotBlank | None = None


class PartialDate(ClosedRecord):
    """A date of which the year or the day may be unknown."""

    year: Given[Number] = None
    month: Given[Number] = None
    day: Number | None = None

    @model_validator(mode="after")
    def _is_enough(self) -> Self:
        require_one(self, "month")
        require_one(self, "year", "day")
        return self


class Party(Contacts):
    """What persons, organisations and parties of unknown sort have in common."""

    jurisdiction: Given[Text] = None
    addresses: Given[list[TypedAddress]] = None
    identifiers: list[Identifier] | None = None
    other_attributes: Given[dict[str, Any]] = None


class Person(Party):
    """A human being."""

    name: NotBlank | PersonName | None
    company: Given[NestedCompany] = None
    relationship_with_company: Literal["employee", "director", "shareholder"] | None = None
    uid: Given[Filled] = None
    date_of_birth: Given[Day | PartialDate] = None
    nationality: Given[NotBlank] = None
    country_of_residence: Given[NotBlank] = None


class Organisation(Party):
    """A body that is perhaps no company."""

    name: Filled
    legal_form: Given[Text] = None
    previous_names: Given[list[PreviousName]] = None


class UnknownParty(Party):
    """A named party of which nobody says whether it is a person."""

    name: Filled
    uid: Given[Text] = None
    previous_names: Given[list[PreviousName]] = None


class CompanyEntity(Record):
    """A company in a statement."""

    entity_type: Literal["company"]
    entity_properties: NestedCompany


class PersonEntity(Record):
    """A person in a statement."""

    entity_type: Literal["person"]
    entity_properties: Person


class OrganisationEntity(Record):
    """An organisation in a statement."""

    entity_type: Literal["organisation"]
    entity_properties: Organisation


class UnknownEntity(Record):
    """A party of unknown sort in a statement."""

    entity_type: Literal["unknown"]
    entity_properties: UnknownParty


Entity = Annotated[
    CompanyEntity | PersonEntity | OrganisationEntity | UnknownEntity, Field(discriminator="entity_type")
]


class Registration(ClosedRecord):
    """What the two statements about registrations have in common."""

    retrieved_at: Day
    confidence: Confidence
    publication_date: Given[Day] = None
    start_date: Given[Day] = None
    start_date_type: Given[When] = None
    sample_date: Given[Day] = None
    source_url: Given[Text] = None

    @model_validator(mode="after")
    def _is_dated(self) -> Self:
        require_one(self, "start_date", "sample_date")
        return self


class AlternateRegistration(Registration):
    """That one company stands several times in registers."""

    data_type: Literal["alternate-registration"]
    alternate_entities: list[Entity]
    alternate_registration_start_date: Given[Day] = None
    alternate_registration_end_date: Given[Day] = None


class SubsequentRegistration(Registration):
    """That a registration was followed by another one."""

    data_type: Literal["subsequent-registration"]
    previous_entity: Entity
    subsequent_entity: Entity
    subsequent_registration_start_date: Given[Day] = None
    previous_registration_end_date: Given[Day] = None


class Company(CompanyParts):
    """A company's record in a register."""

    company_number: Filled
    name: Filled
    jurisdiction_code: Code
    retrieved_at: Day
    registry_url: Text | None = None
    identifiers: list[Identifier] | None = None
    subsequent_registrations: Given[list[SubsequentRegistration]] = None
    alternate_registrations: Given[list[AlternateRegistration]] = None


class Range(ClosedRecord):
    """A band of percentages."""

    minimum: Given[Number] = None
    maximum: Given[Number] = None
    exclusive_minimum: Given[Flag] = None
    exclusive_maximum: Given[Flag] = None


class MechanismProperties(Record):
    """How, and how much, a mechanism gives."""

    exercised_via: Literal["trust", "firm"] | None = None


class ShareProperties(MechanismProperties):
    """How many shares."""

    number_of_shares: Given[Whole] = None
    percentage_of_shares: Given[Percentage | Range] = None
    share_class: Given[Text] = None


class VoteProperties(MechanismProperties):
    """How many votes."""

    voting_percentage: Given[Percentage | Range] = None


class SurplusProperties(MechanismProperties):
    """How much of the surplus."""

    percentage_rights: Given[Percentage | Range] = None


def _held_as(value: Any) -> str:
    """The schema looks into an object and lets everything else pass."""
    return "object" if isinstance(value, dict) else "other"


class ShareMechanism(ClosedRecord):
    """Control by shares."""

    mechanism_type: Literal["share_ownership"]
    mechanism_properties: Annotated[
        Annotated[ShareProperties, Tag("object")] | Annotated[Any, Tag("other")], Discriminator(_held_as)
    ] = None
    source_description: Given[Text] = None


class VoteMechanism(ClosedRecord):
    """Control by votes."""

    mechanism_type: Literal["voting_rights"]
    mechanism_properties: Annotated[
        Annotated[VoteProperties, Tag("object")] | Annotated[Any, Tag("other")], Discriminator(_held_as)
    ] = None
    source_description: Given[Text] = None


class SurplusMechanism(ClosedRecord):
    """A right to what is left when a company ends."""

    mechanism_type: Literal["right_to_share_surplus_assets"]
    mechanism_properties: Annotated[
        Annotated[SurplusProperties, Tag("object")] | Annotated[Any, Tag("other")], Discriminator(_held_as)
    ] = None
    source_description: Given[Text] = None


class PlainMechanism(ClosedRecord):
    """Control by a right without a size."""

    mechanism_type: Literal[
        "right_to_appoint_and_remove_directors",
        "right_to_appoint_and_remove_members",
        "right_to_appoint_and_remove_person",
        "significant_influence_or_control",
    ]
    mechanism_properties: Annotated[
        Annotated[MechanismProperties, Tag("object")] | Annotated[Any, Tag("other")], Discriminator(_held_as)
    ] = None
    source_description: Given[Text] = None


Mechanism = Annotated[
    ShareMechanism | VoteMechanism | SurplusMechanism | PlainMechanism, Field(discriminator="mechanism_type")
]


class ControlStatement(ClosedRecord):
    """That parties control a company, by which means, and since when."""

    subject_entity: Entity
    control_level: Literal["direct", "indirect", "unknown"] | None
    retrieved_at: Instant
    source_url: Annotated[Text, Field(min_length=11)]
    sample_date: Day
    confidence: Confidence
    ultimate_beneficial_owner: Given[Flag] = None
    controlling_entities: Given[list[Entity]] = None
    control_mechanisms: Given[list[Annotated[Text, Field(min_length=2)] | Mechanism | None]] = None
    no_controlling_entities_reasons: Given[list[Text]] = None
    uid: Given[Text] = None
    url: Given[Text] = None
    start_date: Given[Day] = None
    start_date_type: Given[When] = None
    end_date: Given[Day] = None
    end_date_type: Given[When] = None
    other_attributes: Given[dict[str, Any]] = None
