"""Answers of the REST interface of GLEIF as files: what becomes of each resource, beside the golden copy."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleif_api_answers import document, exception, record, relationship
from gleif_files import as_csv, company, lei, load_files
from topco.errors import BadInput
from topco.registries import patching
from topco.registries.gleif.authorities import authorities, identifiers
from topco.store.store import Store

if TYPE_CHECKING:
    from topco.registries.loading import Outcome


def load(folder: Path, *documents: dict[str, Any], start: int = 0) -> Outcome:
    paths = []
    for number, content in enumerate(documents, start=start):
        path = folder / f"answer-{number}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        paths.append(path)
    return load_files(folder / "store", *paths, vintage=None)


def table(folder: Path, name: str) -> pl.DataFrame:
    return Store.open(folder / "store").table(name).collect()


def test_a_record_says_the_same_as_in_the_golden_copy(tmp_path: Path) -> None:
    load(tmp_path, document(record(1, {}, "CN", successorEntities=[{"lei": lei(7), "name": "X"}])))
    row = table(tmp_path, "entities").row(0, named=True)
    expected = {
        "id": f"LEI:{lei(1)}", "name": "Company 1", "name_language": "en", "kind": "LegalEntity", "hq_country": "CN",
        "hq_city": "Town", "registered_country": "CN", "jurisdiction": "GB", "registration_authority": "RA000585",
        "registration_number": "1001", "legal_form": "H0PO", "entity_status": "ACTIVE", "registration_status": "ISSUED",
        "standing": "Current", "successor": f"LEI:{lei(7)}", "last_update": date(2026, 10, 1),
        "next_renewal": date(2027, 10, 1), "record": f"gleif-api/lei2/{lei(1)}", "file": "answer-0.json", "row": 1,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    others = table(tmp_path, "identifiers").select("other_id", "record").rows()
    assert sorted(others) == [
        ("GB-COH:00001001", f"gleif-api/lei2/{lei(1)}/identifier/1"),
        ("OC:gb/00001001", f"gleif-api/lei2/{lei(1)}/identifier/2"),
    ]


def test_one_answer_may_hold_all_three_with_included_resources(tmp_path: Path) -> None:
    both = [relationship(1, 2), exception(2)]
    load(tmp_path, {**document([record(1, {}), record(2, {})]), "included": both})
    ties = table(tmp_path, "relationships")
    assert ties.select("record", "row").rows() == [(f"gleif-api/rr/R-{lei(1)}-{lei(2)}-D", 3)]
    assert table(tmp_path, "absences").select("record", "row").rows() == [
        (f"gleif-api/repex/X-{lei(2)}-D-NATURAL_PERSONS", 4)
    ]


def test_an_answer_stands_beside_the_golden_copy_and_supersedes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lei2.csv"
    path.write_text(as_csv("lei2", [company(1), company(2)]), encoding="utf-8")
    load_files(tmp_path / "store", path)
    load(tmp_path, document(record(1, {}, "CN")))
    store = Store.open(tmp_path / "store")
    assert sorted(found.publisher for found in store.current_loads()) == ["GLEIF", "GLEIF API"]
    rows = store.table("entities").filter(pl.col("id") == f"LEI:{lei(1)}").collect()
    assert sorted(rows["hq_country"]) == ["CN", "DE"]


def test_answers_about_other_companies_stay(tmp_path: Path) -> None:
    load(tmp_path, document(record(1, {})))
    load(tmp_path, document(record(2, {}), "2026-11-21T00:00:00Z"), start=1)
    outcome = load(tmp_path, document(record(2, {}, "NL"), "2026-11-22T00:00:00Z"), start=2)
    assert [loaded.load.counts["changes"] for loaded in outcome.loaded] == [
        {"added": 1, "replaced": 0, "deleted": 0},
        {patching.TAKEN_OVER: 1},
    ]
    current = {str(found.vintage): found.tables for found in Store.open(tmp_path / "store").current_loads()}
    assert current == {
        "2026-11-20": {"entities": 1, "names": 1, "identifiers": 2},
        "2026-11-21": {},
        "2026-11-22": {"entities": 1, "names": 1, "identifiers": 2},
    }  # every row stays under the day of its answer
    assert dict(table(tmp_path, "entities").select("id", "hq_country").rows()) == {
        f"LEI:{lei(1)}": "DE", f"LEI:{lei(2)}": "NL",
    }  # fmt: skip


def test_an_answer_of_an_earlier_day_only_adds(tmp_path: Path) -> None:
    load(tmp_path, document([relationship(1, 2), record(1, {})], "2026-11-21T00:00:00Z"))
    outcome = load(tmp_path, document([exception(1), relationship(3, 2)], "2026-11-01T00:00:00Z"), start=1)
    loaded = outcome.loaded[0].load
    assert loaded.vintage == date(2026, 11, 1)
    assert loaded.warnings[patching.OUTDATED] == 1
    assert sorted(table(tmp_path, "relationships")["child"]) == sorted([f"LEI:{lei(1)}", f"LEI:{lei(3)}"])
    assert loaded.tables == {"relationships": 1}
    nothing_new = load(tmp_path, document([exception(1)], "2026-11-02T00:00:00Z"), start=2)
    assert nothing_new.loaded == []
    assert "Later answers" in nothing_new.refused[0].what


ANSWERS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 2), st.sampled_from([3, 4, None])), min_size=1, max_size=5, unique=True
)


@settings(max_examples=15, deadline=None)
@given(ANSWERS)
def test_in_any_order_the_answer_of_the_latest_day_counts(given_answers: list[tuple[int, int, int | None]]) -> None:
    """Of each company the parent, or that there is none, as the latest day has it; of one day the latest load."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected: dict[int, tuple[int, int | None]] = {}
        for number, (day, child, parent) in enumerate(given_answers):
            resource = exception(child) if parent is None else relationship(child, parent)
            load(folder, document(resource, f"2026-11-0{day}T00:00:00Z", number=number), start=number)
            if day >= expected.get(child, (0, None))[0]:
                expected[child] = (day, parent)
        ties = table(folder, "relationships").select("child", "parent", "load").rows()
        reasons = table(folder, "absences").select("subject", "load").rows()
        found = {(child, parent, made[:20]) for child, parent, made in ties}
        found |= {(child, None, made[:20]) for child, made in reasons}
        assert len(found) == len(ties) + len(reasons)
        assert found == {
            (f"LEI:{lei(child)}", None if parent is None else f"LEI:{lei(parent)}", f"gleif-api-2026-11-0{day}")
            for child, (day, parent) in expected.items()
        }


def test_the_same_answers_change_nothing(tmp_path: Path) -> None:
    load(tmp_path, document(record(1, {})), document(relationship(1, 2)))
    again = load(tmp_path, document(record(1, {})), document(relationship(1, 2)))
    assert (again.loaded, [found.id for found in again.unchanged]) == ([], ["gleif-api-2026-11-20"])


def test_a_page_of_a_list_is_loaded_with_a_warning(tmp_path: Path) -> None:
    paging = {"currentPage": 1, "from": 1, "to": 1, "total": 3, "lastPage": 3}
    warnings = load(tmp_path, document([record(1, {})], pagination=paging)).loaded[0].load.warnings
    assert list(warnings) == ["the list is cut: the answer is one page with 1 of 3 records"]


def test_a_lapsed_relationship_is_stale_and_a_deleted_one_left_out(tmp_path: Path) -> None:
    gone = relationship(2, 3)
    gone["attributes"]["extension"]["deletedAt"] = "2026-11-01T00:00:00Z"
    outcome = load(tmp_path, document([relationship(1, 2, status="LAPSED"), gone]))
    assert table(tmp_path, "relationships").select("standing", "stale").rows() == [("Current", True)]
    assert any("deleted" in reason for reason in outcome.loaded[0].load.warnings)


def test_rejects_have_row_column_value_and_reason(tmp_path: Path) -> None:
    bad = relationship(2, 3)
    bad["attributes"]["relationship"]["type"] = "IS_COUSIN_OF"
    loaded = load(tmp_path, document([record(1, {}), bad, record(2, {}, "Q9")])).loaded[0]
    assert loaded.rejects is not None
    lines = loaded.rejects.read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[1:4] for line in lines] == [
        ["3", "attributes.entity.headquartersAddress.country", "Q9"],
        ["3", "attributes.entity.legalAddress.country", "Q9"],
        ["2", "attributes.relationship.type", "IS_COUSIN_OF"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"data": [{"type": "lei-records", "id": "1"}',
        '{"data": [{"type": "lei-records"}, 7]}',
        json.dumps(document(record(1, {}, "Q9"))),
        json.dumps(document({"type": "lei-records", "id": "x", "attributes": [1, {"entity": "y"}]})),
        json.dumps(document({"type": "relationship-records", "attributes": {"relationship": None}})),
    ],
)
def test_damaged_answers_are_refused_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answer.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput):
        load_files(tmp_path / "store", path, vintage=None)
    assert Store.open(tmp_path / "store", create=True).loads() == []


@pytest.mark.parametrize(
    ("authority", "number", "expected"),
    [
        ("RA000585", "102498", "GB-COH:00102498"),
        ("RA000585", "oc 301234", "GB-COH:OC301234"),
        ("RA000587", "SC95000", "GB-COH:SC095000"),
        ("RA000586", "NI000123", "GB-COH:NI000123"),
        ("RA000587", "95000", None),  # a Scottish number has letters: what these digits mean is not known
        ("RA000463", "8151411", "NL-KVK:08151411"),
        ("RA000025", "0464.298.616", "BE-BCE_KBO:0464298616"),
        ("RA000472", "938 937 583", "NO-BRC:938937583"),
        ("RA000432", "B80533", "LU-RCS:B80533"),
        ("RA000585", "see note", None),
        ("RA000242", "HRB 32000", None),
        ("RA999999", "102498", None),
        (None, "102498", None),
        ("RA000585", None, None),
    ],
)
def test_numbers_of_known_registers_link(authority: str | None, number: str | None, expected: str | None) -> None:
    row = {"id": "LEI:X", "registration_authority": authority, "registration_number": number, "record": "r"}
    schema = dict.fromkeys((*row, "file"), pl.String)
    found = identifiers(
        pl.DataFrame([{**row, "file": "f"}], schema=schema).lazy().with_columns(row=pl.lit(2, pl.Int64))
    )
    assert found.collect()["other_id"].to_list() == ([expected] if expected else [])


def test_every_authority_names_a_list() -> None:
    assert len(authorities()) > 5
    assert all(numbers.scheme[2] == "-" for numbers in authorities().values())
