"""`topco match`: pairs of a store, candidates for a list, and lists that cannot be read."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from ownership_store import add_load, entity

from topco.cli.match import LIST_COLUMNS, PAIR_COLUMNS, command
from topco.errors import BadInput
from topco.identity.parties import parties
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.open(tmp_path / "store", create=True)
    add_load(made, "lei2", entities=[entity("LEI:1", "BP P.L.C.", "GB"), entity("LEI:2", "Foo Metals AG", "DE")])
    other = add_load(made, "psc", entities=[entity("GB-COH:1", "BP plc", "GB"), entity("X:2", "FOO METALS", "DE")])
    loads = tuple(replace(one, publisher="other") if one.id == other.id else one for one in made.loads())
    with made.writing():
        made.commit(replace(made.manifest, loads=loads))
    return made


def run(store: Store, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["--store", str(store.path), *arguments], catch_exceptions=False)


def test_pairs_with_score_and_reason(store: Store) -> None:
    done = run(store, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == list(PAIR_COLUMNS)
    assert [(row["score"], row["first"], row["second"]) for row in rows] == [
        ("100", "GB-COH:1", "LEI:1"),
        ("97", "LEI:2", "X:2"),
    ]
    assert rows[1]["reason"] == "same words; legal form on one side only: 'ag' (-3); country DE"
    assert "2 pairs score 85 or more." in done.stderr


def test_minimum_and_limit(store: Store) -> None:
    assert len(run(store, "--format", "json", "--minimum", "98").stdout.splitlines()) == 1
    done = run(store, "--format", "json", "--limit", "1")
    assert json.loads(done.stdout)["first"] == "GB-COH:1"
    assert "2 pairs score 85 or more, 1 are shown." in done.stderr


def test_a_table_and_a_file(store: Store, tmp_path: Path) -> None:
    assert "legal form on one side only" in run(store).stdout
    done = run(store, "--output", str(tmp_path / "pairs.txt"))
    assert done.stdout == ""
    assert "GB-COH:1" in (tmp_path / "pairs.txt").read_text(encoding="utf-8")


def test_a_list(store: Store, tmp_path: Path) -> None:
    names = tmp_path / "customers.csv"
    names.write_text(
        "\ufeffCountry,Name,Ref\nGermany,Foo Metals,1\n,\nRuritania,BP,2\nGB,Nobody,3\n,,4\n", encoding="utf-8"
    )
    done = run(store, "--against", str(names), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == list(LIST_COLUMNS)
    assert [(row["row"], row["status"], row["id"], row["score"]) for row in rows] == [
        ("2", "proposed", "X:2", "100"),
        ("2", "proposed", "LEI:2", "97"),
        ("4", "proposed", "GB-COH:1", "92"),
        ("4", "proposed", "LEI:1", "92"),
        ("5", "unmatched", "", ""),
    ]
    assert "row 4: 'Ruritania' is no country that is known" in done.stderr
    assert "row 6: there is no name; the row is left out" in done.stderr
    assert "2 of 3 names have a party that scores 85 or more." in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,country\n1,DE\n", "no column `name`"),
        (b"", "no column `name`"),
        (b"name\n", "holds no name"),
        ("name\nMüller\n".encode("latin-1"), "not in UTF-8"),
        (b'name\n"open\n', "no CSV"),
        (b"name\n" + b"x" * 200_000 + b"\n", "no CSV"),
    ],
)
def test_a_list_that_cannot_be_read(store: Store, tmp_path: Path, content: bytes, said: str) -> None:
    names = tmp_path / "customers.csv"
    names.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        run(store, "--against", str(names))


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no store"):
        CliRunner().invoke(command, ["--store", str(tmp_path / "none")], catch_exceptions=False)


def test_kept_pairs_are_proposals_and_a_list_is_not_kept(store: Store, tmp_path: Path) -> None:
    done = run(store, "--keep")
    assert "2 pairs are kept as proposals-" in done.stderr
    store.refresh()
    kept = parties(store).undecided
    assert [(row["first"], row["second"], row["why"]) for row in kept.iter_rows(named=True)] == [
        ("GB-COH:1", "LEI:1", "proposed"),
        ("LEI:2", "X:2", "proposed"),
    ]
    names = tmp_path / "names.csv"
    names.write_text("name\nBP\n", encoding="utf-8")
    with pytest.raises(BadInput, match="not kept"):
        run(store, "--keep", "--against", str(names))


def test_human_beings_are_compared_only_if_that_is_asked(tmp_path: Path) -> None:
    made = Store.open(tmp_path / "store", create=True)
    person = {**entity("X:ada", "Ada Example", "GB"), "kind": "NaturalPerson"}
    add_load(made, "lei2", entities=[person])
    other = add_load(made, "psc", entities=[{**person, "id": "X:ada2"}])
    loads = tuple(replace(one, publisher="other") if one.id == other.id else one for one in made.loads())
    with made.writing():
        made.commit(replace(made.manifest, loads=loads))
    assert run(made, "--format", "json").stdout == ""
    assert json.loads(run(made, "--format", "json", "--persons").stdout)["first"] == "X:ada"
