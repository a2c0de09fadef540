"""What lists say of the entities of FollowTheMoney: topics of an entity, and `Sanction` entities, as listings.

A `Sanction` names its entity only by id, and may stand before it. So it waits until the file ends, with its texts kept
once however often they recur, and then gets the entity's name. Vessels and the like are listed too, though no parties.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from topco.registries.ftm.parties import name_of
from topco.registries.ftm.record import Entity, identifier_of
from topco.registries.ftm.schemata import schemata
from topco.registries.partial_dates import day_after, first_day, last_day
from topco.registries.staged import Sink

UNNAMED_LIST = "not stated"

ODD_DATE = "a date of a list entry is malformed: the entry counts as listed without it"
END_BEFORE_START = "a list entry ends before it starts: it counts as listed without an end"


class _Waiting(NamedTuple):
    row: int
    party: str
    list: str
    programme: str | None
    policy: str | None
    citation: str | None
    url: str | None
    valid_from: date | None
    valid_to: date | None
    record: str


class Designations:
    """The listings of one file."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._waiting: list[_Waiting] = []

    def note(self, entity: Entity) -> None:
        """Take the topics of an entity that is no link: they say that it is on a list, though not on which one."""
        topics = entity.values("topics")
        if not topics:
            return
        name = name_of(entity)
        if name is not None:
            self._names[entity.id] = name
        listed = [topic for topic in topics if topic in schemata().listed]
        if listed:
            self._sink.add(
                "listings",
                entity.row,
                id=entity.identifier,
                name=name,
                list=";".join(entity.datasets) or UNNAMED_LIST,
                programme="; ".join(listed),
                record=f"{entity.record}/topics",
            )

    def take(self, entity: Entity) -> None:
        """Take a `Sanction`: one listing for each of its entities and each dataset."""
        start, end = self._period(entity)
        for party in dict.fromkeys(entity.values("entity")):
            for dataset in entity.datasets or [UNNAMED_LIST]:
                self._waiting.append(
                    _Waiting(
                        entity.row,
                        party,
                        self._once(dataset) or UNNAMED_LIST,
                        self._once("; ".join(entity.values("program") or entity.values("programId"))),
                        self._once("; ".join(entity.values("provisions"))),
                        self._once("; ".join(entity.values("authority"))),
                        self._once(next(iter(entity.values("sourceUrl")), "")),
                        start,
                        end,
                        f"{entity.record}/{party.replace('/', '%2F')}/{dataset}",
                    )
                )

    def finish(self) -> None:
        """Add the listings that waited."""
        for one in self._waiting:
            cells = one._asdict()
            party = cells.pop("party")
            self._sink.add(
                "listings",
                cells.pop("row"),
                id=identifier_of(party),
                name=self._names.get(party),
                **cells,
            )
        self._waiting.clear()

    def _once(self, text: str) -> str | None:
        return self._texts.setdefault(text, text) if text else None

    def _period(self, entity: Entity) -> tuple[date | None, date | None]:
        starts, ends = entity.values("startDate") or entity.values("listingDate"), entity.values("endDate")
        for text in (*starts, *ends):
            if first_day(text) is None:
                self._sink.warn(ODD_DATE, entity.row, text)
        start = min((day for text in starts if (day := first_day(text))), default=None)
        last = [last_day(text) for text in ends]
        end = None if None in last else day_after(max((day for day in last if day is not None), default=None))
        if start is not None and end is not None and end <= start:
            self._sink.warn(END_BEFORE_START, entity.row, entity.id)
            end = None
        return start, end
