"""The ownership benchmarks at tiny sizes: every means gives the same answers on every family of graphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

pytest.importorskip("duckdb", reason="the benchmarks need the extra `bench`")
pytest.importorskip("scipy", reason="the benchmarks need the extra `bench`")

from bench import ownership, ownership_changes, ownership_graph, ownership_integrated, ownership_page
from bench.measure import Failed, Measured
from bench.ownership import Record, Series
from bench.ownership_graph import FAMILIES
from bench.ownership_integrated import MEANS
from bench.ownership_peers import PEERS
from bench.ownership_questions import QUESTIONS

from topco.ownership.shares import WHOLE

COMPANIES = 60
HALF = WHOLE // 2

# A ring with an outside holder, a ring without one, what both rings hold together, and a venture.
HOLDINGS = [
    ("o", "m", 600), ("m", "n", 300), ("n", "m", 200), ("o", "n", 300),
    ("p", "q", 510), ("q", "p", 510), ("p", "below", 300), ("q", "below", 300),
    ("a", "v", 500), ("b", "v", 500), ("t", "a", 510), ("t", "b", 400), ("s", "b", 600),
]  # fmt: skip
CONTROL = [
    ("a", "t"), ("b", "s"), ("m", "o"), ("n", "o"), ("o", "o"), ("s", "s"), ("t", "t"), ("v", "v"),
]  # fmt: skip
CASCADE = [*CONTROL[:-1], ("v", "s"), ("v", "t")]
MAJORITY = [
    ("a", "t"),
    ("b", "s"),
    ("m", "o"),
    ("n", "n"),
    ("o", "o"),
    ("s", "s"),
    ("t", "t"),
    ("v", "v"),
    ("below", "below"),
]
PAIRS = [
    ("o", "m"), ("o", "n"), ("p", "below"), ("p", "p"), ("p", "q"), ("q", "below"), ("q", "p"), ("q", "q"),
    ("s", "b"), ("t", "a"),
]  # fmt: skip
ANSWERS = {"control": CONTROL, "cascade": CASCADE, "majority": MAJORITY, "pairs": PAIRS, "may-pairs": PAIRS}


@pytest.fixture(scope="module", params=FAMILIES)
def graph(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graphs") / f"{request.param}.parquet"
    ownership_graph.write(request.param, COMPANIES, path)
    return path


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", PEERS)
def test_every_peer_is_right_on_rings_and_ventures(name: str, question: str, tmp_path: Path) -> None:
    if question not in PEERS[name].questions:
        return
    rows = [(owner, owned, thousandths * WHOLE // 1000) for owner, owned, thousandths in HOLDINGS]
    table = pl.DataFrame(rows, schema=["owner", "owned", "lower"], orient="row")
    ids = pl.format("urn:{}", pl.col("owner")), pl.format("urn:{}", pl.col("owned"))
    table = table.with_columns(*(one.alias(name) for one, name in zip(ids, ("owner", "owned"), strict=True)))
    table.with_columns(upper="lower").write_parquet(tmp_path / "holdings.parquet")
    asked = QUESTIONS[question]
    PEERS[name].run(tmp_path / "holdings.parquet", tmp_path / "answer.csv", asked)
    found = pl.read_csv(tmp_path / "answer.csv")
    assert tuple(found.columns) == asked.columns
    plain = found.with_columns(pl.all().str.strip_prefix("urn:"))
    assert sorted(plain.rows()) == sorted(ANSWERS[question])


def test_every_peer_gives_the_same_answers(graph: Path, tmp_path: Path) -> None:
    for question, asked in QUESTIONS.items():
        answers = {}
        for name, peer in PEERS.items():
            if question in peer.questions:
                peer.run(graph, tmp_path / f"{name}.csv", asked)
                answers[name] = pl.read_csv(tmp_path / f"{name}.csv").sort(asked.columns)
        assert len(answers) > 1
        assert len(answers["ours"]) > 10
        for name, answer in answers.items():
            assert answer.equals(answers["ours"]), (question, name)


def test_integrated_shares_are_the_same(graph: Path) -> None:
    asked = ownership_integrated.drawn(graph, 20)
    shares = {name: ownership_integrated.ask_all(means.build(graph), asked)[0] for name, means in MEANS.items()}
    _, times = ownership_integrated.ask_all(MEANS["ours"].build(graph), asked)
    assert times["error"].max() <= ownership_integrated.ERROR
    for name, found in shares.items():
        assert ownership_integrated.same(shares["ours"], found), name
    other = shares["ours"].with_columns(pl.col("lower") * 1.0001)
    assert not ownership_integrated.same(shares["ours"], other)


def test_fewer_companies_are_among_the_more(graph: Path) -> None:
    assert ownership_integrated.drawn(graph, 20)[:5] == ownership_integrated.drawn(graph, 5)


def test_changes_are_what_a_full_run_says(graph: Path) -> None:
    times, _, _ = ownership_changes.change_all(graph, 15)
    assert len(times) == 15
    assert times["companies"].min() >= 1


@pytest.mark.parametrize("family", FAMILIES)
def test_graphs_keep_what_they_promise(family: str) -> None:
    made = ownership_graph.rows(family, 2_000)
    pair = made.owned * 2_000 + made.owner
    assert len(np.unique(pair)) == len(pair)
    assert (made.owner != made.owned).all()
    assert ((made.lower >= 0) & (made.lower <= made.upper) & (made.upper <= WHOLE)).all()
    assert np.bincount(made.owned, made.lower).max() <= WHOLE
    assert (made.lower != made.upper).any() == (family == "bands")


def test_graphs_have_their_shapes() -> None:
    chains = ownership_graph.rows("chains", 20_000)
    assert len(chains.owner) == 2 * (10_000 - 1)
    core = ownership_graph.rows("core", 2_500)
    assert ((core.owner < 50) & (core.owned < 50)).sum() == 50 * 49
    ties = ownership_graph.rows("ties", 2_000)
    assert (ties.lower == HALF).sum() > len(ties.lower) / 2
    scale_free = ownership_graph.rows("scale-free", 20_000)
    held = np.bincount(scale_free.owner)
    assert held.max() > 50 * held.mean()
    assert (scale_free.owner < scale_free.owned).all()
    bands = ownership_graph.rows("bands", 2_000)
    assert ((bands.lower <= HALF) & (bands.upper > HALF)).any()


def test_the_seed_decides_the_graph(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        ownership_graph.write("trees", 100, tmp_path / name, seed)
    tables = {name: pl.read_parquet(tmp_path / name) for name in ("one", "same", "other")}
    assert tables["one"].equals(tables["same"])
    assert not tables["one"].equals(tables["other"])


def test_a_series_is_gone_on_with_and_makes_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "PEERS", {name: PEERS[name] for name in ("ours", "duckdb")})
    monkeypatch.setattr(ownership_integrated, "MEANS", {name: MEANS[name] for name in ("ours", "lu")})
    monkeypatch.setattr(ownership, "WARM", 100)
    said: list[str] = []
    ownership.measure(Series.at(tmp_path, said.append), (200,), ("trees",))
    assert len(said) == 4 + 2 + 1 + 2
    said.clear()
    again = Series.at(tmp_path, said.append)
    ownership.measure(again, (200,), ("trees",))
    assert not said
    assert all(record.same and record.measured for record in again.records.values())
    text = ownership_page.page(again)
    assert "No answer of any means differs from ours." in text
    assert "| trees | 200 | DuckDB, recursive |" in text


def test_what_fails_is_told_and_not_asked_at_ten_times_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> Measured:
        raise Failed("more than 1 s")

    monkeypatch.setattr(ownership, "reported", stopped)
    series = Series.at(tmp_path, lambda _: None)
    ownership.answers(series, "trees", 100, "pairs")
    assert {record.failed for record in series.records.values()} == {"more than 1 s"}
    assert list(ownership.means_of(series, "trees", 1_000, "pairs")) == []
    assert "more than 1 s" in "\n".join(ownership_page.answers(series.records, "pairs"))


def test_answers_are_compared_in_any_order(tmp_path: Path) -> None:
    for name, rows in (("one", "a,t\nb,t\n"), ("same", "b,t\na,t\n"), ("other", "a,b\nt,t\n"), ("twice", "a,t\na,t\n")):
        (tmp_path / name).write_text(f"entity,ultimate_parent\n{rows}", encoding="utf-8")
    found = {name: ownership.fingerprint(tmp_path / name) for name in ("one", "same", "other", "twice")}
    assert found["one"] == found["same"]
    assert len({found["one"], found["other"], found["twice"]}) == 3


def test_verdicts_say_what_was_missed() -> None:
    def record(means: str, seconds: float, *, same: bool = True) -> Record:
        return Record("answer", "trees", 10**6, "pairs", means, Measured(seconds, 1, seconds, seconds), same=same)

    made = [record("ours", 1.0), record("worklist", 6.0), record("duckdb", 0.5, same=False)]
    words = "\n".join(ownership_page.verdicts({one.key: one for one in made}))
    assert "5 times the worklist, file to file: **met** for `trees` 6.0× (6.0×)." in words
    assert "The same in memory, 10 times: **missed** for `trees` 6.0×." in words
    assert "Quicker than ours at a million, file to file: DuckDB, recursive for `pairs` on `trees` (2.0×)." in words
    assert "Answers that differ" in words
