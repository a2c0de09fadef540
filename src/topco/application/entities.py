"""Questions about entities: who they are, who is above them, what is below, since when, and how surely."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from topco.application.asked import NOW, OfFacts
from topco.errors import BadInput, NotFound
from topco.namespaces import normalise_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topco.application.application import Application
    from topco.ownership.search import Hit
    from topco.store.store import Store

Document = dict[str, Any]
PATHS = 100
"""Paths between two parties that are listed, unless a caller says otherwise."""


class Entities:
    """Entities of one store. Identifiers are taken as people write them: a bare LEI, or `SCHEME:VALUE`."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def store(self) -> Store:
        """The store, which must hold something.

        Raises:
            BadInput: nothing was ever loaded.
        """
        store = self._application.store()
        if not store.loads():
            raise NotFound(
                "Nothing is loaded in this store.",
                where=str(store.path),
                remedy="Load registry files first: topco load REGISTRY FILES.",
            )
        return store

    def search(self, text: str, limit: int = 20, known_as_of: date | None = None) -> list[Hit]:
        """Entities by identifier or name, best first.

        Raises:
            BadInput: the text holds neither a letter nor a digit.
        """
        from topco.ownership.search import search

        return search(self.store(), text, limit, known_as_of)

    def resolve(self, identifier: str, asked: OfFacts = NOW) -> Document:
        """Headquarters, status, parents and chain of an entity, with its proof (contracts.md 5).

        Raises:
            NotFound: no loaded record names it.
        """
        (found,) = self.resolve_each([identifier], asked)
        if found is None:
            raise NotFound(
                f"No loaded record names {normalise_id(identifier)}.",
                remedy="Look it up by name: topco search TEXT.",
            )
        return found

    def resolve_each(self, identifiers: Sequence[str], asked: OfFacts = NOW) -> list[Document | None]:
        """The resolutions of several entities in their order; None for one that no record names."""
        from topco.ownership.resolution import resolve

        ids = [normalise_id(one) for one in identifiers]
        return resolve(self.store(), ids, asked.day, asked.known_as_of, asked.parent_test)

    def owners(self, identifier: str, asked: OfFacts = NOW, cut_off: str = "1") -> Document:
        """Everyone who must or may control an entity, or whose integrated share may reach the cut-off, in percent."""
        from topco.ownership.questions.described import cut_off as units_of
        from topco.ownership.questions.owners import owners

        least = units_of(cut_off)
        return owners(self.store(), normalise_id(identifier), asked.day, asked.known_as_of, asked.parent_test, least)

    def holdings(self, identifier: str, asked: OfFacts = NOW, cut_off: str = "1") -> Document:
        """The whole group below a party."""
        from topco.ownership.questions.described import cut_off as units_of
        from topco.ownership.questions.group import holdings

        least = units_of(cut_off)
        return holdings(self.store(), normalise_id(identifier), asked.day, asked.known_as_of, asked.parent_test, least)

    def between(self, owner: str, company: str, asked: OfFacts = NOW, limit: int = PATHS) -> Document:
        """Every path from an owner down to a company.

        Raises:
            BadInput: both are the same, or the limit is below 1.
        """
        from topco.ownership.questions.between import between

        ends = normalise_id(owner), normalise_id(company)
        if ends[0] == ends[1]:
            raise BadInput("Both ends of the chain are the same.", remedy="Name the owner first, then what it owns.")
        return between(self.store(), *ends, asked.day, asked.known_as_of, asked.parent_test, limit)

    def chart(
        self,
        identifier: str,
        asked: OfFacts = NOW,
        *,
        up: int = 2,
        down: int = 1,
        expand: Sequence[str] = (),
        limit: int | None = None,
    ) -> Document:
        """Who stands around an entity, as nodes and edges (`topco.ownership.questions.chart`).

        Args:
            expand: what is opened besides, in order: `up:ID`, `down:ID`, or for a ring `members:ID`.

        Raises:
            BadInput: a number is out of its range, or an expansion opens nothing.
        """
        from topco.ownership.questions.chart import LIMIT, chart

        opened = [(node, way) for way, _, node in (one.partition(":") for one in expand)]
        return chart(
            self.store(),
            normalise_id(identifier),
            asked.day,
            asked.known_as_of,
            asked.parent_test,
            up=up,
            down=down,
            expanded=opened,
            limit=LIMIT if limit is None else limit,
        )

    def timeline(
        self, identifier: str, asked: OfFacts = NOW, first: date | None = None, last: date | None = None
    ) -> Document:
        """The days on which parents, status or headquarters changed, with causes.

        Raises:
            BadInput: the first day is later than the last.
        """
        from topco.ownership.questions.timeline import timeline

        if first and last and first > last:
            raise BadInput(f"--from {first} is later than --to {last}.", remedy="Exchange them.")
        return timeline(self.store(), normalise_id(identifier), asked.known_as_of, asked.parent_test, first, last)

    def sensitivity(self, identifier: str, asked: OfFacts = NOW) -> Document:
        """Whether another threshold, another test or another share would change the answer."""
        from topco.ownership.questions.sensitivity import sensitivity

        return sensitivity(self.store(), normalise_id(identifier), asked.day, asked.known_as_of, asked.parent_test)
