"""The published shape of a resolution, and what it shares with a determination: sources, companies, proofs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topco.explain.published_proof import ProofObject, Published

DateText = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Percent = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$", description="a decimal number in percent")]
Status = Literal[
    "cyclic",
    "conflicting",
    "joint",
    "possible",
    "withheld",
    "outside_data",
    "open_top",
    "no_evidence",
    "own_top",
    "resolved",
]


class Source(Published):
    """The row that says so."""

    load: str
    file: str
    row: int | None
    record: str | None


class Company(Published):
    id: str
    name: str | None


class AgreeingSource(Published):
    basis: str
    source: Source


class HeadquartersStatement(Published):
    """A country with its best source; `stated_by` names the user who stated it, `agreeing` who says the same."""

    country: CountryCode
    basis: str = "registerRecord"
    source: Source
    stated_by: str | None = None
    agreeing: list[AgreeingSource] = Field(default_factory=list)


class Headquarters(Published):
    country: CountryCode | None
    basis: str = "registerRecord"
    source: Source | None
    stated_by: str | None = None
    agreeing: list[AgreeingSource] = Field(default_factory=list)
    alternatives: list[HeadquartersStatement]


class Weaker(Published):
    """Facts that never stand in for a headquarters."""

    registered_in: CountryCode | None
    jurisdiction: str | None
    branch_address_in: CountryCode | None = None


class UltimateParent(Company):
    status: Status
    hq_country: CountryCode | None
    hq_basis: str = "registerRecord"
    hq_source: Source | None
    hq_alternatives: list[HeadquartersStatement]


class HighestKnown(Company):
    hq_country: CountryCode | None
    hq_alternatives: list[CountryCode]


class Share(Published):
    lower: Percent | None
    upper: Percent | None


class Step(Published):
    child: str
    parent: str
    kind: str
    share: Share
    from_: Annotated[DateText | None, Field(alias="from")]
    to: DateText | None
    source: Source


class ResolvedParty(Company):
    """The party asked about; `identifiers` lists all of a party that has several."""

    identifiers: list[str] = Field(default_factory=list)


class WouldBe(Published):
    status: Status
    hq_countries: list[CountryCode]
    ultimate_parents: list[str]
    ultimate_parent_hq_countries: list[CountryCode]


class IdentityLink(Published):
    """Two identifiers that are one party, by the number on the record of `id` or by a judgement."""

    id: str
    other: str
    judged_by: str | None
    source: Source


class UndecidedPair(Published):
    """Two parties that may be one, and what the resolution would be if they are."""

    first: str
    second: str
    why: Literal["proposed", "unsure", "shared_number"]
    score: int | None
    record: str
    would_be: WouldBe


class Resolution(Published):
    """Who stands above an entity, where they are headquartered, and how firmly that is known."""

    id: Annotated[str, Field(pattern="^res:")]
    entity: ResolvedParty
    test: str
    as_of: DateText
    known_as_of: DateText
    status: Status
    notes: list[str]
    hq: Headquarters
    weaker: Weaker
    direct_parents: list[Company]
    ultimate_parents: list[UltimateParent]
    highest_known: HighestKnown
    settling: Annotated[list[Step], Field(description="holdings whose exact share would settle who the parent is")]
    chain: list[Step]
    identity: list[IdentityLink] = Field(
        default_factory=list, description="why parties on the chain are one under several ids"
    )
    undecided: list[UndecidedPair] = Field(
        default_factory=list, description="pairs that nobody judged and that would change this"
    )
    undecided_not_tried: int = 0
    proof: ProofObject
