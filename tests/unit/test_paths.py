"""Paths between two parties: every one counted, the strongest listed, rings as one station."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.ownership.integrated import owners_of
from topco.ownership.integrated_graph import PositionGraph
from topco.ownership.paths import NO_SHARE, Path, Paths, paths
from topco.ownership.shares import WHOLE, units

Row = tuple[int, int, str, str | None, str | None]


def found(n: int, rows: list[Row], source: int, target: int, limit: int = 100) -> Paths:
    """Rows of owner, company, kind, and lower and upper share in percent."""

    def bounds(column: int) -> np.ndarray:
        return np.array([NO_SHARE if row[column] is None else units(str(row[column])) for row in rows], np.int64)

    ends = [np.array([row[column] for row in rows], np.int32) for column in range(2)]
    return paths(n, *ends, [row[2] for row in rows], bounds(3), bounds(4), source, target, limit)


def share(owner: int, owned: int, percent: str) -> Row:
    return owner, owned, "shares", percent, percent


def stations(path: Path) -> list[int]:
    assert all(upper.owned == lower.owner for upper, lower in pairwise(path.steps) if not path.rings)
    return [path.steps[0].owner, *(step.owned for step in path.steps)]


def test_the_strongest_path_comes_first_with_its_product_and_weakest_link() -> None:
    rows = [share(0, 1, "60"), share(1, 3, "50"), share(0, 2, "90"), share(2, 3, "40"), share(3, 4, "100")]
    answer = found(6, [*rows, share(5, 4, "3")], source=0, target=4)
    assert (answer.total, answer.cut) == (2, False)
    assert [stations(path) for path in answer.listed] == [[0, 2, 3, 4], [0, 1, 3, 4]]
    assert [path.lower for path in answer.listed] == pytest.approx([0.36, 0.3])
    assert [(path.weakest.owner, path.weakest.owned) for path in answer.listed if path.weakest] == [(2, 3), (1, 3)]


def test_a_band_gives_bounds() -> None:
    (path,) = found(3, [(0, 1, "shares", "50", "75"), (1, 2, "shares", "25", "50")], 0, 2).listed
    assert (path.lower, path.upper) == (0.125, 0.375)


def test_a_recorded_parent_or_a_right_is_a_step_without_a_share() -> None:
    rows: list[Row] = [share(0, 1, "30"), (1, 2, "consolidation", None, None), (2, 3, "board", None, None)]
    (path,) = found(4, rows, 0, 3).listed
    assert (path.lower, path.upper) == (None, None)
    assert [step.grounds[0].kind for step in path.without_share] == ["consolidation", "board"]
    assert path.weakest is not None
    assert path.weakest.lower == 0.3


def test_several_grounds_are_one_step_and_votes_are_not_multiplied() -> None:
    rows: list[Row] = [
        (0, 1, "consolidation", None, None),
        share(0, 1, "30"),
        (0, 1, "votes", "80", "80"),
        share(0, 1, "21"),
    ]
    answer = found(2, rows, 0, 1)
    assert answer.total == 1
    (path,) = answer.listed
    assert path.lower == pytest.approx(0.51)
    assert [ground.kind for ground in path.steps[0].grounds] == ["consolidation", "shares", "votes", "shares"]


def test_a_ring_on_the_way_is_one_station() -> None:
    # 0 -> ring of 1, 2, 3 -> 4
    rows = [
        share(0, 1, "80"),
        share(1, 2, "50"),
        share(2, 3, "100"),
        share(3, 1, "20"),
        share(2, 4, "50"),
        share(3, 4, "50"),
    ]
    answer = found(5, rows, 0, 4)
    assert answer.total == 2
    assert [path.rings for path in answer.listed] == [((1, 2, 3),)] * 2
    assert {(step.owner, step.owned) for path in answer.listed for step in path.steps} == {(0, 1), (2, 4), (3, 4)}


def test_two_members_of_one_ring_have_one_path() -> None:
    answer = found(2, [share(0, 1, "40"), share(1, 0, "60")], 0, 1)
    assert answer.total == 1
    (path,) = answer.listed
    assert (path.steps, path.rings, path.lower) == ((), ((0, 1),), pytest.approx(0.4))


def test_a_closed_ring_and_a_ring_of_unknown_shares_end() -> None:
    closed = found(3, [share(0, 1, "100"), share(1, 0, "100"), share(1, 2, "30")], 0, 2)
    assert [path.lower for path in closed.listed] == [pytest.approx(0.3)]
    rows: list[Row] = [
        (holder, company, "shares", "0", "100") for holder in range(3) for company in (1, 2) if holder != company
    ]
    unknown = found(3, rows, 0, 1)
    assert {(path.lower, path.upper) for path in unknown.listed} == {(0.0, 1.0)}


def test_no_way_no_paths() -> None:
    rows = [share(0, 1, "60"), share(2, 1, "40")]
    assert found(3, rows, 1, 0).total == 0
    assert found(3, rows, 0, 2).listed == ()
    assert found(3, rows, 0, 0).total == 0


def test_paths_without_number_are_counted_and_the_listing_is_cut() -> None:
    rows = []
    for level in range(60):
        top = 3 * level
        rows += [
            share(top, top + 1, "60"),
            share(top, top + 2, "40"),
            share(top + 1, top + 3, "50"),
            share(top + 2, top + 3, "50"),
        ]
    answer = found(181, rows, 0, 180, limit=5)
    assert (answer.total, len(answer.listed), answer.cut) == (2**60, 5, True)
    assert answer.listed[0].lower == pytest.approx(0.3**60)
    products = [path.lower for path in answer.listed]
    assert products == sorted(products, reverse=True)


@st.composite
def many_steps(draw: st.DrawFn) -> tuple[int, list[Row]]:
    n = draw(st.integers(2, 7))
    pairs = draw(
        st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda pair: pair[0] != pair[1]))
    )
    rows: list[Row] = []
    room = [95] * n
    for owner, owned in sorted(pairs):
        part = min(draw(st.sampled_from([5, 20, 40])), room[owned])
        room[owned] -= part
        if part:
            rows.append(share(owner, owned, str(part)))
    return n, rows


@settings(deadline=None, max_examples=300)
@given(many=many_steps())
def test_products_add_up_to_the_integrated_share(many: tuple[int, list[Row]]) -> None:
    n, rows = many
    held = np.array([units(str(row[3])) for row in rows], np.int64)
    owner, owned = (np.array([row[column] for row in rows], np.int32) for column in range(2))
    shares = owners_of(PositionGraph.of(n, owner, owned, held, held), n - 1)
    integrated = dict(zip(shares.party.tolist(), shares.lower.tolist(), strict=True))
    for source in range(n - 1):
        answer = found(n, rows, source, n - 1, limit=10_000)
        assert answer.total == len(answer.listed)
        assert sum(path.lower or 0.0 for path in answer.listed) == pytest.approx(integrated.get(source, 0.0), abs=1e-8)


@settings(deadline=None, max_examples=200)
@given(many=many_steps(), limit=st.integers(0, 4))
def test_every_simple_path_is_found_where_there_is_no_ring(many: tuple[int, list[Row]], limit: int) -> None:
    n, rows = many
    rows = [row for row in rows if row[0] < row[1]]
    below = {node: [row[1] for row in rows if row[0] == node] for node in range(n)}

    def walk(node: int) -> list[list[int]]:
        return [[node]] if node == n - 1 else [[node, *rest] for child in below[node] for rest in walk(child)]

    answer = found(n, rows, 0, n - 1, limit=10_000)
    assert sorted(stations(path) for path in answer.listed) == sorted(walk(0))
    strengths = [path.lower or 0.0 for path in answer.listed]
    assert all(first >= second - 1e-12 for first, second in pairwise(strengths))
    cut = found(n, rows, 0, n - 1, limit=limit)
    assert cut.total == answer.total
    assert cut.listed == answer.listed[:limit]


@settings(deadline=None, max_examples=100)
@given(many=many_steps(), data=st.data())
def test_the_order_of_rows_changes_nothing(many: tuple[int, list[Row]], data: st.DataObject) -> None:
    n, rows = many
    shuffled = data.draw(st.permutations(rows))
    assert found(n, list(shuffled), 0, n - 1) == found(n, rows, 0, n - 1)


def test_the_whole_of_a_company_is_what_it_does_not_hold_itself() -> None:
    ends = np.array([[0], [1]], np.int32)
    held = np.array([WHOLE // 4])
    answer = paths(2, *ends, ["shares"], held, held, 0, 1, total=np.array([WHOLE, WHOLE // 2]))
    assert answer.listed[0].lower == 0.5
