"""A store that stays in memory: the same rows, read once, and other rows once something is loaded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ownership_store import absence, add_load, entity, relationship

from topco.application.application import Application
from topco.ownership.parent_tests import parent_test
from topco.ownership.resolution import resolve
from topco.store import held
from topco.store.having import Having, RowIndex
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


def random_store(seed: int, path: Path) -> tuple[Path, list[str]]:
    """A store in which companies, holders, numbers of registers and statements are drawn; and its identifiers."""
    rng = Random(seed)
    ids = [f"X:{number}" for number in range(40)]
    store = Store.open(path, create=True)
    entities = [entity(one, f"Company {one}", rng.choice(["DE", "CN", "US", None])) for one in ids[:36]]
    add_load(store, "lei2", entities=entities)
    kinds = ("DirectConsolidation", "UltimateConsolidation")
    pairs = [(*rng.sample(ids, 2), rng.choice(kinds)) for _ in range(45)]
    add_load(store, "rr", relationships=[relationship(*one) for one in dict.fromkeys(pairs)])
    add_load(store, "repex", absences=[absence(one, "NATURAL_PERSONS") for one in rng.sample(ids, 12)])
    held_by = [
        {
            "owner": owner,
            "owned": owned,
            "interest": "shares",
            "share_exact": share,
            "standing": "Current",
            "indirect": False,
            "stale": False,
            "record": f"own/{owner}/{owned}",
        }
        for owner, owned, share in ((*rng.sample(ids, 2), rng.choice([10_000, 510_000, None])) for _ in range(20))
    ]
    add_load(store, "own", holdings=held_by)
    return path, ids


VALUES = ["X:a", "X:b", "X:ä", "X:A", "X:aa", "", "😀", "X:"]
COLUMN = st.lists(st.sampled_from([*VALUES, None]), max_size=30)


@given(column=COLUMN, wanted=st.lists(st.sampled_from([*VALUES, "X:z", None]), max_size=8))
def test_an_index_finds_the_places_that_a_filter_finds(column: list[str | None], wanted: list[str | None]) -> None:
    rows = pl.Series(column, dtype=pl.String)
    values = pl.Series(wanted, dtype=pl.String)
    expected = [place for place, value in enumerate(column) if value is not None and value in wanted]
    assert RowIndex(rows).places(values) == expected
    frame = pl.LazyFrame({"id": rows}).with_row_index()
    assert Having(("id", "absent"), values).of(frame).collect()["index"].to_list() == expected
    assert Having(("absent",), values).of(frame).collect().height == 0


@pytest.mark.parametrize("most", [0, 1_000])
@pytest.mark.parametrize("columns", [("child",), ("parent",), ("child", "parent")])
def test_rows_of_some_parties_are_those_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: tuple[str, ...], most: int
) -> None:
    monkeypatch.setattr(held, "LOOKED_UP", most)
    folder, ids = random_store(7, tmp_path / "store")
    plain, store = Store.open(folder), HeldStore.open(folder)
    for size in (0, 1, 3, len(ids)):
        wanted = pl.Series(ids[:size], dtype=pl.String)
        named = pl.any_horizontal(pl.col(one).is_in(wanted.implode()) for one in columns)
        expected = plain.table("relationships").filter(named).collect()
        for one in (plain, store, store):
            assert one.table("relationships", having=Having(columns, wanted)).collect().equals(expected)


def test_resolutions_are_the_same_documents(tmp_path: Path) -> None:
    folder, ids = random_store(8, tmp_path / "store")
    plain, store = Store.open(folder), HeldStore.open(folder)
    for name in ("headquarters", "consolidation"):
        test = parent_test(name)
        expected = resolve(plain, ids, date(2025, 6, 1), None, test)
        assert resolve(store, ids, date(2025, 6, 1), None, test) == expected
        assert [resolve(store, [one], date(2025, 6, 1), None, test)[0] for one in ids] == expected
