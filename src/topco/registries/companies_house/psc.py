"""Records of the register of people with significant control, one after the other, as evidence.

A record names a company and holds `data` of one kind: a party that controls it, a person whom an order protects, a
statement that nobody is named, an exemption, or (once in a snapshot) the totals. A REST answer lists the `data` alone;
the company then stands in their links.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from topco.registries.companies_house import cells, meanings
from topco.registries.companies_house.cells import Unusable
from topco.registries.companies_house.numbers import SCHEME, own_number
from topco.registries.companies_house.parties import Party, add_party
from topco.registries.json_records import Malformed
from topco.registries.staged import Sink

STATEMENT = "persons-with-significant-control-statement"
EXEMPTIONS = "exemptions"
TOTALS = "totals#persons-of-significant-control-snapshot"
COUNTS = ("persons_of_significant_control_count", "statements_count", "exemptions_count")
LEVEL = "DirectLevel"
_LINK = re.compile(
    r"/company/([A-Za-z0-9]{1,8})/(?:"
    r"persons-with-significant-control/[a-z-]+/([A-Za-z0-9_-]+)"
    r"|persons-with-significant-control-statements/([A-Za-z0-9_-]+)"
    r"|(exemptions))"
)

UNKNOWN_REASON = "a reason for naming nobody is not known to the ontology and counts as withheld"
STATEMENT_OVER = "a statement, protection or exemption that is over was left out: absences have no period"
NOTHING_MISSING = "a statement that says nothing about who is missing was left out"


@dataclass
class Tally:
    """What was read: records of each kind, and the totals that the file itself states."""

    read: Counter[str] = field(default_factory=Counter)
    stated: dict[str, int] | None = None
    generated: date | None = None


@dataclass
class Reader:
    """Turns records into rows of a sink; `day` is the one that decides whether a statement is over."""

    sink: Sink
    day: date
    tally: Tally = field(default_factory=Tally)

    def take(self, row: int, value: object) -> None:
        """Take one record; what cannot be used goes to the rejects."""
        try:
            self._take(row, value)
        except Unusable as problem:
            self.sink.refuse(row, problem.column, problem.value, problem.reason)

    def _take(self, row: int, value: object) -> None:
        if isinstance(value, Malformed):
            raise Unusable(value.column.rpartition(".")[2] or "record", value.text, value.reason)
        if not isinstance(value, dict):
            raise Unusable("record", value, "not an object")
        data = cells.part(value, "data") if "data" in value else value
        kind = cells.text(data, "kind")
        if kind == TOTALS:
            self._totals(data)
            return
        if "ContentDate" in value:
            self.sink.changed_on(cells.iso_day(value, "ContentDate"))
        company, identifier = _identified(value, data)
        self._of_kind(row, kind, company, identifier, data)

    def _of_kind(self, row: int, kind: str | None, company: str, identifier: str, data: Mapping[str, Any]) -> None:
        agent = meanings.kinds("party").get(kind or "")
        if agent is not None and kind is not None:
            self.tally.read[COUNTS[0]] += 1
            add_party(self.sink, row, Party(company, identifier, kind, agent), data)
        elif kind == STATEMENT:
            self.tally.read[COUNTS[1]] += 1
            self._statement(row, company, identifier, data)
        elif kind == EXEMPTIONS:
            self.tally.read[COUNTS[2]] += 1
            self._exemptions(row, company, data)
        elif kind is not None and meanings.folded(kind) in meanings.texts("protected"):
            self.tally.read[COUNTS[0]] += 1
            over = data.get("ceased") is True or self._is_over(data, "ceased_on")
            self._absence(row, company, identifier, cells.text(data, "description") or kind, over=over)
        else:
            raise Unusable("kind", kind, "not a kind of record that is known")

    def _statement(self, row: int, company: str, identifier: str, data: Mapping[str, Any]) -> None:
        code = cells.text(data, "statement")
        if code is None:
            raise Unusable("statement", None, "a statement without its code")
        over = data.get("ceased") is True or self._is_over(data, "ceased_on")
        self._absence(row, company, identifier, code, over=over)

    def _exemptions(self, row: int, company: str, data: Mapping[str, Any]) -> None:
        """An exemption is in force if one of its periods has no end, or one to come; one without periods is too."""
        named = cells.part(data, "exemptions")
        if not named:
            raise Unusable("exemptions", None, "an exemption that is not said")
        for key in named:
            exemption = cells.part(named, key)
            code = cells.text(exemption, "exemption_type") or cells.text(
                {"exemptions": key.replace("_", "-")}, "exemptions"
            )
            if code is None:
                raise Unusable("exemptions", key, "an exemption that is not said")
            periods = exemption.get("items") or [{}]
            if not isinstance(periods, list) or not all(isinstance(period, dict) for period in periods):
                raise Unusable("exemptions", periods, "not a list of periods")
            over = all(self._is_over(period, "exempt_to") for period in periods)
            self._absence(row, company, f"{EXEMPTIONS}/{code}", code, over=over)

    def _absence(self, row: int, company: str, identifier: str, code: str, *, over: bool) -> None:
        if meanings.folded(code) in meanings.texts("no-absence"):
            self.sink.warn(NOTHING_MISSING, row, code)
            return
        if over:
            self.sink.warn(STATEMENT_OVER, row, code)
            return
        if code not in meanings.reasons():
            self.sink.warn(UNKNOWN_REASON, row, code)
        self.sink.add(
            "absences",
            row,
            subject=f"{SCHEME}:{company}",
            level=LEVEL,
            reason=code,
            record=f"psc/{company}/{identifier}",
        )

    def _is_over(self, data: Mapping[str, Any], key: str) -> bool:
        end = cells.iso_day(data, key)
        return end is not None and end <= self.day

    def _totals(self, data: Mapping[str, Any]) -> None:
        counts = {key: data.get(key) for key in COUNTS}
        self.tally.stated = {key: count for key, count in counts.items() if isinstance(count, int)}
        generated = cells.text(data, "generated_at")
        if generated is not None:
            self.tally.generated = cells.iso_day({"generated_at": generated[:10]}, "generated_at")
            self.sink.changed_on(self.tally.generated)


def _identified(value: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[str, str]:
    """The number of the company and the identifier of the record, which its link ends with."""
    link = cells.text(cells.part(data, "links"), "self")
    match = None if link is None else _LINK.fullmatch(link)
    linked = None if match is None else own_number(match[1])
    stated = cells.text(value, "company_number")
    company = linked if stated is None else own_number(stated)
    if company is None:
        raise Unusable("company_number" if stated else "links.self", stated or link, "no company number")
    identifier = None if match is None else match[2] or match[3] or match[4]
    if identifier is None:
        raise Unusable("links.self", link, "no link that identifies the record")
    if linked != company:
        raise Unusable("links.self", link, f"the link is of another company than {company}")
    return company, identifier
