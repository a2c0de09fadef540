"""Who stands behind a company: all that control it under a test, and all that have an integrated share in it.

1. `controls`: must, may or cannot, by the test's relation and by recorded steps (`must_may`).
2. `share`: the integrated share between its bounds, with what it may be wrong by; null where no path of shares leads
   up to the owner, as to a recorded parent, and everywhere under a test that does not look at holdings.
3. `addends`: the figures in the company itself that an owner and all that it controls have; under an integrated test
   those on all paths. `path`: the strongest way down, by the product of lower shares.

Persons, states and parties that nobody names stand here like companies. A branch has the owners of its head office.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from topco.identity.parties import party_of
from topco.ownership.chain import STEP_WORDS, seats_of, source_of
from topco.ownership.control import Family, rows_of
from topco.ownership.control.criteria import COUNTED
from topco.ownership.integrated import owners_of
from topco.ownership.integrated_parents import on_paths
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.parent_tests import interest_families
from topco.ownership.questions.described import Described, Figures, node_named
from topco.ownership.questions.must_may import CANNOT, MAY, MUST, ControlValues, Standing, for_one
from topco.ownership.questions.step_rows import Steps
from topco.ownership.questions.strongest import strongest_ways, way
from topco.ownership.resolution import resolver
from topco.ownership.shares import WHOLE, percent, units
from topco.ownership.status import Kind

if TYPE_CHECKING:
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.questions.described import Answer
    from topco.ownership.snapshot import Evidence
    from topco.store.store import Store

COLUMNS = (
    *("entity", "owner", "name", "kind", "controls", "share_lower", "share_upper", "share_error"),
    *("hq_country", "path", "test", "as_of"),
)
WAY = " > "  # a path is a sequence: its cell is not sorted
_ORDER = (MUST, MAY, CANNOT)


class _Figure(NamedTuple):
    """What one party has in the company: a position in a family, or a recorded step."""

    owner: int
    kind: str
    share: dict[str, str | None]
    sources: list[dict[str, Any]]

    def as_json(self, evidence: Evidence) -> Answer:
        return {"owner": evidence.ids[self.owner], "kind": self.kind, "share": self.share, "sources": self.sources}


def owners(
    store: Store, identifier: str, as_of: date, known_as_of: date | None, test: ParentTest, least: int
) -> Answer:
    """The owners of an entity.

    Args:
        least: those that cannot control it are left out if their share is certainly below so many units.

    Raises:
        BadInput: no row of the store names it.
    """
    identifier = party_of(store, identifier, known_as_of)
    evidence = evidence_about(store, [identifier], as_of, known_as_of, for_one(test))
    node = node_named(evidence, identifier)
    found = resolver(store, evidence, known_as_of)
    described, steps, values = Described(found), Steps(evidence), ControlValues(evidence, test)
    seats = seats_of(found.closure, node)
    company = next(iter(seats)) if len(seats) == 1 else node
    shares = None if steps.graph is None else owners_of(steps.graph, company)
    standing = values.above(node, shares)
    figures = Figures(steps.graph, company, shares, upwards=True)
    ways = strongest_ways(steps.strengths, node)
    addends = _addends(evidence, test, sorted({node, company}), standing, values)
    listed = set(standing.must | standing.may)
    if shares is not None:
        listed |= set(shares.above(least / WHOLE).party.tolist()) - {node}
    answers = [
        {
            **described.party(owner),
            "controls": standing.of(owner),
            "share": figures.of(owner),
            **described.seat(owner),
            "path": [evidence.ids[one] for one in way(ways, owner)],
            "rights": _rights(steps, owner, node),
            "addends": [figure.as_json(evidence) for figure in addends.get(owner, ())],
        }
        for owner in listed
    ]
    return {
        "entity": described.named(node),
        **described.asked(),
        "cut_off": percent(least),
        "owners": sorted(answers, key=rank),
        "rings": described.rings(shares),
        "declared_over_100": _over(evidence),
        "other_interests": _uncounted(steps, described, [node, *sorted(standing.must | standing.may)]),
    }


def rank(answer: Answer) -> tuple[int, int, int, str]:
    """Controllers first, then the greater shares; by identifier what is left."""
    lower, upper = (-1 if answer["share"][one] is None else units(answer["share"][one]) for one in ("lower", "upper"))
    return _ORDER.index(answer["controls"]), -lower, -upper, answer["id"]


def rows_of_owners(document: Answer) -> list[Answer]:
    """An answer as rows of the CSV."""
    return [
        {
            "entity": document["entity"]["id"],
            "owner": owner["id"],
            "name": owner["name"],
            "kind": owner["kind"],
            "controls": owner["controls"],
            **{f"share_{bound}": figure for bound, figure in owner["share"].items()},
            "hq_country": owner["hq_country"] or owner["hq_alternatives"],
            "path": WAY.join(owner["path"]),
            "test": document["test"],
            "as_of": document["as_of"],
        }
        for owner in document["owners"]
    ]


def _addends(
    evidence: Evidence, test: ParentTest, companies: list[int], standing: Standing, values: ControlValues
) -> dict[int, list[_Figure]]:
    """By owner: what it has in the company, with all that it must control; for others than controllers, all it may."""
    if test.integrated and evidence.held is not None:
        made = evidence.held.positions
        return {
            owner: [_position(evidence, addend.position) for one in companies for addend in on_paths(made, one, owner)]
            for owner in sorted(standing.must | standing.may)
        }
    found: dict[int, list[_Figure]] = {}
    for company in companies:
        for figure in _figures(evidence, company):
            group = values.above(figure.owner)
            others = (group.must | group.may) - standing.must
            for owner in ({figure.owner} | (group.must & standing.must) | others) - {company}:
                found.setdefault(owner, []).append(figure)
    return found


def _figures(evidence: Evidence, company: int) -> list[_Figure]:
    """Everything that counts under the test and that somebody else has in a company."""
    recorded: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for row in evidence.rows("relationships", company):
        recorded.setdefault((row["step"], row["target"]), []).append(source_of(row))
    found = [
        _Figure(parent, STEP_WORDS[Kind(step)], {"lower": None, "upper": None}, sources)
        for (step, parent), sources in sorted(recorded.items())
        if parent != company
    ]
    if evidence.held is None or evidence.test.criteria is None:
        return found
    made = evidence.held.positions
    return found + [
        _position(evidence, at)
        for at in made.of(company)
        if made.owner[at] != company and made.family[at] in evidence.test.criteria.families
    ]


def _position(evidence: Evidence, at: int) -> _Figure:
    assert evidence.held is not None
    made = evidence.held.positions
    family = Family(made.family[at])
    share: dict[str, str | None] = {"lower": None, "upper": None}
    if family in COUNTED:
        share = {"lower": percent(int(made.lower[at])), "upper": percent(int(made.upper[at]))}
    sources = [source_of(evidence.holdings.row(row, named=True)) for row in rows_of(made, at).tolist()]
    return _Figure(int(made.owner[at]), family.name.lower(), share, sources)


def _rights(steps: Steps, owner: int, company: int) -> list[str]:
    """What an owner has in the company itself that decides without a share: recorded steps, the right to the board."""
    recorded = set(STEP_WORDS.values())
    families = interest_families()
    found = {
        ground["kind"] if ground["kind"] in recorded else "board"
        for ground in steps.grounds(owner, company)
        if ground["kind"] in recorded or (ground["counts"] and families.get(ground["kind"]) == Family.BOARD)
    }
    return sorted(found)


def _over(evidence: Evidence) -> list[Answer]:
    """The finding of more than 100 percent, of the company and of all above it."""
    if evidence.held is None:
        return []
    return [
        {
            "company": evidence.ids[company],
            "family": family.name.lower(),
            "declared": percent(declared),
            "outstanding": percent(outstanding),
        }
        for company, family, declared, outstanding in evidence.held.positions.declared_over_100()
    ]


def _uncounted(steps: Steps, described: Described, companies: list[int]) -> list[Answer]:
    """Interests in these companies that the test does not look at: nominees, trustees, beneficiaries, influence."""
    return [
        {
            **described.party(owner),
            "interest": ground["kind"],
            "in": described.named(company)["id"],
            "share": ground["share"],
            "source": ground["source"],
        }
        for company in companies
        for owner in steps.holders(company)
        for ground in steps.grounds(owner, company)
        if not ground["counts"]
    ]
