"""Companies, their parents and the reasons why none is named, from the REST interface of GLEIF.

A company's record says which answers exist about its direct parent, its ultimate parent and, of a branch, its head
office: a relationship or an exception. Those are asked for, then the company above. What came is written as answers of
the interface, one file for each day of GLEIF's data, for the importer (`topco.registries.gleif.api`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from topco.errors import BadInput
from topco.live.answers import Answer, stamp
from topco.live.client import Client, json_pages
from topco.live.upward import MOST_STEPS, Fetched, Visited, upward
from topco.registries import lei as leis
from topco.registries.gleif.extents import date_of

SCHEME = "LEI"
LEVELS = ("direct-parent", "ultimate-parent", "head-office")
_RELATIONSHIP, _EXCEPTION = "relationship-record", "reporting-exception"
_ATTRIBUTES = "data.attributes."


def lei_of(text: str) -> str:
    """The LEI that a user writes, with or without its scheme.

    Raises:
        BadInput: it is none.

    >>> lei_of("lei:5493001z012ysb2a0k51")
    '5493001Z012YSB2A0K51'
    """
    plain = text.strip().upper().removeprefix(f"{SCHEME}:")
    if not leis.is_well_formed(plain):
        raise BadInput(f"{text!r} is no LEI.", remedy="An LEI has 20 letters and digits.")
    return plain


@dataclass
class _Day:
    """The resources of one day of GLEIF's data, and the companies of which everything is there."""

    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    complete: list[str] = field(default_factory=list)
    retrieved: list[datetime] = field(default_factory=list)


@dataclass
class _Walk:
    client: Client
    seeds: frozenset[str]
    notes: list[str] = field(default_factory=list)
    days: dict[date, _Day] = field(default_factory=dict)

    def visit(self, identifier: str, step: int) -> Visited:
        """Ask about a company and what is said about those above it."""
        lei = identifier.removeprefix(f"{SCHEME}:")
        answer = self.client.get(f"lei-records/{lei}", may_miss=lei not in self.seeds)
        if answer.status != 200:
            if lei in self.seeds:
                raise BadInput(
                    f"GLEIF has no record of {lei}. Nothing was loaded.", where=answer.url, remedy="Check the LEI."
                )
            self.notes.append(f"GLEIF has no record of {identifier}, which is named as a parent or successor.")
            return Visited(identifier, None, step, (), answer.retrieved_at)
        name = self._take_record(answer, lei)
        used = [answer]
        above: list[str] = []
        missed = len(self.notes)
        for level in LEVELS:
            for part in self._about(answer, lei, level):
                used.append(part)
                above += self._take_part(part, lei)
        days = {self._day(part) for part in used}
        if len(days) == 1 and len(self.notes) == missed:  # else no file tells everything about the company's parents
            self.days[days.pop()].complete.append(lei)
        above += [successor for successor in _successors(answer) if leis.is_well_formed(successor)]
        return Visited(
            identifier,
            name,
            step,
            tuple(dict.fromkeys(f"{SCHEME}:{each}" for each in above if each != lei)),
            answer.retrieved_at,
        )

    def _about(self, answer: Answer, lei: str, level: str) -> list[Answer]:
        """The answers about the company above at a level; none if the record promises none."""
        relationships: dict[str, Any] = answer.field("data.relationships", dict)
        if level not in relationships:
            return []
        links: dict[str, Any] = answer.field(f"data.relationships.{level}.links", dict)
        paths = {_RELATIONSHIP: f"{level}-relationship", _EXCEPTION: f"{level}-reporting-exception"}
        promised = [path for link, path in paths.items() if link in links]
        if not promised:
            raise answer.changed(f"data.relationships.{level}.links", "names neither a relationship nor an exception")
        found: list[Answer] = []
        for path in promised:
            pages = json_pages(self.client, f"lei-records/{lei}/{path}", may_miss=True)
            if any(page.status != 200 for page in pages):
                self.notes.append(
                    f"GLEIF promises a {level} answer about {SCHEME}:{lei} and does not give it ({path})."
                )
            found += [page for page in pages if page.status == 200]
        return found

    def _take_record(self, answer: Answer, lei: str) -> str:
        if answer.field("data.type", str) != "lei-records":
            raise answer.changed("data.type", "is not lei-records")
        if answer.field(f"{_ATTRIBUTES}lei", str) != lei:
            raise answer.changed(f"{_ATTRIBUTES}lei", f"is not {lei}")
        name: str = answer.field(f"{_ATTRIBUTES}entity.legalName.name", str)
        answer.field(f"{_ATTRIBUTES}entity.headquartersAddress.country", (str, type(None)))
        answer.field(f"{_ATTRIBUTES}entity.legalAddress.country", (str, type(None)))
        answer.field(f"{_ATTRIBUTES}entity.status", (str, type(None)))
        answer.field(f"{_ATTRIBUTES}registration.status", str)
        answer.field(f"{_ATTRIBUTES}registration.lastUpdateDate", str)
        self._put(answer, answer.field("data", dict))
        return name

    def _take_part(self, answer: Answer, lei: str) -> list[str]:
        """Take relationships or exceptions; the LEIs of the companies above."""
        data: Any = answer.field("data", (dict, list))
        above: list[str] = []
        for number, resource in enumerate(data if isinstance(data, list) else [data]):
            where = f"data.{number}." if isinstance(data, list) else "data."
            kind = answer.field("type", str, resource, where)
            if kind == "relationship-records":
                above.append(_end(answer, resource, where, lei))
            elif kind == "reporting-exceptions":
                subject = answer.field("attributes.lei", str, resource, where)
                if subject != lei:
                    raise answer.changed(f"{where}attributes.lei", f"is not {lei}")
                answer.field("attributes.category", str, resource, where)
                answer.field("attributes.reason", (str, list), resource, where)
            else:
                raise answer.changed(f"{where}type", f"is {kind!r}, no relationship and no exception")
            self._put(answer, resource)
        return above

    def _put(self, answer: Answer, resource: dict[str, Any]) -> None:
        key = f"{resource.get('type')} {answer.field('id', str, resource, 'data.')}"
        day = self.days.setdefault(self._day(answer), _Day())
        day.resources[key] = resource
        day.retrieved.append(answer.retrieved_at)

    def _day(self, answer: Answer) -> date:
        written = answer.field("meta.goldenCopy.publishDate", str)
        day = date_of(written)
        if day is None:
            raise answer.changed("meta.goldenCopy.publishDate", f"is {written!r}, no date")
        return day


def _end(answer: Answer, resource: dict[str, Any], where: str, lei: str) -> str:
    """The LEI of the company above in a relationship that begins at a company."""
    start = answer.field("attributes.relationship.startNode.id", str, resource, where)
    if start != lei:
        raise answer.changed(f"{where}attributes.relationship.startNode.id", f"is not {lei}")
    end: str = answer.field("attributes.relationship.endNode.id", str, resource, where)
    if not leis.is_well_formed(end):
        raise answer.changed(f"{where}attributes.relationship.endNode.id", f"is {end!r}, no LEI")
    for name, kind in (("type", str), ("status", str), ("periods", list)):
        answer.field(f"attributes.relationship.{name}", kind, resource, where)
    answer.field("attributes.registration.status", str, resource, where)
    return end


def _successors(answer: Answer) -> list[str]:
    entity: dict[str, Any] = answer.field(f"{_ATTRIBUTES}entity", dict)
    several = entity.get("successorEntities")
    each = [*(several if isinstance(several, list) else []), entity.get("successorEntity")]
    found = [one.get("lei") for one in each if isinstance(one, dict)]
    return [lei for lei in found if isinstance(lei, str)]


def fetch(client: Client, identifiers: Sequence[str], most_steps: int = MOST_STEPS) -> Fetched:
    """Ask GLEIF about companies and everybody above them, and write what came as files for the importer.

    Args:
        client: of GLEIF's interface.
        identifiers: LEIs, with or without their scheme.
        most_steps: how many steps to go up at most.

    Raises:
        BadInput: an identifier is no LEI or GLEIF has no record of it, or an answer is not as expected.
        Unreachable: GLEIF gives no answer.
    """
    seeds = [lei_of(text) for text in identifiers]
    walk = _Walk(client, frozenset(seeds))
    companies, limits = upward([f"{SCHEME}:{lei}" for lei in seeds], walk.visit, most_steps)
    files = []
    for day, found in sorted(walk.days.items()):
        meta = {
            "goldenCopy": {"publishDate": day.isoformat()},
            "retrieved": {"from": min(found.retrieved).isoformat(), "to": max(found.retrieved).isoformat()},
            "complete": found.complete,
        }
        document = json.dumps({"meta": meta, "data": list(found.resources.values())}, ensure_ascii=False, indent=1)
        content = hashlib.sha256(document.encode()).hexdigest()[:8]
        files.append(client.kept.write(f"gleif-api-{stamp(max(found.retrieved))}-{content}.json", document))
    return Fetched(companies, files, [*walk.notes, *limits])
