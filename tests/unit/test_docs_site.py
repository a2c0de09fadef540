"""The documentation site: built strictly, complete, with links that lead somewhere, fetching nothing from elsewhere."""

from __future__ import annotations

import doctest
import functools
import http.server
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from topco import knowledge
from topco.cli.main import COMMANDS
from topco.query.library import library

ROOT = knowledge.root()
GENERATOR = ROOT / "docs" / "site"
CHROMIUM = os.environ.get("TOPCO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(not GENERATOR.is_dir(), reason="the site is part of the checkout, not of the package")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The site, built as CI builds it: a warning fails."""
    pytest.importorskip("mkdocs", reason="mkdocs is not installed (extra `docs`)")
    pytest.importorskip("material", reason="mkdocs-material is not installed (extra `docs`)")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    before = list(sys.path)
    with (ROOT / "mkdocs.yml").open("rb") as file:
        config = load_config(file, site_dir=str(folder))
    assert config.strict
    build(config)
    yield folder
    sys.path[:] = before


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[Path, html.HtmlElement]:
    return {path: html.parse(str(path)).getroot() for path in sorted(built.rglob("*.html"))}


def words(pages: dict[Path, html.HtmlElement], built: Path, name: str) -> str:
    """The text of a page's article, with single blanks."""
    article = pages[built / name].xpath("//article")[0]
    return re.sub(r"\s+", " ", article.text_content())


@pytest.mark.parametrize("name", ["list_indentation", "markdown_writing", "navigation", "turtle_files", "doctests"])
def test_the_generator_does_what_its_examples_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("griffe", reason="mkdocstrings is not installed (extra `docs`)")
    monkeypatch.syspath_prepend(str(GENERATOR))
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried > 0
    assert failed == 0


def test_every_page_of_the_folder_is_on_the_site(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        assert built / page.relative_to(ROOT / "docs").with_suffix(".html") in pages


def test_no_program_is_published(built: Path) -> None:
    assert list(built.rglob("*.py")) == []
    assert list(built.rglob("*.pyc")) == []


def test_every_internal_link_leads_somewhere(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    anchors = {path: set(page.xpath("//@id")) | set(page.xpath("//a/@name")) for path, page in pages.items()}
    broken, seen = [], 0
    for path, page in pages.items():
        if path.name == "404.html":  # its addresses start at the site's root, wherever that is served
            continue
        for link in page.xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            seen += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            missing_anchor = parts.fragment and unquote(parts.fragment) not in anchors.get(target, {parts.fragment})
            if not target.is_file() or missing_anchor:
                broken.append(f"{path.relative_to(built)}: {link}")
    assert broken == []
    assert seen > 10_000


def test_nothing_is_fetched_from_another_host(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    fetching = "//script/@src | //img/@src | //link/@href | //iframe/@src | //source/@src | //object/@data | //@srcset"
    for path, page in pages.items():
        foreign = [url for url in page.xpath(fetching) if urlsplit(url).netloc]
        assert foreign == [], path.relative_to(built)
        styles = " ".join(page.xpath("//style/text() | //@style"))
        assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import", styles), path.relative_to(built)
    for sheet in built.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import", sheet.read_text(encoding="utf-8")), sheet.name


def test_commands_are_told_with_their_options(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    for name in COMMANDS:
        assert f"topco {name}" in words(pages, built, f"reference/commands/{name}.html")
    determine = words(pages, built, "reference/commands/determine.html")
    assert "--rules-as-of DATE" in determine
    assert "--open-top [strict|as-recorded]" in determine
    assert "topco ledger reserve" in words(pages, built, "reference/commands/ledger.html")


def test_rules_are_told_with_citation_days_and_query(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    said = words(pages, built, "reference/rules/codified-742.6.html")
    entry = said.partition("codified/review-case-by-case¶")[2].partition("¶")[0]
    assert "742.6(b)(10)(iii)(A)(1)" in entry
    assert "from 2026-01-15" in entry
    assert "VALUES ?measure { measure:item_tpp }" in entry
    index = words(pages, built, "reference/rules/index.html")
    assert all(f"Rule set {name}" in index for name in ("codified", "enforced", "article"))
    declared = [re.findall(r"topco:queryFile", path.read_text()) for path in (ROOT / "rules").rglob("rules.ttl")]
    entries = [page.xpath("//article//h2") for path, page in pages.items() if path.parent.name == "rules"]
    assert sum(map(len, declared)) == sum(len(each) for each in entries) - 3  # the index has one for each rule set


def test_figures_are_told_by_date(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    said = words(pages, built, "reference/law/parameters.html")
    entry = said.partition("country_allocation_tpp¶")[2].partition("¶")[0]
    assert "790000000" in entry
    assert "742.6(b)(10)(iii)(B)(1)" in entry
    assert "none" in entry  # before the rule of January 2025


def test_country_groups_are_told_by_date(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    said = pages[built / "reference/law/country-groups.html"]
    rows = said.xpath("//h2[@id='d-5']/following-sibling::table[1]//tr | //h2[@id='d-5']/following::table[1]//tr")
    cells = [[cell.text_content() for cell in row.xpath("./td")] for row in rows]
    assert ["members", "Cyprus", "2023-11-17", "2024-05-30"] in [row[:4] for row in cells]
    entries = words(pages, built, "reference/law/control-list.html")
    assert "3A090.a" in entries


def test_the_ontology_is_told_term_by_term(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    core = words(pages, built, "reference/ontology/core.html")
    assert "topco:Branch: agent that is a foreign establishment and legally a part of a company elsewhere." in core
    assert "fibo-be-le-fbo:Branch (broad)" in core  # from the mappings, which no reasoner loads
    said = pages[built / "reference/ontology/core.html"]
    entry = said.xpath("//h3[@id='addressCountry']/following-sibling::ul[1]")[0].text_content()
    assert "Said of: topco:Address" in entry
    assert "Value: topco:Country" in entry


def test_shapes_are_told_with_their_messages(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    said = words(pages, built, "reference/shapes/entity.html")
    assert "The entity has no name. Its record is incomplete: load the file again, or ask the register." in said
    assert "Severity: Violation" in said


def test_queries_and_schemas_are_told(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    queries = words(pages, built, "reference/queries.html")
    assert all(f"topco query {name}" in queries for name in library())
    for schema in (ROOT / "docs" / "schemas").glob("*.schema.json"):
        page = f"reference/schemas/{schema.name.removesuffix('.schema.json')}.html"
        said = words(pages, built, page)
        for name in json.loads(schema.read_text(encoding="utf-8")).get("$defs", {}):
            assert f"{name}¶" in said, page
        assert (built / "schemas" / schema.name).is_file()


def test_docstrings_are_told(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    said = words(pages, built, "reference/python/namespaces.html")
    assert "The canonical SCHEME:VALUE form of what a user typed" in said
    assert ">>> normalise_id" in said
    for path, page in pages.items():
        if path.parent.name == "python":
            assert page.xpath("//article//blockquote/blockquote") == [], f"{path.name}: an example read as a quotation"


def test_lists_nest_as_they_do_on_a_code_host(built: Path, pages: dict[Path, html.HtmlElement]) -> None:
    steps = pages[built / "rules.html"].xpath("//h2[@id='adding-a-rule']/following-sibling::ol")
    assert [len(one.xpath("./li")) for one in steps] == [4]
    assert len(steps[0].xpath(".//pre")) == 2


VISITS = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from screenshots import Picture, Step, take
searched = (Step("click", "input.md-search__input"), Step("type", "input.md-search__input", "publisher"),
            Step("show", ".md-search-result__item a"))
take([Picture("home", "/index.html"), Picture("deep", "/reference/rules/codified-742.6.html"),
      Picture("drawn", "/parent-tests.html"), Picture("searched", "/index.html", steps=searched)],
     sys.argv[2], Path(sys.argv[3]))
"""


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)")
def test_a_browser_reads_and_searches_the_site_and_asks_nobody_else(built: Path, tmp_path: Path) -> None:
    """In a process of its own, which fails at a request to another host and at an error on the console."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(built))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        visiting = [sys.executable, "-c", VISITS, str(GENERATOR), base, str(tmp_path)]
        done = subprocess.run(visiting, capture_output=True, text=True, timeout=180)
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert {file.stem for file in tmp_path.glob("*.png")} == {"home", "deep", "drawn", "searched"}


def test_pictures_of_the_workbench_are_small_and_can_be_taken_again() -> None:
    told = re.findall(r'Picture\(\s*"(workbench-[a-z-]+)"', (GENERATOR / "screenshots.py").read_text(encoding="utf-8"))
    taken = sorted((ROOT / "docs" / "pictures").glob("workbench-*.png"))
    assert {file.stem for file in taken} <= set(told)
    assert all(file.stat().st_size < 250_000 for file in taken)
