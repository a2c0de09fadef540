"""What a resolution comes to, in a form that can be compared: status, parents, countries of their headquarters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.ownership.chain import direct_parents
from topco.ownership.headquarters import headquarters
from topco.ownership.resolution import kernels_for
from topco.ownership.single_steps import resolved
from topco.ownership.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from topco.ownership.headquarters import Headquarters
    from topco.ownership.layers import Kernels
    from topco.ownership.snapshot import Evidence


@dataclass(frozen=True)
class Outcome:
    """One answer. Parents are identifiers in ascending order; `hq_countries` are those of the ultimate parents.

    An ultimate parent whose headquarters no source gives adds no country; one of which sources differ adds each.
    """

    status: str
    direct_parents: tuple[str, ...]
    ultimate_parents: tuple[str, ...]
    hq_countries: tuple[str, ...]

    def differences(self, other: Outcome, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Which of these fields are not the same in both.

        >>> one = Outcome("open_top", ("X:a",), ("X:b",), ("DE",))
        >>> one.differences(Outcome("open_top", ("X:a",), ("X:c",), ("DE",)), ("status", "ultimate_parents"))
        ('ultimate_parents',)
        """
        return tuple(field for field in fields if getattr(self, field) != getattr(other, field))


NOTHING_KNOWN = Outcome(Status.NO_EVIDENCE.word, (), (), ())
"""Of an entity that no row in force names."""


def outcome_of(
    evidence: Evidence, identifier: str, known: Headquarters | None = None, kernels: Kernels | None = None
) -> Outcome:
    """The answer for one entity.

    Args:
        known: the headquarters of the same nodes, if they are at hand; holdings do not change them.
        kernels: plain or compiled; by default as the number of companies suggests.
    """
    node = evidence.node_of([identifier])[0]
    if node is None:
        return NOTHING_KNOWN
    closure = resolved(evidence.snapshot, kernels or kernels_for(len(evidence.ids)))
    seats = known or headquarters(evidence, closure)
    ultimate = sorted(closure.ultimate_parents(node))
    return Outcome(
        Status(closure.status[node]).word,
        tuple(evidence.ids[one] for one in direct_parents(evidence, closure, node)),
        tuple(evidence.ids[one] for one in ultimate),
        tuple(sorted({country for one in ultimate for country in seats.possible(one)})),
    )


def namer(entities: pl.DataFrame) -> Callable[[str], dict[str, Any]]:
    """From an identifier to what stands for the company in an answer: identifier and name on its record."""
    found: dict[str, str | None] = {}
    rows = sorted(entities.select("id", "name", "standing").iter_rows(), key=lambda row: row[2] == "Void")
    for identifier, name, _ in rows:
        found.setdefault(identifier, name)
    return lambda identifier: {"id": identifier, "name": found.get(identifier)}


def reached(evidence: Evidence, identifier: str) -> set[str]:
    """The entity and everything above it by rows in force, whatever they count for."""
    above: dict[str, list[str]] = {}
    pairs = (
        *evidence.relationships.select("child", "parent").iter_rows(),
        *evidence.holdings.select("owned", "owner").iter_rows(),
    )
    for company, parent in pairs:
        above.setdefault(company, []).append(parent)
    found, waiting = {identifier}, [identifier]
    for company in waiting:
        fresh = dict.fromkeys(one for one in above.get(company, ()) if one not in found)
        found.update(fresh)
        waiting += fresh
    return found
