"""What the store knows of listed owners, as the rules read it: a share that shows on which side of the threshold it is.

Nothing is taken to be below the threshold because nobody is known: only known holders that leave no room show that.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from topco.errors import BadInput
from topco.licensing.affiliates.scope import TEST
from topco.licensing.cases.facts import ListedShare
from topco.ownership.parent_tests import parent_test
from topco.ownership.questions.must_may import CANNOT, MUST
from topco.ownership.shares import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from topco.licensing.affiliates.listed_owners import ListedOwners
    from topco.licensing.affiliates.listed_ownership import ListedOwnership
    from topco.licensing.cases.case import Case, Party
    from topco.store.kept_rows import Kept

_WHOLE = Decimal(100)


class OwnersOfParties:
    """The listed owners of the parties that cases give by an identifier, asked for all of one day together."""

    def __init__(self, owners: ListedOwners) -> None:
        self._owners = owners
        self._found: dict[date, dict[str, ListedOwnership]] = defaultdict(dict)

    def prepare(self, cases: Iterable[tuple[Case, date]]) -> None:
        """Ask for all parties of these cases, each with the day of its facts."""
        wanted: dict[date, dict[str, None]] = defaultdict(dict)
        for case, day in cases:
            for party in case.parties if self._owners else ():
                if _is_asked(party) and party.entity not in self._found[day]:
                    wanted[day][party.entity or ""] = None
        for day, ids in wanted.items():
            if _is_defined(day):
                self._found[day] |= self._owners.of(ids, day)

    def rows_about(self, ids: Iterable[str], day: date) -> list[Kept] | None:
        """The rows behind what is known of these parties; None: they are too many to keep."""
        return self._owners.rows_about(ids, day)

    def of(self, case: Case, day: date) -> dict[str, ListedOwnership]:
        """What is known of the parties of a case, by identifier as it gives them."""
        found = self._found[day]
        return {
            party.entity: found[party.entity]
            for party in case.parties
            if party.entity and _is_asked(party) and party.entity in found
        }


def listed_shares(owned: Mapping[str, ListedOwnership]) -> dict[str, ListedShare]:
    """What the rules may read of it, by identifier; a party of which it shows nothing is left out."""
    return {entity: share for entity, one in owned.items() if (share := _share(one)) is not None}


def _share(found: ListedOwnership) -> ListedShare | None:
    names = ", ".join(one.name or one.id for one in found.owners)
    if found.standing == CANNOT:
        unnamed = _WHOLE - found.declared if found.declared is not None else _WHOLE
        reached = found.share.upper + unnamed >= _threshold() or found.with_possible != CANNOT
        return None if reached else ListedShare(found.share.upper, True, f"the store: {names or 'no listed holder'}")
    sure = "" if found.standing == MUST else "; whether it is more is not known"
    return ListedShare(found.share.lower, False, f"the store: {names}{sure}")


def _threshold() -> Decimal:
    criteria = parent_test(TEST).criteria
    assert criteria is not None
    return Decimal(percent(criteria.threshold))


def _is_asked(party: Party) -> bool:
    """A stated share wins over the store's."""
    return bool(party.entity) and party.listed_owner_percent is None


def _is_defined(day: date) -> bool:
    try:
        parent_test(TEST, day)
    except BadInput:
        return False
    return True
