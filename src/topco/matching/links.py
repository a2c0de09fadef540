"""What is already known about pairs of identifiers: which name one party, and which pairs a person has judged.

Which identifiers are one party is for `topco.identity` to say. A judgement, whatever it says, holds for the parties of
its two identifiers. Proposals that were kept are no judgements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topco.identity.parties import parties

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from topco.store.store import Store

PROPOSED = "Proposed"


class Links:
    """The parties of identifiers, and the pairs of parties that have been judged.

    >>> links = Links({"X:3": "LEI:1", "LEI:1": "LEI:1"}, [("X:3", "X:9")])
    >>> links.settles("X:3", "LEI:1"), links.settles("LEI:1", "X:9"), links.settles("X:3", "X:4")
    (True, True, False)
    """

    def __init__(self, party: Mapping[str, str], judged: Iterable[tuple[str, str]] = ()) -> None:
        self._party = party
        self._judged = {self.pair(one, other) for one, other in judged}

    @classmethod
    def of(cls, store: Store, known_as_of: date | None = None) -> Links:
        """The links of a store's evidence."""
        party = dict(parties(store, known_as_of).parties.select("id", "party").iter_rows())
        table = store.table("judgements", ["first", "second", "verdict"], known_as_of=known_as_of).collect()
        return cls(party, [(one, other) for one, other, verdict, _ in table.iter_rows() if verdict != PROPOSED])

    def settles(self, one: str, other: str) -> bool:
        """Whether nothing is left to propose: one party already, or a person has judged the pair."""
        first, second = self.pair(one, other)
        return first == second or (first, second) in self._judged

    def pair(self, one: str, other: str) -> tuple[str, str]:
        """The parties of two identifiers, in the order of the alphabet."""
        first, second = sorted((self._party.get(one, one), self._party.get(other, other)))
        return first, second
