"""The benchmarks at tiny sizes: every means gives the same answer, and the tables say so."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

pytest.importorskip("duckdb", reason="the benchmarks need the extra `bench`")

from bench import company_graph, registry, ultimate_parents
from bench.measure import Failed, reported
from bench.peers import COLUMNS, PEERS

# A diamond, a ring, what hangs below it, a ring with a parent outside, and a recorded ultimate parent that goes before.
STEPS = [
    ("a", "b", "direct"), ("a", "c", "direct"), ("b", "t", "direct"), ("c", "t", "direct"), ("t", None, "direct"),
    ("p", "q", "direct"), ("q", "p", "direct"), ("below", "p", "direct"), ("self", "self", "direct"),
    ("m", "n", "direct"), ("n", "m", "direct"), ("n", "outside", "direct"),
    ("short", "a", "direct"), ("short", "known", "ultimate"), ("two", "b", "direct"), ("two", "outside", "direct"),
]  # fmt: skip
ANSWER = [
    ("a", "t"), ("b", "t"), ("c", "t"), ("known", "known"), ("m", "outside"), ("n", "outside"),
    ("outside", "outside"), ("short", "known"), ("t", "t"), ("two", "outside"), ("two", "t"),
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in PEERS if name not in ("whole", "duckdb-unguarded")])
def test_every_peer_is_right_on_any_graph(name: str, tmp_path: Path) -> None:
    steps, tops = tmp_path / "steps.parquet", tmp_path / "tops.csv"
    pl.DataFrame(STEPS, schema=["child", "parent", "step"], orient="row").write_parquet(steps)
    PEERS[name].run(steps, tops)
    assert pl.read_csv(tops, new_columns=list(COLUMNS)).sort(COLUMNS).rows() == ANSWER


def test_generated_graph_has_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "companies.parquet"
    company_graph.write(5_000, path)
    rows = pl.read_parquet(path)
    direct = rows.filter(pl.col("step") == "direct")
    assert direct["child"].n_unique() == direct.height == 5_000
    assert 0.68 < direct["parent"].is_not_null().mean() < 0.72
    both = direct.join(direct, left_on=["child", "parent"], right_on=["parent", "child"])
    assert both.height == 2 * 5
    assert 0 < rows.height - direct.height < 0.05 * 5_000


def test_the_seed_decides_the_graph(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        company_graph.write(100, tmp_path / name, seed)
    tables = {name: pl.read_parquet(tmp_path / name) for name in ("one", "same", "other")}
    assert tables["one"].equals(tables["same"])
    assert not tables["one"].equals(tables["other"])


def test_table_of_ultimate_parents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: PEERS[name] for name in ("ours", "duckdb-down", "pyoxigraph")}
    monkeypatch.setattr(ultimate_parents, "PEERS", few)
    lines = ultimate_parents.measure([1_000], tmp_path, runs=1)
    assert len(lines) == 2 + len(few)
    assert all(line.endswith("| yes |") for line in lines[2:])


def test_a_wrong_answer_is_told(tmp_path: Path) -> None:
    for name, top in (("one", "t"), ("other", "u")):
        (tmp_path / name).write_text(f"entity,ultimate_parent\na,{top}\n", encoding="utf-8")
    assert ultimate_parents._same(tmp_path / "one", tmp_path / "one")
    assert not ultimate_parents._same(tmp_path / "one", tmp_path / "other")


def test_a_peer_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="No such file"):
        reported(["bench.peers", "ours", str(tmp_path / "missing.parquet"), str(tmp_path / "tops.csv")])


def test_absent_data_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "SHARED", tmp_path / "nowhere")
    assert registry.measure_real(tmp_path, print)[0].startswith("Not measured")


def test_generated_records_load_and_resolve(tmp_path: Path) -> None:
    lines = registry.measure_generated(300, tmp_path, print, graph=True)
    assert "300 records" in lines[2]
    assert "quads a second" in lines[4]
    assert "300 records" in registry.measure_resolve(300, tmp_path, print)[2]
    resolved = pl.read_csv(tmp_path / "resolved-300.csv", infer_schema=False)
    assert resolved.height == 300
    assert set(resolved["status"]) >= {"own_top", "withheld"}
