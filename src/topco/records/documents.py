"""The answer that a record keeps, as the document that it was; of a slim record, made again from its case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput
from topco.records.book import RecordBook
from topco.records.record import PREFIX, Kind, Record

if TYPE_CHECKING:
    from topco.licensing.cases.case import Case


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
    (made,) = rebuilt(store, found[-1:])
    if isinstance(made, BadInput):
        raise made
    return made


def rebuilt(store: Path, records: Sequence[Record]) -> list[Mapping[str, Any] | BadInput]:
    """The determinations of rows of screening runs, made again as they were; or why one cannot be."""
    from topco.records.again import again, kept_case

    found: dict[int, Mapping[str, Any] | BadInput] = {}
    groups: dict[tuple[str, str | None, str | None], list[tuple[Record, Case]]] = defaultdict(list)
    runs: dict[int, Record] = {}
    for record in records:
        run = record.envelope.run
        if run is None:
            found[record.number] = BadInput(
                f"{record.id} is a {record.kind}, not a row of a screening run.",
                remedy=f"List its rows: topco records list --run {record.id}.",
            )
            continue
        if run not in runs:
            (runs[run],) = RecordBook(store).find(f"{PREFIX}{run}")
        options = runs[run].content["options"]
        try:
            case = kept_case(record.case, record.id)
        except BadInput as error:
            found[record.number] = error
        else:
            key = (record.content["frame"]["known_as_of"], options["test"], options["reading"])
            groups[key].append((record, case))
    for (known, test, reading), members in groups.items():
        day = date.fromisoformat(known)
        cases = [case for _, case in members]
        determiner = again(store, cases, day, test=test, reading=reading, documents=True)
        for record, case in members:
            determiner.tell(case, record.content["frame"], day)
        determiner.resolve_parties(cases)
        for record, case in members:
            try:
                (answer,) = determiner.determine([case], record.id)
            except BadInput as error:
                found[record.number] = error
            else:
                found[record.number] = answer if answer["id"] == record.envelope.determination else _gone(record)
    return [found[record.number] for record in records]


def _gone(record: Record) -> BadInput:
    return BadInput(
        f"The proof of {record.id} cannot be made again: what is loaded or the rules are not those of its day.",
        remedy="`topco recheck` says what has changed; kept by `topco determine --record`, a proof stays.",
    )
