"""The rows that a resolution was derived from, in words: what each says, from when to when, where it stands.

They are the rows that the proof keeps as its basis: those about the entity and all above it, the ones that decide
nothing among them, and one of each kind from below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from topco.ownership.shares import written
from topco.reports.words import country, labelled, word

Cells = Mapping[str, Any]
COLUMNS = ("kind", "about", "other", "says", "from", "to", "decides", "load", "file", "row", "record")
_SHARE = ("share_exact", "share_min", "share_min_exclusive", "share_max", "share_max_exclusive")
_SOURCE = ("load", "file", "row", "record")


@dataclass(frozen=True)
class EvidenceRow:
    """One row in words.

    Attributes:
        table: the code of its table.
        about, other: the party it is about, and the other one that it names, if any.
        decides: the proof cites it.
    """

    table: str
    about: str
    other: str | None
    says: str
    since: str | None
    until: str | None
    decides: bool
    source: Mapping[str, Any]

    def as_row(self) -> dict[str, Any]:
        """The row under `COLUMNS`."""
        said = {"kind": word("evidence_table", self.table), "about": self.about, "other": self.other, "says": self.says}
        return {**said, "from": self.since, "to": self.until, "decides": self.decides, **self.source}


def evidence_rows(resolution: Mapping[str, Any]) -> list[EvidenceRow] | None:
    """The rows of a resolution, those about the entity itself first; None if they were too many to be kept."""
    rows = resolution["proof"]["basis"]["rows"]
    if rows is None:
        return None
    cited = {_key(node["source"]) for node in resolution["proof"]["nodes"] if node.get("source")}
    entity = resolution["entity"]
    own = frozenset((entity["id"], *entity.get("identifiers", ())))
    found = [_in_words(kept, cited) for kept in rows]
    return sorted(found, key=lambda row: (row.about not in own, row.about, row.table, *map(str, _key(row.source))))


def names_in(resolution: Mapping[str, Any]) -> dict[str, str]:
    """The names of all parties that a resolution names, by their identifiers."""
    rows = resolution["proof"]["basis"]["rows"] or []
    named = {one["cells"]["id"]: one["cells"].get("name") for one in rows if one["table"] == "entities"}
    said = [resolution["entity"], resolution["highest_known"], *resolution["direct_parents"]]
    named |= {one["id"]: one["name"] for one in (*said, *resolution["ultimate_parents"])}
    return {identifier: name for identifier, name in named.items() if name}


def records_of(resolution: Mapping[str, Any]) -> list[Cells]:
    """The register's own records of the entity, under each of its identifiers."""
    entity = resolution["entity"]
    own = (entity["id"], *entity.get("identifiers", ()))
    rows: Sequence[Mapping[str, Any]] = resolution["proof"]["basis"]["rows"] or ()
    return [one["cells"] for one in rows if one["table"] == "entities" and one["cells"].get("id") in own]


def _in_words(kept: Mapping[str, Any], cited: set[tuple[Any, ...]]) -> EvidenceRow:
    cells = kept["cells"]
    source = {**{name: cells.get(name) for name in _SOURCE}, "load": kept["load"]}
    about, other, says = _SAY[kept["table"]](cells)
    since, until = cells.get("valid_from"), cells.get("valid_to")
    return EvidenceRow(kept["table"], about, other, says, since, until, _key(source) in cited, source)


def _key(source: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(source.get(name) for name in _SOURCE)


def _relationship(cells: Cells) -> tuple[str, str | None, str]:
    remarks = [labelled(cells["kind"]), *_standing(cells)]
    return cells["child"], cells["parent"], ", ".join(remarks)


def _holding(cells: Cells) -> tuple[str, str | None, str]:
    share = written(*(cells.get(name) for name in _SHARE))
    figure = "share not stated" if all(cells.get(name) is None for name in _SHARE) else f"{share} %"
    remarks = [f"{labelled(cells['interest'])}, {figure}", *_standing(cells)]
    return cells["owned"], cells["owner"], ", ".join(remarks)


def _absence(cells: Cells) -> tuple[str, str | None, str]:
    reference = f" ({cells['reference']})" if cells.get("reference") else ""
    return (
        cells["subject"],
        None,
        f"{labelled(cells['level'])}: {labelled(cells['reason'])} ({cells['reason']}){reference}",
    )


def _record(cells: Cells) -> tuple[str, str | None, str]:
    places = (("headquarters", "hq_country"), ("registered in", "registered_country"), ("jurisdiction", "jurisdiction"))
    said = [f"{name} {country(cells[column])}" for name, column in places if cells.get(column)]
    said += [cells[one].lower() for one in ("entity_status", "registration_status") if cells.get(one)]
    return cells["id"], cells.get("successor"), ", ".join(said) or "no address"


def _seat(cells: Cells) -> tuple[str, str | None, str]:
    by = f", stated by {cells['stated_by']}" if cells.get("stated_by") else ""
    on = f" on {cells['stated_on']}" if cells.get("stated_on") else ""
    cited = f": {cells['citation']}" if cells.get("citation") else ""
    basis = labelled(cells["basis"]) if cells.get("basis") else "basis not stated"
    return cells["id"], None, f"headquarters {country(cells.get('country'))} ({basis}{by}{on}{cited})"


def _identifier(cells: Cells) -> tuple[str, str | None, str]:
    return cells["id"], cells["other_id"], "bears this number as well"


def _judgement(cells: Cells) -> tuple[str, str | None, str]:
    by = f" by {cells['author']}" if cells.get("author") else ""
    because = f": {cells['reason']}" if cells.get("reason") else ""
    return cells["first"], cells["second"], f"{labelled(cells['verdict'])}{by}{because}"


def _standing(cells: Cells) -> list[str]:
    """What speaks against counting a row."""
    standing = cells.get("standing")
    found = [] if standing in (None, "Current") else [labelled(standing)]
    return [*found, "stale"] if cells.get("stale") else found


_SAY: dict[str, Callable[[Cells], tuple[str, str | None, str]]] = {
    "relationships": _relationship,
    "holdings": _holding,
    "absences": _absence,
    "entities": _record,
    "headquarters": _seat,
    "identifiers": _identifier,
    "judgements": _judgement,
}
