"""Parties of a store on many days, from rows that are read once: what a trial with another date needs to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from topco.errors import BadInput
from topco.identity.parties import party_of
from topco.licensing.cases.store_recipients import recipient
from topco.ownership.facts import facts_in
from topco.ownership.questions.ever_above import EverAbove, ever_above
from topco.ownership.questions.outcome import outcome_of

if TYPE_CHECKING:
    from topco.licensing.cases.recipients import Recipient
    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store


class RecipientsOverTime:
    """Resolves parties in one store on any day; the answers are those of a resolution without its document."""

    def __init__(self, store: Store, known_as_of: date | None, test: ParentTest) -> None:
        self._store, self._known_as_of, self._test = store, known_as_of, test
        self._rows: dict[str, EverAbove | None] = {}

    @property
    def of_store(self) -> tuple[Store, date | None, ParentTest]:
        """The store, the day up to which its loads count, and the parent test."""
        return self._store, self._known_as_of, self._test

    def __call__(self, ids: Sequence[str], as_of: date) -> Mapping[str, Recipient]:
        found: dict[str, Recipient] = {}
        for identifier in ids:
            rows = self._ever_above(identifier)
            if rows is not None:
                party = party_of(self._store, identifier, self._known_as_of)
                facts = facts_in(self._store, rows.on(as_of), [identifier], [party], self._known_as_of)
                found |= {one: recipient(said) for one, said in facts.items()}
        return found

    def days(self, ids: Iterable[str]) -> frozenset[date]:
        """The days on which parents, status or headquarters of some of these parties change."""
        days: set[date] = set()
        for identifier in ids:
            rows = self._ever_above(identifier)
            if rows is None:
                continue
            party = party_of(self._store, identifier, self._known_as_of)
            # What is in force before the first day of any row has always been.
            begun = [date.fromordinal(max(1, day.toordinal() - 1)) for day in rows.days()[:1]]
            outcomes = [(day, outcome_of(rows.on(day), party)) for day in (*begun, *rows.days())]
            days |= {day for (_, before), (day, after) in pairwise(outcomes) if after != before}
        return frozenset(days)

    def _ever_above(self, identifier: str) -> EverAbove | None:
        """All rows about a party, of all times; None if no record names it."""
        if identifier not in self._rows:
            party = party_of(self._store, identifier, self._known_as_of)
            try:
                self._rows[identifier] = ever_above(self._store, party, self._known_as_of, self._test)
            except BadInput:
                self._rows[identifier] = None
        return self._rows[identifier]
