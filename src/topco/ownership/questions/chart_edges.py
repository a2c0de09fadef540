"""The links between parties of a chart, each with its figures and with every row behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.identity.parties import party_table
from topco.ownership.chain import STEP_WORDS, holding_as_json, source_of, step_as_json
from topco.ownership.control import Family
from topco.ownership.holding_rows import counting
from topco.ownership.neighbourhood import SOURCE_COLUMNS, vintages
from topco.ownership.parent_tests import RELATIONSHIP_KINDS, interest_families
from topco.ownership.shares import percent
from topco.ownership.snapshot import RELATIONSHIP_COLUMNS, place_of
from topco.ownership.status import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Evidence
    from topco.store.store import Store

_CAPITAL = re.compile("(?<=[a-z])([A-Z])")
_FIGURES = {"share": Family.SHARES, "votes": Family.VOTES}
_NOTHING: dict[str, str | None] = {"lower": None, "upper": None}


def edges_between(
    store: Store, evidence: Evidence, parties: set[str], known_as_of: date | None, test: ParentTest
) -> list[dict[str, Any]]:
    """One edge for each owner and company among the parties, by their identifiers.

    Args:
        evidence: holds everything upwards of the parties, under a test that looks at holdings.
        test: the test that the user chose: it says which rows count.
    """
    grounds: dict[tuple[str, str], list[dict[str, Any]]] = {}
    dated = vintages(store, known_as_of)
    for owner, company, ground in _grounds(store, evidence, parties, known_as_of, test):
        stale = bool(ground.pop("stale"))
        old = ground["to"] is None and dated[ground["source"]["load"]] < evidence.as_of
        grounds.setdefault((owner, company), []).append({**ground, "stale": stale or old})
    figures = _figures(evidence, set(grounds))
    return [
        {
            "owner": owner,
            "company": company,
            "kinds": list(dict.fromkeys(ground["kind"] for ground in rows)),
            **{name: figures.get((owner, company), {}).get(name, _NOTHING) for name in _FIGURES},
            "counts": any(ground["counts"] for ground in rows),
            "parent": not all(ground["fund"] for ground in rows),
            "stale": all(ground["stale"] for ground in rows),
            "grounds": rows,
        }
        for (owner, company), rows in sorted(grounds.items())
    ]


def _grounds(
    store: Store, evidence: Evidence, parties: set[str], known_as_of: date | None, test: ParentTest
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Owner, company and ground of every row: recorded steps, then holdings, then the links of funds."""
    among = pl.Series(sorted(parties), dtype=pl.String).implode()
    steps = evidence.relationships.filter(pl.col("child").is_in(among) & pl.col("parent").is_in(among))
    for row in sorted(steps.rows(named=True), key=lambda row: (row["step"], *place_of(row))):
        about = {**step_as_json(row), "kind": STEP_WORDS[Kind(row["step"])]}
        yield _ground(about, row, counts=Kind(row["step"]) in test.steps)
    families = interest_families()
    counted = frozenset() if test.criteria is None else test.criteria.families
    held = evidence.holdings.filter(pl.col("owner").is_in(among) & pl.col("owned").is_in(among))
    for row in sorted(held.rows(named=True), key=place_of):
        counts = families.get(row["interest"], Family.NONE) in counted
        yield _ground(holding_as_json(row), row, counts=counts)
    columns = [*RELATIONSHIP_COLUMNS, *SOURCE_COLUMNS]
    recorded = party_table(store, "relationships", columns, known_as_of=known_as_of)
    links = counting(recorded, evidence.as_of).filter(
        ~pl.col("kind").is_in(list(RELATIONSHIP_KINDS)) & pl.col("child").is_in(among) & pl.col("parent").is_in(among)
    )
    for row in sorted(links.collect().rows(named=True), key=place_of):
        kind = _CAPITAL.sub(r"_\1", row["kind"]).lower()
        about = {"child": row["child"], "parent": row["parent"], "kind": kind, "share": dict(_NOTHING)}
        period = {name: row[column] and row[column].isoformat() for name, column in _PERIOD}
        yield _ground({**about, **period, "source": source_of(row)}, row, counts=False, fund=True)


_PERIOD = (("from", "valid_from"), ("to", "valid_to"))


def _ground(
    link: dict[str, Any], row: dict[str, Any], *, counts: bool, fund: bool = False
) -> tuple[str, str, dict[str, Any]]:
    about = {name: value for name, value in link.items() if name not in ("child", "parent")}
    return link["parent"], link["child"], {**about, "counts": counts, "fund": fund, "stale": row["stale"]}


def _figures(evidence: Evidence, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], dict[str, dict[str, str]]]:
    """What an owner has of the shares and of the votes of a company itself, in percent of all that there are."""
    if evidence.held is None:
        return {}
    made, ids = evidence.held.positions, evidence.ids
    owners, companies = ids.gather(made.owner).to_list(), ids.gather(made.owned).to_list()
    found: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for at, pair in enumerate(zip(owners, companies, strict=True)):
        if pair not in pairs:
            continue
        for name, family in _FIGURES.items():
            if made.family[at] == family:
                bounds = {"lower": percent(int(made.lower[at])), "upper": percent(int(made.upper[at]))}
                found.setdefault(pair, {})[name] = bounds
    return found
