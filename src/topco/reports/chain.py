"""The chain of a resolution: a picture, and the same steps as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from topco.reports.sources import Sources
from topco.reports.words import country, spaced, status, word

Resolution = Mapping[str, Any]


@dataclass(frozen=True)
class ChainRow:
    """One step of a chain in words. `open` if its exact share would settle who the parent is."""

    owner: str
    owned: str
    recorded: str
    since: str | None
    until: str | None
    open: bool
    source: int | None


@dataclass(frozen=True)
class Chain:
    """Who stands above a party: the picture (empty if no step is recorded) and its rows."""

    entity: str
    svg: str
    rows: tuple[ChainRow, ...]


def chain_of(resolution: Resolution, sources: Sources) -> Chain:
    """The chain of a resolution; its source rows get numbers."""
    names = _names(resolution)
    settling = [_key(step) for step in resolution["settling"]]
    steps = [
        *resolution["chain"],
        *(s for s in resolution["settling"] if _key(s) not in map(_key, resolution["chain"])),
    ]
    rows = tuple(
        ChainRow(
            owner=_called(names, step["parent"]),
            owned=_called(names, step["child"]),
            recorded=_recorded(step),
            since=step["from"],
            until=step["to"],
            open=_key(step) in settling,
            source=sources.number(step["source"]),
        )
        for step in steps
    )
    entity = resolution["entity"]
    return Chain(entity["name"] or entity["id"], _picture(resolution, steps, settling) if steps else "", rows)


def _picture(resolution: Resolution, steps: list[Mapping[str, Any]], settling: list[tuple[Any, ...]]) -> str:
    from topco.explain.picture import Box, Line, picture

    entity, names = resolution["entity"], _names(resolution)
    tops = {one["id"]: one for one in resolution["ultimate_parents"]}
    seats: dict[str, str | None] = {
        resolution["highest_known"]["id"]: _seat(
            resolution["highest_known"]["hq_country"], resolution["highest_known"]["hq_alternatives"]
        ),
        **{
            one["id"]: _seat(one["hq_country"], [other["country"] for other in one["hq_alternatives"]])
            for one in tops.values()
        },
        entity["id"]: _seat(resolution["hq"]["country"], [one["country"] for one in resolution["hq"]["alternatives"]]),
    }
    ids = dict.fromkeys([entity["id"], *tops, *(step[end] for step in steps for end in ("child", "parent"))])
    boxes = []
    for one in ids:
        kinds = ("asked about",) if one == entity["id"] else ()
        if one in tops and one != entity["id"]:
            kinds = (*kinds, word("top", resolution["status"]))
        elif one == resolution["highest_known"]["id"] and one != entity["id"]:
            kinds = (*kinds, word("top", "highest_known"))
        # What the answer says nothing of is left blank: "unknown" would be a statement about it.
        boxes.append(Box(one, names.get(one, ""), seats.get(one, ""), kinds, marked=one == entity["id"] or one in tops))
    lines = [
        Line(
            step["parent"],
            step["child"],
            _recorded(step) + (" (open)" if _key(step) in settling else ""),
            _key(step) not in settling,
        )
        for step in steps
    ]
    note = f"Facts as of {resolution['as_of']}, test {resolution['test']}: {status(resolution['status'])}."
    return picture("Chain of parents", boxes, lines, note=note)


def _seat(code: str | None, alternatives: list[str]) -> str | None:
    return country(code) if code else " or ".join(map(country, alternatives)) or None


def _names(resolution: Resolution) -> dict[str, str]:
    known = [
        resolution["entity"],
        *resolution["direct_parents"],
        *resolution["ultimate_parents"],
        resolution["highest_known"],
    ]
    return {one["id"]: one["name"] for one in known if one["name"]}


def _called(names: Mapping[str, str], identifier: str) -> str:
    return f"{names[identifier]} ({identifier})" if identifier in names else identifier


def _key(step: Mapping[str, Any]) -> tuple[Any, ...]:
    return step["child"], step["parent"], step["kind"], step["source"]["record"], step["source"]["row"]


def _recorded(step: Mapping[str, Any]) -> str:
    """The share and the kind of a step.

    >>> _recorded({"share": {"lower": "25", "upper": "75"}, "kind": "ultimate_consolidation"})
    '25 to 75 % ultimate consolidation'
    """
    lower, upper = step["share"]["lower"], step["share"]["upper"]
    share = "" if lower is None else f"{lower} % " if lower == upper else f"{lower} to {upper} % "
    return share + spaced(step["kind"])
