"""Jobs: processes beside the server that are queued, told of, cancelled, bounded, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from commands import Run

from small_store import add_german, lei
from topco.application.screening.results import Results, Wanted
from topco.errors import NotFound
from topco.server.jobs.files import FLIPS, ORDERS, REJECTS, REPORT, RESULT, plain_name
from topco.server.jobs.job import JobDocument
from topco.server.jobs.limits import Limits
from topco.server.jobs.manager import Jobs
from topco.server.jobs.states import Kind, State
from topco.server.problem import Refused
from waiting import is_alive, until

HEAD = "order_id,date,activity,destination,consignee,end_user,eccn,quantity_tpp\n"
WAIT = 120.0
# Begins a job that never ends by itself, says where its files are and which process it is, and waits to be killed.
SERVER = """
import os, sys, time
from pathlib import Path
from topco.server.jobs.limits import Limits
from topco.server.jobs.manager import Jobs
from topco.server.jobs.states import Kind

jobs = Jobs(Path(sys.argv[1]), Limits(grace_seconds=0.5))
folder = jobs.new_folder()
os.mkfifo(folder / "orders")
jobs.submit(Kind.CHECK, folder, name="orders.csv", options={})
while not jobs.numbers():
    time.sleep(0.05)
print(jobs.numbers()[0], folder, flush=True)
time.sleep(600)
"""

Make = Callable[..., Jobs]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return add_german(tmp_path / "store", "CN")


@pytest.fixture
def make(store: Path) -> Iterator[Make]:
    """Makes the jobs of a server; afterwards nothing of them may be left."""
    made: list[Jobs] = []

    def make(**limits: Any) -> Jobs:
        made.append(Jobs(store, Limits(**{"grace_seconds": 0.5, **limits})))
        return made[-1]

    yield make
    for one in made:
        folder, numbers = one.folder, one.numbers()
        one.close()
        assert not folder.exists()
        assert not any(map(is_alive, numbers))


def orders(count: int = 4) -> bytes:
    rows = [f"O-{n},2025-06-01,export,DE,{lei('A')},,3A090.a,{1000 + n}\n" for n in range(count)]
    return (HEAD + "".join(rows) + "bad,yesterday,export,DE,,,3A090.a,1\n").encode()


def post(jobs: Jobs, content: bytes, kind: Kind = Kind.SCREENING, name: str = "orders.csv", **options: Any) -> str:
    folder = jobs.new_folder()
    (folder / ORDERS).write_bytes(content)
    return jobs.submit(kind, folder, name=name, options=options).id


def stuck(jobs: Jobs) -> str:
    """A job that reads from a pipe into which nobody writes: it runs until it is ended."""
    folder = jobs.new_folder()
    os.mkfifo(folder / ORDERS)
    found = jobs.submit(Kind.SCREENING, folder, name="orders.csv", options={}).id
    until(lambda: jobs.document(found).progress is not None, WAIT)
    return found


def done(jobs: Jobs, identifier: str) -> JobDocument:
    found = jobs.wait(identifier, WAIT)
    assert found.state is State.DONE, found.problem
    return found


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_job_answers_what_the_command_answers(
    make: Make, run: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_bytes(orders())
    run("screen", "orders.csv", "--store", store, "--output", f"out.{suffix}")
    jobs = make()
    identifier = post(jobs, orders())
    found = done(jobs, identifier)
    folder = jobs.get(identifier).folder
    results = Results(folder / RESULT)
    if suffix == "parquet":
        assert pl.read_parquet(results.path).equals(pl.read_parquet("out.parquet"))
    else:
        form = {"csv": "csv", "jsonl": "json"}[suffix]
        assert b"".join(results.written(form, Wanted())) == Path(f"out.{suffix}").read_bytes()
    assert (folder / REJECTS).read_bytes() == Path("out.rejects.csv").read_bytes()
    assert (found.rows, found.refused, found.counts["answered"]) == (5, 1, 4)
    assert "<h1" in (folder / REPORT).read_text(encoding="utf-8")


def test_a_check_says_what_the_columns_are_and_answers_nothing(make: Make) -> None:
    jobs = make()
    content = (
        b"order_id,activity,destination,consignee,eccn,consignee.foo,colour\n1,export,DE,Some Name Ltd,3A090.a,x,red\n"
    )
    identifier = post(jobs, content, Kind.CHECK)
    check = done(jobs, identifier).check
    assert check is not None
    assert (check["rows"], check["unknown"], check["carried"]) == (1, ["consignee.foo"], ["colour"])
    assert check["parties"][0] == {
        "party": "consignee",
        "columns": ["consignee", "consignee.foo"],
        "identifiers": 0,
        "names": 1,
    }
    assert not check["can_be_screened"]
    assert "consignee.foo" in check["problem"]
    assert not (jobs.get(identifier).folder / RESULT).exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("ordé".encode("latin-1") + orders(), "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
        (b"PAR1 and no more", "no Parquet file"),
        (b"colour\nred\n", "lacks the column"),
        (b"order_id,order_id\n1,2\n", "lacks the column"),
        (HEAD.encode(), "no row below the header"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "cannot be read as JSON"),
        (b"{}\n", "no key"),
        (
            (HEAD.strip() + "".join(f",c{n}" for n in range(2_000)) + "\n" + "," * 2_007 + "\n").encode(),
            "2,008 columns",
        ),
    ],
)
def test_what_is_no_file_of_orders_fails_in_words(make: Make, content: bytes, why: str) -> None:
    jobs = make()
    identifier = post(jobs, content)
    found = jobs.wait(identifier, WAIT)
    assert found.state is State.FAILED
    assert found.problem is not None
    assert found.problem.status == 400
    assert why in found.problem.detail
    assert not jobs.get(identifier).folder.exists(), "nothing of a failed job stays on the disk"


def test_twenty_at_once_are_queued_and_all_answered(make: Make) -> None:
    jobs = make(at_once=2)
    posted = [post(jobs, orders(n + 1)) for n in range(20)]
    most = 0
    while not all(one.state.ended for one in jobs.listed()):
        most = max(most, len(jobs.numbers()))
        time.sleep(0.02)
    assert most <= 2
    assert [done(jobs, one).rows for one in posted] == [n + 2 for n in range(20)]
    assert [one.id for one in jobs.listed()] == posted[::-1]


def test_one_more_than_may_wait_is_refused_and_leaves_no_file(make: Make) -> None:
    jobs = make(waiting=2)
    stuck(jobs)
    for _ in range(2):
        post(jobs, orders())
    before = sorted(jobs.folder.iterdir())
    with pytest.raises(Refused, match="2 jobs wait already") as error:
        post(jobs, orders())
    assert error.value.status == 503
    assert sorted(jobs.folder.iterdir()) == before


@pytest.mark.parametrize("limits", [{"kept": 2}, {"bytes": 3_000}])
def test_the_oldest_that_have_ended_make_room(make: Make, limits: dict[str, int]) -> None:
    jobs = make(**limits)
    posted = []
    for _ in range(6):
        posted.append(post(jobs, orders(20), Kind.CHECK))
        done(jobs, posted[-1])
    kept = [one.id for one in jobs.listed()]
    assert len(kept) < 6
    assert kept == posted[::-1][: len(kept)]
    assert {one.name for one in jobs.folder.iterdir()} == set(kept)
    with pytest.raises(NotFound):
        jobs.get(posted[0])


def test_a_waiting_job_is_cancelled_at_once(make: Make) -> None:
    jobs = make()
    stuck(jobs)
    waiting = post(jobs, orders())
    assert jobs.document(waiting).waiting_before == 0
    folder = jobs.get(waiting).folder
    assert jobs.cancel(waiting)
    assert jobs.document(waiting).state is State.CANCELLED
    assert not folder.exists()
    assert not jobs.cancel(waiting), "it has ended already"


def test_a_running_job_is_cancelled_and_the_next_one_runs(make: Make) -> None:
    jobs = make()
    running = stuck(jobs)
    following = post(jobs, orders())
    (number,) = jobs.numbers()
    folder = jobs.get(running).folder
    jobs.cancel(running)
    assert done(jobs, following).rows == 5
    assert jobs.document(running).state is State.CANCELLED
    assert not is_alive(number)
    assert not folder.exists()


def test_a_job_is_cancelled_whatever_it_does(make: Make) -> None:
    """At a moment that is another one each time, from the first message to the last."""
    jobs = make()
    big = orders(30_000)
    phases = set()
    for pause in (0.0, 0.2, 0.5, 0.8, 1.2, 1.8):
        identifier = post(jobs, big)
        until(lambda one=identifier: jobs.document(one).progress is not None, WAIT)
        time.sleep(pause)
        found = jobs.document(identifier)
        folder = jobs.get(identifier).folder
        jobs.remove(identifier)
        if found.progress and not found.state.ended:
            phases.add(found.progress.phase)
        until(lambda: not jobs.numbers(), 20)
        assert not folder.exists()
        with suppress(NotFound):
            assert jobs.document(identifier).state is State.CANCELLED
    assert phases, "all of them had ended before they could be cancelled"


def test_a_process_that_dies_fails_its_job_alone(make: Make) -> None:
    jobs = make()
    running = stuck(jobs)
    os.kill(jobs.numbers()[0], signal.SIGKILL)
    found = jobs.wait(running, WAIT)
    assert found.state is State.FAILED
    assert found.problem is not None
    assert found.problem.status == 500
    assert "ended before it was done" in found.problem.detail
    assert done(jobs, post(jobs, orders())).rows == 5


@pytest.mark.parametrize(("limits", "why"), [({"memory_bytes": 30_000_000}, "of memory"), ({"seconds": 0.5}, "longer")])
def test_a_job_that_takes_too_much_ends_in_words(make: Make, limits: dict[str, float], why: str) -> None:
    jobs = make(**limits)
    folder = jobs.new_folder()
    os.mkfifo(folder / ORDERS)
    found = jobs.wait(jobs.submit(Kind.SCREENING, folder, name="o", options={}).id, WAIT)
    assert found.state is State.FAILED
    assert found.problem is not None
    assert found.problem.status == 400
    assert why in found.problem.detail


def test_a_small_file_that_unpacks_to_very_many_rows_is_refused(make: Make, tmp_path: Path) -> None:
    jobs = make(rows=1_000_000)
    path = tmp_path / "bomb.parquet"
    pl.select(order_id=pl.repeat("same", 3_000_000)).write_parquet(path, compression="zstd")
    assert path.stat().st_size < 100_000
    found = jobs.wait(post(jobs, path.read_bytes(), Kind.CHECK), WAIT)
    assert found.problem is not None
    assert "3,000,000 rows" in found.problem.detail


def test_ids_are_long_and_folders_are_private(make: Make) -> None:
    jobs = make()
    folders = [jobs.new_folder() for _ in range(50)]
    assert len({one.name for one in folders}) == 50
    assert min(len(one.name) for one in folders) >= 22
    assert {one.stat().st_mode & 0o777 for one in (*folders, jobs.folder)} == {0o700}
    for wrong in ("", "..", folders[0].name):
        with pytest.raises(NotFound):
            jobs.get(wrong)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../x.csv", "x.csv"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\x\\orders.parquet", "orders.parquet"),
        ("a\x00b.csv", "ab.csv"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie x.csv"),
        ("<img src=x>.csv", "img src=x.csv"),
        ("注文 2025.csv", "注文 2025.csv"),
        ("..", "orders.csv"),
        ("", "orders.csv"),
        (None, "orders.csv"),
        ("x" * 500 + ".csv", "x" * 146 + ".csv"),
    ],
)
def test_a_name_from_elsewhere_is_a_label(given: str | None, name: str) -> None:
    assert plain_name(given) == name


def test_the_end_of_the_server_leaves_no_process_and_no_file(make: Make) -> None:
    jobs = make()
    stuck(jobs)
    post(jobs, orders())
    folder, numbers = jobs.folder, jobs.numbers()
    jobs.close()
    assert not folder.exists()
    assert not any(map(is_alive, numbers))
    with pytest.raises(Refused, match="ending"):
        post(jobs, orders())


def test_a_server_that_is_killed_takes_its_jobs_with_it(store: Path) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(store)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    number, folder = server.stdout.readline().split()
    assert is_alive(int(number))
    server.kill()
    server.wait()
    until(lambda: not is_alive(int(number)), 20)
    assert not Path(folder).exists()


def test_a_run_is_kept_and_checked_again(make: Make, run: Run, store: Path) -> None:
    jobs = make()
    screened = post(jobs, orders())
    counts = done(jobs, screened).counts
    kept = jobs.submit(
        Kind.KEEPING,
        jobs.new_folder(),
        name="orders.csv",
        options={"author": "ann", "note": "the desk"},
        more={"counts": counts},
        source=jobs.get(screened),
    )
    told = done(jobs, kept.id).kept
    assert told is not None
    assert (told.first, told.last, told.records) == ("rec:1", "rec:5", 5)
    assert run("records", "verify", "--store", store)[0] == 0
    add_german(store, "DE", date(2025, 4, 2))
    nothing = dict.fromkeys(("as_of", "known_as_of", "rules_as_of", "since", "until", "case_id", "party", "kept_by"))
    again = jobs.submit(
        Kind.RECHECK,
        jobs.new_folder(),
        name="records",
        options={**nothing, "determination": None, "run": "rec:1", "outcomes": []},
    )
    found = done(jobs, again.id)
    assert (found.checked, found.flips) == (4, 4)
    assert '"review_policy": "approval"' in (jobs.get(again.id).folder / FLIPS).read_text(encoding="utf-8")


def test_a_run_on_other_data_is_not_kept(make: Make, store: Path) -> None:
    jobs = make()
    screened = post(jobs, orders())
    counts = done(jobs, screened).counts
    add_german(store, "DE", date(2025, 4, 2))
    options, source = {"author": "ann", "note": None}, jobs.get(screened)
    kept = jobs.submit(
        Kind.KEEPING, jobs.new_folder(), name="o", options=options, more={"counts": counts}, source=source
    )
    found = jobs.wait(kept.id, WAIT)
    assert found.problem is not None
    assert "store changed since" in found.problem.detail
    assert not (store / "records.sqlite").exists()
