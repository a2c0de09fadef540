"""The published shape of proofs, of what they are derived from again, and of what a check of one comes to."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from topco.explain.proof import VERSION

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Published(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ProofStatement(Published):
    """A statement: its predicate and values say what it states, `text` says it in words.

    `ways`: several sets of premises, of which one suffices together with the premises that are in none.
    """

    id: str
    kind: Literal["asserted", "inferred", "aggregated", "parameter", "absent", "assumed"]
    predicate: str
    text: str
    values: dict[str, str | list[str] | Literal[True]] = {}
    cite: str | None = None
    source: dict[str, Any] | None = None
    premises: list[str] = []
    ways: list[list[str]] = []


class KeptRow(Published):
    """A row of evidence with every cell that is not empty; `hash` is the SHA-256 of table, load and cells."""

    table: str
    load: str
    cells: dict[str, str | int | bool]
    hash: Sha256


class KeptLoad(Published):
    id: str
    digest: str
    publisher: str
    file_kind: str
    vintage: Day
    vintage_source: str
    loaded_at: str
    licence: str


class AskedEntity(Published):
    entity: str
    test: str
    as_of: Day
    known_as_of: Day


class AskedCase(Published):
    case: Annotated[dict[str, Any], Field(description="the case as it was given, in the case format")]
    reading: str
    open_top: str
    test: Annotated[str | None, Field(description="the parent test, if another one than the rules ask was chosen")]
    as_of: Day
    known_as_of: Day
    rules_as_of: Day


class AskedBalance(Published):
    account: Annotated[list[str], Field(min_length=4, max_length=4)]
    as_of: Day
    kin: Annotated[list[list[str]], Field(description="the accounts that share the limit")]
    hq: str | None


class ResolutionBasis(Published):
    """What a resolution is derived from again; `rows` is null where they are too many to keep."""

    of: Literal["resolution"]
    program: str
    knowledge: str
    asked: AskedEntity
    loads: list[KeptLoad]
    rows: list[KeptRow] | None
    hash: Sha256


class KeptTally(Published):
    value: str
    origin: str


class KeptNamesake(Published):
    owner: str
    name: str | None
    entry: str
    score: int | None
    reason: str


class DeterminationBasis(Published):
    """What a determination is derived from again: the case, the dates and policies, and the rows about its parties."""

    of: Literal["determination"]
    program: str
    knowledge: str
    rules: str
    asked: AskedCase
    test: str | None
    data: Annotated[list[str], Field(description="the loads in force, which are part of the identifier")]
    tallies: dict[str, KeptTally]
    lists: bool
    namesakes: list[KeptNamesake]
    listed_flags: Sha256
    loads: list[KeptLoad]
    rows: list[KeptRow] | None
    hash: Sha256


class BalanceBasis(Published):
    """What a balance is derived from again: every entry on its accounts, each with its hash in the ledger's chain."""

    of: Literal["balance"]
    program: str
    knowledge: str
    asked: AskedBalance
    entries: list[dict[str, Any]]
    hash: Sha256


class ProofObject(Published):
    """A graph of statements, the conclusion first; every premise is the id of another statement."""

    version: Literal[1]
    nodes: Annotated[list[ProofStatement], Field(min_length=1)]
    basis: Annotated[ResolutionBasis | DeterminationBasis | BalanceBasis, Field(discriminator="of")] | None = None


assert VERSION == 1


class ProvedBalance(Published):
    """A balance of the ledger with its proof; amounts are decimal texts in TPP."""

    id: Annotated[str, Field(pattern="^bal:")]
    account: str
    kind: str
    holder: str | None
    country: str | None
    period: str | None
    as_of: Day
    limit_tpp: str | None
    reserved_tpp: str
    committed_tpp: str
    later_tpp: str
    remaining_tpp: str | None
    cite: str
    proof: ProofObject


class VerificationFinding(Published):
    """What does not hold: the basis (`seal`), a row or an entry (`leaf`), a statement (`step`), a key (`answer`)."""

    failure: Literal["seal", "leaf", "step", "answer"]
    where: str
    what: str
    statement: str | None
    given: Any
    derived: Any


class VerificationResult(Published):
    """What `topco verify` says of one answer."""

    of: Literal["resolution", "determination", "balance"]
    id: str | None
    holds: bool
    derived: Annotated[bool, Field(description="false: too large to carry its rows, and no store was given")]
    checked: dict[str, int]
    findings: list[VerificationFinding]
    more_findings: int
    not_checked: list[str]


PROOFS: dict[str, type[BaseModel]] = {
    "proof": ProofObject,
    "balance": ProvedBalance,
    "verification": VerificationResult,
}
