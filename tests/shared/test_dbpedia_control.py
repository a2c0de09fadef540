"""Pairs of company and owner that DBpedia records, rings and all: where every chain ends, against scipy's components.

The pairs have no shares, no dates and no kinds. They are loaded as the right to appoint the board: that decides without
a share, so that nobody has to be given a percentage which no source states (two owners with "100 percent" each would be
a finding of its own). All parties are loaded as companies; that some are persons or states the pairs do not say.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from topco.ownership.bulk_table import resolve_all
from topco.ownership.parent_tests import parent_test
from topco.ownership.questions.between import between
from topco.ownership.resolution import resolve
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

sparse = pytest.importorskip("scipy.sparse", reason="the comparison needs scipy, which the extra `bench` brings")
csgraph = pytest.importorskip("scipy.sparse.csgraph")

pytestmark = pytest.mark.shared
DAY = date(2025, 1, 10)


class Pairs(NamedTuple):
    """The distinct pairs of a company and another party, and what scipy finds in them."""

    store: Store
    ids: list[str]
    owners: dict[int, set[int]]
    component: np.ndarray
    rings: list[frozenset[int]]

    def above(self, component: int) -> set[int]:
        """The components of all owners of a component's members, without itself."""
        members = np.flatnonzero(self.component == component).tolist()
        return {int(self.component[owner]) for one in members for owner in self.owners.get(one, ())} - {component}

    def outside(self, ring: frozenset[int]) -> set[int]:
        """Everyone outside a ring from whom owners lead down into it."""
        found: set[int] = set()
        waiting = list(ring)
        while waiting:
            for owner in self.owners.get(waiting.pop(), ()):
                if owner not in found:
                    found.add(owner)
                    waiting.append(owner)
        return found - ring


@pytest.fixture(scope="module")
def pairs(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    folder = tmp_path_factory.mktemp("dbpedia")
    with gzip.open(shared_data / "dbpedia-control" / "control.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        read = [(company, owner) for company, owner in csv.reader(stream)]
    assert len(read) == 14_601
    ids = sorted({party for pair in read for party in pair})
    with (folder / "holdings.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("owner", "owned", "interest"), *((o, c, "board") for c, o in read)])
    with (folder / "entities.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "name", "kind"), *((one, "", "company") for one in ids)])
    store = Store.open(folder / "store", create=True)
    outcome = load(store, Tables(), [folder / "holdings.csv", folder / "entities.csv"], DAY, lambda *_: None)
    assert [loaded.load.rejects for loaded in outcome.loaded] == [0, 0]

    place = {identifier: number for number, identifier in enumerate(ids)}
    edges = sorted({(place[company], place[owner]) for company, owner in read if company != owner})
    source, target = np.array(edges).T
    matrix = sparse.csr_array((np.ones(len(source)), (source, target)), shape=(len(ids), len(ids)))
    count, component = csgraph.connected_components(matrix, directed=True, connection="strong")
    sizes = np.bincount(component, minlength=count)
    rings = [frozenset(np.flatnonzero(component == one).tolist()) for one in np.flatnonzero(sizes > 1).tolist()]
    owners: dict[int, set[int]] = {}
    for company, owner in edges:
        owners.setdefault(company, set()).add(owner)
    return Pairs(store, ids, owners, component, rings)


def expected_statuses(pairs: Pairs) -> list[str]:
    """The table of `docs/resolution.md`, read off the ends of all ways up: no top is confirmed by anybody."""
    ends: dict[int, frozenset[int]] = {}
    ring_of = {int(pairs.component[min(ring)]) for ring in pairs.rings}

    def ends_of(start: int) -> frozenset[int]:
        waiting = [start]
        while waiting:
            one = waiting[-1]
            above = pairs.above(one)
            missing = [other for other in above if other not in ends]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            ends[one] = frozenset().union(*(ends[other] for other in above)) if above else frozenset({one})
        return ends[start]

    statuses = []
    for node, component in enumerate(pairs.component.tolist()):
        found = ends_of(component) if node in pairs.owners else frozenset({component})
        if found & ring_of:
            statuses.append("cyclic")
        elif len(found) > 1:
            statuses.append("conflicting")
        else:
            statuses.append("open_top" if node in pairs.owners else "no_evidence")
    return statuses


@pytest.mark.parametrize("test", ["control", "headquarters", "majority"])
def test_every_chain_ends_as_its_components_say(pairs: Pairs, test: str) -> None:
    table = resolve_all(pairs.store, DAY, None, parent_test(test)).sort("entity")
    assert table["entity"].to_list() == pairs.ids
    assert table["status"].to_list() == expected_statuses(pairs)
    assert Counter(table["status"].to_list()) == {
        "open_top": 8_929,
        "no_evidence": 3_735,
        "conflicting": 2_563,
        "cyclic": 14,
    }


def test_every_ring_without_an_outside_controller_is_named(pairs: Pairs) -> None:
    closed = [ring for ring in pairs.rings if not pairs.outside(ring)]
    assert (len(pairs.rings), len(closed)) == (6, 2)
    for ring in closed:
        members = {pairs.ids[one] for one in ring}
        for document in resolve(pairs.store, sorted(members), DAY, None, parent_test("control")):
            assert document is not None
            assert document["status"] == "cyclic"
            assert {step["child"] for step in document["chain"]} == members
            assert {step["parent"] for step in document["chain"]} == members


def test_a_chain_names_each_ring_and_who_controls_it_from_outside(pairs: Pairs) -> None:
    for ring in pairs.rings:
        first, second, *_ = (pairs.ids[one] for one in sorted(ring))
        for owner, company in ((first, second), (second, first)):
            document = between(pairs.store, owner, company, DAY, None, parent_test("control"), 100)
            assert document["total"] == 1
            assert document["controls"] == "must"
            (named,) = document["rings"]
            assert named["members"] == [pairs.ids[one] for one in sorted(ring)]
            assert named["outside_controllers"] == sorted(pairs.ids[one] for one in pairs.outside(ring))
