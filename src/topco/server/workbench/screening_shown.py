"""What pages of finished jobs show: a page of rows with its filters, the counts, a page of flips."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from topco.application.rechecks import changed_codes, reasons
from topco.application.screening.results import Results, Wanted
from topco.reports.words import word
from topco.server.api.rechecks import flips
from topco.server.jobs.files import FLIPS, RESULT, SUMMARY
from topco.server.jobs.job import JobDocument
from topco.server.workbench.addresses import with_query
from topco.server.workbench.screening_rows import shown

AT_ONCE = 50
"""Rows on a page."""
SORTS = ("row", "order_id", "destination", "quantity_tpp", "status", "review_policy")


def results_shown(job: JobDocument, folder: Path, wanted: Wanted, sort: str | None, number: int) -> dict[str, Any]:
    """One page of the answers of a run.

    Raises:
        BadInput: they are not sorted by such a column.
    """
    results = Results(folder / RESULT)
    rows, total = results.page(wanted, (number - 1) * AT_ONCE, AT_ONCE, sort or None)
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    filters = [(name, value) for name, value in asdict(wanted).items() if value]
    state = [*filters, ("sort", sort)]
    here = f"/screening/{job.id}"
    return {
        "orders": shown(results, rows, job.options),
        "total": total,
        "first": (number - 1) * AT_ONCE + 1,
        "wanted": wanted,
        "filters": filters,
        "values": summary["values"],
        "drawn": summary["drawn"],
        # Pictures are made by the program that writes reports, with every name escaped.
        "tallies": [{**one, "svg": Markup(one["svg"])} for one in summary["tallies"]],
        "sort": sort or "",
        "sorts": [one for one in SORTS if one == "row" or one in results.columns],
        "flagged": "red_flags" in results.columns,
        **_pages(here, state, number, total),
    }


def flips_shown(folder: Path, number: int) -> dict[str, Any]:
    """One page of the records whose answer would be another."""
    found = list(islice(flips(folder / FLIPS), (number - 1) * AT_ONCE, number * AT_ONCE + 1))
    shown_now = found[:AT_ONCE]
    here = f"/screening/{folder.name}"
    return {
        "flipped": [{**one, "codes": _codes(one), "reasons": reasons(one)} for one in shown_now],
        "number": number,
        "previous": with_query(here, [("page", str(number - 1))]) if number > 1 else None,
        "next": with_query(here, [("page", str(number + 1))]) if len(found) > AT_ONCE else None,
    }


def _codes(flip: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What changed, in words: the question, the old answer, the new one; of exceptions those that differ."""
    found: list[tuple[str, str, str]] = []
    for name, old, new in changed_codes(flip):
        if name == "exceptions":
            then, now = flip["old"][name], flip["new"][name]
            found += [
                (f"exception {code}", word("exception_status", then.get(code)), word("exception_status", now.get(code)))
                for code in sorted({*then, *now})
                if then.get(code) != now.get(code)
            ]
        elif name == "review_policy":
            found.append(("review policy", word("policy", old), word("policy", new)))
        else:
            found.append((name.replace("_", " "), (old or "").replace("_", " "), (new or "").replace("_", " ")))
    return found or [("not re-checked", "", "not known")]


def _pages(here: str, state: list[tuple[str, str | None]], number: int, total: int) -> dict[str, Any]:
    last = max(1, -(-total // AT_ONCE))
    return {
        "number": number,
        "last": last,
        "previous": with_query(here, [*state, ("page", str(min(number - 1, last)))]) if number > 1 else None,
        "next": with_query(here, [*state, ("page", str(number + 1))]) if number < last else None,
    }
