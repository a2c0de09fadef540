"""REST: the law by date and reading."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query

from topco.application.law import (
    COVERAGE_COLUMNS,
    PERIOD_COLUMNS,
    RULE_COLUMNS,
    OfLaw,
    difference_rows,
)
from topco.application.law_data import ENTRY_COLUMNS, GROUP_COLUMNS, PARAMETER_COLUMNS
from topco.choices import Reading
from topco.explain.published_law import DecisionRow, LawPeriod, RulesCoverage, RulesDiff
from topco.server.api.law_documents import CountryGroup, Entry, Parameter, Rule, RuleRow
from topco.server.context import App
from topco.server.downloads import AS_CSV, csv_download

router = APIRouter(tags=["law"])

LawOf = Annotated[date | None, Query(description="Law as of this day. Default: today.")]
OnlyOn = Annotated[date | None, Query(description="Only what holds on this day. Default: everything.")]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="CSV has the same rows.")]
Side = Annotated[
    str, Query(min_length=1, max_length=40, description="A reading, a date, or both: codified@2025-06-01.")
]


def of_law(
    rules_as_of: LawOf = None,
    reading: Annotated[Reading, Query(description="How the law is read.")] = "codified",
) -> OfLaw:
    """Which law is asked for."""
    return OfLaw(reading, rules_as_of)


AskedLaw = Annotated[OfLaw, Depends(of_law)]


@router.get("/rules", response_model=list[RuleRow], responses=AS_CSV)
def rules(application: App, asked: AskedLaw, form: Form = "json") -> Any:
    """The rules of a reading on a date, in the order in which they run. 422: the reading has no rules for the date."""
    found = application.law.rules(asked)
    return csv_download("rules", RULE_COLUMNS, found) if form == "csv" else found


@router.get("/rules/{name:path}", response_model=Rule)
def rule(
    application: App,
    asked: AskedLaw,
    name: Annotated[str, Path(max_length=200, examples=["codified/review-supplement-5a"])],
) -> Any:
    """One rule: paragraph, period, conclusions, the query, and the figures, groups and conditions that it reads."""
    return application.law.rule(name, asked)


@router.get("/parameters", response_model=list[Parameter], responses=AS_CSV)
def parameters(application: App, rules_as_of: OnlyOn = None, form: Form = "json") -> Any:
    """The figures of the law: every dated value with its citation, and why there is none where there is none."""
    found = application.law.parameters(rules_as_of)
    return csv_download("parameters", PARAMETER_COLUMNS, found) if form == "csv" else found


@router.get("/country-groups", response_model=list[CountryGroup], responses=AS_CSV)
def country_groups(application: App, rules_as_of: LawOf = None, form: Form = "json") -> Any:
    """The country groups with their members on a date; derived groups are computed from their parts."""
    found = application.law.groups(rules_as_of)
    return csv_download("country-groups", GROUP_COLUMNS, found) if form == "csv" else found


@router.get("/control-list", response_model=list[Entry], responses=AS_CSV)
def control_list(application: App, rules_as_of: OnlyOn = None, form: Form = "json") -> Any:
    """The control-list entries that the rules are about."""
    found = application.law.entries(rules_as_of)
    return csv_download("control-list", ENTRY_COLUMNS, found) if form == "csv" else found


@router.get("/periods", response_model=list[LawPeriod], responses=AS_CSV)
def periods(
    application: App,
    rules_as_of: OnlyOn = None,
    reading: Annotated[Reading | None, Query(description="Only what counts in this reading.")] = None,
    form: Form = "json",
) -> Any:
    """Rule sets and overlays by date: what stood when, what is contested, and what was not read."""
    found = application.law.periods(rules_as_of, reading)
    return csv_download("periods", PERIOD_COLUMNS, found) if form == "csv" else found


@router.get("/coverage", response_model=RulesCoverage, responses=AS_CSV)
def coverage(application: App, asked: AskedLaw, form: Form = "json") -> Any:
    """How each provision stands: modelled, in part, only named, behind the data, not used, or not in force."""
    found = application.law.coverage(asked)
    return csv_download("coverage", COVERAGE_COLUMNS, found["provisions"]) if form == "csv" else found


@router.get("/law-table", response_model=list[DecisionRow], responses=AS_CSV)
def law_table(
    application: App,
    asked: AskedLaw,
    section: Annotated[str | None, Query(max_length=100, description="Only rows of this section.")] = None,
    form: Form = "json",
) -> Any:
    """The whole law of a date as one table: what must hold, what follows, and where it stands. It takes some seconds
    for a date that nobody asked about before."""
    from topco.licensing.decision.table import COLUMNS

    found = [row for row in application.law.table(asked) if section in (None, row["section"])]
    return csv_download("law-table", COLUMNS, found) if form == "csv" else found


@router.get("/law-diff", response_model=RulesDiff, responses=AS_CSV)
def law_diff(application: App, asked: AskedLaw, a: Side, b: Side, form: Form = "json") -> Any:
    """What differs between two readings, dates, or both, and for whom. It takes up to half a minute where they share
    little, and nothing when it is asked again. 400: a side is neither a reading nor a date."""
    from topco.licensing.law.diff import COLUMNS

    found = application.law.difference(a, b, asked)
    return csv_download("law-diff", COLUMNS, difference_rows(found)) if form == "csv" else found
