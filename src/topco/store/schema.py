"""The evidence tables: names, types and order of their columns, as `docs/evidence.md` gives them.

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
# `indirect`: the source says that the holding goes through others, or may; null: it does not ask.
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
        "indirect": pl.Boolean(),
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

# A record of `id` says that the same party bears `other_id` in another register.
IDENTIFIERS = pl.Schema(
    {
        "id": pl.String(),
        "other_id": pl.String(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

# Headquarters that something else than an entity's own record states: filings, users, tables of headquarters.
HEADQUARTERS = pl.Schema(
    {
        "id": pl.String(),
        "country": pl.String(),
        "city": pl.String(),
        "basis": pl.String(),
        "stated_by": pl.String(),
        "stated_on": pl.Date(),
        "citation": pl.String(),
        "valid_from": pl.Date(),
        "valid_to": pl.Date(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

# What a person decided, or a comparison of names proposed, about two identifiers; `score` from 0 to 100.
JUDGEMENTS = pl.Schema(
    {
        "first": pl.String(),
        "second": pl.String(),
        "verdict": pl.String(),
        "score": pl.Int64(),
        "author": pl.String(),
        "judged_at": pl.Datetime("us", "UTC"),
        "reason": pl.String(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

# Entries of screening lists. `countries`: those of the listed addresses, joined by `;`, never a headquarters.
LISTINGS = pl.Schema(
    {
        "id": pl.String(),
        "name": pl.String(),
        "list": pl.String(),
        "programme": pl.String(),
        "requirement": pl.String(),
        "policy": pl.String(),
        "countries": pl.String(),
        "citation": pl.String(),
        "url": pl.String(),
        "valid_from": pl.Date(),
        "valid_to": pl.Date(),
        "record": pl.String(),
        "file": pl.String(),
        "row": pl.Int64(),
    }
)

# The text of a source record as published, for exports that keep every statement; not part of the graph.
ORIGINALS = pl.Schema(
    {
        "record": pl.String(),
        "text": pl.String(),
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
    "identifiers": IDENTIFIERS,
    "headquarters": HEADQUARTERS,
    "judgements": JUDGEMENTS,
    "listings": LISTINGS,
    "originals": ORIGINALS,
}


def schema_of(table: str) -> pl.Schema:
    """The schema of one evidence table.

    >>> schema_of("absences").names()
    ['subject', 'level', 'reason', 'reference', 'record', 'file', 'row']
    """
    if table not in TABLES:
        raise KeyError(f"{table!r} is no evidence table; there are {', '.join(TABLES)}")
    return TABLES[table]
