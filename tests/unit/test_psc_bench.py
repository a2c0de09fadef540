"""The benchmark of snapshots at a tiny size: what is generated loads whole, and the table says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="the benchmarks need the extra `bench`")

from bench import importing, psc

from psc_records import load_paths


def test_generated_records_load_without_rejects(tmp_path: Path) -> None:
    path = tmp_path / "psc.jsonl"
    psc.generate(3_000, path)
    store, outcome = load_paths(tmp_path, path)
    (loaded,) = outcome.loaded
    assert loaded.load.rejects == 0
    assert loaded.load.files[0].records == 3_001
    kinds = {json.loads(line)["data"]["kind"] for line in path.read_text(encoding="utf-8").splitlines()}
    assert len(kinds & set(psc.KINDS)) >= 7
    for table in ("entities", "holdings", "absences", "identifiers"):
        assert store.table(table).collect().height > 0, table


def test_the_seed_decides_the_snapshot(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        psc.generate(50, tmp_path / name, seed)
    one, same, other = ((tmp_path / name).read_bytes() for name in ("one", "same", "other"))
    assert one == same
    assert one != other


def test_the_table_of_loads(tmp_path: Path) -> None:
    lines = importing.measure(psc.IMPORTING, [200], tmp_path, lambda _: None)
    assert len(lines) == 3
    assert lines[2].startswith("| 200 |")
