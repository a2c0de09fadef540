"""What persons decide about two identifiers, and pairs that names proposed: dated, signed, reversible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.errors import BadInput
from topco.store.entries import enter, entries
from topco.store.schema import JUDGEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from topco.store.manifest import Load
    from topco.store.store import Store

JUDGED, PROPOSED = "judgements", "proposals"
VERDICTS = {"same": "Same", "different": "Different", "unsure": "Unsure"}
_WORDS = {concept: word for word, concept in VERDICTS.items()} | {"Proposed": "proposed"}


@dataclass(frozen=True)
class Judgement:
    """A verdict as it is entered: `same`, `different` or `unsure`."""

    first: str
    second: str
    verdict: str
    author: str
    reason: str | None = None


def judge(store: Store, judgements: Iterable[Judgement]) -> Load:
    """Enter verdicts; later ones about the same pair go before earlier ones, which stay on record.

    Raises:
        BadInput: a pair is one identifier twice, a verdict is unknown or nobody signs it.
        StoreBusy: another process is writing to the store.
    """
    given = list(judgements)
    for one in given:
        if one.verdict not in VERDICTS:
            raise BadInput(f"There is no verdict {one.verdict!r}.", remedy=f"Give one of {', '.join(VERDICTS)}.")
        if one.first == one.second:
            raise BadInput(f"{one.first} stands on both sides.", remedy="Name two identifiers.")
        if not one.author.strip():
            raise BadInput("Nobody signs the judgement.", remedy="Give --author NAME, or set $TOPCO_AUTHOR.")

    def change(before: pl.DataFrame, moment: datetime) -> pl.DataFrame:
        rows = [
            {
                "first": one.first,
                "second": one.second,
                "verdict": VERDICTS[one.verdict],
                "author": one.author.strip(),
                "judged_at": moment,
                "reason": one.reason,
                "record": f"{JUDGED}/{len(before) + number}",
                "file": f"entries of {JUDGED}",
                "row": len(before) + number,
            }
            for number, one in enumerate(given, start=1)
        ]
        return pl.concat([before, _frame(rows)])

    return enter(store, JUDGED, JUDGED, "judgements", change)


def propose(store: Store, rows: Iterable[dict[str, Any]]) -> Load:
    """Keep pairs that names propose (`first`, `second`, `score`, `reason`) in the place of earlier ones.

    They decide nothing: a resolution that one of them could change names it.
    """
    given = list(rows)

    def change(before: pl.DataFrame, moment: datetime) -> pl.DataFrame:
        return _frame(
            [
                {
                    **{name: row[name] for name in ("first", "second", "score", "reason")},
                    "verdict": "Proposed",
                    "author": "topco match",
                    "judged_at": moment,
                    "record": f"{PROPOSED}/{moment.date()}/{number}",
                    "file": f"entries of {PROPOSED}",
                    "row": number,
                }
                for number, row in enumerate(given, start=1)
            ]
        )

    return enter(store, PROPOSED, PROPOSED, "judgements", change)


def judged(store: Store) -> list[dict[str, Any]]:
    """All verdicts that were entered, the latest first, with the word of each."""
    rows = entries(store, JUDGED, "judgements").sort("judged_at", "row", descending=True)
    return [
        {**row, "verdict": _WORDS[row["verdict"]], "judged_at": row["judged_at"].isoformat(timespec="seconds")}
        for row in rows.iter_rows(named=True)
    ]


def proposed(store: Store) -> list[dict[str, Any]]:
    """The pairs that names propose and nobody has judged, the best score first."""
    decided = {frozenset((row["first"], row["second"])) for row in judged(store)}
    rows = entries(store, PROPOSED, "judgements").sort("score", "row", descending=[True, False])
    return [row for row in rows.iter_rows(named=True) if frozenset((row["first"], row["second"])) not in decided]


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in JUDGEMENTS} for row in rows], schema=JUDGEMENTS)
