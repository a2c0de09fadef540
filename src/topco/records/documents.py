"""The answer that a record keeps, as the document that it was; of a slim record, made again from its case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from topco.errors import BadInput
from topco.records.book import RecordBook
from topco.records.record import PREFIX, Kind, Record


def find_document(store: Path, identifier: str) -> Mapping[str, Any]:
    """The determination, with its proof, that is kept as `rec:NUMBER` or under its own identifier `det:…`.

    Of a determination that is kept several times the last one that has its proof counts.

    Raises:
        BadInput: nothing is kept under it, it is a screening run, the record is damaged, or a slim record cannot be
            made again because the loads or the rules of its day are not there any more.
    """
    found = RecordBook(store).find(identifier)
    whole = [record for record in found if record.kind is Kind.DETERMINATION]
    if whole:
        answer: Mapping[str, Any] = whole[-1].content["answer"]
        return answer
    return rebuilt(store, found[-1])


def rebuilt(store: Path, record: Record) -> Mapping[str, Any]:
    """The determination of a row of a screening run, made again as it was.

    Raises:
        BadInput: the record is no row, or what is made now is another determination.
    """
    if record.kind is not Kind.ROW:
        raise BadInput(
            f"{record.id} is a screening run, not a determination.",
            remedy=f"List its rows: topco records list --run {record.id}.",
        )
    from topco.records.again import again, kept_case

    run = run_of(store, record)
    options, frame = run.content["options"], record.content["frame"]
    known_as_of = date.fromisoformat(frame["known_as_of"])
    case = kept_case(record.case, record.id)
    determiner = again(store, [case], known_as_of, test=options["test"], reading=options["reading"], documents=True)
    determiner.tell(case, frame, known_as_of)
    (answer,) = determiner.determine([case], record.id)
    if answer["id"] != record.envelope.determination:
        raise BadInput(
            f"The proof of {record.id} cannot be made again: what is loaded or the rules are not those of its day.",
            remedy="`topco recheck` says what has changed; kept by `topco determine --record`, a proof stays.",
        )
    return answer


def run_of(store: Path, record: Record) -> Record:
    """The screening run that a row belongs to."""
    return RecordBook(store).find(f"{PREFIX}{record.envelope.run}")[0]
