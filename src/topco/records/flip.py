"""A record whose answer would be another now: old codes, new codes, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from topco.records.proof_changes import ProofChanges
from topco.records.record import PREFIX

Codes = Mapping[str, Any]


@dataclass(frozen=True)
class Flip:
    """A record whose answer would be another now.

    `changes` is None where no old proof is left to compare with; `reason` then says why, or why the case could not be
    determined again (then `new` is None: what would come out is not known).
    """

    number: int
    determination: str
    case: str | None
    moment: str
    changed: tuple[str, ...]
    old: Codes
    new: Codes | None
    new_determination: str | None
    changes: ProofChanges | None
    loads: tuple[tuple[Mapping[str, Any], ...], tuple[Mapping[str, Any], ...]]
    versions: Mapping[str, tuple[str, str]]
    reason: str | None = None

    def document(self) -> dict[str, Any]:
        return {
            "record": f"{PREFIX}{self.number}",
            "determination": self.determination,
            "case": self.case,
            "moment": self.moment,
            "changed": [*self.changed],
            "old": dict(self.old),
            "new": None if self.new is None else dict(self.new),
            "new_determination": self.new_determination,
            "why": None if self.changes is None else self.changes.document(),
            "loads": {"old": [*self.loads[0]], "new": [*self.loads[1]]},
            "versions": {name: {"old": old, "new": new} for name, (old, new) in self.versions.items()},
            "reason": self.reason,
        }


def other_loads(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]
) -> tuple[tuple[Mapping[str, Any], ...], tuple[Mapping[str, Any], ...]]:
    """The loads that are only in force then, and those only now; a load is known by its hash."""
    before = {one["digest"]: one for one in old}
    after = {one["digest"]: one for one in new}
    return (
        tuple(one for digest, one in before.items() if digest not in after),
        tuple(one for digest, one in after.items() if digest not in before),
    )
