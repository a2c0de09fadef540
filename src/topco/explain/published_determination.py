"""The published shape of a determination."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topco.choices import OpenTop, Reading
from topco.explain.published_proof import ProofObject, Published
from topco.explain.published_resolution import (
    CountryCode,
    DateText,
    Percent,
    Resolution,
    Source,
    Status,
)

Required = Literal["yes", "no", "na", "unknown", "authorisation_needed"]
ExceptionStatus = Literal["available", "no", "partial", "doubtful", "undetermined"]
Policy = Literal[
    "approval",
    "approval_within_allocation",
    "denial_presumption",
    "denial_policy",
    "case_by_case",
    "none_stated",
    "owner_policy",
    "ambiguous",
    "undetermined",
    "not_verified",
    "na",
]


class Requirement(Published):
    cite: str
    rule: str
    party: str | None


class Listed(Published):
    """A duty or a document."""

    id: str
    cite: str
    text: str


class Condition(Published):
    """A condition of a licence exception, or a check of a validated end user.

    `duty` may still be fulfilled, `partial` holds for a part of the quantity, `doubtful` is what the text contradicts.
    """

    id: str
    state: Literal["met", "duty", "partial", "doubtful", "missing", "failed"]
    cite: str
    party: str | None


class LicenceException(Published):
    code: str
    status: ExceptionStatus
    quantity_tpp: str | None
    duties: list[Listed]
    conditions: list[Condition]


class Limb(Published):
    cite: str
    policy: Policy
    because: str
    party: str | None


class SettlingFact(Published):
    """A fact that is not known: what the outcome would be for each of its values."""

    fact: str
    party: str | None
    values: dict[str, str]


class ExceptionCode(Published):
    code: str
    status: ExceptionStatus


class Codes(Published):
    licence_required: Required
    exceptions: list[ExceptionCode]
    review_policy: Policy
    strictest_outcome: Policy


class AsRecorded(Codes):
    """The codes as if the highest recorded company of every party were its top."""


class OtherReading(Codes):
    """The codes in another reading of the law."""


class Limit(Published):
    """A sum of which something is known, its limit, what is left of it (negative if it is exceeded), how it stands."""

    id: str
    text: str
    value: str
    limit: str
    unit: str
    headroom: str
    standing: Literal["within", "reached", "undecided"]
    cite: str
    party: str | None


class RedFlag(Published):
    """A red flag; one of a screening list (`id` begins with `list:`), or of a listed owner, names list and entry."""

    id: str
    question: str
    cite: str
    list: str | None = None
    entry: str | None = None
    listed_name: str | None = None
    score: int | None = None
    reason: str | None = None
    requirement: str | None = None
    policy: str | None = None
    source: Source | None = None


class Assumed(Published):
    fact: str
    value: str
    because: str


class KnownShare(Published):
    """Percent of what is outstanding, between bounds."""

    lower: Percent
    upper: Percent


class ListEntry(Published):
    list: str
    entry: str
    requirement: str | None
    policy: str | None
    source: Source


class ListedOwnerOfParty(Published):
    """A listed party that has something in the party: what it has by itself, and the shortest way down to it."""

    id: str
    name: str | None
    entries: Annotated[list[ListEntry], Field(min_length=1)]
    share: KnownShare
    certain: Annotated[bool, Field(description="every link counts for certain")]
    path: Annotated[list[str], Field(description="identifiers from the owner down to the party")]
    sources: Annotated[list[Source], Field(description="the rows behind every link")]


class ListedOwnerShare(KnownShare):
    """What listed parties hold together, how it stands to the threshold, and what all known holders have at least."""

    standing: Literal["must", "may", "cannot"]
    standing_with_possible: Annotated[
        Literal["must", "may", "cannot"], Field(description="if owners that may be listed were")
    ]
    known_holders: Percent | None


class AnsweredParty(Published):
    role: str
    name: str
    entity: str | None
    located_in: CountryCode | None
    hq_in: CountryCode | list[CountryCode] | None
    ultimate_parent_hq_in: CountryCode | list[CountryCode] | None
    status: Status | Literal["stated", "not_in_store"]
    stated: Annotated[list[str], Field(description="facts that the case states, whatever a register says")]
    listed_owners: Annotated[list[ListedOwnerOfParty] | None, Field(description="null: nobody was asked")]
    listed_owner_share: ListedOwnerShare | None
    resolution: Resolution | None


class Coverage(Published):
    modelled: list[str]
    partial: list[str]
    pointer_only: list[str]


class LoadUsed(Published):
    load: str
    vintage: DateText
    age_days: int


class LawOverlay(Published):
    """What changes beside the rule set on days of its own, with what is contested about it or was not read."""

    id: str
    status: str
    note: str
    cite: str
    verified: bool


class LawInForce(Published):
    """The law of the date: its rule set (none before the first day told here) and the overlays."""

    rule_set: str | None
    overlays: list[LawOverlay]


class Determination(Published):
    """The answer to one case."""

    id: Annotated[str, Field(pattern="^det:")]
    case: str | None
    reading: Reading
    as_of: DateText
    known_as_of: DateText
    rules_as_of: DateText
    rules_version: str | None
    verified_to: DateText | None
    law: LawInForce
    open_top: OpenTop
    verdict: str
    item_class: Literal["A_ITEM", "B_ITEM", "HBM", "MODEL_WEIGHTS", "none", "undetermined"]
    eccn: str | None
    licence_required: Required
    requirements: list[Requirement]
    exceptions: list[LicenceException]
    review_policy: Policy
    limbs: list[Limb]
    possible_outcomes: list[Policy]
    strictest_outcome: Policy | None
    settling_facts: list[SettlingFact]
    as_recorded: AsRecorded | None
    other_readings: dict[Reading, OtherReading]
    veu_result: Literal["ok", "breach", "not_counted", "undetermined"] | None
    checks: Annotated[list[Condition], Field(description="what a validated end user was held against")]
    limits: list[Limit]
    documents: list[Listed]
    red_flags: list[RedFlag]
    assumptions: list[Assumed]
    parties: list[AnsweredParty]
    not_tested: Annotated[list[str], Field(min_length=1)]
    coverage: Coverage
    data: list[LoadUsed]
    proof: ProofObject
