"""What tests of importers read of the outcome of a load."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topco.registries.loading import Outcome


def rejects(outcome: Outcome) -> list[tuple[str, str, str, str]]:
    """Row, column, value and reason of the rejects of the first load."""
    path = outcome.loaded[0].rejects
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [(line["row"], line["column"], line["value"], line["reason"]) for line in csv.DictReader(stream)]


def rejected_cells(outcome: Outcome) -> list[tuple[str, str]]:
    """Row and column of the rejects of the first load."""
    return [(row, column) for row, column, _, _ in rejects(outcome)]
