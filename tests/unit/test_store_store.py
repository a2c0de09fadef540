"""Opening, reading and guarding a store: what is in force, what was known when, who may write."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from gleif_files import as_csv, company, lei, load_files, load_texts, open_store
from topco.errors import BadInput, StoreBusy
from topco.store import manifest
from topco.store.manifest import GraphGeneration, Load, LoadedFile, Manifest
from topco.store.schema import TABLES
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def a_load(kind: str, vintage: date, loaded_at: datetime, **changes: object) -> Load:
    load = Load(
        id=f"gleif-{kind}-{vintage}",
        folder="0" * 16,
        digest="d",
        publisher="GLEIF",
        file_kind=kind,
        vintage=vintage,
        vintage_source="given",
        loaded_at=loaded_at,
        licence="CC0-1.0",
        files=(LoadedFile("x.csv", "ab", 3, 1),),
        tables={"entities": 1},
        counts={"entities by kind": {"LegalEntity": 1}},
        warnings={"w": 2},
        rejects=1,
    )
    return replace(load, **changes)  # type: ignore[arg-type]


def store_of(folder: Path, *loads: Load) -> Store:
    store = open_store(folder)
    with store.writing():
        store.commit(Manifest(loads))
    return store


def test_the_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = Manifest(
        (a_load("rr", date(2025, 3, 2), datetime(2026, 1, 1, 12, 30, tzinfo=UTC)),),
        GraphGeneration("g1", ("gleif-rr-2025-03-02",), "k"),
    )
    manifest.write(tmp_path, written)
    assert manifest.read(tmp_path) == written
    assert json.loads((tmp_path / "manifest.json").read_text())["version"] == manifest.VERSION
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 99}', '{"version": 1, "loads": [{"id": 1}], "graph": null}'])
def test_a_manifest_that_cannot_be_read_is_bad_input_with_a_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        Store.open(tmp_path)
    assert error.value.remedy


def test_a_missing_store_is_an_error_only_when_needed(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="topco load REGISTRY"):
        Store.open(tmp_path / "none")
    empty = Store.open(tmp_path / "none", missing_ok=True)
    assert empty.loads() == []
    for name, schema in TABLES.items():
        frame = empty.table(name).collect()
        assert frame.is_empty()
        assert frame.schema.names() == [*schema.names(), "load"]
    assert not (tmp_path / "none").exists()


def test_newest_vintage_then_latest_load_is_in_force(tmp_path: Path) -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    new = a_load("lei2", date(2025, 3, 2), early)
    old = a_load("lei2", date(2025, 1, 1), late)
    other = a_load("rr", date(2019, 1, 1), early)
    same_day = a_load("rr", date(2019, 1, 1), late, id="gleif-rr-2019-01-01-abcdef12")
    stranger = a_load("lei2", date(2020, 1, 1), early, id="x-lei2-2020-01-01", publisher="X")
    store = store_of(tmp_path, new, old, other, same_day, stranger)
    assert {load.id for load in store.current_loads()} == {new.id, same_day.id, stranger.id}
    assert {load.id for load in store.current_loads(date(2026, 1, 31))} == {new.id, other.id, stranger.id}
    assert store.current_loads(date(2025, 12, 31)) == []
    assert store.digest_for() != store.digest_for(date(2026, 1, 31))


def test_a_superseded_load_stays_readable_as_it_was_known(tmp_path: Path) -> None:
    first = load_texts(tmp_path, {"a.csv": as_csv("lei2", [company(1), company(2)])}, vintage=date(2025, 1, 1))
    store = load_texts(tmp_path, {"b.csv": as_csv("lei2", [company(2)])}, vintage=date(2025, 2, 1))
    with store.writing():
        loads = store.loads()
        store.commit(Manifest((replace(loads[0], loaded_at=datetime(2025, 1, 2, tzinfo=UTC)), loads[1])))
    now = store.table("entities", ["id"]).collect()
    then = store.table("entities", ["id"], known_as_of=date(2025, 1, 2)).collect()
    assert now.rows() == [(f"LEI:{lei(2)}", "gleif-lei2-2025-02-01")]
    assert then.rows() == [(f"LEI:{lei(n)}", "gleif-lei2-2025-01-01") for n in (1, 2)]
    assert store.table("entities", ["id"], loads=store.loads()).collect().height == 3
    assert first.loads()[0].id == store.load("gleif-lei2-2025-01-01").id


def test_an_older_file_never_supersedes_a_newer_one(tmp_path: Path) -> None:
    load_texts(tmp_path, {"new.csv": as_csv("lei2", [company(1)])}, vintage=date(2025, 2, 1))
    store = load_texts(tmp_path, {"old.csv": as_csv("lei2", [company(2)])}, vintage=date(2024, 2, 1))
    assert store.table("entities").collect()["id"].to_list() == [f"LEI:{lei(1)}"]


def test_only_one_writer(tmp_path: Path) -> None:
    file = tmp_path / "lei2.csv"
    file.write_text(as_csv("lei2", [company(1)]), encoding="utf-8")
    store = open_store(tmp_path / "store")
    with store.writing(), store.writing():
        with pytest.raises(StoreBusy):
            load_files(tmp_path / "store", file)
        command = [sys.executable, "-m", "topco.cli.main", "load", "gleif", str(file), "--store", str(store.path)]
        other = subprocess.run(command, capture_output=True, text=True, check=False)
        assert other.returncode == 2
        assert "Another topco is writing" in other.stderr
        assert "Traceback" not in other.stderr
    load_files(tmp_path / "store", file)


def test_opening_beside_a_writer_leaves_its_folders_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    (tmp_path / "staging" / "busy").mkdir(parents=True)
    said: list[str] = []
    with store.writing():
        Store.open(tmp_path, missing_ok=True, notify=said.append)
        assert (tmp_path / "staging" / "busy").is_dir()
    Store.open(tmp_path, missing_ok=True, notify=said.append)
    assert not (tmp_path / "staging" / "busy").exists()
    assert len(said) == 1


def test_commit_needs_the_lock(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        open_store(tmp_path).commit(Manifest())
