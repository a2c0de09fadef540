"""A server that is asked again and again finds what a single question finds, and counts names it cannot rule out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_store import entity, make_store

from topco.ownership import kept_names
from topco.ownership.name_index import NameIndex
from topco.ownership.search import Hit, search
from topco.store.held import HeldStore
from topco.store.store import Store

WORDS = (
    *("bank", "deutsche", "societe", "Société", "GmbH", "holding", "Holdings", "of", "the", "三星電子", "a", "AG"),
    *("Łódź", "bankers", "ban", "x", "123456", "00123", "S.à", "r.l.", "Ø", "Straße"),
)
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
LETTERS = st.text("abcßé三 -", max_size=9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = Random(3)
    entities, names = [], []
    for number in range(400):
        name = " ".join(rng.choices(WORDS, k=rng.randint(1, 4)))
        place = f"LEI:549300{number:014d}" if number % 2 else f"X:{number}"
        numbers = {"registration_number": rng.choice(["", "0", "00123", "abc 12", str(number)])}
        entities.append(entity(place, name if rng.random() < 0.95 else None, **(numbers if number % 3 else {})))
        names += [{"id": place, "name": rng.choice(WORDS), "record": "r"}] if number % 5 == 0 else []
    path = tmp_path_factory.mktemp("search") / "store"
    make_store(path, entities=entities, names=names)
    return path


def once(folder: Path, text: str) -> list[Hit]:
    """What is found by a process that is asked once."""
    kept_names._kept.clear()
    return search(Store.open(folder), text)


@pytest.mark.parametrize(
    "text",
    [
        *("549300", "LEI:54930000000000000001", "54930000000000000001", "3", "X:4", "x:4", "000", "0", "12", "ABC 12"),
        *("abc12", "5", "00000000000001", "北京", "b", "zzzzzz", "x 4"),
    ],
)
def test_identifiers_and_numbers(folder: Path, text: str) -> None:
    expected = once(folder, text)
    kept_names._kept.clear()
    store = HeldStore.open(folder)
    for _ in range(2):
        search(store, "deutsche")
    assert kept_names.names_of(store, None).may_be_number("X:4")
    assert search(store, text) == expected


@settings(max_examples=80, deadline=None)
@given(texts=st.lists(TEXT, min_size=3, max_size=3))
def test_names(folder: Path, texts: list[str]) -> None:
    expected = [once(folder, text) for text in texts]
    kept_names._kept.clear()
    store = HeldStore.open(folder)
    assert [search(store, text) for text in texts] == expected
    for _ in range(2):
        search(store, "holding")
    assert kept_names.names_of(store, None).is_prepared
    assert [search(store, text) for text in texts] == expected


def test_too_many_names_are_gone_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = once(folder, "deutsche bank")
    monkeypatch.setattr(kept_names, "MOST_BYTES", 10)
    kept_names._kept.clear()
    store = HeldStore.open(folder)
    assert [search(store, "deutsche bank") for _ in range(3)] == [expected] * 3


def test_many_threads(folder: Path) -> None:
    texts = [f"{one} {other}" for one in WORDS[:6] for other in WORDS[6:10]]
    expected = [once(folder, text) for text in texts]
    kept_names._kept.clear()
    store = HeldStore.open(folder)
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(lambda text: search(store, text), texts)) == expected


@given(names=st.lists(LETTERS, max_size=12), texts=st.lists(LETTERS, min_size=1, max_size=3))
def test_an_index_leaves_nothing_out(names: list[str], texts: list[str]) -> None:
    index = NameIndex(pl.Series(names, dtype=pl.String))
    every = set(range(len(names)))

    def places(found: object) -> set[int]:
        return every if found is None else set(found.tolist())  # type: ignore[attr-defined]

    for text in texts:
        assert places(index.holding(text)) >= {at for at in every if text in names[at]}
    assert places(index.holding_all(texts)) >= {at for at in every if all(text in names[at] for text in texts)}
    assert places(index.holding_any(texts)) >= {at for at in every if any(text in names[at] for text in texts)}


def test_an_index_narrows_down() -> None:
    index = NameIndex(pl.Series([f"company {number}" for number in range(1_000)]))
    found = index.holding("company 77")
    assert found is not None
    assert len(found) < 40
