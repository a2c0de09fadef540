"""The SPARQL page in a browser: completion, asking by keys, pictures, the plain form."""

from __future__ import annotations

import re
from urllib.parse import quote

from playwright.sync_api import Browser, Page, expect

from accessibility import barriers, sideways

DESCRIBED = "/query?query=" + quote("DESCRIBE <https://w3id.org/topco/id/LEI/391200PKEUF3Y2NUMW25>")


def test_words_of_the_vocabulary_are_completed_and_keys_ask(page: Page) -> None:
    page.goto("/query")
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * { ?s topco:hasDir", delay=15)
    expect(page.get_by_role("option").first).to_contain_text("topco:hasDirectParent")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    page.keyboard.type(" ?o } LIMIT 4")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="The answer as a table").get_by_role("row")).to_have_count(5)
    expect(page).to_have_url(re.compile("query=SELECT.*hasDirectParent"))


def test_a_description_is_drawn_and_nothing_bars_anybody(page: Page) -> None:
    page.goto(DESCRIBED)
    expect(page.get_by_role("region", name="The answer as a picture")).to_contain_text("Rosneft Deutschland")
    page.locator(".cm-content").wait_for()
    assert barriers(page) == []
    page.set_viewport_size({"width": 375, "height": 800})
    assert sideways(page) == 0
    page.get_by_role("region", name="The answer as a table").get_by_role(
        "link", name="LEI:391200PKEUF3Y2NUMW25"
    ).first.click()
    expect(page).to_have_url(re.compile("/entity/LEI:391200PKEUF3Y2NUMW25"))


def test_the_library_has_forms(page: Page) -> None:
    page.goto("/query")
    page.locator("summary", has_text="Loads of registry data").click()
    page.get_by_role("button", name="Ask: Loads of registry data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Loads of registry data")
    expect(page.get_by_role("region", name="The answer as a table")).to_contain_text("gleif")


def test_without_a_script_it_is_a_plain_form(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    page.goto("/query")
    page.get_by_label("Query").fill("ASK { ?s topco:name ?n }")
    page.get_by_role("button", name="Ask", exact=True).first.click()
    expect(page.locator(".verdict")).to_contain_text("Yes")
    context.close()
