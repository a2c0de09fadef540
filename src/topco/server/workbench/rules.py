"""Pages of the law: the rules of a date, one rule, its data, coverage, the whole as a table, differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from topco.application.law import difference_rows, heading
from topco.errors import TopcoError
from topco.server.context import App
from topco.server.workbench.fields import ON_PAGE, First, Paging, Words, status_of
from topco.server.workbench.law_pages import AskedOfLaw, LawOfPage, kind_label
from topco.server.workbench.pages import page

router = APIRouter()

Row = dict[str, Any]


@router.get("/rules")
def rules(request: Request, application: App, asked: AskedOfLaw, q: Words = None, kind: Words = None) -> Response:
    """The rules of a reading on a date."""

    def found() -> dict[str, Any]:
        rows = application.law.rules(asked.law)
        kinds = list(dict.fromkeys(row["kind"] for row in rows))
        return {
            "total": len(rows),
            "rules": [row for row in _with(rows, q, ("rule", "cite", "label")) if kind in (None, row["kind"])],
            "kinds": [(one, kind_label(one)) for one in kinds],
            "heading": heading(asked.law.frame().ruleset),
            "law": application.law.in_force(asked.law),
            "periods": application.law.periods(asked.law.day, asked.law.reading),
        }

    return _answered(request, "rules.html", asked, found, q=q, kind=kind, kind_label=kind_label)


@router.get("/rules/parameters")
def parameters(request: Request, application: App, asked: AskedOfLaw, q: Words = None) -> Response:
    """The figures of the law."""
    columns = ("label", "value", "unit", "comparison", "from", "to", "cite", "confidence", "note")
    rows = application.law.parameters(asked.law.rules_as_of)
    lead = "Every figure that the rules hold something against: each of its values with its period and paragraph."
    return _rows(request, asked, "Figures of the law", lead, columns, rows, q, "/api/v1/parameters", whole=True)


@router.get("/rules/groups")
def groups(request: Request, application: App, asked: AskedOfLaw, q: Words = None) -> Response:
    """The country groups."""
    rows = application.law.groups(asked.law.day)
    lead = f"The groups of countries that the law speaks of, with their members on {asked.law.day}."
    columns = ("name", "label", "cite", "members")
    return _rows(request, asked, "Country groups", lead, columns, rows, q, "/api/v1/country-groups")


@router.get("/rules/entries")
def entries(request: Request, application: App, asked: AskedOfLaw, q: Words = None) -> Response:
    """The control-list entries."""
    rows = application.law.entries(asked.law.rules_as_of)
    lead = "The control-list entries that the rules are about, with the lists on which rules look for them."
    columns = ("entry", "item_class", "nature", "lists", "from", "to", "cite", "confidence")
    return _rows(request, asked, "Control list", lead, columns, rows, q, "/api/v1/control-list", whole=True)


@router.get("/rules/periods")
def periods(request: Request, application: App, asked: AskedOfLaw, q: Words = None) -> Response:
    """Rule sets and overlays by date."""
    rows = application.law.periods(asked.law.rules_as_of)
    lead = "What stood when, what is contested, and what was not read. Periods inform; they decide nothing."
    columns = ("label", "kind", "status", "from", "to", "readings", "note", "cite", "confidence", "verified")
    return _rows(request, asked, "Periods of the law", lead, columns, rows, q, "/api/v1/periods", whole=True)


@router.get("/rules/coverage")
def coverage(
    request: Request, application: App, asked: AskedOfLaw, standing: Words = None, q: Words = None
) -> Response:
    """How each provision stands."""

    def found() -> dict[str, Any]:
        from topco.licensing.law.coverage import STANDINGS

        document = application.law.coverage(asked.law)
        rows = [row for row in document["provisions"] if standing in (None, row["coverage"])]
        return {
            "counts": [(one, len(document[one])) for one in STANDINGS],
            "total": len(document["provisions"]),
            "rows": _with(rows, q, ("provision", "label", "remark")),
        }

    return _answered(request, "rules-coverage.html", asked, found, standing=standing, q=q)


@router.get("/rules/table")
def table(
    request: Request, application: App, asked: AskedOfLaw, section: Words = None, q: Words = None, first: First = 0
) -> Response:
    """The whole law of a date as one table."""

    def found() -> dict[str, Any]:
        everything = application.law.table(asked.law)
        rows = [row for row in everything if section in (None, row["section"])]
        rows = _with(rows, q, ("question", "when", "outcome", "cites", "rules"))
        query = (*asked.query, ("section", section), ("q", q))
        return {
            "sections": Counter(row["section"] for row in everything),
            "rows": rows[first : first + ON_PAGE],
            "paging": Paging("/rules/table", query, first, len(rows)),
        }

    return _answered(request, "rules-table.html", asked, found, section=section, q=q)


@router.get("/rules/diff")
def diff(
    request: Request,
    application: App,
    asked: AskedOfLaw,
    a: Words = None,
    b: Words = None,
    part: Words = None,
    first: First = 0,
) -> Response:
    """What differs between two readings, dates, or both."""

    def found() -> dict[str, Any]:
        days = {"days": _days_of_change()}
        if a is None or b is None:
            return {**days, "document": None}
        document = application.law.difference(a, b, asked.law)
        rows = difference_rows(document)
        counts = Counter(row["part"] for row in rows)
        chosen = part or next(iter(counts), None)
        shown = [row for row in rows if row["part"] == chosen]
        query = (*asked.query, ("a", a), ("b", b), ("part", chosen))
        return {
            **days,
            "document": document,
            "counts": counts,
            "part": chosen,
            "rows": shown[first : first + ON_PAGE],
            "paging": Paging("/rules/diff", query, first, len(shown)),
        }

    return _answered(request, "rules-diff.html", asked, found, a=a, b=b)


@router.get("/rules/{name:path}")
def rule(request: Request, application: App, asked: AskedOfLaw, name: str) -> Response:
    """One rule with its query and what it looks at."""
    found = application.law.rule(name, asked.law)
    return page(request, "rule.html", asked=asked, rule=found, kind_label=kind_label)


def _answered(
    request: Request, template: str, asked: LawOfPage, find: Callable[[], dict[str, Any]], **context: Any
) -> Response:
    """A page with what was found; what cannot be found is said beside the form, which keeps what was asked."""
    try:
        found = find()
    except TopcoError as error:
        return page(request, template, status=status_of(error), asked=asked, refused=error, found=None, **context)
    return page(request, template, asked=asked, refused=None, found=found, **context)


def _rows(
    request: Request,
    asked: LawOfPage,
    title: str,
    lead: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    q: str | None,
    api: str,
    *,
    whole: bool = False,
) -> Response:
    """A page of data of the law; `whole`: without a day all periods are shown."""
    shown = _with(rows, q, columns)
    day = asked.law.rules_as_of
    return page(
        request,
        "rules-data.html",
        asked=asked,
        title=title,
        lead=lead,
        columns=columns,
        rows=shown,
        total=len(rows),
        q=q,
        api=api,
        api_query=[("rules_as_of", day.isoformat() if day else None)],
        whole=whole,
    )


def _with(rows: Sequence[Row], words: str | None, columns: Sequence[str]) -> list[Row]:
    """The rows that hold every one of some words in one of some columns."""
    wanted = (words or "").casefold().split()

    def text(row: Row) -> str:
        return " ".join(str(row[column]) for column in columns).casefold()

    return [row for row in rows if all(word in text(row) for word in wanted)] if wanted else list(rows)


def _days_of_change() -> list[str]:
    """The days on which anything of the law changes."""
    from topco.licensing.law.body import load_law

    return [day.isoformat() for day in load_law().boundaries]
