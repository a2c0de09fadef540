"""What people come for, done in a browser: from a name to a report, orders by the thousand, a question in SPARQL."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accessibility import barriers, sideways
from served_sample import GERMAN
from topco import knowledge

CASE = (
    "/case?transaction.date=2025-06-01&transaction.activity=export&transaction.destination=DE&item.eccn=3A090.a"
    f"&ultimate_consignee.entity={GERMAN}"
)
DEEP = (
    "/?q=rosneft",
    "/?q=nobody+has+this+name",
    f"/entity/{GERMAN}",
    f"/entity/{GERMAN}?up=3&down=2",
    "/entity/X:target?as_of=2026-01-31&show=sensitivity",
    "/entity/X:sold?show=timeline",
    "/entity/LEI:NOBODY",
    CASE,
    "/case?transaction.date=yesterday",
    "/query?name=headquartered-elsewhere&param.country=CN",
    "/query?query=ASK+%7B+%3Fs+%3Fp+%3Fo+%7D",
    "/rules?reading=article",
    "/rules/coverage",
    "/ledger/entries",
    "/records/verify",
)


@pytest.mark.parametrize("address", DEEP)
def test_no_barrier_and_no_sideways_scrolling_where_people_work(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("h1")).to_have_count(1)
    assert barriers(page) == []
    page.set_viewport_size({"width": 375, "height": 700})
    assert sideways(page) <= 0


def test_from_a_name_to_the_chart_the_case_the_proof_and_the_report(page: Page) -> None:
    page.goto("/")
    field = page.get_by_label("Name in any script, or identifier")
    field.type("rosneft deut", delay=20)
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Rosneft Deutschland")
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/entity/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rosneft Deutschland GmbH")
    expect(page.locator("svg").first).to_contain_text("Rosneft Deutschland")
    page.get_by_role("link", name="Determine an order to this company").first.click()
    page.wait_for_url("**/case?**")
    page.get_by_label("On which day does it happen?").fill("2025-06-01")
    page.get_by_label("What is done with the item?").select_option("export")
    page.get_by_label("To which country does it go in the end?").fill("DE")
    item = page.locator("[name='item.eccn']")
    if not item.is_visible():
        page.locator("details", has=item).last.locator("summary").first.click()
    item.fill("3A090.a")
    item.press("Tab")
    # The answer comes while one types, without a button, and the address holds the case.
    expect(page.get_by_text("presumption of denial", exact=False).first).to_be_visible()
    page.wait_for_url("**item.eccn=3A090.a**")
    expect(page.get_by_text("742.6(b)(10)(iii)(A)(1)").first).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Report").click()
    report = Path(downloading.value.path()).read_text(encoding="utf-8")
    assert "Rosneft Deutschland GmbH" in report
    assert "742.6(b)(10)(iii)(A)(1)" in report
    assert "<script" not in report


def test_a_link_shows_the_same_answer_to_another_person(page: Page) -> None:
    page.goto(CASE)
    expect(page.get_by_text("presumption of denial", exact=False).first).to_be_visible()
    expect(page.locator("[name='item.eccn']")).to_have_value("3A090.a")


def test_a_thousand_orders(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    sample = (knowledge.root() / "data" / "samples" / "orders" / "orders.csv").read_text(encoding="utf-8")
    head, *rows = list(csv.reader(io.StringIO(sample)))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        for number in range(1_000):
            row = rows[number % len(rows)]
            writer.writerow([f"{row[0]}-{number}", *row[1:]])
    page.goto("/screening")
    page.get_by_label("A file of orders").set_input_files(path)
    page.get_by_role("button", name="Check the columns").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("its columns")
    assert barriers(page) == []
    page.get_by_role("button", name="Screen these orders").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("screened", timeout=60_000)
    assert barriers(page) == []
    page.set_viewport_size({"width": 375, "height": 700})
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Status", exact=True).select_option("undetermined")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**status=undetermined**")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV").first.click()
    saved = list(csv.DictReader(io.StringIO(Path(downloading.value.path()).read_text(encoding="utf-8-sig"))))
    assert saved
    assert {row["status"] for row in saved} == {"undetermined"}


def test_a_question_in_sparql(page: Page) -> None:
    page.goto("/query?query=" + "SELECT%20%3Fname%20%7B%20%3Fc%20topco%3Aname%20%3Fname%20%7D%20LIMIT%203")
    table = page.get_by_role("table").first
    expect(table.get_by_role("row")).to_have_count(4)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV", exact=True).first.click()
    assert Path(downloading.value.path()).read_text(encoding="utf-8").splitlines()[0] == "name"


def test_an_answer_is_kept_by_who_may_write(signed_in: Page) -> None:
    page = signed_in
    page.goto(CASE)
    page.get_by_label("Note", exact=True).fill("kept in a browser")
    page.get_by_role("button", name="Keep this answer").click()
    page.wait_for_url("**/records/rec:**")
    expect(page.get_by_text("kept in a browser").first).to_be_visible()
    assert barriers(page) == []
    page.goto("/records")
    expect(page.get_by_text("kept in a browser").first).to_be_visible()
    assert barriers(page) == []


def test_by_keyboard_alone(page: Page) -> None:
    """From the first page to a determination with Tab, Enter, arrows and letters; focus is always seen."""
    page.goto("/")
    _tab_to(page, "input#q")
    page.keyboard.type("391200PKEUF3Y2NUMW25", delay=5)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/entity/|[?&]q="))  # a suggestion opens the entity, otherwise hits are listed
    if "/entity/" not in page.url:
        _tab_to(page, "main a[href*='/entity/']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/entity/**")
    _tab_to(page, "main a[href^='/case?']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case?**")
    _tab_to(page, "[name='transaction.destination']")
    page.keyboard.type("DE")
    _tab_to(page, "form .submit button")
    page.keyboard.press("Enter")
    page.wait_for_url("**transaction.destination=DE**")
    expect(page.locator("[role=status], [aria-live]").first).to_be_attached()


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that fits has the focus; what has it on the way must be visible."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            box = page.evaluate(
                "() => { const b = document.activeElement.getBoundingClientRect(); return b.width * b.height }"
            )
            assert box > 0
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def test_pages_print_without_their_tools(page: Page) -> None:
    page.goto(f"/entity/{GERMAN}")
    page.emulate_media(media="print")
    expect(page.locator("header")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
