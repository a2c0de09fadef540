"""A store that stays in memory: the same rows, read once, and other rows once something is loaded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from ownership_store import add_load, entity

from topco.application.application import Application
from topco.store import held
from topco.store.held import HeldStore
from topco.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = Store.open(tmp_path / "store", create=True)
    add_load(store, "lei2", entities=[entity("X:a", "A"), entity("X:b", "B")])
    return tmp_path / "store"


def test_it_has_the_rows_of_the_store_also_when_many_ask_at_once(path: Path) -> None:
    expected = Store.open(path).table("entities").collect()
    store = HeldStore.open(path)
    with ThreadPoolExecutor(8) as threads:
        for found in threads.map(lambda _: store.table("entities").collect(), range(50)):
            assert found.equals(expected)


def test_a_file_is_read_once(path: Path) -> None:
    store = HeldStore.open(path)
    first = store.table("entities").collect()
    for file in path.glob("loads/*/entities.parquet"):
        file.unlink()
    assert store.table("entities").collect().equals(first)


def test_files_beyond_the_limit_are_read_each_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "HELD_BYTES", 10)
    store = HeldStore.open(path)
    assert store.table("entities").collect().height == 2
    for file in path.glob("loads/*/entities.parquet"):
        file.unlink()
    with pytest.raises(OSError):
        store.table("entities").collect()


def test_what_is_loaded_meanwhile_is_seen_at_the_next_question(path: Path) -> None:
    application = Application(path)
    assert [hit.id for hit in application.entities.search("A")] == ["X:a"]
    before = application.stamp()
    assert application.store() is application.store()
    add_load(Store.open(path), "lei2", date(2025, 4, 1), entities=[entity("X:c", "A")])
    assert [hit.id for hit in application.entities.search("A")] == ["X:c"]
    assert application.stamp() != before
