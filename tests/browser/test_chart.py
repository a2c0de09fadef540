"""The ownership chart in a browser: moved, zoomed and opened, by mouse, keys and fingers; a link in every state."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from accessibility import barriers

RING = "/entity/X:ring-b?as_of=2026-01-31"
OUTSIDE = 'g[data-node="X:outside"]'


def look(page: Page) -> list[float]:
    """What of the picture is seen: left, top, width, height."""
    return [float(one) for one in (page.locator("#chart svg").get_attribute("viewBox") or "").split()]


def settled(page: Page) -> list[float]:
    """The same, once nothing moves any more."""
    before: list[float] = []
    while before != (now := look(page)):
        before = now
        page.wait_for_timeout(250)
    return before


def middle(box: Locator) -> tuple[float, float]:
    found = box.locator("rect").first.bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def place(page: Page, box: Locator) -> tuple[float, float]:
    """How far the middle of a box is from the left and the upper edge of the frame."""
    edge = page.locator(".chart-frame").bounding_box()
    assert edge is not None
    x, y = middle(box)
    return x - edge["x"], y - edge["y"]


def test_opening_keeps_the_place_and_every_state_is_a_link(page: Page) -> None:
    page.goto(RING)
    page.evaluate("window.kept = true")
    before = place(page, page.locator(OUTSIDE))
    page.get_by_role("link", name=re.compile("^Show more: . compan(y|ies) below Outside Capital")).click()
    expect(page).to_have_url(re.compile("expand=down%3AX%3Aoutside"))
    expect(page.locator(".chart-said")).to_contain_text("4 boxes")
    assert place(page, page.locator(OUTSIDE)) == pytest.approx(before, abs=1)
    expect(page.locator(OUTSIDE).get_by_role("link").first).to_be_focused()
    page.get_by_role("link", name="Show 3 companies in a ring one by one").click()
    expect(page.locator(".chart-said")).to_contain_text("6 boxes")
    page.locator("summary", has_text="The same links as a table").click()
    expect(page.get_by_role("region", name="Links of the chart").get_by_role("row")).to_have_count(7)
    opened = page.url
    page.go_back()
    expect(page.locator(".chart-said")).to_contain_text("4 boxes")
    page.go_back()
    expect(page.locator(".chart-said")).to_contain_text("2 boxes")
    assert page.evaluate("window.kept"), "the page was loaded anew"
    page.goto(opened)
    expect(page.locator(".chart-said")).to_contain_text("6 boxes")
    assert barriers(page) == []


def test_keys_and_buttons_move_and_zoom(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(RING)
    frame = page.locator(".chart-frame")
    frame.focus()
    left, top, wide, _ = look(page)
    frame.press("ArrowRight")
    assert look(page)[0] > left
    frame.press("ArrowDown")
    assert look(page)[1] > top
    frame.press("+")
    assert look(page)[2] == pytest.approx(wide / 1.25)
    page.get_by_role("button", name="Zoom out").click()
    assert look(page)[2] == pytest.approx(wide)
    frame.press("0")
    whole = look(page)
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Fit").click()
    assert look(page) == pytest.approx(whole)


def test_motion_ends_where_no_motion_would(page: Page) -> None:
    page.goto(RING)
    page.locator(".chart-frame").press("+")
    moved = settled(page)
    page.emulate_media(reduced_motion="reduce")
    page.goto(RING)
    page.locator(".chart-frame").press("+")
    assert look(page) == pytest.approx(moved)


def test_dragging_moves_and_follows_no_link_and_the_wheel_zooms_at_the_pointer(page: Page) -> None:
    page.goto(RING)
    page.locator(".chart-frame").scroll_into_view_if_needed()
    x, y = middle(page.locator(OUTSIDE))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 40, steps=4)
    page.mouse.up()
    assert middle(page.locator(OUTSIDE)) == pytest.approx((x + 90, y + 40), abs=1)
    assert page.url.endswith(RING)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function("document.querySelector('#chart svg').viewBox.baseVal.width < 900")
    assert middle(page.locator(OUTSIDE)) == pytest.approx((x + 90, y + 40), abs=2)
    page.locator(OUTSIDE).get_by_role("link").first.press("Enter")
    expect(page).to_have_url(re.compile("/entity/X:outside"))


def test_whatever_takes_the_focus_comes_into_sight(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(RING)
    frame = page.locator(".chart-frame")
    frame.focus()
    for _ in range(12):
        frame.press("ArrowRight")
    page.keyboard.press("Tab")
    seen = page.evaluate(
        """() => { const at = document.activeElement.getBoundingClientRect();
             const edge = document.querySelector('.chart-frame').getBoundingClientRect();
             return document.activeElement.closest('svg') && at.left >= edge.left && at.right <= edge.right; }"""
    )
    assert seen


def test_two_fingers_zoom(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, has_touch=True, viewport={"width": 375, "height": 700})
    page = context.new_page()
    page.goto(RING)
    page.locator(".chart-frame").scroll_into_view_if_needed()
    frame = page.locator(".chart-frame").bounding_box()
    assert frame is not None
    x, y, wide = frame["x"] + frame["width"] / 2, frame["y"] + 60, look(page)[2]
    session = context.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60)):
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"document.querySelector('#chart svg').viewBox.baseVal.width < {wide / 2}")
    context.close()


def test_without_script_the_links_do_the_same(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto(RING)
    expect(page.get_by_role("button", name="Zoom in")).to_be_hidden()
    page.get_by_role("link", name="Show 3 companies in a ring one by one").click()
    expect(page.locator(".chart-said")).to_contain_text("4 boxes")
    context.close()


def test_an_answer_that_cannot_be_had_is_followed_as_a_plain_link(page: Page) -> None:
    page.goto(RING)
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('gone')); }")
    page.get_by_role("link", name="One level less above").click()
    expect(page).to_have_url(re.compile("up=1"))
    expect(page.locator(".chart-said")).to_contain_text("2 boxes")
    assert page.evaluate("window.fetch.toString().includes('native')")
