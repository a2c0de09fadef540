"""What the pages of the law share: which law is asked for, links between them, words for readings and kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BeforeValidator

from topco import choices
from topco.application.law import READING, OfLaw
from topco.server.workbench.addresses import with_query
from topco.server.workbench.asked import Day

Reading = Annotated[
    choices.Reading,
    BeforeValidator(lambda value: value or READING),
    Query(),
]
PAGES = (
    ("/rules", "Rules"),
    ("/rules/parameters", "Figures"),
    ("/rules/groups", "Country groups"),
    ("/rules/entries", "Control list"),
    ("/rules/periods", "Periods"),
    ("/rules/coverage", "Coverage"),
    ("/rules/table", "The law as a table"),
    ("/rules/diff", "Differences"),
)


@dataclass(frozen=True)
class LawOfPage:
    """The law that a page shows, and what of it was said: that stays in the addresses that the page gives."""

    law: OfLaw

    @property
    def query(self) -> list[tuple[str, str | None]]:
        """What is not the default, for addresses."""
        day = self.law.rules_as_of
        return [
            ("reading", self.law.reading if self.law.reading != READING else None),
            ("rules_as_of", day.isoformat() if day else None),
        ]

    @property
    def links(self) -> list[tuple[str, str]]:
        """The pages of the law, of the same reading and day."""
        return [(with_query(path, self.query), words) for path, words in PAGES]

    @property
    def readings(self) -> list[tuple[str, str]]:
        """The readings to choose from, in words."""
        return [(reading, reading_label(reading)) for reading in choices.READINGS]

    @property
    def reading_words(self) -> str:
        """The reading that was asked for, in words."""
        return reading_label(self.law.reading)


def law_of_page(rules_as_of: Day = None, reading: Reading = READING) -> LawOfPage:
    """Which law is asked for."""
    return LawOfPage(OfLaw(reading, rules_as_of))


AskedOfLaw = Annotated[LawOfPage, Depends(law_of_page)]


def reading_label(reading: str) -> str:
    """A reading in words, as the law has them."""
    from topco.licensing.law.body import load_law
    from topco.licensing.law.vocabulary import LABEL, NOTATION

    law = load_law()
    found = next((one for one in law.subjects("Reading") if law.value(one, NOTATION) == reading), None)
    return (law.value(found, LABEL) if found else None) or reading


def kind_label(kind: str) -> str:
    """A kind of rule in words, as the ontology has them.

    >>> kind_label("PolicyRule")
    'policy rule'
    """
    from topco.licensing.law.body import load_law
    from topco.licensing.law.vocabulary import LABEL, node

    return load_law().value(node(kind), LABEL) or kind
