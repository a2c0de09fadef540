"""What is loaded: publishers, vintages, ages, licences, counts, and what was warned of or refused while loading."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from topco.store.today import today

if TYPE_CHECKING:
    from topco.application.application import Application
    from topco.store.manifest import Load

Document = dict[str, Any]
TABLES = ("entities", "names", "relationships", "absences", "holdings")
MORE_TABLES = ("identifiers", "headquarters", "judgements", "listings")
COLUMNS = (
    *("load", "publisher", "file_kind", "vintage", "age_days", "loaded_at"),
    *TABLES,
    *("warnings", "rejects", "licence", "state", "freshness"),
    *MORE_TABLES,
)


class Sources:
    """The loads of one store."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def rows(self, known_as_of: date | None = None) -> list[Document]:
        """The loads in the order of loading, as rows with `COLUMNS`; none where nothing was ever loaded.

        Args:
            known_as_of: only loads that existed on this day.
        """
        store = self._application.store()
        current = {load.id for load in store.current_loads(known_as_of)}
        loads = [load for load in store.loads() if known_as_of is None or load.loaded_at.date() <= known_as_of]
        return [_row(load, load.id in current) for load in loads]

    def load(self, identifier: str, most: int = 1_000) -> Document:
        """One load: its files, its warnings with how often each occurred, and its rejects with their reasons.

        Args:
            most: how many rejects are given; `rejects` of the row says how many there are.

        Raises:
            NotFound: there is no such load.
        """
        store = self._application.store()
        load = store.load(identifier)
        current = next(
            (
                one
                for one in store.current_loads()
                if (one.publisher, one.file_kind) == (load.publisher, load.file_kind)
            ),
            load,
        )
        return {
            **_row(load, current.id == load.id),
            "superseded_by": None if current.id == load.id else current.id,
            "vintage_source": load.vintage_source,
            "digest": load.digest,
            "stale_after_days": _stale_after(load),
            "files": [
                {"name": file.name, "sha256": file.sha256, "size": file.size, "records": file.records}
                for file in load.files
            ],
            "counts": load.counts,
            "warned": [{"reason": reason, "count": count} for reason, count in load.warnings.items()],
            "rejected": self._rejects(load, most),
        }

    def _rejects(self, load: Load, most: int) -> list[Document]:
        import polars as pl

        from topco.registries.build import REJECTS

        path = self._application.store().folder_of(load) / REJECTS
        if not load.rejects or not path.is_file():
            return []
        return list(pl.scan_csv(path, infer_schema=False).head(most).collect().iter_rows(named=True))


def _row(load: Load, is_current: bool) -> Document:
    return {
        "load": load.id,
        "publisher": load.publisher,
        "file_kind": load.file_kind,
        "vintage": load.vintage.isoformat(),
        "age_days": _age(load),
        "loaded_at": load.loaded_at.isoformat(timespec="seconds"),
        **{table: load.tables.get(table, 0) for table in (*TABLES, *MORE_TABLES)},
        "warnings": sum(load.warnings.values()),
        "rejects": load.rejects,
        "licence": load.licence,
        "state": "current" if is_current else "superseded",
        "freshness": "stale" if is_stale(load) else "fresh",
    }


def is_stale(load: Load) -> bool:
    """Whether a load is older than loads of its publisher may be."""
    return _age(load) > _stale_after(load)


def _age(load: Load) -> int:
    return (today() - load.vintage).days


def _stale_after(load: Load) -> int:
    from topco.identity.policy import policy

    return policy().stale_after(load.publisher)
