"""Files of statements in every form, and damaged ones: refused with a sentence, or rejected row by row."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topco.errors import BadInput
from topco.registries.bods import Bods, reading
from topco.registries.content import Content
from topco.registries.loading import Outcome, load
from topco.store.store import Store

DAY = date(2026, 1, 31)


def entity(number: int, name: str = "a") -> dict[str, Any]:
    identifier = f"statement-{number}".ljust(32, ".")
    return {"statementID": identifier, "statementType": "entityStatement", "entityType": "legalEntity", "name": name}


def load_bytes(folder: Path, content: bytes, name: str = "statements.json") -> tuple[Store, Outcome]:
    path = folder / name
    path.write_bytes(content)
    store = Store.open(folder / "store", create=True)
    return store, load(store, Bods(), [path], DAY, lambda *_: None)


def names(store: Store) -> list[str]:
    return store.table("entities").sort("row").collect()["name"].to_list()


def reasons(outcome: Outcome) -> list[str]:
    path = outcome.loaded[0].rejects
    return path.read_text(encoding="utf-8").splitlines()[1:] if path else []


LINES = "\n".join(json.dumps(entity(number, f"n{number}")) for number in range(3))
LIST = json.dumps([entity(number, f"n{number}") for number in range(3)], indent=2)


@pytest.mark.parametrize("text", [LINES, "\ufeff" + LINES + "\n\n", LIST, "\ufeff  " + LIST + "\n"])
def test_lines_and_lists_are_read_alike(tmp_path: Path, text: str) -> None:
    store, _ = load_bytes(tmp_path, text.encode())
    assert names(store) == ["n0", "n1", "n2"]
    assert store.table("originals").sort("row").collect()["row"].to_list() == [1, 2, 3]


def test_one_statement_alone_and_archives(tmp_path: Path) -> None:
    store, _ = load_bytes(tmp_path, json.dumps(entity(1), indent=1).encode())
    assert names(store) == ["a"]
    for name, content in (("a.jsonl.gz", gzip.compress(LINES.encode())), ("b.zip", b"")):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        if not content:
            with zipfile.ZipFile(folder / "made.zip", "w") as archive:
                archive.writestr("in/statements.jsonl", LINES)
            content = (folder / "made.zip").read_bytes()
        store, _ = load_bytes(folder, content, name)
        assert names(store) == ["n0", "n1", "n2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"statementID": "x", "statementType": ', "the line is no JSON"),
        ('{"statementID": "x"} trailing', "the line is no JSON"),
        ('{"statementID": "x", "share": NaN}', "NaN is no number of JSON"),
        (json.dumps(entity(9))[:-1] + ', "name": "b"}', "the name 'name' stands twice in one object"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "the JSON is nested too deeply"),
        (json.dumps(entity(9, "x" * 1_100_000)), "longer than 1,000,000 characters"),
        (json.dumps(entity(9))[:-1] + ', "replacesStatements": 1, "x": ' + "[" * 800 + "]" * 800 + "}", "not a list"),
        ("17", "not an object"),
        (json.dumps(entity(9) | {"publicationDetails": {"bodsVersion": "9.0"}}), "the version is none of 0.1"),
    ],
)
def test_a_damaged_line_is_a_reject_and_the_others_load(tmp_path: Path, line: str, reason: str) -> None:
    first, *rest = LINES.split("\n")
    store, outcome = load_bytes(tmp_path, "\n".join([first, line, *rest]).encode(), "statements.jsonl")
    assert names(store) == ["n0", "n1", "n2"]
    (found,) = reasons(outcome)
    assert found.startswith("statements.jsonl,2,")
    assert reason in found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LIST[:-30], "malformed or cut off"),
        (LIST[:-1], "the list does not end"),
        (LIST + "x", "something follows after the end"),
        (LIST.replace("},", "}"), "no comma before statement 2"),
        ("[" + json.dumps(entity(1)) + "," + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_damaged_list_is_refused_whole(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        load_bytes(tmp_path, text.encode())
    assert Store.open(tmp_path / "store", create=True).manifest.loads == ()


@pytest.mark.parametrize("text", ["[]", "{}", "<a/>", "a,b\n1,2\n", '{"company_number": "1", "data": {}}'])
def test_other_files_are_refused_and_named(tmp_path: Path, text: str) -> None:
    _, outcome = load_bytes(tmp_path, text.encode())
    assert outcome.loaded == []
    assert "No statement of the Beneficial Ownership Data Standard" in str(outcome.refused[0])


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="The file is empty"):
        load_bytes(tmp_path, b"")


def test_a_latin_1_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="UTF-8"):
        load_bytes(tmp_path, json.dumps(entity(1, "é"), ensure_ascii=False).encode("latin-1"))


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=30), max_size=3), max_size=6),
    st.integers(1, 40),
    st.sampled_from((None, 1)),
)
def test_a_list_is_read_whatever_the_windows_cut(values: list[Any], size: int, indent: int | None) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=False)
    window = reading.Window(Content("x", Path(), "", 0, 0, b"", DAY), _Pieces(text, size), reading.Decoder())
    assert [(json.loads(found), value) for _, found, value in reading.listed(window, lambda *_: None, "")] == [
        (value, value) for value in values
    ]


class _Pieces:
    """A stream that gives a few characters at a time."""

    def __init__(self, text: str, size: int) -> None:
        self.text, self.size, self.place = text, size, 0

    def read(self, _: int) -> str:
        piece = self.text[self.place : self.place + self.size]
        self.place += len(piece)
        return piece
