"""What a determination can be derived from again: the case, the dates and policies, and the rows about its parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from topco.licensing.answers.identifier import REMARKS, rules_digest
from topco.ownership.basis import made_with, merged
from topco.store.chain import hash_of
from topco.store.kept_rows import Kept, keep
from topco.store.seal import sealed

if TYPE_CHECKING:
    from topco.licensing.affiliates.listed_ownership import ListedOwnership
    from topco.licensing.answers.determination import Frame
    from topco.licensing.cases.case import Case
    from topco.licensing.cases.recipients import Recipient


def determination_basis(
    case: Case,
    frame: Frame,
    recipients: Mapping[str, Recipient],
    owned: Mapping[str, ListedOwnership],
    tallies: Mapping[str, tuple[Decimal, str]],
    listed: Sequence[Mapping[str, Any]],
    loads: Sequence[Kept],
    more: list[Kept] | None,
) -> dict[str, Any]:
    """The basis of an answer, sealed.

    Args:
        owned: what listed parties hold in the parties, by identifier.
        tallies: what a ledger knows of sums that the case leaves out: a lower bound and where it comes from.
        listed: the red flags about names on lists, which are held by their hash.
        loads: those in force, where the store was asked about a party.
        more: rows about parties that have no resolution; None: they are too many.
    """
    asked = {
        "case": case.model_dump(mode="json", exclude_none=True, exclude=set(REMARKS)),
        "reading": frame.reading,
        "open_top": frame.open_top,
        "test": frame.test,
        **{name: getattr(frame, name).isoformat() for name in ("as_of", "known_as_of", "rules_as_of")},
    }
    parts = [one.resolution["proof"].get("basis") for one in recipients.values() if one.resolution]
    bases = [basis for basis in parts if basis]
    return sealed(
        {
            "of": "determination",
            **made_with(),
            "rules": rules_digest(),
            "asked": asked,
            "test": bases[0]["asked"]["test"] if bases else None,
            "data": [load["load"] for load in frame.loads],
            "tallies": {path: {"value": f"{value:f}", "origin": words} for path, (value, words) in tallies.items()},
            "lists": bool(owned),
            "namesakes": [kept for one in owned.values() for kept in _namesakes(one)],
            "listed_flags": hash_of(list(listed)),
            "loads": list(loads),
            "rows": merged([*(basis["rows"] for basis in bases), more, *map(_entries, owned.values())]),
        }
    )


def _entries(owned: ListedOwnership) -> list[Kept]:
    """The entries of lists that bear on what listed parties hold."""
    own = [entry for owner in owned.owners for entry in owner.entries]
    return list(keep("listings", [*owned.listed, *own, *(one.entry for one in owned.possible)]))


def _namesakes(owned: ListedOwnership) -> list[dict[str, Any]]:
    """Who may be listed: a comparison of names, which is held by its hash and not made again."""
    return [
        {"owner": one.owner, "name": one.name, "entry": one.entry["record"], "score": one.score, "reason": one.reason}
        for one in owned.possible
    ]
