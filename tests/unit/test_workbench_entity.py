"""The page of an entity: what it says, what it links to, and that it says what the commands say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from html_pages import HTML, tables, text_of

from served_sample import GERMAN, Silent, client
from small_store import add_load, company, entity, frame, holding, lei, relationship
from topco import knowledge
from topco.application.application import Application
from topco.application.asked import OfFacts
from topco.application.loading import Files, load_files
from topco.ownership.parent_tests import names
from topco.ownership.status import Status
from topco.reports.evidence_rows import COLUMNS, evidence_rows
from topco.reports.words import spaced, status_sentence, word
from topco.server.workbench.entity import LISTED
from workbench_pages import BROWSER, FORMULA, SCRIPT, hostile_store, link, links, page, path_of, rows_of

DAY = "2026-01-31"
WITHHELD, RUSSIAN = "LEI:00GBW0Z2GYIER7DHDS71", "LEI:253400JT3MQWNDKMJE44"
ROWS = "Every row about the entity and all above it"
TABLES = ("owners", "holdings", "timeline", "sensitivity", "evidence", "resolution")


@pytest.fixture(scope="module")
def samples(sample: Path) -> TestClient:
    return client(sample)


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """One group across nine registries."""
    folder = tmp_path_factory.mktemp("registries") / "store"
    load_files(folder, Files("any", [knowledge.root() / "data" / "samples" / "registries"]), Silent())
    return client(folder)


def about(tree: Any) -> dict[str, str]:
    """The facts by their names."""
    (facts,) = [one for one in tree.iter(f"{HTML}dl") if one.get("class") == "facts"]
    terms = [text_of(one) for one in facts.iter(f"{HTML}dt")]
    return dict(zip(terms, (text_of(one) for one in facts.iter(f"{HTML}dd")), strict=True))


def verdict(tree: Any) -> tuple[str, str]:
    (found,) = [one for one in tree.iter(f"{HTML}div") if (one.get("class") or "").startswith("verdict")]
    return found.get("class") or "", text_of(found)


def resolution(samples: TestClient, identifier: str, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = samples.get(f"/api/v1/entities/{identifier}/resolution", params=query).json()
    return found


# --- the status and the facts ---


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_sentences(status: Status) -> None:
    assert status_sentence(status.word)
    codes = [status.word]
    if status.undetermined(strict=True) and not status.undetermined(strict=False):
        codes.append(f"{status.word}_as_recorded")
    for code in codes:
        assert word("rules_see", code) != spaced(code)
        assert word("rules_see", code).startswith(("The rules see", "By the policy"))


@pytest.mark.parametrize(
    ("identifier", "status"),
    [
        (GERMAN, "resolved"),
        (WITHHELD, "withheld"),
        ("X:target", "open_top"),
        ("X:hazy", "possible"),
        ("X:venture", "joint"),
        ("LEI:00KLB2PFTM3060S2N216", "own_top"),
        ("X:apex", "no_evidence"),
    ],
)
def test_the_status_is_said_in_words(samples: TestClient, identifier: str, status: str) -> None:
    assert resolution(samples, identifier, as_of=DAY)["status"] == status
    kind, said = verdict(page(samples, f"/entity/{identifier}?as_of={DAY}"))
    assert status_sentence(status) in said
    assert word("rules_see", status) in said
    assert ("warn" in kind) == Status[status.upper()].undetermined(strict=True)


def test_notes_are_explained(samples: TestClient) -> None:
    document = resolution(samples, GERMAN)
    assert document["notes"]
    _, said = verdict(page(samples, f"/entity/{GERMAN}"))
    for note in document["notes"]:
        assert status_sentence(note) in said


def test_an_open_top_is_settled_by_policy_alone(samples: TestClient) -> None:
    strict, recorded = (
        verdict(page(samples, f"/entity/X:target?as_of={DAY}&open_top={policy}"))
        for policy in ("strict", "as-recorded")
    )
    assert "warn" in strict[0]
    assert "warn" not in recorded[0]
    assert "nobody has confirmed it" in recorded[1]
    assert "nobody has confirmed it" not in strict[1]
    withheld = verdict(page(samples, f"/entity/{WITHHELD}?open_top=as-recorded"))
    assert "warn" in withheld[0]


def test_the_facts_stand_with_their_rows(samples: TestClient) -> None:
    tree = page(samples, f"/entity/{GERMAN}")
    facts = about(tree)
    assert facts["Headquarters"].startswith("Germany (DE) (register record; gleif-lei2-2025-05-15")
    assert "row 142)" in facts["Headquarters"]
    assert RUSSIAN in facts["Ultimate parent"]
    assert "Russia (RU)" in facts["Ultimate parent"]
    assert "never stand in for the headquarters" in facts["Weaker facts"]
    assert "registered in Germany (DE)" in facts["Weaker facts"]
    assert f"/entity/{RUSSIAN}" in links(tree)
    assert "/sources/gleif-lei2-2025-05-15" in links(tree)


def test_an_unknown_headquarters_is_not_filled_in(samples: TestClient, registries: TestClient) -> None:
    facts = about(page(registries, f"/entity/X:northwind-lab?as_of={DAY}"))
    assert facts["Headquarters"] == "not known"
    facts = about(page(samples, f"/entity/{WITHHELD}"))
    assert facts["Ultimate parent"] == "not known"


def test_sources_that_differ_are_alternatives(tmp_path: Path) -> None:
    add_load(tmp_path, "lei2", date(2026, 1, 31), {"entities": [entity("A", "DE", registered_country="FR")]})
    stated = {
        "id": lei("A"),
        "country": "AE",
        "basis": "filing",
        "stated_by": "Ann",
        "file": "hq.csv",
        "row": 2,
        "record": "hq/1",
    }
    add_load(tmp_path, "seats", date(2026, 1, 31), {"headquarters": [stated]})
    tree = page(client(tmp_path), f"/entity/{lei('A')}")
    said = about(tree)["Headquarters"]
    assert said.startswith("Sources differ. Each of these counts as possible:")
    assert "Germany (DE) (register record; gleif-lei2-2026-01-31, lei2.csv, row 2)" in said
    assert "United Arab Emirates (AE) (filing, stated by Ann; gleif-seats-2026-01-31, hq.csv, row 2)" in said
    assert "France" not in said
    assert "France (FR)" in about(tree)["Weaker facts"]


# --- links and states ---


def test_what_was_asked_stays_in_every_link_to_a_party(samples: TestClient) -> None:
    tree = page(samples, f"/entity/X:target?as_of={DAY}&test=control")
    parties = [one for one in links(tree) if one.startswith("/entity/")]
    assert len(parties) > 10
    assert all(f"as_of={DAY}" in one and "test=control" in one for one in parties)
    assert f"/case?ultimate_consignee.entity=X%3Atarget&as_of={DAY}&test=control" in links(tree)


def test_the_form_asks_for_another_day_and_test(samples: TestClient) -> None:
    tree = page(samples, "/entity/X:sold?as_of=2023-06-01&test=majority&up=3&expand=down%3AX%3Asouth&show=timeline")
    (form,) = [one for one in tree.iter(f"{HTML}form") if one.get("action") == "/entity/X:sold"]
    assert form.get("method") is None
    given = {(one.get("name"), one.get("value")) for one in form.iter(f"{HTML}input")}
    assert ("as_of", "2023-06-01") in given
    assert {("up", "3"), ("expand", "down:X:south"), ("show", "timeline")} <= given
    options = list(form.iter(f"{HTML}option"))
    assert {one.get("value") for one in options} == {*names(), "strict", "as-recorded"}
    assert [one.get("value") for one in options if "selected" in one.attrib] == ["majority", "strict"]


def test_another_day_gives_another_parent(samples: TestClient) -> None:
    before, after = (about(page(samples, f"/entity/X:sold?as_of={day}")) for day in ("2023-06-01", "2024-06-01"))
    assert "Southgate Werke" in before["Direct parent"]
    assert "Northlight Systems" in after["Direct parent"]
    page(samples, "/entity/X:sold?known_as_of=2001-01-01", 404)


def test_blank_fields_of_the_form_mean_the_default(samples: TestClient) -> None:
    plain = about(page(samples, f"/entity/{GERMAN}"))
    assert about(page(samples, f"/entity/{GERMAN}?as_of=&known_as_of=&test=&open_top=")) == plain


@pytest.mark.parametrize("written", ["391200PKEUF3Y2NUMW25", "391200pkeuf3y2numw25", "LEI:391200PKEUF3Y2NUMW25"])
def test_identifiers_are_taken_as_people_write_them(samples: TestClient, written: str) -> None:
    assert GERMAN in text_of(page(samples, f"/entity/{written}"))


def test_any_identifier_of_a_party_leads_to_it(registries: TestClient) -> None:
    first, second = (page(registries, f"/entity/{one}") for one in ("OC:gb%2F99990001", "GB-COH:99990001"))
    assert about(first) == about(second)
    said = text_of(first)
    assert "One party under several identifiers" in said
    for identifier in ("LEI:9999NORTHWINDCOMPU51", "GB-COH:99990001", "OC:gb/99990001"):
        assert identifier in said


# --- evidence, owners, holdings ---


def test_evidence_is_every_row_that_the_answer_keeps(samples: TestClient) -> None:
    tree = page(samples, f"/entity/X:target?as_of={DAY}")
    document = resolution(samples, "X:target", as_of=DAY)
    kept = document["proof"]["basis"]["rows"]
    rows = tables(tree)[ROWS][1:]
    assert len(rows) == len(kept)
    said = f"{len(kept)} rows were read; the proof cites {sum(row[6] == 'yes' for row in rows)} of them"
    assert said in text_of(tree)
    (thirty,) = [row for row in rows if row[2] == "shares, 30 %"]
    assert thirty[0] == "Target Semiconductors (invented)"
    assert thirty[3:7] == ["Apex Left (invented)", "2019-01-01", "", "yes"]
    assert "holdings.csv, row 9" in thirty[7]
    assert "table/holdings/holdings/X:left/X:target/shares" in thirty[7]
    first = [row[0] for row in rows]
    assert first[:3] == ["Target Semiconductors (invented)"] * 3
    assert "Target Semiconductors (invented)" not in first[3:]


def test_rows_that_the_proof_does_not_cite_are_not_marked(samples: TestClient) -> None:
    document = resolution(samples, "X:target", as_of=DAY)
    cited = [node["source"] for node in document["proof"]["nodes"] if node.get("source")]
    rows = evidence_rows(document)
    assert rows is not None
    assert any(row.decides for row in rows)
    assert not all(row.decides for row in rows)
    assert all(row.decides == (row.source in cited) for row in rows)


def test_statements_on_parents_are_evidence(samples: TestClient) -> None:
    rows = tables(page(samples, f"/entity/{WITHHELD}"))[ROWS]
    (said,) = [row[2] for row in rows if row[1] == "statement on parents"]
    assert said == "direct level: parent without group accounts (NON_CONSOLIDATING)"


def test_evidence_of_every_table_is_said_in_words(registries: TestClient) -> None:
    rows = tables(page(registries, f"/entity/X:northwind-lab?as_of={DAY}"))[ROWS][1:]
    kinds = {row[1] for row in rows}
    assert {"register record", "holding", "statement on parents", "other identifier", "headquarters stated"} <= kinds
    assert "headquarters China (CN) (filing on 2025-12-31: annual report 2025, page 2)" in {row[2] for row in rows}


def test_rows_too_many_to_keep_are_said_to_be(samples: TestClient) -> None:
    document = resolution(samples, "X:target")
    document["proof"]["basis"]["rows"] = None
    assert evidence_rows(document) is None


def test_owners_and_holdings_are_those_of_the_command(samples: TestClient) -> None:
    tree = tables(page(samples, f"/entity/X:target?as_of={DAY}"))
    owners = tree["Everyone who must or may control it, or whose integrated share may reach 1 %"]
    assert [row[:4] for row in owners[1:]] == [
        ["Apex Group (invented) X:apex", "legal entity", "controls", "29.5875"],
        ["Apex Left (invented) X:left", "legal entity", "does not control", "30"],
        ["Apex Right (invented) X:right", "legal entity", "does not control", "22.5"],
    ]
    assert owners[1][5] == "Apex Group (invented) › Apex Left (invented) › Target Semiconductors (invented)"
    (group,) = [rows for caption, rows in tree.items() if caption.startswith("The group below it: 1 company")]
    assert group[1][:5] == ["Target Labs (invented) X:target-labs", "1", "controls", "75", "75"]


def test_interests_that_do_not_count_are_shown(samples: TestClient) -> None:
    said = text_of(page(samples, f"/entity/X:shell?as_of={DAY}"))
    assert "Recorded, and not counted by the test" in said


def test_a_large_group_is_cut_and_its_file_is_not(tmp_path: Path) -> None:
    few = LISTED + 50
    children = [company(f"X:{number:04}", f"Child {number}", "DE", row=number + 2) for number in range(few)]
    held = [holding("X:top", one["id"], 60, row=place) for place, one in enumerate(children, 2)]
    tables_of = {"entities": [company("X:top", "Top", "DE"), *children], "holdings": held}
    add_load(tmp_path, "large", date(2026, 1, 31), tables_of)
    reader = client(tmp_path)
    tree = page(reader, "/entity/X:top")
    (rows,) = [rows for caption, rows in tables(tree).items() if caption.startswith(f"The group below it: {few}")]
    assert len(rows) == LISTED + 1
    assert f"The first {LISTED} of {few}; the files have all." in text_of(tree)
    assert len(rows_of(reader.get("/api/v1/entities/X:top/holdings?format=csv").text)) == few


# --- what is slow ---


@pytest.mark.parametrize(
    ("part", "caption"),
    [
        ("timeline", "Days on which parents, status or their headquarters changed, by the test headquarters"),
        ("sensitivity", "The same question by other tests and at other thresholds"),
    ],
)
def test_slow_parts_are_states_of_their_own(samples: TestClient, part: str, caption: str) -> None:
    tree = page(samples, f"/entity/X:target?as_of={DAY}")
    assert caption not in tables(tree)
    (offer,) = [one for one in tree.iter(f"{HTML}a") if one.get("data-fills") == f"{part}-part"]
    followed = page(samples, (offer.get("href") or "").partition("#")[0])
    assert caption in tables(followed)
    assert not [one for one in followed.iter(f"{HTML}a") if one.get("data-fills") == f"{part}-part"]
    alone = samples.get(offer.get("data-from") or "", headers=BROWSER)
    assert alone.status_code == 200
    assert caption in alone.text
    assert "<html" not in alone.text
    assert "<script" not in alone.text


def test_timeline_and_sensitivity_say_what_the_documents_say(samples: TestClient) -> None:
    tree = tables(page(samples, f"/entity/X:sold?as_of={DAY}&show=timeline&show=sensitivity"))
    document = samples.get("/api/v1/entities/X:sold/timeline").json()
    changes = next(rows for caption, rows in tree.items() if caption.startswith("Days on which"))
    assert [row[0] for row in changes[1:]] == [entry["date"] or "before" for entry in document["timeline"]]
    document = samples.get("/api/v1/entities/X:sold/sensitivity", params={"as_of": DAY}).json()
    variants = next(rows for caption, rows in tree.items() if caption.startswith("The same question"))
    assert len(variants) == len(document["variants"]) + 1
    possible = tables(page(samples, f"/entity/X:hazy?as_of={DAY}&show=sensitivity"))
    assert "The exact share that would settle it" in possible


# --- the proof ---


def test_the_proof_is_a_tree_that_opens(samples: TestClient) -> None:
    document = resolution(samples, "X:target", as_of=DAY)
    tree = page(samples, f"/entity/X:target?as_of={DAY}")
    (shown,) = [one for one in tree.iter(f"{HTML}div") if one.get("class") == "tree"]
    said = text_of(shown)
    for node in document["proof"]["nodes"]:
        assert node["text"] in said
    opened = list(shown.iter(f"{HTML}details"))
    assert len(opened) > 3
    assert [("open" in one.attrib) for one in opened].count(True) == 1


# --- files ---


def test_every_file_that_the_page_offers_is_there(samples: TestClient) -> None:
    tree = page(samples, f"/entity/X:target?as_of={DAY}&show=timeline&show=sensitivity")
    offered = {one for one in links(tree) if one.startswith("/api/")}
    assert len(offered) >= 18
    for address in sorted(offered):
        answer = samples.get(address)
        assert answer.status_code == 200, address
        if "openapi" not in address:
            assert f"as_of={DAY}" in address
        assert answer.content


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_csv_without_formulas(tmp_path: Path, table: str) -> None:
    hostile = client(hostile_store(tmp_path))
    answer = hostile.get(f"/api/v1/entities/X:script/{table}", params={"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="{table}-X-script.csv"' in answer.headers["content-disposition"]
    rows = rows_of(answer.text)
    assert rows
    cells = [cell for row in rows for cell in row.values()]
    assert not [
        cell for cell in cells if cell and cell[0] in "=+-@\t\r" and not cell.lstrip("+-").replace(".", "").isdigit()
    ]


def test_a_formula_in_a_name_stays_a_name_in_json(tmp_path: Path) -> None:
    hostile = client(hostile_store(tmp_path))
    rows = rows_of(hostile.get("/api/v1/entities/X:script/owners?format=csv").text)
    assert {row["owner"]: row["name"] for row in rows}["X:formula"] == f"'{FORMULA}"
    owners = hostile.get("/api/v1/entities/X:script/owners").json()["owners"]
    assert {one["id"]: one["name"] for one in owners}["X:formula"] == FORMULA


def test_evidence_as_csv_has_its_columns(samples: TestClient) -> None:
    answer = samples.get("/api/v1/entities/X:target/evidence", params={"format": "csv", "as_of": DAY})
    assert answer.text.splitlines()[0] == ",".join(COLUMNS)
    assert len(rows_of(answer.text)) == len(
        samples.get("/api/v1/entities/X:target/evidence", params={"as_of": DAY}).json()
    )


# --- what means harm ---


def test_names_that_mean_harm_are_text(tmp_path: Path) -> None:
    hostile = client(hostile_store(tmp_path))
    for identifier in ("X:script", "X:formula", "X:markup"):
        tree = page(hostile, f"/entity/{identifier}?show=timeline&show=sensitivity")
        for one in tree.iter(f"{HTML}script"):
            assert (one.get("src") or "").startswith("/static/")
            assert not text_of(one)
        assert all((one.get("src") or "").startswith("/static/") for one in tree.iter(f"{HTML}img"))
        answer = hostile.get(f"/entity/{identifier}", headers=BROWSER)
        assert SCRIPT not in answer.text
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    (heading,) = page(hostile, "/entity/X:script").iter(f"{HTML}h1")
    assert text_of(heading) == SCRIPT


def test_an_identifier_like_a_path_is_an_identifier(tmp_path: Path) -> None:
    hostile = client(hostile_store(tmp_path))
    (address,) = [one for one in links(page(hostile, "/?q=pathway")) if one.startswith("/entity/")]
    assert ".." in address
    assert path_of(address).count("/") == 2
    tree = page(hostile, address)
    assert text_of(next(tree.iter(f"{HTML}h1"))) == "Pathway"
    for one in links(tree):
        if one.startswith(("/entity/", "/api/v1/entities/")):
            assert hostile.get(one).status_code == 200, one


def test_a_party_without_a_record_has_a_page(tmp_path: Path) -> None:
    tables_of = {"relationships": [relationship("A", "B")], "entities": [entity("A", "DE")]}
    add_load(tmp_path, "rr", date(2026, 1, 31), tables_of)
    assert frame("relationships", tables_of["relationships"]).height == 1
    reader = client(tmp_path)
    tree = page(reader, link(page(reader, f"/entity/{lei('A')}"), lei("B")))
    assert "no record loaded" in text_of(tree)


def test_the_page_knows_no_more_than_the_application(sample: Path, samples: TestClient) -> None:
    document = Application(sample).entities.resolve("X:target", OfFacts(date.fromisoformat(DAY)))
    assert document["id"] in text_of(page(samples, f"/entity/X:target?as_of={DAY}"))


def test_a_manager_that_only_a_fund_names_stands_in_the_chart(tmp_path: Path) -> None:
    fund = relationship("A", "B", "FundManagement")
    add_load(tmp_path, "rr", date(2026, 1, 31), {"relationships": [fund], "entities": [entity("A", "DE")]})
    chart = client(tmp_path).get(f"/api/v1/entities/{lei('A')}/chart").json()
    (manager,) = [one for one in chart["nodes"] if one["id"] == lei("B")]
    assert (manager["record"], manager["headquarters"]) == (False, "unknown")
    assert lei("B") in text_of(page(client(tmp_path), f"/entity/{lei('A')}"))


def test_a_party_that_the_test_does_not_look_at_is_not_called_unknown(tmp_path: Path) -> None:
    tables_of = {"relationships": [relationship("A", "B")], "entities": [entity("A", "DE")]}
    add_load(tmp_path, "rr", date(2026, 1, 31), tables_of)
    reader = client(tmp_path)
    page(reader, f"/entity/{lei('B')}")
    said = text_of(page(reader, f"/entity/{lei('B')}?test=control", 404))
    assert f"The test control looks at no row that names {lei('B')}" in said
    assert f"No loaded record names {lei('C')}" in text_of(page(reader, f"/entity/{lei('C')}?test=control", 404))
