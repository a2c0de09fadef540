"""The older records of OpenCorporates in which a company states things: its subsidiaries, its share parcels.

The published schema of share parcels wants every item to be a payment and a share parcel at once, so it accepts none.
The items here are held to the part about share parcels alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topco.registries.opencorporates.values import ClosedRecord, Day, Flag, Given, Percentage, Record, Text, Whole


class StatedCompany(Record):
    """The company that a statement is about."""

    name: Text
    jurisdiction: Text
    company_number: Given[Text] = None
    identifier: Given[Annotated[Text, Field(pattern=r"^[^/]+/[^/]+$")]] = None


class Subsidiary(ClosedRecord):
    """A company that another one names as its subsidiary."""

    name: Text
    jurisdiction: Given[Text] = None
    company_number: Given[Text] = None
    identifier: Given[Text] = None


class SubsidiaryProperties(ClosedRecord):
    """How a subsidiary hangs on its parent."""

    subsidiary: Subsidiary
    direct: Given[Flag] = None
    percentage_controlled: Given[Text] = None
    significant: Given[Flag] = None


class SubsidiaryItem(Record):
    """One subsidiary."""

    data_type: Given[Literal["subsidiary_relationship"]] = None
    properties: Given[SubsidiaryProperties] = None


class SubsidiaryRelationship(ClosedRecord):
    """The subsidiaries that a company names."""

    company: StatedCompany
    data: list[SubsidiaryItem]
    sample_date: Day
    start_date: Given[Day] = None
    start_date_type: Given[Text] = None
    end_date: Given[Day] = None
    end_date_type: Given[Text] = None
    retrieved_at: Given[Day] = None
    source_jurisdiction: Given[Text] = None


class StatedShareholder(Record):
    """A holder named in a statement of share parcels."""

    name: Text
    jurisdiction: Given[Text] = None
    company_number: Given[Text] = None
    identifier: Given[Text] = None
    type: Given[Literal["Company", "Person"]] = None
    address: Given[Text] = None
    address_country: Given[Text] = None


class StatedParcel(Record):
    """A block of shares."""

    shareholders: Annotated[list[StatedShareholder], Field(min_length=1)]
    number_of_shares: Given[Whole] = None
    percentage_of_shares: Given[Percentage] = None


class ParcelItem(Record):
    """One block of shares and that it is one."""

    data_type: Literal["share_parcel"]
    properties: StatedParcel


class ShareParcels(Record):
    """The share parcels of a company."""

    company: StatedCompany
    data: list[ParcelItem]
    source_jurisdiction: Given[Text] = None
