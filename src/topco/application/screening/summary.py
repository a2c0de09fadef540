"""A finished run in numbers: the counts and plots of its report, and what its rows can be filtered by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from topco.reports.screening import Run

MOST_VALUES = 300
"""How many values of a column are offered."""
LONGEST = 80
"""How many letters one may have."""


def summary(run: Run) -> dict[str, Any]:
    """Counts with their plots, in the order of the report, and the values of the columns that filters ask for."""
    from topco.reports.plots import bars, can_draw
    from topco.reports.tally import tallies

    return {
        "drawn": can_draw(),
        "tallies": [
            {
                "key": one.key,
                "title": one.title,
                "caption": one.caption,
                "columns": list(one.columns),
                "rows": [list(row) for row in one.rows],
                "note": one.note,
                "svg": bars(one.caption, one.bars),
            }
            for one in tallies(run)
        ],
        "values": {
            name: _values(run.rows[name]) for name in ("status", "licence_required", "review_policy", "destination")
        }
        | {"exception": _values(run.rows["exceptions"].drop_nulls().str.split(";").explode())},
    }


def _values(column: pl.Series) -> list[str]:
    values = column.drop_nulls().unique()
    return sorted(values.filter(values.str.len_chars() <= LONGEST).to_list())[:MOST_VALUES]


def report(run: Run, about: list[tuple[str, str]]) -> str:
    """The run as one page that prints."""
    from topco.reports.page import screening_page

    return screening_page(run, about)


def read(result: Path, name: str) -> Run:
    """A result, under the name of its orders."""
    from dataclasses import replace

    from topco.reports.screening import read_screening

    return replace(read_screening(result), name=name)
