"""Evidence out as BODS 0.4 and in again: what GLEIF's sample says stands in the new evidence as well."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from topco import knowledge
from topco.exchange.bods import statements, write_bods
from topco.exchange.selection import selection
from topco.ownership.parent_tests import RELATIONSHIP_KINDS
from topco.registries.bods import Bods
from topco.registries.gleif import Gleif
from topco.registries.loading import load
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    """The sample as loaded from GLEIF's files, and as loaded from its export."""
    folder: Path = tmp_path_factory.mktemp("round")
    first = Store.open(folder / "first", create=True)
    load(first, Gleif(), [knowledge.root() / "data/samples/gleif"], None, lambda *_: None)
    path = folder / "export.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        write_bods(selection(first), stream, DAY, lambda _: None, lines=True)
    second = Store.open(folder / "second", create=True)
    load(second, Bods(), [path], None, lambda *_: None)
    return first, second


def without_prefix(column: str) -> pl.Expr:
    return pl.col(column).str.replace(r"^BODS:[^/]*/", "")


def test_every_statement_is_usable(stores: tuple[Store, Store]) -> None:
    first, second = stores
    (only,) = second.current_loads()
    assert only.rejects == 0
    assert only.tables["originals"] == len(list(statements(selection(first), DAY)))


def test_the_second_export_is_the_first(stores: tuple[Store, Store]) -> None:
    first, second = (list(statements(selection(store), DAY)) for store in stores)
    assert sorted(second) == sorted(first)


def test_ties_and_absences_come_back(stores: tuple[Store, Store]) -> None:
    columns = ("child", "parent", "kind", "standing", "valid_from", "valid_to")
    sent, back = (store.table("relationships", columns).drop("load").collect() for store in stores)
    back = back.with_columns(without_prefix("child"), without_prefix("parent"))
    parents = pl.col("kind").is_in(list(RELATIONSHIP_KINDS))
    assert set(back.filter(parents).iter_rows()) == set(sent.filter(parents).iter_rows())
    # Ties of funds have no code in BODS: they may come back as interests that nobody knows, and never as parents.
    held = stores[1].table("holdings", ["owned", "owner", "interest"]).drop("load").collect()
    assert set(held["interest"]) <= {"unknownInterest"}
    pairs = set(back.select("child", "parent").iter_rows()) | set(
        held.select(without_prefix("owned"), without_prefix("owner")).iter_rows()
    )
    assert pairs == set(sent.select("child", "parent").iter_rows())
    reasons = [
        store.table("absences", ["subject", "level"]).drop("load").with_columns(without_prefix("subject")).collect()
        for store in stores
    ]
    assert set(reasons[0].iter_rows()) == set(reasons[1].iter_rows())


def test_headquarters_and_identifiers_come_back(stores: tuple[Store, Store]) -> None:
    columns = ("id", "name", "hq_country", "registered_country")
    # That an entity has ended is a comment in BODS, and does not come back.
    sent, back = (
        store.table("entities", [*columns, "standing"]).filter(pl.col("standing") != "Void").select(columns).collect()
        for store in stores
    )
    back = back.with_columns(without_prefix("id"))
    assert set(sent.iter_rows()) <= set(back.iter_rows())
    leis = stores[1].table("identifiers", ["id", "other_id"]).drop("load").with_columns(without_prefix("id")).collect()
    assert {(one, one) for one in sent["id"]} <= set(leis.iter_rows())
