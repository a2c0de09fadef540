"""REST on the ledger: the documents of `topco ledger`, who may write, retries, two who want the same remainder."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from fastapi.testclient import TestClient

from served_sample import TOKEN, client, writing_client

WRITES = ("reservations", "commitments", "releases", "corrections", "expirations")
RESERVATION: dict[str, Any] = {
    "kind": "country",
    "country": "IN",
    "tpp": "100.5",
    "determination": "det:1",
    "as_of": "2025-06-01",
    "author": "ann",
}
BODIES: dict[str, dict[str, Any]] = {
    "reservations": RESERVATION,
    "commitments": {"entry": 1},
    "releases": {"entry": 1},
    "corrections": {"entry": 2, "tpp": "1", "reason": "typing error"},
    "expirations": {},
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def writer(store: Path) -> TestClient:
    return writing_client(store)


def post(writer: TestClient, what: str, body: dict[str, Any], status: int = 201) -> Any:
    answer = writer.post(f"/api/v1/ledger/{what}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def get(reader: TestClient, what: str, **asked: Any) -> Any:
    answer = reader.get(f"/api/v1/ledger/{what}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def lines(run: Run, store: Path, *arguments: object) -> list[dict[str, Any]]:
    out = run("ledger", *arguments, "--store", store, "--format", "json")[1]
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("what", WRITES)
def test_who_only_reads_writes_nothing(store: Path, what: str) -> None:
    reading = client(store, token=TOKEN)
    answer = reading.post(f"/api/v1/ledger/{what}", json=BODIES[what], headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert not store.exists()


@pytest.mark.parametrize("what", WRITES)
def test_without_the_token_nothing_is_written(store: Path, what: str) -> None:
    assert client(store, write=True, token=TOKEN).post(f"/api/v1/ledger/{what}", json=BODIES[what]).status_code == 401
    assert not store.exists()


@pytest.mark.parametrize("what", WRITES)
def test_a_page_of_another_site_writes_nothing_with_the_token(store: Path, writer: TestClient, what: str) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    assert writer.post(f"/api/v1/ledger/{what}", json=BODIES[what], headers=headers).status_code == 403
    assert not store.exists()


def test_from_reservation_to_correction_as_the_command_tells_it(run: Run, store: Path, writer: TestClient) -> None:
    reserved = post(writer, "reservations", {**RESERVATION, "expires": "2025-07-01"})
    assert (reserved["number"], reserved["remaining_tpp"], reserved["author"]) == (1, "789999899.5", "ann")
    day = {"as_of": "2025-06-02"}
    assert post(writer, "commitments", {"entry": 1, "tpp": "50", **day})["author"] == "server"
    post(writer, "releases", {"entry": 1, "tpp": "10.5", **day})
    corrected = post(writer, "corrections", {"entry": 2, "tpp": 40, "reason": "typing error", **day})
    assert (corrected["tpp"], corrected["over"]) == ("-10", [])
    (expired,) = post(writer, "expirations", {"as_of": "2025-07-01"}, status=200)
    assert (expired["operation"], expired["tpp"]) == ("expire", "40")
    assert post(writer, "expirations", {"as_of": "2025-07-01"}, status=200) == []
    assert get(writer, "entries") == lines(run, store, "entries")
    assert get(writer, "entries", as_of="2025-06-01") == lines(run, store, "entries", "--as-of", "2025-06-01")
    assert get(writer, "balances", as_of="2025-07-01") == lines(run, store, "balance", "--as-of", "2025-07-01")
    (balance,) = get(writer, "balances", account="country/-/IN/2025-2027", as_of="2025-07-01")
    assert (balance["reserved_tpp"], balance["committed_tpp"]) == ("0", "40")
    assert get(writer, "head") == json.loads(run("ledger", "head", "--store", store, "--format", "json")[1])
    assert get(writer, "verify") == json.loads(run("ledger", "verify", "--store", store, "--format", "json")[1])
    assert get(writer, "verify", head="f" * 64)["findings"]


def test_a_correction_beyond_the_limit_names_the_account(writer: TestClient) -> None:
    post(writer, "reservations", RESERVATION)
    post(writer, "commitments", {"entry": 1, "as_of": "2025-06-02"})
    wrong = {"entry": 2, "tpp": "790000001", "reason": "more came", "as_of": "2025-06-03"}
    refused = post(writer, "corrections", wrong, status=409)
    assert "TPP remain" in refused["detail"]
    assert post(writer, "corrections", {**wrong, "beyond_limit": True})["over"] == ["country/-/IN/2025-2027"]


def test_a_request_repeated_under_its_key_enters_nothing_twice(writer: TestClient) -> None:
    keyed = {**RESERVATION, "tpp": "780000000", "key": "order 4711"}
    first = post(writer, "reservations", keyed)
    again = post(writer, "reservations", keyed, status=200)
    assert (first["again"], again["again"], again["number"]) == (False, True, first["number"])
    other = post(writer, "reservations", {**keyed, "tpp": "1"}, status=409)
    assert "another request" in other["detail"]
    assert len(get(writer, "entries")) == 1


def test_of_two_who_want_the_same_remainder_one_gets_it(writer: TestClient) -> None:
    post(writer, "reservations", {**RESERVATION, "tpp": "789999900"})

    def ask(number: int) -> int:
        body = {**RESERVATION, "tpp": "60", "determination": f"det:{number}"}
        return writer.post("/api/v1/ledger/reservations", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(ask, range(8)))
    assert statuses == [201, *[409] * 7]
    (balance,) = get(writer, "balances", as_of="2025-06-01")
    assert balance["remaining_tpp"] == "40"
    assert get(writer, "verify")["findings"] == []


def test_the_same_key_at_the_same_time_is_entered_once(writer: TestClient) -> None:
    body = {**RESERVATION, "key": "one"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: writer.post("/api/v1/ledger/reservations", json=body), range(8)))
    statuses = sorted(one.status_code for one in answers)
    assert statuses == [*[200] * 7, 201]
    assert len(get(writer, "entries")) == 1


def test_whose_limit_is_not_known_is_no_bad_input(run: Run, store: Path, writer: TestClient) -> None:
    asked = {"kind": "lpp", "tpp": "5", "determination": "det:1", "party": "X:1", "as_of": "2025-06-01"}
    refused = post(writer, "reservations", asked, status=422)
    lpp = ("ledger", "reserve", "lpp", "--tpp", "5", "--determination", "det:1", "--party", "X:1")
    assert refused["detail"] in run(*lpp, "--as-of", "2025-06-01", "--store", store)[2]
    assert "reason" in post(writer, "reservations", {**asked, "group": "X:top"}, status=400)["detail"]
    assert post(writer, "reservations", {**asked, "group": "X:top", "reason": "annual report"})["group"] == "X:top"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"tpp": "many"}, 400),
        ({"tpp": "-1"}, 400),
        ({"tpp": 0.1}, 422),
        ({"tpp": True}, 422),
        ({"tpp": "0.00001"}, 400),
        ({"country": "Atlantis"}, 400),
        ({"country": None}, 400),
        ({"determination": "two\nlines"}, 400),
        ({"author": "\u202eann"}, 400),
        ({"kind": "moon"}, 422),
        ({"as_of": "soon"}, 422),
        ({"country": "DE"}, 400),
    ],
)
def test_bad_input_is_refused_with_words(writer: TestClient, change: dict[str, Any], status: int) -> None:
    answer = writer.post("/api/v1/ledger/reservations", json={**RESERVATION, **change})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert get(writer, "entries") == []


def test_entries_that_are_not_there(writer: TestClient) -> None:
    assert "no reservation" in post(writer, "commitments", {"entry": 7}, status=400)["detail"]
    post(writer, "reservations", RESERVATION)
    assert post(writer, "commitments", {"entry": 1, "tpp": "101", "as_of": "2025-06-02"}, status=409)["title"]
    assert writer.get("/api/v1/ledger/balances", params={"account": "lpp/X/-/2026"}).status_code == 404


def test_a_reason_that_would_be_a_formula_is_text_in_csv(writer: TestClient) -> None:
    post(writer, "reservations", {**RESERVATION, "reason": "=HYPERLINK(A1)"})
    text = writer.get("/api/v1/ledger/entries", params={"format": "csv"}).text
    assert ",'=HYPERLINK(A1)," in text
