"""Every file of ../shared/data is loaded, or refused with a sentence; the numbers of its SOURCE.md come out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from commands import Run

from topco.errors import ANSWERED, BAD_INPUT, FINDINGS
from topco.store.store import Store

pytestmark = pytest.mark.shared

# Folder, rows by table over all loads, and how many files are refused: no registry's files (code lists, laws, chips),
# official examples of what is invalid, and one CSV that its own SOURCE.md calls broken.
EXPECTED = {
    "bods-0.4-gleif-uk": ({"entities": 331, "relationships": 171, "absences": 2, "originals": 742}, 0),
    # The 634 statements, and what is left of the constructed example of replaced ones.
    "bods-register-2019": ({"originals": 635}, 0),
    "followthemoney": ({"holdings": 14}, 1),
    "gleif-api-json": ({"entities": 48, "relationships": 59, "absences": 11}, 44),
    "gleif-golden-copy-csv": ({"entities": 239}, 0),
    "gleif-golden-copy-xml": ({"entities": 13, "relationships": 10, "absences": 10}, 0),
    # Ten named parties, two unnamed ones that hold for them (a trust, a firm), two companies of Basic Company Data.
    "uk-companies-house": ({"entities": 14}, 1),
    "us-1260h-list": ({"listings": 185, "holdings": 88}, 0),
    "us-csl-2019-source-formats": ({}, 0),
    "us-csl-2026": ({"listings": 15_622}, 0),
}
NO_REGISTRY_S = (
    *("chips-epoch", "countries", "dbpedia-control", "ear-reference-2026", "gleif-code-lists"),
    *("gleif-ultimate-truth", "reconciliation-api-0.2", "sec-ex21"),
)
MIXED = ("bods-rdf-vocabulary", "bods-standard", "gleif-ontology", "opencorporates-schema")


def loaded(run: Run, folder: Path, store: Path) -> tuple[int, str, str]:
    return run("load", "any", folder, "--store", store, "--defer-graph", "--format", "json")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_numbers_come_out(name: str, shared_data: Path, tmp_path: Path, run: Run) -> None:
    wanted, refused = EXPECTED[name]
    code, out, _ = loaded(run, shared_data / name, tmp_path / "store")
    document = json.loads(out)
    assert len(document["refused"]) == refused
    assert code in ((BAD_INPUT,) if refused else (ANSWERED, FINDINGS))
    rows: dict[str, int] = {}
    for load in Store.open(tmp_path / "store").loads():
        for table, count in load.tables.items():
            rows[table] = rows.get(table, 0) + count
    assert {table: rows.get(table) for table in wanted} == wanted


@pytest.mark.parametrize("name", [*NO_REGISTRY_S, *MIXED])
def test_what_is_no_registry_s_file_is_refused_with_a_sentence(
    name: str, shared_data: Path, tmp_path: Path, run: Run
) -> None:
    code, out, err = loaded(run, shared_data / name, tmp_path / "store")
    assert code == BAD_INPUT
    document = json.loads(out) if out else {"refused": [{"reason": err}], "loaded": []}
    assert document["refused"]
    assert all(refusal["reason"].strip() for refusal in document["refused"])
    if name in NO_REGISTRY_S:
        assert document["loaded"] == []


def test_every_invalid_statement_is_refused_with_its_path(shared_data: Path, tmp_path: Path, run: Run) -> None:
    folder = shared_data / "bods-standard" / "0.4" / "tests" / "data"
    rows = csv.reader((folder / "invalid-statements" / "expected_errors.csv").open(encoding="utf-8"))
    expected = {row[0]: row for row in rows}
    files = sorted((folder / "invalid-statements").glob("*.json"))
    assert len(files) == 131
    for number, path in enumerate(files):
        code, out, err = run("load", "bods", path, "--store", tmp_path / str(number), "--defer-graph")
        assert (code, out) == (BAD_INPUT, ""), path.name
        where = expected[path.name][2].removeprefix("$[0]").removeprefix(".")
        assert f"row 1, {where}" in err, (path.name, err)


def test_every_valid_statement_is_accepted(shared_data: Path, tmp_path: Path, run: Run) -> None:
    files = sorted((shared_data / "bods-standard" / "0.4" / "tests" / "data" / "valid-statements").glob("*.json"))
    assert len(files) == 74
    for number, path in enumerate(files):
        code, _, err = run("load", "bods", path, "--store", tmp_path / str(number), "--defer-graph")
        assert code in (ANSWERED, FINDINGS), (path.name, err)
