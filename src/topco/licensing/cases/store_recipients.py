"""The store as a source of parties: resolutions turned into what the rules need to know about a recipient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from topco.licensing.cases.recipients import Recipient
from topco.ownership.facts import PartyFacts, bulk_party_facts, party_facts
from topco.ownership.over_dates import parties_over_dates
from topco.ownership.parent_tests import ParentTest
from topco.store.store import Store


class StoreRecipients:
    """Resolves parties in one store, as the loads known on a day describe it, by one parent test.

    Without `documents` parties come without their resolution, which answers for very many of them quickly.
    """

    def __init__(self, store: Path | Store, known_as_of: date | None, test: ParentTest, *, documents: bool) -> None:
        self._store = store if isinstance(store, Store) else Store.open(store)
        self._known_as_of = known_as_of
        self._test = test
        self._facts = party_facts if documents else bulk_party_facts

    def __call__(self, ids: Sequence[str], as_of: date) -> Mapping[str, Recipient]:
        found = self._facts(self._store, ids, as_of, self._known_as_of, self._test)
        return {identifier: recipient(facts) for identifier, facts in found.items()}

    def over_dates(self, asked: pl.DataFrame) -> pl.DataFrame:
        """Very many parties (`id`), each on a day of its own (`day`), in columns."""
        return parties_over_dates(self._store, asked, self._known_as_of, self._test)

    def loads(self, today: date) -> list[dict[str, Any]]:
        """The loads in force with their age in days, in the form of an answer's `data`."""
        return [
            {"load": load.id, "vintage": load.vintage.isoformat(), "age_days": (today - load.vintage).days}
            for load in self._store.current_loads(self._known_as_of)
        ]


def recipient(facts: PartyFacts) -> Recipient:
    """A resolution as the rules see it."""
    headquarters: tuple[str | None, ...] = facts.hq_alternatives or (facts.hq_country,)
    return Recipient(
        entity=facts.id,
        name=facts.name or facts.id,
        status=facts.status,
        headquarters=headquarters,
        ultimate_parent_headquarters=tuple(hq for hqs in facts.ultimate_parent_hqs for hq in hqs or (None,)),
        joint=facts.status == "joint",
        highest_known_headquarters=facts.highest_known[2],
        highest_known_name=facts.highest_known[1],
        ultimate_parent_ids=tuple(identifier for identifier, _, _ in facts.ultimate_parents),
        ultimate_parent_names=tuple(name or identifier for identifier, name, _ in facts.ultimate_parents),
        resolution=facts.resolution or None,
        unconfirmed_parents=facts.unconfirmed_parents,
        undecided=facts.undecided,
        undecided_not_tried=facts.undecided_not_tried,
    )
