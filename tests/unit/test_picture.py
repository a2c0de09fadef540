"""The picture of a group: sound XML, everything said as text, nothing on top of anything else."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.explain.layered import layout
from topco.explain.lettering import fitted, width
from topco.explain.picture import Box, Line, picture

SVG = "{http://www.w3.org/2000/svg}"
CHAIN = [
    Box("X:A", "Top & Söhne <AG>", "Germany", ("company", "ultimate parent"), marked=True),
    Box("X:B", "株式会社例"),
    Box("X:C", "Low Ltd", "Japan"),
]
LINES = [
    Line("X:A", "X:B", "62.5 %"),
    Line("X:B", "X:C", "up to 75 %", sure=False),
    Line("X:B", "X:C", "board majority"),
]


def texts(drawn: str) -> list[str]:
    return ["".join(one.itertext()) for one in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


def frames(drawn: str) -> list[tuple[float, float, float, float]]:
    """The boxes: left, top, right, bottom."""
    found = []
    for group in ElementTree.fromstring(drawn).iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        x, y, wide, high = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + wide, y + high))
    return found


def test_everything_is_said_as_text() -> None:
    drawn = picture("From Top to Low", CHAIN, LINES, note="As of 2025-06-01.")
    said = texts(drawn)
    for text in (
        "From Top to Low",
        "Top & Söhne <AG>",
        "X:A",
        "HQ: Germany",
        "company · ultimate parent",
        "株式会社例",
    ):
        assert text in said
    assert {"HQ unknown", "62.5 %", "up to 75 %", "board majority", "As of 2025-06-01."} <= set(said)


def test_the_picture_names_and_describes_itself() -> None:
    root = ElementTree.fromstring(picture("Who owns Low", CHAIN, LINES))
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", "Who owns Low")
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    description = root.findtext(f"{SVG}desc") or ""
    assert "株式会社例 owns Low Ltd: up to 75 % (possible), board majority." in description
    assert "Top & Söhne <AG>, headquarters: Germany, company, ultimate parent." in description


def test_nothing_runs_and_nothing_is_fetched() -> None:
    drawn = picture("A <script>alert(1)</script>", [Box("javascript:x", "<image href='http://x.test/'/>")], [])
    tags = {one.tag.removeprefix(SVG) for one in ElementTree.fromstring(drawn).iter()}
    assert tags <= {"svg", "title", "desc", "rect", "path", "g", "text"}
    names = {name for one in ElementTree.fromstring(drawn).iter() for name in one.attrib}
    assert not {name for name in names if "href" in name or name.startswith("on")}


def test_owners_stand_above_what_they_own_and_the_order_of_lines_changes_nothing() -> None:
    drawn = picture("t", CHAIN, LINES)
    assert all(upper[3] < lower[1] for upper, lower in pairwise(frames(drawn)))
    one_way = picture("t", CHAIN, [LINES[0], *LINES[1:]])
    other_way = picture("t", CHAIN, [*LINES[1:], LINES[0]])
    assert drawn == one_way == other_way


def test_what_is_only_possible_is_dashed() -> None:
    def dashes(lines: list[Line]) -> int:
        return picture("t", CHAIN, lines).count("stroke-dasharray")

    assert (dashes(LINES[:1]), dashes([Line("X:A", "X:B", "up to 75 %", sure=False)]), dashes(LINES[1:])) == (0, 1, 1)


def test_a_ring_is_one_box_with_its_members() -> None:
    members = tuple((f"X:{n}", f"Member {n}") for n in range(9))
    said = texts(picture("t", [Box("ring", "", members=members), CHAIN[2]], [Line("ring", "X:C", "60 %")]))
    assert "".join(said).count("Member") == 6
    assert "and 3 more" in said
    assert "9 companies that own each" in " ".join(said)


def test_a_cut_is_stated_and_each_box_says_what_it_lacks() -> None:
    boxes = [Box(f"X:{n}", f"Company {n}") for n in range(30)]
    lines = [Line("X:0", f"X:{n}", "100 %") for n in range(1, 30)]
    drawn = picture("t", boxes, lines, most=8)
    assert len(frames(drawn)) == 8
    assert "8 of 30 boxes are shown; 22 are left out." in texts(drawn)
    assert "+ 22 holdings not shown" in texts(drawn)
    assert "left out" not in picture("t", boxes, lines)


def test_circles_own_lines_and_nothing_at_all_are_drawn() -> None:
    two = [Box("X:A", "A"), Box("X:B", "B")]
    both = picture("t", two, [Line("X:A", "X:B", "1 %"), Line("X:B", "X:A", "2 %"), Line("X:A", "X:A", "3 %")])
    assert {"1 %", "2 %"} <= set(texts(both))
    assert "3 %" not in both
    assert frames(picture("t", [], [])) == []


@pytest.mark.parametrize(
    "name",
    [
        "Beispiel Beteiligungs- und Verwaltungsgesellschaft mit beschränkter Haftung & Co. Kommanditgesellschaft " * 2,
        "国务院国有资产监督管理委员会国务院国有资产监督管理委员会国务院国有资产监督管理委员会",
        "شركة المثال القابضة للاستثمارات الدولية والتجارة العامة المحدودة",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "e\u0301" * 60,
        "👩\u200d👩\u200d👧" * 30,
        "A\ud800\x07B",
    ],
)
def test_long_names_of_any_script_keep_to_their_box(name: str) -> None:
    for lines in (1, 2, 3):
        found = fitted(name, 13, 150, lines)
        assert 1 <= len(found) <= lines
        assert all(width(one, 13) <= 150 for one in found)
        assert all(not one.startswith(("\u0301", "\u200d")) for one in found)
    ElementTree.fromstring(picture(name, [Box(name, name, name, (name,))], []))


def test_a_name_that_fits_is_whole() -> None:
    assert fitted("Beispiel GmbH", 13, 150, 2) == ["Beispiel GmbH"]
    assert fitted("", 13, 150) == []


graphs = st.integers(1, 14).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1]), max_size=30),
        st.integers(2, 6),
    )
)


@settings(deadline=None, max_examples=200)
@given(graph=graphs)
def test_no_two_boxes_touch_and_every_edge_changes_its_layer(graph: tuple[int, list[tuple[int, int]], int]) -> None:
    n, edges, widest = graph
    found = layout([100.0] * n, edges, widest)
    rows: dict[int, list[float]] = {}
    for box in range(n):
        rows.setdefault(found.layer[box], []).append(found.middle[box])
    for row in rows.values():
        assert len(row) <= widest
        assert all(right - left > 100 for left, right in pairwise(sorted(row)))
        assert min(row) >= 50 - 1e-6
        assert max(row) <= found.width - 50 + 1e-6
    for upper, lower in edges:
        assert found.layer[upper] != found.layer[lower]
        assert len(found.bends[(upper, lower)]) == abs(found.layer[upper] - found.layer[lower]) - 1
        if upper < lower and all(one < other for one, other in edges):
            assert found.layer[upper] < found.layer[lower]


@settings(deadline=None, max_examples=60)
@given(graph=graphs)
def test_lines_that_pass_a_layer_pass_no_box(graph: tuple[int, list[tuple[int, int]], int]) -> None:
    n, edges, widest = graph
    found = layout([100.0] * n, edges, widest)
    for (upper, lower), bends in found.bends.items():
        top = min(found.layer[upper], found.layer[lower])
        for number, bend in enumerate(bends, start=top + 1):
            assert all(abs(bend - found.middle[box]) > 50 for box in range(n) if found.layer[box] == number)


@settings(deadline=None, max_examples=40)
@given(graph=graphs)
def test_boxes_stay_inside_the_picture(graph: tuple[int, list[tuple[int, int]], int]) -> None:
    n, edges, _ = graph
    boxes = [Box(f"X:{box}", f"Company {box}") for box in range(n)]
    drawn = picture("t", boxes, [Line(f"X:{upper}", f"X:{lower}", "50 %") for upper, lower in edges])
    _, _, wide, high = map(float, ElementTree.fromstring(drawn).attrib["viewBox"].split())
    assert all(
        left >= 0 and top >= 0 and right <= wide and bottom <= high for left, top, right, bottom in frames(drawn)
    )
