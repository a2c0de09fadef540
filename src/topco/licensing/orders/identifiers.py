"""The identifiers of determinations over columns: the lines of each column, joined row by row and hashed.

The same as `topco.licensing.answers.identifier` makes of one case: that module says what a line is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco.licensing.answers.identifier import frame_hash, lines, rules_digest
from topco.licensing.orders.columns import ACTIVITY, DATE, DESTINATION, PARTIES, READING, OrderColumns

if TYPE_CHECKING:
    from topco.licensing.orders.columns import Coded
    from topco.licensing.orders.frames import Frames

Hasher = Callable[[bytes], Any]


@dataclass(frozen=True)
class Identifiers:
    """The identifiers of the plain rows of a table."""

    columns: OrderColumns
    frames: Frames

    def of(self, start: int, stop: int) -> pl.Series:
        """The identifiers of some rows, in their order."""
        text = pl.DataFrame([one.alias(str(n)) for n, one in enumerate(self._parts(start, stop))])
        joined = text.select(pl.concat_str(pl.all()).cast(pl.Binary)).to_series().to_list()
        sha256 = hashlib.sha256
        return pl.Series([f"det:{sha256(one).hexdigest()[:16]}" for one in joined], dtype=pl.String)

    def _parts(self, start: int, stop: int) -> list[pl.Series]:
        """The lines in the order of the alphabet: conditions, id, item, parties, reading, tallies, transaction."""
        columns, rows = self.columns, slice(start, stop)
        deal = columns.sections["transaction"].code[rows]
        return [
            self._frame_lines.gather(self.frames.of[rows]),
            self._of_section("conditions").gather(columns.sections["conditions"].code[rows]),
            _free_text("id", columns.order.slice(start, stop - start)),
            self._of_section("item").gather(columns.sections["item"].code[rows]),
            *(part for n in range(len(PARTIES)) for part in self._party(n, start, stop)),
            _of_values("reading", columns.alone[READING]).gather(columns.alone[READING].code[rows]),
            self._of_section("tallies").gather(columns.sections["tallies"].code[rows]),
            _of_values("transaction.activity", columns.alone[ACTIVITY]).gather(columns.alone[ACTIVITY].code[rows]),
            _of_values("transaction.date", columns.alone[DATE]).gather(columns.alone[DATE].code[rows]),
            _of_values("transaction.destination", columns.alone[DESTINATION]).gather(
                columns.alone[DESTINATION].code[rows]
            ),
            self._before_quantity.gather(deal),
            _free_text("transaction.quantity_tpp", columns.quantity.slice(start, stop - start).fill_null("")),
            self._after_quantity.gather(deal),
        ]

    @cached_property
    def _frame_lines(self) -> pl.Series:
        rules = rules_digest()
        return pl.Series(
            [
                frame_hash(
                    one.reading,
                    one.as_of,
                    one.known_as_of,
                    one.rules_as_of,
                    one.open_top,
                    [load["load"] for load in one.loads],
                    rules,
                    one.test,
                )
                + "\n"
                for one in self.frames.frames
            ],
            dtype=pl.String,
        )

    @cached_property
    def _sections(self) -> dict[str, pl.Series]:
        return {}

    def _of_section(self, name: str) -> pl.Series:
        if name not in self._sections:
            self._sections[name] = _section_lines(name, self.columns.sections[name].values)
        return self._sections[name]

    @cached_property
    def _before_quantity(self) -> pl.Series:
        return self._deal(lambda key: key < "quantity_tpp")

    @cached_property
    def _after_quantity(self) -> pl.Series:
        return self._deal(lambda key: key > "quantity_tpp")

    def _deal(self, chosen: Callable[[str], bool]) -> pl.Series:
        stated = [_dumped(one) for one in self.columns.sections["transaction"].values]
        parts = ({key: value for key, value in one.items() if chosen(key)} for one in stated)
        return pl.Series(["".join(lines("transaction", one)) for one in parts], dtype=pl.String)

    def _party(self, number: int, start: int, stop: int) -> list[pl.Series]:
        """The lines of the consignee (0) or the end user (1): what is stated beside it, `entity` in its place.

        The end user is the second party, or the only one.
        """
        section = PARTIES[number]
        stated, entity = self.columns.sections[section], self.columns.entities[section]
        code, who = stated.code[start:stop], entity.code[start:stop]
        first = np.zeros(stop - start, np.int64)
        if number:
            first = (self.columns.sections[PARTIES[0]].code[start:stop] >= 0).astype(np.int64)
        at = code + 1 + first * (stated.width + 1)
        before, after = self._around_entity[section]
        text = pl.Series(entity.values, dtype=pl.String).gather(who).fill_null("")
        place = pl.Series(["0", "1"]).gather(first)
        named = pl.DataFrame({"place": place, "text": _escaped(text)}).select(
            pl.when(pl.col("text") == "")
            .then(pl.lit(""))
            .otherwise(pl.format("parties.{}.entity={}\n", "place", "text"))
        )
        return [before.gather(at), named.to_series(), after.gather(at)]

    @cached_property
    def _around_entity(self) -> dict[str, tuple[pl.Series, pl.Series]]:
        found = {}
        for section in PARTIES:
            stated = [_dumped(one) for one in self.columns.sections[section].values]
            halves: tuple[list[str], list[str]] = ([], [])
            for place in (0, 1):
                for half, chosen in zip(halves, (str.__lt__, str.__gt__), strict=True):
                    half.append("")
                    half += [
                        "".join(lines(f"parties.{place}", {k: v for k, v in one.items() if chosen(k, "entity")}))
                        for one in stated
                    ]
            found[section] = (pl.Series(halves[0], dtype=pl.String), pl.Series(halves[1], dtype=pl.String))
        return found


def _dumped(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {} if value is None else value.model_dump(mode="json", exclude_none=True)
    return found


def _section_lines(name: str, values: list[Any]) -> pl.Series:
    return pl.Series(["".join(lines(name, _dumped(one))) for one in values], dtype=pl.String)


def _of_values(path: str, coded: Coded) -> pl.Series:
    return pl.Series(["".join(lines(path, one)) for one in coded.values], dtype=pl.String)


def _escaped(text: pl.Series) -> pl.Series:
    return text.str.replace_all("\\", "\\\\", literal=True).str.replace_all("\n", "\\n", literal=True)


def _free_text(path: str, text: pl.Series) -> pl.Series:
    """The lines of a column of texts; an empty one states nothing."""
    said = pl.DataFrame({"text": _escaped(text)})
    empty = pl.col("text") == ""
    return said.select(pl.when(empty).then(pl.lit("")).otherwise(pl.format(path + "={}\n", "text"))).to_series()
