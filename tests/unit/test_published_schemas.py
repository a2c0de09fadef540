"""The published JSON Schemas: in step with their models, and true of real answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from licensing_cases import AFTER, case, determine, party
from small_store import absence, add_load, entity, lei, relationship
from topco import knowledge
from topco.cli.main import cli
from topco.explain.published import ANSWERS, schema_text
from topco.explain.published_determination import Determination
from topco.explain.published_resolution import Resolution

SCHEMAS = knowledge.root() / "docs" / "schemas"
SAMPLE = knowledge.root() / "data" / "samples"
FLEET = {
    "kind": "uveu",
    "question": "limits",
    "hq_in": "US",
    "ultimate_parent_hq_in": "US",
    "installed_tpp_by_country": {"US": 80, "IN": 20},
}


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_files_are_made_from_the_models(name: str) -> None:
    path = SCHEMAS / f"{name}.schema.json"
    assert path.read_text(encoding="utf-8") == schema_text(name), "run: python -m topco.explain.published docs/schemas"


@pytest.mark.parametrize(
    "answer",
    [
        determine(case("DE", party("DE", "DE", "DE"))),
        determine(case("DE", party("DE", "DE", ["DE", "CN"]), party(None, None, None, "end_user"))),
        determine(case(None, day=None)),
        determine(case("CN", party("CN", "CN", None), day=AFTER)),
        determine(case("DE", day="2024-01-01")),
        determine(case("DE", item={"eccn": "EAR99"})),
        determine(case("DE", transaction={"activity": "service"})),
        determine(case("DE", transaction={"activity": "use", "end_use": ["training_4e091"]})),
        determine(case("DE", day="2023-11-16")),
        determine(case("CN", party("CN", "CN", "CN"), reading="enforced")),
        determine(case("IN", party("IN", "IN", "IN"), reading="article")),
        determine(case("IN", party("IN", "IN", "IN"), tallies={"lpp_group_year_tpp": 26_000_000})),
        determine(case("CN", party("CN", "CN", "CN"), day="2024-01-01")),
        determine(case("DE", party("DE", "DE", "DE", listed_owner_percent=60), day="2025-10-15")),
        determine(case("DE", party("DE", "DE", "DE"), item={"eccn": "4E091"})),
        determine(case(None, transaction={"activity": "veu_check"}, veu=FLEET)),
        determine(case(None, transaction={"activity": "veu_check"}, veu={**FLEET, "installed_tpp_by_country": None})),
    ],
    ids=[
        *("plain", "joint", "everything unknown", "case by case", "before the rule", "other item", "other activity"),
        *("use", "too early", "enforced", "article", "part of the order", "earlier policy", "listed owners"),
        *("weights", "validated end user", "validated end user without figures"),
    ],
)
def test_determinations_have_the_published_shape(answer: dict[str, Any]) -> None:
    Determination.model_validate_json(json.dumps(answer))


def test_a_key_too_many_or_a_wrong_code_is_noticed() -> None:
    answer = determine(case("DE", party("DE", "DE", "DE")))
    for wrong in ({"more": 1}, {"licence_required": "undetermined"}, {"as_of": "today"}, {"not_tested": []}):
        with pytest.raises(ValidationError):
            Determination.model_validate_json(json.dumps({**answer, **wrong}))
    del answer["limbs"]
    with pytest.raises(ValidationError):
        Determination.model_validate_json(json.dumps(answer))


def test_answers_from_the_sample_have_the_published_shape(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    run("load", "gleif", str(SAMPLE / "gleif"), "--store", store)
    identifiers = [
        json.loads(line)["entity"]["id"] for line in run("resolve", "--all", "--store", store, "--format", "json")
    ]
    resolutions = [json.loads(line) for line in run("resolve", *identifiers, "--store", store, "--format", "json")]
    assert len(resolutions) > 300
    for resolution in resolutions:
        Resolution.model_validate_json(json.dumps(resolution))
    assert {"resolved", "own_top", "no_evidence"} <= {resolution["status"] for resolution in resolutions}
    answers = run("determine", str(SAMPLE / "orders" / "demo-cases.jsonl"), "--store", store, "--format", "json")
    parsed = [Determination.model_validate_json(line) for line in answers]
    assert any(party.resolution is not None for one in parsed for party in one.parties)
    assert all(one.data for one in parsed)


def test_resolutions_of_odd_stores_have_the_published_shape(tmp_path: Path) -> None:
    entities = [
        entity("A", "DE"),
        entity("A", "FR"),
        entity("B", None),
        entity("C", "CN", name=None),
        entity("D", "DE"),
    ]
    steps = [relationship("A", "B"), relationship("B", "A"), relationship("C", "Z"), relationship("D", "D")]
    add_load(tmp_path, "lei2", case("DE").transaction.date, {"entities": entities})  # type: ignore[arg-type]
    add_load(tmp_path, "rr", case("DE").transaction.date, {"relationships": steps})  # type: ignore[arg-type]
    add_load(tmp_path, "repex", case("DE").transaction.date, {"absences": [absence("C", "Direct", "NO_LEI")]})  # type: ignore[arg-type]
    arguments = [lei(letter) for letter in "ABCDZ"]
    for line in run("resolve", *arguments, "--store", str(tmp_path), "--as-of", "2025-09-01", "--format", "json"):
        Resolution.model_validate_json(line)


def run(*arguments: str) -> list[str]:
    """The lines that a command writes to stdout."""
    result = CliRunner().invoke(cli, list(arguments), standalone_mode=False)
    assert result.exception is None, result.exception
    return result.stdout.splitlines()
