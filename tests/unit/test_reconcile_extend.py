"""Tables extended by properties: what is not known is an empty cell, and nothing is settled that no source confirms."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ownership_store import entity, make_store, relationship
from reconcile_service import OUTSIDE, A, B, C, D, E, F, G, S, T, client_of, extended, lei, store_in
from starlette.testclient import TestClient

from topco.ownership.bulk_table import resolve_all
from topco.server.reconcile.catalogue import properties
from topco.store.store import Store
from topco.store.today import today

EVERY = [A, B, C, D, E, F, G, S, T]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_in(tmp_path_factory.mktemp("reconcile") / "store")


@pytest.fixture(scope="module")
def client(store: Store) -> TestClient:
    return client_of(store)


def values(client: TestClient, identifier: str, *wanted: Any) -> list[list[Any]]:
    """The cells of one entity, as plain values."""
    rows = extended(client, [identifier], *wanted)["rows"][identifier]
    return [
        [next(iter(value.values()), None) for value in rows[one if isinstance(one, str) else one[0]]] for one in wanted
    ]


def test_what_the_record_says(client: TestClient) -> None:
    wanted = ("name", "identifier", "kind", "registeredIn", "jurisdiction", "headquarteredIn", "registrationNumber")
    assert values(client, C, *wanted) == [
        *(["Nordic Technologies Limited"], [C], ["LegalEntity"], ["JE"], ["GB"], ["GB"], ["00102498"]),
    ]
    assert values(client, F, "otherName") == [["Samsong Electronics"]]


def test_a_property_may_be_given_by_its_iri(client: TestClient) -> None:
    (cell,) = values(client, C, "https://w3id.org/topco/headquarteredIn")
    assert cell == ["GB"]


def test_a_registered_country_never_fills_a_headquarters(client: TestClient) -> None:
    assert values(client, E, "headquarteredIn", "registeredIn", "jurisdiction") == [[], ["CH"], ["CH-ZG"]]
    assert values(client, G, "headquarteredIn") == [[]]  # a branch without a head office on record


def test_a_top_that_nobody_confirms_is_no_ultimate_parent(client: TestClient) -> None:
    wanted = ("resolutionStatus", "hasUltimateParent", "ultimateParentHeadquarteredIn", "possibleUltimateParent")
    assert values(client, A, *wanted) == [["resolved"], [T], ["CH"], [T]]
    assert values(client, T, *wanted) == [["own_top"], [T], ["CH"], [T]]
    assert values(client, B, *wanted) == [["open_top"], [], [], [C]]
    assert values(client, D, *wanted) == [["outside_data"], [], [], [OUTSIDE]]
    assert values(client, S, *wanted)[:3] == [["withheld"], [], []]
    assert values(client, E, *wanted)[:3] == [["no_evidence"], [], []]


def test_the_policy_for_open_tops_is_a_setting(client: TestClient) -> None:
    as_recorded = {"open_top": "as-recorded"}
    wanted = (("hasUltimateParent", as_recorded), ("ultimateParentHeadquarteredIn", as_recorded))
    assert values(client, B, *wanted) == [[C], ["GB"]]
    assert values(client, D, *wanted) == [[], []]
    assert values(client, S, *wanted) == [[], []]
    assert values(client, B, ("hasUltimateParent", {"open_top": "strict"})) == [[]]


def test_facts_of_another_day(client: TestClient, tmp_path: Path) -> None:
    rows = [relationship(A, T, "UltimateConsolidation", valid_to=date(2024, 1, 1))]
    make_store(tmp_path / "dated", entities=[entity(A, "A AG"), entity(T, "T AG", "FR")], relationships=rows)
    dated = client_of(Store.open(tmp_path / "dated"))
    assert values(dated, A, ("hasDirectParent", {"as_of": "2025-01-01"})) == [[]]
    assert values(dated, A, ("possibleUltimateParent", {"as_of": "2023-01-01"})) == [[T]]


def test_another_test_is_a_setting(client: TestClient) -> None:
    assert values(client, A, ("hasUltimateParent", {"test": "consolidation"})) == [[T]]
    assert values(client, A, ("hasUltimateParent", {"test": "majority"})) == [[]]


def test_an_entity_that_is_not_there_has_empty_cells(client: TestClient) -> None:
    rows = extended(client, [lei("Q"), "", "nonsense"], *properties())["rows"]
    assert rows == {one: {key: [] for key in properties()} for one in (lei("Q"), "", "nonsense")}


def test_cells_are_of_the_format_that_the_data_say(client: TestClient) -> None:
    answer = extended(client, EVERY, *properties())
    assert [one["id"] for one in answer["meta"]] == list(properties())
    for one, about in zip(properties().values(), answer["meta"], strict=True):
        assert ("type" in about) == (one.format == "party")
        keys = {"text": {"str"}, "date": {"date"}, "party": {"id", "name"}}[one.format]
        cells = [cell for row in answer["rows"].values() for cell in row[one.id]]
        assert all(set(cell) in (keys, set()) for cell in cells)


def test_the_cells_are_those_of_the_resolution(client: TestClient, store: Store) -> None:
    table = resolve_all(store, today()).to_dicts()
    assert {row["entity"] for row in table} >= set(EVERY)
    rows = extended(
        client, [row["entity"] for row in table], "resolutionStatus", "headquarteredIn", "possibleUltimateParent"
    )["rows"]
    for row in table:
        cells = rows[row["entity"]]
        assert [cell["str"] for cell in cells["resolutionStatus"]] == [row["status"]]
        assert ";".join(cell["str"] for cell in cells["headquarteredIn"]) == (row["hq_country"] or "")
        assert ";".join(cell["id"] for cell in cells["possibleUltimateParent"]) == (row["ultimate_parents"] or "")


def test_places_of_several_parents_stay_side_by_side(tmp_path: Path) -> None:
    parties = [entity(A, "A AG"), entity(T, "T AG", "FR"), entity(S, "S AG", None)]
    make_store(
        tmp_path / "joint",
        entities=parties,
        relationships=[relationship(A, T, "UltimateConsolidation"), relationship(A, S, "UltimateConsolidation")],
    )
    rows = extended(
        client_of(Store.open(tmp_path / "joint")),
        [A],
        "possibleUltimateParent",
        "possibleUltimateParentHeadquarteredIn",
        "hasUltimateParent",
    )["rows"][A]
    assert [cell["id"] for cell in rows["possibleUltimateParent"]] == [S, T]
    assert rows["possibleUltimateParentHeadquarteredIn"] == [{}, {"str": "FR"}]
    assert rows["hasUltimateParent"] == []


def test_a_limit_cuts_and_zero_does_not(client: TestClient) -> None:
    assert values(client, A, ("name", {"limit": "0"})) == values(client, A, ("name", {"limit": 1})) == [[COMPANY]]


COMPANY = "Beispiel Halbleiter GmbH"


@pytest.mark.parametrize(
    "wanted",
    [
        {"id": "colour"},
        {"id": "country"},
        {"id": "name", "settings": {"limit": "many"}},
        {"id": "name", "settings": {"limit": -1}},
        {"id": "hasUltimateParent", "settings": {"as_of": "yesterday"}},
        {"id": "hasUltimateParent", "settings": {"as_of": "2025-02-30"}},
        {"id": "hasUltimateParent", "settings": {"open_top": "perhaps"}},
        {"id": "hasUltimateParent", "settings": {"test": "guess"}},
    ],
)
def test_settings_that_mean_nothing_are_refused(client: TestClient, wanted: dict[str, Any]) -> None:
    answer = client.post("/reconcile", data={"extend": json.dumps({"ids": [A], "properties": [wanted]})})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["detail"]
