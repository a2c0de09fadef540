"""The ownership chart on a page: its state in the address, its links, and the rows of the table beside it.

What a page does::

    asked = chart_asked(request.query_params.multi_items())
    document = chart(store, identifier, as_of, known_as_of, test, **asked)
    shown = chart_shown(document, here=request.url.path, keep=[("as_of", "2026-01-31")], entity=address_of_party)

and then `{% include "chart.html" %}` with `chart=shown` in the context. `keep` are the other parts of the page's query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup

from topco.errors import BadInput
from topco.ownership.questions.chart import LEVELS
from topco.ownership.questions.chart_picture import (
    CLOSE,
    chart_picture,
    figures_in_words,
    kinds_in_words,
    remarks_in_words,
)
from topco.ownership.questions.chart_walk import MEMBERS, RING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_NUMBERS = ("up", "down", "limit")
_EXPAND = "expand"

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class ChartLink:
    """A link of the toolbar; without an address it leads nowhere from here."""

    text: str
    href: str | None


@dataclass(frozen=True)
class ChartRow:
    """One source row behind a link of the chart, in words."""

    owner: tuple[str, str]
    company: tuple[str, str]
    what: str
    share: str
    period: str
    remarks: str
    source: str


@dataclass(frozen=True)
class ChartShown:
    """What `chart.html` needs.

    Attributes:
        said: how much is shown, in a sentence.
        subject: the id of the node that holds the subject.
        entity: the address of a party.
    """

    svg: Markup
    said: str
    subject: str
    links: tuple[ChartLink, ...]
    rows: tuple[ChartRow, ...]
    entity: Callable[[str], str]


def chart_asked(query: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What a query string asks of `topco.ownership.questions.chart.chart`: `up` `down` `limit` and every `expand`.

    Raises:
        BadInput: a number is none, or an `expand` is not `up:ID`, `down:ID` or `members:ID`.

    >>> chart_asked([("up", "3"), ("expand", "down:X:a"), ("q", "other")])
    {'up': 3, 'expanded': [('X:a', 'down')]}
    """
    found: dict[str, Any] = {}
    for name, value in query:
        if name in _NUMBERS and value:
            if not (value.isascii() and value.isdigit() and len(value) < 6):
                raise BadInput(f"{name} {value!r} is no number.", remedy="Give a whole number.")
            found[name] = int(value)
        elif name == _EXPAND:
            way, _, node = value.partition(":")
            if not node:
                raise BadInput(f"expand {value!r} opens nothing.", remedy="Write up:ID, down:ID or members:ID.")
            found.setdefault("expanded", []).append((node, way))
    return found


def chart_shown(
    document: dict[str, Any],
    *,
    here: str,
    keep: Sequence[tuple[str, str]] = (),
    entity: Callable[[str], str],
    country: Callable[[str], str] = str,
) -> ChartShown:
    """A chart for a page.

    Args:
        here: the path of the page.
        keep: what else stands in the page's query.
        entity: the address of a party's page.
        country: a country's code in words.
    """
    asked = document["asked"]
    expanded = [(one["node"], one["way"]) for one in asked["expanded"]]

    def address(state: dict[str, int], opened: Sequence[tuple[str, str]]) -> str:
        query: Pairs = [(name, value) for name, value in keep if name not in (*_NUMBERS, _EXPAND)]
        query += [(name, str(state[name])) for name in _NUMBERS]
        query += [(_EXPAND, f"{way}:{node}") for node, way in opened]
        return f"{here}?{urlencode(query)}"

    def opening(node: str, way: str) -> str:
        if way == CLOSE:
            return address(asked, _without_ring(document, expanded, node))
        return address(asked, [*expanded, (node, way)])

    links = [
        ChartLink(text, address({**asked, name: asked[name] + step}, expanded) if possible else None)
        for text, name, step, possible in (
            ("One level more above", "up", 1, asked["up"] < LEVELS),
            ("One level less above", "up", -1, asked["up"] > 0),
            ("One level more below", "down", 1, asked["down"] < LEVELS),
            ("One level less below", "down", -1, asked["down"] > 0),
        )
    ]
    links.append(ChartLink("Close what was opened", address(asked, []) if expanded else None))
    svg = chart_picture(document, entity_link=entity, open_link=opening, country=country)
    return ChartShown(
        Markup(svg),  # the picture escapes every text and address itself
        _said(document),
        next(node["id"] for node in document["nodes"] if node["is_subject"]),
        tuple(links),
        tuple(_rows(document)),
        entity,
    )


def _without_ring(document: dict[str, Any], expanded: Sequence[tuple[str, str]], ring: str) -> Pairs:
    """The expansions without those that show the members of a ring; what was opened at a member stays open."""
    members = {node["id"] for node in document["nodes"] if node["ring"] == ring}
    return [(node, way) for node, way in expanded if way != MEMBERS or node.removeprefix(RING) not in members]


def _said(document: dict[str, Any]) -> str:
    boxes, links = len(document["nodes"]), len(document["edges"])
    said = f"{boxes:,} {'box' if boxes == 1 else 'boxes'}, {links:,} {'link' if links == 1 else 'links'}."
    hidden = [top["name"] or top["id"] for top in document["ultimate_parents"] if not top["shown"]]
    if hidden:
        said += f" Further up: {', '.join(hidden)}."
    if document["left_out"]:
        said += f" {document['left_out']:,} more parties were met and had no room (limit {document['asked']['limit']})."
    if document["edges"] and all(edge["stale"] for edge in document["edges"]):
        said += " Every link rests on records older than the day asked about."
    return said


def _rows(document: dict[str, Any]) -> Iterable[ChartRow]:
    parties = [party for node in document["nodes"] for party in (node["members"] or [node])]
    names = {party["id"]: party["name"] or party["id"] for party in parties}
    for edge in document["edges"]:
        ends = [(one, names[one]) for one in (edge["owner"], edge["company"])]
        for ground in edge["grounds"]:
            alone = {
                "kinds": [ground["kind"]],
                "share": ground["share"],
                "votes": {"lower": None, "upper": None},
                "parent": not ground["fund"],
                "counts": ground["counts"],
            }
            remarks = [*remarks_in_words(alone), *(["stale"] if ground["stale"] else [])]
            period = [f"{word} {ground[word]}" for word in ("from", "to") if ground[word]]
            source = ground["source"]
            yield ChartRow(
                ends[0],
                ends[1],
                ", ".join(kinds_in_words(alone)) or ground["kind"],
                ", ".join(figures_in_words(alone)),
                " ".join(period),
                ", ".join(remarks),
                f"{source['load']}, {source['file']}, row {source['row']}",
            )
