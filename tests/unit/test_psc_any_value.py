"""Whatever stands in a record, it becomes evidence or a reject, and never a traceback."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from psc_records import COMPANIES_HOUSE, CORPORATE, TOTALS, party, statement
from topco.registries.companies_house import companies
from topco.registries.companies_house.psc import Reader
from topco.registries.staged import Sink

DAY = date(2024, 11, 22)
TEXT = st.text(st.characters(codec=None), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
EXEMPT = {"kind": "exemptions", "exemptions": {"a": {"items": [{}]}}, "links": {"self": "/company/01234567/exemptions"}}
RECORDS = (
    party(kind=CORPORATE, identification=COMPANIES_HOUSE),
    statement("psc-details-not-confirmed"),
    {"company_number": "01234567", "data": EXEMPT},
    TOTALS,
)


def changed(record: Any, path: list[int], value: Any) -> Any:
    """A record with another value at a place, chosen by positions; keys too may be replaced."""
    if not path or not isinstance(record, dict) or not record:
        return value
    keys = list(record)
    key = keys[path[0] % len(keys)]
    return record | {key: changed(record[key], path[1:], value)}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(RECORDS), st.lists(st.integers(0, 9), max_size=3), VALUES), max_size=5))
def test_any_value_in_any_place_of_a_record(cases: list[tuple[Any, list[int], Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sink = Sink(Path(folder), "snapshot.txt")
        reader = Reader(sink, DAY)
        for row, (record, path, value) in enumerate(cases, start=1):
            reader.take(row, changed(record, path, value))
        sink.finish(len(cases))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(TEXT | st.sampled_from(["CompanyNumber", "CompanyName", "IncorporationDate"]), VALUES))
def test_any_value_in_a_row_of_a_company(row: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sink = Sink(Path(folder), "companies.json")
        companies.take(sink, 1, row)
        companies.take(sink, 2, {"CompanyNumber": "01234567", "CompanyName": "Example", **row})
        sink.finish(2)
