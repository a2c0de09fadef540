"""The parts that OpenCorporates' records share: addresses, names, officers, identifiers, share parcels."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from topco.registries.opencorporates.values import (
    AsciiWordlike,
    ClosedRecord,
    Day,
    Filled,
    FilledNotBlank,
    Given,
    NotBlank,
    Number,
    Percentage,
    Record,
    Telephone,
    Text,
    Website,
    Whole,
    Wordlike,
    require_one,
)


class PostalAddress(Record):
    """An address in parts."""

    street_address: Given[Text] = None
    locality: Given[Text] = None
    region: Given[Text] = None
    postal_code: Given[Text] = None
    country: Given[Text] = None
    country_code: Given[Text] = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        require_one(self, "street_address", "postal_code", "locality")
        return self


Address = Annotated[Text, Field(min_length=2)] | PostalAddress | None
Websites = Website | list[Website] | None


class TypedAddress(ClosedRecord):
    """An address and what it is for."""

    address: Address
    type: Literal["registered", "headquarters", "mailing", "trading", "unknown"]


class OfficerAttributes(Record):
    """What else is known of an officer."""

    date_of_birth: Given[Day] = None
    nationality: Given[Text] = None
    person_uid: Given[Text] = None
    address: Address = None
    type: Given[Literal["Person", "Company"]] = None


class Officer(ClosedRecord):
    """Somebody with an office in a company: no owner."""

    name: Wordlike
    start_date: Day | None = None
    end_date: Day | None = None
    position: Given[Text] = None
    uid: Given[Text] = None
    other_attributes: Given[OfficerAttributes] = None


class Shareholder(Record):
    """A holder named in a share parcel of a company."""

    name: Filled
    jurisdiction: Given[Text] = None
    company_number: Given[Text] = None
    identifier: Given[Text] = None
    type: Given[Literal["Company", "Person"]] = None
    address: Address = None
    address_country: Given[Text] = None


class ShareParcel(Record):
    """A block of shares and who holds it, together if several are named."""

    number_of_shares: Given[Whole] = None
    percentage_of_shares: Given[Percentage] = None
    percentage_of_shares_min: Percentage | None = None
    percentage_of_shares_max: Percentage | None = None
    voting_percentage: Given[Percentage] = None
    voting_percentage_min: Percentage | None = None
    voting_percentage_max: Percentage | None = None
    share_class: Given[Text] = None
    start_date: Given[Day] = None
    end_date: Given[Day] = None
    sample_date: Given[Day] = None
    shareholders: Given[Annotated[list[Shareholder], Field(min_length=1)]] = None


class TotalShares(ClosedRecord):
    """How many shares a company has."""

    number: Whole
    share_class: Given[Filled] = None


class Filing(Record):
    """A document filed with a register."""

    date: Annotated[Day, Field(min_length=1)]
    title: Given[Text] = None
    description: Given[Text] = None
    uid: Given[Text] = None
    url: Given[Text] = None
    filing_type_code: Given[Text] = None
    filing_type_name: Given[Text] = None
    other_attributes: Given[dict[str, Any]] = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        require_one(self, "title", "description", "filing_type_name")
        return self


class Identifier(Record):
    """A number of the company in another system."""

    uid: FilledNotBlank
    identifier_system_code: NotBlank


class IndustryCode(Record):
    """What a company does."""

    code: AsciiWordlike
    code_scheme_id: Text
    name: Given[Text] = None
    start_date: Given[Day] = None
    end_date: Given[Day] = None


class PreviousName(Record):
    """A name that a company bore before."""

    company_name: Filled
    con_date: Given[Day] = None
    start_date: Given[Day] = None


class AlternativeName(ClosedRecord):
    """A name that a company bears beside its own."""

    company_name: Filled
    type: Literal["trading", "abbreviation", "legal", "unknown", "alias"]
    start_date: Given[Day] = None
    end_date: Given[Day] = None
    language: Given[Annotated[Text, Field(min_length=2, max_length=2)]] = None


class Survivor(Record):
    """The company that took over another one."""

    name: Given[Filled] = None
    company_number: Given[Filled] = None
    jurisdiction: Given[Annotated[Text, Field(min_length=2)]] = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        require_one(self, "name", "company_number")
        return self


class Merger(ClosedRecord):
    """That a company became part of another one."""

    surviving_company: Survivor
    effective_date: Given[Day] = None


class Attributes(Record):
    """What else is known of a company, its home company among it."""

    jurisdiction_of_origin: Filled | None = None
    home_company_number: Filled | None = None
    home_legal_name: Filled | None = None
    registered_agent_address: Filled | None = None
    registered_agent_name: Filled | None = None
    number_of_employees: Given[Filled | Annotated[Number, Field(ge=0)]] = None
    merged_into: Given[Merger] = None


class Contacts(ClosedRecord):
    """Where a party is, what it does and what else it is called: companies, persons and others have these fields."""

    website: Websites = None
    telephone_number: Given[Telephone] = None
    fax_number: Given[Telephone] = None
    registered_address: Address = None
    headquarters_address: Address = None
    mailing_address: Address = None
    industry_codes: Given[list[IndustryCode]] = None
    alternative_names: Given[list[AlternativeName]] = None


class CompanyParts(Contacts):
    """What a company's own record and one nested in a statement have in common."""

    incorporation_date: Given[Day] = None
    dissolution_date: Given[Day] = None
    current_status: Text | None = None
    company_type: Text | None = None
    officers: Given[list[Officer]] = None
    share_parcels: Given[list[ShareParcel]] = None
    total_shares: Given[TotalShares] = None
    filings: Given[list[Filing]] = None
    previous_names: Given[list[PreviousName]] = None
    branch: Literal["F", "L"] | None = None
    all_attributes: Given[Attributes] = None
