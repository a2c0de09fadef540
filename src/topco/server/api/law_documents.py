"""REST: the form of what is said of the law, where `docs/schemas` does not publish it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

Day = Annotated[str | None, Field(description="ISO date; null: open", examples=["2025-05-15"])]


class Dated(BaseModel):
    """What holds for a period: `to` is the first day on which it no longer does."""

    from_: Annotated[Day, Field(alias="from")]
    to: Day


class RuleRow(Dated):
    """One rule of a reading."""

    rule: Annotated[str, Field(examples=["codified/review-supplement-5a"])]
    kind: str
    cite: Annotated[str, Field(description="the paragraph that it is")]
    label: str
    stratum: Annotated[int, Field(description="rules of a lower one run before")]


class RuleSetNamed(BaseModel):
    """The rule set that a rule was asked in."""

    label: str
    version: str
    verified_to: Annotated[str | None, Field(description="the day up to which the Federal Register was read")]


class CitedProvision(Dated):
    """The paragraph in our own words."""

    cite: str
    label: str
    applies_from: str | None
    amended_by: list[str]


class Conclusion(BaseModel):
    """What a rule concludes; a rule of several exceptions concludes one thing for each."""

    concept: str | None
    limb: str | None
    exception: str | None
    condition: str | None
    qualification: str | None
    unverified: bool


class FigureRead(BaseModel):
    """A sum that the query names, and the figure of the day against which it is held; null: there is none."""

    measure: str
    label: str
    parameter: str
    parameter_label: str | None
    value: str | None
    unit: str | None
    comparison: str | None
    from_: Annotated[Day, Field(alias="from")]
    cite: str | None


class CountryGroup(BaseModel):
    """A group of countries on a day; members by ISO 3166-1."""

    group: str
    name: str
    label: str
    cite: str
    members: list[str]


class ConditionRead(BaseModel):
    """A paper or a circumstance that the query names."""

    condition: str
    label: str


class Rule(RuleRow):
    """One rule with its query and everything that the query looks at."""

    path: str
    reading: str
    rules_as_of: str
    rule_set: RuleSetNamed
    provision: CitedProvision | None
    concludes: list[Conclusion]
    roles: Annotated[list[str], Field(description="the parties that it looks at; none named: every party")]
    figures: list[FigureRead]
    groups: list[CountryGroup]
    conditions: list[ConditionRead]
    law: Annotated[dict[str, Any], Field(description="the rule set and the overlays of the date, as answers name them")]
    query: Annotated[str, Field(description="the SPARQL SELECT that is the rule")]


class Parameter(Dated):
    """One value of a figure, or a period without one: then `value` is null and `note` says why."""

    parameter: str
    label: str
    value: Annotated[str | None, Field(description="the figure as exact text")]
    unit: str
    comparison: Annotated[str, Field(description="whether reaching the figure is inside or outside")]
    cite: str
    confidence: str
    note: str


class Entry(Dated):
    """A control-list entry."""

    entry: Annotated[str, Field(description="its number, with the paragraph")]
    item_class: str | None
    nature: str | None
    lists: list[str]
    cite: str
    confidence: str
