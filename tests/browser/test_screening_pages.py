"""Screening in the browser: a thousand orders from upload to results, with the keyboard alone and without a script."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from accessibility import barriers, sideways
from topco import knowledge

LONG = 120_000


def thousand(folder: Path) -> Path:
    """The sample orders over and over, under numbers of their own."""
    with (knowledge.root() / "data" / "samples" / "orders" / "orders.csv").open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    path = folder / "thousand.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows([f"N-{n}", *rows[n % len(rows)][1:]] for n in range(1_000))
    return path


def uploaded(page: Page, path: Path) -> None:
    page.goto("/screening")
    page.get_by_label("A file of orders").set_input_files(path)
    page.get_by_role("button", name="Check the columns").click()
    expect(page.get_by_text("1,000 rows can be screened.")).to_be_visible(timeout=LONG)


def test_a_thousand_orders_from_upload_to_case(page: Page, tmp_path: Path) -> None:
    uploaded(page, thousand(tmp_path))
    assert barriers(page) == []
    page.get_by_role("button", name="Screen these orders").click()
    # The script listens to the events and shows the results when they are there.
    rows = page.get_by_role("table", name="Rows 1 to 50 of 1,000")
    expect(rows).to_be_visible(timeout=LONG)
    assert barriers(page) == []
    page.get_by_label("Status", exact=True).select_option(label="answered")
    page.get_by_label("Sorted by", exact=True).select_option("-quantity_tpp")
    page.get_by_role("button", name="Show", exact=True).click()
    assert "status=answered" in page.url
    expect(page.get_by_role("img", name="Rows by status, requirement and review policy")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV for a spreadsheet").click()
    assert download.value.suggested_filename == "thousand-screened.csv"
    with Path(download.value.path()).open(encoding="utf-8", newline="") as stream:
        assert {row["status"] for row in csv.DictReader(stream)} == {"answered"}
    page.set_viewport_size({"width": 375, "height": 700})
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("table.orders tbody a[href^='/case?']").first.click()
    expect(page.locator("h1")).to_have_count(1)
    assert page.url.partition("?")[0].endswith("/case")


def test_the_keyboard_suffices(page: Page) -> None:
    page.goto("/screening")
    page.get_by_role("button", name="Try it with sample orders").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Screen these orders")
    expect(button).to_be_visible(timeout=LONG)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Rows 1 to 27 of 27")).to_be_visible(timeout=LONG)


def test_pages_of_what_was_kept_and_determined_again_have_no_barrier(signed_in: Page) -> None:
    page = signed_in
    page.goto("/screening")
    page.get_by_role("button", name="Try it with sample orders").click()
    page.get_by_role("button", name="Screen these orders").click(timeout=LONG)
    page.get_by_role("button", name="Keep run and rows in the records").click(timeout=LONG)
    expect(page.get_by_text("The run is rec:")).to_be_visible(timeout=LONG)
    assert barriers(page) == []
    page.goto("/screening")
    page.get_by_label("Of the case").fill("O-101")
    page.get_by_label("Facts as of").fill("2024-01-01")
    page.get_by_role("button", name="Determine again").click()
    expect(page.get_by_text("determined again")).to_be_visible(timeout=LONG)
    assert barriers(page) == []
    page.set_viewport_size({"width": 375, "height": 700})
    assert sideways(page) <= 0


def test_without_a_script_the_page_of_progress_loads_itself_again(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    page.goto("/screening")
    page.get_by_role("button", name="Try it with sample orders").click()
    page.get_by_role("button", name="Screen these orders").click(timeout=LONG)
    expect(page.get_by_role("table", name="Rows 1 to 27 of 27")).to_be_visible(timeout=LONG)
    context.close()
