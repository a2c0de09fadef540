"""What a record says in codes, for the search and for comparison. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from topco.records.record import Kind

if TYPE_CHECKING:
    from topco.licensing.weighing.outcome import Outcome

PLAIN = ("item_class", "licence_required", "review_policy", "veu_result")
SEARCHED = ("case_id", "day", *PLAIN, "exceptions", "parties")
"""The columns that serve the search; all follow from the content."""
_SEPARATOR = "\n"


def codes_of(kind: Kind, content: Mapping[str, Any]) -> dict[str, Any]:
    """The codes of a determination or of a row: `item_class`, …, and `exceptions` as statuses by code."""
    if kind is Kind.ROW:
        return dict(content["codes"])
    return codes_of_answer(content["answer"])


def codes_of_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The codes of an answer."""
    statuses = {one["code"]: one["status"] for one in answer["exceptions"]}
    return {**{name: answer[name] for name in PLAIN}, "exceptions": statuses}


def codes_of_outcome(outcome: Outcome) -> dict[str, Any]:
    """The codes that an answer would have."""
    return {
        "item_class": outcome.item_class,
        "licence_required": outcome.licence_required,
        "review_policy": outcome.review.policy,
        "veu_result": outcome.veu_result,
        "exceptions": dict(outcome.exceptions),
    }


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Which codes are not the same; one that was not kept is not compared.

    >>> differing({"review_policy": "approval"}, {"review_policy": "denial_policy"})
    ('review_policy',)
    """
    return tuple(name for name in (*PLAIN, "exceptions") if name in old and old[name] != new.get(name))


def exceptions_text(statuses: Mapping[str, str]) -> str:
    """Exceptions as one cell.

    >>> exceptions_text({"LPP": "no", "AIA": "available"})
    'AIA=available;LPP=no'
    """
    return ";".join(f"{code}={status}" for code, status in sorted(statuses.items()))


def searched(kind: Kind, content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the search, from the content.

    Raises:
        KeyError, TypeError, AttributeError: it is no content of that kind.
    """
    if kind is Kind.SCREENING:
        return dict.fromkeys(SEARCHED)
    case, codes = content["case"], codes_of(kind, content)
    return {
        "case_id": case.get("id"),
        "day": content["frame"]["as_of"],
        **{name: codes.get(name) for name in PLAIN},
        "exceptions": exceptions_text(codes["exceptions"]),
        "parties": _SEPARATOR.join(party_names(content)) or None,
    }


def party_names(content: Mapping[str, Any]) -> list[str]:
    """The names and identifiers of the parties of a case, as given and as found."""
    cases = (content["case"], content.get("determined") or {})
    return sorted({name for one in cases for name in _parties(one)})


def _parties(case: Mapping[str, Any]) -> Iterator[str]:
    for party in case.get("parties") or ():
        yield from (party[key] for key in ("name", "entity") if party.get(key))
