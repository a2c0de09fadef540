"""Pages of the law: what they say, that every state is an address, and what they say of what there is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from commands import Run
from fastapi.testclient import TestClient
from html_pages import HTML, tables, text_of

from served_sample import client
from topco.choices import READINGS
from topco.reports.words import word
from workbench_pages import link, links, page

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return client(tmp_path_factory.mktemp("law") / "no-store")


def rows(tree: Any, begins: str) -> list[list[str]]:
    """The rows of the one table whose caption ends or begins so, without its headings."""
    (found,) = [cells for caption, cells in tables(tree).items() if begins in caption]
    return found[1:]


def listed(run: Run, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("rules", *options, "--format", "json")[1].splitlines()]


@pytest.mark.parametrize("reading", READINGS)
def test_rules_are_those_of_the_command(reader: TestClient, run: Run, reading: str) -> None:
    tree = page(reader, f"/rules?reading={reading}&rules_as_of={DAY}&q=&kind=")
    shown = rows(tree, "rules, in the order in which they run")
    said = listed(run, "list", "--reading", reading, "--rules-as-of", DAY)
    assert [(row[0], row[2], row[3]) for row in shown] == [(one["rule"], one["cite"], one["label"]) for one in said]
    assert DAY in text_of(next(tree.iter(f"{HTML}h1")))


def test_rules_are_found_by_words_and_kind(reader: TestClient) -> None:
    shown = rows(page(reader, f"/rules?rules_as_of={DAY}&q=allocation+740&kind="), "rules, in the order")
    assert shown == []
    shown = rows(page(reader, f"/rules?rules_as_of={DAY}&q=ALLOCATION+742.6"), "rules, in the order")
    assert {row[0] for row in shown} >= {"codified/review-within-allocation", "codified/review-no-allocation"}
    kinds = {row[1] for row in rows(page(reader, f"/rules?rules_as_of={DAY}&kind=PolicyRule"), "rules, in the order")}
    assert kinds == {"policy rule"}


def test_the_date_stays_in_every_link(reader: TestClient) -> None:
    tree = page(reader, f"/rules?rules_as_of={DAY}&reading=article")
    inside = [one for one in links(tree) if one.startswith("/rules")]
    assert len(inside) > 20
    menu = {one for one in links(tree) if one == "/rules"}
    assert menu == {"/rules"}
    kept = [one for one in inside if one not in menu]
    assert all(f"rules_as_of={DAY}" in one and "reading=article" in one for one in kept)


def test_a_rule_has_its_query_paragraph_and_figures(reader: TestClient, run: Run) -> None:
    tree = page(reader, f"/rules/codified/review-within-allocation?rules_as_of={DAY}")
    (query,) = tree.iter(f"{HTML}pre")
    said = run("rules", "show", "review-within-allocation", "--rules-as-of", DAY, "--format", "json")[1]
    assert "".join(query.itertext()).strip() == json.loads(said)["query"].strip()
    text = text_of(tree)
    assert "790,000,000 TPP" in text
    assert "742.6(b)(10)(iii)(B)(1)" in text
    assert "Supplement 5 to part 740, paragraph (a)" in text
    assert "not verified" in text_of(page(reader, "/rules/review-within-allocation?rules_as_of=2026-11-20"))


def test_every_rule_of_every_reading_has_a_page(reader: TestClient) -> None:
    for reading in READINGS:
        tree = page(reader, f"/rules?rules_as_of={DAY}&reading={reading}")
        for address in {one for one in links(tree) if one.startswith(f"/rules/{reading}/")}:
            page(reader, address)


def test_a_date_without_rules_keeps_the_form(reader: TestClient) -> None:
    tree = page(reader, "/rules?rules_as_of=2020-01-01", status=422)
    assert "no rules for 2020-01-01" in text_of(tree)
    assert [one.get("value") for one in tree.iter(f"{HTML}input") if one.get("name") == "rules_as_of"] == ["2020-01-01"]
    for path in ("/rules/coverage", "/rules/table"):
        page(reader, f"{path}?rules_as_of=2020-01-01", status=422)


def test_what_there_is_not_is_a_page(reader: TestClient) -> None:
    assert "in force on that date" in text_of(page(reader, "/rules/codified/none", status=404))
    page(reader, "/rules?reading=liberal", status=422)
    page(reader, "/rules?rules_as_of=soon", status=422)


def test_data_of_the_law_are_those_of_the_commands(reader: TestClient, run: Run) -> None:
    figures = rows(page(reader, f"/rules/parameters?rules_as_of={DAY}"), "rows")
    assert [row[0] for row in figures] == [one["label"] for one in listed(run, "parameters", "--rules-as-of", DAY)]
    assert len(rows(page(reader, "/rules/parameters"), "rows")) == len(listed(run, "parameters"))
    assert len(rows(page(reader, "/rules/entries"), "rows")) == len(listed(run, "entries"))
    assert len(rows(page(reader, "/rules/periods"), "rows")) == len(listed(run, "periods"))
    groups = rows(page(reader, "/rules/groups?rules_as_of=2026-07-10&q=A:5"), "rows")
    assert any("United Arab Emirates (AE)" in row[-1] for row in groups)


def test_coverage_counts_and_filters(reader: TestClient, run: Run) -> None:
    said = json.loads(run("rules", "coverage", "--rules-as-of", DAY, "--format", "json")[1])
    tree = page(reader, f"/rules/coverage?rules_as_of={DAY}")
    assert len(rows(tree, "provisions")) == len(said["provisions"])
    assert {one.get("value") for one in tree.iter(f"{HTML}meter")} >= {str(len(said["modelled"]))}
    part = page(reader, link(tree, word("coverage", "partial")))
    assert [row[0] for row in rows(part, "provisions")] == said["partial"]


def test_the_table_is_paged_and_filtered(reader: TestClient, run: Run) -> None:
    day = "2023-12-01"
    said = listed(run, "table", "--rules-as-of", day)
    tree = page(reader, f"/rules/table?rules_as_of={day}")
    shown = rows(tree, "What must hold")
    while (after := [one for one in tree.iter(f"{HTML}a") if one.get("rel") == "next"]) and len(shown) < len(said):
        tree = page(reader, after[0].get("href") or "")
        shown += rows(tree, "What must hold")
    assert [row[1] for row in shown] == [one["when"] for one in said]
    some = rows(page(reader, f"/rules/table?rules_as_of={day}&q=denial"), "What must hold")
    assert 0 < len(some) < len(said)


def test_differences_by_part(reader: TestClient, run: Run) -> None:
    said = json.loads(run("rules", "diff", "2025-05-14", "2025-05-15", "--format", "json")[1])
    tree = page(reader, "/rules/diff?a=2025-05-14&b=2025-05-15")
    assert "codified@2025-05-14" in text_of(tree)
    parts = [part for part in said if part not in ("a", "b") and said[part]]
    shown = rows(page(reader, f"/rules/diff?a=2025-05-14&b=2025-05-15&part={parts[-1]}"), "What is not the same")
    assert [row[0] for row in shown] == [one["subject"] for one in said[parts[-1]]][:100]
    assert "Nothing differs" in text_of(page(reader, f"/rules/diff?a={DAY}&b={DAY}"))
    asked = page(reader, "/rules/diff?a=codified&b=%3Cb%3Esoon", status=400)
    assert "neither a reading nor a date" in text_of(asked)
    assert not list(asked.iter(f"{HTML}b"))
    page(reader, "/rules/diff")
    page(reader, "/rules/diff?a=&b=")
