"""What listed parties hold in the parties of a case: the figure that the Affiliates (50 percent) Rule asks for.

90 FR 47201; supp. 8 to part 744: owned "50 percent or more, directly or indirectly, individually or in aggregate" by
parties of the Entity List, the Military End-User List, or of the SDN programmes of 744.8. Counted as the `cascade` test
does. Whether the rule is in force on a day, and what it then asks, is not decided here. `docs/affiliates.md`.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from topco.identity.parties import parties
from topco.licensing.affiliates.listed_group import ListedGroup
from topco.licensing.affiliates.listed_namesakes import Namesakes
from topco.licensing.affiliates.listed_ownership import Link, ListedOwner, ListedOwnership, Row, Share
from topco.licensing.affiliates.listed_shares import shareholdings
from topco.licensing.affiliates.listed_ways import ways_up
from topco.licensing.affiliates.scope import TEST, affiliates_scope
from topco.matching.listings import Listings
from topco.namespaces import normalise_id
from topco.ownership.basis import Grounds, merged
from topco.ownership.parent_tests import parent_test
from topco.ownership.shares import percent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from topco.licensing.affiliates.listed_namesakes import Namesake
    from topco.licensing.affiliates.listed_shares import Shareholdings
    from topco.licensing.affiliates.listed_ways import Step
    from topco.store.kept_rows import Kept
    from topco.store.store import Store


class ListedOwners:
    """Answers for one store, as the loads known on a day describe it.

    Args:
        listings: those of the same store and day, if names have been prepared already.
        names: compare the names of owners with the lists as well (`possible`).
        namesakes: what such a comparison found, where it has been made before.
    """

    def __init__(
        self,
        store: Store,
        known_as_of: date | None = None,
        listings: Listings | None = None,
        *,
        names: bool = True,
        namesakes: Namesakes | None = None,
    ) -> None:
        self._store = store
        self._known_as_of = known_as_of
        self._listings = Listings(store, known_as_of) if listings is None else listings
        compared = Namesakes(store, known_as_of, self._listings) if names and namesakes is None else namesakes
        self._namesakes = compared

    def __bool__(self) -> bool:
        """Whether the store has any screening list: without one every share is zero and means nothing."""
        return bool(self._listings)

    def of(self, ids: Iterable[str], day: date) -> dict[str, ListedOwnership]:
        """The answers by identifier as given, for one that no record names too. Thousands at once are one reading.

        Raises:
            BadInput: an identifier has no form of one, or the test is not defined on that day.
        """
        given = {one: normalise_id(one) for one in ids}
        asked = dict(zip(given, parties(self._store, self._known_as_of).party_of(given.values()), strict=True))
        test = parent_test(TEST, day)
        assert test.criteria is not None
        found = shareholdings(self._store, list(dict.fromkeys(asked.values())), day, self._known_as_of, test)
        entries = {node: self._entries(one, day) for node, one in enumerate(found.ids)}
        listed = frozenset(node for node, rows in entries.items() if rows)
        group = ListedGroup(found, listed, test.criteria)
        places = {one: found.node[party] for one, party in asked.items()}
        # A branch that is listed by itself stays what the list names.
        nodes = {one: place if place in listed else _seat(found, place) for one, place in places.items()}
        namesakes = self._namesakes_of(found, listed, day)
        wider = ListedGroup(found, listed | namesakes.keys(), test.criteria) if namesakes else group
        made = {node: _answer(group, wider, entries, namesakes, node) for node in set(nodes.values())}
        return {one: made[node] for one, node in nodes.items()}

    def rows_about(self, ids: Iterable[str], day: date) -> list[Kept] | None:
        """The rows that the answers about these rest on, for the basis of a proof; None: they are too many."""
        known = parties(self._store, self._known_as_of)
        asked = list(dict.fromkeys(known.party_of(map(normalise_id, ids))))
        grounds = Grounds(self._store, asked, day, self._known_as_of, parent_test(TEST, day))
        return merged(map(grounds.of, asked))

    def _namesakes_of(self, found: Shareholdings, listed: frozenset[int], day: date) -> dict[int, list[Namesake]]:
        """By node, who holds something and may be listed."""
        if self._namesakes is None:
            return {}
        owners = [found.ids[node] for node in sorted(found.owners - listed)]
        return {found.node[owner]: entries for owner, entries in self._namesakes.of(owners, day).items()}

    def _entries(self, party: str, day: date) -> tuple[Row, ...]:
        return tuple(row for row in self._listings.entries_of(party, day) if affiliates_scope().counts(row))


def _answer(
    group: ListedGroup,
    wider: ListedGroup,
    entries: dict[int, tuple[Row, ...]],
    namesakes: dict[int, list[Namesake]],
    node: int,
) -> ListedOwnership:
    group, wider = group.beside(node), wider.beside(node)
    total = group.together(node)
    owners = [
        _owner(group, entries, node, owner, certain=certain, steps=steps)
        for owner, (certain, steps) in ways_up(group, node).items()
    ]
    return ListedOwnership(
        group.day.ids[node],
        group.day.names.get(node),
        entries[node],
        _share(total.lower, total.upper),
        total.standing,
        None if total.declared is None else Decimal(percent(total.declared)),
        tuple(sorted(owners, key=lambda one: (-one.share.lower, -one.share.upper, one.id))),
        _possible(wider, namesakes, node) if namesakes else (),
        wider.together(node).standing if namesakes else total.standing,
    )


def _possible(wider: ListedGroup, namesakes: dict[int, list[Namesake]], node: int) -> tuple[Namesake, ...]:
    """Those that would be listed owners if they were listed."""
    found = [
        replace(one, path=_path(wider.day, steps, node))
        for owner, (_, steps) in ways_up(wider, node).items()
        for one in namesakes.get(owner, ())
    ]
    return tuple(sorted(found, key=lambda one: (-(one.score or 0), one.owner, one.entry["record"])))


def _owner(
    group: ListedGroup,
    entries: dict[int, tuple[Row, ...]],
    node: int,
    owner: int,
    *,
    certain: bool,
    steps: list[Step],
) -> ListedOwner:
    day = group.day
    own = group.of_one(owner, node)
    return ListedOwner(
        day.ids[owner],
        day.names.get(owner),
        entries[owner],
        _share(own.lower, own.upper),
        certain,
        _path(day, steps, node),
        tuple(_link(day, step) for step in steps),
    )


def _path(day: Shareholdings, steps: list[Step], node: int) -> tuple[str, ...]:
    return (*(day.ids[step.above] for step in steps), day.ids[node])


def _link(day: Shareholdings, step: Step) -> Link:
    share = None if step.lower is None or step.upper is None else _share(step.lower, step.upper)
    return Link(day.ids[step.above], day.ids[step.below], share, step.interests, step.sources)


def _share(lower: int, upper: int) -> Share:
    return Share(Decimal(percent(lower)), Decimal(percent(upper)))


def _seat(day: Shareholdings, node: int) -> int:
    """The head office of a branch, which is the same legal person; of several recorded ones none stands for it."""
    seen = {node}
    while len(above := {step["target"] for step in day.steps_from.get(node, ()) if step["branch"]}) == 1:
        (node,) = above
        if node in seen:
            return min(seen)
        seen.add(node)
    return node
