"""The search page, what it says when nothing is found, and the pages of errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from html_pages import HTML, tables, text_of

from served_sample import BASE, GERMAN, TOKEN, client
from small_store import add_load, company
from topco.application.application import Application
from topco.application.opening import examples, loaded
from topco.server.app import create_app
from topco.server.settings import Settings
from topco.server.workbench.addresses import entity_address
from topco.store.today import today
from workbench_pages import BROWSER, FORMULA, MARKUP, SCRIPT, hostile_store, link, links, page, path_of, rows_of

HEADINGS = ["Name", "Matched", "Identifier", "Status", "Headquarters", "Registered in", "Score"]


@pytest.fixture(scope="module")
def samples(sample: Path) -> TestClient:
    return client(sample)


def found(samples: TestClient, **query: str) -> list[list[str]]:
    """The rows of the results, headings first."""
    tree = page(samples, str(samples.build_request("GET", "/", params=query).url))
    (rows,) = tables(tree).values()
    return rows


def test_the_first_page_says_what_is_loaded_and_where_to_begin(samples: TestClient, sample: Path) -> None:
    tree = page(samples, "/")
    known = loaded(Application(sample).store())
    assert known is not None
    said = text_of(tree)
    assert f"{known.entities} records of entities in 5 loads" in said
    assert f"from {known.oldest} to {known.newest}" in said
    assert known.stale
    assert f"{len(known.stale)} of them are older than their source is good for" in said
    assert {"/case", "/screening", "/query", "/rules", "/records", "/ledger", "/sources"} <= set(links(tree))
    shown = examples(Application(sample).store())
    assert len({one.id for one in shown}) == 3
    assert [one.why for one in shown] == ["parent_elsewhere", "several_holders", "parent_withheld"]
    for one in shown:
        assert samples.get(link(tree, one.name), headers=BROWSER).status_code == 200
    assert link(tree, "an order to the same company").endswith(shown[0].id.replace(":", "%3A"))


def test_examples_are_what_they_are_called(samples: TestClient, sample: Path) -> None:
    elsewhere, shared, withheld = (
        samples.get(f"/api/v1/entities/{one.id}/resolution").json() for one in examples(Application(sample).store())
    )
    assert elsewhere["hq"]["country"] != elsewhere["ultimate_parents"][0]["hq_country"]
    owners = samples.get(f"/api/v1/entities/{shared['entity']['id']}/owners", params={"cut_off": "0"}).json()["owners"]
    assert len(owners) > 1
    assert withheld["status"] == "withheld"


def test_a_store_with_few_kinds_of_company_has_examples_all_the_same(tmp_path: Path) -> None:
    add_load(tmp_path, "few", today(), {"entities": [company("X:a", "Only One", "DE")]})
    assert [(one.id, one.why) for one in examples(Application(tmp_path).store())] == [("X:a", "recorded")]
    said = text_of(page(client(tmp_path), "/"))
    assert "1 records of entities in 1 load, as of" in said
    assert "none of them stale" in said


def test_results_stand_in_a_table_with_links(samples: TestClient) -> None:
    rows = found(samples, q="target semi")
    assert rows[0] == HEADINGS
    assert rows[1][:4] == ["Target Semiconductors (invented)", "the name", "X:target", "not recorded"]
    assert rows[1][4:6] == ["Netherlands (NL)", "Netherlands (NL)"]
    assert int(rows[1][6]) >= 90
    tree = page(samples, "/?q=target+semi")
    assert link(tree, "Target Semiconductors (invented)") == "/entity/X:target"


@pytest.mark.parametrize("text", ["391200PKEUF3Y2NUMW25", GERMAN, "rosneft deutschland", "391200pkeuf3y2numw25"])
def test_names_and_identifiers_lead_to_the_same_entity(samples: TestClient, text: str) -> None:
    assert found(samples, q=text)[1][2] == GERMAN


def test_names_are_found_in_their_own_script(samples: TestClient) -> None:
    (row,) = [row for row in found(samples, q="Роснефть")[1:] if row[2] == "LEI:253400JT3MQWNDKMJE44"]
    assert "Роснефть" in row[0]


def test_what_else_was_asked_stays_in_the_links(samples: TestClient) -> None:
    tree = page(samples, f"/?q={GERMAN}&known_as_of={today()}")
    assert f"/entity/{GERMAN}?known_as_of={today()}" in links(tree)
    assert f"Only loads that existed on {today()} are searched" in text_of(tree)
    assert "Nothing is found" in text_of(page(samples, f"/?q={GERMAN}&known_as_of=2001-01-01"))
    assert "Only loads" not in text_of(page(samples, f"/?q={GERMAN}&known_as_of="))


def test_a_long_list_is_shown_in_parts(samples: TestClient) -> None:
    tree = page(samples, "/?q=invented")
    assert len(next(iter(tables(tree).values()))) == 21
    more = page(samples, link(tree, "Show up to 200"))
    assert len(next(iter(tables(more).values()))) > 40
    assert "Show up to" not in text_of(more)


def test_nothing_found_says_what_to_try(samples: TestClient) -> None:
    tree = page(samples, "/?q=zzqqxxww")
    said = text_of(tree)
    assert "Nothing is found for “zzqqxxww”" in said
    assert "says nothing about the company" in said
    assert {"/sources", "/case"} <= set(links(tree))
    assert not tables(tree)


@pytest.mark.parametrize("text", ["...", "%F0%9F%92%A3"])
def test_a_text_without_letters_is_refused_in_place(samples: TestClient, text: str) -> None:
    tree = page(samples, f"/?q={text}", 400)
    (alert,) = [one for one in tree.iter() if one.get("role") == "alert"]
    assert "Give an identifier or a part of a name" in text_of(alert)
    (field,) = [one for one in tree.iter(f"{HTML}input") if one.get("name") == "q"]
    assert field.get("value")


@pytest.mark.parametrize("text", ["", "   "])
def test_a_blank_text_is_the_first_page(samples: TestClient, text: str) -> None:
    assert "Who owns it" in text_of(page(samples, f"/?q={text}"))


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    for address in ("/", "/?q=anything"):
        said = text_of(page(client(tmp_path / "none"), address))
        assert "Nothing is loaded yet" in said
        assert "topco load REGISTRY FILES" in said


def test_the_field_is_plain_without_a_script_and_suggests_with_it(samples: TestClient) -> None:
    tree = page(samples, "/?q=target")
    (field,) = [one for one in tree.iter(f"{HTML}input") if one.get("name") == "q"]
    assert field.get("role") is None
    assert field.get("data-suggest") == "/api/v1/search"
    (form,) = [one for one in tree.iter(f"{HTML}form") if one.get("role") == "search"]
    assert (form.get("action"), form.get("method")) == ("/", None)
    script = samples.get("/static/suggest.js")
    assert script.status_code == 200
    assert "javascript" in script.headers["content-type"]
    assert "innerHTML" not in script.text
    assert len(script.text.splitlines()) <= 120


def test_names_that_mean_harm_are_text(tmp_path: Path) -> None:
    hostile = client(hostile_store(tmp_path))
    for text in ("alert(1)", "calc", "onerror"):
        tree = page(hostile, f"/?q={text}")
        scripts = list(tree.iter(f"{HTML}script"))
        assert all(one.get("src", "").startswith("/static/") and not text_of(one) for one in scripts)
        assert all((one.get("src") or "").startswith("/static/") for one in tree.iter(f"{HTML}img"))
    for name in (SCRIPT, MARKUP):
        assert any(row[0] == name for row in found(hostile, q="alert(1)"))
    said = page(hostile, "/?q=%3Cscript%3Ealert(2)%3C/script%3E%22%3E%3Cb%3E")
    assert not list(said.iter(f"{HTML}b"))
    rows = rows_of(hostile.get("/api/v1/search", params={"q": "calc", "format": "csv"}).text)
    assert [row["name"] for row in rows if row["id"] == "X:formula"] == [f"'{FORMULA}"]
    assert hostile.get("/api/v1/search", params={"q": "calc"}).json()[0]["name"] == FORMULA


def test_search_answers_as_csv(samples: TestClient) -> None:
    answer = samples.get("/api/v1/search", params={"q": "target", "format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="search.csv"' in answer.headers["content-disposition"]
    assert {row["id"] for row in rows_of(answer.text)} >= {"X:target", "X:target-labs"}


def test_every_page_has_the_search_but_once(samples: TestClient) -> None:
    for address in ("/", "/sign-in", entity_address(GERMAN)):
        fields = [one for one in page(samples, address).iter(f"{HTML}input") if one.get("name") == "q"]
        assert len(fields) == 1, address


# --- errors as pages ---


def test_an_error_is_a_page_for_a_browser_and_a_document_for_a_program(samples: TestClient) -> None:
    tree = page(samples, "/nothing/here", 404)
    assert "Nothing stands at /nothing/here" in text_of(tree)
    for answer in (samples.get("/nothing/here"), samples.get("/api/v1/nothing", headers=BROWSER)):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert samples.get("/nothing/here", headers=BROWSER).headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/entity/X:nobody", 404, "No loaded record names X:nobody"),
        ("/entity/X:target?test=none", 400, "none"),
        ("/entity/X:target?as_of=tomorrow", 422, "as_of"),
        ("/?limit=0", 422, "limit"),
        (f"/?q={'x' * 501}", 422, "500"),
        ("/entity/" + "x" * 301, 422, "300"),
        ("/entity/X:target?up=99", 400, "up"),
        ("/entity/X:target?expand=sideways:X:apex", 400, "sideways"),
    ],
)
def test_errors_say_what_where_and_what_next(samples: TestClient, address: str, status: int, says: str) -> None:
    tree = page(samples, address, status)
    (alert,) = [one for one in tree.iter() if one.get("role") == "alert"]
    assert says in text_of(alert)
    assert f"HTTP status {status}" in text_of(tree)


def test_who_must_sign_in_is_told_where_and_comes_back(tmp_path: Path) -> None:
    guarded = client(tmp_path, host="0.0.0.0", token=TOKEN)
    tree = page(guarded, "/entity/X:a?as_of=2026-01-31", 401)
    address = link(tree, "Sign in")
    assert path_of(address) == "/sign-in"
    form = page(guarded, address)
    (then,) = [one.get("value") for one in form.iter(f"{HTML}input") if one.get("name") == "then"]
    assert then == "/entity/X:a?as_of=2026-01-31"
    assert guarded.get("/entity/X:a", headers=BROWSER).headers["www-authenticate"] == "Bearer"


def test_too_large_a_body_is_said_on_a_page(tmp_path: Path) -> None:
    small = TestClient(create_app(Application(tmp_path), Settings(body_bytes=100)), base_url=BASE)
    answer = small.post("/sign-in", data={"token": "x" * 200}, headers=BROWSER)
    assert answer.status_code == 413
    assert "larger than 100 bytes" in answer.text
