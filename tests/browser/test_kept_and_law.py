"""The pages of law, records, ledger and sources in a browser: no barrier, on a telephone, with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accessibility import barriers, sideways
from served_sample import GERMAN

LAW = (
    "/rules?reading=enforced&rules_as_of=2026-06-01",
    "/rules/codified/review-within-allocation?rules_as_of=2025-06-01",
    "/rules/parameters",
    "/rules/groups",
    "/rules/entries",
    "/rules/periods",
    "/rules/coverage",
    "/rules/table?rules_as_of=2023-12-01",
    "/rules/diff",
    "/rules/diff?a=2025-05-14&b=2025-05-15",
    "/sources/findings",
    "/records/verify",
    "/ledger/entries",
    "/ledger/verify",
)
WRITTEN = (
    "/ledger",
    "/ledger/entries",
    "/ledger/entries/1",
    "/records",
    "/records/rec:1",
    "/records/rec:1/recheck",
    "/sources",
    "/sources/judgements",
    "/sources/statements",
)
CASE = {
    "id": "order 4711",
    "transaction": {"date": "2025-06-01", "activity": "export", "destination": "DE", "quantity_tpp": 1000},
    "item": {"eccn": "3A090.a"},
    "parties": [{"role": "ultimate_consignee", "entity": GERMAN, "located_in": "DE"}],
    "conditions": {"part_744_746_bar": False},
}


@pytest.fixture
def writer(signed_in: Page) -> Page:
    """Somebody who may write, in a store where something was kept, booked, judged and stated."""
    api = signed_in.request
    assert api.post("/api/v1/records", data=CASE).status == 201
    reservation = {"kind": "country", "country": "IN", "tpp": "1000", "determination": "det:1", "key": "browser"}
    assert api.post("/api/v1/ledger/reservations", data={**reservation, "as_of": "2025-06-01"}).status in (200, 201)
    judgement = {"first": GERMAN, "second": "NAME:DE/<script>alert(1)</script> GmbH", "verdict": "unsure"}
    assert api.post("/api/v1/judgements", data=judgement).status == 201
    statement = {"id": GERMAN, "country": "DE", "source": "<script>alert(1)</script>", "stated_on": "2025-01-01"}
    assert api.post("/api/v1/statements", data=statement).status == 201
    return signed_in


def _fits(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address, timeout=120_000)  # differences of law take their time
    expect(page.locator("h1")).to_have_count(1)
    assert barriers(page) == [], address
    page.set_viewport_size({"width": 375, "height": 700})
    assert sideways(page) <= 0, address
    assert barriers(page) == [], address


@pytest.mark.parametrize("address", LAW)
def test_a_page_that_anybody_reads(page: Page, address: str) -> None:
    _fits(page, address)


def test_pages_of_somebody_who_writes(writer: Page) -> None:
    for address in WRITTEN:
        _fits(writer, address)


def test_a_reservation_with_the_keyboard_alone(writer: Page) -> None:
    writer.goto("/ledger")
    writer.get_by_label("TPP", exact=True).focus()
    writer.keyboard.type("250.5")
    writer.keyboard.press("Tab")
    writer.keyboard.type("det:keyboard")
    writer.keyboard.press("Tab")
    writer.keyboard.type("BR")
    writer.keyboard.press("Enter")
    expect(writer.locator("h1")).to_contain_text("250.5 TPP reserved")
    writer.get_by_label("TPP", exact=True).first.focus()
    writer.keyboard.type("50")
    writer.keyboard.press("Enter")
    expect(writer.locator("h1")).to_contain_text("50 TPP committed")


def test_rules_of_another_date_are_one_form_away(page: Page) -> None:
    page.goto("/rules")
    page.get_by_label("Law as of").fill("2025-06-01")
    page.get_by_label("How the law is read").select_option("article")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("h1")).to_contain_text("2025-06-01")
    assert "reading=article" in page.url
    page.get_by_role("link", name="Coverage").click()
    expect(page.locator("h1")).to_contain_text("as an article of January 2025 describes it, on 2025-06-01")


def test_what_is_not_for_paper_is_not_printed(writer: Page) -> None:
    writer.goto("/ledger")
    writer.emulate_media(media="print")
    expect(writer.get_by_role("button", name="Reserve")).not_to_be_visible()
    expect(writer.get_by_role("table", name="Balances in TPP")).to_be_visible()
