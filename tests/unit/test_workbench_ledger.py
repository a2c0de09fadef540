"""Pages of the ledger: balances, entries, forms that write only for whom they may, and once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from html_pages import HTML, tables, text_of

from served_sample import TOKEN, client, writing_client
from workbench_pages import BROWSER, SCRIPT, page

FORM = {"kind": "country", "country": "IN", "tpp": "100.5", "determination": "det:1", "as_of": "2025-06-01"}
CHANGES = ("/ledger/reserve", "/ledger/expire", "/ledger/entries/1/commit", "/ledger/entries/1/release")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def writer(store: Path) -> TestClient:
    return writing_client(store)


def send(writer: TestClient, path: str, form: dict[str, str], **headers: str) -> Any:
    return writer.post(path, data=form, headers={**BROWSER, **headers}, follow_redirects=False)


def booked(writer: TestClient, path: str, form: dict[str, str]) -> str:
    """Where a form leads that was entered."""
    answer = send(writer, path, form)
    assert answer.status_code == 303, answer.text[:400]
    return str(answer.headers["location"])


def fields(tree: Any, action: str) -> dict[str, str]:
    """What the form with this action would send."""
    (form,) = [one for one in tree.iter(f"{HTML}form") if one.get("action") == action]
    return {one.get("name"): one.get("value") or "" for one in form.iter(f"{HTML}input")}


@pytest.mark.parametrize("path", CHANGES)
def test_who_only_reads_writes_nothing(store: Path, path: str) -> None:
    reading = client(store, token=TOKEN)
    answer = send(reading, path, FORM, Authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert send(client(store, write=True, token=TOKEN), path, FORM).status_code == 401
    assert send(writing_client(store), path, FORM, Origin="https://elsewhere.example").status_code == 403
    assert not store.exists()


def test_forms_are_shown_to_whom_they_may_serve(store: Path, writer: TestClient) -> None:
    assert "topco serve --write" in text_of(page(client(store), "/ledger"))
    assert "Sign in to reserve" in text_of(page(client(store, write=True, token=TOKEN), "/ledger"))
    assert fields(page(writer, "/ledger"), "/ledger/reserve")["key"]


def test_the_cookie_of_signing_in_writes(store: Path) -> None:
    person = client(store, write=True, token=TOKEN)
    person.post("/sign-in", data={"token": TOKEN})
    headers = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    assert booked_with(person, headers) == "/ledger/entries/1"


def booked_with(person: TestClient, headers: dict[str, str]) -> str:
    answer = send(person, "/ledger/reserve", FORM, **headers)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_from_reservation_to_correction(writer: TestClient) -> None:
    assert booked(writer, "/ledger/reserve", {**FORM, "reason": SCRIPT, "expires": "2025-07-01"}) == "/ledger/entries/1"
    tree = page(writer, "/ledger/entries/1")
    assert "Entry 1: 100.5 TPP reserved" in text_of(tree)
    assert SCRIPT in text_of(tree)
    day = {"as_of": "2025-06-02"}
    assert booked(writer, "/ledger/entries/1/commit", {"tpp": "50", **day}) == "/ledger/entries/2"
    assert booked(writer, "/ledger/entries/1/release", {"tpp": "", **day}) == "/ledger/entries/3"
    corrected = booked(writer, "/ledger/entries/2/correct", {"tpp": "40", "reason": "typing error", **day})
    assert corrected == "/ledger/entries/4"
    assert [row[0] for row in tables(page(writer, "/ledger/entries/1"))["What was booked about it"][1:]] == ["2", "3"]
    (balance,) = tables(page(writer, "/ledger?as_of=2025-06-03"))["Balances in TPP"][1:]
    assert balance[1:6] == ["790,000,000", "0", "40", "0", "789,999,960"]
    assert "every hash holds" in text_of(page(writer, "/ledger/verify"))
    assert booked(writer, "/ledger/expire", {"as_of": "2025-07-01"}) == "/ledger?expired=0"
    assert "nothing was entered" in text_of(page(writer, "/ledger?expired=0"))


def test_a_form_that_is_sent_twice_is_entered_once(writer: TestClient) -> None:
    form = {**FORM, "key": fields(page(writer, "/ledger"), "/ledger/reserve")["key"]}
    first = booked(writer, "/ledger/reserve", form)
    again = booked(writer, "/ledger/reserve", form)
    assert (first, again) == ("/ledger/entries/1", "/ledger/entries/1?again=true")
    assert "nothing was entered" in text_of(page(writer, again))
    assert len(tables(page(writer, "/ledger/entries"))["Entries"]) == 2


def test_what_is_refused_keeps_what_was_typed(writer: TestClient) -> None:
    answer = send(writer, "/ledger/reserve", {**FORM, "tpp": "790000001", "reason": SCRIPT})
    assert answer.status_code == 409
    assert "TPP remain" in answer.text
    assert SCRIPT not in answer.text
    assert 'value="790000001"' in answer.text
    for change, status in (
        ({"tpp": "many"}, 400),
        ({"as_of": "soon"}, 400),
        ({"country": ""}, 400),
        ({"kind": "lpp", "country": "", "party": "X:1"}, 422),
        ({"determination": ""}, 400),
    ):
        assert send(writer, "/ledger/reserve", {**FORM, **change}).status_code == status, change
    assert "The ledger is empty" in text_of(page(writer, "/ledger"))
    booked(writer, "/ledger/reserve", FORM)
    refused = send(writer, "/ledger/entries/1/commit", {"tpp": "101", "as_of": "2025-06-02"})
    assert refused.status_code == 409
    assert 'value="101"' in refused.text
    assert send(writer, "/ledger/entries/7/commit", {}).status_code == 404


def test_a_correction_beyond_the_limit_is_marked(writer: TestClient) -> None:
    booked(writer, "/ledger/reserve", FORM)
    booked(writer, "/ledger/entries/1/commit", {"as_of": "2025-06-02"})
    wrong = {"tpp": "790000001", "reason": "more came", "as_of": "2025-06-03"}
    assert send(writer, "/ledger/entries/2/correct", wrong).status_code == 409
    entry = booked(writer, "/ledger/entries/2/correct", {**wrong, "beyond_limit": "yes"})
    assert "beyond the limit" in text_of(page(writer, entry))
    assert "beyond the limit" in text_of(page(writer, "/ledger?as_of=2025-06-03"))


def test_entries_of_an_account_and_a_day(writer: TestClient) -> None:
    booked(writer, "/ledger/reserve", FORM)
    booked(writer, "/ledger/reserve", {**FORM, "country": "BR", "as_of": "2025-06-05"})
    shown = tables(page(writer, "/ledger/entries?account=country%2F-%2FBR%2F2025-2027"))["Entries"][1:]
    assert [row[0] for row in shown] == ["2"]
    assert [row[0] for row in tables(page(writer, "/ledger/entries?as_of=2025-06-01"))["Entries"][1:]] == ["1"]
    page(writer, "/ledger/entries?account=lpp/X/-/2026", status=404)
    page(writer, "/ledger/entries/9", status=404)
