"""The published shape of what is kept: records, the lines of an export, and what `topco recheck` lists."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel

from topco.choices import OpenTop, Reading
from topco.explain.published_determination import Determination
from topco.explain.published_proof import Published
from topco.explain.published_resolution import DateText

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{16}$", description="the hash of a part of the knowledge")]
RecordId = Annotated[str, Field(pattern="^rec:[0-9]+$")]
DeterminationId = Annotated[str, Field(pattern="^det:[0-9a-f]{16}$")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$", description="UTC")]
CaseJson = Annotated[dict[str, Any], Field(description="a case (docs/cases.md), as it was read, without what is null")]


class FileHash(Published):
    """A file by name, SHA-256 of its bytes, and size in bytes."""

    name: str
    sha256: Hash
    size: int


class GivenOptions(Published):
    """The options as the user gave them; null was not given."""

    as_of: DateText | None
    known_as_of: DateText | None
    rules_as_of: DateText | None
    reading: Reading | None
    open_top: OpenTop
    test: str | None


class RulesInForce(Published):
    """Hashes of the law (`digest`) and of the ontology and the queries that define a parent (`definitions`)."""

    digest: Digest
    definitions: Digest


class LoadInForce(Published):
    """A load that counted, by the hash of its content."""

    load: str
    digest: str
    publisher: str
    file_kind: str
    vintage: DateText
    loaded_at: str


class KeptSetting(Published):
    program: str
    rules: RulesInForce
    options: GivenOptions
    loads: list[LoadInForce]


class KeptDates(Published):
    """The dates and policies under which a case was determined."""

    reading: Reading
    as_of: DateText
    known_as_of: DateText
    rules_as_of: DateText
    open_top: OpenTop
    test: str | None = None


class KeptFrame(KeptDates):
    loads: Annotated[list[str], Field(description="the loads that the identifier of the answer rests on")]


class KeptCodes(Published):
    """The codes of a row; a run keeps those that its output has."""

    licence_required: str
    review_policy: str
    item_class: str | None = None
    veu_result: str | None = None
    exceptions: Annotated[dict[str, str], Field(description="statuses by code")]


class CaseInputs(Published):
    """The hash of the case in canonical JSON, the file in which it stands, and where in it."""

    case: Hash
    file: FileHash | None
    place: str | None


class KeptDetermination(KeptSetting):
    """What is kept of one determination."""

    inputs: CaseInputs
    case: CaseJson
    determined: Annotated[
        dict[str, Any] | None, Field(description="the case with the identifiers of parties known by a name")
    ] = None
    frame: KeptFrame
    answer: Determination


class RunInputs(Published):
    file: FileHash


class KeptScreening(KeptSetting):
    """What is kept of a screening run."""

    inputs: RunInputs
    outputs: list[FileHash]
    arguments: dict[str, Any]
    counts: dict[str, int]
    frame_loads: list[str]


class KeptRow(Published):
    """What is kept of one answered row; the rest stands in its run."""

    case: CaseJson
    frame: KeptDates
    codes: KeptCodes
    row: int | None


class Record(Published):
    """One record. `hash` is SHA-256 of all keys but `content` and `hash`, in canonical JSON; `content_hash` of
    `content`. Canonical: UTF-8, keys sorted, no spaces.
    """

    format: Literal[1]
    number: Annotated[int, Field(ge=1)]
    kind: Literal["determination", "screening", "row"]
    determination: DeterminationId | None
    run: Annotated[int | None, Field(description="the number of the screening run that a row belongs to")]
    moment: Moment
    author: str
    note: str | None
    content_hash: Hash
    previous: Hash
    content: KeptDetermination | KeptScreening | KeptRow
    hash: Hash


class BookHead(Published):
    number: Annotated[int, Field(ge=0)]
    hash: Hash


class ExportEnd(Published):
    """The last line of an export. `seal` is SHA-256 of the hashes of its records, one after the other."""

    format: Literal[1]
    kind: Literal["end"]
    records: Annotated[int, Field(ge=0)]
    seal: Hash
    head: BookHead
    selection: Annotated[dict[str, Any], Field(description="what was asked for; empty: everything")]
    hash: Hash


class ExportLine(RootModel[Record | ExportEnd]):
    """One line of `topco records export`."""


class Difference(Published):
    """Statements that only the old proof has, and those that only the new one has: nodes without ids and premises."""

    old: list[dict[str, Any]]
    new: list[dict[str, Any]]


class RestatedFact(Published):
    """A statement that both proofs have, from other rows."""

    text: str
    old: list[dict[str, Any]]
    new: list[dict[str, Any]]


class WhyFlipped(Published):
    """Facts come with what rests directly on them (`supports`)."""

    facts: Difference
    parameters: Difference
    rules: Difference
    restated: list[RestatedFact]


class OtherLoads(Published):
    """Loads in force only then, and only now."""

    old: list[LoadInForce]
    new: list[LoadInForce]


class OtherVersion(Published):
    old: str
    new: str


class Recheck(Published):
    """One line of `topco recheck`: a record whose answer would be another now."""

    record: RecordId
    determination: DeterminationId
    case: str | None
    moment: Moment
    changed: Annotated[
        list[Literal["item_class", "licence_required", "review_policy", "veu_result", "exceptions", "not_rechecked"]],
        Field(min_length=1),
    ]
    old: KeptCodes
    new: Annotated[KeptCodes | None, Field(description="null: the case could not be determined again")]
    new_determination: DeterminationId | None
    why: Annotated[WhyFlipped | None, Field(description="null: there is no old proof to compare with, see reason")]
    loads: OtherLoads
    versions: dict[Literal["rules", "definitions", "program"], OtherVersion]
    reason: str | None


RECORD_ANSWERS: dict[str, type[BaseModel]] = {
    "record": Record,
    "record-export-line": ExportLine,
    "recheck": Recheck,
}
