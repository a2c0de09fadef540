"""Candidates for names: identifiers and persons decide, likeness only proposes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ownership_store import add_load, entity
from reconcile_service import OUTSIDE, SCRIPT, A, B, C, D, F, G, S, X, asked, client_of, lei, store_in
from starlette.testclient import TestClient

from topco.identity.judgements import Judgement, judge
from topco.matching import explain
from topco.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_in(tmp_path / "store")


@pytest.fixture
def client(store: Store) -> TestClient:
    return client_of(store)


def one(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked(client, q=query)["q"]
    return found


def features(candidate: dict[str, Any]) -> dict[str, Any]:
    return {feature["id"]: feature["value"] for feature in candidate["features"]}


def known(**properties: Any) -> list[dict[str, Any]]:
    return [{"pid": pid, "v": value} for pid, value in properties.items()]


@pytest.mark.parametrize("text", [C, C.lower(), C[4:], f"https://w3id.org/topco/id/LEI/{C[4:]}"])
def test_an_identifier_matches_exactly(client: TestClient, text: str) -> None:
    for query in ({"query": text}, {"properties": known(LEI=text)}, {"properties": known(identifier={"id": text})}):
        (candidate,) = one(client, **query)
        assert (candidate["id"], candidate["score"], candidate["match"]) == (C, 100, True)
        assert features(candidate)["identifier"] is True


def test_an_identifier_that_no_record_bears_matches_nothing(client: TestClient) -> None:
    assert one(client, query=lei("Q")) == []
    assert one(client, query=OUTSIDE) == []  # it is named as a parent, and described by no record


def test_the_same_name_and_country_is_no_match(client: TestClient) -> None:
    found = one(client, query="Beispiel Halbleiter GmbH", properties=known(country="Germany"))
    assert [(candidate["id"], candidate["score"]) for candidate in found] == [(A, 100), (B, 75)]
    assert not any(candidate["match"] for candidate in found)
    assert [features(candidate)["country"] for candidate in found] == [True, False]


def test_the_score_is_the_one_that_names_are_matched_by(client: TestClient) -> None:
    query = "Beispiel Halbleter mbH"
    for candidate in one(client, query=query, properties=known(registeredIn="DE")):
        its_country = {A: "DE", B: "AT"}[candidate["id"]]
        expected = explain(
            {"name": query, "country": "DE"}, {"name": candidate["name"], "country": its_country, "kind": "LegalEntity"}
        )
        assert candidate["score"] == features(candidate)["name_score"] == expected.value < 100
        assert expected.reason in candidate["description"]


def test_a_name_that_a_person_has_judged_is_a_match(client: TestClient, store: Store) -> None:
    # The record has no Swedish address; the person who judged the Swedish name knew.
    (candidate,) = one(client, query="Nordtek", properties=known(country="SE"))
    assert (candidate["id"], candidate["score"], candidate["match"]) == (C, 100, True)
    assert (features(candidate)["judged"], features(candidate)["country"]) == (True, False)
    (candidate,) = one(client, query="Nordtek", properties=known(country="SE", registrationNumber="5"))
    assert not candidate["match"]
    judge(store, [Judgement("NAME:GB/Nordtek", C, "same", "ann")])
    (candidate,) = one(client, query="Nordtek", properties=known(country="GB"))
    assert (candidate["id"], candidate["score"], candidate["match"]) == (C, 100, True)
    assert one(client, query="Nordtek") == []


def test_a_judgement_taken_back_is_no_match(client: TestClient, store: Store) -> None:
    judge(store, [Judgement("NAME:/Norteko", C, "same", "ann")])
    assert [candidate["match"] for candidate in one(client, query="Norteko")] == [True]
    judge(store, [Judgement("NAME:/Norteko", C, "different", "bob")])
    assert one(client, query="Norteko") == []


def test_what_a_person_held_different_is_not_offered(client: TestClient) -> None:
    assert D not in {candidate["id"] for candidate in one(client, query="Nordic Tech")}
    (candidate,) = [one for one in one(client, query="Nordic Tech", properties=known(LEI=D)) if one["id"] == D]
    assert not candidate["match"]
    assert "a person holds the name different" in candidate["description"]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"query": "Alpine Top AG", "properties": known(LEI=C)}, "not like its own"),
        ({"query": "Nordic Technologies Ltd", "properties": known(LEI=C, country="US")}, "no country in common"),
        ({"query": C, "properties": known(registrationNumber="999")}, "another number"),
        ({"query": C, "type": "Fund"}, "not of the type"),
        ({"query": C, "properties": known(LEI=A)}, "identifier"),
    ],
)
def test_an_identifier_that_something_contradicts_is_no_match(
    client: TestClient, query: dict[str, Any], why: str
) -> None:
    (candidate,) = [candidate for candidate in one(client, **query) if candidate["id"] == C]
    assert not candidate["match"]
    assert candidate["score"] < 100
    assert why in candidate["description"]


def test_what_agrees_leaves_a_match_a_match(client: TestClient) -> None:
    properties = known(LEI=C, country=["GB", "France"], registrationNumber=102498, colour="blue")
    found = one(client, query="Nordic Technologies Ltd", properties=properties, type="LegalEntity", type_strict="all")
    assert [(candidate["id"], candidate["match"]) for candidate in found][:1] == [(C, True)]
    assert features(found[0]) == {
        "name_score": 100,
        "identifier": True,
        "judged": False,
        "country": True,
        "registration_number": True,
        "type": True,
    }


def test_a_number_alone_proposes_and_does_not_match(client: TestClient) -> None:
    for query in ({"query": "102498"}, {"properties": known(registrationNumber="00102498")}):
        (candidate,) = one(client, **query)
        assert (candidate["id"], candidate["match"]) == (C, False)
        assert features(candidate)["registration_number"] is True
    apart = one(client, properties=known(registrationNumber="00102498", country="US"))
    near = one(client, properties=known(registrationNumber="00102498", country="GB"))
    assert apart[0]["score"] < near[0]["score"] < 100


def test_types_narrow_or_only_prefer(client: TestClient) -> None:
    def kinds(**query: Any) -> set[str]:
        return {candidate["id"] for candidate in one(client, query="Nordic Technologies", **query)}

    assert kinds() == kinds(type_strict="should", type="Fund") == {C, D, G}
    assert kinds(type="Fund") == {D}
    assert kinds(type=["Fund", "Branch"]) == {D, G}
    assert kinds(type=["Fund", "Agent"], type_strict="all") == {D}
    assert kinds(type="https://w3id.org/topco/LegalEntity") == {C}
    assert kinds(type="Painter") == set()
    assert [candidate["id"] for candidate in one(client, query="Something of Unknown Kind", type="Fund")] == [X]


def test_names_in_other_scripts_and_other_names(client: TestClient) -> None:
    assert one(client, query="三星电子")[0]["id"] == F
    assert one(client, query="SAMSONG ELECTRONICS")[0]["id"] == F
    assert one(client, properties=known(name="Samsong Electronics"))[0]["id"] == F


def test_markup_in_a_name_is_text(client: TestClient) -> None:
    answer = client.get("/reconcile", params={"queries": json.dumps({"q": {"query": SCRIPT}})})
    assert answer.headers["content-type"] == "application/json"
    assert [candidate["id"] for candidate in answer.json()["q"]["result"]] == [S]
    assert answer.json()["q"]["result"][0]["name"] == SCRIPT


def test_limits_and_order(client: TestClient) -> None:
    found = one(client, query="Nordic Technologies")
    assert [candidate["score"] for candidate in found] == sorted((c["score"] for c in found), reverse=True)
    assert len(found) == 3
    assert one(client, query="Nordic Technologies", limit=1) == found[:1]
    assert one(client, query="Nordic Technologies", limit=1e300) == found


def test_queries_of_a_batch_do_not_touch_each_other(client: TestClient) -> None:
    queries = {
        "": {"query": "Nordtek", "properties": known(country="SE")},
        "b": {"query": "Beispiel Halbleiter"},
        "c": {"query": C},
        "d": {"query": ""},
        "e": {"query": "???"},
        "f": {"query": "&&&", "properties": known(country="Ruritania")},
    }
    together = asked(client, **queries)
    assert list(together) == list(queries)
    assert together == {key: asked(client, **{key: query})[key] for key, query in queries.items()}
    assert together["d"] == together["e"] == []


def test_get_and_post_say_the_same(client: TestClient) -> None:
    queries = json.dumps({"q": {"query": "Alpine Top"}})
    assert (
        client.get("/reconcile", params={"queries": queries}).json()
        == client.post("/reconcile", data={"queries": queries}).json()
    )


def test_what_is_loaded_meanwhile_is_met(client: TestClient, store: Store) -> None:
    assert one(client, query="Nachzügler Holding SE") == []
    add_load(store, "later", entities=[entity(lei("N"), "Nachzügler Holding SE", "DE")])
    assert one(client, query="Nachzügler Holding SE")[0]["id"] == lei("N")


def test_an_empty_store_has_no_candidates(tmp_path: Path) -> None:
    client = client_of(Store.open(tmp_path / "none", missing_ok=True))
    assert asked(client, a={"query": "Acme"}, b={"query": C}, c={"properties": known(registrationNumber="1")}) == {
        "a": [],
        "b": [],
        "c": [],
    }
    assert client.get("/reconcile/suggest/entity", params={"prefix": "acme"}).json() == {"result": []}
    assert client.get("/reconcile/preview", params={"id": C}).status_code == 404


def test_a_store_too_large_to_be_kept_gives_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    queries: dict[str, Any] = {"a": {"query": "Nordic Technologies"}, "b": {"query": "Halbleiter"}, "c": {"query": "&"}}
    kept = asked(client_of(store), **queries)
    monkeypatch.setattr("topco.server.reconcile.names.MOST_KEPT", 0)
    assert asked(client_of(store), **queries) == kept
    assert kept["a"]
    assert kept["b"]
