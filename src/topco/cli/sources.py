"""`topco sources`: what is loaded, how old it is, and what is in force."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from topco.cli.options import format_option, known_as_of_option, output_option, store_option
from topco.cli.output import note, write_rows

TABLES = ("entities", "names", "relationships", "absences", "holdings")
MORE_TABLES = ("identifiers", "headquarters", "judgements", "listings")
COLUMNS = (
    "load",
    "publisher",
    "file_kind",
    "vintage",
    "age_days",
    "loaded_at",
    *TABLES,
    "warnings",
    "rejects",
    "licence",
    "state",
    "freshness",
    *MORE_TABLES,
)


@click.command("sources")
@known_as_of_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(known_as_of: date | None, output_format: str, output: Path | None, store: Path) -> None:
    """List the loads: publisher, vintage, age in days, counts, licence, whether they are current and how fresh.

    After how many days a publisher's load is called stale is said by rules/source-policy.ttl; it counts all the same.
    """
    from topco.identity.policy import policy
    from topco.store.store import Store

    opened = Store.open(store, missing_ok=True)
    today = datetime.now(UTC).date()
    current = {load.id for load in opened.current_loads(known_as_of)}
    loads = [load for load in opened.loads() if known_as_of is None or load.loaded_at.date() <= known_as_of]
    rows = [
        {
            "load": load.id,
            "publisher": load.publisher,
            "file_kind": load.file_kind,
            "vintage": load.vintage.isoformat(),
            "age_days": (today - load.vintage).days,
            "loaded_at": load.loaded_at.isoformat(timespec="seconds"),
            **{table: load.tables.get(table, 0) for table in (*TABLES, *MORE_TABLES)},
            "warnings": sum(load.warnings.values()),
            "rejects": load.rejects,
            "licence": load.licence,
            "state": "current" if load.id in current else "superseded",
            "freshness": "stale" if (today - load.vintage).days > policy().stale_after(load.publisher) else "fresh",
        }
        for load in loads
    ]
    if not rows:
        note(f"Nothing is loaded in {store}. Load registry files: topco load REGISTRY FILES.")
    write_rows(output, output_format, COLUMNS, rows, shown=COLUMNS[: -len(MORE_TABLES)])
