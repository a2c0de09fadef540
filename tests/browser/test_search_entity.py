"""Search and entity in a browser: suggestions by keyboard and mouse, slow parts brought in, no script, a telephone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from accessibility import barriers, sideways
from served_sample import GERMAN

WITHHELD = "LEI:00GBW0Z2GYIER7DHDS71"
ENTITIES = (GERMAN, WITHHELD, "X:target", "X:hazy", "X:ring-a")


def options(page: Page) -> Locator:
    return page.locator("[role=listbox] [role=option]")


def field(page: Page) -> Locator:
    return page.get_by_label("Name in any script, or identifier")


def test_suggestions_are_chosen_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    combo = field(page)
    expect(combo).to_be_focused()
    page.keyboard.type("rosneft d")
    expect(options(page).first).to_be_visible()
    expect(combo).to_have_attribute("role", "combobox")
    expect(combo).to_have_attribute("aria-expanded", "true")
    assert barriers(page) == []
    page.keyboard.press("ArrowDown")
    chosen = combo.get_attribute("aria-activedescendant")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    assert options(page).first.get_attribute("id") == chosen
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/entity/{GERMAN}$"))
    expect(page.locator("h1")).to_have_text("Rosneft Deutschland GmbH")


def test_escape_closes_and_enter_searches(page: Page) -> None:
    page.goto("/")
    page.keyboard.type("target")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options(page).first).to_be_hidden()
    expect(field(page)).to_have_value("target")
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?q=target$"))
    expect(page.get_by_role("table").get_by_role("link", name="Target Semiconductors (invented)")).to_be_visible()


def test_the_field_at_the_top_opens_an_entity(page: Page) -> None:
    page.goto("/sources")
    page.get_by_label("Find an entity: name or identifier").press_sequentially("target sem")
    options(page).first.click()
    expect(page).to_have_url(re.compile("/entity/X:target$"))


def test_nothing_is_suggested_for_what_is_not_there(page: Page) -> None:
    page.goto("/")
    with page.expect_response(re.compile("/api/v1/search")):
        page.keyboard.type("zzqqxxww")
    expect(page.locator("main [role=status]")).to_have_text("No suggestion")
    expect(field(page)).to_have_attribute("aria-expanded", "false")


def test_slow_parts_come_without_leaving_the_page_and_stay_in_its_address(page: Page) -> None:
    page.goto("/entity/X:target?as_of=2026-01-31")
    page.get_by_role("link", name="Show the timeline").click()
    changes = page.get_by_role("table", name=re.compile("Days on which parents"))
    expect(changes).to_be_visible()
    page.get_by_role("link", name="Show the sensitivity").click()
    variants = page.get_by_role("table", name=re.compile("The same question by other tests"))
    expect(variants).to_be_visible()
    expect(page).to_have_url(re.compile(r"as_of=2026-01-31&show=timeline&show=sensitivity#sensitivity$"))
    page.reload()
    expect(changes).to_be_visible()
    expect(variants).to_be_visible()


def test_the_form_asks_again(page: Page) -> None:
    page.goto("/entity/X:sold")
    page.get_by_text("Ask as of another day").click()
    page.get_by_label("Facts as of").fill("2023-06-01")
    page.get_by_label("Parent test").select_option("majority")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("dl.facts")).to_contain_text("Southgate Werke (invented)")
    expect(page).to_have_url(re.compile("as_of=2023-06-01.*test=majority"))


def test_the_proof_opens_to_its_rows(page: Page) -> None:
    page.goto(f"/entity/{GERMAN}")
    tree = page.locator(".tree")
    leaf = tree.get_by_text("row 142").first
    expect(leaf).to_be_hidden()
    tree.get_by_text("is headquartered in DE").click()
    expect(leaf).to_be_visible()


def test_from_an_entity_to_its_order(page: Page) -> None:
    page.goto(f"/entity/{GERMAN}")
    page.get_by_role("link", name="Determine an order to this company").click()
    expect(page).to_have_url(re.compile("/case"))
    expect(page.locator(f"input[value='{GERMAN}']").first).to_be_attached()


@pytest.mark.parametrize("identifier", ENTITIES)
def test_an_entity_has_no_barrier_and_fits_a_telephone(page: Page, identifier: str) -> None:
    address = f"/entity/{identifier}?as_of=2026-01-31&show=timeline&show=sensitivity"
    page.goto(address)
    assert barriers(page) == []
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(address)
    assert sideways(page) <= 0
    assert barriers(page) == []


@pytest.mark.parametrize("address", ["/?q=invented", "/?q=zzqqxxww"])
def test_results_have_no_barrier_and_fit_a_telephone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(address)
    assert barriers(page) == []
    assert sideways(page) <= 0


def test_everything_works_without_a_script(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    try:
        page = context.new_page()
        page.goto("/")
        field(page).fill("target semi")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Target Semiconductors (invented)").click()
        page.get_by_role("link", name="Show the timeline").click()
        expect(page.get_by_text("Days on which parents")).to_be_visible()
        page.get_by_text("Ask as of another day").click()
        page.get_by_label("Facts as of").fill("2018-06-01")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".verdict")).to_contain_text("no_evidence")
    finally:
        context.close()
