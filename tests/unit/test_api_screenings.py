"""REST: screening as a job, with progress events and cancel; uploads that must not get in, cells that must not run."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from served_sample import BASE, TOKEN, client
from small_store import add_german, lei
from topco.application.application import Application
from topco.server.app import create_app
from topco.server.jobs.files import ORDERS
from topco.server.jobs.manager import Jobs
from topco.server.jobs.states import Kind
from topco.server.settings import Settings

HEAD = "order_id,date,activity,destination,consignee,eccn,quantity_tpp,=note\n"
ADDRESS = "/api/v1/screenings"
CSV = {"content-type": "text/csv"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return add_german(tmp_path / "store", "CN")


@pytest.fixture
def server(store: Path) -> Iterator[TestClient]:
    """A server that may be written to, for somebody without a token."""
    made = client(store, write=True, token=TOKEN, upload_bytes=1_000_000)
    yield made
    jobs_of(made).close()


def orders(count: int = 3) -> bytes:
    rows = [f"O{n},2025-06-01,export,DE,{lei('A')},3A090.a,{n},=1+1\n" for n in range(count)]
    return (HEAD + "".join(rows) + "bad,never,export,DE,,3A090.a,1,@x\n").encode()


def jobs_of(server: TestClient) -> Jobs:
    jobs: Jobs = server.app.state.jobs  # type: ignore[attr-defined]
    return jobs


def ended(server: TestClient, address: str, seconds: float = 120) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found: dict[str, Any] = server.get(address).json()
        if found["state"] not in ("queued", "running"):
            return found
        time.sleep(0.1)
    raise AssertionError("the job did not end")


@pytest.fixture
def screened(server: TestClient) -> str:
    """The address of a finished run."""
    answer = server.post(ADDRESS, content=orders(), headers=CSV, params={"name": "desk.csv"})
    assert answer.status_code == 202, answer.text
    address = str(answer.headers["location"])
    assert address == f"{ADDRESS}/{answer.json()['id']}"
    found = ended(server, address)
    assert (found["state"], found["name"]) == ("done", "desk.csv")
    return address


def test_a_file_is_screened_as_a_form_or_as_it_is(server: TestClient, screened: str) -> None:
    form = server.post(ADDRESS, files={"orders": ("desk.csv", orders(), "text/csv")})
    other = ended(server, form.headers["location"])
    one = server.get(screened).json()
    assert (other["rows"], other["counts"], other["keys"]) == (one["rows"], one["counts"], one["keys"])
    assert one["counts"] == {"answered": 3, "refused": 1, "review_policy=denial_presumption": 3}
    results = [server.get(f"{at}/result?raw=true").content for at in (screened, form.headers["location"])]
    assert results[0] == results[1]


def test_json_lines_and_options(server: TestClient) -> None:
    row = {"order_id": 1, "activity": "export", "destination": "DE", "consignee": lei("A"), "eccn": "3A090.a"}
    answer = server.post(
        ADDRESS,
        content=json.dumps(row).encode(),
        headers={"content-type": "application/x-ndjson"},
        params={"as_of": "2025-06-01", "rules_as_of": "2025-06-01", "reading": "article", "open_top": "as-recorded"},
    )
    asked = {"as_of": "2025-06-01", "rules_as_of": "2025-06-01", "reading": "article", "open_top": "as-recorded"}
    assert answer.json()["options"] == asked
    found = ended(server, answer.headers["location"])
    assert found["state"] == "done", found
    (line,) = server.get(f"{answer.headers['location']}/result?format=json").text.splitlines()
    assert json.loads(line)["order_id"] == "1"


def test_progress_comes_as_events_and_ends_with_the_state(server: TestClient) -> None:
    address = server.post(ADDRESS, content=orders(), headers=CSV).headers["location"]
    with server.stream("GET", f"{address}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in stream.iter_lines() if line]
    kinds = [line.removeprefix("event: ") for line in lines[::2]]
    documents = [json.loads(line.removeprefix("data: ")) for line in lines[1::2]]
    assert set(kinds[:-1]) <= {"progress"}
    assert kinds[-1] == "end"
    assert documents[-1]["state"] == "done"
    assert any(one.get("progress", {}).get("phase") for one in documents)


def test_only_the_columns_are_checked_and_the_same_file_is_screened_after(server: TestClient) -> None:
    answer = server.post(f"{ADDRESS}?check_only=true", content=orders(), headers=CSV)
    found = ended(server, answer.headers["location"])
    assert found["kind"] == "check"
    assert found["check"]["carried"] == ["=note"]
    assert server.get(f"{answer.headers['location']}/result").status_code == 404
    after = server.post(f"{answer.headers['location']}/runs", params={"reading": "article"})
    assert after.status_code == 202
    run = ended(server, after.headers["location"])
    assert (run["of"], run["options"], run["rows"]) == (found["id"], {"reading": "article"}, 4)


def test_results_are_filtered_in_every_form(server: TestClient, screened: str) -> None:
    text = server.get(f"{screened}/result", params={"status": "refused", "raw": True}).text
    assert [row["order_id"] for row in csv.DictReader(io.StringIO(text))] == ["bad"]
    lines = server.get(f"{screened}/result", params={"format": "json", "text": "o2"}).text.splitlines()
    assert [json.loads(line)["order_id"] for line in lines] == ["O2"]
    for params in ({}, {"destination": "DE"}):
        parquet = server.get(f"{screened}/result", params={"format": "parquet", **params})
        assert parquet.content[:4] == b"PAR1"
        assert parquet.headers["content-disposition"] == 'attachment; filename="desk-screened.parquet"'
    assert server.get(f"{screened}/result", params={"format": "xlsx"}).status_code == 422


def test_downloads_hold_no_formula_unless_the_exact_bytes_are_asked_for(server: TestClient, screened: str) -> None:
    def cells(address: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(server.get(address).text)))

    safe, exact = cells(f"{screened}/result"), cells(f"{screened}/result?raw=true")
    assert [row[7] for row in exact] == ["=note", "=1+1", "=1+1", "=1+1", "@x"]
    assert [row[7] for row in safe] == ["'=note", "'=1+1", "'=1+1", "'=1+1", "'@x"]
    assert [row[6] for row in safe] == [row[6] for row in exact], "numbers stay numbers"
    hurt = server.post(ADDRESS, content=orders().replace(b"never", b"=cmd|x"), headers=CSV).headers["location"]
    ended(server, hurt)
    assert cells(f"{hurt}/rejects")[1][2] == "'=cmd|x"
    assert cells(f"{hurt}/rejects?raw=true")[1][2] == "=cmd|x"


def test_the_report_and_the_refused_rows(server: TestClient, screened: str) -> None:
    page = server.get(f"{screened}/report")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "desk.csv" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    rows = list(csv.reader(io.StringIO(server.get(f"{screened}/rejects").text)))
    assert rows[0] == ["row", "column", "value", "reason"]
    assert [row[:3] for row in rows[1:]] == [["5", "date", "never"]]


def test_a_job_is_cancelled_and_a_finished_one_removed(server: TestClient, screened: str) -> None:
    folder = jobs_of(server).new_folder()
    os.mkfifo(folder / ORDERS)
    running = jobs_of(server).submit(Kind.SCREENING, folder, name="stuck.csv", options={}).id
    waiting = server.post(ADDRESS, content=orders(), headers=CSV).headers["location"]
    assert server.get(f"{waiting}/result").status_code == 409
    assert server.delete(waiting).status_code == 204
    assert server.get(waiting).json()["state"] == "cancelled"
    assert server.delete(f"{ADDRESS}/{running}").status_code == 204
    assert server.get(f"{ADDRESS}/{running}").json()["state"] == "cancelled"
    assert server.delete(screened).status_code == 204
    assert server.get(screened).status_code == 404
    assert {one["state"] for one in server.get(ADDRESS).json()} == {"cancelled"}


def test_keeping_needs_the_token_and_a_recheck_says_what_flipped(
    server: TestClient, store: Path, screened: str
) -> None:
    assert server.post(f"{screened}/records").status_code == 401
    server.headers["Authorization"] = f"Bearer {TOKEN}"
    answer = server.post(f"{screened}/records", params={"author": "ann", "note": "=why"})
    assert answer.status_code == 202
    kept = ended(server, answer.headers["location"])
    assert kept["kept"]["records"] == 4, kept
    add_german(store, "DE", date(2025, 4, 2))
    refused = ended(server, server.post(f"{screened}/records").headers["location"])
    assert refused["state"] == "failed"
    assert "store changed" in refused["problem"]["detail"]
    recheck = server.post("/api/v1/rechecks", params={"outcome": "denial_presumption", "run": "rec:1"})
    address = recheck.headers["location"]
    assert address.startswith("/api/v1/rechecks/")
    found = ended(server, address)
    assert (found["checked"], found["flips"]) == (3, 3)
    flips = [json.loads(line) for line in server.get(f"{address}/result").text.splitlines()]
    assert {(one["old"]["review_policy"], one["new"]["review_policy"]) for one in flips} == {
        ("denial_presumption", "approval")
    }
    rows = list(csv.DictReader(io.StringIO(server.get(f"{address}/result?format=csv").text)))
    assert [row["record"] for row in rows] == ["rec:2", "rec:3", "rec:4"]
    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell.startswith(("+", "-")) for cell in cells)
    assert any(cell.startswith(("'+", "'-")) for cell in cells)
    assert server.get("/api/v1/rechecks").json()[0]["id"] == found["id"]
    assert server.get(f"{ADDRESS}/{found['id']}").status_code == 404, "a re-check is no screening"
    assert server.delete(address).status_code == 204
    assert server.post("/api/v1/rechecks", params={"run": "everything"}).status_code == 422


@pytest.mark.parametrize(
    ("name", "label"),
    [("../../x.csv", "x.csv"), ("/etc/cron.d/x", "x"), ("C:\\x\\y.csv", "y.csv"), ("a%00b.csv", "a00b.csv")],
)
def test_names_from_elsewhere_never_become_paths(server: TestClient, name: str, label: str) -> None:
    found = server.post(ADDRESS, files={"orders": (name, orders(), "text/csv")}).json()
    assert found["name"] == label
    assert [one.name for one in jobs_of(server).get(found["id"]).folder.parent.iterdir()] == [found["id"]]


def test_a_name_with_nul_is_a_label_without_it(server: TestClient) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="orders"; filename="a\x00b.csv"\r\n\r\n'
        + orders()
        + b"\r\n--b--\r\n"
    )
    answer = server.post(ADDRESS, content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert (answer.status_code, answer.json()["name"]) == (202, "ab.csv")
    assert server.post(ADDRESS, content=orders(), headers=CSV, params={"name": "a\x00b"}).json()["name"] == "ab"


def chunks(size: int) -> Iterator[bytes]:
    """A body that does not say how long it is."""
    for _ in range(size // 10_000):
        yield b"x" * 10_000


def form_chunks(size: int) -> Iterator[bytes]:
    yield b'--b\r\nContent-Disposition: form-data; name="orders"; filename="a.csv"\r\n\r\n'
    yield from chunks(size)
    yield b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    ("body", "kind"), [(chunks, "text/csv"), (form_chunks, "multipart/form-data; boundary=b")], ids=["raw", "form"]
)
def test_what_is_too_large_is_refused_while_it_comes(server: TestClient, body: Any, kind: str) -> None:
    taken = 0

    def counted() -> Iterator[bytes]:
        nonlocal taken
        for part in body(50_000_000):
            taken += len(part)
            yield part

    answer = server.post(ADDRESS, content=counted(), headers={"content-type": kind})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(jobs_of(server).folder.iterdir()) == []
    said = server.post(ADDRESS, content=b"x", headers={**CSV, "content-length": "500000001"})
    assert said.status_code == 413


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"content": b"", "headers": CSV}, 400),
        ({"content": orders(), "headers": {"content-type": "image/png"}}, 415),
        ({"content": orders()}, 415),
        ({"content": orders(), "headers": {"content-type": "multipart/form-data"}}, 400),
        ({"content": b"junk", "headers": {"content-type": "multipart/form-data; boundary=b"}}, 400),
        ({"files": {"orders": ("a.csv", b"", "text/csv")}}, 400),
        ({"files": [("orders", ("a.csv", orders())), ("orders", ("b.csv", orders()))]}, 400),
        ({"files": [("orders", ("a.csv", orders())), ("more", ("b.csv", orders()))]}, 400),
        ({"files": {"other": ("a.csv", orders())}}, 400),
        ({"data": {"orders": "a,b"}, "files": {"other": ("a.csv", orders())}}, 400),
        ({"files": {"orders": ("a.csv", orders())}, "params": {"as_of": "yesterday"}}, 422),
        ({"content": orders(), "headers": CSV, "params": {"reading": "mine"}}, 422),
        ({"content": orders(), "headers": {**CSV, "Origin": "https://elsewhere.example"}}, 403),
        ({"files": {"orders": ("a.csv", orders())}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
    ],
)
def test_what_is_no_upload_is_refused_and_leaves_nothing(
    server: TestClient, request_: dict[str, Any], status: int
) -> None:
    answer = server.post(ADDRESS, **request_)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert server.get(ADDRESS).json() == []
    assert list(jobs_of(server).folder.iterdir()) == []


def test_only_the_upload_itself_may_be_large(server: TestClient, screened: str) -> None:
    large = b"x=" + b"y" * 2_500_000
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert server.post(f"{screened}/runs", content=large, headers=headers).status_code == 413


@pytest.mark.parametrize("job", ["x", "..", "%2e%2e", "a" * 60])
def test_ids_that_are_none(server: TestClient, job: str) -> None:
    for method, address in (("GET", job), ("DELETE", job), ("GET", f"{job}/result"), ("GET", f"{job}/events")):
        assert server.request(method, f"{ADDRESS}/{job}".replace(f"/{job}", f"/{address}")).status_code in (404, 405)


def test_files_that_fail_say_why_with_a_remedy(server: TestClient) -> None:
    answer = server.post(ADDRESS, content="ordé".encode("latin-1"), headers=CSV)
    found = ended(server, answer.headers["location"])
    assert found["state"] == "failed"
    assert found["problem"] == {
        "type": "about:blank",
        "title": "Bad input",
        "status": 400,
        "detail": "The file is not UTF-8 (line 1).",
        "where": "orders.csv",
        "remedy": "Save it as UTF-8; in Excel as “CSV UTF-8”.",
    }
    assert server.get(f"{answer.headers['location']}/result").status_code == 409


def test_the_description_says_what_may_be_sent(server: TestClient) -> None:
    described = server.get("/api/v1/openapi.json").json()["paths"][ADDRESS]["post"]
    assert set(described["requestBody"]["content"]) >= {"multipart/form-data", "text/csv", "application/x-ndjson"}
    assert "Location" in described["responses"]["202"]["headers"]
    assert {"400", "413", "503"} <= set(described["responses"])


def test_the_end_of_the_server_removes_every_file(store: Path) -> None:
    app = create_app(Application(store), Settings())
    with TestClient(app, base_url=BASE) as server:
        folder = jobs_of(server).new_folder()
        os.mkfifo(folder / ORDERS)
        jobs_of(server).submit(Kind.SCREENING, folder, name="stuck.csv", options={})
        server.post(ADDRESS, content=orders(), headers=CSV)
        root = jobs_of(server).folder
        assert root.is_dir()
    assert not root.exists()
    assert jobs_of(server).numbers() == []


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_told_to_end_ends_its_jobs_though_somebody_listens(
    store: Path, tmp_path: Path, told: signal.Signals
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    command = [sys.executable, "-m", "topco.cli.main", "serve", "--store", str(store), "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(folder)})
    assert server.stderr is not None
    base = next(found[0] for line in server.stderr if (found := re.search(r"http://[^ ]+(?=/ )", line)))
    answer = httpx.post(f"{base}{ADDRESS}", content=orders(200_000), headers=CSV, timeout=60)
    with httpx.stream("GET", f"{base}{answer.headers['location']}/events", timeout=60) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: progress"
        assert list(folder.glob("topco-jobs-*/*/orders"))
        server.send_signal(told)
        for _ in lines:  # until the server closes the stream
            pass
    server.wait(timeout=60)
    assert list(folder.glob("topco-jobs-*")) == []
    listed = subprocess.run(["ps", "-eo", "ppid,args"], capture_output=True, text=True, check=True).stdout
    assert str(server.pid) not in {line.split()[0] for line in listed.splitlines()[1:]}
