"""The graph of a snapshot says what its columns say: identifiers with slashes, codes with hyphens, unnamed trusts."""

from __future__ import annotations

from pathlib import Path

import pytest

from psc_records import COMPANIES_HOUSE, CORPORATE, SHARES, TOTALS, VOTES, lines, load_text, party, statement
from topco.ownership.derived import derivations
from topco.query.evidence import columns_of
from topco.store.graph import build_graph, open_graph
from topco.store.quads import load_node


@pytest.mark.parametrize("table", ["entities", "holdings", "absences", "identifiers"])
def test_columns_and_graph_agree(tmp_path: Path, table: str) -> None:
    natures = [f"{SHARES}-as-trust", VOTES, "ownership-of-moons"]
    record = party(kind=CORPORATE, identification=COMPANIES_HOUSE, natures_of_control=natures, ceased_on="2020-01-01")
    store, outcome = load_text(tmp_path, lines(record, statement("psc-details-not-confirmed"), TOTALS))
    build_graph(store, derived=derivations(store))
    database = open_graph(store, derived=derivations(store)).database
    columns = store.table(table).drop("load").sort("record").collect()
    assert columns.height > 0
    graph = columns_of(database, load_node(outcome.loaded[0].load.id), table).sort("record")
    assert graph.to_dicts() == columns.to_dicts()
