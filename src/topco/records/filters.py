"""Which records are asked for: dates, outcomes, cases, parties, authors, determinations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from topco.records.codes import PLAIN
from topco.records.record import Kind

_OUTCOME = " OR ".join(
    [
        *(f"{name} = :o OR '{name}=' || {name} = :o" for name in PLAIN),
        "instr(';' || exceptions || ';', ';' || :o || ';') > 0",
    ]
)


@dataclass(frozen=True)
class Filters:
    """What records must have in common; None and empty ask for nothing.

    `since` and `until` are days (UTC) on which a record was kept, both included. An outcome is a code
    (`denial_policy`), a code of one field (`licence_required=no`) or an exception's (`AIA=available`); one of several
    is enough. A party is a part of a name or of an identifier as the case gives it.
    """

    since: date | None = None
    until: date | None = None
    outcomes: tuple[str, ...] = ()
    case: str | None = None
    party: str | None = None
    author: str | None = None
    determination: str | None = None
    kinds: tuple[Kind, ...] = ()
    run: int | None = None

    def where(self) -> tuple[str, dict[str, Any]]:
        """The condition in SQL with its values; it needs the function `folded`."""
        conditions, values = [], {}
        for condition, name, value in self._conditions():
            conditions.append(f"({condition})")
            values[name] = value
        return ("WHERE " + " AND ".join(conditions) if conditions else ""), values

    def _conditions(self) -> Iterator[tuple[str, str, Any]]:
        if self.since is not None:
            yield "moment >= :since", "since", self.since.isoformat()
        if self.until is not None and self.until < date.max:
            yield "moment < :until", "until", (self.until + timedelta(days=1)).isoformat()
        for name, column in (("case", "case_id"), ("author", "author"), ("determination", "determination")):
            if (value := getattr(self, name)) is not None:
                yield f"{column} = :{name}", name, value
        if self.party is not None:
            yield "instr(folded(parties), :party) > 0", "party", self.party.casefold()
        if self.run is not None:
            yield "run = :run", "run", self.run
        if self.outcomes:
            each = [_OUTCOME.replace(":o", f":o{place}") for place in range(len(self.outcomes))]
            yield " OR ".join(each), "o0", self.outcomes[0]
            for place, outcome in enumerate(self.outcomes[1:], 1):
                yield "1", f"o{place}", outcome
        if self.kinds:
            names = [f":k{place}" for place in range(len(self.kinds))]
            yield f"kind IN ({', '.join(names)})", "k0", str(self.kinds[0])
            for place, kind in enumerate(self.kinds[1:], 1):
                yield "1", f"k{place}", str(kind)

    def document(self) -> dict[str, Any]:
        """What is asked for, in JSON; nothing that is not."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: [*map(str, value)] if isinstance(value, tuple) else value if name == "run" else str(value)
            for name, value in given.items()
            if value not in (None, ())
        }


EVERYTHING = Filters()
