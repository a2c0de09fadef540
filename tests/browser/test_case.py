"""The page of a case in a browser: the answer follows the form, the address is the case, nobody needs a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from accessibility import barriers, sideways

CASE = (
    "/case?transaction.date=2025-06-01&transaction.activity=export&transaction.destination=DE&item.eccn=3A090.a"
    "&ultimate_consignee.entity=LEI:391200PKEUF3Y2NUMW25"
)
OPEN = CASE.replace("destination=DE", "destination=SG").replace("391200PKEUF3Y2NUMW25", "00GBW0Z2GYIER7DHDS71")
"""A party whose parent exists and is not named."""
PARENT = '[id="f-ultimate_consignee.ultimate_parent_hq_in"]'


def test_the_answer_follows_what_is_typed_and_the_address_is_the_case(page: Page) -> None:
    page.goto("/case")
    page.get_by_label("On which day does it happen?").fill("2025-06-01")
    page.get_by_label("What is done with the item?").select_option("export")
    page.get_by_label("To which country does it go in the end?").fill("DE")
    page.get_by_label("Which ECCN does it have?").fill("XYZ")
    wrong = page.locator('[data-wrong="item.eccn"]')
    expect(wrong).to_contain_text("no control-list number")
    expect(page.get_by_label("Which ECCN does it have?")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Which ECCN does it have?").fill("3A090.a")
    expect(wrong).to_be_hidden()
    page.get_by_label("Which entity is it?").press_sequentially("rosneft deutschland")
    page.locator("li[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("presumption of denial")
    expect(page).to_have_url(re.compile("ultimate_consignee.entity=LEI:391200PKEUF3Y2NUMW25"))
    expect(page.locator("#answer-said")).to_contain_text("Licence required")
    address = page.url
    shown = page.locator(".verdict").inner_text()
    page.goto(address)
    assert page.locator(".verdict").inner_text() == shown


def test_back_takes_one_answer_back_and_forward_gives_it_again(page: Page) -> None:
    page.goto("/")
    page.goto(OPEN)
    verdict = page.locator(".verdict")
    expect(verdict).to_have_class(re.compile("warn"))
    page.locator(PARENT).fill("CN")
    expect(verdict).to_have_class(re.compile("bad"))
    page.go_back()
    expect(verdict).to_have_class(re.compile("warn"))
    expect(page.locator(PARENT)).to_have_value("")
    assert "CN" not in page.url
    page.wait_for_load_state()
    page.go_forward()
    expect(verdict).to_have_class(re.compile("bad"))
    expect(page.locator(PARENT)).to_have_value("CN")
    page.wait_for_load_state()
    page.go_back()
    expect(verdict).to_have_class(re.compile("warn"))
    expect(page.locator(PARENT)).to_have_value("")
    page.wait_for_load_state()
    page.go_back()
    expect(page.get_by_label("Name in any script, or identifier")).to_be_visible()


def test_questions_that_cannot_matter_go_away_and_come_back(page: Page) -> None:
    page.goto(OPEN)
    conditions = page.locator('[data-group="conditions"]')
    asked = conditions.locator(":scope > .questions > .question")
    before = asked.count()
    page.locator(PARENT).fill("CN")
    expect(page.locator(".verdict")).to_have_class(re.compile("bad"))
    expect(asked).not_to_have_count(before)
    fewer = asked.count()
    assert fewer < before
    page.locator(PARENT).fill("")
    expect(asked).to_have_count(before)
    assert page.locator("#case .question").evaluate_all(
        "all => new Set(all.map(one => one.dataset.key)).size === all.length"
    )


def test_a_link_that_settles_states_the_fact(page: Page) -> None:
    page.goto(OPEN)
    page.get_by_role("link", name=re.compile("a destination in Macau or D:5")).first.click()
    expect(page.locator(".verdict")).to_contain_text("presumption of denial")
    expect(page.locator(PARENT)).not_to_have_value("")
    page.goto(OPEN)
    page.get_by_role("link", name="Who designed the chip?").click()
    expect(page.locator('[id="f-item.designer"]')).to_be_in_viewport()


def test_what_would_change_it_comes_when_asked_for_and_the_report_is_saved(page: Page) -> None:
    page.goto(
        "/case?transaction.activity=export&item.eccn=3A090.b&transaction.date=2025-06-01&transaction.destination=IL"
        "&ultimate_consignee.located_in=IL&ultimate_consignee.hq_in=IL&ultimate_consignee.ultimate_parent_hq_in=IL"
    )
    page.get_by_role("link", name="Find what would change it").click()
    expect(page.locator("#whatif")).to_contain_text("What would make the answer worse", timeout=60_000)
    assert barriers(page) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Report").click()
    assert saved.value.suggested_filename.endswith(".html")


def test_on_a_telephone_the_link_to_the_answer_is_never_older_than_the_answer(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(OPEN)
    links = page.locator("[data-tone]")
    expect(links).to_have_text([": open, or more is needed"] * 2)
    page.locator(PARENT).fill("CN")
    expect(links).to_have_text([": speaks against the order"] * 2)
    expect(page).to_have_title(re.compile("^Speaks against the order · Case"))
    page.locator(PARENT).fill("China")
    expect(page.locator("#answer .error")).to_be_visible()
    expect(links).to_have_text(["", ""])
    expect(page).to_have_title(re.compile("^Case"))
    assert sideways(page) <= 0


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/case")
    page.get_by_label("On which day does it happen?").focus()
    page.keyboard.type("06012025")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.name") == "transaction.activity":
            break
    page.keyboard.type("a deal")
    expect(page).to_have_url(re.compile("transaction.activity=domestic"))
    expect(page.locator("#answer-said")).not_to_be_empty()


def test_no_barrier_in_any_state_and_no_sideways_scroll(page: Page) -> None:
    for address in ("/case", CASE, CASE + "&transaction.date=x", CASE + "&parties=end_user"):
        page.goto(address)
        if "date=x" not in address:
            assert barriers(page) == [], address
        page.set_viewport_size({"width": 375, "height": 800})
        assert sideways(page) == 0, address
        page.set_viewport_size({"width": 1280, "height": 900})


def test_an_answer_is_kept_by_who_may_write(signed_in: Page) -> None:
    signed_in.goto(CASE)
    signed_in.locator("#keep-note").fill("asked for by the desk")
    signed_in.get_by_role("button", name="Keep this answer").click()
    expect(signed_in).to_have_url(re.compile(r"/records/rec:\d+"))


def test_without_a_script_the_button_asks(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    page.goto("/case")
    page.get_by_label("What is done with the item?").select_option("export")
    page.get_by_label("To which country does it go in the end?").fill("CN")
    page.get_by_label("Which ECCN does it have?").fill("3A090.a")
    page.get_by_role("button", name="Determine").click()
    expect(page.locator(".verdict")).to_contain_text("presumption of denial")
    page.locator("summary", has_text="Another party").click()
    page.get_by_role("button", name="Add: end user", exact=True).click()
    expect(page.locator('[id="f-end_user.hq_in"]')).to_be_visible()
    context.close()
