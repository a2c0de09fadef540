"""`topco fetch gleif` against a server that replays invented answers, faults included."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from replay_server import BROKEN, BUSY, GARBAGE, HALF, HANG, Replay, replaying

from gleif_api_answers import answers, document, exception, record, relationship
from gleif_files import lei
from topco.cli.main import main
from topco.errors import BadInput
from topco.live.answers import Kept
from topco.live.client import ATTEMPTS, Client, Unreachable, json_pages
from topco.live.gleif import fetch
from topco.registries.gleif import Gleif
from topco.registries.loading import Outcome, load
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONE = f"lei-records/{lei(1)}"
FAST = 1e9


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[Replay]:
    with replaying(answers()) as replay:
        yield replay


def client(replay: Replay, folder: Path, waits: list[float] | None = None, **options: Any) -> Client:
    waited = [] if waits is None else waits
    kept = Kept.of(folder / "store", "gleif")
    return Client(replay.base, kept, options.pop("per_minute", FAST), sleep=waited.append, **options)


def bring(replay: Replay, folder: Path, *numbers: int, **options: Any) -> Outcome:
    found = fetch(client(replay, folder, **options), [lei(number) for number in numbers])
    store = Store.open(folder / "store", create=True)
    return load(store, Gleif(), found.files, None, lambda *progress: None)


def command(server: Replay, folder: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["fetch", *arguments, "--base-url", server.base, "--rate", str(FAST), "--store", str(folder / "store")])
    return int(stopped.value.code or 0)


def test_a_company_and_everybody_above_it_become_evidence(server: Replay, tmp_path: Path) -> None:
    found = fetch(client(server, tmp_path), [f"lei:{lei(1).lower()}"])
    assert [(company.id, company.step) for company in found.companies] == [
        (f"LEI:{lei(1)}", 0), (f"LEI:{lei(2)}", 1), (f"LEI:{lei(3)}", 1),
    ]  # fmt: skip
    assert found.notes == []
    store = Store.open(tmp_path / "store", create=True)
    loaded = load(store, Gleif(), found.files, None, lambda *progress: None).loaded[0].load
    assert (loaded.publisher, loaded.id, loaded.warnings) == ("GLEIF API", "gleif-api-2026-11-20", {})
    assert loaded.tables == {"entities": 3, "names": 3, "relationships": 4, "absences": 2, "identifiers": 6}
    ties = store.table("relationships").collect()
    assert set(ties["valid_from"].cast(str)) == {"2016-01-01"}  # local midnight, written in UTC
    assert ties["file"][0].startswith("gleif-api-20")
    assert sorted(store.table("identifiers").collect()["other_id"])[0] == "GB-COH:00001001"


def test_a_repeated_command_asks_for_nothing_and_changes_nothing(server: Replay, tmp_path: Path) -> None:
    bring(server, tmp_path, 1)
    asked = len(server.asked)
    assert [load.id for load in bring(server, tmp_path, 1).unchanged] == ["gleif-api-2026-11-20"]
    assert len(server.asked) == asked
    bring(server, tmp_path, 1, refresh=True)
    assert len(server.asked) == 2 * asked
    assert len(set(server.asked)) == asked


def test_an_interrupted_command_goes_on_where_it_stopped(server: Replay, tmp_path: Path) -> None:
    path = f"lei-records/{lei(3)}"
    server.faults[path] = [BROKEN] * ATTEMPTS
    with pytest.raises(Unreachable, match="the server failed"):
        bring(server, tmp_path, 1)
    assert Store.open(tmp_path / "store", create=True).loads() == []
    server.asked.clear()
    assert bring(server, tmp_path, 1).loaded[0].load.tables["entities"] == 3
    assert ONE not in server.asked


@pytest.mark.parametrize("fault", [BROKEN, HANG, HALF, GARBAGE])
def test_faults_are_met_with_patience_that_grows(server: Replay, tmp_path: Path, fault: str) -> None:
    server.faults[ONE] = [fault] * 3
    waits: list[float] = []
    fetch(client(server, tmp_path, waits, timeout=0.2), [lei(1)])
    assert len(waits) == 3
    for number, wait in enumerate(waits):
        assert 0.5 * 2**number <= wait <= 1.5 * 2**number


def test_too_many_requests_wait_as_long_as_the_interface_says(server: Replay, tmp_path: Path) -> None:
    server.faults[ONE] = [BUSY, BUSY]
    waits: list[float] = []
    fetch(client(server, tmp_path, waits), [lei(1)])
    assert waits == [7.0, 7.0]


def test_requests_keep_their_pace(server: Replay, tmp_path: Path) -> None:
    waits: list[float] = []
    asking = client(server, tmp_path, waits, per_minute=60)
    fetch(asking, [lei(1)])
    assert len(waits) == asking.asked - 1
    assert sum(waits) > 0.8 * (asking.asked - 1)


def test_a_ring_ends(server: Replay, tmp_path: Path) -> None:
    assert bring(server, tmp_path, 4).loaded[0].load.tables["relationships"] == 2


def test_the_limit_of_steps_is_told(server: Replay, tmp_path: Path) -> None:
    found = fetch(client(server, tmp_path), [lei(1)], most_steps=0)
    assert [company.step for company in found.companies] == [0]
    assert len(found.notes) == 2
    assert f"LEI:{lei(2)}" in found.notes[0]


def test_an_unknown_lei_is_named_and_nothing_is_loaded(server: Replay, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=lei(9)):
        bring(server, tmp_path, 1, 9)
    assert Store.open(tmp_path / "store", create=True).loads() == []


def test_a_parent_without_a_record_and_a_promise_without_an_answer_are_told(tmp_path: Path) -> None:
    lacking = answers()
    del lacking[f"lei-records/{lei(3)}"], lacking[f"{ONE}/ultimate-parent-relationship"]
    with replaying(lacking) as server:
        found = fetch(client(server, tmp_path), [lei(1)])
    assert any("no record of" in note and lei(3) in note for note in found.notes)
    assert any("promises" in note and lei(1) in note for note in found.notes)


CHANGES = [
    (ONE, ["data", "attributes", "entity", "headquartersAddress"], "headquartersAddress"),
    (ONE, ["data", "attributes", "lei"], "data.attributes.lei"),
    (ONE, ["data", "relationships"], "data.relationships"),
    (ONE, ["data", "relationships", "direct-parent", "links", "relationship-record"], "direct-parent.links"),
    (ONE, ["meta", "goldenCopy", "publishDate"], "publishDate"),
    (f"{ONE}/direct-parent-relationship", ["data", "attributes", "relationship", "endNode", "id"], "endNode.id"),
    (f"{ONE}/direct-parent-relationship", ["data", "attributes", "relationship", "periods"], "periods"),
    (f"{ONE}/direct-parent-relationship", ["data", "type"], "data.type"),
    (f"lei-records/{lei(3)}/direct-parent-reporting-exception", ["data", "attributes", "reason"], "reason"),
]


@pytest.mark.parametrize("value", [None, 7])
@pytest.mark.parametrize(("path", "keys", "named"), CHANGES)
def test_a_changed_field_is_named_with_its_url(
    tmp_path: Path, path: str, keys: list[str], named: str, value: int | None
) -> None:
    changed = answers()
    place = changed[path]
    for key in keys[:-1]:
        place = place[key]
    del place[keys[-1]]
    if value is not None and keys[-1] != "relationship-record":
        place[keys[-1]] = value
    with replaying(changed) as server, pytest.raises(BadInput, match="Nothing was loaded") as problem:
        bring(server, tmp_path, 1)
    assert named in problem.value.what
    assert problem.value.where == f"{server.base}/{path}"
    assert Store.open(tmp_path / "store", create=True).loads() == []


def test_a_new_parent_takes_the_place_of_the_old_one_and_of_a_reason(server: Replay, tmp_path: Path) -> None:
    bring(server, tmp_path, 1)
    tie, none = "relationship-record", "reporting-exception"
    day = "2026-11-25T00:00:00Z"
    server.answers[ONE] = document(record(1, {"direct-parent": none}), day)
    server.answers[f"{ONE}/direct-parent-reporting-exception"] = document(exception(1), day)
    three = f"lei-records/{lei(3)}"
    server.answers[three] = document(record(3, {"direct-parent": tie, "ultimate-parent": none}), day)
    server.answers[f"{three}/direct-parent-relationship"] = document(relationship(3, 5), day)
    outcome = bring(server, tmp_path, 1, 3, refresh=True)
    assert "gleif-api-2026-11-25" in [loaded.load.id for loaded in outcome.loaded]
    store = Store.open(tmp_path / "store")
    ties = store.table("relationships").collect()
    found = sorted((child[-4:], parent[-4:]) for child, parent in ties.select("child", "parent").rows())
    two, four, five = (lei(number)[-4:] for number in (2, 4, 5))
    three_end = lei(3)[-4:]
    assert found == sorted([(two, three_end), (two, three_end), (three_end, five), (four, five), (five, four)])
    reasons = store.table("absences").collect().select("subject", "level").rows()
    assert sorted(reasons) == sorted([(f"LEI:{lei(1)}", "DirectLevel"), (f"LEI:{lei(3)}", "UltimateLevel")])


def test_all_pages_of_a_list_are_asked_for(tmp_path: Path) -> None:
    paging = {"currentPage": 1, "from": 1, "to": 1, "total": 2, "lastPage": 2}
    pages = {
        "children": document([relationship(1, 3)], pagination=paging),
        "children?page[number]=2": document([relationship(2, 3)]),
    }
    with replaying(pages) as server:
        found = json_pages(client(server, tmp_path), "children", may_miss=False)
    assert [page.body["data"][0]["id"][:20] for page in found] == [lei(1), lei(2)]


def test_the_key_is_never_sent_unencrypted(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="unencrypted"):
        Client("http://example.org", Kept.of(tmp_path, "x"), 60, key="secret")


def test_a_spoilt_kept_answer_is_asked_for_again(server: Replay, tmp_path: Path) -> None:
    bring(server, tmp_path, 1)
    for path in (tmp_path / "store" / "fetched" / "gleif").glob("*.json"):
        path.write_bytes(path.read_bytes()[:20])
    bring(server, tmp_path, 1)
    assert server.asked.count(ONE) == 2


def test_the_command_answers_and_loads(server: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(server, tmp_path, "gleif", lei(1), "--format", "json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert [company["name"] for company in answer["companies"]] == ["Company 1", "Company 2", "Company 3"]
    assert answer["loaded"][0]["load"] == "gleif-api-2026-11-20"
    assert command(server, tmp_path, "gleif", lei(1), "--hops", "0", "--format", "csv", "--defer-graph") == 1
    assert command(server, tmp_path, "gleif", "nonsense") == 2
    assert command(server, tmp_path, "gleif", lei(9)) == 2
    assert command(server, tmp_path, "bafin", lei(9)) == 2
    assert "Traceback" not in capsys.readouterr().err
