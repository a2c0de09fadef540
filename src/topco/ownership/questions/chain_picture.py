"""The paths between two parties as a picture: owners above what they own, rings as one box."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from topco.explain.picture import Box, Line, picture
from topco.ownership.questions.described import between

if TYPE_CHECKING:
    from topco.ownership.questions.described import Answer

_CAPITAL = re.compile("([A-Z])")
# Kinds of agent that have no headquarters.
_WITHOUT_SEAT = ("NaturalPerson", "State")


def chain_picture(document: Answer) -> str:
    """The answer of `topco.ownership.questions.between` as the text of an SVG file."""
    parties = {party["id"]: party for party in document["parties"]}
    box_of = {member: f"ring {number}" for number, ring in enumerate(document["rings"]) for member in ring["members"]}
    ends = (document["owner"]["id"], document["company"]["id"])
    boxes = {
        f"ring {number}": Box(
            f"ring {number}",
            "",
            kind=("ring",),
            marked=any(end in ring["members"] for end in ends),
            members=tuple((member, parties[member]["name"] or "") for member in ring["members"]),
        )
        for number, ring in enumerate(document["rings"])
    }
    boxes |= {one: _box(party, marked=one in ends) for one, party in parties.items() if one not in box_of}
    first = [box_of.get(end, end) for end in ends]
    order = dict.fromkeys([*first, *_nearest(document, box_of), *boxes])
    lines = [
        Line(box_of.get(step["owner"], step["owner"]), box_of.get(step["company"], step["company"]), label, sure)
        for step in document["steps"]
        for label, sure in [_label(step)]
    ]
    note = f"Facts as of {document['as_of']}, test {document['test']}; {_counted(document)}."
    title = f"From {_called(document['owner'])} down to {_called(document['company'])}"
    return picture(title, [boxes[key] for key in order], lines, note=note)


def _counted(document: Answer) -> str:
    if document["finding"]:
        return str(document["finding"])
    counted = "1 path" if document["total"] == 1 else f"{document['total']:,} paths"
    return (
        counted if document["listed"] == document["total"] else f"{counted}, the strongest {document['listed']} drawn"
    )


def _nearest(document: Answer, box_of: dict[str, str]) -> list[str]:
    """The boxes in the order of the paths, the strongest first: those that a crowded picture keeps."""
    return [box_of.get(station[0], station[0]) for path in document["paths"] for station in path["stations"]]


def _box(party: Answer, *, marked: bool) -> Box:
    country = party["hq_country"] or " or ".join(party["hq_alternatives"]) or None
    if country is None and party["kind"] in _WITHOUT_SEAT:
        country = ""
    kind = (_CAPITAL.sub(r" \1", party["kind"]).strip().lower(),) if party["kind"] else ()
    return Box(party["id"], party["name"] or "", country, kind, marked)


def _label(step: Answer) -> tuple[str, bool]:
    """The share and the other grounds of a step, and whether any of them is certain."""
    others = sorted({ground["kind"] for ground in step["grounds"]} - {"shares", "shareholding"})
    share = step["share"]
    figure = [] if share["lower"] is None else [f"{between(share['lower'], share['upper'])} %"]
    return ", ".join([*figure, *others]), bool(others) or share["lower"] not in ("0", None)


def _called(party: Answer) -> str:
    return str(party["name"] or party["id"])
