"""The files of Companies House: shapes, vintages, parts, what is cut off, and what is refused."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from psc_records import COMPANY, TOTALS, lines, load_paths, load_text, party, rows, statement, warnings
from topco.errors import BadInput
from topco.registries import vintage
from topco.registries.companies_house import registry
from topco.registries.interface import OtherKind

SNAPSHOT = "psc-snapshot-2024-11-22_{}of3.txt"


def parts(folder: Path, *names: str) -> list[Path]:
    (folder / "in").mkdir(exist_ok=True)
    texts = {
        "1": lines(party("one")),
        "2": lines(party("two"), party("three")),
        "3": lines(party("four"), {"data": TOTALS["data"] | {"persons_of_significant_control_count": 4}}),
    }
    paths = []
    for name in names:
        paths.append(folder / "in" / SNAPSHOT.format(name))
        paths[-1].write_text(texts[name], encoding="utf-8")
    return paths


def test_a_list_with_content_dates_is_the_same_as_lines(tmp_path: Path) -> None:
    records = [party("one") | {"ContentDate": "2024-12-19"}, party("two")]
    store, outcome = load_text(tmp_path, json.dumps([*records, TOTALS]), "list.json")
    assert [row["row"] for row in rows(store, "entities")] == [1, 2]
    assert outcome.loaded[0].load.vintage == date(2024, 11, 22)
    assert warnings(outcome) == {}


def test_a_content_date_dates_a_list_without_totals(tmp_path: Path) -> None:
    _, outcome = load_text(tmp_path, json.dumps([party() | {"ContentDate": "2024-12-19"}]), "list.json")
    load = outcome.loaded[0].load
    assert (load.vintage, load.vintage_source) == (date(2024, 12, 19), vintage.RECORDS)


def test_one_record_in_a_file_is_read(tmp_path: Path) -> None:
    store, _ = load_text(tmp_path, json.dumps(party(), indent=1), "one.json")
    assert len(rows(store, "holdings")) == 1


def test_the_answer_of_the_interface_about_one_company(tmp_path: Path) -> None:
    items = [party("one")["data"], party("two")["data"] | {"ceased": True, "ceased_on": "2019-01-01"}]
    answer = {
        "items": items,
        "total_results": 3,
        "links": {"self": f"/company/{COMPANY}/persons-with-significant-control"},
    }
    store, outcome = load_text(tmp_path, json.dumps(answer), "answer.json")
    assert [row["owned"] for row in rows(store, "holdings")] == [f"GB-COH:{COMPANY}"] * 2
    assert warnings(outcome)[registry.CUT_OFF] == 1
    assert outcome.loaded[0].load.file_kind == f"psc-{COMPANY}"


def test_the_list_of_one_company_does_not_supersede_the_snapshot(tmp_path: Path) -> None:
    load_text(tmp_path, lines(party(company="09999999"), TOTALS))
    answer = {"items": [party()["data"]], "total_results": 1}
    store, _ = load_text(tmp_path, json.dumps(answer), "answer-2025-01-01.json")
    assert {row["owned"] for row in rows(store, "holdings")} == {f"GB-COH:{COMPANY}", "GB-COH:09999999"}


def test_parts_of_a_snapshot_are_one_load_and_add_up(tmp_path: Path) -> None:
    store, outcome = load_paths(tmp_path, *parts(tmp_path, "3", "1", "2"))
    assert len(rows(store, "entities")) == 4
    assert warnings(outcome) == {}
    assert outcome.loaded[0].load.vintage == date(2024, 11, 22)


def test_parts_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "snapshot.zip", "w") as archive:
        for path in parts(tmp_path, "1", "2", "3"):
            archive.write(path, path.name)
    _, outcome = load_paths(tmp_path, tmp_path / "snapshot.zip")
    assert warnings(outcome) == {}
    assert len(outcome.loaded[0].load.files) == 3


@pytest.mark.parametrize(
    ("names", "why"), [(("1", "3"), registry.CUT_OFF), (("1", "2"), registry.NO_TOTALS), (("3",), registry.CUT_OFF)]
)
def test_a_missing_part_is_told(tmp_path: Path, names: tuple[str, ...], why: str) -> None:
    _, outcome = load_paths(tmp_path, *parts(tmp_path, *names))
    assert warnings(outcome) == {why: 1}


def test_a_snapshot_that_is_cut_off_is_told_and_its_last_line_rejected(tmp_path: Path) -> None:
    text = lines(party("one"), party("two"))[:-40]
    store, outcome = load_text(tmp_path, text)
    assert len(rows(store, "entities")) == 1
    assert outcome.loaded[0].load.rejects == 1
    assert warnings(outcome)[registry.NO_TOTALS] == 1


def test_fewer_records_than_the_totals_say(tmp_path: Path) -> None:
    totals = {"data": TOTALS["data"] | {"persons_of_significant_control_count": 3, "statements_count": 1}}
    _, outcome = load_text(tmp_path, lines(party(), statement("psc-details-not-confirmed"), totals))
    assert warnings(outcome) == {registry.CUT_OFF: 1}
    assert "1 of 3" in outcome.loaded[0].examples[registry.CUT_OFF]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n", "its first line begins with a, b"),
        ('{"a": 1}\n{"b": 2}\n', "its first record has the keys 'a'"),
        ('{"items": [{"kind": "officer"}], "total_results": 1}', "not one of people with significant control"),
        ("[1, 2]", "no JSON object can be read"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    store, outcome = load_text(tmp_path, text)
    (refusal,) = outcome.refused
    assert isinstance(refusal, OtherKind)
    assert sentence in str(refusal)
    assert store.manifest.loads == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (json.dumps([party(), party("two")])[:-30], "malformed or cut off"),
        ("", "The file is empty"),
        (lines(party(links="drop")), "No record is usable"),
    ],
)
def test_a_damaged_file_is_refused_and_nothing_is_loaded(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        load_text(tmp_path, text)


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes('{"company_number": "01234567", "data": {"kind": "é"}}'.encode("latin-1"))
    with pytest.raises(BadInput, match="not UTF-8"):
        load_paths(tmp_path, path)


def test_the_same_snapshot_again_changes_nothing(tmp_path: Path) -> None:
    load_text(tmp_path, lines(party(), TOTALS))
    _, outcome = load_text(tmp_path, lines(party(), TOTALS))
    assert outcome.loaded == []
    assert len(outcome.unchanged) == 1
