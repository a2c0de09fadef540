"""`declared_over_100`: holdings that together come to more than there is, on the days on which they overlap."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from rdflib import SH, Literal

from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.store import Store
from topco.validation.validate import new_report, validate_store

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "owner,owned,interest,share_exact,share_min,share_max,valid_from,valid_to\n"


def over(tmp_path: Path, rows: str, ids: tuple[str, ...] = ()) -> list[tuple[str | None, str | None, int | None]]:
    file = tmp_path / "holdings.csv"
    file.write_text(HEADER + rows, encoding="utf-8")
    store = Store.open(tmp_path / "store", create=True)
    load(store, Tables(), [file], date(2026, 1, 31), lambda *_: None)
    report = new_report()
    found = [one for one in validate_store(store, ids=ids, report=report) if one.check == "declared_over_100"]
    told = {str(value) for value in report.objects(None, SH.value)}
    assert {one.value for one in found} <= told
    assert len(set(report.subjects(SH.resultSeverity, SH.Violation))) == len(found)
    assert all((None, SH.resultMessage, Literal(one.message, lang="en")) in report for one in found)
    return [(one.entity, one.value, one.row) for one in found]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("a,x,shares,60,,,,\nb,x,shares,40,,,,\n", []),
        ("a,x,shares,60,,,,\nb,x,shares,40.0000001,,,,\n", [("X:x", "100.0000001", 3)]),
        ("a,x,shares,60,,,,\nb,x,votes,60,,,,\n", []),
        ("a,x,shares,60,,,2020-01-01,2020-05-31\nb,x,shares,60,,,2020-06-01,\n", []),
        ("a,x,shares,60,,,2020-01-01,2021-01-01\nb,x,shares,50,,,2020-06-01,\n", [("X:x", "110", 3)]),
        # A band describes the whole position of its owner, and only what is certain of it counts.
        ("a,x,shares,,50,75,,\nb,x,shares,50,,,,\n", []),
        ("a,x,shares,,50,75,,\na,x,shares,50,,,,\nb,x,shares,50,,,,\n", []),
        # What a company holds in itself is not outstanding.
        ("x,x,shares,20,,,,\na,x,shares,80,,,,\n", []),
        ("x,x,shares,20,,,,\na,x,shares,81,,,,\n", [("X:x", "81", 3)]),
    ],
)
def test_what_is_over(tmp_path: Path, rows: str, found: list[tuple[str, str, int]]) -> None:
    assert over(tmp_path, rows) == found


def test_only_the_companies_asked_for(tmp_path: Path) -> None:
    rows = "a,x,shares,60,,,,\nb,x,shares,60,,,,\na,y,shares,70,,,,\nb,y,shares,70,,,,\n"
    assert over(tmp_path, rows, ("X:y",)) == [("X:y", "140", 5)]
