"""A sensitivity as rows of its CSV, and its thresholds and shares in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    *("entity", "name", "question", "test", "threshold", "owner", "company", "family", "share", "to", "change"),
    *("status", "ultimate_parents", "ultimate_parent_hq_countries", "differs", "as_of"),
)


def rows_of_sensitivity(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One row for each variant, each of the smallest changes, and each range of a share that settles the answer."""
    for variant in document["variants"]:
        yield {**_answer_row(document, variant), "question": "threshold", "test": variant["test"], **_limit(variant)}
    for change in document["smallest_changes"]:
        yield {**_answer_row(document, change), "question": "change", **_position_row(change)}
    for holding in document["settling"]:
        for outcome in holding["outcomes"]:
            position = {**_position_row(holding), "to": share_written(outcome["share"])}
            yield {**_answer_row(document, outcome), "question": "exact_share", **position}


def threshold_written(threshold: dict[str, Any] | None) -> str:
    """A threshold in short.

    >>> threshold_written({"at_least": True, "percent": "50"}), threshold_written(None)
    ('>= 50', '')
    """
    return f"{'>=' if threshold['at_least'] else '>'} {threshold['percent']}" if threshold else ""


def share_written(share: dict[str, str]) -> str:
    """A share in percent, or its bounds.

    >>> share_written({"lower": "25", "upper": "75"}), share_written({"lower": "50", "upper": "50"})
    ('25 to 75', '50')
    """
    return share["lower"] if share["lower"] == share["upper"] else f"{share['lower']} to {share['upper']}"


def _limit(variant: dict[str, Any]) -> dict[str, str]:
    return {"threshold": threshold_written(variant["threshold"])}


def _answer_row(document: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "entity": document["entity"]["id"],
        "name": document["entity"]["name"],
        "test": document["test"],
        "status": answer["status"],
        "ultimate_parents": [one["id"] for one in answer["ultimate_parents"]],
        "ultimate_parent_hq_countries": answer["hq_countries"],
        "differs": answer.get("differs"),
        "as_of": document["as_of"],
    }


def _position_row(position: dict[str, Any]) -> dict[str, Any]:
    return {
        "owner": position["owner"]["id"],
        "company": position["company"]["id"],
        "family": position["family"],
        "share": share_written(position["share"]),
        "to": share_written(position["to"]) if "to" in position else None,
        "change": position.get("change"),
    }
