"""Counts over a screening run, each as a table with the bars that are drawn beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.reports.screening import MOST_ORDERS, MOST_REASONS, PARTIES, ROW, Run
from topco.reports.words import country, country_name, spaced, status, status_sentence, strictness, word

if TYPE_CHECKING:
    import polars as pl

ANSWERED, UNDETERMINED, REFUSED, NOT_MODELLED = "answered", "undetermined", "refused", "not_modelled"
AVAILABLE = "available"
GRANTED = (AVAILABLE, "partial")
STATUSES = (*GRANTED, "doubtful", "undetermined", "no")
SETTLED = ("resolved", "own_top", "stated")


@dataclass(frozen=True)
class Tally:
    """A question, its table (words, then figures) and its bars; `note` says how to read it."""

    key: str
    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    bars: tuple[tuple[str, int], ...]
    note: str = ""


def tallies(run: Run) -> list[Tally]:
    """Every count of a run, in the order of the page."""
    return [outcomes(run), parent_countries(run), open_reasons(run), exceptions(run), red_flags(run)]


def outcomes(run: Run) -> Tally:
    """Rows by status, requirement and review policy."""
    keys = ("status", "licence_required", "review_policy")
    found = _counted(run.rows, *keys)
    words = [
        (word("order_status", state), required or "", word("policy", policy), n) for state, required, policy, n in found
    ]
    bars = tuple((_outcome(state, required, policy), n) for state, required, policy, n in found)
    columns = ("Status", "Licence required", "Review policy", "Rows")
    return Tally("outcomes", "Outcomes", "Rows by status, requirement and review policy", columns, tuple(words), bars)


def _outcome(state: str, required: str | None, policy: str | None) -> str:
    """An outcome in a few words: of an answered row that needs a licence, the review policy alone."""
    answered = state == ANSWERED
    parts = [] if answered else [word("order_status", state)]
    if required and not (answered and required == "yes"):
        parts.append(f"licence {spaced(required)}")
    if answered and policy and policy != "na":
        parts.append(word("policy", policy))
    return ", ".join(parts)


def parent_countries(run: Run) -> Tally:
    """Rows by the country in which an ultimate parent of consignee or end user is headquartered."""
    import polars as pl

    cells = [pl.col(f"{party}_ultimate_parent_hq").fill_null("").str.split(";") for party in PARTIES]
    countries = pl.concat_list(cells).list.unique().list.eval(pl.element().filter(pl.element() != ""))
    rows = run.rows.filter(pl.col("status") != REFUSED).with_columns(countries.alias("country"))
    long = rows.select("status", "country").explode("country", empty_as_null=True)
    by = long.group_by("country").agg(
        pl.len().alias("rows"), *((pl.col("status") == one).sum().alias(one) for one in (ANSWERED, UNDETERMINED))
    )
    found = by.sort(["rows", "country"], descending=[True, False]).rows()
    words = tuple((country(code), *figures) for code, *figures in found)
    bars = tuple(((country_name(code) or code) if code else country(None), int(rows)) for code, rows, *_ in found)
    return Tally(
        "countries",
        "Country of the ultimate parent",
        "Rows by the country in which an ultimate parent is headquartered",
        ("Country", "Rows", "Answered", "Undetermined"),
        words,
        bars,
        "A row counts once under each country of its parties' ultimate parents. Refused rows are left out.",
    )


def open_reasons(run: Run) -> Tally:
    """Undetermined rows by what is not known of their parties."""
    import polars as pl

    states = pl.concat_list([pl.col(f"{party}_status").fill_null("") for party in PARTIES]).list.unique()
    opened = states.list.eval(pl.element().filter(~pl.element().is_in(["", *SETTLED])))
    rows = run.rows.filter(pl.col("status") == UNDETERMINED).select(opened.alias("why"))
    found = _counted(rows.explode("why", empty_as_null=True), "why")
    words = tuple(
        (status(why), status_sentence(why), count) if why else ("another fact of the order", "", count)
        for why, count in found
    )
    return Tally(
        "open",
        "Why rows are undetermined",
        "Undetermined rows by the status of their parties",
        ("Status of a party", "What it means", "Rows"),
        words,
        tuple((str(name), int(count)) for name, _, count in words),
        "A row counts once under each such status.",
    )


def exceptions(run: Run) -> Tally:
    """Rows by licence exception and its status."""
    import polars as pl

    long = run.rows.select(pl.col("exceptions").str.split(";")).explode("exceptions").drop_nulls()
    halves = long.select(pl.col("exceptions").str.split_exact("=", 1).struct.rename_fields(["code", "status"])).unnest(
        "exceptions"
    )
    by = halves.group_by("code").agg(*((pl.col("status") == one).sum().alias(one) for one in STATUSES))
    found = by.sort("code").rows()
    bars = tuple(
        (f"{code}, {word('exception_status', one)}", int(n))
        for code, *rest in found
        for one, n in zip(STATUSES, rest, strict=True)
        if one == AVAILABLE or (one in GRANTED and n)
    )
    return Tally(
        "exceptions",
        "Licence exceptions",
        "Rows by licence exception and its status",
        ("Exception", *(word("exception_status", one).capitalize() for one in STATUSES)),
        tuple((code, *map(int, rest)) for code, *rest in found),
        bars,
        "The plot shows where an exception is available, wholly or in part.",
    )


def red_flags(run: Run) -> Tally:
    """Rows with a name like one of a screening list, by list."""
    import polars as pl

    from topco.licensing.answers.listing_flags import list_names

    long = run.rows.select(ROW, pl.col("red_flags").str.split(";")).explode("red_flags").drop_nulls()
    named = long.with_columns(pl.col("red_flags").str.split_exact(" ", 1).struct.field("field_0").alias("list"))
    entry = pl.col("red_flags").str.replace(r" \([^)]*\)$", "")
    by = named.group_by("list").agg(pl.col(ROW).n_unique().alias("rows"), entry.n_unique().alias("entries"))
    found = by.sort(["rows", "list"], descending=[True, False]).rows()
    words = tuple((list_names().get(code, code), rows, entries) for code, rows, entries in found)
    note = "No screening list was loaded when the orders were screened." if "red_flags" in run.missing else ""
    bars = tuple((str(name), int(rows)) for name, rows, _ in words)
    columns = ("List", "Rows", "Entries")
    return Tally(
        "flags",
        "Red flags of screening lists",
        "Rows with a name like a listed one, by list",
        columns,
        words,
        bars,
        note,
    )


def reasons(run: Run) -> list[tuple[str, str, int]]:
    """The most frequent reasons, as the run words them, of rows that are not answered."""
    import polars as pl

    rows = run.rows.filter((pl.col("status") != ANSWERED) & pl.col("reason").is_not_null())
    return [
        (word("order_status", state), why, count)
        for state, why, count in _counted(rows, "status", "reason")[:MOST_REASONS]
    ]


def strictest(run: Run) -> pl.DataFrame:
    """The answered rows with the strictest review policies, in the order of the run where they are alike."""
    return _first(run, ANSWERED, "review_policy")


def strictest_open(run: Run) -> pl.DataFrame:
    """The undetermined rows, those first that are strictest if the highest recorded company counts as the top."""
    return _first(run, UNDETERMINED, "review_policy_as_recorded")


def refused(run: Run) -> pl.DataFrame:
    """The first refused rows."""
    import polars as pl

    return run.rows.filter(pl.col("status") == REFUSED).head(MOST_ORDERS)


def _first(run: Run, state: str, policy: str) -> pl.DataFrame:
    import polars as pl

    ranked = run.rows.filter(pl.col("status") == state).with_columns(
        pl.col(policy).replace_strict(strictness(), default=None, return_dtype=pl.Int64).alias("rank")
    )
    return ranked.sort(["rank", ROW], descending=[True, False], nulls_last=True).head(MOST_ORDERS)


def _counted(rows: pl.DataFrame, *keys: str) -> list[tuple[Any, ...]]:
    """How many rows share the same keys, the most first."""
    import polars as pl

    by = rows.group_by(keys).agg(pl.len().alias("count"))
    return by.sort(["count", *keys], descending=[True, *[False] * len(keys)]).rows()


def in_words(rows: pl.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Rows for a table; empty cells are empty texts."""
    return [
        {name: "" if value is None else value for name, value in row.items()} for row in rows.select(columns).to_dicts()
    ]
