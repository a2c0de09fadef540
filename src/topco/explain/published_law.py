"""The published shape of what `topco rules` says of the law: periods, coverage, decision table, differences."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from topco.choices import Reading
from topco.explain.published_proof import Published
from topco.explain.published_resolution import DateText

Standing = Literal["modelled", "partial", "pointer_only", "background", "not_used", "not_in_force"]


class LawPeriod(Published):
    """One line of `topco rules periods`: a rule set or an overlay; `to` is the first day without it."""

    id: str
    kind: Literal["rule_set", "overlay"]
    status: str
    from_: Annotated[DateText, Field(alias="from")]
    to: DateText | None
    readings: Annotated[list[Reading], Field(min_length=1)]
    label: str
    note: str
    cite: str
    confidence: Literal["primary", "secondary", "inferred"]
    verified: bool


class CoveredProvision(Published):
    """One provision, or what a rule set names beside them."""

    provision: str
    coverage: Standing
    remark: str
    label: str
    rules: list[str]


class RulesCoverage(Published):
    """The answer of `topco rules coverage`: every provision once, by its standing and as a row."""

    reading: Reading
    rules_as_of: DateText
    modelled: list[str]
    partial: list[str]
    pointer_only: list[str]
    background: list[str]
    not_used: list[str]
    not_in_force: list[str]
    provisions: list[CoveredProvision]


class DecisionRow(Published):
    """One line of `topco rules table`: what must hold by column, empty where it does not matter, and what follows."""

    section: str
    question: str
    item: str
    activity: str
    party: str
    destination: str
    location: str
    headquarters: str
    ultimate_parent: str
    figures: str
    circumstances: str
    when: str
    outcome: str
    cites: list[str]
    rules: list[str]


class LawDifference(Published):
    """One thing that is not the same in two frames."""

    part: Literal["rules", "combinations", "figures", "groups", "items", "outcomes"]
    subject: str
    when: str
    a: str
    b: str
    cites_a: list[str]
    cites_b: list[str]


class RulesDiff(Published):
    """The answer of `topco rules diff`: frames are `reading@date`."""

    a: str
    b: str
    rules: list[LawDifference]
    combinations: list[LawDifference]
    figures: list[LawDifference]
    groups: list[LawDifference]
    items: list[LawDifference]
    outcomes: list[LawDifference]


LAW_ANSWERS: dict[str, type[BaseModel]] = {
    "rules-coverage": RulesCoverage,
    "rules-diff": RulesDiff,
    "rules-periods": LawPeriod,
    "rules-table": DecisionRow,
}
