"""The graph of real registry rows: nothing is lost on the way there and back, and known counts come out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from polars.testing import assert_frame_equal

from topco.cli.main import main
from topco.query.evidence import columns_of
from topco.query.run import evaluate
from topco.store.graph import GraphView, open_graph
from topco.store.quads import IN_GRAPH, load_node
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def store(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = tmp_path_factory.mktemp("real") / "store"
    golden = shared_data / "gleif-golden-copy-csv"
    with pytest.raises(SystemExit) as ended:
        main(["load", "gleif", str(golden), "--store", str(path), "--defer-graph"])
    assert ended.value.code in (0, 1)
    return Store.open(path)


@pytest.fixture(scope="module")
def view(store: Store) -> GraphView:
    return open_graph(store)


def test_columns_and_graph_are_equal(store: Store, view: GraphView) -> None:
    compared = 0
    for load in store.loads():
        for table in IN_GRAPH:
            columns = store.table(table, loads=[load]).drop("load").collect()
            found = columns_of(view.database, load_node(load.id), table)
            assert_frame_equal(found, columns, check_row_order=False)
            compared += len(columns)
    assert compared > 490


def test_lapsed_records_as_the_file_counts_them(shared_data: Path, view: GraphView) -> None:
    text = "SELECT (COUNT(DISTINCT ?r) AS ?n) { ?r a topco:EntityRecord ; topco:registrationStatus 'LAPSED' }"
    file = shared_data / "gleif-golden-copy-csv" / "lei2-golden-copy.csv"
    expected = len(re.findall(r'"LAPSED"', file.read_text(encoding="utf-8")))
    assert [row["n"] for row in evaluate(view, text).plain_rows()] == [expected]
