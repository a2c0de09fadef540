"""Whose limit a party spends: its resolved ultimate parent on the day, or the group that a person states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from topco.errors import NotModelled
from topco.namespaces import normalise_id

if TYPE_CHECKING:
    from topco.ownership.parent_tests import ParentTest

RESOLVED, STATED, NOT_IN_STORE = "resolved", "stated", "not_in_store"
_KNOWN = ("resolved", "own_top")


@dataclass(frozen=True)
class Owner:
    """Who stands behind a party on a day.

    `basis` is `resolved`, `stated`, or the status that leaves the group unknown (then `group` is None). `hq` is the
    headquarters of the party itself; `evidence` a hash of the loads; `candidates` the possible groups.
    """

    party: str | None = None
    group: str | None = None
    basis: str | None = None
    hq: str | None = None
    evidence: str | None = None
    candidates: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    def known_group(self, day: date) -> str:
        """The group.

        Raises:
            NotModelled: nobody knows it.
        """
        if self.group is None:
            among = f" (possible: {', '.join(self.candidates)})" if self.candidates else ""
            raise NotModelled(
                f"The ultimate parent of {self.party} on {day} is not known: {self.basis}{among}.",
                remedy="Load what settles it, or state the group with --group and say why with --reason.",
            )
        return self.group


class Groups(Protocol):
    """Where groups come from."""

    def owner(self, party: str, day: date) -> Owner:
        """Who stands behind a party on a day."""

    def same(self, ids: Iterable[str]) -> Mapping[str, str]:
        """For each identifier the one that stands for its party: one party may be known by several."""

    def identifiers(self, one: str) -> frozenset[str]:
        """All identifiers of the party of this one."""


class StoreGroups:
    """Groups as the loads in force of a store describe them; a store that is not there knows nobody.

    `test` says what makes a company a parent, by default the test `headquarters`.
    """

    def __init__(self, path: Path, known_as_of: date | None = None, test: ParentTest | None = None) -> None:
        from topco.store.store import Store

        self._store = Store.open(path, missing_ok=True)
        self._known_as_of = known_as_of
        self._test = test

    def owner(self, party: str, day: date) -> Owner:
        from topco.ownership.facts import party_facts

        asked = normalise_id(party)
        if not self._store.loads():
            return Owner(asked, basis=NOT_IN_STORE)
        facts = party_facts(self._store, [asked], day, self._known_as_of, self._test).get(asked)
        evidence = self._store.digest_for(self._known_as_of)
        if facts is None:
            return Owner(asked, basis=NOT_IN_STORE, evidence=evidence)
        tops = tuple(identifier for identifier, _, _ in facts.ultimate_parents)
        known = facts.status in _KNOWN and len(tops) == 1
        return Owner(
            party=facts.id,
            group=tops[0] if known else None,
            basis=RESOLVED if known else facts.status,
            hq=facts.hq_country,
            evidence=evidence,
            candidates=tops,
            undecided=tuple(f"{first} and {second} may be one party: {why}" for first, second, why in facts.undecided),
        )

    def same(self, ids: Iterable[str]) -> Mapping[str, str]:
        asked = list(dict.fromkeys(ids))
        if not asked or not self._store.loads():
            return {one: one for one in asked}
        from topco.identity.parties import parties

        return dict(zip(asked, parties(self._store, self._known_as_of).party_of(asked), strict=True))

    def identifiers(self, one: str) -> frozenset[str]:
        if not one or not self._store.loads():
            return frozenset({one})
        from topco.identity.parties import parties

        known = parties(self._store, self._known_as_of)
        return frozenset({one, *known.identifiers_of(known.party_of([one])[0])})
