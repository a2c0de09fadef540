"""How reports look: contrast of every text colour, print rules, and how many sheets an ordinary case takes."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from html5rdf.html5parser import ParseError
from html_pages import check, parsed

import topco
from licensing_cases import AFTER, case, determine, party
from topco import knowledge
from topco.cli.main import cli
from topco.reports.page import answers_page

TEMPLATES = Path(topco.__file__).parent / "reports" / "templates"
STYLE = (TEMPLATES / "report.css").read_text(encoding="utf-8")
SAMPLES = knowledge.root() / "data" / "samples"
ENOUGH_FOR_TEXT, ENOUGH_FOR_LINES = 4.5, 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11, level AA."""


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(kind: str) -> set[str]:
    """Every colour that the style gives to one kind of thing: `color`, `background`, `border` …"""
    return set(re.findall(rf"(?<![\w-]){kind}(?:-[\w]+)*:[^;{{}}]*?(#[0-9a-f]{{6}})", STYLE))


def test_contrast_is_computed_as_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_text_can_be_read_on_every_ground() -> None:
    texts, grounds = colours("color"), colours("background")
    assert len(texts) >= 4
    assert len(grounds) >= 4
    poor = {(text, ground) for text in texts for ground in grounds if contrast(text, ground) < ENOUGH_FOR_TEXT}
    assert poor == set()


def test_lines_and_bars_stand_out() -> None:
    chart = (TEMPLATES / "bars.vl.json").read_text(encoding="utf-8")
    bars = re.findall(r'"color": "(#[0-9a-f]{6})"', chart) + re.findall(r'"\w+Color": "(#[0-9a-f]{6})"', chart)
    assert len(bars) >= 3
    assert all(contrast(one, "#ffffff") >= ENOUGH_FOR_LINES for one in (*colours("border"), *bars))


def test_the_style_says_how_to_print() -> None:
    assert re.search(r"@page \{\s*size: A4; margin:", STYLE)
    for rule in ("break-inside: avoid", "break-before: page", "table-header-group", "break-after: avoid"):
        assert rule in STYLE


@pytest.mark.parametrize("markup", ["<p>", "<!doctype html><title>x</title><p><b>y</p>", "<!doctype html><table><p>"])
def test_the_checks_notice_broken_markup(markup: str) -> None:
    with pytest.raises(ParseError):
        parsed(markup)


def test_the_checks_notice_what_a_reader_would_miss() -> None:
    page = answers_page([determine(case("DE", party("DE", "DE", "DE")))])
    for good, bad in (
        ("<h2 ", "<h4 "),
        ("<caption>", "<caption hidden></caption><caption>"),
        (' scope="row"', ""),
        ('id="a1-facts"', 'id="a1-steps"'),
        ('lang="en"', ""),
    ):
        broken = page.replace(good, bad, 1).replace("</h2>", "</h4>", 1 if bad == "<h4 " else 0)
        assert broken != page
        with pytest.raises((AssertionError, ParseError)):
            check(broken)


def sheets(page: str) -> list[set[str]]:
    """The names of the places on every printed sheet, without the long annexes; skipped where nothing can print."""
    page = re.sub(r'<section aria-labelledby="a\d-annex-[bcd] .*?</section>', "", page, flags=re.DOTALL)
    return [set(sheet.anchors) for sheet in weasyprint().HTML(string=page).render().pages]


def weasyprint() -> ModuleType:
    try:
        import weasyprint
    except (ImportError, OSError) as error:  # OSError: the package is there, the library for text of the system is not
        pytest.skip(f"printing needs WeasyPrint and Pango: {error}")
    found: ModuleType = weasyprint
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """The answers to the four cases of the demo, from the register's sample."""
    place = tmp_path_factory.mktemp("demo")
    for arguments in (
        ("load", "gleif", SAMPLES / "gleif"),
        ("determine", SAMPLES / "orders" / "demo-cases.jsonl", "--format", "json", "--output", place / "answers.jsonl"),
    ):
        done = CliRunner().invoke(cli, [*map(str, arguments), "--store", str(place / "store")], standalone_mode=False)
        assert done.exception is None, done.exception
    return [json.loads(line) for line in (place / "answers.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("number", range(4))
def test_an_ordinary_case_takes_two_sheets_before_its_annexes(demo: list[dict[str, object]], number: int) -> None:
    found = sheets(answers_page([demo[number]]))
    assert "a1-title" in found[0]
    (annex,) = [place for place, names in enumerate(found) if "a1-annex-a" in names]
    assert annex <= 2
    assert any("a1-data" in names for names in found[:2])


def test_cases_without_a_register_take_two_sheets_at_most() -> None:
    for answer in (
        determine(case("DE", party("DE", "DE", ["DE", "CN"]), party(None, None, None, "end_user"))),
        determine(case("CN", party("CN", "CN", None), day=AFTER)),
        determine(case("DE", day="2023-11-16")),
    ):
        found = sheets(answers_page([answer]))
        assert next(place for place, names in enumerate(found) if "a1-annex-a" in names) <= 2


def test_the_picture_of_the_documentation_shows_a_report_of_two_sheets(tmp_path: Path) -> None:
    file = knowledge.root() / "docs" / "pictures" / "report.py"
    if not file.is_file():
        pytest.skip("the pictures are part of the checkout, not of the package")
    page = runpy.run_path(str(file))["report"](tmp_path)
    check(page)
    assert page.count("(invented)") + page.count("Northwind") > 5
    found = sheets(page)
    assert next(place for place, names in enumerate(found) if "a1-annex-a" in names) == 2
    picture = file.with_suffix(".png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    width, height = (int.from_bytes(picture[place : place + 4], "big") for place in (16, 20))
    assert width / height == pytest.approx(2 * 210 / 297, abs=0.01)


def test_every_answer_begins_on_a_sheet_of_its_own(demo: list[dict[str, object]]) -> None:
    found = sheets(answers_page(demo[:2]))
    begins = [place for place, names in enumerate(found) for name in names if re.fullmatch(r"a\d-title", name)]
    assert len(begins) == len(set(begins)) == 2
    assert 0 not in begins
