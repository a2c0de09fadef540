"""How firmly an answer stands: under other thresholds and tests, and against a change of one share.

- `variants`: the answer under every parent test, at its own threshold and at those of `rules/sensitivity.ttl`.
- `smallest_changes`: the positions of which the least rise or fall, all others as they are, changes status, ultimate
  parents or the countries of their headquarters. What a falling share leaves belongs to unknown others.
- `smallest_change_of_parents`: the same, where only ultimate parents and countries are looked at.
- `settling`: where a parent is only possible, the holdings whose exact share leaves no doubt.

The evidence is read once; everything else is derived on what stands above the entity (`share_trials`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from topco import knowledge
from topco.errors import NotFound
from topco.identity.parties import party_of
from topco.namespaces import local_name, term
from topco.ownership.chain import source_of
from topco.ownership.control import Family, Test, rows_of
from topco.ownership.neighbourhood import evidence_about, headquarters_stated
from topco.ownership.parent_tests import RELATIONSHIP_KINDS, ParentTest, names, parent_test
from topco.ownership.questions.outcome import Outcome, namer, outcome_of
from topco.ownership.questions.share_trials import Figures, Trials
from topco.ownership.questions.share_turns import Turns
from topco.ownership.questions.smallest_change import Change, Piece, not_tried, settling, smallest_changes, undecided
from topco.ownership.shares import percent, units
from topco.ownership.snapshot import Tables, build
from topco.ownership.status import Status
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from topco.store.store import Store

FIELDS = ("status", "ultimate_parents", "hq_countries")
OF_PARENTS = ("ultimate_parents", "hq_countries")
LISTED = 5
_VARIANTS = "rules/sensitivity.ttl"


@cache
def threshold_variants() -> tuple[tuple[int, bool], ...]:
    """The thresholds of `rules/sensitivity.ttl` in units, and whether just so much is enough; the lowest first.

    >>> [(percent(threshold), at_least) for threshold, at_least in threshold_variants()]
    [('25', True), ('50', True), ('50', False), ('75', False)]
    """
    import pyoxigraph as ox

    facts: dict[str, dict[str, str]] = {}
    for triple in ox.parse(path=str(knowledge.root() / _VARIANTS), format=ox.RdfFormat.TURTLE):
        facts.setdefault(triple.subject.value, {})[local_name(triple.predicate.value)] = triple.object.value
    variants = [one for one in facts.values() if one["type"] == term("ThresholdVariant")]
    found = [(units(one["thresholdPercent"]), one["atLeast"] == "true") for one in variants]
    return tuple(_ascending(found))


def sensitivity(
    store: Store, identifier: str, as_of: date, known_as_of: date | None = None, test: ParentTest | None = None
) -> dict[str, Any]:
    """The sensitivity of one entity's answer as a document.

    Args:
        identifier: as `topco.namespaces.normalise_id` writes it.
        test: the reference, at its own threshold; by default the test `headquarters`.

    Raises:
        BadInput: no row in force names the entity.
    """
    reference = test or parent_test()
    identifier = party_of(store, identifier, known_as_of)
    tables = tables_above(store, identifier, as_of, known_as_of)
    named = namer(tables.entities)
    evidence = build(tables, as_of, {}, reference)
    answer = outcome_of(evidence, identifier)
    document = {
        "entity": named(identifier),
        "test": reference.name,
        "as_of": as_of.isoformat(),
        "known_as_of": (known_as_of or today()).isoformat(),
        **_outcome_as_json(answer, named),
        "variants": list(_variants(tables, identifier, as_of, reference, answer, named)),
        "not_tried": 0,
        "smallest_changes": [],
        "smallest_change_of_parents": None,
        "settling": [],
    }
    if evidence.held is None:
        return document
    trials = Trials(tables, evidence, identifier)
    turns = Turns(trials)
    describe = _Describe(trials, named)
    found = smallest_changes(trials, turns, FIELDS, LISTED)
    of_parents = smallest_changes(trials, turns, OF_PARENTS, 1)
    document["not_tried"] = not_tried(trials, turns)
    document["smallest_changes"] = [describe.change(change, answer) for change in found]
    document["smallest_change_of_parents"] = describe.change(of_parents[0], answer) if of_parents else None
    if answer.status == Status.POSSIBLE.word:
        document["settling"] = [describe.settling(*one) for one in settling(trials, turns)]
    return document


def tables_above(store: Store, identifier: str, as_of: date, known_as_of: date | None) -> Tables:
    """All that any test may look at above the entity on the day."""
    base = parent_test()
    widest = replace(base, steps=frozenset(RELATIONSHIP_KINDS.values()), criteria=base.criteria or Test())
    evidence = evidence_about(store, [identifier], as_of, known_as_of, widest)
    if evidence.node_of([identifier]) == [None]:
        raise NotFound(f"No loaded record names {identifier}.", remedy="Look it up by name: topco search TEXT.")
    return Tables(
        evidence.entities.drop("node"),
        evidence.relationships.drop("source", "target"),
        evidence.absences.drop("node"),
        evidence.holdings.drop("owner_node", "owned_node", "old"),
        headquarters_stated(store, known_as_of, evidence.ids, sources=True),
    )


def _variants(
    tables: Tables,
    identifier: str,
    as_of: date,
    reference: ParentTest,
    answer: Outcome,
    named: Callable[[str], dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    for test in map(parent_test, names()):
        own = test.criteria and (test.criteria.threshold, test.criteria.at_least)
        for threshold in _ascending({own, *threshold_variants()}) if own else [None]:
            variant = test if threshold is None else test.at(threshold[0], at_least=threshold[1])
            found = outcome_of(build(tables, as_of, {}, variant), identifier)
            yield {
                "test": test.name,
                "threshold": threshold and {"percent": percent(threshold[0]), "at_least": threshold[1]},
                "own": threshold == own,
                "reference": threshold == own and test.name == reference.name,
                **_outcome_as_json(found, named),
                "differs": list(found.differences(answer, FIELDS)),
            }


def _ascending(thresholds: Iterable[tuple[int, bool]]) -> list[tuple[int, bool]]:
    """The least demanding first: at least so much comes before more than so much."""
    return sorted(thresholds, key=lambda one: (one[0], not one[1]))


def _outcome_as_json(outcome: Outcome, named: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "ultimate_parents": [named(one) for one in outcome.ultimate_parents],
        "hq_countries": list(outcome.hq_countries),
    }


class _Describe:
    """Positions and what they lead to, as the document writes them."""

    def __init__(self, trials: Trials, named: Callable[[str], dict[str, Any]]) -> None:
        self._trials, self._named = trials, named

    def _position(self, position: int) -> dict[str, Any]:
        made, evidence = self._trials.made, self._trials.evidence
        rows = [evidence.holdings.row(row, named=True) for row in rows_of(made, position).tolist()]
        return {
            "owner": self._named(evidence.ids[int(made.owner[position])]),
            "company": self._named(evidence.ids[int(made.owned[position])]),
            "family": Family(made.family[position]).name.lower(),
            "share": _share(self._trials.figures(position)),
            "sources": [source_of(row) for row in rows],
        }

    def change(self, change: Change, answer: Outcome) -> dict[str, Any]:
        return {
            **self._position(change.position),
            "to": _share(self._trials.moved(change.position, change.by)),
            "change": percent(change.by),
            **_outcome_as_json(change.outcome, self._named),
            "differs": list(change.outcome.differences(answer, FIELDS)),
        }

    def settling(self, position: int, ranges: list[Piece]) -> dict[str, Any]:
        return {
            **self._position(position),
            "settles": "partly" if any(map(undecided, ranges)) else "always",
            "outcomes": [
                {"share": _share((piece.least, piece.most)), **_outcome_as_json(piece.outcome, self._named)}
                for piece in ranges
            ],
        }


def _share(figures: Figures) -> dict[str, str]:
    return {"lower": percent(figures[0]), "upper": percent(figures[1])}
