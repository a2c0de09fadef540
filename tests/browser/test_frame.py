"""The frame of the workbench: signing in, skip link, what every page has."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accessibility import barriers, sideways

PAGES = ("/", "/case", "/screening", "/query", "/rules", "/records", "/ledger", "/sources", "/sign-in")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_no_barrier(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "en"
    assert barriers(page) == []


@pytest.mark.parametrize("address", PAGES)
def test_every_page_fits_a_telephone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(address)
    assert sideways(page) <= 0


@pytest.mark.parametrize("address", ["/entity/LEI:391200PKEUF3Y2NUMW25", "/sources", "/rules"])
def test_no_table_leaves_the_paper(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within usual margins
    page.emulate_media(media="print")
    page.goto(address)
    ends = page.locator("table").evaluate_all("all => all.map(one => Math.ceil(one.getBoundingClientRect().right))")
    assert ends
    assert max(ends) <= 718


def test_the_first_tab_leads_past_the_navigation(page: Page) -> None:
    page.goto("/sources")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_signing_in_and_out(signed_in: Page) -> None:
    expect(signed_in.get_by_role("button", name="Sign out")).to_be_visible()
    signed_in.get_by_role("button", name="Sign out").click()
    expect(signed_in.get_by_role("link", name="Sign in to write")).to_be_visible()
