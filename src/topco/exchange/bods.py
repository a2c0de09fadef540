"""Everything exported as BODS 0.4, statement by statement, as an array or as JSON lines.

A load that keeps its statements as published (table `originals`) gives these back, made valid; of every other load the
statements are made from its rows. Entities and persons come before the relationships that refer to them.
"""

from __future__ import annotations

import json
import re
from typing import IO, TYPE_CHECKING

import polars as pl

from topco.exchange.bods_statements import StatementWriter
from topco.exchange.bods_upgrade import References, first_of_chains, is_bods, valid
from topco.exchange.parties import parties, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from topco.exchange.selection import Selection
    from topco.store.manifest import Load

# Tables of which BODS keeps nothing.
LOST = ("judgements", "listings")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def write_bods(
    selection: Selection, stream: IO[str], published: date, report: Callable[[int], None], *, lines: bool = False
) -> int:
    """Write all statements of a selection, and give their number.

    Args:
        selection: what to export.
        stream: where the text goes.
        published: the day of the export.
        report: told now and then how many statements are written.
        lines: a statement on each line, instead of one array.
    """
    count = 0
    for count, text in enumerate(statements(selection, published), start=1):
        stream.write("" if lines else "[\n" if count == 1 else ",\n")
        stream.write(text)
        stream.write("\n" if lines else "")
        report(count)
    if not lines:
        stream.write("\n]\n" if count else "[]\n")
    return count


def statements(selection: Selection, published: date) -> Iterator[str]:
    """The statements of a selection as JSON texts of one line."""
    kept = [load for load in selection.loads if _keeps_statements(selection, load)]
    for load in kept:
        yield from _published(selection.of([load]), load)
    others = selection.of(load for load in selection.loads if load not in kept)
    if not others.loads:
        return
    writer = StatementWriter({load.id: load for load in others.loads}, published)
    for party in parties(others):
        for statement in writer.party(party):
            yield _text(statement)
    for table, make in (
        ("relationships", writer.tie),
        ("holdings", writer.holding),
        ("absences", writer.absence),
    ):
        for row in rows_of(others.table(table)):
            yield _text(make(row))


def _text(statement: object) -> str:
    text = json.dumps(statement, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair may stand in JSON as an escape, and nowhere else.
    return json.dumps(statement, separators=(",", ":")) if _HALF_PAIR.search(text) else text


def _keeps_statements(selection: Selection, load: Load) -> bool:
    """Whether a load has the texts of its records, and these are BODS statements."""
    if not load.tables.get("originals"):
        return False
    first = selection.store.table("originals", ["text"], loads=[load]).head(1).collect()
    if not len(first):
        return False
    try:
        return is_bods(json.loads(first["text"][0]))
    except json.JSONDecodeError:
        return False


def _published(selection: Selection, load: Load) -> Iterator[str]:
    references = _references(selection, load)
    for row in rows_of(selection.originals().select("text")):
        statement = json.loads(row["text"])
        found = valid(statement, references, load.vintage, load.publisher)
        # An unchanged statement keeps its text to the letter, unless that runs over several lines.
        yield row["text"] if found == statement and "\n" not in row["text"].strip() else _text(found)


def _references(selection: Selection, load: Load) -> References:
    """What the references between the statements of a load mean; only the statements that matter for it are parsed."""
    rows = selection.store.table("originals", ["text"], loads=[load])
    text = pl.col("text")
    replacing = rows.filter(text.str.contains("replacesStatements", literal=True))
    replaces: dict[str, list[str]] = {}
    for row in rows_of(replacing):
        statement = json.loads(row["text"])
        if "statementID" in statement and statement.get("replacesStatements"):
            replaces[statement["statementID"]] = [str(one) for one in statement["replacesStatements"]]
    pointing = rows.filter(text.str.contains('"describedBy', literal=True) & text.str.contains('"statementId"'))
    pointed = {
        target
        for row in rows_of(pointing)
        for side in ("subject", "interestedParty")
        for target in _targets(json.loads(row["text"]), side)
    }
    records = {}
    if pointed:
        identified = rows.select(
            statement=text.str.json_path_match("$.statementId"), record=text.str.json_path_match("$.recordId")
        ).filter(pl.col("statement").is_in(sorted(pointed)))
        records = {row["statement"]: row["record"] for row in rows_of(identified) if row["record"] is not None}
    return References(first_of_chains(replaces), records)


def _targets(statement: dict[str, object], side: str) -> list[str]:
    details = statement.get("recordDetails")
    named = details.get(side) if isinstance(details, dict) else None
    if not isinstance(named, dict):
        return []
    return [value for name, value in named.items() if name.startswith("describedBy") and isinstance(value, str)]
