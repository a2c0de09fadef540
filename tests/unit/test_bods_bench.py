"""The generated statements of the benchmark are valid, and load as they should."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from bench import bods

from topco.registries.bods import Bods
from topco.registries.bods.validation import package_problems
from topco.registries.loading import load
from topco.store.store import Store


def test_generated_statements(tmp_path: Path) -> None:
    path = tmp_path / "bods.jsonl"
    bods.generate(500, path)
    statements = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(statements) == 500
    assert package_problems(statements, "0.4") == []
    store = Store.open(tmp_path / "store", create=True)
    (done,) = load(store, Bods(), [path], date(2025, 3, 5), lambda *_: None).loaded
    assert done.load.rejects == 0
    closed = sum(statement["recordStatus"] == "closed" for statement in statements)
    relations = sum(statement["recordType"] == "relationship" for statement in statements) - closed
    assert 0 < closed < 0.2 * relations
    assert f"{closed} statements are replaced" in "\n".join(done.load.warnings)
    assert done.load.tables["entities"] == 500 - relations - closed
    assert relations <= done.load.tables["holdings"] <= 3 * relations
