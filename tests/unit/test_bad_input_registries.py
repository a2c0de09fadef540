"""Damaged and hostile files of every registry through the command: one sentence, and a store that stays as it was.

Each case damages a small sound file of two records. Where the file is refused nothing of it is loaded; where a record
is rejected the other one is loaded, and the rejects name row, column, value and reason.
"""

from __future__ import annotations

import csv
import gzip
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry_samples import BINARY, CSV, LINES, LIST, OBJECT, SECOND, TEXT, XML, Sample, samples
from topco.cli.main import main
from topco.registries import content as contents
from topco.store.store import Store

DEEP = 10_000
SAMPLES = {sample.label: sample for sample in samples()}
JSON = [sample for sample in samples() if sample.form in (LINES, LIST, OBJECT) and sample.registry != "rdf"]
OF_LINES = [sample for sample in JSON if sample.form == LINES]
OF_LISTS = [sample for sample in JSON if sample.form != LINES]
DOCTYPES = {
    "entity": '<!DOCTYPE x [<!ENTITY e "boo">]>',
    "a file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY e "&b;&b;&b;">]>',
}


@dataclass(frozen=True)
class Result:
    """What a command did: its exit code, what it said on stderr, the rejects, and the names that are in the store."""

    code: int
    said: str
    rejects: list[dict[str, str]]
    names: set[str]


class Command:
    """`topco load` in a folder of its own, with a store that holds a table before anything else."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.store = folder / "store"
        before = folder / "before.csv"
        before.write_text("id,name,hq_country\nbefore,Before,DE\n", encoding="utf-8")
        assert self._run("table", before) in (0, 1)
        capsys.readouterr()
        self.manifest = self._state()

    def load(self, registry: str, *files: tuple[str, bytes]) -> Result:
        """Write files and load them."""
        folder = self.folder / "in"
        folder.mkdir(exist_ok=True)
        for name, content in files:
            (folder / name).write_bytes(content)
        return self.result(registry, *(folder / name for name, _ in files))

    def result(self, registry: str, *paths: Path) -> Result:
        code = self._run(registry, *paths)
        said = self.capsys.readouterr().err
        assert "Traceback" not in said
        assert not list((self.store / "staging").glob("*"))
        rejects = []
        for path in self.store.rglob("rejects.csv"):
            with path.open(encoding="utf-8", newline="") as stream:
                rejects += list(csv.DictReader(stream))
        store = Store.open(self.store)
        held = {name for table in ("entities", "listings") for name in store.table(table).collect()["name"].to_list()}
        return Result(code, said, rejects, held - {"Before"})

    def refuses(self, registry: str, *files: tuple[str, bytes], says: str = "") -> Result:
        """Load files that must be refused: exit code 2, a sentence that names a file, and the store as it was."""
        result = self.load(registry, *files)
        self.has_refused(result, files[0][0], says)
        return result

    def has_refused(self, result: Result, name: str, says: str = "") -> None:
        assert result.code == 2, result.said
        sentences = [line for line in result.said.splitlines() if line.startswith(("topco: ", "refused: "))]
        assert len(sentences) == 1, result.said
        assert name in sentences[0] or name in result.said
        assert says in result.said
        assert self._state() == self.manifest

    def _run(self, registry: str, *paths: Path) -> int:
        arguments = ["load", registry, *map(str, paths), "--store", str(self.store), "--vintage", "2026-01-31"]
        with pytest.raises(SystemExit) as stop:
            main([*arguments, "--defer-graph"])
        assert isinstance(stop.value.code, int)
        return stop.value.code

    def _state(self) -> list[tuple[str, bytes]]:
        """The files of the store that say what is loaded."""
        files = [path for path in self.store.rglob("*") if path.is_file() and path.suffix in (".json", ".parquet")]
        return sorted((str(path.relative_to(self.store)), path.read_bytes()) for path in files)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, capsys)


def each(chosen: list[Sample]) -> Callable[[Any], Any]:
    """A test for each of these samples."""
    return pytest.mark.parametrize("sample", chosen, ids=[sample.label for sample in chosen])


def every(*forms: str) -> Callable[[Any], Any]:
    """A test for each sample of some forms."""
    return each([sample for sample in samples() if sample.form in forms])


def rejected(result: Result, sample: Sample, reason: str = "", column: str | None = None) -> None:
    """Whether the second record, and it alone, was rejected with row, column, value and reason."""
    assert result.code == 2, result.said
    assert result.names == {"First"}
    assert result.rejects, result.said
    first = result.rejects[0]
    assert first["file"] == sample.file
    assert first["row"] == ("3" if sample.form == CSV else "2")
    assert reason in first["reason"]
    assert column is None or first["column"].endswith(column)


@every(LINES, LIST, OBJECT, CSV, XML, TEXT, BINARY)
def test_the_samples_are_sound(command: Command, sample: Sample) -> None:
    result = command.load(sample.registry, (sample.file, sample.content))
    assert result.code in (0, 1), result.said
    assert len(result.names) == 2
    assert result.rejects == []


@every(LIST, OBJECT, XML, TEXT, BINARY)
def test_a_file_that_is_cut_off_is_refused(command: Command, sample: Sample) -> None:
    command.refuses(sample.registry, (sample.file, sample.content[: -len(sample.content) // 6]))


@every(LINES)
def test_of_lines_that_are_cut_off_the_last_is_rejected(command: Command, sample: Sample) -> None:
    rejected(command.load(sample.registry, (sample.file, sample.content[:-40])), sample, "no JSON")


@every(CSV)
def test_a_table_that_ends_within_a_row_says_so(command: Command, sample: Sample) -> None:
    cut = sample.content[: sample.content.index(SECOND.encode()) + 4]
    result = command.load(sample.registry, (sample.file, cut))
    assert result.code == 2, result.said
    if sample.file in ("companies.csv", "table.csv"):
        rejected(result, sample, "cells")
    else:
        command.has_refused(result, sample.file, "")


@every(LINES, LIST, OBJECT, CSV, XML, TEXT)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
def test_another_encoding_is_refused(command: Command, sample: Sample, encoding: str) -> None:
    content = sample.with_name("Café").decode().encode(encoding)
    says = "NUL" if encoding == "utf-16-le" else "not UTF-8"
    command.refuses(sample.registry, (sample.file, content), says=says)


@every(LINES, LIST, OBJECT, CSV, XML, TEXT)
@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b" \n\t\n  \r\n", ""), (b"\x00" * 5_000, "NUL"), (b"\xef\xbb\xbf", "")],
    ids=["empty", "blanks", "zeros", "mark"],
)
def test_a_file_of_nothing_is_refused(command: Command, sample: Sample, content: bytes, says: str) -> None:
    command.refuses(sample.registry, (sample.file, content), says=says)


@every(LINES, LIST, OBJECT, CSV, XML, TEXT)
def test_a_file_with_zeros_in_it_is_refused_with_the_line(command: Command, sample: Sample) -> None:
    command.refuses(sample.registry, (sample.file, sample.content + b"\x00" * 512), says="NUL byte at offset")
    command.refuses(sample.registry, (sample.file, sample.with_name("Z\x00weite")), says="NUL byte at offset")


@every(LINES, LIST, OBJECT)
@pytest.mark.parametrize("content", [b"[]", b"{}", b"[[]]", b"[1, null]", b"7", b'"text"', b"{}\n{}\n"])
def test_json_without_records_is_refused(command: Command, sample: Sample, content: bytes) -> None:
    command.refuses(sample.registry, (sample.file, content))


@every(LINES, LIST, OBJECT, CSV, XML)
def test_a_megabyte_in_one_cell(command: Command, sample: Sample) -> None:
    """The record is rejected, or the file refused; a name of a million characters never comes into the store."""
    result = command.load(sample.registry, (sample.file, sample.with_name("x" * 1_000_000)))
    if sample.registry in ("rdf", "table"):
        assert "Traceback" not in result.said
        return
    assert result.code == 2, result.said
    assert max(map(len, result.names), default=0) < 100
    assert all(len(reject["value"]) <= 4_000 for reject in result.rejects)


@each(OF_LINES + OF_LISTS)
def test_a_key_that_stands_twice_rejects_its_record(command: Command, sample: Sample) -> None:
    doubled = sample.with_value(f'"{SECOND}", "zz": 1, "zz": 2')
    if sample.registry == "ftm":  # its names stand in a list
        doubled = sample.content.replace(b'"id": "b"', b'"id": "b", "id": "zz"')
    result = command.load(sample.registry, (sample.file, doubled))
    if sample.file == "answer.json":  # an answer is held whole
        command.has_refused(result, sample.file, "stands twice")
    else:
        rejected(result, sample, "twice")


def test_a_list_that_stands_twice_in_an_object_is_refused(command: Command) -> None:
    for label, key in (
        ("gleif-lei2.json", "records"),
        ("csl-results.json", "results"),
        ("csl-compact.json", "entries"),
    ):
        sample = SAMPLES[label]
        content = sample.content[: sample.content.rindex(b"}")] + f', "{key}": []}}'.encode()
        command.refuses(sample.registry, (sample.file, content), says="twice")


@pytest.mark.parametrize("column", ["Entity.LegalName", "CompanyName", "Clean Name", "Name", "name"])
def test_a_column_that_stands_twice_is_refused(command: Command, column: str) -> None:
    files = {"Entity.LegalName": "gleif-lei2.csv", "CompanyName": "psc-companies.csv", "Clean Name": "csl-1260h.csv"}
    sample = SAMPLES[files.get(column, "csl-dpl.txt" if column == "Name" else "table-table.csv")]
    separator = b"\t" if column == "Name" else b","
    lines = sample.content.splitlines()
    lines = [lines[0] + separator + column.encode(), *(line + separator + b"other" for line in lines[1:])]
    command.refuses(sample.registry, (sample.file, b"\n".join(lines) + b"\n"), says="twice")


@every(LINES, LIST, OBJECT)
@pytest.mark.parametrize(
    "value",
    ["[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "[" * DEEP, "[" * 900 + "]" * 900],
    ids=["lists", "objects", "open", "900"],
)
def test_deep_nesting_of_json(command: Command, sample: Sample, value: str) -> None:
    result = command.load(sample.registry, (sample.file, sample.with_value(value)))
    if sample.registry != "rdf" and (sample.form == LINES or len(value) < DEEP):
        assert result.code in (1, 2), result.said
        assert SECOND not in result.names
    else:
        command.has_refused(result, sample.file)


@every(XML)
@pytest.mark.parametrize("depth", [100, DEEP])
def test_deep_nesting_of_xml(command: Command, sample: Sample, depth: int) -> None:
    result = command.load(sample.registry, (sample.file, sample.with_name("<a>" * depth + "</a>" * depth)))
    if depth == DEEP:
        command.has_refused(result, sample.file)
    assert result.code in (1, 2), result.said


@each(JSON)
@pytest.mark.parametrize(
    "value",
    ['"\\ud800x"', "NaN", "-Infinity", "1e999", "9" * 4_301, '"\\x"', "tru", "[[]]", '{"a": [1]}', "true"],
    ids=["surrogate", "nan", "infinity", "float", "digits", "escape", "word", "list", "object", "truth"],
)
def test_values_that_are_no_text(command: Command, sample: Sample, value: str) -> None:
    """Refused, rejected, or kept without the value and with a warning; never taken for a text."""
    result = command.load(sample.registry, (sample.file, sample.with_value(value)))
    assert result.code in (1, 2), result.said
    assert result.names <= {"First", "b", None}
    if result.code == 2 and result.rejects:
        rejected(result, sample)


@each(JSON)
def test_half_a_character_names_its_column(command: Command, sample: Sample) -> None:
    result = command.load(sample.registry, (sample.file, sample.with_value('"\\udc00x"')))
    if sample.registry == "gleif":  # looked at before it is read record by record
        command.has_refused(result, sample.file, "malformed")
        return
    rejected(result, sample, "half a character")
    whole = command.load(sample.registry, ("whole-" + sample.file, sample.with_value('"\\ud83d\\ude00"')))
    assert "😀" in whole.names


@each(JSON)
def test_a_number_for_a_text(command: Command, sample: Sample) -> None:
    """Rejected where the registry's form asks for a text; digits where publishers do write numbers."""
    result = command.load(sample.registry, (sample.file, sample.with_value("7")))
    if sample.registry in ("gleif", "ftm", "csl"):
        assert "7" in result.names
    else:
        rejected(result, sample)


@each([sample for sample in samples() if sample.day])
@pytest.mark.parametrize(
    "day", ["13.12.2024", "31/31/2024", "2024-31-12", "yesterday", "2024-02-30", "0000-00-00", "99999-01-01"]
)
def test_a_date_that_is_none_is_rejected_or_told(command: Command, sample: Sample, day: str) -> None:
    result = command.load(sample.registry, (sample.file, sample.with_day(day)))
    assert result.code in (1, 2), result.said
    if result.code == 2:
        rejected(result, sample)
        assert day in result.rejects[0]["value"]
    else:
        assert "warning: " in result.said


@each(
    [SAMPLES["psc-companies.csv"], SAMPLES["psc-psc.jsonl"], SAMPLES["gleif-lei2.csv"], SAMPLES["bods-statements.json"]]
)
def test_a_date_in_the_order_of_another_country_is_not_guessed(command: Command, sample: Sample) -> None:
    other = "2024-03-04" if sample.file == "companies.csv" else "04/03/2024"
    result = command.load(sample.registry, (sample.file, sample.with_day(other)))
    rejected(result, sample)


@every(XML)
@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=list(DOCTYPES))
@pytest.mark.parametrize("before", [0, 300_000], ids=["at the top", "far down"])
def test_xml_that_declares_entities_is_refused(command: Command, sample: Sample, doctype: str, before: int) -> None:
    content = sample.with_name("&e;").replace(b"?>", f"?><!--{'x' * before}-->{doctype}".encode(), 1)
    result = command.refuses(sample.registry, (sample.file, content))
    assert "boo" not in result.said


@every(XML)
def test_xml_that_refers_elsewhere_reads_nothing_there(command: Command, sample: Sample, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words", encoding="utf-8")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{secret.as_uri()}"/>'
    result = command.load(sample.registry, (sample.file, sample.with_name(include)))
    assert result.code in (1, 2), result.said
    assert not any("secret words" in (name or "") for name in result.names)
    undeclared = command.load(sample.registry, ("b-" + sample.file, sample.with_name("&e;")))
    assert undeclared.code == 2


@every(XML)
def test_xml_that_states_another_encoding_is_refused(command: Command, sample: Sample) -> None:
    start = sample.content.index(b"?>") + 2
    content = b'<?xml version="1.0" encoding="UTF-7"?>' + sample.content[start:]
    command.refuses(sample.registry, (sample.file, content), says="UTF-")


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


SMALL = SAMPLES["psc-psc.json"]


@pytest.mark.parametrize("name", ["../out.json", "/etc/out.json", "a/../../out.json", "..\\out.json"])
def test_a_zip_whose_names_lead_out_of_it_is_refused(command: Command, tmp_path: Path, name: str) -> None:
    archive = zipped(tmp_path / "in.zip", {"sound.json": SMALL.content, name: SMALL.content})
    command.has_refused(command.result("psc", archive), "in.zip", "leads out")


def test_a_zip_that_unpacks_without_bound_is_refused(command: Command, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "in.zip", {"bomb.json": b" " * (20 << 20)})
    command.has_refused(command.result("psc", archive), "in.zip", "times its size")


def test_a_gzip_that_unpacks_without_bound_is_refused(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_MOST_RATIO", 500)
    packed = tmp_path / "in.json.gz"
    packed.write_bytes(gzip.compress(b" " * (20 << 20)))
    command.has_refused(command.result("psc", packed), "in.json.gz", "times its size")


def test_a_zip_that_lies_about_its_size_unpacks_no_further_than_it_says(command: Command, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "in.zip", {"bomb.json": b" " * (20 << 20)})
    content = archive.read_bytes()
    assert content.count(struct.pack("<I", 20 << 20)) == 2
    archive.write_bytes(content.replace(struct.pack("<I", 20 << 20), struct.pack("<I", 1_000)))
    command.has_refused(command.result("psc", archive), "in.zip", "damaged or cut off")


@pytest.mark.parametrize("cut", [10, 60, 200])
def test_an_archive_that_is_cut_off_is_refused(command: Command, tmp_path: Path, cut: int) -> None:
    whole = zipped(tmp_path / "in.zip", {SMALL.file: SMALL.content}).read_bytes()
    command.refuses("psc", ("cut.zip", whole[:-cut]), says="damaged or cut off")
    command.refuses("psc", ("cut.gz", gzip.compress(SMALL.content)[:-cut]), says="damaged or cut off")


def test_a_zip_within_a_zip_is_refused(command: Command, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {SMALL.file: SMALL.content}).read_bytes()
    alone = zipped(tmp_path / "alone.zip", {"inner.zip": inner})
    command.has_refused(command.result("psc", alone), "alone.zip")
    beside = zipped(tmp_path / "beside.zip", {SMALL.file: SMALL.content, "inner.zip": inner})
    command.has_refused(command.result("psc", beside), "beside.zip", "itself packed")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_two_files_of_one_name_is_refused(command: Command, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "in.zip", {SMALL.file: SMALL.content})
    with zipfile.ZipFile(archive, "a") as again:
        again.writestr(SMALL.file, SMALL.with_name("Other"))
    command.has_refused(command.result("psc", archive), "in.zip", "one name")


def test_files_of_one_name_in_two_folders_are_both_loaded(command: Command, tmp_path: Path) -> None:
    for number, name in (("1", "One"), ("2", "Two")):
        path = tmp_path / "two" / number / "entities.csv"
        path.parent.mkdir(parents=True)
        path.write_text(f"id,name,hq_country\n{number},{name},DE\n", encoding="utf-8")
    assert command.result("table", tmp_path / "two").names == {"One", "Two"}


def test_a_zip_packed_in_an_unknown_way_is_refused(command: Command, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "in.zip", {SMALL.file: SMALL.content})
    content = bytearray(archive.read_bytes())
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", content, content.index(mark) + place, 97)
    archive.write_bytes(bytes(content))
    command.has_refused(command.result("psc", archive), "in.zip", "not read")


def test_a_folder_of_foreign_files_alone_is_refused(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"\x89PNG")
    command.has_refused(command.result("gleif", folder), "photos", "no registry file")


@pytest.mark.parametrize("registry", ["gleif", "bods", "psc", "ftm", "opencorporates", "csl", "rdf", "table", "any"])
def test_a_folder_of_files_that_nobody_knows_loads_nothing(command: Command, tmp_path: Path, registry: str) -> None:
    folder = tmp_path / "strange"
    folder.mkdir()
    (folder / "a.json").write_text('[{"colour": "blue"}]', encoding="utf-8")
    (folder / "b.txt").write_text("Dear Sir,\nthe weather is fine.\n", encoding="utf-8")
    result = command.result(registry, folder)
    assert result.code == 2
    assert result.said.count("refused: ") == 2
    assert (result.names, command._state()) == (set(), command.manifest)


@every(LINES, LIST, OBJECT, CSV, XML, TEXT)
def test_one_damaged_file_stops_the_whole_command(command: Command, sample: Sample) -> None:
    """A sound table beside a damaged file of any registry is not loaded: half a folder would pass for the whole."""
    files = (
        ("damaged-" + sample.file, sample.content + b"\xff\xfe"),
        ("sound.csv", SAMPLES["table-table.csv"].content),
    )
    result = command.load("any", *files)
    assert result.code == 2
    assert "damaged-" + sample.file in result.said
    assert (result.names, command._state()) == (set(), command.manifest)


@each(OF_LINES + OF_LISTS)
def test_a_file_all_of_whose_records_are_rejected_is_refused_with_the_first_problem(
    command: Command, sample: Sample
) -> None:
    name = {"gleif-lei2.json": '"LEI"', "gleif-answer.json": '"lei"', "csl-compact.json": '"n"'}.get(sample.label)
    key = name or {"bods": '"recordStatus"', "psc": '"company_number"', "ftm": '"schema"', "csl": '"name"'}.get(
        sample.registry, '"name"'
    )
    key = '"CompanyName"' if sample.file == "companies.json" else key
    text = sample.content.decode()
    document = json.loads(text if sample.form != LINES else f"[{','.join(text.splitlines())}]")
    spoilt = json.dumps(_spoilt(document, key.strip('"')))
    if sample.form == LINES:
        spoilt = "\n".join(json.dumps(record) for record in json.loads(spoilt)) + "\n"
    command.refuses(sample.registry, (sample.file, spoilt.encode()), says="first problem")


def _spoilt(value: Any, key: str) -> Any:
    """The value with an object in the place of every value under a key."""
    if isinstance(value, dict):
        return {name: {} if name == key else _spoilt(part, key) for name, part in value.items()}
    return [_spoilt(part, key) for part in value] if isinstance(value, list) else value


MEASURE = """
import pathlib, re, sys
from topco.cli.main import main
try:
    main(["load", sys.argv[1], sys.argv[2], "--store", sys.argv[3], "--vintage", "2026-01-31", "--defer-graph"])
except SystemExit as stop:
    print("code", stop.code)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
print("memory", int(peak[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is asked of Linux")
def test_memory_is_bounded_by_a_batch(tmp_path: Path) -> None:
    """A list of 60 MB, whose tail is cut off, needs some hundred MB at most: it is never held whole as objects."""
    record = json.dumps(json.loads(SMALL.content)[0]).encode() + b","
    path = tmp_path / SMALL.file
    path.write_bytes(b"[" + record * (60_000_000 // len(record)))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, SMALL.registry, str(path), str(tmp_path / "store")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "code 2" in done.stdout
    assert "cut off" in done.stderr
    assert int(done.stdout.split("memory ")[1]) < 450
