"""Basic Company Data: one row a company, as CSV of 55 columns or as a JSON list of the same names.

The headers of the CSV have blanks before some names. An address is that of the registered office, so it gives the
weaker facts of registration and never a headquarters.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from topco.registries.companies_house import cells, meanings
from topco.registries.companies_house.cells import Unusable
from topco.registries.companies_house.numbers import SCHEME, own_number
from topco.registries.content import Content
from topco.registries.country_names import country_of
from topco.registries.interface import OtherKind, Progress
from topco.registries.json_records import Malformed
from topco.registries.staged import Sink

REQUIRED = ("CompanyName", "CompanyNumber", "CompanyCategory", "CompanyStatus", "CountryOfOrigin")
FIRST = ("CompanyName", "CompanyNumber")
FORMER_NAMES = 10
HEADER_ROW = 1
_REPORT_EVERY = 5_000

NO_COUNTRY = "a country is not known by that name: left empty"


def header(content: Content) -> list[str]:
    """The names of the first line, without the blanks around them; none if it is no line of a CSV."""
    line = content.head.decode("utf-8-sig", errors="ignore").split("\n", 1)[0]
    try:
        return [name.strip() for name in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def must_be_whole(content: Content, names: list[str]) -> None:
    """Refuse a file whose header is cut off or broken over lines: its rows would be read wrongly.

    Raises:
        OtherKind: a column is missing.
    """
    if twice := sorted(name for name in set(names) if name and names.count(name) > 1):
        raise _broken(content, f"has the column {twice[0]} twice")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise _broken(content, f"ends with {names[-1]!r} and lacks {', '.join(missing)}")


def _broken(content: Content, how: str) -> OtherKind:
    return OtherKind(
        f"The header of this Basic Company Data file {how}: the lines of the file have been broken or cut.",
        where=content.name,
        remedy="Get the file again from its publisher, as it is; an editor or a tool has wrapped its lines.",
    )


def _first(reader: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip() for name in next(reader, [])]
    except csv.Error:
        return []


def csv_rows(content: Content, sink: Sink, progress: Progress) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a CSV with their positions; rows that are no rows go to the rejects.

    The header is row 1, whatever line breaks the cells hold.

    Raises:
        OtherKind: the header is more than the first line.
    """
    with content.path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        names = header(content)
        if _first(reader) != names:
            raise _broken(content, f"goes on beyond the first line, after {names[-1]!r}")
        number = HEADER_ROW
        while True:
            number += 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                sink.refuse(number, "row", None, f"the row cannot be read: {error}")
                yield number, {}
                continue
            if number % _REPORT_EVERY == 0:
                progress(f"rows of {content.name}", number, content.lines, "lines")
            if not values:
                continue
            if len(values) != len(names):
                sink.refuse(number, "row", values[0], f"the row has {len(values)} cells, and the header {len(names)}")
                yield number, {}
                continue
            yield number, dict(zip(names, values, strict=True))


def take(sink: Sink, row: int, value: object) -> None:
    """Take one row; what cannot be used goes to the rejects."""
    try:
        if isinstance(value, Malformed):
            raise Unusable(value.column.rpartition(".")[2] or "record", value.text, value.reason)
        if not isinstance(value, dict):
            raise Unusable("record", value, "not an object")
        _add(sink, row, {key.strip(): cell for key, cell in value.items()})
    except Unusable as problem:
        sink.refuse(row, problem.column, problem.value, problem.reason)


def _add(sink: Sink, row: int, record: Mapping[str, Any]) -> None:
    number, name = cells.text(record, "CompanyNumber"), cells.text(record, "CompanyName")
    company = None if number is None else own_number(number)
    if company is None:
        raise Unusable("CompanyNumber", number, "no company number")
    if name is None:
        raise Unusable("CompanyName", None, "a company without a name")
    cells.british_day(record, "IncorporationDate")
    dissolved = cells.british_day(record, "DissolutionDate")
    category, status = cells.text(record, "CompanyCategory"), cells.text(record, "CompanyStatus")
    ended = dissolved is not None or (status is not None and meanings.folded(status) in meanings.texts("ended"))
    former = [
        (place, text)
        for place in range(1, FORMER_NAMES + 1)
        if (text := cells.text(record, f"PreviousName_{place}.CompanyName"))
    ]
    id_, source = f"{SCHEME}:{company}", f"psc/companies/{company}"
    sink.add(
        "entities",
        row,
        id=id_,
        name=name,
        kind=meanings.kinds("category").get(category or "", "LegalEntity"),
        registered_country=_country(sink, row, cells.text(record, "RegAddress.Country")),
        registered_city=cells.text(record, "RegAddress.PostTown"),
        jurisdiction=_country(sink, row, cells.text(record, "CountryOfOrigin")),
        registration_number=company,
        legal_form=category,
        entity_status=status,
        standing="Ended" if ended else "Current",
        record=source,
    )
    for place, text in former:
        sink.add("names", row, id=id_, name=text, name_kind="PREVIOUS_NAME", record=f"{source}/name/{place}")


def _country(sink: Sink, row: int, text: str | None) -> str | None:
    if text is None or meanings.folded(text) in meanings.texts("no-answer"):
        return None
    code = country_of(text)
    if code is None:
        sink.warn(NO_COUNTRY, row, text)
    return code
