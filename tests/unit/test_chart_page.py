"""The chart on a page: its state in the address, its links, the table of the same links, and the page of an entity."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from ownership_store import add_load, entity

from chart_stores import asked, holding, parties, store_of
from served_sample import client
from topco.errors import BadInput
from topco.server.workbench.chart import chart_asked, chart_shown
from topco.server.workbench.pages import environment

if TYPE_CHECKING:
    from pathlib import Path

    from topco.store.store import Store

HERE = "/entity/X:002"


class Tags(HTMLParser):
    """The tags of a page with their attributes, and those that are left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("link", "input", "meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def ring(path: Path) -> Store:
    return store_of(path, 6, [(0, 1, 55), (1, 2, 60), (2, 3, 70), (3, 1, 45), (3, 4, 100), (4, 5, 100)])


def fragment(document: dict[str, Any], **more: Any) -> str:
    shown = chart_shown(document, here=HERE, entity=lambda one: f"/entity/{one}", **more)
    return environment().get_template("chart.html").render(chart=shown)


def opening(page: str) -> list[str]:
    """The addresses of all that opens something."""
    return [one["href"] or "" for tag, one in Tags(page).found if tag == "a" and "data-opens" in one]


def followed(store: Store, address: str) -> dict[str, Any]:
    return asked(store, "X:002", **chart_asked(parse_qsl(urlsplit(address).query)))


def test_every_link_leads_to_the_chart_that_it_promises(tmp_path: Path) -> None:
    store = ring(tmp_path / "s")
    page = fragment(asked(store, "X:002", up=0, down=0), keep=[("as_of", "2025-03-02"), ("up", "7")])
    links = opening(page)
    assert all(urlsplit(one).path == HERE and "as_of=2025-03-02" in one for one in links)
    assert all(dict(parse_qsl(urlsplit(one).query)).get("up") != "7" for one in links)
    (members,) = [one for one in links if "members" in one]
    (above,) = [one for one in links if "expand=up" in one]
    (below,) = [one for one in links if "expand=down" in one]
    assert [node["ring"] for node in followed(store, members)["nodes"]] == ["ring:X:001"] * 3
    assert parties(followed(store, above)) == {"X:000", "X:001", "X:002", "X:003"}
    assert parties(followed(store, below)) == {"X:001", "X:002", "X:003", "X:004"}


def test_what_is_opened_adds_up_and_a_ring_closes_again(tmp_path: Path) -> None:
    store = ring(tmp_path / "s")
    document = asked(store, "X:002", down=1, expanded=[("ring:X:001", "members"), ("X:004", "down")])
    links = opening(fragment(document))
    closing = [one for one in links if "members" not in one and "expand=down%3AX%3A004" in one]
    assert closing
    closed = followed(store, closing[0])
    assert [len(node["members"]) for node in closed["nodes"] if node["is_subject"]] == [3]
    assert parties(closed) == parties(document)
    nothing = [one for one in links if "expand" not in one]
    assert len(nothing) == 1
    assert followed(store, nothing[0])["asked"]["expanded"] == []


@pytest.mark.parametrize("wrong", [("up", "x"), ("down", "-1"), ("limit", "9" * 9), ("expand", "up"), ("up", "٣")])
def test_addresses_that_say_nothing_are_bad_input(wrong: tuple[str, str]) -> None:
    with pytest.raises(BadInput):
        chart_asked([wrong])


def test_the_table_has_every_row_with_its_source(tmp_path: Path) -> None:
    document = asked(ring(tmp_path / "s"), "X:002")
    page = fragment(document)
    rows = re.findall(r"<tr><td>.*?</tr>", page)
    assert len(rows) == sum(len(one["grounds"]) for one in document["edges"])
    assert "gleif-holdings-2025-03-02, holdings.csv, row 2" in rows[0]
    assert "55 %" in rows[0]
    assert Tags(page).open == []


def test_what_stands_further_up_and_what_had_no_room_is_said(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 40, [(n, n + 1, 100) for n in range(5)] + [(5, n, 100) for n in range(6, 40)])
    page = html.unescape(fragment(asked(store, "X:005", up=1, limit=5)))
    assert "Further up: Company 000." in page
    assert "more parties were met and had no room (limit 5)" in page


def test_scripts_in_names_are_text(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 3, [])
    evil = "<script>alert(1)</script>"
    add_load(store, "t", entities=[entity("X:e", evil)], holdings=[holding("X:e", "X:002", 60)])
    page = fragment(asked(store, "X:002"))
    scripts = [attributes for tag, attributes in Tags(page).found if tag == "script"]
    assert scripts == [{"type": "module", "src": "/static/chart.js"}]
    assert html.escape(evil) in page


def test_the_page_of_an_entity_holds_its_chart_and_the_states_of_it(sample: Path) -> None:
    served = client(sample)
    address = "/entity/X:ring-b?as_of=2026-01-31&up=1&down=1&expand=members:X:ring-a"
    answer = served.get(address)
    assert answer.status_code == 200
    assert '<section class="chart" id="chart"' in answer.text
    assert answer.text.count("close ring") == 3
    assert served.get("/entity/X:ring-b?up=99").status_code == 400
    for file, kind in (("chart.js", "javascript"), ("chart.css", "css")):
        assert kind in served.get(f"/static/{file}").headers["content-type"]
