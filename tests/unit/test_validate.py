"""`topco validate`: what the shapes find in a store, where they say it is, and what the command answers."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from ownership_store import absence, add_load, entity, make_store, relationship
from pyoxigraph import NamedNode
from rdflib import SH, Graph, Literal

from topco.cli.validate import command
from topco.errors import BadInput
from topco.store.quads import evidence_quads, load_description, record_iri
from topco.validation import shapes
from topco.validation.findings import Finding, Severity
from topco.validation.neighbourhood import add_quads
from topco.validation.validate import Outcome, validate_store

if TYPE_CHECKING:
    from pathlib import Path

    from topco.store.store import Store


def lei(letter: str) -> str:
    return f"LEI:{letter * 18}00"


def clean_store(path: Path) -> Store:
    """A owns B; A states that nobody owns it."""
    return make_store(
        path,
        entities=[entity(lei("A"), "Alpha"), entity(lei("B"), "Beta", "CN")],
        relationships=[relationship(lei("B"), lei("A"), valid_from=date(2019, 1, 1))],
        absences=[absence(lei("A"), "NATURAL_PERSONS", "DirectLevel")],
    )


def found(store: Store, **options: Any) -> list[Finding]:
    return list(validate_store(store, **options))


def run(store: Store, *arguments: str) -> tuple[int, str, str]:
    """Return value of the command, stdout, stderr."""
    result = CliRunner().invoke(command, ["--store", str(store.path), *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.stdout, result.stderr


def test_a_clean_store_conforms(tmp_path: Path) -> None:
    outcome = Outcome()
    assert found(clean_store(tmp_path), outcome=outcome) == []
    assert outcome.conforms
    assert (outcome.entities, outcome.loads) == (2, 3)


BACKWARDS = {"valid_from": date(2020, 1, 1), "valid_to": date(2019, 1, 1)}

CASES: dict[str, tuple[str, Severity, dict[str, Any], tuple[str, int, str]]] = {
    "self-parent": (
        "ConsolidationStatement-not-itself",
        Severity.VIOLATION,
        {"relationships": [relationship(lei("A"), lei("A"))]},
        ("rr.csv", 2, lei("A")),
    ),
    "ends before it begins": (
        "ConsolidationStatement-valid-from",
        Severity.VIOLATION,
        {
            "relationships": [
                relationship(lei("B"), lei("A")),
                relationship(lei("A"), lei("B"), "UltimateConsolidation", standing="Ended", **BACKWARDS),
            ]
        },
        ("rr.csv", 3, lei("A")),
    ),
    "unknown country": (
        "Address-known-country",
        Severity.VIOLATION,
        {"entities": [entity(lei("A"), "Alpha"), entity(lei("B"), "Beta", hq_country="QQ")]},
        ("lei2.csv", 3, lei("B")),
    ),
    "form of the LEI": (
        "Entity-lei",
        Severity.VIOLATION,
        {"entities": [entity("LEI:123", "Alpha")]},
        ("lei2.csv", 2, "LEI:123"),
    ),
    "no name": (
        "Entity-name",
        Severity.VIOLATION,
        {"entities": [{**entity(lei("A"), "Alpha"), "name": None}]},
        ("lei2.csv", 2, lei("A")),
    ),
    "no headquarters": (
        "Entity-headquarters",
        Severity.WARNING,
        {"entities": [entity(lei("A"), "Alpha", hq_country=None)]},
        ("lei2.csv", 2, lei("A")),
    ),
    "two direct parents": (
        "ConsolidationStatement-one-direct-parent",
        Severity.WARNING,
        {
            "entities": [entity(lei(letter), letter) for letter in "ABC"],
            "relationships": [relationship(lei("A"), lei("B")), relationship(lei("A"), lei("C"))],
        },
        ("rr.csv", 3, lei("A")),
    ),
    "absence beside a parent": (
        "ConsolidationStatement-direct-parent-and-absence",
        Severity.WARNING,
        {
            "entities": [entity(lei(letter), letter) for letter in "AB"],
            "relationships": [relationship(lei("A"), lei("B"))],
            "absences": [absence(lei("A"), "NO_LEI", "DirectLevel")],
        },
        ("rr.csv", 2, lei("A")),
    ),
    "ring of two": (
        "ConsolidationStatement-no-ring",
        Severity.WARNING,
        {
            "entities": [entity(lei(letter), letter) for letter in "AB"],
            "relationships": [relationship(lei("A"), lei("B")), relationship(lei("B"), lei("A"))],
        },
        ("rr.csv", 3, lei("B")),
    ),
    "unknown reason": (
        "AbsenceStatement-known-reason",
        Severity.WARNING,
        {"absences": [absence(lei("A"), "BECAUSE")]},
        ("repex.csv", 2, lei("A")),
    ),
    "parent without a record": (
        "ConsolidationStatement-parent-record",
        Severity.INFO,
        {"entities": [entity(lei("A"), "Alpha")], "relationships": [relationship(lei("A"), lei("B"))]},
        ("rr.csv", 2, lei("A")),
    ),
    "different reasons": (
        "Entity-one-reason",
        Severity.INFO,
        {
            "entities": [entity(lei("A"), "Alpha")],
            "absences": [absence(lei("A"), "NO_LEI", "DirectLevel"), absence(lei("A"), "NATURAL_PERSONS", record="x")],
        },
        ("lei2.csv", 2, lei("A")),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_findings_name_row_and_entity(tmp_path: Path, case: str) -> None:
    shape, severity, tables, (file, row, subject) = CASES[case]
    hits = [finding for finding in found(make_store(tmp_path, **tables)) if finding.shape == shape]
    assert (severity, file, row, subject) in [(hit.severity, hit.file, hit.row, hit.entity) for hit in hits]
    hit = next(hit for hit in hits if hit.row == row)
    assert hit.load is not None
    assert hit.record is not None
    assert hit.message
    assert hit.check


def test_an_ended_relationship_is_neither_a_second_parent_nor_a_ring(tmp_path: Path) -> None:
    ended = {"standing": "Ended", "valid_from": date(2010, 1, 1), "valid_to": date(2015, 1, 1)}
    store = make_store(
        tmp_path,
        entities=[entity(lei(letter), letter) for letter in "ABC"],
        relationships=[relationship(lei("A"), lei("B")), relationship(lei("A"), lei("C"), **ended)],
    )
    assert found(store) == []


def test_a_parent_known_only_from_another_batch_is_no_finding(tmp_path: Path) -> None:
    assert found(clean_store(tmp_path), batch=1, reference=True) == []


def random_tables(seed: int) -> dict[str, list[dict[str, Any]]]:
    chance = random.Random(seed)
    letters = "ABCDEFGH"
    kinds = ["DirectConsolidation", "UltimateConsolidation", "InternationalBranch", "FundManagement"]
    return {
        "entities": [
            entity(
                lei(letter) if chance.random() < 0.9 else f"LEI:{letter}",
                letter,
                hq_country=chance.choice(["DE", "CN", "QQ", None]),
                kind=chance.choice(["LegalEntity", "Branch", "Fund", "StateBody"]),
                successor=chance.choice([None, None, lei("A"), lei("Z")]),
            )
            for letter in letters[:6]
        ],
        "relationships": [
            relationship(
                lei(chance.choice(letters)),
                lei(chance.choice(letters)),
                chance.choice(kinds),
                standing=chance.choice(["Current", "Ended", "Void"]),
                valid_from=chance.choice([None, date(2019, 1, 1)]),
                valid_to=chance.choice([None, date(2018, 1, 1), date(2024, 1, 1)]),
                record=f"r/{number}",
            )
            for number in range(10)
        ],
        "absences": [
            absence(
                lei(chance.choice(letters)),
                chance.choice(["NO_LEI", "NATURAL_PERSONS", "BECAUSE"]),
                chance.choice(["DirectLevel", "UltimateLevel"]),
                record=f"x/{number}",
            )
            for number in range(5)
        ],
    }


@pytest.mark.parametrize("seed", range(3))
def test_batches_find_what_one_run_over_the_whole_graph_finds(tmp_path: Path, seed: int) -> None:
    store = make_store(tmp_path, **random_tables(seed))
    whole = Graph()
    whole += shapes.background()
    for load in store.current_loads():
        add_quads(whole, load_description(load, NamedNode("https://w3id.org/topco/graph/loads")))
        for table in load.tables:
            add_quads(whole, evidence_quads(load.id, table, store.table(table, loads=[load]).collect().drop("load")))
    report = shapes.run(whole)
    expected = sorted(
        (str(report.value(node, SH.focusNode)), str(report.value(node, SH.sourceShape)))
        for node in report.objects(None, SH.result)
    )
    assert expected
    for size in (2, 100):
        batched = Graph()
        list(validate_store(store, batch=size, report=batched, reference=True))
        assert expected == sorted(
            (str(batched.value(node, SH.focusNode)), str(batched.value(node, SH.sourceShape)))
            for node in batched.objects(None, SH.result)
        )


def test_violations_exit_with_1_and_warnings_with_0(tmp_path: Path) -> None:
    for case, code in (("self-parent", 1), ("no headquarters", 0), ("parent without a record", 0)):
        assert run(make_store(tmp_path / case, **CASES[case][2]))[0] == code


def test_table_says_what_where_and_how_to_mend(tmp_path: Path) -> None:
    code, out, err = run(make_store(tmp_path, **CASES["self-parent"][2]))
    assert code == 1
    assert "rr.csv, row 2" in " ".join(out.split())
    assert "violation" in out
    assert "1 violation" in err


def test_table_of_a_clean_store(tmp_path: Path) -> None:
    code, out, err = run(clean_store(tmp_path))
    assert (code, out) == (0, "Nothing found.\n")
    assert "2 entities and 3 loads checked: 0 violations, 0 warnings, 0 info." in err


def test_json_carries_the_whole_answer(tmp_path: Path) -> None:
    code, out, _ = run(make_store(tmp_path, **CASES["absence beside a parent"][2]), "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert answer["conforms"] is True
    assert answer["counts"] == {"violation": 0, "warning": 1, "info": 0}
    assert answer["findings"][0]["file"] == "rr.csv"
    assert answer["findings"][0]["row"] == 2
    assert answer["findings"][0]["severity"] == "warning"


def test_csv_has_one_row_a_finding(tmp_path: Path) -> None:
    _, out, _ = run(make_store(tmp_path, **CASES["ring of two"][2]), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["shape"] for row in rows] == ["ConsolidationStatement-no-ring"] * 2
    assert {row["row"] for row in rows} == {"2", "3"}


def test_turtle_is_a_w3c_report(tmp_path: Path) -> None:
    store = make_store(tmp_path, **CASES["two direct parents"][2])
    code, out, _ = run(store, "--format", "turtle")
    report = Graph().parse(data=out, format="turtle")
    results = list(report.objects(None, SH.result))
    assert code == 0
    assert list(report.objects(None, SH.conforms)) == [Literal(False)]
    assert results
    for node in results:
        for needed in (SH.focusNode, SH.resultSeverity, SH.sourceShape, SH.sourceConstraintComponent, SH.resultMessage):
            assert (node, needed, None) in report
    records = {record_iri(f"gleif/rr/R-{lei('A')}-{lei(parent)}-D") for parent in "BC"}
    assert {str(report.value(node, SH.focusNode)) for node in results} == records


def test_turtle_of_a_clean_store_conforms(tmp_path: Path) -> None:
    _, out, _ = run(clean_store(tmp_path), "--format", "turtle")
    assert list(Graph().parse(data=out, format="turtle").objects(None, SH.conforms)) == [Literal(True)]


def test_severity_hides_and_still_counts(tmp_path: Path) -> None:
    tables = CASES["parent without a record"][2]
    code, out, err = run(make_store(tmp_path, **tables), "--severity", "warning")
    assert (code, out) == (0, "Nothing found.\n")
    assert "1 info" in err


def test_ids_limit_what_is_checked(tmp_path: Path) -> None:
    store = make_store(tmp_path, entities=[entity(lei("A"), "A"), entity(lei("B"), "B", hq_country=None)])
    assert {finding.entity for finding in found(store, ids=[lei("B")])} == {lei("B")}
    assert found(store, ids=[lei("A")]) == []
    assert run(store, lei("A")[4:])[1] == "Nothing found.\n"


def test_an_unknown_id_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no record about LEI:C"):
        found(clean_store(tmp_path), ids=[lei("C")])


def test_superseded_loads_do_not_count_unless_asked_for(tmp_path: Path) -> None:
    store = make_store(tmp_path, entities=[entity(lei("A"), "A", hq_country=None)])
    add_load(store, "lei2", date(2025, 6, 1), entities=[entity(lei("A"), "A")])
    assert found(store) == []
    assert [finding.shape for finding in found(store, known_as_of=date(2025, 4, 1))] == ["Entity-headquarters"]


def test_progress_is_told_after_every_batch(tmp_path: Path) -> None:
    told = []
    store = clean_store(tmp_path)
    found(store, batch=1, reference=True, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    found(store, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2), (2, 2)]


def test_output_file_appears_complete(tmp_path: Path) -> None:
    target = tmp_path / "findings.csv"
    _, out, _ = run(clean_store(tmp_path / "store"), "--format", "csv", "--output", str(target))
    assert out == ""
    assert target.read_text(encoding="utf-8").startswith("severity,check,message")
