"""`topco query` as a user runs it: forms, formats, exit codes, streams."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from small_store import add_load, entity, lei, relationship

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Run


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("command") / "store"
    made = datetime(2025, 3, 2, 12, tzinfo=UTC)
    add_load(path, "lei2", date(2025, 3, 1), {"entities": [entity("A", "CN"), entity("B", "DE")]}, made)
    add_load(path, "rr", date(2025, 3, 1), {"relationships": [relationship("B", "A")]}, made)
    return path


@pytest.fixture
def run(store: Path, run: Run) -> Run:
    def command(*arguments: str, at: Path | None = store) -> tuple[int, str, str]:
        return run("query", *arguments, *([] if at is None else ["--store", at]))

    return command


def test_a_library_query_by_name(run: Run) -> None:
    code, out, _ = run("direct-children", "--param", f"entity={lei('A')[4:]}", "--format", "csv")
    assert code == 0
    assert list(csv.DictReader(io.StringIO(out))) == [
        {
            "child": lei("B"),
            "name": "B Holding",
            "headquarters": "DE",
            "since": "2019-01-01",
            "record": f"gleif/rr/R-{lei('B')[4:]}-{lei('A')[4:]}-D",
        }
    ]


def test_text_as_a_table(run: Run) -> None:
    code, out, _ = run("SELECT ?child ?parent { ?child topco:hasDirectParent ?parent }")
    assert code == 0
    assert lei("B") in out
    assert "parent" in out


def test_star_keeps_the_order_of_the_query(run: Run) -> None:
    _, out, _ = run("SELECT * { ?up ^topco:hasDirectParent ?down }", "--format", "csv")
    assert out.splitlines() == ["up,down", f"{lei('A')},{lei('B')}"]


def test_sparql_results_json(run: Run) -> None:
    _, out, _ = run("SELECT ?e ?n ?x { ?e topco:name ?n } ORDER BY ?n", "--format", "json", "--limit", "1")
    answer: dict[str, Any] = json.loads(out)
    assert answer == {
        "head": {"vars": ["e", "n", "x"]},
        "results": {
            "bindings": [
                {
                    "e": {"type": "uri", "value": f"https://w3id.org/topco/id/LEI/{lei('A')[4:]}"},
                    "n": {"type": "literal", "value": "A Holding", "xml:lang": "en"},
                }
            ]
        },
    }


def test_a_limit_says_that_there_is_more(run: Run) -> None:
    query = "SELECT ?e { ?e topco:name ?n } ORDER BY ?n"
    _, out, err = run(query, "--format", "csv", "--limit", "1")
    assert out.splitlines() == ["e", lei("A")]
    assert "there is more" in err
    _, out, err = run(query, "--format", "csv", "--limit", "2")
    assert len(out.splitlines()) == 3
    assert "there is more" not in err


def test_ask(run: Run) -> None:
    assert run("ASK { ?s topco:hasDirectParent ?s }", "--format", "csv")[1] == "answer\nfalse\n"
    assert json.loads(run("ASK { ?s a topco:Load }", "--format", "json")[1]) == {"head": {}, "boolean": True}


def test_construct_and_describe_give_turtle(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "answer.ttl"
    code, out, _ = run("CONSTRUCT { ?p topco:hasChild ?c } WHERE { ?c topco:hasDirectParent ?p }", "-o", str(target))
    assert (code, out) == (0, "")
    assert "topco:hasChild" in target.read_text()
    code, out, _ = run("DESCRIBE load:gleif-rr-2025-03-01", "--format", "turtle")
    assert 'topco:publisher "GLEIF"' in out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("SELECT * { ?s ?p ?o }", "--format", "turtle"), "A SELECT gives no triples"),
        (("CONSTRUCT WHERE { ?s a topco:Load }", "--format", "csv"), "gives triples, not csv"),
        (("direct-childs",), "Did you mean direct-children"),
        (("direct-children",), "needs a value for entity"),
        (("direct-children", "--param", "entity"), "is no parameter"),
        (("direct-children", "--param", "entity=A company"), "no value for the parameter entity"),
        (("direct-children", "--param", "company=LEI:X"), "Its parameters: entity, on"),
        (("CONSTRUCT WHERE { ?s ?p ?o }", "--param", "s=topco:A"), "cannot be put into this query"),
        (("missing.rq",), "cannot be read"),
        (("DELETE WHERE { ?s ?p ?o }",), "would change the store"),
        (("SELECT * { ?s ?p }",), "not valid SPARQL"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(run: Run, arguments: tuple[str, ...], reason: str) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert reason in err
    assert "Traceback" not in err


def test_a_file_with_a_header(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "who.rq"
    file.write_text("# param: who entity required the company\nSELECT ?n { ?who topco:name ?n }", encoding="utf-8")
    assert run(str(file), "--param", f"who={lei('B')}", "--format", "csv")[1] == "n\nB Holding\n"
    assert run(str(file))[0] == 2
    file.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in run(str(file))[2]


def test_stdin(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT ?n { ?who topco:name ?n }"))
    assert run("-", "--param", f"who={lei('B')}", "--format", "csv")[1] == "n\nB Holding\n"


def test_the_list(run: Run) -> None:
    code, out, _ = run(at=None)
    assert code == 0
    assert "direct-children" in out
    assert "entity=… on=today" in out
    entries = [json.loads(line) for line in run("--list", "--format", "json", at=None)[1].splitlines()]
    rings = next(entry for entry in entries if entry["name"] == "rings")
    assert rings["title"] == "Rings of parents"
    assert rings["parameters"] == []


def test_one_entry_of_the_list_in_full(run: Run) -> None:
    code, out, _ = run("--list", "ended-relationships", at=None)
    assert code == 0
    assert out.startswith(
        "Relationships that have ended\n\nParents, head offices and fund relations that no longer hold"
    )
    assert "leave out what ended before this day" in out
    assert run("--list", "ended", at=None)[0] == 2


def test_a_missing_store_answers_from_the_law(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "none"
    code, out, err = run("group-members", "--param", "group=E2", "--format", "csv", at=missing)
    assert (code, out) == (0, "place,label\nCU,Cuba\n")
    assert "Nothing is loaded" in err
    assert not missing.exists()


def test_known_as_of(run: Run) -> None:
    query = "SELECT ?e { ?e topco:name ?n }"
    assert run(query, "--known-as-of", "2025-03-01", "--format", "csv")[1] == "e\n"
    assert len(run(query, "--known-as-of", "2025-03-02", "--format", "csv")[1].splitlines()) == 3
