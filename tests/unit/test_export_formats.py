"""`topco export` as FollowTheMoney, TriG, JSON-LD, Parquet, CSV and GraphML; the command around them."""

from __future__ import annotations

import csv
import io
import json
import operator
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from ownership_store import absence, add_load, entity, relationship
from polars.testing import assert_frame_equal
from rdflib import Dataset

from topco.cli.export import command
from topco.errors import BadInput
from topco.exchange.columns import write_columns
from topco.exchange.files import whole_file, whole_folder
from topco.exchange.ftm import entities, ftm_id
from topco.exchange.licences import licence_remarks
from topco.exchange.rdf import FORMATS, write_rdf
from topco.exchange.selection import selection
from topco.ownership.shares import PERCENT
from topco.query.evidence import columns_of
from topco.store.quads import IN_GRAPH, load_node
from topco.store.schema import TABLES
from topco.store.store import Store

if TYPE_CHECKING:
    from click.testing import Result

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def holding(owner: str, owned: str, **more: Any) -> dict[str, Any]:
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "standing": "Current",
        "stale": False,
        "record": f"table/t/holdings/{owner}/{owned}",
        **more,
    }


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A top with a company below it, a subsidiary of that, a fund that it manages, and a stranger's company."""
    store = Store.open(tmp_path_factory.mktemp("export") / "store", create=True)
    add_load(
        store,
        "lei2",
        entities=[
            entity("LEI:TOP", "Top & Söhne <AG>\x07", "CN", hq_city="北京"),
            entity("LEI:MID", "Mid", None, jurisdiction="US-DE", successor="LEI:TOP"),
            entity("LEI:SUB", "Sub", "DE", kind="StateBody"),
            entity("LEI:FUND", "Fund", "LU", kind="Fund"),
            entity("LEI:OTHER", "Other", "FR"),
            entity("X:person", "A Person", None, kind="NaturalPerson", registered_country=None, jurisdiction=None),
        ],
        names=[{"id": "LEI:TOP", "name": "Верх", "language": "ru", "record": "gleif/lei2/LEI:TOP/name/1"}],
        identifiers=[{"id": "LEI:MID", "other_id": "GB-COH:00000001", "record": "gleif/lei2/MID"}],
        headquarters=[
            {
                "id": "LEI:MID",
                "country": "US",
                "basis": "filing",
                "stated_on": date(2025, 1, 1),
                "record": "filing/1",
            }
        ],
    )
    add_load(
        store,
        "rr",
        relationships=[
            relationship("LEI:MID", "LEI:TOP", valid_from=date(2020, 1, 1)),
            relationship("LEI:FUND", "LEI:MID", "FundManagement"),
            relationship("LEI:OTHER", "LEI:STUB"),
        ],
        absences=[absence("LEI:TOP", "NO_KNOWN_PERSON")],
    )
    add_load(
        store,
        "holdings",
        holdings=[
            holding("LEI:MID", "LEI:SUB", share_exact=625_000_000),
            holding("X:person", "LEI:MID", share_min=50 * PERCENT, share_min_exclusive=True, record="t/band"),
            holding("X:person", "LEI:MID", interest="votes", share_exact=WHOLE_PERCENT, record="t/votes"),
            holding("X:person", "LEI:OTHER", share_exact=625_000_000, standing="Void", record="t/void"),
            holding("X:person", "LEI:OTHER", share_exact=625_000_000, record="t/exact", valid_to=date(2021, 1, 1)),
        ],
    )
    return store


WHOLE_PERCENT = 100 * PERCENT


def run(store: Store, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--store", str(store.path)], standalone_mode=False)


def written(store: Store, *arguments: str) -> str:
    result = run(store, *arguments)
    assert result.exception is None, result.exception
    return result.stdout


# --- which rows


def test_the_group_around_a_party(store: Store) -> None:
    chosen = selection(store, ["LEI:MID"])
    assert set(chosen.group) == {"LEI:MID", "LEI:TOP", "LEI:SUB", "X:person", "GB-COH:00000001"}
    # The fund that it manages is no part of the group, but the tie names the party that was asked for.
    ties = chosen.table("relationships").collect()
    assert set(zip(ties["child"], ties["parent"], strict=True)) == {("LEI:MID", "LEI:TOP"), ("LEI:FUND", "LEI:MID")}
    assert set(chosen.table("entities").collect()["id"]) == {"LEI:MID", "LEI:TOP", "LEI:SUB", "LEI:FUND", "X:person"}
    assert chosen.count("headquarters") == 1


def test_rows_of_one_day(store: Store) -> None:
    then, now = (selection(store, (), day).table("holdings").collect() for day in (date(2020, 1, 1), date(2022, 1, 1)))
    assert "t/exact" in set(then["record"])
    assert {"t/exact", "t/void"} & set(now["record"]) == set()
    assert "t/void" in set(selection(store).table("holdings").collect()["record"])


def test_a_party_that_no_record_names_is_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="No loaded record names LEI:NOBODY"):
        _ = selection(store, ["LEI:NOBODY"]).group


def test_a_store_without_loads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nothing to export"):
        selection(Store.open(tmp_path / "empty", create=True))


# --- FollowTheMoney


def test_ftm_parties_and_links(store: Store) -> None:
    found = {one["id"]: one for one in entities(selection(store))}
    top = found["LEI.TOP"]
    assert top["schema"] == "Company"
    assert top["properties"]["alias"] == ["Верх"]
    assert top["properties"]["leiCode"] == ["TOP"]
    assert top["properties"]["notes"] == ["No parent named: UltimateLevel, NO_KNOWN_PERSON"]
    assert top["datasets"] == ["gleif-lei2-2025-03-02"]
    remarks = {found[one]["properties"]["remarks"][0] for one in found["LEI.MID"]["properties"]["addressEntity"]}
    assert remarks == {"headquarters stated; filing; 2025-01-01"}
    assert found["LEI.MID"]["properties"]["idNumber"] == ["GB-COH:00000001"]
    assert found["LEI.STUB"]["properties"]["name"] == ["LEI:STUB"]
    links = {one["properties"]["recordId"][0]: one for one in found.values() if "recordId" in one["properties"]}
    exact = links["t/exact"]
    assert exact["schema"] == "Ownership"
    assert exact["properties"]["percentage"] == ["62.5"]
    assert exact["properties"]["endDate"] == ["2020-12-31"]
    assert links["t/band"]["properties"]["summary"] == ["shares: more than 50 percent"]
    assert "percentage" not in links["t/band"]["properties"]
    # Votes are no percentage of the capital, a void row is no ownership, and a state body no asset.
    assert links["t/votes"]["properties"]["summary"] == ["votes: 100 percent"]
    assert "percentage" not in links["t/votes"]["properties"]
    assert links["t/void"]["schema"] == "UnknownLink"
    assert links["table/t/holdings/LEI:MID/LEI:SUB"]["schema"] == "UnknownLink"
    assert links["gleif/rr/R-LEI:MID-LEI:TOP-D"]["properties"]["role"] == ["DirectConsolidation"]
    assert links["gleif/rr/R-LEI:FUND-LEI:MID-F"]["schema"] == "UnknownLink"


def test_every_reference_of_ftm_is_there_and_every_value_is_text(store: Store) -> None:
    found = [json.loads(line) for line in written(store, "ftm").splitlines()]
    known = {one["id"] for one in found}
    assert len(known) == len(found)
    for one in found:
        assert all(isinstance(value, str) for values in one["properties"].values() for value in values)
        for name in ("owner", "asset", "subject", "object", "addressEntity", "predecessor", "successor"):
            assert set(one["properties"].get(name, [])) <= known


def test_ids_of_ftm_stay_different() -> None:
    given = ["GB:COH-1", "GB-COH:1", "GB-COH-1", "X:a b", "X:a-b", "X:a.b", "http://example.org/x", "X:-", "X:a:b"]
    assert len({ftm_id(one) for one in given}) == len(given)


# --- RDF


def _bytes(store: Store, name: str, *asked: str) -> bytes:
    stream = io.BytesIO()
    chosen = selection(store, asked)
    write_rdf(chosen, stream, name, lambda _: None, licence_remarks(chosen.loads))
    return stream.getvalue()


def test_trig_and_json_ld_hold_the_same_quads(store: Store) -> None:
    found = {}
    for name, form in (("trig", ox.RdfFormat.TRIG), ("jsonld", ox.RdfFormat.JSON_LD)):
        dataset = ox.Dataset(ox.parse(_bytes(store, name), format=form))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        found[name] = dataset
    assert found["trig"] == found["jsonld"]
    assert len(found["trig"]) > 100


@pytest.mark.parametrize(("name", "form"), [("trig", "trig"), ("jsonld", "json-ld")])
def test_rdflib_reads_as_many_quads(store: Store, name: str, form: str) -> None:
    text = _bytes(store, name)
    ours = Counter(quad.graph_name.value for quad in ox.parse(text, format=FORMATS[name]))
    theirs = Dataset()
    theirs.parse(data=text, format=form)
    assert Counter(str(graph) for _, _, _, graph in theirs.quads()) == ours


@pytest.mark.parametrize("asked", [(), ("LEI:MID",)])
def test_the_tables_come_out_of_the_trig_again(store: Store, asked: tuple[str, ...]) -> None:
    database = ox.Store()
    database.load(_bytes(store, "trig", *asked), format=ox.RdfFormat.TRIG)
    chosen = selection(store, asked)
    for load in chosen.loads:
        for table in IN_GRAPH:
            if load.tables.get(table):
                rows = chosen.of([load]).table(table).drop("load").collect()
                back = columns_of(database, load_node(load.id), table)
                assert_frame_equal(_plain(back, table), _plain(rows, table), check_row_order=False)


def _plain(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Without the places of names, which are those of the entity's record (docs/evidence.md)."""
    return frame.drop("file", "row") if table == "names" else frame


def test_trig_begins_with_the_licences(store: Store) -> None:
    assert _bytes(store, "trig").startswith(b"# Licence CC0-1.0 (https://creativecommons.org/publicdomain/zero/1.0/)")


# --- columns


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("asked", [(), ("LEI:MID",)])
def test_the_columns_hold_the_same_rows(store: Store, tmp_path: Path, ending: str, asked: tuple[str, ...]) -> None:
    chosen = selection(store, asked)
    counts = write_columns(chosen, tmp_path, ending, lambda _: None)
    assert set(counts) >= {"entities", "relationships", "holdings", "identifiers", "headquarters", "loads"}
    for table in set(counts) & set(TABLES):
        schema = {**TABLES[table], "load": pl.String()}
        path = tmp_path / f"{table}.{ending}"
        back = pl.read_parquet(path) if ending == "parquet" else pl.read_csv(path, schema=schema)
        assert_frame_equal(back, chosen.table(table).collect(), check_row_order=False)
    read = pl.read_parquet if ending == "parquet" else pl.read_csv
    loads = read(tmp_path / f"loads.{ending}")
    assert set(loads["licence"]) == {"CC0-1.0"}
    resolution = read(tmp_path / f"resolution.{ending}")
    assert dict(resolution.select("entity", "ultimate_parents").iter_rows())["LEI:MID"] == "LEI:TOP"


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
SHARE = st.none() | st.integers(0, WHOLE_PERCENT)
HOLDINGS = st.fixed_dictionaries(
    {
        "owner": TEXT.map("X:".__add__),
        "owned": st.sampled_from(["LEI:A", "X:b,c", "https://example.org/d"]),
        "interest": st.sampled_from(["shares", "nominee"]),
        "share_exact": SHARE,
        "share_min": SHARE,
        "share_min_exclusive": st.none() | st.booleans(),
        "standing": st.sampled_from(["Current", "Void", "Summary"]),
        "stale": st.booleans(),
        "valid_from": st.none() | st.dates(date(1, 1, 1)),
    }
)


@settings(max_examples=30, deadline=None)
@given(st.lists(HOLDINGS, min_size=1, max_size=5), TEXT)
def test_any_rows_come_back_from_columns_and_trig(rows: list[dict[str, Any]], name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "store", create=True)
        numbered = [{**row, "record": f"h/{place}"} for place, row in enumerate(rows)]
        load = add_load(store, "table", entities=[entity("LEI:A", name)], holdings=numbered)
        chosen = selection(store)
        database = ox.Store()
        database.load(_bytes(store, "trig"), format=ox.RdfFormat.TRIG)
        for ending in ("parquet", "csv"):
            (Path(folder) / ending).mkdir()
            write_columns(chosen, Path(folder) / ending, ending, lambda _: None)
        for table in ("entities", "holdings"):
            sent = chosen.table(table).collect()
            back = [
                pl.read_parquet(Path(folder) / "parquet" / f"{table}.parquet"),
                pl.read_csv(Path(folder) / "csv" / f"{table}.csv", schema=sent.schema),
                columns_of(database, load_node(load.id), table).with_columns(load=pl.lit(load.id)),
            ]
            for frame in back:
                assert_frame_equal(frame, sent, check_row_order=False)


# --- GraphML


def test_graphml_has_every_party_and_every_tie(store: Store) -> None:
    text = written(store, "graphml")
    root = etree.fromstring(text.encode())
    keys = {key.get("id"): key.get("attr.name") for key in root.iter(f"{GRAPHML}key")}

    def data(element: Any) -> dict[str | None, str | None]:
        return {keys[one.get("key")]: one.text for one in element.iter(f"{GRAPHML}data")}

    nodes = {node.get("id"): data(node) for node in root.iter(f"{GRAPHML}node")}
    assert set(nodes) == {f"LEI:{one}" for one in ("TOP", "MID", "SUB", "FUND", "OTHER", "STUB")} | {"X:person"}
    assert nodes["LEI:TOP"]["name"] == "Top & Söhne <AG>\N{REPLACEMENT CHARACTER}"
    assert nodes["LEI:TOP"]["hq"] == "CN"
    assert "hq" not in nodes["LEI:MID"]
    assert nodes["LEI:MID"]["stated_hq"] == "US"
    assert nodes["LEI:STUB"] == {"id": "LEI:STUB"}
    edges = {
        (one := data(edge))["record"]: (edge.get("source"), edge.get("target"), one)
        for edge in root.iter(f"{GRAPHML}edge")
    }
    assert len(edges) == 8
    assert all(side in nodes for edge in edges.values() for side in edge[:2])
    source, target, exact = edges["t/exact"]
    assert (source, target) == ("LEI:OTHER", "X:person")
    assert (exact["share_exact"], exact["to"], exact["stale"]) == ("62.5", "2021-01-01", "false")
    assert edges["t/band"][2]["share_min_exclusive"] == "true"
    description = root.find(f"{GRAPHML}graph/{GRAPHML}desc")
    assert description is not None
    assert description.text is not None
    assert "CC0-1.0" in description.text


# --- the command


def test_files_appear_whole_and_licences_are_told(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    result = run(store, "bods", "LEI:MID", "--output", str(path))
    assert result.exception is None
    assert json.loads(path.read_text(encoding="utf-8"))
    assert "Licence CC0-1.0" in result.stderr
    assert "statements." in result.stderr
    assert result.stdout == ""
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.json"]


def _half_written(path: Path) -> None:
    path.write_text("half")
    raise RuntimeError


def test_a_failed_export_leaves_the_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("earlier")
    with pytest.raises(RuntimeError), whole_file(path) as new:
        _half_written(new)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "loads.csv").write_text("earlier")
    with pytest.raises(RuntimeError), whole_folder(folder, {"loads.csv"}) as new:
        _half_written(new / "loads.csv")
    assert path.read_text() == (folder / "loads.csv").read_text() == "earlier"
    with whole_folder(folder, {"loads.csv"}) as new:
        (new / "loads.csv").write_text("new")
    assert (folder / "loads.csv").read_text() == "new"
    assert {entry.name for entry in tmp_path.iterdir()} == {"out.txt", "folder"}


def test_a_folder_with_other_files_is_left_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    result = run(store, "csv", "--output", str(tmp_path))
    assert isinstance(result.exception, BadInput)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("csv",), "--output FOLDER"),
        (("ftm", "--lines"), "--lines is for bods"),
        (("ftm", "--all", "LEI:MID"), "not both"),
        (("bods", "LEI:NOBODY"), "No loaded record names"),
    ],
)
def test_what_cannot_be_done_is_said(store: Store, arguments: tuple[str, ...], said: str) -> None:
    assert said in str(run(store, *arguments).exception)


def test_csv_has_one_line_for_each_holding(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert run(store, "csv", "--all", "--output", str(folder)).exception is None
    rows = list(csv.DictReader((folder / "holdings.csv").open(encoding="utf-8")))
    assert Counter(row["load"] for row in rows) == {"gleif-holdings-2025-03-02": 5}


def test_tables_without_room_are_named(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store", create=True)
    listing = {"id": "LEI:A", "name": "A", "list": "l", "record": "r"}
    add_load(store, "lei2", entities=[entity("LEI:A", "A")], listings=[listing])
    assert "Not in this format: listings 1" in run(store, "graphml").stderr
    assert "Not in this format" not in run(store, "trig").stderr


def test_many_rows_are_exported_part_by_part(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = selection(store)
    whole = list(entities(chosen))
    monkeypatch.setattr("topco.exchange.parties.ROWS_OF_PART", 4)
    in_parts = list(entities(chosen))
    assert [one["id"] for one in in_parts] != [one["id"] for one in whole]
    key = operator.itemgetter("id")
    assert sorted(in_parts, key=key) == sorted(whole, key=key)
