"""All resolutions as one table, column by column: the CSV of `topco resolve --all` and `--file`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.errors import BadInput
from topco.identity.parties import parties
from topco.ownership import remarks
from topco.ownership.chain import direct_parents
from topco.ownership.graph import SEVERAL
from topco.ownership.headquarters import headquarters
from topco.ownership.neighbourhood import all_evidence, evidence_about
from topco.ownership.parent_tests import parent_test
from topco.ownership.resolution import kernels_for
from topco.ownership.single_steps import resolved
from topco.ownership.status import Note, Status

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from topco.ownership.closure import Closure
    from topco.ownership.headquarters import Headquarters
    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Evidence
    from topco.store.store import Store

COLUMNS = (
    "entity",
    "name",
    "status",
    "hq_country",
    "ultimate_parents",
    "ultimate_parent_hq_countries",
    "direct_parents",
    "highest_known",
    "highest_known_hq_country",
    "notes",
    "test",
    "as_of",
)

_SEVERAL_TOPS = (Status.CONFLICTING, Status.JOINT, Status.POSSIBLE)
_WITH_TOP = (Status.OUTSIDE_DATA, Status.OPEN_TOP, Status.OWN_TOP, Status.RESOLVED)
NOT_IN_STORE = "not_in_store"

# From here on, reading everything once beats following each entity upwards.
_MANY = 20_000


def resolve_all(
    store: Store, as_of: date, known_as_of: date | None = None, test: ParentTest | None = None
) -> pl.DataFrame:
    """One row for every entity that the loads in force describe, in the order of the identifiers."""
    evidence = all_evidence(store, as_of, known_as_of, test or parent_test(), sources=False)
    return resolution_table(evidence).filter(pl.Series(evidence.snapshot.record))


def resolve_listed(
    store: Store,
    customers: pl.DataFrame,
    as_of: date,
    known_as_of: date | None = None,
    test: ParentTest | None = None,
) -> pl.DataFrame:
    """The rows of a customer list (text columns, `id` among them) with the columns of the resolution appended.

    Raises:
        BadInput: there is no column `id`, or a column of the list has the name of one that is appended.
    """
    from topco.namespaces import normalise_id

    identifiers = ids_of(customers)
    clash = sorted(set(customers.columns) & set(COLUMNS) - {"name"})
    if clash:
        raise BadInput(
            f"The list has columns that the answer would overwrite: {', '.join(clash)}.", remedy="Rename them."
        )
    asked_for = parties(store, known_as_of).party_of(normalise_id(one or "") for one in identifiers)
    test = test or parent_test()
    if len(asked_for) < _MANY:
        answers = resolution_table(evidence_about(store, asked_for, as_of, known_as_of, test))
    else:
        answers = resolution_table(all_evidence(store, as_of, known_as_of, test, sources=False))
    appended = answers.rename({"name": "entity_name"}) if "name" in customers.columns else answers
    asked = customers.with_columns(entity=pl.Series(asked_for, dtype=pl.String))
    joined = asked.join(appended, on="entity", how="left", maintain_order="left")
    unknown = pl.col("status").is_null()
    return joined.with_columns(
        notes=pl.when(unknown).then(pl.lit(NOT_IN_STORE)).otherwise(pl.col("notes")),
        test=pl.lit(test.name),
        as_of=pl.lit(as_of.isoformat()),
    ).select(*customers.columns, *appended.columns)


def ids_of(customers: pl.DataFrame) -> list[str | None]:
    """The column `id` of a customer list.

    Raises:
        BadInput: there is none.
    """
    if "id" not in customers.columns:
        raise BadInput(
            "The list has no column id.",
            remedy="Add a column id with LEIs or SCHEME:VALUE; `topco search NAME` finds them.",
        )
    found: list[str | None] = customers["id"].to_list()
    return found


def resolution_table(evidence: Evidence) -> pl.DataFrame:
    """The columns of the contract for every node, stubs included; several values are sorted and joined by `;`."""
    closure = resolved(evidence.snapshot, kernels_for(len(evidence.ids)))
    hq = headquarters(evidence, closure)
    countries = hq.cells()
    highest = closure.highest
    ultimates, ultimate_countries = _ultimates(evidence, closure, hq, countries)
    return pl.DataFrame(
        {
            "entity": evidence.ids,
            "name": _or_null(evidence.entities["name"], evidence.entity_row),
            "status": _labels([status.word for status in Status], closure.status),
            "hq_country": countries,
            "ultimate_parents": ultimates,
            "ultimate_parent_hq_countries": ultimate_countries,
            "direct_parents": _direct(evidence, closure),
            "highest_known": evidence.ids.gather(highest),
            "highest_known_hq_country": countries.gather(highest),
            "notes": _notes(evidence, closure),
        }
    ).with_columns(test=pl.lit(evidence.test.name), as_of=pl.lit(evidence.as_of.isoformat()))


def _or_null(values: pl.Series, places: NDArray[np.int32]) -> pl.Series:
    """The values at these places; null for -1. One piece of memory is gathered from many times faster than many."""
    return values.rechunk().gather(pl.Series(places).set(pl.Series(places < 0), None))


def _labels(words: list[str], codes: NDArray[np.int8]) -> pl.Series:
    return pl.Series(words).gather(codes.astype(np.int64))


def _notes(evidence: Evidence, closure: Closure) -> pl.Series:
    bits = remarks.remarks(evidence, closure)
    cells: list[str | None] = [
        ";".join(sorted(remarks.words(value))) or None if count else None
        for value, count in enumerate(np.bincount(bits))
    ]
    return pl.Series(cells, dtype=pl.String).gather(bits)


def _ultimates(
    evidence: Evidence, closure: Closure, hq: Headquarters, countries: pl.Series
) -> tuple[pl.Series, pl.Series]:
    top = closure.top
    shown = np.isin(closure.status, np.array(_WITH_TOP, np.int8)) & (top >= 0)
    places = np.where(shown, top, np.int32(-1))
    several = np.flatnonzero(
        np.isin(closure.status, np.array(_SEVERAL_TOPS, np.int8))
        | (np.isin(closure.status, np.array(_WITH_TOP, np.int8)) & (top < 0))
    ).tolist()
    sets = [sorted(closure.ultimate_parents(node)) for node in several]

    def countries_of(nodes: list[int]) -> str | None:
        return ";".join(sorted({country for node in nodes for country in hq.possible(node)})) or None

    return (
        _patched(_or_null(evidence.ids, places), several, _joined(evidence.ids, sets)),
        _patched(_or_null(countries, places), several, [countries_of(nodes) for nodes in sets]),
    )


def _direct(evidence: Evidence, closure: Closure) -> pl.Series:
    offsets, parents = evidence.direct_parents
    count = np.diff(offsets)
    single = np.where(
        count == 1, np.append(parents, np.int32(-1))[np.minimum(offsets[:-1], len(parents))], np.int32(-1)
    )
    special = np.flatnonzero((count > 1) | ((closure.notes & Note.BRANCH) != 0) | (closure.seat == SEVERAL)).tolist()
    found = [direct_parents(evidence, closure, node) for node in special]
    return _patched(_or_null(evidence.ids, single.astype(np.int32)), special, _joined(evidence.ids, found))


def _joined(ids: pl.Series, sets: list[list[int]]) -> list[str | None]:
    flat = ids.gather([node for nodes in sets for node in nodes]).to_list() if sets else []
    cells: list[str | None] = []
    start = 0
    for nodes in sets:
        cells.append(";".join(flat[start : start + len(nodes)]) or None)
        start += len(nodes)
    return cells


def _patched(cells: pl.Series, places: list[int], values: list[str | None]) -> pl.Series:
    return cells.scatter(places, pl.Series(values, dtype=pl.String)) if places else cells
