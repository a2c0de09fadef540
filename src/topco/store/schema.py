"""The five evidence tables: names, types and order of their columns, as `docs/evidence.md` gives them.

Every importer writes these tables and nothing else; missing is null, periods are half-open `[valid_from, valid_to)`.
"""

from __future__ import annotations

import polars as pl

ENTITIES = pl.Schema(
    {
        "id": pl.String(),
        "name": pl.String(),
        "name_language": pl.String(),
        "kind": pl.String(),
        "category": pl.String(),
        "hq_country": pl.String(),
        "hq_city": pl.String(),
        "registered_country": pl.String(),
        "registered_city": pl.String(),
        "jurisdiction": pl.String(),
        "registration_authority": pl.String(),
        "registration_number": pl.String(),
        "legal_form": pl.String(),
        "entity_status": pl.String(),
        "registration_status": pl.String(),
        "standing": pl.String(),
        "successor": pl.String(),
        "last_update": pl.Date(),
        "next_renewal": pl.Date(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

NAMES = pl.Schema(
    {
        "id": pl.String(),
        "name": pl.String(),
        "language": pl.String(),
        "name_kind": pl.String(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

RELATIONSHIPS = pl.Schema(
    {
        "child": pl.String(),
        "parent": pl.String(),
        "kind": pl.String(),
        "standing": pl.String(),
        "stale": pl.Boolean(),
        "relationship_status": pl.String(),
        "registration_status": pl.String(),
        "valid_from": pl.Date(),
        "valid_to": pl.Date(),
        "last_update": pl.Date(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

ABSENCES = pl.Schema(
    {
        "subject": pl.String(),
        "level": pl.String(),
        "reason": pl.String(),
        "reference": pl.String(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

# Shares are integers in units of `topco.ownership.shares`; a flag stands beside its bound and is null without one.
HOLDINGS = pl.Schema(
    {
        "owner": pl.String(),
        "owned": pl.String(),
        "interest": pl.String(),
        "share_exact": pl.Int64(),
        "share_min": pl.Int64(),
        "share_min_exclusive": pl.Boolean(),
        "share_max": pl.Int64(),
        "share_max_exclusive": pl.Boolean(),
        "standing": pl.String(),
        "stale": pl.Boolean(),
        "valid_from": pl.Date(),
        "valid_to": pl.Date(),
        "last_update": pl.Date(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

TABLES: dict[str, pl.Schema] = {
    "entities": ENTITIES,
    "names": NAMES,
    "relationships": RELATIONSHIPS,
    "absences": ABSENCES,
    "holdings": HOLDINGS,
}


def schema_of(table: str) -> pl.Schema:
    """The schema of one evidence table.

    >>> schema_of("absences").names()
    ['subject', 'level', 'reason', 'reference', 'record', 'file', 'row']
    """
    if table not in TABLES:
        raise KeyError(f"{table!r} is no evidence table; there are {', '.join(TABLES)}")
    return TABLES[table]
