"""What holdings add up to, as statements of a proof: each sum with its holdings and the sums that it stands on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from topco.explain.statements import say
from topco.ownership.chain import source_of
from topco.ownership.control import Family
from topco.ownership.shares import percent, written
from topco.ownership.status import Kind

if TYPE_CHECKING:
    from topco.explain.building import Proof
    from topco.ownership.chain import Chain, Sum
    from topco.ownership.control import Addend
    from topco.ownership.snapshot import Evidence

_CONTROL_QUERY = "queries/resolution/control/must.ru"
_SUMS = {Kind.CONTROL: "mustControl", Kind.TIE: "hasHalf", Kind.CANDIDATE: "mayControl"}
Key = tuple[int, int]


class ProofOfControl:
    """Adds the sums of a chain to a proof.

    A party may have a part of a company by way of another one: then the sum rests on what it has in that one.
    """

    def __init__(self, proof: Proof, evidence: Evidence, chain: Chain) -> None:
        self._proof = proof
        self._evidence = evidence
        self._sums = {(found.company, found.holder): found for found in chain.sums}
        self._ids: dict[Key, str] = {}
        self._open: set[Key] = set()

    def of(self, found: Sum) -> str:
        """The statement of one sum."""
        key = found.company, found.holder
        if key not in self._ids:
            self._open.add(key)
            self._ids[key] = self._made(found)
            self._open.discard(key)
        return self._ids[key]

    def through(self, found: Sum) -> list[Key]:
        """The sums that one stands on: what its holder has in the companies that hold for it."""
        steps = ((addend.owner, found.holder) for addend, _ in found.addends if addend.owner != found.holder)
        return [key for key in dict.fromkeys(steps) if key in self._sums]

    def _made(self, found: Sum) -> str:
        """In a ring a sum may stand on itself by way of others: it is not unrolled again."""
        evidence, ids = self._evidence, self._evidence.ids
        below = [self.of(self._sums[key]) for key in self.through(found) if key not in self._open]
        leaves, figures = [], []
        for addend, places in found.addends:
            leaves += [holding(self._proof, evidence.holdings.row(place, named=True)) for place in places]
            owned = evidence.held.positions.owned[addend.position] if evidence.held else found.company
            into = None if owned == found.company else ids[int(owned)]
            figures.append(_figure(addend, ids[addend.owner], into))
        values = {
            "holder": ids[found.holder],
            "company": ids[found.company],
            "test": evidence.test.name,
            "figures": figures,
        }
        add = partial(self._proof.add, "aggregated", _SUMS[found.kind], values, cite=_CONTROL_QUERY)
        return add(premises=[*leaves, *below])


def holding(proof: Proof, row: dict[str, Any]) -> str:
    """A holding as its row gives it."""
    share = written(
        row["share_exact"],
        row["share_min"],
        row["share_min_exclusive"],
        row["share_max"],
        row["share_max_exclusive"],
    )
    who = {"owner": row["owner"], "interest": row["interest"], "company": row["owned"]}
    return proof.add("asserted", "holds", {**who, "share": share, **period(row)}, source=source_of(row))


def period(row: dict[str, Any]) -> dict[str, str | None]:
    """The days between which a row holds, as values of a statement."""
    return {"from": row["valid_from"] and str(row["valid_from"]), "to": row["valid_to"] and str(row["valid_to"])}


def _figure(addend: Addend, owner: str, company: str | None) -> str:
    """One addend in words."""
    if addend.family == Family.BOARD:
        return say("heldBoard", {"owner": owner, "company": company})
    upper = None if addend.lower == addend.upper else percent(addend.upper)
    family = addend.family.name.lower()
    values = {"owner": owner, "lower": percent(addend.lower), "upper": upper, "family": family, "company": company}
    return say("heldPart", values)
