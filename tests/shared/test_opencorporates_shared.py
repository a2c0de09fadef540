"""OpenCorporates' own schemas and samples: the typed models here give the same verdict on each file and on mutants.

The schemas leave the meaning of formats to whoever validates, and write patterns in Ruby's dialect. Their samples show
that a date may carry a time. The schema of share parcels contradicts itself and accepts no parcel at all; the test says
so, and holds the model to that schema without the part that stems from another one.
"""

from __future__ import annotations

import copy
import json
import random
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from topco.errors import BadInput
from topco.registries.loading import load
from topco.registries.opencorporates import OpenCorporates
from topco.registries.opencorporates.kinds import checked, kind_of
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

jsonschema = pytest.importorskip("jsonschema")
pytestmark = pytest.mark.shared

SCHEMAS = {
    "companies": "company",
    "control-statements": "control-statement",
    "subsidiaries": "subsidiary-relationship",
    "share-parcels": "share-parcel",
    "alternate-registrations": "alternate-registration",
}
SUBSIDIARIES: dict[str, Any] = {
    "sample_date": "2014-02-01",
    "start_date": "2014-01-01",
    "retrieved_at": "2014-02-01",
    "company": {"name": "Widgets", "jurisdiction": "us_de", "identifier": "us_de/1"},
    "data": [
        {
            "data_type": "subsidiary_relationship",
            "properties": {
                "direct": True,
                "percentage_controlled": "56.6",
                "subsidiary": {"name": "Little Widgets", "jurisdiction": "us_de", "company_number": "2"},
            },
        }
    ],
}
PARCELS: dict[str, Any] = {
    "company": {"name": "Widgets", "jurisdiction": "us_de", "identifier": "us_de/1"},
    "data": [
        {
            "data_type": "share_parcel",
            "source_url": "http://example.org/a",
            "confidence": "HIGH",
            "properties": {"percentage_of_shares": 12.5, "shareholders": [{"name": "Holder", "type": "Company"}]},
        }
    ],
}
ADDRESS = {"street_address": "1 High Street", "locality": "X", "country": "Ireland", "country_code": "IE"}
FULL: dict[str, Any] = {
    "name": "Alpha",
    "company_number": "1",
    "jurisdiction_code": "ie",
    "retrieved_at": "2018-03-09",
    "incorporation_date": "2000-01-01",
    "dissolution_date": "2010-01-01",
    "website": ["http://a.example"],
    "telephone_number": "12345",
    "registered_address": ADDRESS,
    "headquarters_address": "1 High Street",
    "total_shares": {"number": 100, "share_class": "A"},
    "officers": [{"name": "O", "start_date": None, "other_attributes": {"type": "Person", "address": ADDRESS}}],
    "share_parcels": [{"voting_percentage_max": None, "shareholders": [{"name": "H", "address": ADDRESS}]}],
    "filings": [{"date": "2010-11-22", "title": "T", "other_attributes": {}}],
    "identifiers": [{"uid": "1", "identifier_system_code": "lei"}],
    "industry_codes": [{"code": "1", "code_scheme_id": "x", "start_date": "2010-01-01"}],
    "previous_names": [{"company_name": "B", "con_date": "2010-01-01"}],
    "alternative_names": [{"company_name": "C", "type": "trading", "language": "en"}],
    "branch": "F",
    "all_attributes": {
        "number_of_employees": 5,
        "home_company_number": "2",
        "merged_into": {"surviving_company": {"name": "S", "jurisdiction": "ie"}, "effective_date": "2011-01-01"},
    },
    "subsequent_registrations": [
        {
            "data_type": "subsequent-registration",
            "previous_entity": {"entity_type": "unknown", "entity_properties": {"name": "U", "uid": "1"}},
            "subsequent_entity": {"entity_type": "organisation", "entity_properties": {"name": "O", "legal_form": "L"}},
            "retrieved_at": "2018-03-09",
            "confidence": "LOW",
            "start_date": "2018-03-09",
            "start_date_type": "at",
        }
    ],
}
CONTROL: dict[str, Any] = {
    "subject_entity": {
        "entity_type": "company",
        "entity_properties": {"name": "A", "addresses": [{"address": ADDRESS, "type": "trading"}]},
    },
    "controlling_entities": [
        {
            "entity_type": "person",
            "entity_properties": {
                "name": {"given_name": "A", "family_name": None},
                "company": {"company_number": "2"},
                "relationship_with_company": "director",
                "date_of_birth": {"month": 1, "year": 1980, "day": None},
                "nationality": "Irish",
            },
        },
        {"entity_type": "person", "entity_properties": {"name": None, "date_of_birth": "1980-01-01"}},
    ],
    "control_mechanisms": [
        "by agreement",
        None,
        {"mechanism_type": "voting_rights", "mechanism_properties": {"voting_percentage": 5, "exercised_via": "firm"}},
        {
            "mechanism_type": "right_to_share_surplus_assets",
            "mechanism_properties": {"percentage_rights": {"minimum": 1}},
        },
        {"mechanism_type": "right_to_appoint_and_remove_person", "source_description": "x"},
        {"mechanism_type": "share_ownership", "mechanism_properties": {"number_of_shares": 5, "share_class": "A"}},
    ],
    "control_level": None,
    "ultimate_beneficial_owner": False,
    "no_controlling_entities_reasons": ["x"],
    "sample_date": "2018-03-09",
    "start_date": "2018-03-09",
    "end_date_type": "before",
    "retrieved_at": "2018-03-09T10:00:00Z",
    "source_url": "http://a.example",
    "confidence": "HIGH",
    "other_attributes": {},
}
VALUES: tuple[Any, ...] = (
    None,
    "",
    " ",
    "x",
    "2019-01-31",
    "31/01/2019",
    "2019-02-30",
    0,
    -1,
    101,
    1.5,
    True,
    [],
    {},
    ["x"],
    {"x": 1},
)


def translated(schema: Any) -> Any:
    """A schema with Ruby's classes of characters in Python's dialect."""
    if isinstance(schema, dict):
        return {key: translated(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [translated(value) for value in schema]
    if isinstance(schema, str):
        return schema.replace("[[:alnum:]]", r"[^\W_]").replace("[[:space:]]", r"\s").replace(r"\z", r"\Z")
    return schema


@pytest.fixture(scope="module")
def validators(shared_data: Path) -> dict[str, Any]:
    formats = jsonschema.FormatChecker(formats=())

    @formats.checks("date")
    def is_date(value: object) -> bool:
        if not isinstance(value, str):
            return True
        if not re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", value):
            return False
        try:
            return bool(date.fromisoformat(value[:10]))
        except ValueError:
            return False

    @formats.checks("date-time")
    def is_instant(value: object) -> bool:
        return not isinstance(value, str) or (is_date(value) and len(value) > 10)

    @formats.checks("non-blank")
    def is_not_blank(value: object) -> bool:
        return not isinstance(value, str) or bool(value.strip())

    made = {}
    for kind, name in SCHEMAS.items():
        path = shared_data / "opencorporates-schema" / "build" / f"{name}-schema.json"
        schema = translated(json.loads(path.read_text(encoding="utf-8")))
        if kind == "share-parcels":
            made["share-parcels as published"] = jsonschema.Draft4Validator(schema, format_checker=formats)
            schema = copy.deepcopy(schema)
            schema["definitions"]["base-statement"]["properties"]["data"] = {"type": "array"}
            schema["definitions"]["share-parcel-data"]["type"] = "object"
        made[kind] = jsonschema.Draft4Validator(schema, format_checker=formats)
    return made


def samples(shared_data: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, kind and content of each sample of a kind that is read; parts are put into a whole."""
    folder = shared_data / "opencorporates-schema" / "sample-data"
    whole = {"company_number": "1", "name": "A", "jurisdiction_code": "ie", "retrieved_at": "2018-03-09"}
    for path in sorted(folder.rglob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        name = str(path.relative_to(folder))
        if "includes/share-parcel" in name:
            record = {**whole, "share_parcels": [record]}
        elif "includes/company" in name:
            record = {**record, "retrieved_at": "2018-03-09"}
        kind = kind_of(record)
        if kind is not None:
            yield name, kind, record


def is_valid(record: Any, kind: str) -> bool:
    return not isinstance(checked(record, kind), list)


def mutants(record: Any, seed: int, count: int) -> Iterator[Any]:
    """A record with one value replaced, removed or added somewhere."""
    chance = random.Random(seed)
    for _ in range(count):
        mutant = copy.deepcopy(record)
        places = list(_places(mutant))
        holder, key = chance.choice(places)
        choice = chance.randrange(4)
        if choice == 0 and isinstance(holder, dict):
            del holder[key]
        elif choice == 1 and isinstance(holder, dict):
            holder["unheard_of"] = chance.choice(VALUES)
        else:
            holder[key] = copy.deepcopy(chance.choice(VALUES))
        yield mutant


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in items:
        yield value, key
        yield from _places(inside)


def test_each_sample_gets_the_verdict_of_the_schema(shared_data: Path, validators: dict[str, Any]) -> None:
    seen = list(samples(shared_data))
    for name, kind, record in seen:
        assert validators[kind].is_valid(record) is is_valid(record, kind), name
        if not name.startswith("invalid"):
            assert is_valid(record, kind), name
    assert len(seen) == 90
    assert sum(name.startswith("invalid") for name, *_ in seen) == 38


def test_an_invalid_sample_is_refused_where_its_name_says(shared_data: Path) -> None:
    for name, kind, record in samples(shared_data):
        if not name.startswith("invalid"):
            continue
        faults = checked(record, kind)
        assert isinstance(faults, list), name
        path = name.rpartition("/")[2].partition("-")[2].removesuffix(".json")
        assert path in {fault.path for fault in faults}, (name, faults)


def test_mutants_get_the_verdict_of_the_schema(shared_data: Path, validators: dict[str, Any]) -> None:
    made = {"subsidiaries": SUBSIDIARIES, "share-parcels": PARCELS, "companies": FULL, "control-statements": CONTROL}
    records = [*samples(shared_data), *((f"{kind} in full", kind, record) for kind, record in made.items())]
    for name, kind, record in records[-len(made) :]:
        assert validators[kind].is_valid(record), name
        assert is_valid(record, kind), name
    verdicts = {True: 0, False: 0}
    for number, (name, kind, record) in enumerate(records):
        for mutant in mutants(
            {"retrieved_at": "2018-03-09", **record} if kind == "companies" else record,
            number,
            60 if number < len(records) - len(made) else 1500,
        ):
            expected = validators[kind].is_valid(mutant)
            assert is_valid(mutant, kind) is expected, (name, mutant)
            verdicts[expected] += 1
    assert verdicts[True] > 800
    assert verdicts[False] > 800


def test_the_published_schema_of_share_parcels_accepts_no_parcel(validators: dict[str, Any]) -> None:
    assert not validators["share-parcels as published"].is_valid(PARCELS)
    assert validators["share-parcels as published"].is_valid({**PARCELS, "data": []})
    assert validators["share-parcels"].is_valid(PARCELS)
    assert is_valid(PARCELS, "share-parcels")


def test_each_sample_loads_or_is_refused_with_a_sentence(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "opencorporates-schema" / "sample-data"
    fates: dict[str, set[str]] = {}
    for number, path in enumerate(sorted(folder.rglob("*.json"))):
        fates.setdefault(fate(path, tmp_path / str(number)), set()).add(str(path.relative_to(folder)))
    assert len(fates["loaded"]) == 46
    assert all(name.startswith(("valid/company", "valid/control")) for name in fates["loaded"])
    assert sum(map(len, fates.values())) == 95
    assert {name for name in fates["other kind"] if "/includes/" not in name} == {
        "invalid/licence/any_of_no_matches-licence_holder.entity_properties.company.json",
        "invalid/simple-licence/missing-company_name.json",
        "invalid/simple-licence/too_short-company_name.json",
        "invalid/simple-subsidiary/unknown-percentage_controlled.json",
        "valid/simple-subsidiary-01.json",
    }
    assert all(name.startswith(("invalid/", "valid/includes/")) for name in fates["No record is usable"])


def fate(path: Path, folder: Path) -> str:
    """What becomes of a file: `loaded`, `other kind`, or the first sentence of its refusal."""
    store = Store.open(folder, create=True)
    try:
        outcome = load(store, OpenCorporates(), [path], date(2026, 1, 15), lambda *_: None)
    except BadInput as error:
        return error.what.partition(".")[0]
    return "other kind" if outcome.refused else "loaded"
