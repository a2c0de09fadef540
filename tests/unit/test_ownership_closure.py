"""The statuses on small structures drawn by hand, and the core's limits."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from topco.ownership.bulk import COMPILED
from topco.ownership.closure import Closure, close
from topco.ownership.layers import PLAIN, Kernels, Snapshot
from topco.ownership.status import Kind, Note, Status, note_words

STEPS = {"->": Kind.DIRECT, "~>": Kind.BRANCH, "=>": Kind.ULTIMATE}


def draw(text: str, *, stale: str = "") -> tuple[Snapshot, str]:
    """A snapshot from words: `a->b` direct, `a~>b` branch, `a=>b` ultimate step, `a.` says that it has no parent, `a?`
    withholds it, `a!` has no record; nodes are single letters in alphabetical order."""
    names = "".join(sorted({letter for letter in text if letter.isalpha()}))
    edges = [(word[0], STEPS[word[1:3]], word[3]) for word in text.split() if len(word) == 4]
    marks = {sign: {word[0] for word in text.split() if word.endswith(sign) and len(word) == 2} for sign in ".?!"}

    def flags(letters: set[str]) -> np.ndarray:
        return np.array([name in letters for name in names], np.bool_)

    return (
        Snapshot(
            np.array([names.index(child) for child, _, _ in edges], np.int32),
            np.array([names.index(parent) for _, _, parent in edges], np.int32),
            np.array([step for _, step, _ in edges], np.int8),
            np.array([child in stale for child, _, _ in edges], np.bool_),
            ~flags(marks["!"]),
            flags(marks["."]),
            flags(marks["?"]),
            *(flags(set()),) * 4,
        ),
        names,
    )


def resolved(text: str, *, stale: str = "") -> dict[str, tuple[str, str, list[str]]]:
    """Of each node: the status, the ultimate parents as letters, and the notes."""
    snapshot, names = draw(text, stale=stale)
    closure = close(snapshot)
    return {
        name: (
            Status(closure.status[node]).word,
            "".join(names[one] for one in sorted(closure.ultimate_parents(node))),
            note_words(int(closure.notes[node])),
        )
        for node, name in enumerate(names)
    }


@pytest.mark.parametrize(
    ("drawing", "status", "ultimates", "notes"),
    [
        ("a", "no_evidence", "", []),
        ("a.", "own_top", "a", []),
        ("a?", "withheld", "", []),
        ("a->b b.", "resolved", "b", []),
        ("a->b", "open_top", "b", []),
        ("a->b b!", "outside_data", "b", []),
        ("a->b b?", "withheld", "", []),
        ("a->b b->c c.", "resolved", "c", []),
        ("a->b a=>b", "resolved", "b", []),
        # recorded against derived
        ("a=>c", "resolved", "c", ["chain_incomplete"]),
        ("a->b a=>c", "resolved", "c", ["chain_incomplete"]),
        ("a->b b=>c", "resolved", "c", ["chain_incomplete"]),
        ("a->b a=>b b->c", "conflicting", "bc", []),
        ("a->b a=>c b.", "conflicting", "bc", []),
        ("a->b a=>c b=>d", "conflicting", "cd", []),
        ("a. a->b", "conflicting", "ab", []),
        ("a->b a=>c c?", "withheld", "", []),
        # rings
        ("a->a", "cyclic", "", ["self_parent"]),
        ("a->b b->a", "cyclic", "", ["several_highest"]),
        ("a->b b->c c->b", "cyclic", "", ["several_highest"]),
        ("a->b b->a b->c c.", "resolved", "c", []),
        ("a->b b->a b=>c", "resolved", "c", ["chain_incomplete"]),
        # two ways up
        ("a->b a->c b.", "open_top", "bc", ["several_highest"]),
        ("a->b a->c b. c.", "conflicting", "bc", ["several_highest"]),
        ("a->b a->c b->d c->d d.", "resolved", "d", []),
        # branches
        ("a~>b", "no_evidence", "", ["branch"]),
        ("a~>b b.", "own_top", "b", ["branch"]),
        ("a~>b b!", "outside_data", "b", ["branch"]),
        ("a~>b b->c", "open_top", "c", ["branch"]),
        ("a~>b b->c c.", "resolved", "c", ["branch"]),
        ("a~>b b~>c c.", "own_top", "c", ["branch"]),
        ("a~>b a=>b", "resolved", "b", ["branch"]),
        ("a~>b a~>c b.", "no_evidence", "", ["branch", "several_highest"]),
        ("a~>b a->c b.", "open_top", "bc", ["branch", "several_highest"]),
        # others say more of it than it does itself
        ("b=>a", "no_evidence", "", ["recorded_ultimate_of_others"]),
        ("b=>a a->c", "open_top", "c", ["recorded_ultimate_of_others"]),
        ("a!", "no_evidence", "", ["no_record"]),
    ],
)
def test_first_company(drawing: str, status: str, ultimates: str, notes: list[str]) -> None:
    assert resolved(drawing)["a"] == (status, ultimates, notes)


def test_stale_steps_mark_everything_below_them() -> None:
    answers = resolved("a->b b->c c->d d.", stale="b")
    assert [("stale" in answers[name][2]) for name in "abcd"] == [True, True, False, False]


def chain(n: int) -> Snapshot:
    node = np.arange(n, dtype=np.int32)
    nothing = np.zeros(n, np.bool_)
    return Snapshot(
        node[:-1], node[1:], np.zeros(n - 1, np.int8), nothing[1:], ~nothing, node == n - 1, *(nothing,) * 5
    )


@pytest.mark.parametrize("kernels", [PLAIN, COMPILED], ids=["plain", "compiled"])
def test_ten_thousand_links(kernels: Kernels) -> None:
    closure = close(chain(10_000), kernels)
    assert (closure.top == 9_999).all()
    assert (closure.status[:-1] == Status.RESOLVED).all()
    assert closure.status[-1] == Status.OWN_TOP


def test_a_ring_of_ten_thousand() -> None:
    straight = chain(10_000)
    n = len(straight)
    ring = Snapshot(
        np.arange(n, dtype=np.int32),
        np.roll(np.arange(n, dtype=np.int32), -1),
        np.zeros(n, np.int8),
        np.zeros(n, np.bool_),
        straight.record,
        *(straight.withholds,) * 6,
    )
    closure = close(ring)
    assert (closure.status == Status.CYCLIC).all()
    assert (closure.highest == 0).all()
    assert (closure.notes & Note.SEVERAL_HIGHEST).all()


def test_nothing_at_all() -> None:
    empty = np.zeros(0, np.int32)
    none = np.zeros(0, np.bool_)
    assert len(close(Snapshot(empty, empty, empty.astype(np.int8), *(none,) * 8)).status) == 0


def test_plain_and_compiled_agree_on_a_hundred_thousand() -> None:
    rng = np.random.default_rng(3)
    n = 100_000
    source = rng.integers(0, n, n // 2, dtype=np.int32)
    snapshot = Snapshot(
        source,
        (source // 40 * 40 + rng.integers(0, 40, len(source))).astype(np.int32),
        rng.choice(np.array([0, 0, 0, 1, 2, 2], np.int8), len(source)),
        rng.random(len(source)) < 0.1,
        rng.random(n) < 0.95,
        rng.random(n) < 0.3,
        rng.random(n) < 0.05,
        *(np.zeros(n, np.bool_),) * 4,
    )
    plain, compiled = close(snapshot), close(snapshot, COMPILED)

    def arrays(closure: Closure) -> list[np.ndarray]:
        return [closure.status, closure.notes, closure.top, closure.highest, closure.seat, closure.claims.of]

    assert all((one == other).all() for one, other in zip(arrays(plain), arrays(compiled), strict=True))
    assert len(np.unique(plain.status)) == 8


def test_the_core_imports_neither_rdf_nor_tables_nor_a_compiler() -> None:
    code = (
        "import sys, topco.ownership.closure\n"
        "heavy = {'numba', 'polars', 'rdflib', 'pyoxigraph', 'topco.store', 'topco.knowledge'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
