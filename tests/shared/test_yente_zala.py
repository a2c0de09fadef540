"""Fourteen real ownership edges of one case against a table derived by hand: control, cascade, integrated.

A person (P) and a company (N) hold most of a company (Z); B is a company and Q a person with little of it. What else P
holds stands alone. P is on record with three shares of Z at once, 50, 48 and 51 percent: most likely one after the
other, but their periods overlap, and the engine adds what a source gives as separate holdings. So the table has two
parts: all edges as they are, and Z with one of the three at a time. Parties are called by identifiers, never by name.
"""

from __future__ import annotations

import csv
import json
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from topco.ownership.parent_tests import parent_test
from topco.ownership.questions.owners import owners
from topco.ownership.resolution import resolve
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.shared

P, N, B, Q = (
    f"X:NK-{one}"
    for one in ("aU5ybkbRFJucf8YMwsJvDw", "nR5AXM9AVPq4pQaSPSaVam", "DSxJ9ZzHxBBMyEMnnTBhai", "DQ98GPMgdVH8DSZd8g9Xtc")
)
Z = "X:NK-abdzbEBkqyT29GyREbiURZ"
OF_75, OF_100, UNKNOWN = "X:NK-9Xa4Kg7Y7nfccE7VcZt6Q6", "X:NK-ERScv7cLkkvZ3ejz7xiToj", "X:NK-cPks3aTbes8k4aCerfBAzN"
FIFTY = "ru-770bdf5f22537fa2a94176f53fa87fe28ecf94fa"
FORTY_EIGHT = "ru-7f202fd87a7ec03404a36667672156628713531c"
FIFTY_ONE = "ru-dfe0a021cb69f99e198bb8cbbcb93e81130b32a7"
ALL = frozenset({FIFTY, FORTY_EIGHT, FIFTY_ONE})
TESTS = ("control", "cascade", "integrated")

Owner = tuple[str, str, str, str]  # identifier, controls, lower and upper integrated share in percent


class Row(NamedTuple):
    """One line of the table: whose owners, when, with which of P's three shares in Z, under which tests."""

    company: str
    day: str
    kept: frozenset[str]
    tests: tuple[str, ...]
    status: str
    owners: tuple[Owner, ...]
    declared: str | None = None


TABLE = (
    # June 2015. Nobody has a dated share yet; N is on record without share or date: 0 to 100. More than half may be.
    Row(Z, "2015-06-01", ALL, TESTS, "possible", ((N, "may", "0", "100"),)),
    # January 2016. P: 50 + 48 + 51 = 149 of 100, a finding; then no bound is tightened, and N stays at 0 to 100.
    # P has more than half whatever N has, and is a person: Z has no corporate parent.
    Row(Z, "2016-01-15", ALL, TESTS, "own_top", ((P, "must", "100", "100"), (N, "may", "0", "100")), "149"),
    # June 2022. P 149, N 49 (exact) and once more without a share: at least 49; B 2, Q 1. 149 + 49 + 2 + 1 = 201.
    Row(
        Z,
        "2022-06-01",
        ALL,
        TESTS,
        "own_top",
        ((P, "must", "100", "100"), (N, "may", "49", "100"), (B, "cannot", "2", "2"), (Q, "cannot", "1", "1")),
        "201",
    ),
    # June 2023. 50 and Q ended on 2 March. P 48 + 51 = 99, N at least 49, B 2: 99 + 49 + 2 = 150.
    Row(
        Z,
        "2023-06-01",
        ALL,
        TESTS,
        "own_top",
        ((P, "must", "99", "99"), (N, "may", "49", "100"), (B, "cannot", "2", "2")),
        "150",
    ),
    # June 2024. 48 and B ended on 21 December 2023. P 51, N at least 49 and at most 100 - 51 = 49.
    Row(Z, "2024-06-01", ALL, TESTS, "own_top", ((P, "must", "51", "51"), (N, "cannot", "49", "49"))),
    # 2017 with 50 alone. N at least 49, at most 100 - 50 = 50. 50 is not more than 50: nobody can have control; and one
    # percent is nobody's, so nothing is settled. For the cascade 50 is enough: P must, and N may, if the rest is N's.
    Row(
        Z,
        "2017-01-01",
        frozenset({FIFTY}),
        ("control", "integrated"),
        "open_top",
        ((P, "cannot", "50", "50"), (N, "cannot", "49", "50")),
    ),
    Row(
        Z,
        "2017-01-01",
        frozenset({FIFTY}),
        ("cascade",),
        "own_top",
        ((P, "must", "50", "50"), (N, "may", "49", "50")),
    ),
    # June 2022 with 48 alone. 48 + 49 + 2 + 1 = 100: all is known, N has at most 100 - 51 = 49, nobody has half.
    Row(
        Z,
        "2022-06-01",
        frozenset({FORTY_EIGHT}),
        TESTS,
        "own_top",
        ((N, "cannot", "49", "49"), (P, "cannot", "48", "48"), (B, "cannot", "2", "2"), (Q, "cannot", "1", "1")),
    ),
    # June 2022 with 51 alone. 51 + 49 + 2 + 1 = 103.
    Row(
        Z,
        "2022-06-01",
        frozenset({FIFTY_ONE}),
        TESTS,
        "own_top",
        ((P, "must", "51", "51"), (N, "may", "49", "100"), (B, "cannot", "2", "2"), (Q, "cannot", "1", "1")),
        "103",
    ),
    # P alone: 75 of 100; 100 of 100; once without a share. A person is never the parent: nothing is above but him.
    Row(OF_75, "2022-06-01", ALL, TESTS, "own_top", ((P, "must", "75", "75"),)),
    Row(OF_100, "2022-06-01", ALL, TESTS, "own_top", ((P, "must", "100", "100"),)),
    Row(UNKNOWN, "2024-06-01", ALL, TESTS, "open_top", ((P, "may", "0", "100"),)),
    # The day after the last one: 22 November 2022 was that of the 75 percent.
    Row(OF_75, "2022-11-23", ALL, TESTS, "no_evidence", ()),
)


@pytest.fixture(scope="module")
def stores(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[frozenset[str]], Store]:
    """The store with some of P's three shares in Z and all other edges."""
    path = shared_data / "followthemoney" / "yente-zala" / "entities.ftm.json"
    with path.open(encoding="utf-8") as stream:
        entities = [json.loads(line) for line in stream]
    made: dict[frozenset[str], Store] = {}

    def store(kept: frozenset[str]) -> Store:
        if kept not in made:
            made[kept] = as_tables(entities, kept, tmp_path_factory.mktemp("zala"))
        return made[kept]

    return store


def as_tables(entities: list[dict[str, Any]], kept: frozenset[str], folder: Path) -> Store:
    """The ownership edges as the canonical table; an end date is read as the last day."""
    edges = [one for one in entities if one["schema"] == "Ownership"]
    assert len(edges) == 14
    parties = {edge["properties"][end][0] for edge in edges for end in ("owner", "asset")}
    kinds = {"Person": "person", "Company": "company"}
    with (folder / "entities.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = [(one["id"], one["id"], kinds[one["schema"]]) for one in entities if one["id"] in parties]
        csv.writer(stream).writerows([("id", "name", "kind"), *rows])
    with (folder / "holdings.csv").open("w", encoding="utf-8", newline="") as stream:
        columns = ("owner", "asset", "percentage", "startDate", "endDate")
        rows = [
            tuple("".join(edge["properties"].get(column, [])) for column in columns)
            for edge in edges
            if edge["id"] in kept or edge["id"] not in ALL
        ]
        csv.writer(stream).writerows([("owner", "owned", "share_exact", "valid_from", "valid_to"), *rows])
    store = Store.open(folder / "store", create=True)
    outcome = load(store, Tables(), [folder], date(2026, 8, 11), lambda *_: None)
    assert [loaded.load.rejects for loaded in outcome.loaded] == [0, 0]
    return store


@pytest.mark.parametrize(("row", "test"), [(row, test) for row in TABLE for test in row.tests])
def test_the_table_derived_by_hand(stores: Callable[[frozenset[str]], Store], row: Row, test: str) -> None:
    asked = (date.fromisoformat(row.day), None, parent_test(test))
    document = owners(stores(row.kept), row.company, *asked, 0)
    found = [
        (owner["id"], owner["controls"], owner["share"]["lower"], owner["share"]["upper"])
        for owner in document["owners"]
    ]
    assert found == list(row.owners)
    assert [one["declared"] for one in document["declared_over_100"]] == ([row.declared] if row.declared else [])
    (resolution,) = resolve(stores(row.kept), [row.company], *asked)
    assert resolution is not None
    assert resolution["status"] == row.status
    assert resolution["direct_parents"] == []
    expected = [row.company] if row.status in ("own_top", "open_top") else []
    if row.status == "possible":
        expected = sorted([row.company, *(owner for owner, controls, *_ in row.owners if controls == "may")])
    assert [parent["id"] for parent in resolution["ultimate_parents"]] == expected
