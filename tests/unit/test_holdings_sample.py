"""The invented holdings of data/samples: they load cleanly, and hold every difficulty that the README names."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from topco import knowledge
from topco.ownership.shares import WHOLE
from topco.query.evidence import columns_of
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.graph import open_graph
from topco.store.quads import load_node
from topco.store.store import Store
from topco.validation.findings import Severity
from topco.validation.validate import validate_store

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = knowledge.root() / "data" / "samples" / "holdings"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("holdings") / "store", create=True)
    outcome = load(store, Tables(), [FOLDER], date(2026, 1, 31), lambda *_: None)
    assert [(loaded.load.warnings, loaded.load.rejects) for loaded in outcome.loaded] == [({}, 0), ({}, 0)]
    return store


@pytest.fixture(scope="module")
def holdings(store: Store) -> pl.DataFrame:
    return store.table("holdings").collect()


def owners(holdings: pl.DataFrame, owned: str, **where: object) -> dict[str, int | None]:
    rows = holdings.filter(pl.col("owned") == f"X:{owned}", **where)
    return {owner.removeprefix("X:"): share for owner, share in rows.select("owner", "share_exact").iter_rows()}


def test_everybody_is_described_and_called_invented(store: Store, holdings: pl.DataFrame) -> None:
    entities = store.table("entities").collect()
    assert entities["name"].str.ends_with("(invented)").all()
    assert set(holdings["owner"]) | set(holdings["owned"]) == set(entities["id"])
    kinds = {"NaturalPerson", "State", "StateBody", "Trust", "Arrangement", "UnidentifiedParty", "Fund", "LegalEntity"}
    assert set(entities["kind"]) == kinds


def test_the_readme_tells_of_rows_that_are_there(holdings: pl.DataFrame) -> None:
    told = re.findall(r"^\| (`[^|]*`) \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    names = {name for cell in told for name in re.findall(r"`([\w-]+)`", cell)}
    assert len(names) > 15
    assert {f"X:{name}" for name in names} <= set(holdings["owned"]) | set(holdings["owner"])


def test_the_difficulties_are_in_the_rows(holdings: pl.DataFrame) -> None:
    assert owners(holdings, "venture") == {"north": WHOLE // 2, "south": WHOLE // 2}
    assert all(share is not None and share < WHOLE // 2 for share in owners(holdings, "target").values())
    assert sum(share or 0 for share in owners(holdings, "target").values()) > WHOLE // 2
    assert holdings.filter(owner="X:apex", owned="X:twice")["share_exact"].sum() == 55 * WHOLE // 100
    hazy = holdings.filter(owner="X:broad")
    assert hazy.select("share_min", "share_max").row(0) == (WHOLE // 4, 3 * WHOLE // 4)
    ring = {"X:ring-a", "X:ring-b", "X:ring-c"}
    assert len(holdings.filter(pl.col("owner").is_in(ring) & pl.col("owned").is_in(ring))) == 3
    assert (owners(holdings, "ring-a")["outside"] or 0) > WHOLE // 2
    treasury = owners(holdings, "thrift")
    assert (treasury["patient"] or 0) * 2 > WHOLE - (treasury["thrift"] or 0) > (treasury["patient"] or 0)
    assert owners(holdings, "ada-holding") == {"ada": WHOLE}
    assert owners(holdings, "dual", interest="votes") == {"founders": 60 * WHOLE // 100, "patient": 40 * WHOLE // 100}
    assert owners(holdings, "thirds") == {"ada-holding": 333_333_333, "patron": 333_333_333, "outside": None}
    sold = holdings.filter(owned="X:sold").sort("valid_from")
    assert sold["valid_to"][0] == sold["valid_from"][1] == date(2024, 1, 1)
    assert set(holdings["interest"]) >= {"board", "nominee", "nominator", "trustee", "beneficiaryOfLegalArrangement"}


def test_the_graph_holds_the_same(store: Store) -> None:
    view = open_graph(store)
    for each in store.loads():
        for table in each.tables:
            found = columns_of(view.database, load_node(each.id), table)
            assert_frame_equal(found, store.table(table, loads=[each]).drop("load").collect(), check_row_order=False)


def test_only_the_treasury_shares_are_remarked_on(store: Store) -> None:
    found = [(finding.severity, finding.shape, finding.entity) for finding in validate_store(store)]
    assert found == [(Severity.INFO, "OwnershipStatement-not-itself", "X:thrift")]


def test_a_wrong_holding_is_found_with_its_row(tmp_path: Path) -> None:
    """What RDF may hold and a table may not: the shapes see it in the store."""
    (tmp_path / "h.csv").write_text("owner,owned,share_exact\na,b,5\n", encoding="utf-8")
    store = Store.open(tmp_path / "store", create=True)
    load(store, Tables(), [tmp_path / "h.csv"], date(2026, 1, 31), lambda *_: None)
    path = store.folder_of(store.loads()[0]) / "holdings.parquet"
    pl.read_parquet(path).with_columns(share_exact=2 * WHOLE, interest=pl.lit("friendship")).write_parquet(path)
    found = {(finding.shape, finding.entity, finding.file, finding.row) for finding in validate_store(store)}
    assert found >= {
        ("OwnershipStatement-exact", "X:b", "h.csv", 2),
        ("OwnershipStatement-known-interest", "X:b", "h.csv", 2),
        ("OwnershipStatement-owner-record", "X:b", "h.csv", 2),
    }
