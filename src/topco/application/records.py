"""Records of determinations and screening runs: listed, shown, exported, verified, determined again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput
from topco.records.book import RecordBook
from topco.records.filters import EVERYTHING, Filters
from topco.records.record import PREFIX, Kind, Record
from topco.store.today import today

if TYPE_CHECKING:
    from topco.application.application import Application
    from topco.records.retention import Retention
    from topco.records.verify import Report

Document = dict[str, Any]
COLUMNS = (
    *("record", "kind", "determination", "case", "moment", "author", "as_of", "rules_as_of", "reading"),
    *("item_class", "licence_required", "exceptions", "review_policy", "veu_result"),
    *("parties", "run", "note", "keep_until", "hash"),
)


@dataclass(frozen=True)
class Keeping:
    """Until when a record is kept at least, and which provision says so."""

    until: date
    cite: str


class Records:
    """The records of one store. Nothing is ever deleted."""

    def __init__(self, application: Application) -> None:
        self._application = application

    @property
    def book(self) -> RecordBook:
        return RecordBook(self._application.path)

    def rows(self, filters: Filters = EVERYTHING) -> list[Document]:
        """What is kept, as rows with `COLUMNS`, oldest first.

        Raises:
            BadInput: a record is damaged.
        """
        period = _period()
        return [row(record, period) for record in self.book.list(filters)]

    def page(
        self, filters: Filters = EVERYTHING, first: int = 0, most: int = 100, *, newest: bool = True
    ) -> tuple[list[Document], int]:
        """Some of these rows, and how many there are in all.

        Args:
            first: how many are passed over.
            newest: whether the newest come first.
        """
        period = _period()
        records, total = self.book.page(filters, first, most, newest=newest)
        return [row(record, period) for record in records], total

    def find(self, identifier: str) -> Sequence[Record]:
        """The record `rec:N`, or all records of a determination `det:…`, oldest first.

        Raises:
            NotFound: nothing is kept under it.
        """
        return self.book.find(identifier)

    def show(self, identifier: str) -> Document:
        """A record in its published form; of a determination that is kept several times, the last."""
        return self.find(identifier)[-1].document()

    def keeping(self, record: Record) -> Keeping:
        """Until when a record is kept at least; a later export or the like begins the period anew."""
        from topco.records.retention import begun

        period = _period()
        return Keeping(period.until(begun(record)), period.cite)

    def export(self, filters: Filters = EVERYTHING) -> Iterator[str]:
        """Records as JSON lines without their ends, with the hashes of the chain."""
        from topco.records.export import export

        return export(self.book, filters)

    def verify(self, kept_head: str | None = None) -> Document:
        """Check every record of the store.

        Args:
            kept_head: a hash that was the head once: it must still be there.
        """
        return _checked(self.book.verify(_plain(kept_head)))

    def verify_export(self, lines: Iterable[bytes], kept_head: str | None = None) -> Document:
        """Check the lines of an export of any store."""
        from topco.records.export import verify_export

        return _checked(verify_export(lines, _plain(kept_head)))

    def head(self) -> Document:
        """How many records there are, and the hash of the last."""
        number, value = self.book.head()
        return {"records": number, "head": value}

    def recheck_one(
        self,
        identifier: str,
        as_of: date | None = None,
        known_as_of: date | None = None,
        rules_as_of: date | None = None,
    ) -> Document:
        """Determine a kept case again: whether its answer would be another (`flips` has none or one), and why.

        Args:
            as_of: facts of this day instead of the record's; `rules_as_of`: law of this day.
            known_as_of: only loads that existed on this day; by default what is known now.

        Raises:
            NotFound: nothing is kept under the identifier.
            BadInput: it is a screening run, whose rows are many.
        """
        from topco.records.recheck import Dates, Recheck

        record = self.find(identifier)[-1]
        if record.kind is Kind.SCREENING:
            raise BadInput(
                f"{record.id} is a screening run, and has rows to be determined again.",
                remedy=f"topco recheck --run {record.id}, or the page of screening.",
            )
        run = Recheck(self._application.path, today(), Dates(as_of, known_as_of, rules_as_of))
        of_same = run.flips(Filters(determination=record.envelope.determination))
        return {"checked": 1, "flips": [flip.document() for flip in of_same if flip.number == record.number]}


def filters_of(
    since: date | None = None,
    until: date | None = None,
    outcomes: tuple[str, ...] = (),
    case_id: str | None = None,
    party: str | None = None,
    kept_by: str | None = None,
    determination: str | None = None,
    run: str | None = None,
    kinds: tuple[Kind, ...] = (),
) -> Filters:
    """What was selected.

    Raises:
        BadInput: the run is no record, or the days are in the wrong order.
    """
    number = None
    if run is not None:
        digits = run.strip().removeprefix(PREFIX)
        if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
            raise BadInput(f"{run} names no screening run.", remedy=f"A record is {PREFIX}NUMBER.")
        number = int(digits)
    if since is not None and until is not None and until < since:
        raise BadInput(f"Nothing is kept since {since} and until {until}.", remedy="Give the earlier day as --since.")
    return Filters(since, until, outcomes, case_id, party, kept_by, determination, kinds, number)


def row(record: Record, period: Retention) -> Document:
    """A record as a row with `COLUMNS`."""
    from topco.records.codes import codes_of, exceptions_text, party_names
    from topco.records.retention import begun

    envelope, content = record.envelope, record.content
    found: Document = {
        "record": record.id,
        "kind": str(record.kind),
        "determination": envelope.determination,
        "moment": envelope.moment,
        "author": envelope.author,
        "run": None if envelope.run is None else f"{PREFIX}{envelope.run}",
        "note": envelope.note,
        "keep_until": period.until(begun(record)).isoformat(),
        "hash": record.hash,
    }
    if record.kind is Kind.SCREENING:
        return {**dict.fromkeys(COLUMNS), **found}
    codes = codes_of(record.kind, content)
    told = {
        **{name: content["frame"][name] for name in ("as_of", "rules_as_of", "reading")},
        **codes,
        "case": content["case"].get("id"),
        "exceptions": exceptions_text(codes["exceptions"]),
        "parties": party_names(content),
    }
    return {column: {**found, **told}.get(column) for column in COLUMNS}


def _period() -> Retention:
    from topco.records.retention import retention

    return retention(today())


def _plain(kept_head: str | None) -> str | None:
    return None if kept_head is None else kept_head.strip().lower()


def _checked(report: Report) -> Document:
    return {
        "records": report.records,
        "head": report.head,
        "complete": report.complete,
        "records_since_kept_head": report.since_kept_head,
        "findings": [one.document() for one in report.findings],
    }
