"""The dates and rules of every row: days and readings are few, and so are the laws behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from topco.errors import NotModelled
from topco.items.law import item_law
from topco.licensing.answers.determination import Frame
from topco.licensing.cases.case import Case, Transaction
from topco.licensing.orders.coded_law import CodedLaw, Numbers, day_number
from topco.licensing.orders.columns import DATE, READING, OrderColumns, factorised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topco.licensing.determine import Determiner


@dataclass(frozen=True)
class Frames:
    """The distinct frames of some rows.

    `of` is the place of every row's frame in `frames`, `law` that of every frame's law in `laws`, and `same` the number
    of every law, equal for laws that are one to what is coded. A law that is None has no rules, and `refused` says so
    for every frame. `as_of` is the day of every row's facts, as the number of days.
    """

    frames: list[Frame]
    of: NDArray[np.int64]
    laws: list[CodedLaw | None]
    law: NDArray[np.int64]
    same: NDArray[np.int64]
    as_of: NDArray[np.int64]
    refused: dict[int, NotModelled]

    @property
    def law_of_rows(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self.law[self.of]
        return found


def frames_of(columns: OrderColumns, determiner: Determiner) -> Frames:
    """The frames of all rows."""
    days, readings = columns.alone[DATE], columns.alone[READING]
    code, first = factorised(days.code, readings.code)
    frames: list[Frame] = []
    laws: list[CodedLaw | None] = []
    law_of: list[int] = []
    numbers: dict[object, int] = {}
    refused: dict[int, NotModelled] = {}
    codes, identities = Numbers(), Numbers()
    for place, row in enumerate(first.tolist()):
        stated: date | None = days.values[days.code[row]]
        case = Case(reading=readings.values[readings.code[row]], transaction=Transaction(date=stated))
        frame = determiner.frame(case)
        frames.append(frame)
        try:
            prepared = determiner.prepare(case, frame)
            key: object = (determiner.law.epoch(frame.rules_as_of), frame.reading)
        except NotModelled as error:
            refused[place] = error
            key = place
        if key not in numbers:
            numbers[key] = len(laws)
            items = item_law(determiner.law, frame.rules_as_of, frame.reading)
            laws.append(None if place in refused else CodedLaw(prepared, items, frame.open_top, codes))
        law_of.append(numbers[key])
    law = np.array(law_of, np.int64)
    same = [identities.of(number if one is None else one.identity) for number, one in enumerate(laws)]
    as_of = np.array([day_number(frame.as_of) for frame in frames], np.int64)
    return Frames(frames, code, laws, law, np.array(same, np.int64), as_of[code] if len(frames) else as_of, refused)
