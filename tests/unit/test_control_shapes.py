"""Control in small structures drawn by hand: what real registers hold, one shape per test."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest

from topco.errors import BadInput
from topco.ownership.control import (
    NO_SHARE,
    PLAIN,
    Control,
    ControlKernels,
    Family,
    Holdings,
    Positions,
    Test,
    control,
    positions,
    rows_of,
)
from topco.ownership.control.bulk import COMPILED
from topco.ownership.graph import adjacency
from topco.ownership.shares import WHOLE, units

FAMILIES = {"": Family.SHARES, "v": Family.VOTES, "b": Family.BOARD, "n": Family.NONE}
HOLDING = re.compile(r"^(?P<owner>[a-z])>(?P<owned>[a-z])(?P<family>[vbn]?)(?P<share>[\d.]+)?(?:-(?P<high>[\d.]+))?$")
CASCADE = Test(at_least=True, families=frozenset({Family.SHARES}))
MAJORITY = Test(aggregated=False)


def drawn(text: str) -> tuple[Holdings, str]:
    """Holdings from words: `a>b60` 60 percent of the shares of b, `a>bv60` of the votes, `a>bb` the right to appoint
    its board, `a>bn` what counts nowhere; `a>b30-60` a band, `a>b` nobody says how much. Parties are letters."""
    found = [HOLDING.match(word) for word in text.split()]
    assert all(found)
    rows = [one.groupdict() for one in found if one]
    names = "".join(sorted({row[side] for row in rows for side in ("owner", "owned")}))

    def column(values: list[int], kind: type = np.int64) -> np.ndarray:
        return np.array(values, kind)

    return (
        Holdings(
            len(names),
            column([names.index(row["owner"]) for row in rows], np.int32),
            column([names.index(row["owned"]) for row in rows], np.int32),
            column([FAMILIES[row["family"]] for row in rows], np.int8),
            column([units(row["share"]) if row["share"] and not row["high"] else NO_SHARE for row in rows]),
            column([units(row["share"]) if row["high"] else 0 for row in rows]),
            column([units(row["high"]) if row["high"] else WHOLE for row in rows]),
        ),
        names,
    )


class Drawing:
    """Control in a drawing, with letters."""

    def __init__(self, text: str, test: Test | None = None, rights: str = "", natural: str = "") -> None:
        self.holdings, self.names = drawn(text)
        self.positions: Positions = positions(self.holdings)
        decisive = [(self.names.index(word[0]), self.names.index(word[2])) for word in rights.split()]
        pairs = np.array(decisive, np.int32).reshape(-1, 2)
        flags = np.array([name in natural for name in self.names])
        self.answer: Control = control(self.positions, test or Test(), pairs[:, 0], pairs[:, 1], flags)

    def letters(self, nodes: np.ndarray) -> str:
        return "".join(self.names[node] for node in nodes.tolist())

    def edges(self, kind: str) -> dict[str, str]:
        company, holder = getattr(self.answer, kind)
        found: dict[str, str] = {}
        for one, other in sorted(zip(company.tolist(), holder.tolist(), strict=True)):
            found[self.names[one]] = found.get(self.names[one], "") + self.names[other]
        return found

    def settled(self) -> str:
        return self.letters(np.flatnonzero(self.answer.settled))


@pytest.mark.parametrize(
    ("drawing", "test", "immediate"),
    [
        ("a>b60 b>c60", Test(), {"b": "a", "c": "b"}),
        ("a>b50", Test(), {}),
        ("a>b50", CASCADE, {"b": "a"}),
        ("a>b50.0000001", Test(), {"b": "a"}),
        # Two subsidiaries have 30 percent each: together they are the parent's, and it stands directly above.
        ("a>b60 a>c60 b>d30 c>d30", Test(), {"b": "a", "c": "a", "d": "a"}),
        ("a>b60 a>c60 b>d30 c>d30", MAJORITY, {"b": "a", "c": "a"}),
        # 20 of its own and 31 of a subsidiary's subsidiary.
        ("a>b60 b>c60 c>d31 a>d20", Test(), {"b": "a", "c": "b", "d": "a"}),
        # Shares are not votes.
        ("a>b30 a>bv30", Test(), {}),
        ("a>b20 c>bv60", Test(), {"b": "c"}),
        ("a>b60 c>bv60", Test(), {"b": "ac"}),
        ("a>bb c>b49", Test(), {"b": "a"}),
        ("a>bb c>b49", CASCADE, {}),
        ("a>bn", Test(), {}),
        # A holding may be split over records; a band is added to nothing.
        ("a>b30 a>b30", Test(), {"b": "a"}),
        ("a>b30 a>b30-40", Test(), {}),
        # 45 of the 80 percent that the company does not hold itself.
        ("a>b45 b>b20", Test(), {"b": "a"}),
        ("a>b40 b>b20", Test(), {}),
        # A ring controls itself; of what it holds together every member is a parent.
        ("a>b60 b>a60 a>c60", Test(), {"a": "ab", "b": "ab", "c": "ab"}),
        # ... and who controls the ring from outside is a parent of each member.
        ("a>b60 b>a60 p>ab", Test(), {"a": "abp", "b": "abp"}),
        # A company whose subsidiaries hold most of it controls itself.
        ("a>b60 a>c60 b>a30 c>a30", Test(), {"a": "a", "b": "a", "c": "a"}),
        # Declared over 100 percent: both stand.
        ("a>b60 c>b60", Test(), {"b": "ac"}),
        ("a>b50 c>b50", CASCADE, {"b": "ac"}),
    ],
)
def test_immediate_controllers(drawing: str, test: Test, immediate: dict[str, str]) -> None:
    assert Drawing(drawing, test).edges("immediate") == immediate


@pytest.mark.parametrize(
    ("drawing", "candidates"),
    [
        ("a>b40-60", {"b": "a"}),
        ("a>b40-50", {}),
        ("a>b", {"b": "a"}),
        ("a>b c>b", {"b": "ac"}),
        # What c has for certain cannot be a's.
        ("a>b c>b50", {}),
        ("a>b c>b49", {"b": "a"}),
        # Neither can have it alone, but who may control both.
        ("p>a40-60 p>b40-60 a>c20-30 b>c20-30", {"a": "p", "b": "p", "c": "p"}),
        # A certain parent ends the question.
        ("a>b60 c>b", {}),
        # If the company holds 20 percent itself, 45 are a majority.
        ("a>b45 b>b0-20", {"b": "a"}),
        ("a>b45 b>b0-9", {}),
        # A chain of unknown shares: each link is a candidate of the next.
        ("a>b b>c", {"b": "a", "c": "b"}),
        ("a>b b>a", {"a": "ab", "b": "ab"}),
    ],
)
def test_candidates(drawing: str, candidates: dict[str, str]) -> None:
    assert Drawing(drawing).edges("candidates") == candidates


@pytest.mark.parametrize(
    ("drawing", "tied"),
    [
        ("a>c50 b>c50", {"c": "ab"}),
        ("a>c50", {}),
        ("a>c50 b>c49 d>c1", {}),
        # Half of what the company has not itself.
        ("a>c40 b>c40 c>c20", {"c": "ab"}),
        # A group ties as one, named by the lowest company above all of it.
        ("g>p100 p>a60 p>d60 a>c30 d>c20 b>c50", {"c": "bp"}),
        # One of the two has a parent: it is still the holder that ties.
        ("p>a60 a>c50 b>c50", {"c": "ab"}),
        # Both halves are one party's, who then controls.
        ("p>a60 p>b60 a>c50 b>c50", {}),
        ("a>cv50 b>cv50 a>c20", {"c": "ab"}),
        ("a>c50 b>c50 d>cb", {}),
    ],
)
def test_ties(drawing: str, tied: dict[str, str]) -> None:
    assert Drawing(drawing).edges("tied") == tied


@pytest.mark.parametrize(
    ("drawing", "natural", "settled"),
    [
        ("a>d40 b>d30 c>d30", "", "d"),
        ("a>d40 b>d30", "", ""),
        ("a>d50 b>d50", "", ""),
        ("a>d40 b>d30 c>d0-30", "", ""),
        # One family is all known, of the other nobody says who has the rest.
        ("a>d40 b>d30 c>d30 a>dv40", "", ""),
        ("a>d60", "a", "d"),
        ("a>d60", "", ""),
        # A person above a company: the company is d's parent, and only it is without one.
        ("a>b60 b>d60", "a", "b"),
    ],
)
def test_settled(drawing: str, natural: str, settled: str) -> None:
    assert Drawing(drawing, natural=natural).settled() == settled


def test_recorded_parents_are_decisive() -> None:
    found = Drawing("a>b30 c>d30 b>d30", rights="c>b b>a")
    assert found.edges("immediate") == {"b": "a", "c": "b", "d": "b"}


def test_three_values_and_addends() -> None:
    found = Drawing("a>b60 a>c60 b>d30 c>d31 e>d20-30 a>e40-60")
    node = found.names.index
    must, may = found.answer.controllers_of(node("e"))
    assert (found.letters(must), found.letters(may)) == ("", "a")
    must, may = found.answer.controlled_by(node("a"))
    assert (found.letters(must), found.letters(may)) == ("bcd", "e")
    addends = found.answer.addends(node("d"), node("a"))
    assert [(found.names[one.owner], one.family, one.lower) for one in addends] == [
        ("b", Family.SHARES, units("30")),
        ("c", Family.SHARES, units("31")),
    ]
    (row,) = rows_of(found.positions, addends[1].position).tolist()
    assert found.names[found.holdings.owner[row]] == "c"
    uncertain = found.answer.addends(node("e"), node("a"))
    assert [(one.lower, one.upper) for one in uncertain] == [(units("40"), units("60"))]


def test_positions_keep_their_rows_and_are_tightened() -> None:
    made = positions(drawn("a>c30 b>c10-90 a>c20 a>c45-55")[0])
    assert [(made.lower[at], made.upper[at], sorted(rows_of(made, at).tolist())) for at in made.of(2)] == [
        (units("50"), units("55"), [0, 2, 3]),
        (units("10"), units("50"), [1]),
    ]


def test_more_than_everything_is_a_finding_and_tightens_nothing() -> None:
    found = Drawing("a>c60 b>c60-70 c>c10 a>cv60 b>cv40")
    assert found.positions.declared_over_100() == [(2, Family.SHARES, units("120"), units("90"))]
    assert max(found.positions.upper.tolist()) == units("70")


def test_no_holdings_at_all() -> None:
    empty = np.empty(0, np.int32)
    none = Holdings(3, empty, empty, empty.astype(np.int8), *(np.empty(0, np.int64) for _ in range(3)))
    for kernels in (PLAIN, COMPILED):
        answer = control(positions(none), Test(), np.array([0], np.int32), np.array([1], np.int32), kernels=kernels)
        assert [edge.tolist() for edge in answer.immediate] == [[0], [1]]
        assert not answer.settled.any()


def _chain(n: int) -> Holdings:
    nodes = np.arange(n - 1, dtype=np.int32)
    shares = np.full(n - 1, units("50.5"))
    return Holdings(n, nodes, nodes + 1, np.zeros(n - 1, np.int8), shares, shares, shares)


@pytest.mark.parametrize(("kernels", "links"), [(PLAIN, 5_000), (COMPILED, 300_000)])
def test_a_chain_may_be_as_long_as_it_likes(kernels: ControlKernels, links: int) -> None:
    answer = control(positions(_chain(links)), Test(), kernels=kernels)
    assert len(answer.must.controlled_by(0)) == links - 1
    assert len(answer.must.controllers_of(links - 1)) == links - 1


def test_a_large_ring_is_one_class_and_goes_round_once() -> None:
    chain = _chain(50_000)
    owner, owned = np.append(chain.owner, 49_999).astype(np.int32), np.append(chain.owned, 0).astype(np.int32)
    shares = np.append(chain.exact, chain.exact[0])
    ring = Holdings(50_000, owner, owned, np.zeros(50_000, np.int8), shares, shares, shares)
    answer = control(positions(ring), Test(), kernels=COMPILED)
    assert answer.must.klass.max() == 0
    company, follower = answer.steps
    offsets, targets = adjacency(50_000, company, follower)
    seen, here = set(), 0
    while here not in seen:
        seen.add(here)
        here = int(targets[offsets[here]])
    assert len(seen) == len(company) == 50_000


def test_a_circle_without_single_controllers_is_taken_together() -> None:
    """Forty companies in a row, each with 26 percent of the next three, the last two with shares in the first."""
    n = 40
    held = [(0, 1), (0, 2), *((x, x + step) for x in range(n) for step in (1, 2, 3) if 2 < x + step < n)]
    back = [(n - 1, 0), (n - 2, 0)]
    owner, owned = np.array([*held, *back], np.int32).T
    shares = np.where(owner == 0, units("51"), units("26")).astype(np.int64)
    shares[-2:] = units("25")
    rows = Holdings(n, owner, owned, np.zeros(len(owner), np.int8), shares, shares, shares)
    for kernels in (PLAIN, COMPILED):
        answer = control(positions(rows), Test(), kernels=kernels)
        assert answer.must.controlled_by(0).tolist() == list(range(1, n))


def test_thresholds_that_nobody_can_meet_are_refused() -> None:
    for threshold, at_least in ((0, True), (WHOLE, False), (WHOLE + 1, True)):
        with pytest.raises(BadInput, match="percent"):
            Test(threshold, at_least)
    assert Test(WHOLE, at_least=True).needed(WHOLE) == WHOLE


def test_the_core_needs_no_table_and_no_compiler() -> None:
    code = (
        "import sys, topco.ownership.control, topco.ownership.control.incremental\n"
        "print({'polars', 'numba', 'rdflib', 'pyoxigraph'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
