"""Parties of the store as the rules see them: headquarters and ultimate parent's headquarters by status.

The table is that of the statuses: what is `resolved` or `own_top` is known; `withheld`, `outside_data` and `cyclic` are
unknown; `conflicting` and `possible` are alternatives; `joint` tops are true together; `open_top` and `no_evidence` are
unknown, unless the user lets the highest recorded company count as the top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from topco.choices import AS_RECORDED

KNOWN_STATUSES = frozenset({"resolved", "own_top"})
CONFLICTING, POSSIBLE = "conflicting", "possible"
OPEN_STATUSES = frozenset({"open_top", "no_evidence"})


@dataclass(frozen=True)
class Recipient:
    """What the store says about a party; a country that is None is unknown.

    `alternatives` of the ultimate parent's headquarters exclude each other; `joint` ones hold together.
    `undecided` are pairs of identifiers that may be one party and would then change what is said, each with a reason.
    `unconfirmed_parents` names those of several parents of which no source says that nobody stands above them.
    """

    entity: str
    name: str
    status: str
    headquarters: tuple[str | None, ...]
    ultimate_parent_headquarters: tuple[str | None, ...]
    joint: bool
    highest_known_headquarters: str | None
    highest_known_name: str | None
    ultimate_parent_ids: tuple[str, ...]
    ultimate_parent_names: tuple[str, ...]
    resolution: Mapping[str, Any] | None
    unconfirmed_parents: tuple[str, ...] = ()
    undecided: tuple[tuple[str, str, str], ...] = ()
    undecided_not_tried: int = 0

    def parent_headquarters(self, open_top: str) -> tuple[str | None, ...]:
        """The alternatives for the headquarters of the ultimate parent, under a policy for open tops."""
        if self.status in OPEN_STATUSES:
            return (self.highest_known_headquarters,) if open_top == AS_RECORDED else (None,)
        if self.status == POSSIBLE:
            # A parent that is only possible may be none: then the company below it is the top.
            own = (*self.headquarters, self.highest_known_headquarters)
            return tuple(dict.fromkeys((*self.ultimate_parent_headquarters, *own)))
        if self.status in KNOWN_STATUSES or self.status == CONFLICTING or self.joint:
            return self.ultimate_parent_headquarters or (None,)
        return (None,)

    def as_recorded(self) -> Recipient:
        """The same party as if its highest recorded company were confirmed as the top."""
        if self.status in KNOWN_STATUSES:
            return self
        tops = (self.highest_known_headquarters,)
        return replace(self, status="resolved", ultimate_parent_headquarters=tops, joint=False)


def unknown_recipient(entity: str, name: str | None) -> Recipient:
    """A party whose identifier the store does not have: nothing is known about it."""
    return Recipient(entity, name or entity, "not_in_store", (None,), (None,), False, None, None, (), (), None)
