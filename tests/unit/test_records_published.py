"""Records, export lines and recheck answers have the shape that is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from kept_records import book, determinations, filled
from test_recheck import CASES, LOADED, SECOND, STATED, case, keep, load, store
from topco import knowledge
from topco.explain.published_records import ExportLine, Recheck, Record
from topco.records.export import export
from topco.records.filters import EVERYTHING, Filters
from topco.records.record import Kept

__all__ = ["store"]
SCHEMAS = knowledge.root() / "docs" / "schemas"


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


def test_records_and_export_lines_have_the_published_shape(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    records = [record.document() for record in kept.list()]
    assert {one["kind"] for one in records} == {"determination", "screening", "row"}
    for one in records:
        Record.model_validate_json(json.dumps(one))
        validator("record").validate(json.loads(json.dumps(one)))
    for filters in (EVERYTHING, Filters(case="open")):
        lines = list(export(kept, filters))
        for line in lines:
            ExportLine.model_validate_json(line)
            validator("record-export-line").validate(json.loads(line))
        assert json.loads(lines[-1])["kind"] == "end"


def test_a_key_too_many_or_a_wrong_hash_is_noticed(tmp_path: Path) -> None:
    document = next(filled(tmp_path).list()).document()
    wrong: dict[str, Any]
    for wrong in ({"more": 1}, {"hash": "0"}, {"kind": "answer"}, {"number": 0}, {"moment": "today"}):
        with pytest.raises(ValidationError):
            Record.model_validate_json(json.dumps({**document, **wrong}))


def test_kept_answers_of_the_command_line_have_the_published_shape(run: Run, store: Path) -> None:
    keep(run, store, *CASES, case("stated too", STATED))
    for record in book(store).list():
        Record.model_validate_json(json.dumps(record.document()))
    load(store, SECOND, {"S": "CN", "T": "FR"}, loaded_at=LOADED)
    (kept, *_) = determinations()
    wrong = {**kept.content, "case": {**kept.content["case"], "colour": "red"}}
    book(store).append([Kept(kept.kind, wrong, "ann", kept.determination)])
    code, out, _ = run("recheck", "--store", store, "--format", "json")
    lines = out.splitlines()
    assert (code, len(lines)) == (1, 3)
    for line in lines:
        Recheck.model_validate_json(line)
        validator("recheck").validate(json.loads(line))
