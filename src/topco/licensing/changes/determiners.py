"""The determiners that a question about a case needs: for answers, for trials, and for a store with other shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from topco.licensing.changes.over_time import RecipientsOverTime
from topco.licensing.changes.paths import Setting
from topco.licensing.changes.share_hinges import ShareHinges
from topco.licensing.determine import Determiner, Options
from topco.licensing.store_determiner import MakeResolver, store_determiner
from topco.ownership.shares import units
from topco.ownership.supposed import Share, SupposedStore, Supposition, on_record
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from topco.licensing.cases.case import Case
    from topco.licensing.cases.recipients import Recipient
    from topco.licensing.changes.hinges import Hinge
    from topco.licensing.changes.trials import Trial
    from topco.ownership.parent_tests import ParentTest

Suppositions = tuple[Supposition, ...]


@dataclass(frozen=True)
class Determiners:
    """Makes determiners for one store and one set of options."""

    folder: Path
    asked: Options
    today: date
    test: str | None = None

    def full(self, cases: Sequence[Case], supposed: Suppositions = ()) -> Determiner:
        """For answers with everything that belongs to them."""
        return self._made(cases, supposed)

    def on_record(self, supposed: Suppositions, day: date) -> list[str | None]:
        """What the store says on a day in the place of each supposition."""
        store = Store.open(self.folder)
        return [on_record(store, one, day, self.asked.known_as_of) for one in supposed]

    def store_side(self, case: Case, supposed: Suppositions = ()) -> StoreSide:
        """For trials of one case."""
        return StoreSide(self, case, supposed)

    def light(self, cases: Sequence[Case], supposed: Suppositions) -> tuple[Determiner, RecipientsOverTime | None]:
        """For trials: codes only, no lists of names, and parties on any day without reading the store again."""
        made: list[RecipientsOverTime] = []

        def over_time(store: Store, known_as_of: date | None, test: ParentTest) -> RecipientsOverTime:
            made.append(RecipientsOverTime(store, known_as_of, test))
            return made[0]

        determiner = self._made(cases, supposed, over_time)
        determiner.flags = None
        return determiner, made[0] if made else None

    def _made(self, cases: Sequence[Case], supposed: Suppositions, resolve: MakeResolver | None = None) -> Determiner:
        view = None
        if supposed:
            view = SupposedStore(Store.open(self.folder), supposed, self.asked.known_as_of)
        return store_determiner(
            Determiner,
            self.folder,
            [party.entity for case in cases for party in case.parties],
            self.asked,
            self.today,
            test=self.test,
            documents=resolve is None,
            view=view,
            resolve=resolve,
        )


class StoreSide:
    """What trials of one case need of the store: parties on every day, and with other shares."""

    def __init__(self, determiners: Determiners, case: Case, supposed: Suppositions) -> None:
        self._determiners, self._case, self._supposed = determiners, case, supposed
        self.light, self._over_time = determiners.light([case], supposed)
        self._shares: ShareHinges | None = None

    def hinges(self, trial: Trial) -> list[Hinge]:
        """The shares on which the parties of the case hang."""
        if self._over_time is None:
            return []
        self._shares = ShareHinges(*self._over_time.of_store, trial)
        return self._shares.all()

    def days(self) -> frozenset[date]:
        """The days on which what the store says of the parties changes."""
        entities = [party.entity for party in self._case.parties if party.entity]
        return self._over_time.days(entities) if self._over_time else frozenset()

    @property
    def left_out(self) -> list[str]:
        """Which holdings above the parties were not looked at, in words."""
        count = self._shares.not_tried if self._shares else 0
        return [f"{count} holdings that are farther from any threshold than those tried"] if count else []

    def recipients(self, settings: Sequence[Setting]) -> Mapping[str, Recipient]:
        """The parties of the case as they would be with other shares."""
        return self._shares.recipients(settings) if self._shares else {}

    def determiner(self, settings: Sequence[Setting]) -> Determiner:
        """A determiner that reads the store with other shares."""
        shares = tuple(Share(str(one.steps[1]), str(one.steps[2]), units(str(one.value))) for one in settings)
        return self._determiners.light([self._case], (*self._supposed, *shares))[0]
