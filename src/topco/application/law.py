"""The law by date and reading: its rules, figures, groups, entries, periods, coverage, its table, and differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from topco import knowledge
from topco.application.kept import Kept
from topco.choices import READINGS
from topco.errors import BadInput
from topco.store.today import today

if TYPE_CHECKING:
    from topco.licensing.decision.frames import Frame
    from topco.licensing.law.ruleset import Ruleset

Document = dict[str, Any]
READING: Final = "codified"
RULE_COLUMNS = ("rule", "kind", "cite", "label", "stratum", "from", "to")
PERIOD_COLUMNS = ("id", "kind", "status", "from", "to", "readings", "label", "note", "cite", "confidence", "verified")
COVERAGE_COLUMNS = ("provision", "coverage", "remark", "label", "rules")
_TABLES: Kept[tuple[Document, ...]] = Kept(most=8)
_DIFFERENCES: Kept[tuple[Document, ...]] = Kept(most=16)


@dataclass(frozen=True)
class OfLaw:
    """Which law is asked for.

    Attributes:
        reading: one of `READINGS`.
        rules_as_of: the day whose law counts; None: today.
    """

    reading: str = READING
    rules_as_of: date | None = None

    @property
    def day(self) -> date:
        return self.rules_as_of or today()

    def frame(self) -> Frame:
        """The rules and the data of this reading on this day.

        Raises:
            BadInput: there is no such reading.
            NotModelled: it has no rules, or none for this date.
        """
        from topco.licensing.decision.frames import Frame
        from topco.licensing.law.body import load_law

        if self.reading not in READINGS:
            raise BadInput(f"There is no reading {self.reading!r}.", remedy=f"Choose one of {', '.join(READINGS)}.")
        return Frame.of(load_law(), self.reading, self.day)


IN_FORCE = OfLaw()
"""The codified rules of today."""


def heading(ruleset: Ruleset) -> str:
    """A rule set in one line."""
    return f"{ruleset.label}, version {ruleset.version}, read up to {ruleset.verified_to}"


class LawByDate:
    """The law that ships with this version; the store has no part in it."""

    def rules(self, asked: OfLaw = IN_FORCE) -> list[Document]:
        """The rules in the order in which they run."""
        from topco.application.law_rule import rule_row

        return [rule_row(rule) for rule in asked.frame().ruleset.rules]

    def rule(self, name: str, asked: OfLaw = IN_FORCE) -> Document:
        """One rule with its query and everything that it looks at.

        Raises:
            NotFound: no rule of this name is in force on that date.
        """
        from topco.application.law_rule import rule_document

        return rule_document(asked.frame(), name)

    def periods(self, rules_as_of: date | None = None, reading: str | None = None) -> list[Document]:
        """Rule sets and overlays; with a day those that stand on it, with a reading those that count in it."""
        from topco.licensing.law.body import load_law
        from topco.licensing.law.periods import law_periods

        return [
            one.as_row()
            for one in law_periods(load_law())
            if (reading is None or reading in one.readings)
            and (rules_as_of is None or any(one.holds(rules_as_of, each) for each in one.readings))
        ]

    def in_force(self, asked: OfLaw = IN_FORCE) -> Document:
        """The rule set and the overlays of a date, as answers name them."""
        from topco.licensing.law.body import load_law
        from topco.licensing.law.periods import law_in_force

        return law_in_force(load_law(), asked.day, asked.reading)

    def coverage(self, asked: OfLaw = IN_FORCE) -> Document:
        """How each provision stands: all of them as `provisions`, and their names by standing."""
        from topco.licensing.law.coverage import STANDINGS, coverage_of

        frame = asked.frame()
        rows = [one.as_row() for one in coverage_of(frame.law, frame.ruleset, asked.day)]
        by_standing = {kind: [row["provision"] for row in rows if row["coverage"] == kind] for kind in STANDINGS}
        return {"reading": asked.reading, "rules_as_of": asked.day.isoformat(), **by_standing, "provisions": rows}

    def table(self, asked: OfLaw = IN_FORCE) -> Sequence[Document]:
        """The whole law of a date as rows: what must hold, what follows. It takes seconds, once for each date."""
        from topco.licensing.decision.table import decision_table

        frame = asked.frame()
        key = (frame.name, knowledge.digest("rules", "data", "ontology"))
        return _TABLES.get(key, lambda: tuple(row.as_row() for row in decision_table(frame)))

    def difference(self, a: str, b: str, asked: OfLaw = IN_FORCE) -> Document:
        """What differs between two readings, dates, or both, part by part.

        Where the two share little it takes half a minute; the same question again takes none.

        Args:
            a: a reading (`article`), a date (`2025-05-15`), or both (`codified@2025-06-01`).
            b: the same.
            asked: what is left out of them.

        Raises:
            BadInput: one is neither.
            NotModelled: a reading has no rules for its date.
        """
        from topco.licensing.law.diff import PARTS, law_diff

        frames = [_side(text, asked).frame() for text in (a, b)]
        key = (*(frame.name for frame in frames), knowledge.digest("rules", "data", "ontology"))
        rows = _DIFFERENCES.get(key, lambda: tuple(one.as_row() for one in law_diff(*frames)))
        parts = {part: [row for row in rows if row["part"] == part] for part in PARTS}
        return {"a": frames[0].name, "b": frames[1].name, **parts}

    def parameters(self, rules_as_of: date | None = None) -> list[Document]:
        """Every figure with each of its values, or why there is none; with a day what holds on it."""
        from topco.application.law_data import parameter_rows
        from topco.licensing.law.body import load_law

        return parameter_rows(load_law(), rules_as_of)

    def groups(self, rules_as_of: date | None = None) -> list[Document]:
        """The country groups with their members on a day."""
        from topco.application.law_data import group_rows
        from topco.licensing.law.body import load_law

        return group_rows(load_law().slice_on(rules_as_of or today()))

    def entries(self, rules_as_of: date | None = None) -> list[Document]:
        """The control-list entries; with a day those in force on it."""
        from topco.application.law_data import entry_rows
        from topco.licensing.law.body import load_law

        return entry_rows(load_law(), rules_as_of)


def difference_rows(document: Document) -> list[Document]:
    """The rows of a difference, part after part."""
    from topco.licensing.law.diff import PARTS

    return [row for part in PARTS for row in document[part]]


def _side(text: str, asked: OfLaw) -> OfLaw:
    """A reading, a date, or both; what is left out as it was asked."""
    reading, day = asked.reading, asked.rules_as_of
    for part in text.split("@", 1):
        if part in READINGS:
            reading = part
        else:
            try:
                day = date.fromisoformat(part)
            except ValueError as error:
                raise BadInput(
                    f"{part!r} is neither a reading nor a date.",
                    remedy=f"Write one of {', '.join(READINGS)}, a date (YYYY-MM-DD), or both: codified@2025-06-01.",
                ) from error
    return OfLaw(reading, day)
