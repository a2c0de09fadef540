"""Screening for every face: cancelled at each phase, filtered, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from small_store import add_load, entity, lei, no_parents
from topco.application.application import Application
from topco.application.screening.ready import Orders
from topco.application.screening.results import Results, Wanted
from topco.application.screening.run import Run
from topco.application.screening.steps import Cancelled, Steps
from topco.application.tables import harmless, harmless_frame
from topco.errors import BadInput
from topco.records.setting import Asked

HEAD = "order_id,date,activity,destination,consignee,eccn,quantity_tpp,row,=note"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    add_load(path, "lei2", date(2025, 3, 1), {"entities": [entity("A", "CN")], "absences": no_parents("A")})
    return path


def content(count: int = 5) -> bytes:
    rows = [f"=O{n},2025-06-01,export,DE,{lei('A')},3A090.a,{n},{n},x;=1+1" for n in range(count)]
    rows += ["-5,2025-06-01,export,FR,,3A090.a,7,9,@SUM(A1)", "last,never,export,FR,,3A090.a,7,9,-5"]
    return "\n".join([HEAD, *rows, ""]).encode()


def run_of(store: Path, output: Path, steps: Steps) -> Run:
    return Run(Orders(content(), "orders.csv"), store, Asked(), "parquet", output, steps=steps, chunk=2)


def test_a_run_stops_at_every_phase_and_writes_no_output(store: Path, tmp_path: Path) -> None:
    said: list[tuple[str, int]] = []
    output = tmp_path / "all.parquet"
    run_of(store, output, Steps(lambda phase, done, *_: said.append((phase, done)))).write()
    assert output.exists()
    assert {"reading columns", "resolving parties", "determining", "rows"} <= {phase for phase, _ in said}
    for place in range(len(said)):
        heard: list[str] = []
        output = tmp_path / f"{place}.parquet"
        steps = Steps(lambda phase, *_, heard=heard: heard.append(phase), lambda heard=heard, n=place: len(heard) > n)
        with pytest.raises(Cancelled):
            run_of(store, output, steps).write()
        assert [phase for phase, _ in said[: place + 1]] == heard
        assert not output.exists()


def test_a_run_that_is_told_to_stop_before_it_begins_reads_nothing(store: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        run_of(store, tmp_path / "out.parquet", Steps(stopped=lambda: True))


@pytest.fixture
def results(store: Path, tmp_path: Path) -> Results:
    output = tmp_path / "result.parquet"
    Application(store).screenings.run(content(), "orders.csv", output).write()
    return Results(output)


@pytest.mark.parametrize(
    ("wanted", "orders"),
    [
        (Wanted(), ["=O0", "=O1", "=O2", "=O3", "=O4", "-5", "last"]),
        (Wanted(status="refused"), ["last"]),
        (Wanted(destination="FR"), ["-5", "last"]),
        (Wanted(destination="FR", status="undetermined"), ["-5"]),
        (Wanted(destination="FR", status="answered"), []),
        (Wanted(review_policy="denial_presumption"), ["=O0", "=O1", "=O2", "=O3", "=O4"]),
        (Wanted(text="=o3"), ["=O3"]),
        (Wanted(text=".*"), []),
        (Wanted(exception="AIA=no"), ["=O0", "=O1", "=O2", "=O3", "=O4"]),
    ],
)
def test_rows_are_filtered_alike_on_pages_and_in_files(results: Results, wanted: Wanted, orders: list[str]) -> None:
    rows, total = results.page(wanted, 0, 100)
    assert ([row["order_id"] for row in rows], total) == (orders, len(orders))
    written = csv.DictReader(io.StringIO(b"".join(results.written("csv", wanted)).decode()))
    assert [row["order_id"] for row in written] == orders
    assert pl.read_parquet(io.BytesIO(results.parquet(wanted)))["order_id"].to_list() == orders


def test_pages_follow_each_other_and_are_sorted(results: Results) -> None:
    assert results.number == "row_", "the orders have a column row of their own"
    first, total = results.page(Wanted(), 0, 3, "-quantity_tpp")
    second, _ = results.page(Wanted(), 3, 3, "-quantity_tpp")
    assert total == 7
    assert [row["quantity_tpp"] for row in (*first, *second)] == ["7", "7", "4", "3", "2", "1"]
    assert [row["row_"] for row in first] == [7, 8, 6]
    strictest, _ = results.page(Wanted(), 0, 1, "-review_policy")
    assert strictest[0]["review_policy"] == "denial_presumption"
    with pytest.raises(BadInput, match="no column colour"):
        results.page(Wanted(), 0, 3, "colour")


def test_a_spreadsheet_computes_nothing_of_what_it_is_given(results: Results) -> None:
    exact = list(csv.reader(io.StringIO(b"".join(results.written("csv", Wanted())).decode())))
    safe = list(csv.reader(io.StringIO(b"".join(results.written("csv", Wanted(), safe=True)).decode())))
    assert exact[0][:9] == HEAD.split(",")
    assert safe[0][8] == "'=note"
    assert [row[0] for row in safe[1:]] == ["'=O0", "'=O1", "'=O2", "'=O3", "'=O4", "-5", "last"]
    assert [row[8] for row in safe[1:]] == ["x;'=1+1"] * 5 + ["'@SUM(A1)", "-5"]
    assert [[cell.replace("'", "") for cell in row] for row in safe] == [
        [cell.replace("'", "") for cell in row] for row in exact
    ]


@pytest.mark.parametrize(
    "cell", ["=1", "+1+1", "-1+1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", '"=1', "a;=1", "a\n=1"]
)
def test_what_would_begin_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell).count("'") >= 1
    assert harmless(cell).replace("'", "") == cell
    assert harmless_frame(pl.DataFrame({"x": [cell, None]}))["x"].to_list() == [harmless(cell), None]


@pytest.mark.parametrize(
    "cell", ["", "-5", "+1.5", "-1e-7", "1", "a=b", "AIA=no;LPP=no", "x;-5", "a - b", "LEI:1;LEI:2"]
)
def test_numbers_and_words_stay_what_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_headings_stay_apart(tmp_path: Path) -> None:
    frame = pl.DataFrame({"=a": ["1"], "'=a": ["2"]})
    assert harmless_frame(frame).columns == ["''=a", "'=a"]
