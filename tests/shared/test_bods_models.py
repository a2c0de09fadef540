"""The typed models of BODS statements and the standard's own schemas give the same verdict, with the expected paths."""

from __future__ import annotations

import csv
import json
import re
import tempfile
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012
from tests.conftest import SHARED

from topco.registries.bods import Bods
from topco.registries.bods.validation import VERSIONS, package_problems
from topco.registries.content import Content

STANDARD = SHARED / "bods-standard"
TESTS = STANDARD / "0.4" / "tests" / "data"
FORMATS = FormatChecker(formats=())
URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/")

pytestmark = [pytest.mark.shared, pytest.mark.usefixtures("shared_data")]


def is_date(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def is_instant(value: object) -> bool:
    if not isinstance(value, str):
        return True
    clock = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
    found = re.fullmatch(rf"(.{{10}})[Tt]{clock}:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+-]{clock})", value)
    return found is not None and is_date(found[1])


def is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    found = URI.fullmatch(value)
    if found is None:
        return False
    _, authority, path, query, fragment = found.groups()
    if authority is not None and not re.fullmatch(
        r"(?:[^@\[\]]*@)?(?:\[[^\[\]@/]+\]|[^:@\[\]]*)(?::[0-9]*)?", authority
    ):
        return False
    if authority is None and path.startswith("//"):
        return False
    inside = re.sub(r"\[.*\]", "", authority or "") + path
    more = (query or "") + (fragment or "")
    texts = re.sub(r"%[0-9A-Fa-f]{2}", "", inside), re.sub(r"%[0-9A-Fa-f]{2}", "", more)
    return set(texts[0]) <= PLAIN and set(texts[1]) <= PLAIN | {"?"}


for name, check in (("date", is_date), ("date-time", is_instant), ("uri", is_uri)):
    FORMATS.checks(name)(check)


@cache
def schema(version: str) -> Draft4Validator | Draft202012Validator:
    folder = STANDARD / version / "schema"
    files = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    if version == "0.4":
        resources = [(content["$id"], DRAFT202012.create_resource(content)) for content in files.values()]
        registry: Registry[Any] = Registry().with_resources(resources)
        return Draft202012Validator(files["statement.json"], registry=registry, format_checker=FORMATS)
    registry = Registry().with_resources((name, DRAFT4.create_resource(content)) for name, content in files.items())
    return Draft4Validator(files["bods-package.json"], registry=registry, format_checker=FORMATS)


def packages(version: str) -> list[tuple[Path, Any]]:
    """Every example and test file of a version as a list of statements; a lone statement counts as a list of one."""
    found = []
    for path in sorted((STANDARD / version).rglob("*.json")):
        if "schema" not in path.parts:
            content = json.loads(path.read_text(encoding="utf-8"))
            found.append((path, [content] if isinstance(content, dict) and "schema" not in path.parts else content))
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_the_verdict_on_every_file_is_that_of_every_schema(version: str) -> None:
    """Files of one version are also given to the models and schemas of the others."""
    files = packages(version)
    assert files
    for path, package in files:
        for judge in VERSIONS:
            expected = schema(judge).is_valid(package)
            found = package_problems(package, judge)
            assert (not found) == expected, (path, judge, found)


def test_each_invalid_file_is_refused_with_the_expected_path_and_each_valid_one_accepted() -> None:
    folder = TESTS / "invalid-statements"
    with (folder / "expected_errors.csv").open(encoding="utf-8", newline="") as stream:
        expected = {name: (rule, path) for name, rule, path, _ in csv.reader(stream)}
    invalid = sorted(folder.glob("*.json"))
    assert len(invalid) == 131
    for path in invalid:
        rule, place = expected[path.name]
        found = package_problems(json.loads(path.read_text(encoding="utf-8")), "0.4")
        rules = {rule, "format"} if rule == "anyOf" else {rule}
        assert any(problem.path == place and problem.rule in rules for problem in found), (path.name, found)
    valid = sorted((TESTS / "valid-statements").glob("*.json"))
    assert len(valid) == 74
    for path in valid:
        assert package_problems(json.loads(path.read_text(encoding="utf-8")), "0.4") == [], path.name


@cache
def valid_statements(version: str) -> list[Any]:
    found = [package for _, package in packages(version) if isinstance(package, list)]
    return [
        statement
        for package in found
        for statement in package
        if not package_problems([statement], version) and schema(version).is_valid([statement])
    ]


def places(value: Any, where: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a statement."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [where, *(place for step, inner in steps for place in places(inner, (*where, step)))]


@cache
def fields(version: str) -> list[str]:
    """All the fields that the valid statements of a version have."""
    return sorted(
        {step for s in valid_statements(version) for place in places(s) for step in place if step == str(step)}
    )


DATES = st.one_of(
    st.dates().map(str),
    st.from_regex(r"\A[0-9]{4}(-[01][0-9](-[0-3][0-9])?)?\Z"),
    st.from_regex(
        r"\A[12][0-9]{3}-?[01][0-9]-?[0-3][0-9][T ][0-2][0-9](:?[0-5][0-9]){0,2}([.,][0-9]{1,3})?"
        r"(Z|[+-]0[0-9]:?[03]0)?\Z"
    ),
    st.from_regex(r"\A[0-9]{4}-?(W[0-5][0-9](-?[0-8])?|[0-3][0-9]{2})\Z"),
    st.sampled_from(("2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "0000-01-01", "2024-04-31", "")),
)
URIS = st.sampled_from(
    (
        *("http://example.org", "example.org", "//example.org", "urn:x", "mailto:a@b.org", "http://[::1]:80/", "http:"),
        *(
            "http://a b",
            "http://example.org/%zz",
            "http://example.org/%20?x=[1]",
            "http://é.org",
            "http://a:b@c:9/?d#e#f",
        ),
        *("http://example.org:port", "1http://x", "file:///x", "http://x/|", "javascript:alert(1)", "x:?y", "x:#"),
    )
)
CODES = st.sampled_from(
    (
        *(
            "entity",
            "person",
            "relationship",
            "entityStatement",
            "personStatement",
            "ownershipOrControlStatement",
            "new",
        ),
        *("state", "stateBody", "legalEntity", "arrangement", "trust", "nomination", "other", "stateAgency", "linking"),
        *(
            "shareholding",
            "voting-rights",
            "votingRights",
            "nominee",
            "unknown",
            "noBeneficialOwners",
            "knownPerson",
            "GB",
        ),
        *("no-beneficial-owners", "information-unknown-to-publisher", "business", "home", "legal", "individual", "0.4"),
        *(
            "transformation",
            "commenting",
            "verified",
            "isPep",
            "isin",
            "direct",
            "stateBody-other",
            "US-CA-X",
            "x" * 32,
        ),
    )
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 101),
    st.floats(-1, 101),
    st.just(10**400),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=70),
    DATES,
    URIS,
    CODES,
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(CODES, inner, max_size=2), max_leaves=4
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Any]:
    """A valid statement of some version with up to three fields deleted, replaced or added."""
    version = draw(st.sampled_from(VERSIONS))
    statement = deepcopy(draw(st.sampled_from(valid_statements(version))))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(statement)))
        change = draw(st.sampled_from(("delete", "replace", "replace", "add")))
        if not place:
            change = "add"
        holder = statement
        for step in place[:-1]:
            holder = holder[step]
        if change == "delete":
            del holder[place[-1]]
        elif change == "replace":
            holder[place[-1]] = draw(VALUES)
        else:
            inner = holder[place[-1]] if place else statement
            if isinstance(inner, dict):
                inner[draw(st.sampled_from(fields(version)))] = draw(VALUES)
            elif isinstance(inner, list):
                inner.append(draw(VALUES))
    return version, statement


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated())
def test_the_verdict_on_mutated_statements_is_that_of_the_schema(case: tuple[str, Any]) -> None:
    version, statement = case
    found = package_problems([statement], version)
    assert (not found) == schema(version).is_valid([statement]), (version, statement, found)


@settings(max_examples=400, deadline=None)
@given(st.one_of(DATES, URIS), st.sampled_from(("0.1", "0.3", "0.4")))
def test_dates_and_addresses_are_judged_alike(text: str, version: str) -> None:
    kind = "person" if version == "0.4" else "personStatement"
    base = next(s for s in valid_statements(version) if kind in (s.get("recordType"), s.get("statementType")))
    statement = deepcopy(base)
    target = statement["recordDetails"] if version == "0.4" else statement
    target["birthDate"] = text
    statement["source"] = {"retrievedAt": text, "url": "http://example.org", "assertedBy": [{"uri": "urn:x"}]}
    for part in ("retrievedAt", "birthDate", "uri"):
        changed = deepcopy(statement)
        if part != "birthDate":
            (changed["recordDetails"] if version == "0.4" else changed).pop("birthDate")
        if part != "retrievedAt":
            changed["source"].pop("retrievedAt")
        if part == "uri":
            changed["source"]["assertedBy"][0]["uri"] = text
        found = package_problems([changed], version)
        assert (not found) == schema(version).is_valid([changed]), (version, part, text, found)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(mutated(), min_size=1, max_size=6))
def test_an_import_takes_or_rejects_every_mutated_statement(cases: list[tuple[str, Any]]) -> None:
    """Valid statements load, and nothing but a reject or an original comes of any other; never a traceback."""
    statements = [statement for _, statement in cases]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statements.jsonl"
        anchor = {
            "statementID": "anchor".ljust(32, "."),
            "statementType": "entityStatement",
            "entityType": "legalEntity",
        }
        path.write_text("\n".join(json.dumps(each) for each in (anchor, *statements, anchor)), encoding="utf-8")
        raw = path.read_bytes()
        content = Content(path.name, path, "", len(raw), raw.count(b"\n"), raw, date(2026, 1, 31))
        registry = Bods("x")
        staged = registry.extract(content, registry.detect(content), Path(folder), lambda *_: None)
        refused = {row for part in staged.refused for row in pl.read_parquet(part)["row"]}
        kept = {row for part in staged.parts["originals"] for row in pl.read_parquet(part)["row"]}
        repeated = len(statements) + 2 - len(kept | refused)
        assert repeated >= 1
        assert sum(n for words, n in staged.warnings.counts.items() if "exact repeat" in words) == repeated
