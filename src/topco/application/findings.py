"""What validation finds in a store, in words, kept for as long as the store does not change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.application.kept import Kept
from topco.errors import BadInput

if TYPE_CHECKING:
    from topco.application.application import Application
    from topco.validation.findings import Finding
    from topco.validation.validate import Outcome

Document = dict[str, Any]
COLUMNS = ("severity", "check", "message", "entity", "value", "load", "file", "row", "record", "shape")
SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True)
class Validated:
    """A finished validation: what was checked, and every finding in its order."""

    outcome: Outcome
    findings: tuple[Finding, ...]

    def document(self) -> Document:
        """As `topco validate` writes it."""
        return {**outcome_document(self.outcome), "findings": [finding.as_dict() for finding in self.findings]}


@dataclass(frozen=True)
class Chosen:
    """Which findings are asked for: of a severity, of a shape, about an entity; None: any."""

    severity: str | None = None
    shape: str | None = None
    entity: str | None = None

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is one of them."""
        return (
            self.severity in (None, finding.severity.word)
            and self.shape in (None, finding.shape)
            and self.entity in (None, finding.entity)
        )


EVERY = Chosen()


class Findings:
    """Validations of one store. One takes some ten seconds for a million entities."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._kept: Kept[Validated] = Kept(most=2)

    def all(self, known_as_of: date | None = None) -> Validated:
        """The findings of every shape over everything in force, made once for each state of the store.

        Raises:
            BadInput: there is no store, or a shape cannot be used.
        """
        return self._kept.get((self._application.stamp(), known_as_of), lambda: self._validated(known_as_of))

    def page(
        self, chosen: Chosen = EVERY, first: int = 0, most: int = 100, known_as_of: date | None = None
    ) -> Document:
        """Some of the findings, with how many each shape has and how many were chosen in all.

        Args:
            first: how many of the chosen are passed over.

        Raises:
            BadInput: there is no such severity.
        """
        if chosen.severity not in (None, *SEVERITIES):
            raise BadInput(
                f"There is no severity {chosen.severity!r}.", remedy=f"Choose one of {', '.join(SEVERITIES)}."
            )
        validated = self.all(known_as_of)
        found = [finding for finding in validated.findings if chosen.holds(finding)]
        return {
            **outcome_document(validated.outcome),
            "shapes": _shapes(validated.findings),
            "total": len(found),
            "first": first,
            "findings": [finding.as_dict() for finding in found[first : first + most]],
        }

    def _validated(self, known_as_of: date | None) -> Validated:
        from topco.validation.validate import Outcome, validate_store

        outcome = Outcome()
        found = tuple(validate_store(self._application.entities.store(), known_as_of=known_as_of, outcome=outcome))
        return Validated(outcome, found)


def outcome_document(outcome: Outcome) -> Document:
    """What was checked, and how many findings there are of each severity."""
    return {
        "conforms": outcome.conforms,
        "entities": outcome.entities,
        "loads": outcome.loads,
        "counts": _counts(outcome),
    }


def summary(outcome: Outcome) -> str:
    """The same in a sentence."""
    found = ", ".join(
        counted(number, word, "info" if word == "info" else f"{word}s") for word, number in _counts(outcome).items()
    )
    entities, loads = counted(outcome.entities, "entity", "entities"), counted(outcome.loads, "load", "loads")
    return f"{entities} and {loads} checked: {found}."


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun.

    >>> counted(1, "load", "loads"), counted(1200, "load", "loads")
    ('1 load', '1,200 loads')
    """
    return f"{number:,} {one if number == 1 else many}"


def _counts(outcome: Outcome) -> dict[str, int]:
    from topco.validation.findings import Severity

    return {severity.word: outcome.counts[severity] for severity in sorted(Severity, reverse=True)}


def _shapes(findings: Sequence[Finding]) -> list[Document]:
    """Each shape that found something, the gravest first, with its words and how often it did."""
    counts = Counter((one.severity, one.shape, one.check, one.message) for one in findings)
    return [
        {"severity": severity.word, "shape": shape, "check": check, "message": message, "count": count}
        for (severity, shape, check, message), count in sorted(
            counts.items(), key=lambda pair: (-pair[0][0], -pair[1], pair[0][1:])
        )
    ]
