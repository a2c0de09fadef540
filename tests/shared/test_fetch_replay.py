"""Recorded answers of the GLEIF API: as files, and fetched from a server that replays them with faults."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from replay_server import BROKEN, BUSY, HALF, HANG, Replay, replaying

from topco.errors import BadInput
from topco.live.answers import Kept
from topco.live.client import Client, json_pages
from topco.live.gleif import fetch
from topco.registries.gleif import Gleif
from topco.registries.loading import load
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

COMMERZBANK = "851WYGNLUQLFZBSYGB56"
WITH_PARENT = "254900LNRYNOQ9YPU758"
_NAME = re.compile(r"(.+)_([0-9A-Z]{20})\.json")


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> dict[str, Any]:
    """The recorded answers by path; an ultimate parent's record also under its own LEI."""
    found: dict[str, Any] = {}
    for folder in ("lei_records", "relationships", "reporting_exceptions"):
        for path in sorted((shared_data / "gleif-api-json" / folder).iterdir()):
            match = _NAME.fullmatch(path.name)
            assert match is not None
            body = json.loads(path.read_text(encoding="utf-8"))
            what, lei = match[1], match[2]
            found[f"lei-records/{lei}" if what == "single_lei_record" else f"lei-records/{lei}/{what}"] = body
            if what == "ultimate-parent":
                found[f"lei-records/{body['data']['id']}"] = body
    return found


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def client(replay: Replay, folder: Path, waits: list[float]) -> Client:
    return Client(replay.base, Kept.of(folder / "store", "gleif"), 1e9, sleep=waits.append, timeout=0.5)


def test_the_recorded_answers_as_files(tmp_path: Path, shared_data: Path) -> None:
    store = Store.open(tmp_path / "store", create=True)
    folder = shared_data / "gleif-api-json"
    outcome = load(store, Gleif(), [folder], None, lambda *progress: None)
    assert [loaded.load.id for loaded in outcome.loaded] == ["gleif-api-2024-07-06", "gleif-api-2025-05-15"]
    last = outcome.loaded[1].load
    assert (last.rejects, last.tables["entities"]) == (0, 47)
    ties = store.table("relationships").collect()
    counted = ties.group_by("kind", "registration_status").len().rows()
    assert {(kind, status): count for kind, status, count in counted} == {
        ("UltimateConsolidation", "PUBLISHED"): 21,
        ("DirectConsolidation", "PUBLISHED"): 19,
        ("UltimateConsolidation", "LAPSED"): 9,
        ("DirectConsolidation", "LAPSED"): 10,
    }
    assert ties["stale"].sum() == 19
    assert store.table("absences").collect().height == 11
    cut = [reason for reason in last.warnings if "the list is cut" in reason]
    assert sum(last.warnings[reason] for reason in cut) == 4
    code_lists = [refusal for refusal in outcome.refused if "say nothing about parents" in refusal.what]
    assert {str(refusal.where).partition("_")[0] for refusal in code_lists} == {
        "countries", "country", "entity", "field", "isins", "jurisdiction", "jurisdictions", "region", "regions",
        "registration",
    }  # fmt: skip


def test_every_recorded_subject_is_fetched_upward(tmp_path: Path, recorded: dict[str, Any]) -> None:
    subjects = [path.removeprefix("lei-records/") for path in recorded if path.count("/") == 1]
    with replaying(recorded) as server:
        found = fetch(client(server, tmp_path, []), subjects)
    top = recorded[f"lei-records/{WITH_PARENT}/ultimate-parent"]["data"]["id"]
    assert {company.id for company in found.companies} == {f"LEI:{lei}" for lei in subjects}
    assert [company.above for company in found.companies if company.id == f"LEI:{WITH_PARENT}"] == [(f"LEI:{top}",)]
    assert len(found.notes) == 2  # the exceptions of the top were not recorded
    assert all(top in note for note in found.notes)
    store = Store.open(tmp_path / "store", create=True)
    loaded = load(store, Gleif(), found.files, None, lambda *progress: None).loaded[0].load
    assert (loaded.id, loaded.warnings) == ("gleif-api-2025-05-15", {})
    assert (loaded.tables["entities"], loaded.tables["relationships"], loaded.tables["absences"]) == (7, 1, 11)
    row = store.table("relationships").collect().row(0, named=True)
    assert (row["child"], row["parent"], str(row["valid_from"])) == (f"LEI:{WITH_PARENT}", f"LEI:{top}", "2008-10-02")


def test_faults_on_the_way(tmp_path: Path, recorded: dict[str, Any]) -> None:
    path = f"lei-records/{COMMERZBANK}"
    waits: list[float] = []
    with replaying(recorded) as server:
        server.faults = {path: [BUSY, BROKEN, HANG, HALF], f"{path}/direct-parent-reporting-exception": [HALF]}
        found = fetch(client(server, tmp_path, waits), [COMMERZBANK])
    assert waits[0] == 7.0
    assert len(waits) == 5
    assert [company.name for company in found.companies] == ["COMMERZBANK Aktiengesellschaft"]
    assert found.notes == []


def test_a_changed_field(tmp_path: Path, recorded: dict[str, Any]) -> None:
    changed = copy.deepcopy(recorded)
    path = f"lei-records/{WITH_PARENT}/ultimate-parent-relationship"
    relationship = changed[path]["data"]["attributes"]["relationship"]
    relationship["end_node"] = relationship.pop("endNode")
    with replaying(changed) as server, pytest.raises(BadInput, match=r"endNode\.id is missing") as problem:
        fetch(client(server, tmp_path, []), [WITH_PARENT])
    assert problem.value.where == f"{server.base}/{path}"


def test_a_list_of_which_only_one_page_comes_is_no_whole_list(tmp_path: Path, recorded: dict[str, Any]) -> None:
    with replaying(recorded) as server:
        asking = client(server, tmp_path, [])
        assert len(json_pages(asking, f"lei-records/{COMMERZBANK}", may_miss=False)) == 1
        with pytest.raises(BadInput, match="data is missing"):
            json_pages(asking, f"lei-records/{COMMERZBANK}/direct-children", may_miss=False)
    assert f"lei-records/{COMMERZBANK}/direct-children?page[number]=2" in server.asked
