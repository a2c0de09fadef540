"""Pages of screening without a script: upload, check, progress, results, keeping, re-check; what files say is text."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

import pytest
from fastapi.testclient import TestClient
from html_pages import HTML, headings, parsed, tables, text_of
from httpx import Response

from served_sample import TOKEN, client
from small_store import add_german, lei
from topco.application.application import Application
from topco.server.jobs.files import ORDERS
from topco.server.jobs.manager import Jobs
from topco.server.jobs.states import Kind
from topco.server.workbench.case_state import state_of_query

HEAD = "order_id,date,activity,destination,consignee,eccn,quantity_tpp,transaction.end_use,note\n"
PAGE = {"Accept": "text/html"}
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return add_german(tmp_path_factory.mktemp("screening") / "store", "CN")


@contextmanager
def serving(store: Path) -> Iterator[TestClient]:
    """A server that may be written to, for somebody who is not signed in."""
    made = client(store, write=True, token=TOKEN)
    made.headers.update(PAGE)
    yield made
    made.app.state.jobs.close()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[TestClient]:
    with serving(store) as made:
        yield made


def orders(count: int = 60) -> bytes:
    rows = [f"O{n},2025-06-01,export,DE,{lei('A')},3A090.a,{n},data_centre;resale,{EVIL}\n" for n in range(count)]
    rows += [f"twice,2025-06-01,export,DE,{lei('A')},3A090.a,{n},resale,\n" for n in (4, 5)]
    return (HEAD + "".join(rows) + f"{EVIL},never,export,DE,{EVIL},3A090.a,1,,\n").encode()


def page_of(answer: Response) -> Element:
    """The page, which is a strict one with one heading of the first level."""
    tree = parsed(answer.text)
    assert [level for level, _ in headings(tree)].count(1) == 1
    assert EVIL not in answer.text
    assert not [one for one in tree.iter(f"{HTML}script") if one.get("src") is None]
    return tree


def upload(server: TestClient, content: bytes, name: str = "desk.csv") -> Response:
    answer = server.post("/screening", files={"orders": (name, content, "text/csv")})
    return settled(server, answer.url.path)


def settled(server: TestClient, address: str) -> Response:
    """The page of a job once it has ended."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        answer = server.get(address)
        if "data-events" not in answer.text:
            return answer
        time.sleep(0.1)
    raise AssertionError("the job did not end")


@pytest.fixture(scope="module")
def results(server: TestClient) -> str:
    """The address of the results of a run."""
    return screened(server)


def screened(server: TestClient) -> str:
    checked = upload(server, orders())
    answer = server.post(f"{checked.url.path}/run", data={"as_of": "", "reading": "", "open_top": "strict"})
    return settled(server, answer.url.path).url.path


def test_the_first_page_says_what_to_do(server: TestClient) -> None:
    tree = page_of(server.get("/screening"))
    (file,) = [one for one in tree.iter(f"{HTML}input") if one.get("type") == "file"]
    labels = {one.get("for"): text_of(one) for one in tree.iter(f"{HTML}label")}
    assert labels[file.get("id")] == "A file of orders"
    sample = server.get("/screening/sample")
    assert sample.content.startswith(b"order_id,")
    tried = server.post("/screening/sample")
    assert "27 rows can be screened" in text_of(page_of(settled(server, tried.url.path)))


def test_columns_are_checked_before_anything_is_answered(server: TestClient) -> None:
    tree = page_of(upload(server, orders(2)))
    assert "5 rows can be screened. Nothing is answered yet." in text_of(tree)
    columns = {row[0]: row[1:] for row in tables(tree)["Columns"][1:]}
    assert columns["transaction.end_use"] == ["transaction.end_use", "4", "data_centre;resale"]
    assert columns["note"][0] == "carried along"
    assert server.get("/api/v1/screenings").json()[0]["kind"] == "check"


def test_a_file_that_cannot_be_screened_says_why(server: TestClient) -> None:
    lacking = page_of(upload(server, b"order_id,colour\n1,red\n"))
    assert "The order file lacks the columns activity, destination, consignee, eccn." in text_of(lacking)
    assert not [one for one in lacking.iter(f"{HTML}button") if text_of(one) == "Screen these orders"]
    broken = page_of(upload(server, b"\xff\xd8\xff"))
    assert "The file is not UTF-8 (line 1). Save it as UTF-8; in Excel as “CSV UTF-8”." in text_of(broken)
    empty = server.post("/screening", files={"orders": ("a.csv", b"", "text/csv")})
    assert empty.status_code == 400
    assert "The file is empty." in text_of(page_of(empty))


def test_progress_is_shown_without_a_script_and_can_be_cancelled(server: TestClient) -> None:
    jobs: Jobs = server.app.state.jobs  # type: ignore[attr-defined]
    folder = jobs.new_folder()
    os.mkfifo(folder / ORDERS)
    job = jobs.submit(Kind.SCREENING, folder, name=EVIL, options={}).id
    answer = server.get(f"/screening/{job}")
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in answer.text
    tree = page_of(answer)
    assert len(list(tree.iter(f"{HTML}progress"))) == 1
    (place,) = [one for one in tree.iter(f"{HTML}div") if one.get("data-events")]
    assert place.get("data-events") == f"/api/v1/screenings/{job}/events"
    cancelled = server.post(f"/screening/{job}/cancel")
    assert "Cancelled. Nothing of it is left." in text_of(page_of(cancelled))
    gone = server.post(f"/screening/{job}/remove")
    assert gone.url.path == "/screening"
    assert server.get(f"/screening/{job}").status_code == 404


def test_results_are_what_the_command_says_a_page_at_a_time(server: TestClient, results: str) -> None:
    tree = page_of(server.get(results))
    (rows,) = [rows for caption, rows in tables(tree).items() if caption.startswith("Rows 1 to 50 of 63")]
    order, goods, parties, answer, exceptions, reason = rows[1]
    assert order.startswith("O0")
    assert "3A090.a, 0 TPP to Germany (DE)" in goods
    assert "ultimate parent in China (CN)" in parties
    assert "presumption of denial" in answer
    assert "does not apply" in exceptions
    assert "headquartered in China" in reason
    second = page_of(server.get(results, params={"page": "2"}))
    assert any(caption.startswith("Rows 51 to 63 of 63") for caption in tables(second))
    assert [text_of(one) for one in second.iter(f"{HTML}a") if one.get("rel") == "prev"] == ["Previous page"]


@pytest.mark.parametrize(
    ("query", "caption"),
    [
        ({"status": "refused"}, "Rows 1 to 1 of 1 that fit"),
        ({"text": "O5", "status": "answered", "sort": "-quantity_tpp"}, "Rows 1 to 11 of 11 that fit"),
        ({"destination": "DE", "review_policy": "", "exception": ""}, "Rows 1 to 50 of 63 that fit"),
        ({"status": "not_modelled"}, None),
        ({"page": "99"}, None),
    ],
)
def test_filters_are_the_address(server: TestClient, results: str, query: dict[str, str], caption: str | None) -> None:
    tree = page_of(server.get(results, params=query))
    found = [one for one in tables(tree) if one.startswith("Rows ") and " of " in one]
    assert found == ([caption] if caption else [])
    chosen = {
        one.get("name"): option.get("value")
        for one in tree.iter(f"{HTML}select")
        for option in one.iter(f"{HTML}option")
        if option.get("selected") is not None
    }
    offered = {"status": {"answered", "refused", "undetermined"}}
    for name, value in query.items():
        if name in chosen and value in offered.get(name, {value}):
            assert chosen[name] == value or not value


def test_the_link_of_an_order_asks_the_same_case(server: TestClient, results: str, store: Path) -> None:
    tree = page_of(server.get(results, params={"text": "O7"}))
    (link,) = [str(one.get("href")) for one in tree.iter(f"{HTML}a") if str(one.get("href")).startswith("/case?")]
    state = state_of_query(link.partition("?")[2])
    assert not state.errors
    assert state.read.case is not None
    text = state.read.case.model_dump_json(exclude_none=True)
    determined = Application(store).cases.determine(text, state.asked)[0].answer
    row = next(
        one
        for one in server.get(f"/api/v1{results.replace('/screening', '/screenings')}/result?format=json").iter_lines()
        if '"O7"' in one
    )
    assert determined["id"] in row, "it has the identifier that the run gave it"


def test_the_link_of_a_case_holds_what_the_run_was_asked(server: TestClient) -> None:
    content = (
        f"order_id,activity,destination,consignee,eccn,reading\n1,export,DE,{lei('A')},3A090.a,codified\n".encode()
    )
    checked = upload(server, content)
    asked = {"as_of": "2025-06-01", "reading": "article", "open_top": "as-recorded"}
    run = settled(server, server.post(f"{checked.url.path}/run", data=asked).url.path)
    links = [str(one.get("href")) for one in page_of(run).iter(f"{HTML}a")]
    (link,) = [one for one in links if one.startswith("/case?")]
    assert dict(parse_qsl(link.partition("?")[2])) == {
        "order_id": "1",
        "activity": "export",
        "destination": "DE",
        "consignee": lei("A"),
        "eccn": "3A090.a",
        **asked,
    }
    assert any(one.startswith(f"/entity/{lei('A')}?as_of=2025-06-01") for one in links)


def test_rows_of_one_order_lead_to_the_case_with_the_whole_quantity(server: TestClient, results: str) -> None:
    tree = page_of(server.get(results, params={"text": "twice"}))
    links = [str(one.get("href")) for one in tree.iter(f"{HTML}a") if str(one.get("href")).startswith("/case?")]
    assert [re.findall(r"quantity_tpp=(\d+)", one) for one in links] == [["9"], ["9"]]


def test_refused_rows_lead_to_no_case(server: TestClient, results: str) -> None:
    tree = page_of(server.get(results, params={"status": "refused"}))
    assert not [one for one in tree.iter(f"{HTML}a") if str(one.get("href")).startswith("/case?")]
    assert EVIL in text_of(tree), "it is shown, as text"


def test_counts_stand_as_tables_beside_plots(server: TestClient, results: str) -> None:
    found = tables(page_of(server.get(results)))
    outcomes = found["Rows by status, requirement and review policy"]
    assert ["answered", "yes", "presumption of denial", "62"] in outcomes


def test_keeping_is_offered_to_who_may_write_and_a_recheck_shows_why(tmp_path: Path) -> None:
    store = add_german(tmp_path / "store", "CN")
    with serving(store) as server:
        results = screened(server)
        assert "Sign in" in text_of(page_of(server.get(results)))
        assert server.post(f"{results}/keep", data={"author": "ann"}).status_code == 401
        server.post("/sign-in", data={"token": TOKEN})
        kept = server.post(f"{results}/keep", data={"author": "ann", "note": EVIL})
        assert "The run is rec:1; its answered rows follow up to rec:63." in text_of(
            page_of(settled(server, kept.url.path))
        )
        add_german(store, "DE", date(2025, 4, 2))
        asked = {"run": "rec:1", "case": "O7", "since": "", "outcome": "denial_presumption denial_policy"}
        checked = server.post("/screening/recheck", data=asked)
        tree = page_of(settled(server, checked.url.path))
        assert "1 record determined again, 1 with another answer." in text_of(tree)
        rows = tables(tree)["Records whose answer would be another"]
        policy = next(row for row in rows if row[2] == "review policy")
        assert policy[3:5] == ["presumption of denial", "presumption of approval"]
        assert policy[0] == "rec:9"
        none = server.post("/screening/recheck", data={"case": "nobody's"})
        assert "No kept case fits what was asked" in text_of(page_of(settled(server, none.url.path)))
        wrong = server.post("/screening/recheck", data={"run": "mine"})
        assert wrong.status_code == 400
        assert "mine names no screening run." in text_of(page_of(wrong))


def test_pages_of_other_sites_start_nothing(server: TestClient, results: str) -> None:
    jobs = server.get("/api/v1/screenings").json()
    headers = {"Origin": "https://elsewhere.example"}
    for address in ("/screening", "/screening/sample", "/screening/recheck", f"{results}/run", f"{results}/remove"):
        assert server.post(address, headers=headers).status_code == 403
    assert server.get("/api/v1/screenings").json() == jobs
