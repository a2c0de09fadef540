"""Finding entities: by identifier, number, name in any spelling, and by likeness."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from ownership_store import entity, make_store

from topco.cli.main import main
from topco.errors import BadInput
from topco.ownership.names import fold, folded
from topco.ownership.search import search

if TYPE_CHECKING:
    from pathlib import Path

    from topco.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(
        tmp_path / "store",
        entities=[
            entity("LEI:5493001Z012YSB2A0K51", "Société Générale S.A.", "FR", registration_number="552120222"),
            entity("LEI:549300CWESV5NI78YL42", "Samsung Electronics Co., Ltd.", "KR"),
            entity("LEI:9884007ER46L6N7EI764", "三星電子株式会社", "JP", registered_country="JP"),
            entity("X:big", "Big Holding GmbH", "DE", registration_number="00102498"),
            entity("X:bigger", "The Bigger Holding GmbH", "DE", registration_status="LAPSED"),
            entity("X:apart", "Holding of the Big Family", "DE"),
            entity("X:oe", "Łódzka Spółka Østersø", "PL"),
            entity("X:none", None),
        ],
        names=[
            {"id": "LEI:9884007ER46L6N7EI764", "name": "Samsung Japan Corporation", "record": "r"},
            {"id": "LEI:9884007ER46L6N7EI764", "name": "Samsung Denshi", "record": "r"},
        ],
    )


def ids(store: Store, text: str, limit: int = 20) -> list[str]:
    return [hit.id for hit in search(store, text, limit)]


@pytest.mark.parametrize("text", ["5493001Z012YSB2A0K51", "LEI:5493001Z012YSB2A0K51", "lei:5493001z012ysb2a0k51"])
def test_an_identifier_finds_exactly_its_entity(store: Store, text: str) -> None:
    (hit,) = search(store, text)
    assert (hit.id, hit.score, hit.status) == ("LEI:5493001Z012YSB2A0K51", 100, "active, issued")


def test_a_number_in_a_register_with_or_without_leading_zeros(store: Store) -> None:
    assert ids(store, "102498") == ["X:big"]
    assert search(store, "00102498")[0].matched == "00102498"


def test_a_part_of_an_identifier(store: Store) -> None:
    assert set(ids(store, "549300")) == {"LEI:5493001Z012YSB2A0K51", "LEI:549300CWESV5NI78YL42"}


@pytest.mark.parametrize("text", ["societe generale", "SOCIÉTÉ GÉNÉRALE", "générale société"])
def test_case_accents_and_order_do_not_matter(store: Store, text: str) -> None:
    assert ids(store, text)[0] == "LEI:5493001Z012YSB2A0K51"


def test_letters_that_do_not_decompose(store: Store) -> None:
    assert ids(store, "lodzka ostersO")[0] == "X:oe"


def test_other_names_are_searched_and_one_hit_is_shown_for_each_entity(store: Store) -> None:
    hits = search(store, "samsung")
    assert {hit.id for hit in hits} == {"LEI:549300CWESV5NI78YL42", "LEI:9884007ER46L6N7EI764"}
    japan = next(hit for hit in hits if hit.hq_country == "JP")
    assert (japan.name, japan.matched) == ("三星電子株式会社", "Samsung Denshi")


def test_names_in_other_scripts(store: Store) -> None:
    assert ids(store, "三星電子") == ["LEI:9884007ER46L6N7EI764"]


def test_the_whole_name_then_the_beginning_then_together_then_apart(store: Store) -> None:
    hits = search(store, "big holding")
    assert [hit.id for hit in hits][:1] == ["X:big"]
    assert {hit.id for hit in hits} >= {"X:bigger", "X:apart"}
    assert search(store, "Big Holding GmbH")[0].score == 100
    assert 90 <= hits[0].score < 100
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


def test_a_misspelt_name_is_found_and_scored_as_alike(store: Store) -> None:
    hit = search(store, "Samsung Elektronics Co Ltd")[0]
    assert hit.id == "LEI:549300CWESV5NI78YL42"
    assert hit.score < 70


def test_nothing_alike_is_nothing(store: Store) -> None:
    assert ids(store, "zzzz qqqq") == []


def test_limit(store: Store) -> None:
    assert len(search(store, "holding", 2)) == 2


@pytest.mark.parametrize("text", ["", " ,.- "])
def test_a_text_without_letters_is_refused(store: Store, text: str) -> None:
    with pytest.raises(BadInput, match="nothing to search"):
        search(store, text)


def test_the_column_is_folded_as_single_names_are(store: Store) -> None:
    frame = store.table("entities", ["name"]).with_columns(folded=folded("name")).collect()
    assert frame["folded"].to_list() == [name and fold(name) for name in frame["name"]]


def test_the_command(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["search", "--store", str(store.path), "--format", "csv", "big", "holding"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert not ended.value.code
    assert rows[0]["id"] == "X:big"
    assert list(rows[0]) == ["id", "name", "matched", "status", "hq_country", "registered_country", "score"]
    with pytest.raises(SystemExit) as ended:
        main(["search", "--store", str(store.path), "zzzz qqqq"])
    assert not ended.value.code
    assert "Nothing found" in capsys.readouterr().err
