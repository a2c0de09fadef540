"""The published shape of answers: determinations and resolutions as JSON Schemas in `docs/schemas/`.

The schemas are made from the models below, and tests hold every real answer against them. After a change to a model:
`python -m topco.explain.published docs/schemas`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from topco.explain.proof import VERSION

DateText = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Percent = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$", description="a decimal number in percent")]
Required = Literal["yes", "no", "na", "unknown", "authorisation_needed"]
ExceptionStatus = Literal["available", "no", "partial", "doubtful", "undetermined"]
OpenTop = Literal["strict", "as-recorded"]
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


class _Published(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Source(_Published):
    """The row that says so."""

    load: str
    file: str
    row: int | None
    record: str | None


class ProofStatement(_Published):
    id: str
    kind: Literal["asserted", "inferred", "aggregated", "parameter", "absent", "assumed"]
    text: str
    cite: str | None = None
    source: dict[str, Any] | None = None
    premises: list[str] = []


class ProofObject(_Published):
    """A graph of statements, the conclusion first; every premise is the id of another statement."""

    version: Literal[1]
    nodes: Annotated[list[ProofStatement], Field(min_length=1)]


assert VERSION == 1


class Company(_Published):
    id: str
    name: str | None


class AgreeingSource(_Published):
    basis: str
    source: Source


class HeadquartersStatement(_Published):
    """A country with its best source; `stated_by` names the user who stated it, `agreeing` who says the same."""

    country: CountryCode
    basis: str = "registerRecord"
    source: Source
    stated_by: str | None = None
    agreeing: list[AgreeingSource] = []


class Headquarters(_Published):
    country: CountryCode | None
    basis: str = "registerRecord"
    source: Source | None
    stated_by: str | None = None
    agreeing: list[AgreeingSource] = []
    alternatives: list[HeadquartersStatement]


class Weaker(_Published):
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


class Share(_Published):
    lower: Percent | None
    upper: Percent | None


class Step(_Published):
    child: str
    parent: str
    kind: str
    share: Share
    from_: Annotated[DateText | None, Field(alias="from")]
    to: DateText | None
    source: Source


class ResolvedParty(Company):
    """The party asked about; `identifiers` lists all of a party that has several."""

    identifiers: list[str] = []


class WouldBe(_Published):
    status: Status
    hq_countries: list[CountryCode]
    ultimate_parents: list[str]
    ultimate_parent_hq_countries: list[CountryCode]


class IdentityLink(_Published):
    """Two identifiers that are one party, by the number on the record of `id` or by a judgement."""

    id: str
    other: str
    judged_by: str | None
    source: Source


class UndecidedPair(_Published):
    """Two parties that may be one, and what the resolution would be if they are."""

    first: str
    second: str
    why: Literal["proposed", "unsure", "shared_number"]
    score: int | None
    record: str
    would_be: WouldBe


class Resolution(_Published):
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
    identity: Annotated[
        list[IdentityLink], Field(description="why parties on the chain are one under several ids")
    ] = []
    undecided: Annotated[
        list[UndecidedPair], Field(description="pairs that nobody judged and that would change this")
    ] = []
    undecided_not_tried: int = 0
    proof: ProofObject


class Requirement(_Published):
    cite: str
    rule: str
    party: str | None


class Listed(_Published):
    """A duty or a document."""

    id: str
    cite: str
    text: str


class Condition(_Published):
    id: str
    state: Literal["met", "duty", "missing", "failed"]
    cite: str
    party: str | None


class LicenceException(_Published):
    code: str
    status: ExceptionStatus
    quantity_tpp: str | None
    duties: list[Listed]
    conditions: list[Condition]


class Limb(_Published):
    cite: str
    policy: Policy
    because: str
    party: str | None


class SettlingFact(_Published):
    """A fact that is not known: what the outcome would be for each of its values."""

    fact: str
    party: str | None
    values: dict[str, str]


class ExceptionCode(_Published):
    code: str
    status: ExceptionStatus


class AsRecorded(_Published):
    """The codes as if the highest recorded company of every party were its top."""

    licence_required: Required
    exceptions: list[ExceptionCode]
    review_policy: Policy
    strictest_outcome: Policy


class RedFlag(_Published):
    """A red flag; one of a screening list (`id` begins with `list:`) names list, entry and score."""

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


class Assumed(_Published):
    fact: str
    value: str
    because: str


class AnsweredParty(_Published):
    role: str
    name: str
    entity: str | None
    located_in: CountryCode | None
    hq_in: CountryCode | list[CountryCode] | None
    ultimate_parent_hq_in: CountryCode | list[CountryCode] | None
    status: Status | Literal["stated", "not_in_store"]
    stated: Annotated[list[str], Field(description="facts that the case states, whatever a register says")]
    resolution: Resolution | None


class Coverage(_Published):
    modelled: list[str]
    partial: list[str]
    pointer_only: list[str]


class LoadUsed(_Published):
    load: str
    vintage: DateText
    age_days: int


class Determination(_Published):
    """The answer to one case."""

    id: Annotated[str, Field(pattern="^det:")]
    case: str | None
    reading: Literal["codified", "enforced", "article"]
    as_of: DateText
    known_as_of: DateText
    rules_as_of: DateText
    rules_version: str | None
    verified_to: DateText | None
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
    veu_result: Literal["ok", "breach", "not_counted"] | None
    documents: list[Listed]
    red_flags: list[RedFlag]
    assumptions: list[Assumed]
    parties: list[AnsweredParty]
    not_tested: Annotated[list[str], Field(min_length=1)]
    coverage: Coverage
    data: list[LoadUsed]
    proof: ProofObject


ANSWERS: dict[str, type[BaseModel]] = {"determination": Determination, "resolution": Resolution}


def schema_text(name: str) -> str:
    """One JSON Schema (draft 2020-12), as it stands in its file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ANSWERS[name].model_json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for answer in ANSWERS:
        (Path(sys.argv[1]) / f"{answer}.schema.json").write_text(schema_text(answer), encoding="utf-8")
