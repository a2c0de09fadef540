"""What stands before every request: host, origin, token, size; and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from served_sample import TOKEN, client, writing_client
from topco.errors import BadInput
from topco.server.settings import Settings

CASE = {"id": "C", "transaction": {"date": "2025-06-01", "activity": "export", "destination": "DE"}}


@pytest.fixture
def reader(tmp_path: Path) -> TestClient:
    return client(tmp_path / "store")


def test_a_name_that_points_here_from_elsewhere_is_refused(reader: TestClient) -> None:
    answer = reader.get("/api/v1/search", params={"q": "x"}, headers={"Host": "rebound.example"})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8765", "[::1]:8765"])
def test_names_of_this_machine_are_let_in(reader: TestClient, host: str) -> None:
    assert reader.get("/api/v1/openapi.json", headers={"Host": host}).status_code == 200


def test_a_further_name_is_let_in_when_it_is_set(tmp_path: Path) -> None:
    named = client(tmp_path, hosts=("desk.example",))
    assert named.get("/api/v1/openapi.json", headers={"Host": "desk.example"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_posts_nothing(reader: TestClient, headers: dict[str, str]) -> None:
    assert reader.post("/api/v1/determinations", json=CASE, headers=headers).status_code == 403


def test_a_page_of_this_site_posts(reader: TestClient) -> None:
    headers = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    assert reader.post("/api/v1/determinations", json=CASE, headers=headers).status_code == 200


def test_without_write_nothing_is_written_even_with_a_token(tmp_path: Path) -> None:
    reading = client(tmp_path / "store", token=TOKEN)
    answer = reading.post("/api/v1/records", json=CASE, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 403
    assert "--write" in answer.json()["remedy"]
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("shown", [None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x"])
def test_writing_needs_the_token(tmp_path: Path, shown: str | None) -> None:
    writing = client(tmp_path / "store", write=True, token=TOKEN)
    headers = {} if shown is None else {"Authorization": shown}
    assert writing.post("/api/v1/records", json=CASE, headers=headers).status_code == 401
    assert not (tmp_path / "store").exists()


def test_with_the_token_a_record_is_kept(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    answer = writing_client(tmp_path / "store").post("/api/v1/records", json=CASE, params={"note": "a test"})
    assert answer.status_code == 201
    assert answer.json()["record"] == "rec:1"
    assert answer.json()["determination"]["case"] == "C"


def test_signing_in_sets_a_cookie_that_no_script_reads_and_no_other_site_sends(tmp_path: Path) -> None:
    writing = client(tmp_path / "store", write=True, token=TOKEN)
    answer = writing.post("/sign-in", data={"token": TOKEN, "then": "/case"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/case")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN.lower() not in cookie
    (tmp_path / "store").mkdir()
    assert writing.post("/api/v1/records", json=CASE).status_code == 201
    # The cookie comes along with a forged form of another site in old browsers: the origin tells.
    forged = writing.post("/api/v1/records", json=CASE, headers={"Origin": "https://elsewhere.example"})
    assert forged.status_code == 403


def test_a_wrong_token_signs_nobody_in(tmp_path: Path) -> None:
    writing = client(tmp_path, write=True, token=TOKEN)
    answer = writing.post("/sign-in", data={"token": "no", "then": "/"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "This is not the token" in answer.text


def test_signing_in_leads_to_this_server_only(tmp_path: Path) -> None:
    writing = client(tmp_path, write=True, token=TOKEN)
    answer = writing.post("/sign-in", data={"token": TOKEN, "then": "//elsewhere.example"}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_elsewhere_than_on_loopback_reading_needs_the_token(tmp_path: Path) -> None:
    open_to_all = client(tmp_path, host="0.0.0.0", token=TOKEN)
    assert open_to_all.get("/api/v1/openapi.json").status_code == 401
    assert open_to_all.get("/sign-in").status_code == 200
    assert open_to_all.get("/static/topco.css").status_code == 200
    shown = {"Authorization": f"Bearer {TOKEN}"}
    assert open_to_all.get("/api/v1/openapi.json", headers=shown).status_code == 200


@pytest.mark.parametrize(
    "settings",
    [{"host": "0.0.0.0"}, {"host": "desk.example"}, {"write": True}, {"token": "short"}, {"host": "::", "token": ""}],
)
def test_settings_that_would_be_unsafe_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(BadInput) as error:
        Settings(**settings)  # type: ignore[arg-type]
    assert error.value.remedy


def test_a_token_stands_in_no_log(tmp_path: Path) -> None:
    assert TOKEN not in repr(Settings(token=TOKEN))


def test_a_body_that_says_how_large_it_is_is_refused_unread(reader: TestClient) -> None:
    answer = reader.post("/api/v1/determinations", content=b"x", headers={"Content-Length": "3000000"})
    assert answer.status_code == 413


def test_a_body_that_grows_is_cut_off(reader: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"a": "'
        for _ in range(30):
            yield b"x" * 100_000
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    assert reader.post("/api/v1/determinations", content=chunks(), headers=headers).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a":' * 50_000, b"{", b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"1e999999", b'{"a": NaN}'],
)
def test_bodies_that_are_no_case_are_refused_in_words(reader: TestClient, body: bytes) -> None:
    for path in ("determinations", "classifications", "whatif", "verifications", "reports", "explanations"):
        answer = reader.post(f"/api/v1/{path}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), (path, answer.text)
        assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/openapi.json", "/nowhere", "/static/topco.css"])
def test_every_answer_says_what_a_browser_may_do_with_it(reader: TestClient, path: str) -> None:
    headers = reader.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_paths_lead_nowhere_outside_the_static_files(reader: TestClient) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"):
        assert reader.get(path).status_code == 404


def test_pages_that_may_reconcile_may_do_nothing_else(tmp_path: Path) -> None:
    origin = "http://127.0.0.1:3333"
    allowing = client(tmp_path, cors=(origin,))
    queries = {"queries": '{"q0": {"query": "x"}}'}
    assert allowing.post("/reconcile", data=queries, headers={"Origin": origin}).status_code != 403
    assert allowing.post("/reconcile", data=queries, headers={"Origin": "http://elsewhere.example"}).status_code == 403
    assert allowing.post("/api/v1/determinations", json=CASE, headers={"Origin": origin}).status_code == 403
    assert origin in allowing.get("/reconcile").headers["content-security-policy"]
    assert origin not in allowing.get("/sign-in").headers["content-security-policy"]


def test_the_token_itself_is_no_cookie(tmp_path: Path) -> None:
    writing = client(tmp_path / "store", write=True, token=TOKEN)
    assert writing.post("/api/v1/records", json=CASE, headers={"Cookie": f"topco_token={TOKEN}"}).status_code == 401


def test_figures_keep_their_digits_and_a_key_given_twice_is_seen(reader: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    long = b'{"transaction": {"date": "2025-06-01", "quantity_tpp": 1000.00000000000000000000000001}}'
    answer = reader.post("/api/v1/determinations", content=long, headers=headers)
    assert "1000.00000000000000000000000001" in answer.text
    twice = reader.post("/api/v1/determinations", content=b'{"id": "a", "id": "b"}', headers=headers)
    assert twice.status_code == 400
    assert "twice" in twice.json()["detail"]
