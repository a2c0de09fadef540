"""Statements of version 0.2 of the Beneficial Ownership Data Standard."""

# Fields are named as the standard names them.
# ruff: noqa: N815

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from topco.registries.bods.before_04 import (
    Address,
    DescribedParty,
    IncorporatedEntity,
    LevelledInterest,
    OwnershipStatement,
    PersonStatement,
    Statement,
)
from topco.registries.bods.parts import Country, PepDetails

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


class Interest(LevelledInterest):
    type: NotRequired[InterestType]


class InterestedParty(DescribedParty):
    unspecified: NotRequired[Unspecified]


class Entity(Statement, IncorporatedEntity):
    unspecifiedEntityDetails: NotRequired[Unspecified]
    addresses: NotRequired[list[Address]]


class Person(PersonStatement):
    unspecifiedPersonDetails: NotRequired[Unspecified]
    nationalities: NotRequired[list[Country]]
    taxResidencies: NotRequired[list[Country]]
    hasPepStatus: NotRequired[bool]
    pepStatusDetails: NotRequired[list[PepDetails]]


class Ownership(OwnershipStatement):
    interestedParty: InterestedParty
    interests: NotRequired[list[Interest]]
