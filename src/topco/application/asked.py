"""What a caller fixes beside the question: dates, what counts as known, the parent test, how the law is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from topco.licensing.determine import Options
from topco.ownership.parent_tests import DEFAULT, ParentTest, parent_test
from topco.records.setting import Asked
from topco.store.today import today


@dataclass(frozen=True)
class OfFacts:
    """The facts that are asked for.

    Attributes:
        as_of: the day whose facts count; None: today.
        known_as_of: only loads that existed on this day count; None: all.
        test: the name of the parent test.
    """

    as_of: date | None = None
    known_as_of: date | None = None
    test: str = DEFAULT

    @property
    def day(self) -> date:
        return self.as_of or today()

    @property
    def parent_test(self) -> ParentTest:
        """The test of this name.

        Raises:
            BadInput: there is none.
        """
        return parent_test(self.test)


NOW = OfFacts()
"""The facts of today, all loads, the default test."""
AS_GIVEN = Asked()
"""Dates, reading and test as the case itself says."""


def options_of(asked: Asked) -> Options:
    """The same options as a determiner takes them: the parent test goes beside them."""
    return Options(asked.as_of, asked.known_as_of, asked.rules_as_of, asked.reading, asked.open_top)


def named(asked: Asked) -> dict[str, Any]:
    """The options by name, as orders and their records take them."""
    return {
        "as_of": asked.as_of,
        "known_as_of": asked.known_as_of,
        "rules_as_of": asked.rules_as_of,
        "reading": asked.reading,
        "open_top": asked.open_top,
        "test": asked.test,
    }
