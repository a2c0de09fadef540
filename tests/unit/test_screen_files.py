"""`topco screen`: files of every form, runs that go on after a kill, changes since an earlier run, proofs."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from commands import Run

from small_store import absence, add_load, entity, lei, relationship
from topco.errors import ANSWERED, BAD_INPUT
from topco.licensing.orders.files import read_table

HEADER = (
    "order_id,date,activity,destination,consignee,eccn,quantity_tpp,conditions.part_744_746_bar,transaction.end_use"
)
# Screens in chunks of three rows and kills itself before the n-th part is written.
KILLED_AT = """
import os, signal, sys
from topco.cli import screen
from topco.cli.main import main
from topco.licensing.orders.parts import Parts

deadline, *arguments = sys.argv[1:]
screen.CHUNK = 3
calls = 0

def deadly(self, frame, told, real=Parts.add):
    global calls
    calls += 1
    if calls == int(deadline):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, frame, told)

Parts.add = deadly
main(arguments)
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two companies of Brazil, the parent of the first of which is in China until the summer of 2025."""
    path = tmp_path / "store"
    none = [absence(letter, level, "NO_KNOWN_PERSON") for letter in "BC" for level in ("DirectLevel", "UltimateLevel")]
    until = {"valid_to": date(2025, 7, 1), "standing": "Ended"}
    links = [relationship("A", "C", kind) | until for kind in ("DirectConsolidation", "UltimateConsolidation")]
    entities = [entity("A", "BR"), entity("B", "BR"), entity("C", "CN")]
    add_load(path, "lei2", date(2025, 9, 2), {"entities": entities, "relationships": links, "absences": none})
    return path


def line(number: object, who: str = "A", day: str = "2025-06-01", to: str = "BR", tpp: str = "5") -> str:
    return f"{number},{day},export,{to},{lei(who)},3A090.a,{tpp},false,data_centre;resale"


LINES = [
    line(1),
    line(2, day="2025-08-01"),
    line(3, "B"),
    line(4, to="ZZ"),
    line(5, tpp="lots"),
    line(6, to="CN"),
    line(6, to="RU", tpp="7"),
    line(8, "B", day="2025-06-30"),
    "9,too,short",
    line(10, "A", day="2025-06-30"),
]


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    return list(csv.DictReader(path.open(encoding="utf-8", newline="")))


def without_odd(lines: list[str]) -> list[str]:
    return [one for one in lines if one.count(",") == HEADER.count(",")]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_the_same_orders_in_other_forms_have_the_same_answers(run: Run, store: Path, tmp_path: Path, form: str) -> None:
    path = write(tmp_path / "orders.csv", *without_odd(LINES))
    as_csv = tmp_path / "a.csv"
    assert run("screen", path, "--store", store, "-o", as_csv)[0] == BAD_INPUT
    frame = pl.read_csv(path, infer_schema=False).fill_null("")
    typed = frame.with_columns(
        pl.col("conditions.part_744_746_bar") == "true",
        pl.col("transaction.end_use").str.split(";"),
        pl.when(pl.col("quantity_tpp") == "lots").then(pl.lit("lots")).otherwise("quantity_tpp").alias("quantity_tpp"),
    )
    other = tmp_path / f"orders.{form}"
    if form == "parquet":
        typed.with_columns(pl.col("date").str.to_date()).write_parquet(other)
    else:
        numbers = [{**row, "order_id": int(row["order_id"])} for row in typed.rows(named=True)]
        other.write_text("\n".join(json.dumps(row) for row in numbers), encoding="utf-8")
    output = tmp_path / "b.csv"
    assert run("screen", other, "--store", store, "-o", output)[0] == BAD_INPUT
    told = [{key: value.replace(str(other), str(path)) for key, value in row.items()} for row in rows_of(output)]
    assert told == rows_of(as_csv)


def test_outputs_of_every_form_say_the_same(run: Run, store: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "orders.csv", *LINES)
    for name in ("out.csv", "out.parquet", "out.jsonl"):
        assert run("screen", path, "--store", store, "-o", tmp_path / name)[0] == BAD_INPUT
    wanted = rows_of(tmp_path / "out.csv")
    parquet = pl.read_parquet(tmp_path / "out.parquet").fill_null("").rows(named=True)
    assert parquet == wanted
    told = [json.loads(one) for one in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["exceptions"] for one in told] == [
        one["exceptions"].split(";") if one["exceptions"] else one_of(one["status"]) for one in wanted
    ]
    assert [one["reason"] for one in told] == [one["reason"] for one in wanted]
    assert rows_of(tmp_path / "out.rejects.csv") == [
        {
            "row": "5",
            "column": "destination",
            "value": "ZZ",
            "reason": "'ZZ' is no country or territory of ISO 3166-1.",
        },
        {
            "row": "6",
            "column": "quantity_tpp",
            "value": "lots",
            "reason": "Input should be a valid decimal",
        },
        {"row": "10", "column": "", "value": "", "reason": "the row has 3 cells, the header 9"},
    ]


def one_of(status: str) -> list[str] | None:
    return None if status == "refused" else []


def test_parents_are_those_of_each_order_s_day(run: Run, store: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    run("screen", write(tmp_path / "orders.csv", line(1), line(2, day="2025-08-01")), "--store", store, "-o", output)
    first, second = rows_of(output)
    assert (first["consignee_status"], first["consignee_ultimate_parent_hq"]) == ("resolved", "CN")
    assert (second["consignee_status"], second["consignee_ultimate_parent"]) == ("no_evidence", "")
    assert first["review_policy"] == "denial_presumption"
    assert second["status"] == "undetermined"


def start(store: Path, path: Path, output: Path, deadline: int) -> subprocess.CompletedProcess[str]:
    arguments = map(str, (deadline, "screen", path, "--store", store, "-o", output))
    return subprocess.run([sys.executable, "-c", KILLED_AT, *arguments], capture_output=True, text=True, check=False)


def test_a_killed_run_goes_on_behind_its_finished_parts(run: Run, store: Path, tmp_path: Path) -> None:
    path, output, whole = write(tmp_path / "orders.csv", *LINES), tmp_path / "out.csv", tmp_path / "whole.csv"
    assert run("screen", path, "--store", store, "-o", whole)[0] == BAD_INPUT
    assert start(store, path, output, 3).returncode == -signal.SIGKILL
    assert not output.exists(), "nothing half made is in its place"
    finished = sorted((tmp_path / "out.csv.parts").glob("part-*"))
    assert [one.name for one in finished] == ["part-00000", "part-00001"]
    again = start(store, path, output, 0)
    assert again.returncode == BAD_INPUT
    assert "Going on after 6 rows" in again.stderr
    assert rows_of(output) == rows_of(whole)
    assert rows_of(tmp_path / "out.rejects.csv") == rows_of(tmp_path / "whole.rejects.csv")
    assert not (tmp_path / "out.csv.parts").exists()


def test_parts_of_another_run_are_thrown_away(run: Run, store: Path, tmp_path: Path) -> None:
    path, output = write(tmp_path / "orders.csv", *LINES), tmp_path / "out.csv"
    assert start(store, path, output, 3).returncode == -signal.SIGKILL
    write(path, *LINES[:3], *LINES[4:])
    again = start(store, path, output, 0)
    assert "Going on" not in again.stderr
    assert [row["order_id"] for row in rows_of(output)] == [one.partition(",")[0] for one in LINES if one != LINES[3]]


def test_what_changed_since_an_earlier_run(run: Run, store: Path, tmp_path: Path) -> None:
    old, output = tmp_path / "old.parquet", tmp_path / "new.csv"
    first = [line("a"), line("b"), line("b", to="CN"), line("c", "B"), line("gone")]
    run("screen", write(tmp_path / "orders.csv", *first), "--store", store, "-o", old)
    second = [line("c", "B"), line("b"), line("b", to="RU"), line("a", day="2025-08-01"), line("fresh")]
    code, _, err = run("screen", write(tmp_path / "now.csv", *second), "--store", store, "--watch", old, "-o", output)
    assert code == ANSWERED
    found = rows_of(output)
    assert [(row["order_id"], row["change"]) for row in found] == [("a", "changed"), ("fresh", "new"), ("gone", "gone")]
    assert (found[0]["was_review_policy"], found[0]["review_policy"]) == ("denial_presumption", "undetermined")
    assert (found[0]["was_consignee_status"], found[0]["consignee_status"]) == ("resolved", "no_evidence")
    assert (found[2]["status"], found[2]["was_status"]) == ("", "answered")
    assert "1  rows changed" in err


def test_an_earlier_result_must_be_one(run: Run, store: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "orders.csv", line(1))
    code, _, err = run("screen", path, "--store", store, "--watch", path)
    assert code == BAD_INPUT
    assert "lacks the column status" in err


def test_proofs_are_those_of_determine(run: Run, store: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "orders.csv", *LINES)
    output = tmp_path / "out.csv"
    listed = tmp_path / "orders.txt"
    listed.write_text("6\n4\n1\n", encoding="utf-8")
    run("screen", path, "--store", store, "-o", output, "--proofs", f"@{listed}")
    told = [json.loads(one) for one in (tmp_path / "out.proofs.jsonl").read_text(encoding="utf-8").splitlines()]
    ids = {(row["order_id"], row["determination_id"]) for row in rows_of(output)}
    assert [one["case"] for one in told] == ["1", "6", "6"], "what is refused has no determination"
    assert {(one["case"], one["id"]) for one in told} <= ids
    case = {
        "id": "1",
        "transaction": {"date": "2025-06-01", "activity": "export", "destination": "BR", "quantity_tpp": 5}
        | {"end_use": ["data_centre", "resale"]},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", "entity": lei("A")}],
        "conditions": {"part_744_746_bar": False},
    }
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    _, out, _ = run("determine", tmp_path / "case.json", "--store", store, "--format", "json")
    assert json.loads(out) == told[0]


def test_lines_that_are_no_rows_are_refused_in_their_place(run: Run, store: Path, tmp_path: Path) -> None:
    good = dict(zip(HEADER.split(","), line("1").split(","), strict=True))
    lines = [json.dumps(good), "{broken", json.dumps([1]), '{"order_id": "2", "order_id": "3"}', json.dumps(good)]
    path, output = tmp_path / "orders.jsonl", tmp_path / "out.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert run("screen", path, "--store", store, "-o", output)[0] == BAD_INPUT
    assert [row["status"] for row in rows_of(output)] == ["answered", "refused", "refused", "refused", "answered"]
    assert [row["row"] for row in rows_of(tmp_path / "out.rejects.csv")] == ["2", "3", "4"]


def test_parquet_needs_a_file(run: Run, store: Path, tmp_path: Path) -> None:
    code, _, err = run("screen", write(tmp_path / "o.csv", line(1)), "--store", store, "--format", "parquet")
    assert code == BAD_INPUT
    assert "--output" in err


def test_a_csv_is_read_in_columns_as_the_standard_library_reads_it() -> None:
    """Quotation marks, line ends and rows of another length: the quick reader against the strict one."""
    text = 'a,b\r\n"x ""y"", z","l\nm"\r\n\r\n1\r\n1,2,3\r\n , \r\n"",""\r\nlast,one'
    found = read_table(text.encode(), "w")
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    whole = [row for row in rows[1:] if len(row) == 2]
    places = [place for place in range(len(found.cells)) if place not in found.broken]
    assert [list(found.cells.row(place)) for place in places] == whole
    assert sorted(found.broken) == [1, 2]
    assert found.numbers.tolist() == [2, 4, 5, 6, 7, 8]
