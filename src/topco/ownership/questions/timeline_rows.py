"""A timeline as rows of its CSV."""

from __future__ import annotations

from typing import Any

COLUMNS = (
    *("entity", "name", "date", "changed", "status", "direct_parents", "ultimate_parents"),
    *("ultimate_parent_hq_countries", "causes", "test", "known_as_of"),
)


def rows_of_timeline(document: dict[str, Any]) -> list[dict[str, Any]]:
    """An answer as rows of the CSV: the state before the first change, then one row for each change."""
    return [
        {
            "entity": document["entity"]["id"],
            "name": document["entity"]["name"],
            **entry,
            "direct_parents": [one["id"] for one in entry["direct_parents"]],
            "ultimate_parents": [one["id"] for one in entry["ultimate_parents"]],
            "ultimate_parent_hq_countries": entry["hq_countries"],
            "causes": [f"{cause['change']} {place(cause['source'])}" for cause in entry["causes"]],
            "test": document["test"],
            "known_as_of": document["known_as_of"],
        }
        for entry in document["timeline"]
    ]


def place(source: dict[str, Any]) -> str:
    """Where a row stands, in short.

    >>> place({"load": "table-holdings-2026-01-31", "file": "holdings.csv", "row": 44})
    'table-holdings-2026-01-31 row 44'
    """
    return f"{source['load']} row {source['row']}"
