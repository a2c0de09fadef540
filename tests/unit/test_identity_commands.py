"""Parties of several identifiers through the commands: judged, stated, undecided, never merged in the evidence."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from small_store import add_load, company, holding, lei
from topco.errors import ANSWERED, BAD_INPUT, UNDETERMINED
from topco.identity.judgements import propose
from topco.identity.parties import parties
from topco.store.store import Store

DAY = date(2025, 3, 2)
A, TOP = lei("A"), lei("T")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """GLEIF knows A without a parent; another register knows GB-COH:1, held by GB-COH:2 with headquarters in China."""
    path = tmp_path / "store"
    add_load(path, "lei2", DAY, {"entities": [company(A, "Alpha Ltd", "GB"), company(TOP, "Top AG", "DE")]})
    add_load(
        path,
        "register",
        DAY,
        {
            "entities": [company("GB-COH:00000001", "ALPHA LIMITED"), company("GB-COH:00000002", "Beta", "CN")],
            "holdings": [holding("GB-COH:00000002", "GB-COH:00000001", 75)],
            "absences": [
                {
                    "subject": "GB-COH:00000002",
                    "level": "DirectLevel",
                    "reason": "NATURAL_PERSONS",
                    "record": "test/x",
                    "file": "r.csv",
                    "row": 2,
                }
            ],
        },
    )
    return path


def resolved(run: Run, folder: Path, identifier: str, *more: str) -> tuple[int, Any]:
    code, out, _ = run("resolve", identifier, "--store", folder, "--as-of", "2025-03-02", "--format", "json", *more)
    return code, json.loads(out)


def test_a_judgement_joins_and_another_parts(run: Run, folder: Path) -> None:
    code, document = resolved(run, folder, A)
    assert (code, document["status"]) == (UNDETERMINED, "no_evidence")

    code, out, _ = run(
        "judge", A, "GB-COH:00000001", "same", "--author", "ann", "--reason", "same seal", "--store", folder
    )
    assert code == ANSWERED
    assert "one party" in out
    code, document = resolved(run, folder, "GB-COH:00000001")
    assert code == ANSWERED
    assert document["entity"] == {"id": A, "name": "Alpha Ltd", "identifiers": ["GB-COH:00000001", A]}
    assert [top["id"] for top in document["ultimate_parents"]] == ["GB-COH:00000002"]
    assert document["ultimate_parents"][0]["hq_country"] == "CN"

    run("judge", A, "GB-COH:00000001", "different", "--author", "bob", "--store", folder)
    assert resolved(run, folder, A)[1]["status"] == "no_evidence"
    rows = run("judge", "--list", "--format", "csv", "--store", folder)[1].splitlines()
    assert [row.split(",")[2] for row in rows[1:]] == ["different", "same"]
    assert "same seal" in rows[2]


def test_the_evidence_is_not_merged(run: Run, folder: Path) -> None:
    run("judge", A, "GB-COH:00000001", "same", "--author", "ann", "--store", folder)
    store = Store.open(folder)
    assert parties(store).party_of(["GB-COH:00000001", A, "X:none"]) == [A, A, "X:none"]
    assert "GB-COH:00000001" in store.table("entities").collect()["id"].to_list()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([A, "X:nobody", "same"], "No loaded record names X:nobody."),
        ([A, A, "same"], f"{A} stands on both sides."),
        ([A, TOP, "perhaps"], "There is no verdict 'perhaps'."),
        ([A, TOP], "A judgement needs two identifiers and a verdict."),
        ([A, TOP, "same", "--author", " "], "Nobody signs the judgement."),
    ],
)
def test_what_cannot_be_judged(run: Run, folder: Path, arguments: list[str], sentence: str) -> None:
    code, out, err = run("judge", *arguments, "--store", folder)
    assert (code, out) == (BAD_INPUT, "")
    assert sentence in err


def test_an_undecided_pair_that_would_change_the_answer_is_named(run: Run, folder: Path) -> None:
    propose(
        Store.open(folder),
        [
            {"first": A, "second": "GB-COH:00000001", "score": 97, "reason": "equal but for the legal form"},
            {"first": TOP, "second": "GB-COH:00000002", "score": 88, "reason": "no more than a test"},
        ],
    )
    code, document = resolved(run, folder, A)
    assert (code, document["status"]) == (UNDETERMINED, "no_evidence")
    (pair,) = document["undecided"]
    assert (pair["first"], pair["second"], pair["why"], pair["score"]) == ("GB-COH:00000001", A, "proposed", 97)
    assert pair["would_be"]["ultimate_parent_hq_countries"] == ["CN"]
    assert pair["would_be"]["status"] == "resolved"

    run("judge", A, "GB-COH:00000001", "different", "--author", "ann", "--store", folder)
    assert "undecided" not in resolved(run, folder, A)[1]
    run("judge", A, "GB-COH:00000001", "unsure", "--author", "ann", "--store", folder)
    assert [pair["why"] for pair in resolved(run, folder, A)[1]["undecided"]] == ["unsure"]


def test_a_determination_assumes_an_undecided_pair_apart(run: Run, folder: Path) -> None:
    propose(Store.open(folder), [{"first": A, "second": "GB-COH:00000001", "score": 97, "reason": "alike"}])
    case = {
        "id": "1",
        "transaction": {"date": "2025-06-01", "activity": "export", "destination": "GB"},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", "entity": A, "name": "Alpha"}],
    }
    given = folder.parent / "case.json"
    given.write_text(json.dumps(case), encoding="utf-8")
    _, out, err = run("determine", given, "--store", folder, "--format", "json")
    assert out, err
    assumed = [one["fact"] + ": " + one["value"] for one in json.loads(out)["assumptions"]]
    assert f"parties[0].identity: GB-COH:00000001 and {A} are two parties" in assumed


def test_a_stated_headquarters_counts_and_disagreement_shows(run: Run, folder: Path) -> None:
    stated = ("state", "GB-COH:00000001", "headquarters", "SG", "--author", "ann", "--date", "2025-01-02")
    code, out, _ = run(*stated, "--source", "letter of the board", "--store", folder)
    assert code == ANSWERED
    assert "letter of the board" in out
    hq = resolved(run, folder, "GB-COH:00000001")[1]["hq"]
    assert (hq["country"], hq["basis"], hq["stated_by"]) == ("SG", "userStatement", "ann")
    assert hq["source"]["record"] == "statements/headquarters/1"

    run("judge", A, "GB-COH:00000001", "same", "--author", "ann", "--store", folder)
    hq = resolved(run, folder, A)[1]["hq"]
    assert hq["country"] is None
    assert [(one["country"], one["basis"]) for one in hq["alternatives"]] == [
        ("GB", "registerRecord"),
        ("SG", "userStatement"),
    ]
    assert (
        run("resolve", A, "--store", folder, "--as-of", "2025-03-02", "--format", "csv")[1]
        .splitlines()[1]
        .split(",")[3]
        == "GB;SG"
    )

    _, out, _ = run("state", "GB-COH:00000001", "headquarters", "--withdraw", "--author", "ann", "--store", folder)
    assert resolved(run, folder, A)[1]["hq"]["country"] == "GB"


def test_a_second_statement_of_one_author_takes_the_place_of_the_first(run: Run, folder: Path) -> None:
    for country in ("SG", "MY"):
        run(
            *("state", "GB-COH:00000001", "headquarters", country, "--author", "ann", "--source", "page"),
            *("--date", "2025-01-02", "--store", folder),
        )
    run(
        *("state", "GB-COH:00000001", "headquarters", "JP", "--author", "bob", "--source", "10-K"),
        *("--basis", "filing", "--date", "2025-01-02", "--from", "2025-03-03", "--store", folder),
    )
    assert resolved(run, folder, "GB-COH:00000001")[1]["hq"]["country"] == "MY"
    later = run("resolve", "GB-COH:00000001", "--store", folder, "--as-of", "2025-03-03", "--format", "json")[1]
    assert [one["country"] for one in json.loads(later)["hq"]["alternatives"]] == ["JP", "MY"]
    assert len(run("state", "--list", "--format", "json", "--store", folder)[1].splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["X:a", "headquarters", "QQ", "--source", "s", "--date", "2025-01-01"], "QQ is no country of ISO 3166-1"),
        (["X:a", "headquarters", "CN", "--date", "2025-01-01"], "A headquarters needs a source."),
        (["X:a", "headquarters", "CN", "--source", "s"], "The statement has no date."),
        (
            ["X:a", "listing", "CN", "--source", "s"],
            "A statement needs an entity, the word headquarters and a country.",
        ),
        (
            ["X:a", "headquarters", "CN", "--source", "s", "--date", "2025-01-01", "--basis", "rumour"],
            "no basis 'rumour'",
        ),
        (["X:a", "headquarters", "--withdraw"], "has stated nothing about X:a"),
    ],
)
def test_what_cannot_be_stated(run: Run, folder: Path, arguments: list[str], sentence: str) -> None:
    code, out, err = run("state", *arguments, "--author", "ann", "--store", folder)
    assert (code, out) == (BAD_INPUT, "")
    assert sentence in err
