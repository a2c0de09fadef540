"""A proof as text, and the command that shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from licensing_cases import case, determine, party
from topco.cli.main import cli
from topco.errors import BadInput
from topco.explain.building import Proof
from topco.explain.proof import read_proof
from topco.explain.text import proof_lines, source_in_words

NOTE = "classificationNote"


def lines(depth: int | None = None) -> list[str]:
    proof = Proof()
    row = proof.add("asserted", NOTE, {"note": "row says"}, source={"load": "l", "file": "f.csv", "row": 7})
    shared = proof.add("inferred", NOTE, {"note": "shared"}, cite="9", premises=[row])
    left = proof.add("inferred", NOTE, {"note": "left"}, premises=[shared])
    right = proof.add("aggregated", NOTE, {"note": "right"}, premises=[shared, row])
    top = proof.add("inferred", NOTE, {"note": "top"}, cite="1", premises=[left, right])
    return proof_lines(read_proof(proof.as_json(top), "test"), depth)


def test_the_tree_with_shared_statements_written_out_once() -> None:
    assert lines() == [
        "INFERRED   top [1]",
        "├─ INFERRED   left",
        "│  └─ INFERRED   shared [9]",
        "│     └─ ASSERTED   row says {l, f.csv, row 7}",
        "└─ AGGREGATED right",
        "   ├─ INFERRED   shared [9] (see line 3)",
        "   └─ ASSERTED   row says {l, f.csv, row 7}",
    ]


def test_depth_cuts_and_counts() -> None:
    assert lines(0) == ["INFERRED   top [1] … 2 premises"]
    assert lines(1) == [
        "INFERRED   top [1]",
        "├─ INFERRED   left … 1 premise",
        "└─ AGGREGATED right … 2 premises",
    ]
    assert lines(9) == lines()


def test_a_chain_of_thousands_is_written() -> None:
    proof = Proof()
    last = proof.add("asserted", NOTE, {"note": "row"})
    for number in range(3_000):
        last = proof.add("inferred", NOTE, {"note": f"step {number}"}, premises=[last])
    assert len(proof_lines(read_proof(proof.as_json(last), "test"))) == 3_001


def test_a_proof_in_a_ring_comes_to_an_end() -> None:
    ring = [
        {"id": "a", "kind": "inferred", "predicate": NOTE, "text": "a", "values": {"note": "a"}, "premises": ["b"]},
        {"id": "b", "kind": "inferred", "predicate": NOTE, "text": "b", "values": {"note": "b"}, "premises": ["a"]},
    ]
    assert proof_lines(read_proof({"version": 1, "nodes": ring}, "test"))[-1].endswith("a (see line 1)")


@pytest.mark.parametrize(
    ("source", "words"), [({}, ""), ({"load": "l"}, "l"), ({"file": "f", "row": 0}, "f, row 0"), ({"row": None}, "")]
)
def test_sources_in_words(source: dict[str, Any], words: str) -> None:
    assert source_in_words(source) == words


def run(*arguments: str, stdin: str | None = None) -> Any:
    result = CliRunner().invoke(cli, ["explain", *arguments], input=stdin, standalone_mode=False)
    assert result.exception is None or isinstance(result.exception, BadInput), result.exception
    return result


ANSWER = determine(case("DE", party("DE", "DE", "CN")))


def test_a_determination_from_a_file_and_from_stdin(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(ANSWER, indent=2), encoding="utf-8")
    result = run(str(path))
    assert result.return_value == 0
    assert result.stdout.startswith(ANSWER["verdict"])
    assert "742.6(b)(10)(iii)(A)(1)" in result.stdout
    assert run("-", stdin=json.dumps(ANSWER)).stdout == result.stdout
    assert json.loads(run(str(path), "--format", "json").stdout) == ANSWER["proof"]


def test_several_answers_as_lines_or_as_a_list() -> None:
    both = run("-", "--depth", "0", stdin=f"{json.dumps(ANSWER)}\n{json.dumps(ANSWER)}\n")
    assert both.stdout.count(ANSWER["verdict"]) == 2
    assert run("-", "--depth", "0", stdin=json.dumps([ANSWER, ANSWER])).stdout == both.stdout
    proofs = run("-", "--format", "json", stdin=json.dumps([ANSWER, ANSWER])).stdout.splitlines()
    assert [json.loads(line) for line in proofs] == [ANSWER["proof"]] * 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "{}",
        "[]",
        "5",
        "[1]",
        '{"proof": null}',
        '{"proof": {"version": 1, "nodes": [1]}}',
        '{"proof": 1}\n{"proof":',
        "[" * 100_000,
    ],
    ids=lambda text: text[:30],
)
def test_what_holds_no_proof_is_bad_input(text: str) -> None:
    result = run("-", stdin=text)
    assert isinstance(result.exception, BadInput)
    assert result.stdout == ""


def test_odd_documents_are_shown_without_a_heading() -> None:
    odd = {"entity": "a text", "proof": {"version": 1, "nodes": [{"id": "a", "kind": "absent", "text": "t"}]}}
    assert run("-", stdin=json.dumps(odd)).stdout == "ABSENT     t\n"


@pytest.mark.parametrize("subject", ["LEI:" + "0" * 5000, "nothing here"])
def test_a_subject_that_is_nothing_is_bad_input(subject: str, tmp_path: Path) -> None:
    assert isinstance(run(subject, "--store", str(tmp_path / "none")).exception, BadInput)
