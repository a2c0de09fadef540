"""One entity read upwards from the store, and the bulk table over everything, give the same row."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_store import add_load

from resolution_cases import DAY, Evidence, evidence, frames, with_holdings
from topco.cli.output import csv_text
from topco.ownership.bulk_table import COLUMNS, resolution_table
from topco.ownership.neighbourhood import all_evidence
from topco.ownership.parent_tests import names, parent_test
from topco.ownership.resolution import resolve
from topco.ownership.rows import row_of
from topco.store.store import Store


@settings(deadline=None, max_examples=40)
@given(case=st.one_of(evidence(most=14), with_holdings()), name=st.sampled_from(names()))
def test_single_and_bulk_agree(case: Evidence, name: str) -> None:
    test = parent_test(name)
    with TemporaryDirectory() as folder:
        store = Store.open(Path(folder), create=True)
        # Each row has a place of its own: the same place twice is one row that was met twice.
        tables = (frame.drop("load").with_columns(row=pl.int_range(pl.len())) for frame in frames(case))
        entities, relationships, absences, holdings, seats = tables
        add_load(store, "lei2", entities=entities)
        add_load(store, "rr", DAY, relationships=relationships)
        add_load(store, "repex", DAY, absences=absences)
        add_load(store, "holdings", DAY, holdings=holdings)
        add_load(store, "statements", DAY, headquarters=seats)
        bulk = resolution_table(all_evidence(store, DAY, None, test, sources=False))
        documents = resolve(store, bulk["entity"].to_list(), DAY, test=test)
        assert None not in documents
        assert csv_text(COLUMNS, [row_of(document) for document in documents if document]) == bulk.write_csv()
        for identifier, row in zip(bulk["entity"], bulk.iter_rows(named=True), strict=True):
            (document,) = resolve(store, [identifier], DAY, test=test)
            assert document is not None
            assert csv_text(COLUMNS, [row_of(document)]) == csv_text(COLUMNS, [row])
