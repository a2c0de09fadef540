"""What a check of an answer comes to: the steps that fail, and what was not checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST = 50
"""So many failures are listed; the first is the nearest to the leaves."""


class Failure(StrEnum):
    """What is wrong with a part of an answer."""

    SEAL = "seal"
    """The basis is not the one that was sealed."""
    LEAF = "leaf"
    """A row or an entry does not have its hash, or a store has another one."""
    STEP = "step"
    """A statement does not follow from the leaves."""
    ANSWER = "answer"
    """The answer says something else than its proof."""


@dataclass(frozen=True)
class Finding:
    """One part that does not hold.

    Attributes:
        where: the node (`n4`), the row (`relationships R-A-B`), or the key of the answer (`review_policy`).
        statement: the sentence of a node, as given.
        given, derived: what the document says, and what it should say.
    """

    failure: Failure
    where: str
    what: str
    statement: str | None = None
    given: Any = None
    derived: Any = None

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "failure": str(self.failure)}


@dataclass
class Verification:
    """The result for one answer."""

    of: str
    id: str | None
    findings: list[Finding] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    not_checked: list[str] = field(default_factory=list)
    derived: bool = True
    """False: the proof was too large to carry its rows, and there was no store to derive it from."""

    @property
    def holds(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "id": self.id,
            "holds": self.holds and self.derived,
            "derived": self.derived,
            "checked": self.checked,
            "findings": [finding.as_json() for finding in self.findings[:MOST]],
            "more_findings": max(len(self.findings) - MOST, 0),
            "not_checked": self.not_checked,
        }
