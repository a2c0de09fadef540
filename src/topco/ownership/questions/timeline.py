"""The days on which an entity's parents, its status, or its ultimate parents' headquarters changed, and why.

1. The rows of all times about the entity and what was ever above it are read once (`ever_above`).
2. Only on days on which one of them begins or ends can the answer change. Periods are half-open: a row with `valid_to`
   on a day is not in force on that day.
3. The answer is derived on each such day, and listed where it is not the one of the day before.
4. The causes of a change are the rows that began or ended on that day about companies on the chain of before or after;
   if there are none, those about anything above the entity (a person that came to control two holders is on no chain).

Headquarters and statements that there is no parent have no dates but the vintage of their load: they are read alike on
every day, and the document says so.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from topco.identity.parties import party_of
from topco.ownership.chain import chain_of, holding_as_json, step_as_json
from topco.ownership.parent_tests import interest_families, parent_test
from topco.ownership.questions.ever_above import EverAbove, ever_above
from topco.ownership.questions.outcome import Outcome, namer, outcome_of, reached
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Evidence
    from topco.store.store import Store

FIELDS = ("status", "direct_parents", "ultimate_parents", "hq_countries")


def timeline(
    store: Store,
    identifier: str,
    known_as_of: date | None = None,
    test: ParentTest | None = None,
    first: date | None = None,
    last: date | None = None,
) -> dict[str, Any]:
    """The timeline of one entity as a document.

    Args:
        identifier: as `topco.namespaces.normalise_id` writes it.
        first, last: only changes from this day on, and up to and including that day.

    Raises:
        BadInput: no row names the entity.
    """
    identifier = party_of(store, identifier, known_as_of)
    rows = ever_above(store, identifier, known_as_of, test or parent_test())
    named = namer(rows.entities)
    return {
        "entity": named(identifier),
        "test": rows.test.name,
        "known_as_of": (known_as_of or today()).isoformat(),
        "from": first and first.isoformat(),
        "to": last and last.isoformat(),
        "timeline": list(_entries(rows, identifier, named, (first or date.min, last or date.max))),
        "undated": _as_json(
            rows.relationships.filter(rows.relationships["valid_from"].is_null()),
            rows.holdings.filter(rows.holdings["valid_from"].is_null()),
        ),
        "not_dated": [
            {"fact": fact, "loads": _loads(rows, table)}
            for fact, table in (("headquarters", rows.entities), ("absence of parents", rows.absences))
        ],
    }


def _entries(
    rows: EverAbove, identifier: str, named: Callable[[str], dict[str, Any]], window: tuple[date, date]
) -> Iterator[dict[str, Any]]:
    """The state before the first day listed, then every change."""
    first, last = window
    days = [day for day in rows.days() if first <= day <= last]
    start = first if first > date.min else days[0] if days else today()
    # The first day of the calendar has no day before it: what is in force then has always been.
    before = rows.on(date.fromordinal(max(1, start.toordinal() - 1)))
    outcome = outcome_of(before, identifier)
    yield {"date": None, "changed": [], **_outcome_as_json(outcome, named), "causes": []}
    for day in days:
        after = rows.on(day)
        fresh = outcome_of(after, identifier)
        changed = fresh.differences(outcome, FIELDS)
        if changed:
            yield {
                "date": day.isoformat(),
                "changed": list(changed),
                **_outcome_as_json(fresh, named),
                "causes": _causes(before, after, identifier, day),
            }
        before, outcome = after, fresh


def _outcome_as_json(outcome: Outcome, named: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "direct_parents": [named(one) for one in outcome.direct_parents],
        "ultimate_parents": [named(one) for one in outcome.ultimate_parents],
        "hq_countries": list(outcome.hq_countries),
    }


def _causes(before: Evidence, after: Evidence, identifier: str, day: date) -> list[dict[str, Any]]:
    chains = {company for evidence in (before, after) for company in _on_chain(evidence, identifier)}
    counted = after.test.criteria.families if after.test.criteria is not None else frozenset()
    counting = [interest for interest, family in interest_families().items() if family in counted]
    near = _moved(before, after, day, chains, counting)
    if near:
        return near
    anywhere = reached(before, identifier) | reached(after, identifier)
    return _moved(before, after, day, anywhere, None)


def _on_chain(evidence: Evidence, identifier: str) -> list[str]:
    node = evidence.node_of([identifier])[0]
    return [identifier] if node is None else [evidence.ids[one] for one in chain_of(evidence, node).nodes]


def _moved(
    before: Evidence, after: Evidence, day: date, companies: set[str], interests: list[str] | None
) -> list[dict[str, Any]]:
    """The rows about these companies that ended or began on a day; of holdings only these interests, if given."""
    found = []
    for change, evidence, column in (("ended", before, "valid_to"), ("began", after, "valid_from")):
        relationships = evidence.relationships.filter(evidence.relationships["child"].is_in(list(companies)))
        holdings = evidence.holdings.filter(evidence.holdings["owned"].is_in(list(companies)))
        if interests is not None:
            holdings = holdings.filter(holdings["interest"].is_in(interests))
        moved = [table.filter(table[column] == day) for table in (relationships, holdings)]
        found += [{"change": change, **link} for link in _as_json(*moved)]
    return found


def _as_json(relationships: pl.DataFrame, holdings: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as links of a chain, in the order of company, parent and place."""
    links = [
        *map(step_as_json, relationships.rows(named=True)),
        *map(holding_as_json, holdings.rows(named=True)),
    ]
    return sorted(
        links, key=lambda link: (link["child"], link["parent"], link["source"]["load"], link["source"]["row"])
    )


def _loads(rows: EverAbove, table: pl.DataFrame) -> list[dict[str, str]]:
    """The loads that the rows of a table come from, with the day that each describes."""
    return [{"load": load, "vintage": rows.vintages[load].isoformat()} for load in sorted(table["load"].unique())]
