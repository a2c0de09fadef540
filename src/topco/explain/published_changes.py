"""The published shape of what `topco whatif` answers: facts supposed, what turns, and what an answer hangs on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from topco.choices import OpenTop, Reading
from topco.explain.published_proof import Published
from topco.explain.published_resolution import DateText


class StatusOfException(Published):
    code: str
    status: str


class OutcomeCodes(Published):
    """The codes of an answer; their words are those of a determination."""

    item_class: str
    licence_required: str
    review_policy: str
    strictest_outcome: str | None
    exceptions: list[StatusOfException]
    veu_result: str | None


class DeterminedCodes(OutcomeCodes):
    """The codes of a determination, with its id and its verdict."""

    id: Annotated[str, Field(pattern="^det:")]
    verdict: str
    eccn: str | None


class SupposedFact(Published):
    """A fact that is supposed: `from` is what the case states (null: not stated), or what the store has on record."""

    fact: str
    from_: Annotated[Any, Field(alias="from")]
    to: Any


class Difference(Published):
    """A code, by its question or its exception, that is not the same before and after."""

    question: str
    before: str | None
    after: str | None


class TurnedCondition(Published):
    """A condition of an exception, or (null) of a validated end user, whose state differs; null: not asked."""

    exception: str | None
    id: str
    party: str | None
    cite: str
    before: str | None
    after: str | None


class FactRead(Published):
    """A fact that a rule read, its value, and what it would have to be for the premise to fall; null: alone nothing."""

    path: str
    value: Any
    needs: str | None


class PremiseAgainst(Published):
    """What stands against an outcome; `state` is that of a condition, or the policy of a limb."""

    sort: Literal["condition", "check", "limb", "requirement"]
    id: str
    state: str
    text: str
    rule: str
    cite: str
    party: str | None
    facts: list[FactRead]


class ChangedFact(Published):
    """A fact that would have to be another: `to` says which values, `margin` how far the nearest of them is."""

    path: str
    kind: Literal["place", "figure", "condition", "word", "date", "share"]
    label: str
    party: str | None
    now: Any
    to: str
    example: str | None
    margin: str | None


class FactSet(Published):
    """A value that was tried."""

    path: str
    value: Any


class SmallestChange(Published):
    """Facts none of which can be left out, the values tried, which codes turn, and the answer with them."""

    facts: Annotated[list[ChangedFact], Field(min_length=1)]
    set: list[FactSet]
    turns: list[str]
    outcome: OutcomeCodes


class WantedOutcome(Published):
    """An outcome: what the case has in its place, what stands against it, and the smallest changes that give it."""

    want: str
    given: str | None
    holds: bool
    premises: list[PremiseAgainst]
    changes: list[SmallestChange]
    not_tried: list[str]


class ComparedDeterminations(Published):
    """With `--full`: the whole answers, as `determination.schema.json` has them."""

    before: dict[str, Any]
    after: dict[str, Any] | None


class WhatIf(Published):
    """The answer of `topco whatif`; dates and reading are those of the case with what is supposed."""

    case: str | None
    reading: Reading
    as_of: DateText
    known_as_of: DateText
    rules_as_of: DateText
    open_top: OpenTop
    note: str
    before: DeterminedCodes
    supposed: list[SupposedFact]
    after: DeterminedCodes | None
    differences: list[Difference]
    conditions: list[TurnedCondition]
    wanted: list[WantedOutcome]
    worse: Annotated[list[SmallestChange] | None, Field(description="null: not asked for")]
    trials: Annotated[int, Field(description="how many changed cases were weighed")]
    determinations: ComparedDeterminations | None = None


CHANGE_ANSWERS: dict[str, type[BaseModel]] = {"whatif": WhatIf}
