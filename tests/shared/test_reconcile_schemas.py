"""Answers of the reconciliation service against the published JSON schemas of the W3C community group."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from reconcile_service import SCRIPT, A, B, C, S, asked, client_of, extended, lei, store_in
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from starlette.testclient import TestClient

from topco.server.reconcile.catalogue import properties

pytestmark = [pytest.mark.shared, pytest.mark.usefixtures("shared_data")]

# The folders of examples whose schema has another name; a fragment of the manifest has no schema of its own.
OF_MANIFEST = {"data-extension-metadata": "extend", "preview-metadata": "preview", "suggest-metadata": "suggest"}
CANDIDATE = "reconciliation-candidate"
NO_SCHEMA = {"flyout-response", "security-scheme"}


class Published:
    """The schemas of the folder, each with the others at hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        texts = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "schemas").glob("*.json"))]
        resources = [(text["$id"] if "$id" in text else text["id"], text) for text in texts]
        self._registry: Registry[Any] = Registry().with_resources(
            [(name.rstrip("#"), Resource(text, DRAFT7)) for name, text in resources]
        )

    def errors(self, schema: str, document: Any) -> list[str]:
        path = self.folder / "schemas" / f"{schema}.json"
        validator = Draft7Validator(json.loads(path.read_text(encoding="utf-8")), registry=self._registry)
        return [error.message for error in validator.iter_errors(document)]


@pytest.fixture(scope="module")
def published(shared_data: Path) -> Published:
    return Published(shared_data / "reconciliation-api-0.2")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return client_of(store_in(tmp_path_factory.mktemp("reconcile") / "store"))


@cache
def examples(folder: Path, kind: str) -> list[tuple[str, Path]]:
    return [(path.parent.parent.name, path) for path in sorted(folder.glob(f"examples/*/{kind}/*.json"))]


def placed(name: str, document: Any) -> tuple[str, Any]:
    """The schema of an example, and the example as it stands in what the schema describes."""
    if name in OF_MANIFEST:
        part = {"entity": document} if name == "suggest-metadata" else document
        needed = {"versions": ["0.2"], "name": "x", "identifierSpace": "http://x", "schemaSpace": "http://x"}
        return "manifest", {**needed, OF_MANIFEST[name]: part}
    if name == CANDIDATE:
        return "reconciliation-result-batch", {"q": {"result": [document]}}
    return name, document


def test_the_checker_tells_valid_from_invalid(published: Published) -> None:
    seen = {"valid": 0, "invalid": 0}
    for kind, count in seen.items():
        for name, path in examples(published.folder, kind):
            if name not in NO_SCHEMA:
                found = published.errors(*placed(name, json.loads(path.read_text(encoding="utf-8"))))
                assert bool(found) == (kind == "invalid"), (path.name, found)
                count += 1
        seen[kind] = count
    assert seen["valid"] >= 25
    assert seen["invalid"] >= 16


def test_the_published_queries_are_taken_and_refused(published: Published, client: TestClient) -> None:
    for kind, status in (("valid", 200), ("invalid", 400)):
        found = [path for name, path in examples(published.folder, kind) if name == "reconciliation-query-batch"]
        assert len(found) >= 3
        for path in found:
            answer = client.post("/reconcile", data={"queries": path.read_text(encoding="utf-8")})
            assert answer.status_code == status, (path.name, answer.text)


def test_the_manifest(published: Published, client: TestClient) -> None:
    manifest = client.get("/reconcile").json()
    assert published.errors("manifest", manifest) == []
    del manifest["schemaSpace"]
    assert published.errors("manifest", manifest) != []


def test_suggestions_and_proposals(published: Published, client: TestClient) -> None:
    schemas = {"entity": "suggest-entities-response", "type": "suggest-types-response"}
    for kind, schema in {**schemas, "property": "suggest-properties-response"}.items():
        for prefix in ("", "n", "nordic", "beispiel", "<script", "fund", "country", "三星", A):
            answer = client.get(f"/reconcile/suggest/{kind}", params={"prefix": prefix}).json()
            assert published.errors(schema, answer) == []
    for parameters in ({}, {"type": "Fund", "limit": 3}):
        answer = client.get("/reconcile/extend/propose", params=parameters).json()
        assert published.errors("data-extension-property-proposal", answer) == []


def test_extensions(published: Published, client: TestClient) -> None:
    answer = extended(client, [A, B, C, S, lei("Q"), "", SCRIPT], *properties())
    assert published.errors("data-extension-response", answer) == []
    answer["rows"][A]["name"][0]["colour"] = "blue"
    assert published.errors("data-extension-response", answer) != []


TEXTS = st.sampled_from(["Nordic Technologies", "Beispiel Halbleiter", A, "00102498", SCRIPT, "三星电子"]) | st.text(
    max_size=20
)
QUERY = st.fixed_dictionaries(
    {"query": TEXTS},
    optional={
        "type": st.sampled_from(["Agent", "Fund"]),
        "type_strict": st.sampled_from(["any", "should", "all"]),
        "limit": st.integers(1, 20),
        "properties": st.lists(
            st.fixed_dictionaries({"pid": st.sampled_from(["country", "LEI", "registrationNumber"]), "v": TEXTS})
        ),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(queries=st.dictionaries(st.text(max_size=5), QUERY, max_size=4))
def test_results(published: Published, client: TestClient, queries: dict[str, Any]) -> None:
    assert published.errors("reconciliation-query-batch", queries) == []
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)}).json()
    assert published.errors("reconciliation-result-batch", answer) == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(1, 9) | st.floats(1, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "pid", "v"]), inner, max_size=3),
    max_leaves=6,
)
EVIDENCE = st.fixed_dictionaries({}, optional={"pid": st.just("country") | ANYTHING, "v": ANYTHING})
# The schema's pattern for the keys of a batch, `^.*$`, does not meet keys that begin with a new line.
KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=2)
MALFORMED = st.fixed_dictionaries(
    {},
    optional={
        "query": st.just("Nordic") | ANYTHING,
        "type": st.lists(st.just("Fund")) | ANYTHING,
        "type_strict": st.sampled_from(["any", "should", "all"]) | ANYTHING,
        "limit": st.integers(1, 5) | ANYTHING,
        "properties": st.lists(EVIDENCE | ANYTHING, max_size=2) | ANYTHING,
        "props": ANYTHING,
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(queries=st.dictionaries(KEYS, MALFORMED, max_size=2))
def test_what_is_taken_is_what_the_schema_allows(
    published: Published, client: TestClient, queries: dict[str, Any]
) -> None:
    is_valid = published.errors("reconciliation-query-batch", queries) == []
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == (200 if is_valid else 400), answer.text


def test_a_result_of_another_form_is_noticed(published: Published, client: TestClient) -> None:
    (candidate, *_) = asked(client, q={"query": "Beispiel Halbleiter"})["q"]
    assert published.errors("reconciliation-result-batch", {"q": {"result": [candidate]}}) == []
    del candidate["score"]
    assert published.errors("reconciliation-result-batch", {"q": {"result": [candidate]}}) != []
