"""The tables by party beside a store: whole or not there, made again where they are not, and never a store's own."""

from __future__ import annotations

import errno
import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from small_store import add_load, company, holding, lei
from topco.identity import parties as module
from topco.identity.judgements import Judgement, judge, judged
from topco.identity.parties import FOLDER, parties
from topco.identity.statements import Headquarters, state, stated, withdraw
from topco.ownership.resolution import resolve
from topco.store import entries
from topco.store.store import Store

DAY = date(2025, 3, 2)
A = lei("A")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One company under two identifiers, held by another one under the second."""
    path = tmp_path / "store"
    add_load(path, "lei2", DAY, {"entities": [company(A, "Alpha Ltd", "GB")]})
    rows = [company("GB-COH:00000001", "ALPHA LIMITED"), company("GB-COH:00000002", "Beta", "CN")]
    add_load(
        path,
        "register",
        DAY,
        {"entities": rows, "holdings": [holding("GB-COH:00000002", "GB-COH:00000001", 75)]},
    )
    judge(Store.open(path), [Judgement(A, "GB-COH:00000001", "same", "ann")])
    return path


def highest(folder: Path) -> str:
    module._open.clear()
    (document,) = resolve(Store.open(folder), [A], DAY)
    assert document is not None
    found: str = document["highest_known"]["id"]
    return found


def made(folder: Path) -> Path:
    (found,) = (folder / FOLDER).iterdir()
    return found


def test_a_folder_with_a_part_of_its_tables_is_made_again(folder: Path) -> None:
    """What a killed process left of a folder would read as evidence without identities."""
    assert highest(folder) == "GB-COH:00000002"
    (table,) = made(folder).glob("*-holdings.parquet")
    table.unlink()
    assert highest(folder) == "GB-COH:00000002"
    assert table.exists()


def test_what_a_killed_process_left_is_removed_in_time(folder: Path) -> None:
    for name, age in (("making-old", 3 * 86_400), ("making-new", 0)):
        place = folder / FOLDER / name
        place.mkdir(parents=True)
        os.utime(place, (time.time() - age,) * 2)
    highest(folder)
    assert sorted(path.name for path in (folder / FOLDER).glob("making-*")) == ["making-new"]


def test_a_store_that_may_only_be_read_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Path.mkdir

    def refused(path: Path, *arguments: int, **more: bool) -> None:
        if path.name == FOLDER:
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        make(path, *arguments, **more)

    monkeypatch.setattr(Path, "mkdir", refused)
    assert highest(folder) == "GB-COH:00000002"
    assert not (folder / FOLDER).exists()


def test_loads_of_an_earlier_day_stand_beside(folder: Path) -> None:
    store = Store.open(folder)
    assert parties(store).party_of(["GB-COH:00000001"]) == [A]
    assert parties(store, DAY).party_of(["GB-COH:00000001"]) == ["GB-COH:00000001"]
    assert parties(store).party_of(["GB-COH:00000001"]) == [A]


def test_a_clock_set_back_loses_no_entry(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Early(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(entries, "datetime", Early)
    store = Store.open(folder)
    judge(store, [Judgement(A, "GB-COH:00000001", "different", "bob")])
    assert [row["verdict"] for row in judged(store)] == ["different", "same"]
    assert parties(store).party_of(["GB-COH:00000001"]) == ["GB-COH:00000001"]
    for country in ("SG", "MY"):
        state(store, Headquarters(A, country, "page", DAY, "ann"))
    assert [row["country"] for row in stated(store)] == ["MY"]


def test_a_record_names_one_statement_for_ever(folder: Path) -> None:
    store = Store.open(folder)
    state(store, Headquarters(A, "SG", "page", DAY, "ann"))
    withdraw(store, A, "ann")
    state(store, Headquarters(A, "MY", "page", DAY, "ann"))
    assert [row["record"] for row in stated(store)] == ["statements/headquarters/2"]
