"""The whole group below a party: what it controls under a test, and what it has an integrated share in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topco.identity.parties import party_of
from topco.ownership.control import Family
from topco.ownership.integrated import holdings_of
from topco.ownership.questions.below import evidence_below
from topco.ownership.questions.described import Described, Figures, node_named
from topco.ownership.questions.levels import levels
from topco.ownership.questions.must_may import CANNOT, MAY, MUST, ControlValues, for_one
from topco.ownership.questions.step_rows import Steps
from topco.ownership.resolution import resolver
from topco.ownership.shares import WHOLE, percent, units

if TYPE_CHECKING:
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.questions.described import Answer
    from topco.ownership.snapshot import Evidence
    from topco.store.store import Store

COLUMNS = (
    *("owner", "company", "name", "kind", "level", "controls", "share_lower", "share_upper", "share_error"),
    *("direct_lower", "direct_upper", "hq_country", "test", "as_of"),
)
_ORDER = (MUST, MAY, CANNOT)


def holdings(
    store: Store, identifier: str, as_of: date, known_as_of: date | None, test: ParentTest, least: int
) -> Answer:
    """The group below a party.

    Args:
        least: companies that it cannot control are left out if its share is certainly below so many units.

    Raises:
        BadInput: no row of the store names it.
    """
    identifier = party_of(store, identifier, known_as_of)
    evidence = evidence_below(store, identifier, as_of, known_as_of, for_one(test))
    node = node_named(evidence, identifier)
    described, steps = Described(resolver(store, evidence, known_as_of)), Steps(evidence)
    shares = None if steps.graph is None else holdings_of(steps.graph, node)
    standing = ControlValues(evidence, test).below(node, shares)
    listed = set(standing.must | standing.may)
    if shares is not None:
        listed |= set(shares.above(least / WHOLE).party.tolist())
    figures = Figures(steps.graph, node, shares, upwards=False)
    rows = steps.rows
    level = levels(len(evidence.ids), rows.owner[rows.counts], rows.owned[rows.counts], np.array([node], np.int32))
    direct = _direct(evidence, node)
    answers = [
        {
            **described.party(company),
            "level": int(level[company]),
            "controls": standing.of(company),
            "share": figures.of(company),
            "direct": direct.get(company, {"lower": None, "upper": None}),
            **described.seat(company),
        }
        for company in listed
    ]
    return {
        "entity": described.named(node),
        **described.asked(),
        "cut_off": percent(least),
        "holdings": sorted(answers, key=_rank),
        "rings": described.rings(shares),
    }


def rows_of_holdings(document: Answer) -> list[Answer]:
    """An answer as rows of the CSV."""
    return [
        {
            "owner": document["entity"]["id"],
            "company": company["id"],
            **{name: company[name] for name in ("name", "kind", "level", "controls")},
            **{f"share_{bound}": figure for bound, figure in company["share"].items()},
            **{f"direct_{bound}": figure for bound, figure in company["direct"].items()},
            "hq_country": company["hq_country"] or company["hq_alternatives"],
            "test": document["test"],
            "as_of": document["as_of"],
        }
        for company in document["holdings"]
    ]


def _rank(answer: Answer) -> tuple[int, int, int, str]:
    """The nearest first, then by control and share, then by identifier."""
    lower = answer["share"]["lower"]
    return answer["level"], _ORDER.index(answer["controls"]), 0 if lower is None else -units(lower), answer["id"]


def _direct(evidence: Evidence, owner: int) -> dict[int, dict[str, str | None]]:
    """By company what a party has of its shares itself."""
    if evidence.held is None:
        return {}
    made = evidence.held.positions
    chosen = (made.owner == owner) & (made.owned != owner) & (made.family == Family.SHARES)
    return {
        int(made.owned[at]): {"lower": percent(int(made.lower[at])), "upper": percent(int(made.upper[at]))}
        for at in chosen.nonzero()[0].tolist()
    }
