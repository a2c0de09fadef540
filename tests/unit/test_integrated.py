"""Integrated shares worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from topco.ownership import integrated_graph
from topco.ownership.integrated import (
    IntegratedShares,
    holdings_of,
    in_percent,
    integrated_holdings,
    integrated_owners,
    owners_of,
)
from topco.ownership.integrated_graph import PositionGraph
from topco.ownership.shares import WHOLE, units

Row = tuple[int, int, str, str]


def graph(n: int, *rows: Row, totals: list[int] | None = None) -> PositionGraph:
    """Rows of owner, company, and lower and upper share in percent."""
    owner, owned = (np.array([row[column] for row in rows], np.int32) for column in range(2))
    lower, upper = (np.array([units(row[column]) for row in rows], np.int64) for column in (2, 3))
    return PositionGraph.of(n, owner, owned, lower, upper, None if totals is None else np.array(totals, np.int64))


def sure(owner: int, owned: int, share: str) -> Row:
    return owner, owned, share, share


def figures(found: IntegratedShares) -> dict[int, tuple[str, str]]:
    return {party: (low, high) for party, low, high in found.percentages()}


def test_shares_are_multiplied_along_a_path_and_added_over_paths() -> None:
    # 0 has 60 of 1 and 40 of 2; 1 has 50 and 2 has 30 of 3
    known = graph(4, sure(0, 1, "60"), sure(0, 2, "40"), sure(1, 3, "50"), sure(2, 3, "30"))
    assert owners_of(known, 3).percentages() == [(1, "50", "50"), (0, "42", "42"), (2, "30", "30")]
    assert holdings_of(known, 0).percentages() == [(1, "60", "60"), (3, "42", "42"), (2, "40", "40")]
    assert len(owners_of(known, 0)) == 0


def test_bounds_are_multiplied_separately_and_never_exceed_the_whole() -> None:
    # 0 may have all of 1 and of 2, and both may have all of 3
    rows = [(0, 1, "25", "100"), (0, 2, "50", "100"), (1, 3, "10", "90"), (2, 3, "10", "90")]
    assert figures(owners_of(graph(4, *rows), 3))[0] == ("7.5", "100")
    assert figures(holdings_of(graph(4, *rows), 0))[3] == ("7.5", "100")


def test_a_path_goes_round_a_cross_holding_and_leaves_its_owner_once() -> None:
    # 1 and 2 hold a fifth and a half of each other; 0 has the rest of 1
    known = graph(3, sure(0, 1, "80"), sure(2, 1, "20"), sure(1, 2, "50"))
    found = owners_of(known, 2)
    # 0.8 · 0.5 / (1 − 0.2 · 0.5); of what comes back to 1 nothing is counted again
    assert figures(found) == {1: ("50", "50"), 0: ("44.4444444", "44.4444444")}
    assert [(ring.kind, ring.members) for ring in found.rings] == [("open", (1, 2))]


def test_a_ring_that_is_all_but_closed_is_exact() -> None:
    # all but one unit of 1 belongs to 2, all of 2 to 1: so that one unit has everything
    known = graph(3, sure(0, 1, "0.0000001"), sure(2, 1, "99.9999999"), sure(1, 2, "100"))
    for found, party in ((owners_of(known, 2), 0), (holdings_of(known, 0), 2)):
        figure = dict(zip(found.party.tolist(), found.lower.tolist(), strict=True))[party]
        assert figure == pytest.approx(1.0, abs=1e-12)
        assert found.error < 1e-9


def test_a_closed_ring_is_reported_and_the_sum_ends_at_it() -> None:
    known = graph(4, sure(0, 1, "100"), sure(1, 0, "100"), sure(0, 2, "30"), sure(3, 2, "70"))
    found = owners_of(known, 2)
    assert [(ring.kind, ring.members) for ring in found.rings] == [("closed", (0, 1))]
    assert figures(found) == {3: ("70", "70"), 0: ("30", "30"), 1: ("30", "30")}
    assert figures(holdings_of(known, 1)) == {0: ("100", "100"), 2: ("30", "30")}


def test_a_ring_of_unknown_shares_bounds_nothing_and_ends() -> None:
    rows = [(0, 1, "0", "100"), (2, 1, "0", "100"), (0, 2, "0", "100"), (1, 2, "0", "100"), (1, 0, "0", "100")]
    found = owners_of(graph(3, *rows), 2)
    assert figures(found) == {0: ("0", "100"), 1: ("0", "100")}


def test_declared_shares_over_the_whole_in_a_ring_end_at_it() -> None:
    # 1 and 2 declare more of each other than there is; 0 declares some of 1 besides
    known = graph(
        4, sure(0, 1, "50"), sure(2, 1, "80"), sure(3, 2, "60"), sure(1, 2, "60"), sure(1, 3, "90"), sure(2, 3, "40")
    )
    found = owners_of(known, 3)
    assert {ring.kind for ring in found.rings} == {"overflowing"}
    assert figures(found)[0] == ("0", "100")
    assert figures(found)[1][1] == "100"


def test_a_large_ring_is_bounded_even_if_one_member_leaves_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    # of 0 the bounds allow the ring all and 3 some more; of 1 the ring has a hundredth: so what goes round dies down
    rows = [(1, 0, "0", "80"), (2, 0, "0", "20"), (3, 0, "0", "10"), sure(0, 1, "1"), sure(0, 2, "1")]
    solved = owners_of(graph(4, *rows), 1)
    monkeypatch.setattr(integrated_graph, "SOLVED_UP_TO", 1)
    iterated = owners_of(graph(4, *rows), 1)
    assert iterated.error < 2e-9
    assert figures(iterated) == figures(solved)
    assert figures(iterated)[3] == ("0", "0.1010101")


def test_a_ring_without_end_above_a_large_one_leaves_the_error_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrated_graph, "SOLVED_UP_TO", 1)
    # 0 and 1 hold half of each other; above 0 stand 2 and 3, of which the bounds allow each other more than all
    rows = [
        sure(1, 0, "50"),
        sure(0, 1, "50"),
        (2, 0, "0", "10"),
        (3, 2, "0", "100"),
        (2, 3, "0", "100"),
        (4, 2, "0", "100"),
        (4, 3, "0", "100"),
        (2, 4, "0", "100"),
        (3, 4, "0", "100"),
    ]
    found = owners_of(graph(5, *rows), 1)
    assert found.error < 2e-9
    assert figures(found) == {0: ("50", "50"), 2: ("0", "100"), 3: ("0", "100"), 4: ("0", "100")}


def test_shares_are_parts_of_what_is_not_the_company_s_own() -> None:
    # a tenth of 1 is its own, so 45 of 90 are half; the row of the holding in itself is left out
    known = graph(2, sure(0, 1, "45"), sure(1, 1, "10"), totals=[WHOLE, WHOLE - WHOLE // 10])
    assert figures(owners_of(known, 1)) == {0: ("50", "50")}


def test_a_chain_of_ten_thousand_links_is_followed_to_its_end() -> None:
    length = 10_000
    owner = np.arange(length, dtype=np.int32)
    share = np.full(length, WHOLE - 1000, np.int64)
    found = owners_of(PositionGraph.of(length + 1, owner, owner + 1, share, share), length)
    true = Fraction(WHOLE - 1000, WHOLE) ** length
    assert len(found) == length
    assert abs(Fraction(found.lower[-1]) - true) <= Fraction(found.error) <= Fraction(1, 10**9)


def test_what_is_left_out_is_within_the_certified_error() -> None:
    # three thousand companies between 0 and the last one, each small enough to be left where it is
    many = 3_000
    between = np.arange(1, many + 1, dtype=np.int32)
    first, last = np.zeros(many, np.int32), np.full(many, many + 1, np.int32)
    share = np.full(many, WHOLE // many, np.int64)
    known = PositionGraph.of(
        many + 2,
        np.concatenate([between, first]),
        np.concatenate([last, between]),
        np.concatenate([share, np.full(many, WHOLE)]),
        np.concatenate([share, np.full(many, WHOLE)]),
    )
    true = Fraction(WHOLE // many * many, WHOLE)
    for epsilon in (0.5, 0.01, 1e-9):
        found = owners_of(known, many + 1, epsilon)
        mine = dict(zip(found.party.tolist(), found.lower.tolist(), strict=True)).get(0, 0.0)
        assert true - Fraction(found.error) <= Fraction(mine) <= true + Fraction(found.error)
        assert found.error <= epsilon + 1e-12
    assert owners_of(known, many + 1, 0.5).error > 0.4  # and it does leave out


def test_a_cut_off_keeps_what_may_reach_it() -> None:
    rows = [(0, 3, "10", "60"), (1, 3, "30", "30"), (2, 3, "5", "9")]
    assert owners_of(graph(4, *rows), 3).above(0.1).party.tolist() == [1, 0]


def test_asking_once_needs_no_graph() -> None:
    rows = np.array([[0, 1], [1, 2]], np.int32)
    share = np.array([units("50"), units("50")])
    assert integrated_owners(3, *rows, share, share, target=2).percentages() == [(1, "50", "50"), (0, "25", "25")]
    assert integrated_holdings(3, *rows, share, share, source=0).percentages() == [(1, "50", "50"), (2, "25", "25")]


def test_companies_without_positions_have_no_owners() -> None:
    nothing = np.empty(0, np.int32)
    found = integrated_owners(2, nothing, nothing, nothing.astype(np.int64), nothing.astype(np.int64), target=1)
    assert (len(found), found.error < 1e-15, found.rings) == (0, True, ())


@pytest.mark.parametrize(("fraction", "text"), [(0.5, "50"), (1 / 3, "33.3333333"), (0.0, "0"), (1.0, "100")])
def test_fractions_are_written_in_percent(fraction: float, text: str) -> None:
    assert in_percent(fraction) == text
