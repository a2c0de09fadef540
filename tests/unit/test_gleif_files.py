"""Files as they come: packed, in folders, marked, cut off, of another kind; and which vintage they are."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from gleif_files import as_csv, as_json, as_xml, company, exception, lei, load_files, open_store, relationship
from topco.errors import BadInput
from topco.registries.gleif import Gleif
from topco.registries.interface import OtherKind
from topco.registries.loading import load
from topco.registries.table import Tables

if TYPE_CHECKING:
    from pathlib import Path

LEVEL_1 = as_csv("lei2", [company(1), company(2)])


def names(folder: Path) -> list[str]:
    return sorted(open_store(folder).table("entities").collect()["file"].to_list())


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "lei2.csv"
    path.write_text(LEVEL_1, encoding="utf-8")
    return path


def test_gzip_and_zip_are_told_by_content_and_named_as_given(tmp_path: Path, plain: Path) -> None:
    packed = tmp_path / "one.dat"
    packed.write_bytes(gzip.compress(LEVEL_1.encode()))
    archive = tmp_path / "golden.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
        stream.writestr("readme.txt", "hello")
        stream.writestr("__MACOSX/._lei2.csv", b"\x00\xff")
        stream.writestr("sub/lei2.csv", LEVEL_1)
    load_files(tmp_path / "a", packed)
    load_files(tmp_path / "b", archive)
    assert names(tmp_path / "a") == ["one.dat", "one.dat"]
    assert names(tmp_path / "b") == ["golden.zip/sub/lei2.csv"] * 2
    assert open_store(tmp_path / "a").digest_for() == open_store(tmp_path / "b").digest_for()


def test_folder_in_any_order_and_strangers_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "rr.xml").write_text(as_xml("rr", [relationship(1, 2)]), encoding="utf-8")
    (folder / "a-repex.json").write_text(as_json("repex", [exception(2, "NO_LEI")]), encoding="utf-8")
    (folder / "z.csv").write_text(LEVEL_1, encoding="utf-8")
    (folder / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "README.md").write_text("hello", encoding="utf-8")
    outcome = load_files(tmp_path / "store", folder)
    assert sorted(loaded.load.file_kind for loaded in outcome.loaded) == ["lei2", "repex", "rr"]
    assert [refusal.where for refusal in outcome.refused] == ["other.csv"]
    assert [path.name for path in outcome.skipped] == ["README.md"]


def test_parts_of_one_kind_are_one_load(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"part{number}.csv").write_text(as_csv("lei2", [company(number)]), encoding="utf-8")
    outcome = load_files(tmp_path / "store", tmp_path / "part2.csv", tmp_path / "part1.csv", vintage=None)
    assert [load.tables for load in open_store(tmp_path / "store").loads()] == [{"entities": 2}]
    assert [file.records for file in outcome.loaded[0].load.files] == [1, 1]


def test_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    for name, text in {"lei2.csv": LEVEL_1, "lei2.json": as_json("lei2", [company(1), company(2)])}.items():
        path = tmp_path / name
        path.write_text("\ufeff" + text, encoding="utf-8")
        load_files(tmp_path / name.replace(".", "-"), path)
        assert open_store(tmp_path / name.replace(".", "-")).loads()[0].tables == {"entities": 2}


def test_windows_1252_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "lei2.csv"
    path.write_bytes(LEVEL_1.replace("Company 2", "Größe").encode("cp1252"))
    with pytest.raises(BadInput, match=r"0xF6 at offset \d+ in line 3.*WINDOWS-1252"):
        load_files(tmp_path / "store", path)
    assert open_store(tmp_path / "store").loads() == []


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
@pytest.mark.parametrize("file_format", ["csv", "xml", "json", "gz", "zip"])
def test_a_file_that_is_cut_off_is_refused_whole(tmp_path: Path, file_format: str, kept: float) -> None:
    records = [company(number) for number in range(1, 30)]
    if file_format in ("gz", "zip"):
        whole = tmp_path / "whole.zip"
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as stream:
            stream.writestr("lei2.csv", as_csv("lei2", records))
        content = whole.read_bytes() if file_format == "zip" else gzip.compress(as_csv("lei2", records).encode())
    else:
        content = {"csv": as_csv, "xml": as_xml, "json": as_json}[file_format]("lei2", records).encode()
    path = tmp_path / f"lei2.{file_format}"
    path.write_bytes(content[: int(len(content) * kept)])
    sound = tmp_path / "rr.csv"
    sound.write_text(as_csv("rr", [relationship(1, 2)]), encoding="utf-8")
    with pytest.raises(BadInput):
        load_files(tmp_path / "store", sound, path)
    store = open_store(tmp_path / "store")
    assert store.loads() == []
    assert list((tmp_path / "store" / "staging").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("psc.csv", "company_number,name\n1,x\n"),
        ("lei2.csv", "LEI,Name\nx,y\n"),
        ("page.xml", "<html><body/></html>"),
        ("api.json", json.dumps({"meta": {}, "data": [{"type": "countries", "id": "DE"}]})),
        ("empty-api.json", json.dumps({"meta": {}, "data": []})),
        ("other.json", json.dumps({"statements": [{"a": 1}]})),
        ("lei2-delta.csv", LEVEL_1),
        ("20250302-0000-gleif-goldencopy-lei2-intra-day.csv", LEVEL_1),
        ("delta.xml", as_xml("lei2", [company(1)], content="GLEIF_DELTA_PUBLISHED")),
        ("content.xml", as_xml("lei2", [company(1)], content="LOU_DELTA_PUBLISHED")),
        ("deleted.xml", as_xml("lei2", [{**company(1), "Extension.Deletion.DeletedAt": "2025-01-01"}], content="")),
        ("full-delta.xml", as_xml("lei2", [company(1)])),
        ("doctype.xml", '<!DOCTYPE x [<!ENTITY a "b">]>' + as_xml("lei2", [company(1)]).split("?>")[1]),
    ],
)
def test_files_of_another_kind_are_refused_whole_with_a_remedy(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    try:
        refused = load_files(tmp_path / "store", path).refused
    except OtherKind as error:
        refused = [error]
    assert [refusal.where for refusal in refused] == [name]
    assert refused[0].remedy
    assert open_store(tmp_path / "store").loads() == []


@pytest.mark.parametrize("content", [b"", b'"LEI","Entity.LegalName","Entity.HeadquartersAddress.Country"\n'])
def test_an_empty_file_never_supersedes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lei2.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        load_files(tmp_path / "store", path)


def test_an_unclosed_quotation_mark_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lei2.csv"
    path.write_text(LEVEL_1 + '"' + lei(3) + '","open\n' + LEVEL_1.split("\n", 1)[1], encoding="utf-8")
    with pytest.raises(BadInput):
        load_files(tmp_path / "store", path)


def test_of_several_registries_the_first_that_knows_a_file_takes_it(tmp_path: Path) -> None:
    texts = {
        "rr.csv": as_csv("rr", [relationship(1, 2)]),
        "mine.csv": "owner,owned,share_exact\na,b,60\n",
        "lines.jsonl": '{"a": 1}\n{"a": 2}\n',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [tmp_path / name for name in texts]
    store = open_store(tmp_path / "store")
    outcome = load(store, [Gleif(), Tables()], paths, date(2025, 3, 2), lambda *progress: None)
    assert [loaded.load.publisher for loaded in outcome.loaded] == ["GLEIF", "table:mine"]
    assert [refusal.where for refusal in outcome.refused] == ["lines.jsonl"]
    (tmp_path / "cut.xml").write_text(as_xml("rr", [relationship(1, 2)])[:200], encoding="utf-8")
    with pytest.raises(BadInput, match="cut off"):
        load(store, [Gleif(), Tables()], [tmp_path / "cut.xml"], None, lambda *progress: None)


def test_vintage_from_option_header_name_records_and_file(tmp_path: Path) -> None:
    header = tmp_path / "20240101-lei2.xml"
    header.write_text(as_xml("lei2", [company(1)], content_date="2025-02-03T08:00:00Z"), encoding="utf-8")
    named = tmp_path / "20240101-lei2.csv"
    named.write_text(LEVEL_1, encoding="utf-8")
    updated = tmp_path / "lei2.csv"
    updated.write_text(LEVEL_1, encoding="utf-8")
    dated = tmp_path / "rr.csv"
    dated.write_text(as_csv("rr", [relationship(1, 2)]), encoding="utf-8")
    os.utime(dated, (0, 86_400 * 365))

    def vintage(path: Path, given: date | None = None) -> tuple[date, str]:
        store = tmp_path / f"store-{path.name}-{given}"
        load = load_files(store, path, vintage=given).loaded[0].load
        return load.vintage, load.vintage_source

    assert vintage(header, date(2020, 1, 1)) == (date(2020, 1, 1), "given")
    assert vintage(header) == (date(2025, 2, 3), "header")
    assert vintage(named) == (date(2024, 1, 1), "file name")
    assert vintage(updated) == (date(2025, 1, 31), "latest update in the file")
    assert vintage(dated) == (date(1971, 1, 1), "date of the file")
    assert any("guessed" in reason for reason in open_store(tmp_path / f"store-{dated.name}-None").loads()[0].warnings)


def test_the_same_content_twice_changes_nothing(tmp_path: Path, plain: Path) -> None:
    load_files(tmp_path / "store", plain)
    before = (tmp_path / "store" / "manifest.json").read_bytes()
    copy = tmp_path / "copy.csv.gz"
    copy.write_bytes(gzip.compress(LEVEL_1.encode()))
    again = load_files(tmp_path / "store", plain, copy)
    assert [load.id for load in again.unchanged] == ["gleif-lei2-2025-03-02"]
    assert again.loaded == []
    assert len(again.repeated) == 1
    assert (tmp_path / "store" / "manifest.json").read_bytes() == before


def test_other_content_of_the_same_vintage_gets_an_id_of_its_own_and_counts(tmp_path: Path, plain: Path) -> None:
    load_files(tmp_path / "store", plain)
    plain.write_text(as_csv("lei2", [company(3)]), encoding="utf-8")
    load_files(tmp_path / "store", plain)
    store = open_store(tmp_path / "store")
    first, second = store.loads()
    assert second.id == f"{first.id}-{second.digest[:8]}"
    assert store.table("entities").collect()["id"].to_list() == [f"LEI:{lei(3)}"]


def test_rows_with_other_numbers_of_cells_are_rejected_and_the_rest_keeps_its_rows(tmp_path: Path) -> None:
    head, *records = as_csv("lei2", [company(number) for number in range(1, 6)]).splitlines()
    records[1] += ',"surplus"'
    records[2] = ",".join(records[2].split(",")[:3])
    records.insert(3, "")
    path = tmp_path / "lei2.csv"
    path.write_text("\n".join([head, *records]) + "\n", encoding="utf-8")
    [loaded] = load_files(tmp_path / "store", path).loaded
    rows = open_store(tmp_path / "store").table("entities", ["name", "row"]).collect().select("name", "row").rows()
    assert rows == [("Company 1", 2), ("Company 4", 6), ("Company 5", 7)]
    assert loaded.rejects is not None
    lines = loaded.rejects.read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[1:4] for line in lines] == [["3", "(row)", "8"], ["4", "(row)", "3"]]


def test_unquoted_cells_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "lei2.csv"
    path.write_text(as_csv("lei2", [company(1, Registration__LastUpdateDate="")]).replace('"', ""), encoding="utf-8")
    [loaded] = load_files(tmp_path / "store", path).loaded
    assert (loaded.load.tables, loaded.load.rejects) == ({"entities": 1}, 0)


def test_a_header_of_another_file_is_refused(tmp_path: Path) -> None:
    head, *records = as_csv("lei2", [company(1), company(2)]).splitlines()
    path = tmp_path / "lei2.csv"
    path.write_text("\n".join([head, *(record + ',"x"' for record in records)]) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match="number of cells"):
        load_files(tmp_path / "store", path)
