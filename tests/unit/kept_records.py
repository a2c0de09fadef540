"""Records for the tests: a clock that stands still, determinations of plain cases, a screening run with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from licensing_cases import TODAY, case, party
from topco.licensing.cases.case import Case
from topco.licensing.determine import Determiner, Options
from topco.records.book import RecordBook
from topco.records.content import kept_determinations
from topco.records.record import Kept
from topco.records.screening import ScreenedRow, ScreeningRun, kept_screening, screened_row
from topco.records.setting import Asked, FileRead, Setting

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOADS = (
    {
        "load": "gleif-lei2-2025-03-02",
        "digest": "0" * 64,
        "publisher": "GLEIF",
        "file_kind": "lei2",
        "vintage": "2025-03-02",
        "loaded_at": "2025-03-02T12:00:00+00:00",
    },
)
FILE = FileRead.of_bytes("cases.json", b"[]")


def book(folder: Path, moment: datetime = NOW) -> RecordBook:
    return RecordBook(folder, clock=lambda: moment)


def setting() -> Setting:
    from topco.licensing.answers.identifier import rules_digest

    return Setting(Asked(), LOADS, rules_digest(), "0" * 16)


def cases() -> list[Case]:
    """A denial, an approval, one that is open."""
    return [
        case("DE", party("DE", "DE", "CN", name="Alpha GmbH"), id="denial"),
        case("DE", party("DE", "DE", "DE", name="Beta GmbH", entity=None), id="approval"),
        case("DE", party("DE", "DE", None, name="Gamma GmbH"), id="open"),
    ]


def determinations(
    asked: Sequence[Case] | None = None, author: str = "ann", note: str | None = "first look"
) -> list[Kept]:
    """The determinations of some cases, as `topco determine --record` keeps them."""
    given = cases() if asked is None else list(asked)
    determiner = Determiner(Options(), None, [], TODAY)
    answers = determiner.determine(given)
    places = [(one, one, f"cases.json, case {number}") for number, one in enumerate(given, 1)]
    return list(kept_determinations(answers, places, determiner, setting(), author=author, note=note, file=FILE))


def rows(asked: Sequence[Case] | None = None) -> list[ScreenedRow]:
    """Rows as a screening run answers them."""
    from topco.licensing.answers.determination import determination_id

    determiner = Determiner(Options(), None, [], TODAY)
    found = []
    for number, one in enumerate(cases() if asked is None else asked, 2):
        frame = determiner.frame(one)
        outcome = determiner.weigh(determiner.prepare(one, frame), "rows")
        found.append(screened_row(one, frame, outcome, determination_id(one, frame), number))
    return found


def run() -> ScreeningRun:
    return ScreeningRun(
        setting(),
        FileRead.of_bytes("orders.csv", b"order_id\n1\n"),
        [FileRead.of_bytes("answers.csv", b"order_id,status\n1,answered\n")],
        {"open_top": "strict", "reserve": None},
        {"answered": 2, "undetermined": 1},
    )


def screening(author: str = "bob", note: str | None = None) -> list[Kept]:
    """A screening run with its rows."""
    return list(kept_screening(run(), rows(), author=author, note=note))


def filled(folder: Path) -> RecordBook:
    """Three determinations, a screening run with three rows, and the first determination once more, a day later."""
    kept = determinations()
    book(folder).append([*kept, *screening()])
    book(folder, NOW.replace(day=25)).append([Kept(kept[0].kind, kept[0].content, "bob", kept[0].determination)])
    return book(folder)
