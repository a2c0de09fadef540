"""Cases that are made to hold a server up."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from served_sample import writing_client
from topco.server.api.cases import MOST_PARTIES

CASE = {"id": "C", "transaction": {"date": "2025-06-01", "activity": "export", "destination": "DE"}}


@pytest.fixture
def writer(tmp_path: Path) -> TestClient:
    return writing_client(tmp_path / "store")


def with_parties(count: int) -> dict[str, object]:
    return {**CASE, "parties": [{"role": "end_user", "name": f"Company {one}"} for one in range(count)]}


@pytest.mark.parametrize("path", ["determinations", "records", "whatif"])
def test_a_case_of_thousands_of_parties_is_refused_at_once(writer: TestClient, path: str) -> None:
    refused = writer.post(f"/api/v1/{path}", json=with_parties(MOST_PARTIES + 1))
    assert refused.status_code == 400
    assert f"{MOST_PARTIES} are the most" in refused.json()["detail"]
    assert writer.get("/api/v1/records").json()["total"] == 0


def test_a_case_of_many_parties_is_answered(writer: TestClient) -> None:
    answered = writer.post("/api/v1/determinations", json=with_parties(MOST_PARTIES))
    assert answered.status_code == 200
    assert answered.json()["determination"]["licence_required"]


def test_a_link_of_hundreds_of_parties_is_refused_in_words(writer: TestClient) -> None:
    pairs = [("transaction.destination", "DE"), *((f"end_user.{one}.name", "x") for one in range(1, MOST_PARTIES + 2))]
    page = writer.get("/case", params=pairs)
    assert page.status_code == 422
    assert f"{MOST_PARTIES} are the most" in page.text


def test_parties_that_are_no_list_are_wrong_and_nothing_else(writer: TestClient) -> None:
    assert writer.post("/api/v1/determinations", json={**CASE, "parties": "x" * 1_000}).status_code == 400


FINE = ["1e-999999999", "0e-999999999", "1e-100000"]


@pytest.mark.parametrize("number", FINE)
@pytest.mark.parametrize("path", ["determinations", "whatif", "records", "classifications"])
def test_a_number_whose_fraction_takes_hours_is_refused(writer: TestClient, path: str, number: str) -> None:
    fact = '"item":{"eccn":"3A090.a","tpp":' if path == "classifications" else '"transaction":{"quantity_tpp":'
    refused = writer.post(
        f"/api/v1/{path}", content=f"{{{fact}{number}}}}}", headers={"Content-Type": "application/json"}
    )
    assert refused.status_code in (200, 201, 400)  # a number of JSON that is so small is none by then
    texted = writer.post(
        f"/api/v1/{path}", content=f'{{{fact}"{number}"}}}}', headers={"Content-Type": "application/json"}
    )
    assert texted.status_code == 400


@pytest.mark.parametrize("number", FINE)
def test_nor_does_a_link_or_a_supposition_say_it(writer: TestClient, number: str) -> None:
    query = {"transaction.destination": "DE", "transaction.quantity_tpp": number}
    page = writer.get("/case", params=query)
    assert page.status_code == 422
    assert "decimals" in page.text
    assert writer.get("/case/whatif", params=query).status_code == 422
    supposed = writer.post("/api/v1/whatif", json=CASE, params={"set": f"transaction.quantity_tpp={number}"})
    assert supposed.status_code == 400
