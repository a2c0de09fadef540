"""Shares of a store as hinges: for each holding above a party, the exact shares at which its parent would be another.

The ranges are those of `topco.ownership.questions`: every end of one has been derived. What a falling share leaves
belongs to unknown others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from topco.errors import BadInput
from topco.identity.parties import party_of
from topco.licensing.cases.store_recipients import recipient
from topco.licensing.changes.hinges import SHARE, Choice, Hinge
from topco.licensing.changes.paths import SHARE as OF_STORE
from topco.licensing.changes.paths import Setting
from topco.ownership.facts import facts_in
from topco.ownership.questions.sensitivity import tables_above
from topco.ownership.questions.share_trials import Figures
from topco.ownership.questions.share_trials import Trials as ShareTrials
from topco.ownership.questions.share_turns import Turns
from topco.ownership.questions.smallest_change import Piece, pieces
from topco.ownership.shares import WHOLE, percent, units
from topco.ownership.snapshot import build

if TYPE_CHECKING:
    from datetime import date

    from topco.licensing.cases.recipients import Recipient
    from topco.licensing.changes.trials import Trial
    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store

MOST_HOLDINGS = 20


@dataclass(frozen=True)
class ShareHinges:
    """The holdings above the store's parties of one trial."""

    store: Store
    known_as_of: date | None
    test: ParentTest
    trial: Trial

    def all(self) -> list[Hinge]:
        """One hinge for each holding near enough to a threshold that its share decides something."""
        found: dict[str, Hinge] = {}
        for index, party in enumerate(self.trial.prepared.case.parties):
            if party.entity in self._above:
                for hinge in self._of_party(index, self._above[party.entity]):
                    found.setdefault(hinge.path, hinge)
        return list(found.values())

    @property
    def not_tried(self) -> int:
        """How many holdings are farther from any threshold than those that were tried."""
        return sum(max(0, len(_waiting(one, Turns(one))) - MOST_HOLDINGS) for one in self._above.values())

    def recipients(self, settings: Sequence[Setting]) -> Mapping[str, Recipient]:
        """The parties of the store as they would be with other shares."""
        found: dict[str, Recipient] = {}
        for entity, above in self._above.items():
            for setting in settings:
                owner, owned = setting.steps[1:]
                position = _position(above, str(owner), str(owned))
                if position is not None:
                    share = units(str(setting.value))
                    evidence = above.changed(position, (share, share))
                    facts = facts_in(self.store, evidence, [entity], [above.identifier], self.known_as_of)
                    found |= {one: recipient(said) for one, said in facts.items()}
        return found

    @cached_property
    def _above(self) -> dict[str, ShareTrials]:
        """By party of the store, the holdings above it; none where the case states who its parent is."""
        found = {}
        day = self.trial.prepared.frame.as_of
        for party in self.trial.prepared.case.parties:
            if party.entity is None or party.ultimate_parent_hq_in is not None:
                continue
            identifier = party_of(self.store, party.entity, self.known_as_of)
            try:
                tables = tables_above(self.store, identifier, day, self.known_as_of)
            except BadInput:
                continue
            evidence = build(tables, day, {}, self.test)
            if evidence.held is not None:
                found[party.entity] = ShareTrials(tables, evidence, identifier)
        return found

    def _of_party(self, index: int, above: ShareTrials) -> Iterator[Hinge]:
        turns = Turns(above)
        for position in _waiting(above, turns)[:MOST_HOLDINGS]:
            hinge = _hinge(index, above, turns, position)
            if hinge.choices:
                yield hinge


def _hinge(party: int, above: ShareTrials, turns: Turns, position: int) -> Hinge:
    evidence, made = above.evidence, above.made
    owner, owned = evidence.ids[int(made.owner[position])], evidence.ids[int(made.owned[position])]
    now = above.figures(position)
    ranges = [
        piece
        for piece in pieces(above, turns, position, (0, above.room(position)))
        if not (piece.least <= now[0] and now[1] <= piece.most)
    ]
    steps = (OF_STORE, owner, owned)
    choices = []
    for piece in ranges:
        nearest = piece.most if piece.most < now[0] else max(piece.least, now[0])
        away = nearest - (now[0] if nearest < now[0] else now[1])
        margin = f"{percent(abs(away))} points"
        settings = (Setting(steps, percent(nearest)),)
        choices.append(Choice(settings, _words(piece), distance=Fraction(away), margin=margin))

    def describe(chosen: Sequence[int]) -> str:
        return " or ".join(_words(one) for one in _joined([ranges[index] for index in sorted(chosen)]))

    shown = percent(now[0]) if now[0] == now[1] else f"{percent(now[0])} to {percent(now[1])}"
    read = frozenset({(OF_STORE, f"{owner},{owned}")})
    return Hinge(SHARE, f"{OF_STORE} {owner},{owned}", "share in percent", party, shown, read, tuple(choices), describe)


def _waiting(above: ShareTrials, turns: Turns) -> list[int]:
    """The holdings whose share may decide something, the nearest to a threshold first."""
    chosen = [one for one in above.positions if turns.of(one)]
    return sorted(chosen, key=lambda one: (min(map(abs, turns.of(one))), one))


def _position(above: ShareTrials, owner: str, owned: str) -> int | None:
    made, ids = above.made, above.evidence.ids
    return next(
        (one for one in above.positions if (ids[int(made.owner[one])], ids[int(made.owned[one])]) == (owner, owned)),
        None,
    )


def _joined(ranges: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for one in ranges:
        if found and found[-1].most + 1 == one.least:
            found[-1] = found[-1]._replace(most=one.most)
        else:
            found.append(one)
    return found


def _words(piece: Figures | Piece) -> str:
    least, most = piece[0], piece[1]
    if least == most:
        return f"{percent(least)} %"
    if least == 0:
        return f"{percent(most)} % or less"
    return f"{percent(least)} % or more" if most == WHOLE else f"{percent(least)} to {percent(most)} %"
