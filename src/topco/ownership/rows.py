"""A resolution document as one row of the CSV, the same row that the bulk table gives."""

from __future__ import annotations

from typing import Any


def row_of(document: dict[str, Any]) -> dict[str, Any]:
    """The columns of the contract; a cell with several values is a list."""
    hq, highest = document["hq"], document["highest_known"]
    ultimates = document["ultimate_parents"]
    return {
        "entity": document["entity"]["id"],
        "name": document["entity"]["name"],
        "status": document["status"],
        "hq_country": hq["country"] or [one["country"] for one in hq["alternatives"]],
        "ultimate_parents": [one["id"] for one in ultimates],
        "ultimate_parent_hq_countries": sorted({country for one in ultimates for country in _countries(one)}),
        "direct_parents": [one["id"] for one in document["direct_parents"]],
        "highest_known": highest["id"],
        "highest_known_hq_country": highest["hq_country"] or highest["hq_alternatives"],
        "notes": document["notes"],
        "test": document["test"],
        "as_of": document["as_of"],
    }


def _countries(company: dict[str, Any]) -> list[str]:
    return [company["hq_country"]] if company["hq_country"] else [one["country"] for one in company["hq_alternatives"]]
