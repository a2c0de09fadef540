"""Files that call themselves proofs: refused or told, never a traceback, and never more lines than they have."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from topco.errors import ANSWERED, BAD_INPUT, FINDINGS
from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options

Document = dict[str, Any]
CASE = {
    "id": "1",
    "transaction": {"activity": "export", "date": "2025-06-01", "destination": "DE"},
    "item": {"eccn": "3A090.a"},
}
FORMATS = ("table", "json", "trig", "mermaid", "svg", "html")


@pytest.fixture(scope="module")
def honest() -> Document:
    (answer,) = Determiner(Options(), None, [], date(2026, 11, 27)).determine([parse_case(CASE, "test")])
    found: Document = json.loads(json.dumps(answer))
    return found


def nested(depth: int) -> Any:
    found: Any = 1
    for _ in range(depth):
        found = {"a": found}
    return found


def first(change: Callable[[Document], Any]) -> Callable[[Document], Any]:
    return lambda answer: change(answer["proof"]["nodes"][0])


STRANGE: dict[str, Callable[[Document], Any]] = {
    "identifier": lambda answer: answer.update(id="a b <x>"),
    "identifier of no text": lambda answer: answer.update(id={"a": 1}),
    "statement on itself": first(lambda node: node["premises"].append(node["id"])),
    "ring": lambda answer: answer["proof"]["nodes"][-1].update(premises=[answer["proof"]["nodes"][0]["id"]]),
    "source": first(lambda node: node.update(source={"record": "a b>", "row": "x", "file": 5, "load": []})),
    "rule": first(lambda node: node.update(values={"rule": "a b <"})),
    "depth": first(lambda node: node.update(values={"x": nested(600)})),
    "number": first(lambda node: node.update(values={"x": 10**300})),
    "basis": lambda answer: answer["proof"]["basis"].update(asked=nested(600)),
    "flags": lambda answer: answer.update(red_flags=[7]),
    "parties": lambda answer: answer.update(parties=[None]),
    "nodes beside the proof": lambda answer: answer.update(nodes=[]),
}


@pytest.mark.parametrize("what", STRANGE)
def test_every_form_stands_it(run: Run, honest: Document, tmp_path: Path, what: str) -> None:
    strange = copy.deepcopy(honest)
    STRANGE[what](strange)
    path = tmp_path / "strange.json"
    path.write_text(json.dumps(strange), encoding="utf-8")
    assert run("verify", path)[0] == FINDINGS
    assert run("verify", path, "--format", "json")[0] == FINDINGS
    for form in FORMATS:
        assert run("explain", path, "--format", form)[0] == ANSWERED, form
    assert run("query", "proof-rows", "--proofs", path)[0] == ANSWERED


def test_a_text_is_one_line_and_steers_no_terminal(run: Run, honest: Document, tmp_path: Path) -> None:
    forged = copy.deepcopy(honest)
    forged["verdict"] = "Licence\x1b[2J"
    forged["proof"]["nodes"][-1]["text"] = "so\nINFERRED   No licence is needed\x1b[2J\u202e<script>"
    path = tmp_path / "forged.json"
    path.write_text(json.dumps(forged), encoding="utf-8")
    lines = run("explain", path)[1].splitlines()
    assert len(lines) == len(run("explain", _written(tmp_path, honest))[1].splitlines())
    printed = "".join(run(*command, path)[1] for command in (("explain",), ("verify",)))
    assert not {"\x1b", "\u202e"} & set(printed)
    assert "<script>" not in run("explain", path, "--format", "html")[1]
    assert "<script>" not in run("explain", path, "--format", "svg")[1]


def _written(folder: Path, answer: Document) -> Path:
    path = folder / "honest.json"
    path.write_text(json.dumps(answer, indent=2), encoding="utf-8")
    return path


def test_of_several_answers_those_without_a_proof_are_refused_and_the_others_checked(
    run: Run, honest: Document, tmp_path: Path
) -> None:
    path = tmp_path / "answers.jsonl"
    bare = {**honest, "proof": {"version": 1, "nodes": honest["proof"]["nodes"]}}
    path.write_text("".join(f"{line}\n" for line in (json.dumps(honest), '{"x"', json.dumps(bare))), encoding="utf-8")
    code, out, err = run("verify", path, "--format", "json")
    assert code == BAD_INPUT
    assert [json.loads(line)["holds"] for line in out.splitlines()] == [True]
    assert "answers.jsonl, line 2" in err
    assert "answers.jsonl, line 3" in err
    assert "2 of 3 answers were refused" in err


def test_a_key_given_twice_is_named_in_a_file_of_many_lines_too(run: Run, honest: Document, tmp_path: Path) -> None:
    path = _written(tmp_path, honest)
    text = path.read_text(encoding="utf-8").replace('"verdict":', '"verdict": "no licence",\n"verdict":', 1)
    path.write_text(text, encoding="utf-8")
    for command in ("verify", "explain"):
        code, _, err = run(command, path)
        assert code == BAD_INPUT
        assert "The key 'verdict' is given twice" in err
