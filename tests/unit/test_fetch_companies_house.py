"""`topco fetch companies-house` against a server that replays invented answers."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from replay_server import HALF, Replay, replaying

from topco.cli.main import main
from topco.errors import BadInput
from topco.live.answers import Kept
from topco.live.client import Client
from topco.live.companies_house import PAGE, fetch, holder_of
from topco.live.companies_house_answers import CompaniesHouseAnswers
from topco.registries.loading import Outcome, load
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHILD, PARENT, TOP = "01000001", "SC000002", "01000003"
PSC, STATEMENTS = "persons-with-significant-control", "persons-with-significant-control-statements"
FAST = 1e9


def profile(number: str, **fields: Any) -> dict[str, Any]:
    return {
        "company_number": number,
        "company_name": f"COMPANY {number} LIMITED",
        "company_status": "active",
        "type": "ltd",
        "jurisdiction": "england-wales",
        "date_of_creation": "2001-02-03",
        "registered_office_address": {"country": "England", "locality": "Leeds"},
        "previous_company_names": [{"name": f"OLD {number} LIMITED"}],
        **fields,
    }


def corporate(of: str, identifier: str, number: str | None, place: str = "Companies House") -> dict[str, Any]:
    return {
        "kind": "corporate-entity-person-with-significant-control",
        "links": {"self": f"/company/{of}/{PSC}/corporate-entity/{identifier}"},
        "name": f"Holder {identifier}",
        "identification": {"registration_number": number, "place_registered": place, "legal_form": "Limited"},
        "natures_of_control": ["ownership-of-shares-75-to-100-percent"],
        "notified_on": "2016-04-06",
    }


def listed(items: list[dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    return {"items": items, "total_results": len(items) if total is None else total}


def page(number: str, path: str, start: int = 0) -> str:
    return f"company/{number}/{path}?items_per_page={PAGE}&start_index={start}"


def answers() -> dict[str, Any]:
    """Company 1 is held by a Scottish one and many elsewhere; the Scottish one by a third, which names nobody."""
    many = [corporate(CHILD, f"P{number:03d}", None, "Delaware") for number in range(PAGE - 1)]
    return {
        f"company/{CHILD}": profile(CHILD),
        page(CHILD, PSC): listed([corporate(CHILD, "abc", "SC2"), *many], PAGE + 1),
        page(CHILD, PSC, PAGE): listed([corporate(CHILD, "def", "4763016", "Delaware, Usa")], PAGE + 1),
        f"company/{PARENT}": profile(PARENT, jurisdiction="scotland"),
        page(PARENT, PSC): listed([corporate(PARENT, "ghi", "1000003"), corporate(PARENT, "jkl", "SC000002")]),
        f"company/{TOP}": profile(TOP),
        page(TOP, STATEMENTS): listed(
            [
                {
                    "kind": "persons-with-significant-control-statement",
                    "links": {"self": f"/company/{TOP}/{STATEMENTS}/xyz"},
                    "statement": "no-individual-or-entity-with-signficant-control",
                    "notified_on": "2016-04-06",
                }
            ]
        ),
        f"company/{TOP}/exemptions": {
            "exemptions": {
                "psc_exempt_as_trading_on_regulated_market": {
                    "exemption_type": "psc-exempt-as-trading-on-regulated-market",
                    "items": [{"exempt_from": "2016-04-06"}],
                }
            }
        },
    }


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[Replay]:
    with replaying(answers()) as replay:
        yield replay


def client(replay: Replay, folder: Path, **options: Any) -> Client:
    kept = Kept.of(folder / "store", "companies-house")
    return Client(replay.base, kept, FAST, key="secret", sleep=lambda seconds: None, **options)


def bring(replay: Replay, folder: Path, *numbers: str, **options: Any) -> Outcome:
    found = fetch(client(replay, folder, **options), numbers)
    store = Store.open(folder / "store", create=True)
    return load(store, CompaniesHouseAnswers(), found.files, None, lambda *progress: None)


def test_holders_in_the_register_are_followed_upward(server: Replay, tmp_path: Path) -> None:
    found = fetch(client(server, tmp_path), ["1000001"])
    assert [(company.id, company.step) for company in found.companies] == [
        (f"GB-COH:{CHILD}", 0), (f"GB-COH:{PARENT}", 1), (f"GB-COH:{TOP}", 2),
    ]  # fmt: skip
    assert page(CHILD, PSC, PAGE) in server.asked
    assert server.authorisations == {f"Basic {base64.b64encode(b'secret:').decode()}"}


def test_answers_become_evidence_as_the_snapshot_does(server: Replay, tmp_path: Path) -> None:
    loaded = bring(server, tmp_path, CHILD).loaded[0].load
    assert (loaded.publisher, loaded.rejects) == ("Companies House API", 0)
    assert loaded.file_kind == f"api-{loaded.vintage}"
    assert loaded.id.startswith("companies-house-api-20")
    store = Store.open(tmp_path / "store")
    assert store.table("holdings").collect().height == PAGE + 3
    links = store.table("identifiers").collect().select("id", "other_id").rows()
    assert sorted(links) == [
        (f"GB-COH-PSC:{CHILD}/abc", f"GB-COH:{PARENT}"),
        (f"GB-COH-PSC:{PARENT}/ghi", f"GB-COH:{TOP}"),
    ]
    companies = store.table("entities").filter(pl.col("id").str.starts_with("GB-COH:")).collect()
    assert sorted(companies["id"]) == sorted(f"GB-COH:{number}" for number in (CHILD, PARENT, TOP))
    assert set(companies["jurisdiction"]) == {"GB"}
    assert companies["hq_country"].null_count() == 3
    assert sorted(store.table("absences").collect()["reason"]) == [
        "no-individual-or-entity-with-signficant-control",
        "psc-exempt-as-trading-on-regulated-market",
    ]
    records = store.table("holdings").collect()["record"]
    assert all(record.startswith("psc-api/") for record in records)


def test_a_holder_that_is_gone_goes(server: Replay, tmp_path: Path) -> None:
    bring(server, tmp_path, CHILD)
    server.answers[page(PARENT, PSC)] = listed([])
    bring(server, tmp_path, PARENT, refresh=True)
    holdings = Store.open(tmp_path / "store").table("holdings").collect()
    assert f"GB-COH:{PARENT}" not in holdings["owned"].to_list()
    assert holdings.height == PAGE + 1  # those of the other company stay
    assert bring(server, tmp_path, PARENT).unchanged


def test_a_list_that_ends_too_early_is_refused(server: Replay, tmp_path: Path) -> None:
    server.answers[page(CHILD, PSC, PAGE)] = listed([], PAGE + 1)
    with pytest.raises(BadInput, match=f"items end after {PAGE} of {PAGE + 1}"):
        bring(server, tmp_path, CHILD)
    assert Store.open(tmp_path / "store", create=True).loads() == []


@pytest.mark.parametrize(
    ("path", "key", "named"),
    [
        (f"company/{CHILD}", "company_number", "company_number"),
        (f"company/{CHILD}", "company_name", "company_name"),
        (page(CHILD, PSC), "total_results", "total_results"),
        (page(CHILD, PSC), "items", "items"),
        (f"company/{TOP}/exemptions", "exemptions", "exemptions"),
    ],
)
def test_a_changed_field_is_named_with_its_url(tmp_path: Path, path: str, key: str, named: str) -> None:
    changed = answers()
    changed[path][key + "_new"] = changed[path].pop(key)
    with replaying(changed) as server, pytest.raises(BadInput) as problem:
        bring(server, tmp_path, CHILD)
    assert named in problem.value.what
    assert problem.value.where == f"{server.base}/{path}"


def test_a_person_without_kind_is_named_by_its_place(tmp_path: Path) -> None:
    changed = answers()
    del changed[page(PARENT, PSC)]["items"][1]["kind"]
    with replaying(changed) as server, pytest.raises(BadInput, match=r"items\.1\.kind is missing"):
        bring(server, tmp_path, CHILD)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"registration_number": "2", "place_registered": "Companies House"}, "00000002"),
        ({"registration_number": "2", "place_registered": "Companies House", "country_registered": "USA"}, None),
        ({"registration_number": "2", "place_registered": "Minnesota, Usa"}, None),
        ({"registration_number": "2"}, None),
        ({"registration_number": 2, "place_registered": "Companies House"}, None),
        (None, None),
    ],
)
def test_who_is_followed(said: dict[str, Any] | None, number: str | None) -> None:
    assert holder_of({"identification": said}) == number
    assert holder_of({"identification": said, "ceased_on": "2020-01-01"}) is None


def test_the_command(
    server: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str) -> int:
        options = ["--rate", str(FAST), "--store", str(tmp_path / "store"), "--defer-graph"]
        with pytest.raises(SystemExit) as stopped:
            main(["fetch", "companies-house", *arguments, *options])
        return int(stopped.value.code or 0)

    monkeypatch.setenv("TOPCO_COMPANIES_HOUSE_URL", server.base)
    monkeypatch.delenv("TOPCO_COMPANIES_HOUSE_KEY", raising=False)
    assert run(CHILD) == 2
    assert "TOPCO_COMPANIES_HOUSE_KEY" in capsys.readouterr().err
    monkeypatch.setenv("TOPCO_COMPANIES_HOUSE_KEY", "secret")
    server.faults[f"company/{CHILD}"] = [HALF]
    monkeypatch.setattr("topco.live.client._backoff", lambda attempt: 0.0)
    assert run(CHILD, "--format", "json") == 1  # numbers elsewhere are not linked: a warning
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["companies"]) == 3
    assert "secret" not in captured.err + captured.out
    assert not any(b"secret" in path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert run("99999999") == 2
    assert "99999999" in capsys.readouterr().err
    assert run("?!") == 2
