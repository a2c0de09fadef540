"""Orders screened in columns where the store holds screening lists: the same as one by one, and not one by one."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from ownership_store import add_load, entity, relationship

from topco.application.screening.ready import bulk_of
from topco.identity.parties import parties
from topco.licensing.affiliates.untouched import untouched
from topco.licensing.orders.bulk import BulkScreening
from topco.licensing.orders.files import read_table
from topco.matching.listings import Listings
from topco.records.setting import Asked
from topco.store.store import Store

LETTERS = "ABCDEFGHIJKLMNOP"
HEAD = "order_id,date,activity,destination,consignee,end_user,eccn,quantity_tpp"


def lei(letter: str) -> str:
    return f"LEI:{letter * 18}00"


def holding(owner: str, owned: str, percent: int) -> dict[str, Any]:
    units = percent * 10**7
    record = f"test/h/{owner}/{owned}"
    row = {"owner": lei(owner), "owned": lei(owned), "interest": "shareholding", "share_exact": units}
    return {**row, "standing": "Current", "stale": False, "record": record}


def listing(identifier: str, name: str, since: date | None = None) -> dict[str, Any]:
    row = {
        "id": identifier,
        "name": name,
        "list": "EL",
        "requirement": "All items.",
        "policy": "Presumption of denial.",
    }
    return {**row, "valid_from": since, "record": f"test/l/{identifier}"}


def store_of(path: Path, seed: int) -> Store:
    """Companies of which some are listed, some have names like a listed one, and some have such people above them."""
    draw = random.Random(seed)
    words = ["Alpha Works", "Borealis Optics", "Cinder Foundry", "Delta Wave", "Ember Labs", "Fjord Systems"]
    names = {letter: f"{draw.choice(words)} {letter}{letter.lower() * 2}" for letter in LETTERS}
    entities = [entity(lei(letter), names[letter], draw.choice(["DE", "CN", "BR", None])) for letter in LETTERS]
    ties = [relationship(*map(lei, draw.sample(LETTERS, 2))) for _ in range(8)]
    holdings = [holding(*draw.sample(LETTERS, 2), draw.choice([30, 50, 60])) for _ in range(3)]
    listed = draw.sample(LETTERS, 2)
    entries = [
        listing(lei(listed[0]), names[listed[0]]),
        listing("US-CSL:1", names[listed[1]], draw.choice([None, date(2025, 6, 1)])),
        listing("US-CSL:2", "Nobody Like Anybody Here"),
    ]
    tables = {"entities": entities, "relationships": ties, "holdings": holdings, "listings": entries}
    store = Store.open(path, create=True)
    add_load(store, "all", **tables)
    return Store.open(path)


def orders(seed: int, count: int) -> bytes:
    draw = random.Random(seed)
    rows = [HEAD]
    for number in range(count):
        day = date(2025, 5, 1) + timedelta(days=draw.randrange(500))
        who, user = lei(draw.choice(LETTERS + "Z")), draw.choice(["", "", lei(draw.choice(LETTERS))])
        rows.append(
            f"O{number},{day},export,{draw.choice(['DE', 'BR', 'CN'])},{who},{user},3A090.a,{draw.randrange(9999)}"
        )
    return "\n".join(rows).encode()


def screened(store: Store, content: bytes, *, one_by_one: bool) -> tuple[pl.DataFrame, BulkScreening]:
    table = read_table(content, "orders.csv", "orders.csv")
    bulk = bulk_of(table, "orders.csv", store.path, Asked())
    if one_by_one:
        vars(bulk)["_touched_by_lists"] = lambda _: np.ones(len(table.cells), np.bool_)
    return bulk.rows(0, len(table.cells)), bulk


@pytest.mark.parametrize("seed", range(6))
def test_columns_say_what_each_order_by_itself_gets(tmp_path: Path, seed: int) -> None:
    store, content = store_of(tmp_path / "store", seed), orders(seed, 60)
    in_columns, bulk = screened(store, content, one_by_one=False)
    one_by_one, _ = screened(store, content, one_by_one=True)
    assert in_columns.equals(one_by_one)
    assert "red_flags" in in_columns.columns
    assert bulk.columns.plain.any(), "parties that no list touches are answered in columns"
    assert not bulk.columns.plain.all()


@pytest.mark.parametrize("seed", range(30))
def test_who_is_untouched_has_neither_flags_nor_listed_owners(tmp_path: Path, seed: int) -> None:
    """Asked one by one, on several days: lists say nothing about those that are called untouched."""
    from topco.licensing.affiliates.listed_facts import listed_shares
    from topco.licensing.affiliates.listed_owners import ListedOwners
    from topco.ownership.questions.must_may import CANNOT

    store = store_of(tmp_path / "store", seed)
    listings = Listings(store)
    free = untouched(store, None, listings, [lei(letter) for letter in LETTERS])
    assert free, "some are"
    assert len(free) < len(LETTERS), "some are not"
    for day in (date(2025, 10, 1), date(2026, 2, 1)):
        owned = ListedOwners(store, listings=listings).of(sorted(free), day)
        assert listed_shares(owned) == {}
        for one in owned.values():
            assert (one.listed, one.owners, one.possible, one.standing) == ((), (), (), CANNOT)
        assert not {party for party in free if listings.entries_of(parties(store).party_of([party])[0], day)}
