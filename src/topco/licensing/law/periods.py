"""Which law stands on a date: the rule set of a reading and the overlays, with what is contested and what was not read.

Periods inform and decide nothing: rules carry periods of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from topco.licensing.law.vocabulary import LABEL, NOTATION, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.licensing.law.body import Law

RULE_SET, OVERLAY = "rule_set", "overlay"
COMMENT = NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")


@dataclass(frozen=True)
class LawPeriod:
    """One period of a rule set or of an overlay; those of one code follow each other."""

    code: str
    label: str
    kind: str
    status: str
    readings: frozenset[str]
    since: str
    until: str | None
    note: str
    cite: str
    confidence: str
    verified: bool

    def holds(self, day: date, reading: str) -> bool:
        """Whether the half-open period counts on a day in a reading."""
        return (
            reading in self.readings
            and date.fromisoformat(self.since) <= day
            and (self.until is None or day < date.fromisoformat(self.until))
        )

    def as_row(self) -> dict[str, Any]:
        """The period as `topco rules periods` shows it."""
        return {
            "id": self.code,
            "kind": self.kind,
            "status": self.status,
            "from": self.since,
            "to": self.until,
            "readings": sorted(self.readings),
            "label": self.label,
            "note": self.note,
            "cite": self.cite,
            "confidence": self.confidence,
            "verified": self.verified,
        }


@lru_cache(maxsize=8)
def law_periods(law: Law) -> tuple[LawPeriod, ...]:
    """Every period: rule sets first, then overlays, each by its first day."""
    found = [_read(law, one) for one in law.subjects("LawPeriod")]
    return tuple(sorted(found, key=lambda one: (one.kind == OVERLAY, one.code * (one.kind == OVERLAY), one.since)))


def law_in_force(law: Law, day: date, reading: str) -> dict[str, Any]:
    """The law of a date and a reading as an answer names it: the rule set, and the overlays with what to know."""
    in_force = [one for one in law_periods(law) if one.holds(day, reading)]
    return {
        "rule_set": next((one.code for one in in_force if one.kind == RULE_SET), None),
        "overlays": [
            {"id": one.code, "status": one.status, "note": one.note, "cite": one.cite, "verified": one.verified}
            for one in in_force
            if one.kind == OVERLAY
        ],
    }


def _read(law: Law, one: NamedNode) -> LawPeriod:
    return LawPeriod(
        code=law.value(one, NOTATION) or "",
        label=law.value(one, LABEL) or "",
        kind=law.value(one, node("periodKind")) or "",
        status=law.value(one, node("periodStatus")) or "",
        readings=frozenset(local_name(reading.value) for reading in law.objects(one, node("inReading"))),
        since=law.value(one, node("from")) or "",
        until=law.value(one, node("to")),
        note=law.value(one, COMMENT) or "",
        cite="; ".join(cite.value for cite in law.objects(one, node("citation"))),
        confidence=law.value(one, node("confidence")) or "",
        verified=law.value(one, node("unverified")) != "true",
    )
