"""The browser part of docs/tutorial.md, step by step: from a name to a report, without reading the manual."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from topco import knowledge

TUTORIAL = knowledge.root() / "docs" / "tutorial.md"


def told(*words: str) -> None:
    """The tutorial names these words of the pages."""
    text = re.sub(r"\s+", " ", TUTORIAL.read_text(encoding="utf-8"))
    assert [word for word in words if f"*{word}*" not in text] == []


def test_the_steps_of_the_tutorial(page: Page, tmp_path: Path) -> None:
    told("Name in any script, or identifier", "Rosneft Deutschland GmbH", "Determine an order to this company")
    told("On which day does it happen?", "What is done with the item?", "From which country is it shipped?")
    told("To which country does it go in the end?", "a data centre", "Which ECCN does it have?", "Proof", "Report")
    page.goto("/")
    page.get_by_label("Name in any script, or identifier").fill("rosneft")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Rosneft Deutschland GmbH").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rosneft Deutschland GmbH")
    expect(page.locator("main")).to_contain_text(
        "One company stands at the top of the chain, and a register confirms it"
    )
    expect(page.locator("main svg").first).to_be_visible()
    page.get_by_role("link", name="Determine an order to this company").click()
    page.get_by_label("On which day does it happen?").fill("2025-06-01")
    page.get_by_label("What is done with the item?").select_option("export")
    page.get_by_label("From which country is it shipped?").fill("US")
    page.get_by_label("To which country does it go in the end?").fill("DE")
    page.get_by_label("a data centre").check()
    page.get_by_label("Which ECCN does it have?", exact=True).fill("3A090.a")
    answer = page.locator("#answer")
    expect(answer).to_contain_text(
        "presumption of denial: the ultimate parent of Rosneft Deutschland GmbH", timeout=30_000
    )
    answer.locator("details.tree > summary").first.click()
    expect(answer).to_contain_text(
        "Presumption of denial for Macau and D:5 destinations, headquarters and ultimate parents"
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="Report", exact=True).click()
    saved = tmp_path / "report.html"
    download.value.save_as(saved)
    report = saved.read_text(encoding="utf-8")
    assert "Rosneft Deutschland GmbH" in report
    assert "742.6(b)(10)(iii)(A)(1)" in report
    assert "<script" not in report


def test_the_address_holds_what_was_filled_in(page: Page) -> None:
    """A colleague who opens it sees the same case."""
    page.goto("/case?ultimate_consignee.entity=LEI:391200PKEUF3Y2NUMW25")
    page.get_by_label("To which country does it go in the end?").fill("DE")
    page.get_by_label("Which ECCN does it have?", exact=True).fill("3A090.a")
    expect(page.locator("#answer")).to_contain_text("3A090.a", timeout=30_000)
    page.wait_for_url(re.compile("transaction.destination=DE"))
    address = page.url
    page.goto("/")
    page.goto(address)
    expect(page.get_by_label("To which country does it go in the end?")).to_have_value("DE")
    expect(page.get_by_label("Which ECCN does it have?", exact=True)).to_have_value("3A090.a")
