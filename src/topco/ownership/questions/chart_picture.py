"""The chart of an entity as a picture: owners above what they own, with links to parties and to what is not shown."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from topco.explain.picture import Box, Line, Mark, Words, picture
from topco.ownership.control.criteria import COUNTED
from topco.ownership.parent_tests import interest_families
from topco.ownership.questions.chart_walk import DOWN, MEMBERS, MOST, UP
from topco.ownership.questions.described import between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from topco.ownership.questions.described import Answer

CLOSE = "close"
"""What a ring whose members are shown does when its link is followed."""

_CAPITAL = re.compile("(?<=[a-z])([A-Z])")
_WORDS = Words("stands above", "owner", "holding")
_LABELS = 3  # of the links between the same two boxes
_BELOW = ("company below", "companies below")
_ROUND = ("NaturalPerson", "State")
_TOPS = {
    "resolved": "ultimate parent",
    "own_top": "ultimate parent",
    "joint": "joint ultimate parent",
    "possible": "possible ultimate parent",
    "conflicting": "ultimate parent, contradicted",
    "outside_data": "next parent, no record loaded",
}
_TOP = "highest on record, not confirmed as ultimate parent"


def chart_picture(
    document: Answer,
    *,
    entity_link: Callable[[str], str] | None = None,
    open_link: Callable[[str, str], str] | None = None,
    country: Callable[[str], str] = str,
) -> str:
    """A document of `topco.ownership.questions.chart` as the text of an SVG file.

    Args:
        entity_link: the address of a party, by its identifier; without it boxes are no links.
        open_link: the address of the chart in which a node is opened `up` or `down`, a ring into its `members`, or an
            open ring is put together again (`close`); without it nothing opens.
        country: a country's code in words.
    """
    parties = [party for node in document["nodes"] for party in (node["members"] or [node])]
    named = {party["id"]: party["name"] or party["id"] for party in parties}
    rings: dict[str, int] = {}
    for node in document["nodes"]:
        if node["ring"] and not node["collapsed"]:
            rings[node["ring"]] = rings.get(node["ring"], 0) + 1
    own = {edge["from"]: edge for edge in document["edges"] if edge["owner"] == edge["company"]}
    boxes = [
        Box(
            node["id"],
            node["name"] or "",
            seat_in_words(node, country),
            _kind(node, document, rings, own.get(node["id"])),
            node["is_subject"],
            tuple((member["id"], _member(member)) for member in node["members"]),
            "" if entity_link is None or node["collapsed"] else entity_link(node["id"]),
            () if open_link is None else tuple(_marks(node, open_link)),
            node["is_ultimate_parent"],
            node["kind"] in _ROUND,
        )
        for node in document["nodes"]
    ]
    called = document["entity"]["name"] or document["entity"]["id"]
    note = f"Facts as of {document['as_of']}, test {document['test']}. Dashed lines do not count or are only possible."
    if document["left_out"]:
        note += f" {document['left_out']:,} more were met and had no room."
    return picture(
        f"Who stands around {called}",
        boxes,
        list(_lines(document["edges"], named)),
        most=MOST,
        note=note,
        words=_WORDS,
        widest=max(10, math.ceil(1.5 * math.sqrt(len(boxes)))),
        columns=True,
        summary="" if entity_link is None else _summary(document, called),
    )


def kinds_in_words(edge: Answer) -> list[str]:
    """What an edge rests on besides figures of shares and votes.

    >>> kinds_in_words({"kinds": ["ultimate_consolidation", "votingRights", "appointmentOfBoard"]})
    ['ultimate consolidation', 'appointment of board']
    """
    families = interest_families()
    kinds = [kind for kind in edge["kinds"] if families.get(kind) not in COUNTED]
    return [_CAPITAL.sub(r" \1", kind).replace("_", " ").lower() for kind in kinds]


def figures_in_words(edge: Answer) -> list[str]:
    """The share and the votes of an edge.

    >>> figures_in_words({"share": {"lower": "0", "upper": "75"}, "votes": {"lower": "25", "upper": "50"}})
    ['up to 75 %', 'votes 25 to 50 %']
    """
    found = []
    for name, before in (("share", ""), ("votes", "votes ")):
        lower, upper = edge[name]["lower"], edge[name]["upper"]
        if lower is not None:
            figure = f"up to {upper}" if lower == "0" != upper else between(lower, upper)
            found.append(f"{before}{figure} %")
    return found


def remarks_in_words(edge: Answer) -> list[str]:
    """What must be known about an edge before one relies on it."""
    if not edge["parent"]:
        return ["no parent"]
    return [] if edge["counts"] else ["not counted"]


def seat_in_words(node: Answer, country: Callable[[str], str] = str) -> str | None:
    """The headquarters country of a party; None if it is unknown, empty where there can be none."""
    if node["headquarters"] == "unknown":
        return None
    countries = [node["hq_country"]] if node["hq_country"] else node["hq_alternatives"]
    return " or ".join(map(country, countries))


def marks_in_words(node: Answer, status: str) -> list[str]:
    """What a node is to the question: the subject, its ultimate parent (as far as its status allows), and warnings.

    >>> node = {"is_subject": True, "is_ultimate_parent": True, "parent_withheld": False, "record": False}
    >>> marks_in_words(node, "possible")
    ['asked about', 'possible ultimate parent', 'no record loaded']
    """
    words = {
        "asked about": node["is_subject"],
        _TOPS.get(status, _TOP): node["is_ultimate_parent"],
        "parent not named": node["parent_withheld"],
        "no record loaded": not node["record"],
    }
    return [word for word, holds in words.items() if holds]


def _kind(node: Answer, document: Answer, rings: dict[str, int], own: Answer | None) -> tuple[str, ...]:
    found = marks_in_words(node, document["status"])
    if node["collapsed"]:
        return "ring", *found
    if node["kind"]:
        found.insert(0, _CAPITAL.sub(r" \1", node["kind"]).lower())
    if node["ring"]:
        found.append(f"in a ring of {rings[node['ring']]}")
    if own is not None:
        found.append(" ".join(["of itself:", ", ".join([*figures_in_words(own), *kinds_in_words(own)])]))
    return tuple(found)


def _member(member: Answer) -> str:
    """A member of a ring in one line, the code of its country first: names are cut at their end."""
    seat = seat_in_words(member)
    return f"{'HQ unknown' if seat is None else seat}: {member['name'] or member['id']}"


def _marks(node: Answer, open_link: Callable[[str, str], str]) -> Iterable[Mark]:
    called = f"{len(node['members'])} companies in a ring" if node["collapsed"] else node["name"] or node["id"]
    for way, word, one, several in ((UP, "above", "owner of", "owners of"), (DOWN, "below", *_BELOW)):
        if more := node[f"more_{way}"]:
            heard = f"Show more: {more:,} {one if more == 1 else several} {called}"
            yield Mark(f"+{more:,} {word}", heard, open_link(node["id"], way), way == UP)
    if node["collapsed"]:
        yield Mark("open ring", f"Show {called} one by one", open_link(node["id"], MEMBERS))
    elif node["ring"]:
        yield Mark("close ring", f"Show the ring of {called} as one box", open_link(node["ring"], CLOSE))


def _lines(edges: Sequence[Answer], named: dict[str, str]) -> Iterable[Line]:
    """The lines of the picture, with a label for the figures and one for the rest.

    Old evidence is said where not all of it is old: then the page says so once.
    """
    some_are_fresh = not all(edge["stale"] for edge in edges)
    between_boxes: dict[tuple[str, str], list[Answer]] = {}
    for edge in edges:
        if edge["from"] != edge["to"]:
            between_boxes.setdefault((edge["from"], edge["to"]), []).append(edge)
    for (owner, owned), together in between_boxes.items():
        for edge in together[:_LABELS]:
            sure = edge["counts"] and (bool(kinds_in_words(edge)) or _certain(edge))
            figures, rest = figures_in_words(edge), [*kinds_in_words(edge), *remarks_in_words(edge)]
            if edge["stale"] and some_are_fresh:
                rest.append("stale")
            if edge["owner"] != owner:
                rest.append(f"of {named[edge['owner']]}")
            if edge["company"] != owned:
                rest.append(f"in {named[edge['company']]}")
            for label in filter(None, (", ".join(figures), ", ".join(rest))):
                yield Line(owner, owned, label, sure)
        if len(together) > _LABELS:
            yield Line(owner, owned, f"and {len(together) - _LABELS} more", any(edge["counts"] for edge in together))


def _certain(edge: Answer) -> bool:
    return any(edge[name]["lower"] not in (None, "0") for name in ("share", "votes"))


def _summary(document: Answer, called: str) -> str:
    """The picture in a few sentences for those who go through its boxes one by one."""
    tops = ", ".join(top["name"] or top["id"] for top in document["ultimate_parents"]) or "none known"
    boxes, edges = len(document["nodes"]), len(document["edges"])
    return (
        f"Owners stand above what they own. {boxes:,} boxes and {edges:,} links around {called}; status "
        f"{document['status'].replace('_', ' ')}, {_TOPS.get(document['status'], _TOP)}: {tops}. "
        "The same links stand in the table beside the chart."
    )
