"""Exports of real records, judged by what others publish: the official BODS 0.4 schema, the FollowTheMoney model."""

from __future__ import annotations

import json
import os
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from ownership_store import add_load
from referencing import Registry, Resource

from topco.cli.main import main
from topco.exchange.bods import statements
from topco.exchange.bods_upgrade import References, is_bods, valid
from topco.exchange.ftm import entities
from topco.exchange.selection import selection
from topco.registries.bods import Bods
from topco.registries.loading import load
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.shared

Statement = dict[str, Any]
DAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> Draft202012Validator:
    """One statement under the official schema, whose parts refer to each other by URN."""
    folder = shared_data / "bods-standard/0.4/schema"
    parts = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("statement", "entity-record", "person-record", "relationship-record", "components")
    }
    registry: Registry[Any] = Registry().with_resources(
        (part["$id"], Resource.from_contents(part)) for part in parts.values()
    )
    one = {"$schema": parts["statement"]["$schema"], "$ref": "urn:statement#/$defs/Statement"}
    return Draft202012Validator(one, registry=registry, format_checker=FormatChecker())


@pytest.fixture(scope="module")
def gleif(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = tmp_path_factory.mktemp("export") / "store"
    with pytest.raises(SystemExit) as ended:
        main(["load", "gleif", str(shared_data / "gleif-golden-copy-csv"), "--store", str(path), "--defer-graph"])
    assert ended.value.code in (0, 1)
    return Store.open(path)


def problems(schema: Draft202012Validator, statement: Statement) -> list[str]:
    return [f"{error.json_path}: {error.message}"[:300] for error in schema.iter_errors(statement)]


def test_real_evidence_is_valid_bods(gleif: Store, schema: Draft202012Validator) -> None:
    found = [json.loads(text) for text in statements(selection(gleif), DAY)]
    wrong = {one["recordId"]: said for one in found if (said := problems(schema, one))}
    assert wrong == {}
    described = {one["recordId"] for one in found if one["recordType"] != "relationship"}
    for one in found:
        if one["recordType"] == "relationship":
            assert one["recordDetails"]["subject"] in described
    rows = sum(sum(load.tables.get(t, 0) for t in ("relationships", "absences")) for load in gleif.current_loads())
    assert sum(one["recordType"] == "relationship" for one in found) == rows


def test_the_schema_is_really_applied(schema: Draft202012Validator) -> None:
    assert problems(schema, {"statementId": "short"})


def published(folder: Path) -> Iterator[tuple[str, list[Statement]]]:
    """The BODS files of a folder that are meant to be valid, with their statements."""
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.jsonl")]):
        if {"schema", "invalid-statements", "flat-serialisation"} & set(path.parts):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            document = json.loads(text)
            found = document if isinstance(document, list) else document.get("statements", [document])
        if found and all(is_bods(one) for one in found):
            yield os.fspath(path.relative_to(folder)), found


def given_back(found: list[Statement], folder: Path) -> list[Statement]:
    """The statements after they were kept in a store as their importer keeps them, and exported."""
    store = Store.open(folder, create=True)
    rows = [
        {"record": f"bods/x/{place}", "text": json.dumps(one, ensure_ascii=False)} for place, one in enumerate(found)
    ]
    add_load(store, "bods", originals=rows)
    return [json.loads(text) for text in statements(selection(store), DAY)]


@pytest.mark.parametrize("name", ["bods-standard", "bods-0.4-gleif-uk", "bods-register-2019"])
def test_bods_in_and_out_keeps_every_statement(
    name: str, shared_data: Path, schema: Draft202012Validator, tmp_path: Path
) -> None:
    files = dict(published(shared_data / name))
    assert len(files) >= {"bods-standard": 90, "bods-0.4-gleif-uk": 11, "bods-register-2019": 2}[name]
    wrong: dict[str, Any] = {}
    for place, (file, sent) in enumerate(files.items()):
        back = given_back(sent, tmp_path / str(place))
        assert len(back) == len(sent)
        for one, statement in zip(sent, back, strict=True):
            identifier = one.get("statementId") or one["statementID"]
            if 32 <= len(identifier) <= 64:
                assert statement["statementId"] == identifier
            if said := problems(schema, statement):
                wrong[f"{file} {identifier}"] = said
    assert wrong == {}


def test_a_valid_statement_of_0_4_is_not_touched(shared_data: Path, schema: Draft202012Validator) -> None:
    files = dict(published(shared_data / "bods-standard/0.4"))
    sound = [one for found in files.values() for one in found if not problems(schema, one)]
    assert len(sound) > 100
    for one in sound:
        assert valid(one, References(), DAY, "Register") == one


def test_the_groups_that_are_written_with_deviations_keep_their_links(shared_data: Path, tmp_path: Path) -> None:
    """Two files refer to statements, as version 0.2 did: afterwards all refer to records of the same file."""
    linked = 0
    for place, name in enumerate(("gleif/213800BC4TEGCCQH9V07", "uk-psc/04152338")):
        path = shared_data / "bods-0.4-gleif-uk" / f"{name}.jsonl"
        sent = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        back = given_back(sent, tmp_path / str(place))
        records = {one["recordId"] for one in back if one["recordType"] != "relationship"}
        for one in back:
            if one["recordType"] == "relationship":
                assert one["recordDetails"]["subject"] in records
                linked += 1
    assert linked > 2


def test_real_evidence_fits_the_ftm_model(gleif: Store, shared_data: Path) -> None:
    model = json.loads((shared_data / "followthemoney/default-model.json").read_text(encoding="utf-8"))
    schemata = model["schemata"]

    def above(name: str) -> set[str]:
        return {name}.union(*(above(one) for one in schemata[name]["extends"]))

    def properties(name: str) -> dict[str, Any]:
        return {key: value for one in above(name) for key, value in schemata[one]["properties"].items()}

    found = list(entities(selection(gleif)))
    schema_of = {one["id"]: one["schema"] for one in found}
    countries = set(model["types"]["country"]["values"])
    assert len(schema_of) == len(found) > 100
    for one in found:
        assert not schemata[one["schema"]].get("abstract")
        known = properties(one["schema"])
        assert set(one["properties"]) <= set(known)
        assert set(schemata[one["schema"]].get("required", ())) <= set(one["properties"])
        for name, values in one["properties"].items():
            kind = known[name]
            if kind["type"] == "entity":
                assert all(kind["range"] in above(schema_of[value]) for value in values)
            if kind["type"] == "country":
                assert set(values) <= countries
            if kind["type"] == "date":
                assert all(date.fromisoformat(value) for value in values)


@pytest.mark.parametrize("names", [("bods-0.4-gleif-uk/gleif", "bods-0.4-gleif-uk/uk-psc"), ("bods-register-2019",)])
def test_what_the_importer_takes_in_comes_out(
    names: tuple[str, ...], shared_data: Path, schema: Draft202012Validator, tmp_path: Path
) -> None:
    store = Store.open(tmp_path / "store", create=True)
    load(store, Bods(), [shared_data / name for name in names], None, lambda *_: None)
    files = [file for name in names for file in published(shared_data / name)]
    sent = {one.get("statementId") or one["statementID"] for _, found in files for one in found}
    back = [json.loads(text) for text in statements(selection(store), DAY)]
    kept = {one["statementId"] for one in back}
    short = {one for one in sent if not 32 <= len(one) <= 64}
    assert sent - short <= kept
    assert len(kept) == len(sent)
    assert {one["statementId"]: said for one in back if (said := problems(schema, one))} == {}
