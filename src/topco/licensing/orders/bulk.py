"""Very many orders: what rules see is coded in columns, each distinct key is determined once, and joined back.

1. Cells are read once for each distinct one (`columns`), parties once for each distinct party and day
   (`party_columns`).
2. Codes of what rules see (`coded_law`) make the key of every row. One row of each key is made into facts and weighed
   as a single case is; keys that come to the same facts are weighed once (`keyed`).
3. The codes are joined back by key, the words by template (`spoken`), identifiers by lines of columns (`identifiers`).
4. What is not plain is answered row by row (`screening`): refused cells, parties by name, amounts in units, validated
   end users, and all that hangs on what the ledger or the screening lists of the store hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco.licensing.cases.case import Case
from topco.licensing.cases.named_parties import is_identifier
from topco.licensing.cases.places import DESTINATION as TO
from topco.licensing.orders.answer_columns import COLUMNS, FLAG_COLUMN, NOT_MODELLED, REFUSED
from topco.licensing.orders.columns import ACTIVITY, DESTINATION, PARTIES, OrderColumns, coded_columns
from topco.licensing.orders.frames import Frames, frames_of
from topco.licensing.orders.identifiers import Identifiers
from topco.licensing.orders.keyed import Answer, Keyed
from topco.licensing.orders.party_columns import InBulk, PartyColumns, party_columns
from topco.licensing.orders.rows import ROLES, Refusal, order_row
from topco.licensing.orders.screening import Screening
from topco.licensing.orders.spoken import WORDS
from topco.ownership.over_dates import BETWEEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topco.licensing.determine import Determiner
    from topco.licensing.orders.files import OrderTable


@dataclass
class BulkScreening:
    """Screens a table of orders with one determiner; counts what it answered and how many keys it met.

    `in_bulk` resolves parties on days of their own in columns; without it they are resolved day by day. `by_row`
    answers what is not plain, with the columns `more` beside. Without `identified` no identifiers are made.
    """

    table: OrderTable
    targets: Mapping[str, tuple[str, str]]
    by_row: Screening
    where: str
    in_bulk: InBulk | None = None
    identified: bool = True
    say: Callable[[str, int, int | None], None] = lambda *_: None
    more: tuple[str, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def determiner(self) -> Determiner:
        return self.by_row.determiner

    @property
    def output_columns(self) -> list[str]:
        """The columns of the output, in their order."""
        return [*self.table.columns, *COLUMNS, *self.more]

    @property
    def distinct_keys(self) -> int:
        return len(self.keyed.answers) + self.by_row.distinct_keys

    @property
    def distinct_findings(self) -> int:
        """How many distinct sets of findings there were: many keys come to the same."""
        return self.keyed.patterns + self.by_row.distinct_keys

    @cached_property
    def columns(self) -> OrderColumns:
        self.say("reading columns", 0, None)
        columns = coded_columns(self.table, self.targets)
        columns.plain &= ~self._row_by_row(columns)
        return columns

    @cached_property
    def frames(self) -> Frames:
        return frames_of(self.columns, self.determiner)

    @cached_property
    def parties(self) -> dict[str, PartyColumns]:
        self.say("resolving parties", 0, None)
        return party_columns(
            self.columns.entities, self.frames.as_of, self.columns.plain, self.in_bulk, self.determiner.resolve_on
        )

    @cached_property
    def keyed(self) -> Keyed:
        self.columns.plain &= ~self._stated_and_alike()
        keyed = Keyed(self.columns, self.frames, self.parties, self._alike, self.determiner, self.where, self.say)
        keyed.determine(self.columns.plain)
        return keyed

    def _row_by_row(self, columns: OrderColumns) -> NDArray[np.bool_]:
        """The rows that are not answered by columns, beside those of which a cell cannot be."""
        today = self.determiner.frame(Case()).rules_as_of
        activities = self.determiner.law.slice_on(today).activities
        told = np.array([one is not None and not activities[one].is_question for one in columns.alone[ACTIVITY].values])
        found = told[columns.alone[ACTIVITY].code]
        found = found | self._touched_by_lists(columns)
        for section in PARTIES:
            stated, entity = columns.sections[section], columns.entities[section]
            named = np.array([one is not None and not is_identifier(one) for one in entity.values], np.bool_)
            found = found | named[entity.code]
            if self.by_row.named:
                by_name = np.array([*(bool(one and one.name) for one in stated.values), False], np.bool_)
                found = found | (by_name[stated.code] & (entity.code == 0))
        ledger = self.determiner.ledger
        if ledger is not None:
            ledger.used.look()
            if ledger.used.number:
                found = np.ones(len(found), np.bool_)
        return found

    def _touched_by_lists(self, columns: OrderColumns) -> NDArray[np.bool_]:
        """The rows with a party that has a name of its own, or about which the screening lists may say something."""
        found = np.zeros(len(self.table.cells), np.bool_)
        if not self.determiner.flags:
            return found
        given = {one for section in PARTIES for one in columns.entities[section].values if one is not None}
        self.say("looking names up in screening lists", 0, None)
        free = self.determiner.flags.untouched(one for one in given if is_identifier(one))
        for section in PARTIES:
            stated, entity = columns.sections[section], columns.entities[section]
            named = np.array([*(bool(one and one.name) for one in stated.values), False], np.bool_)
            touched = np.array([one is not None and one not in free for one in entity.values], np.bool_)
            found |= named[stated.code] | touched[entity.code]
        return found

    @cached_property
    def _names(self) -> dict[str, pl.Series]:
        """The name of every row's parties, as sentences say it."""
        found = {}
        for section in PARTIES:
            stated = self.columns.sections[section]
            own = pl.Series([*(one.name if one else None for one in stated.values), None], dtype=pl.String)
            given = own.gather(np.where(stated.code < 0, stated.width, stated.code))
            frame = pl.DataFrame({"given": given, "known": self.parties[section].text("name")})
            found[section] = frame.select(
                pl.coalesce("given", "known", pl.lit(f"the {ROLES[section].replace('_', ' ')}"))
            ).to_series()
        return found

    @cached_property
    def _labels(self) -> dict[str, pl.Series]:
        """How sentences call the places of every row, by word."""
        columns, law = self.columns, self.frames.law_of_rows
        to = columns.alone[DESTINATION]
        found = {"destination": self._called(law, to.code, to.values)}
        for number, section in enumerate(PARTIES):
            found[f"located{number}"] = found["destination"]
            party = self.parties[section]
            kinds = party.kinds
            own = [one.headquarters[0] if len(one.headquarters) == 1 else None for one in kinds]
            tops = [one.parent_headquarters(self.determiner.options.open_top) for one in kinds]
            above = [one[0] if len(one) == 1 else None for one in tops]
            found[f"hq{number}"] = self._called(law, party.kind, [*own, None])
            found[f"parent_hq{number}"] = self._called(law, party.kind, [*above, None])
        return found

    def _called(self, law: NDArray[np.int64], code: NDArray[np.int64], values: list[str | None]) -> pl.Series:
        """The label of each row's country under its law."""
        labels = []
        for one in self.frames.laws:
            for value in values:
                known = one is not None and value is not None and value in one.prepared.engine.slice.countries
                readings = one.places.readings(TO, value, "") if one is not None and value and known else ()
                labels.append(readings[0].label if readings else "")
        at = law * len(values) + np.where(code < 0, len(values) - 1, code)
        return pl.Series(labels, dtype=pl.String).gather(at)

    @cached_property
    def _alike(self) -> NDArray[np.int64]:
        """In which words the two parties of a row are alike, as bits; none where their names differ."""
        first, second = PARTIES
        both = (self.columns.sections[first].code >= 0) & (self.columns.sections[second].code >= 0)
        same = both & (self._names[first] == self._names[second]).fill_null(False).to_numpy()
        bits = np.zeros(len(same), np.int64)
        rows = np.flatnonzero(same)
        if not len(rows):
            return bits
        at = pl.Series(rows)
        bits[rows] = 1 | 2
        pairs = [(self._labels[f"{word}0"], self._labels[f"{word}1"]) for word in ("hq", "parent_hq")]
        pairs.append((self.parties[first].text("parents_said"), self.parties[second].text("parents_said")))
        for place, (one, other) in enumerate(pairs, 2):
            alike = (one.gather(at).fill_null("") == other.gather(at).fill_null("")).to_numpy()
            bits[rows] |= alike.astype(np.int64) << place
        return bits

    def _stated_and_alike(self) -> NDArray[np.bool_]:
        """The rows whose parties have one name and facts of their own: their sentences are made one by one."""
        found = np.zeros(len(self._alike), np.bool_)
        for section in PARTIES:
            stated = self.columns.sections[section]
            facts = [
                one is not None and (one.located_in or one.hq_in or one.ultimate_parent_hq_in) is not None
                for one in stated.values
            ]
            found |= np.array([*facts, False], np.bool_)[stated.code]
        return found & (self._alike > 0)

    @cached_property
    def _identifiers(self) -> Identifiers:
        return Identifiers(self.columns, self.frames)

    def rows(self, start: int, stop: int) -> pl.DataFrame:
        """Some rows with the columns of the answer, every cell a text; null where a row has none."""
        keyed, plain = self.keyed, self.columns.plain[start:stop]
        answer = keyed.answer[start:stop]
        at = pl.Series(np.maximum(answer, 0))
        answers = keyed.answers or [Answer("")]
        texts = {
            name: pl.Series([getattr(one, name) for one in answers], dtype=pl.String).gather(at)
            for name in ("status", "licence_required", "exceptions", "review_policy")
        }
        recorded = keyed.recorded[start:stop]
        policies = pl.Series([*keyed.recorded_policy, None], dtype=pl.String)
        as_recorded = policies.gather(np.where(recorded < 0, len(policies) - 1, recorded))
        as_recorded = as_recorded.fill_null(texts["review_policy"])
        not_weighed = np.array([one.status in (NOT_MODELLED, REFUSED) for one in answers], np.bool_)[answer]
        refused = np.array([one.status == REFUSED for one in answers], np.bool_)[answer]
        template = np.array([one.template for one in answers], np.int64)[answer]
        frame = pl.DataFrame(texts).with_columns(
            review_policy_as_recorded=as_recorded.zip_with(~pl.Series(not_weighed), texts["review_policy"]),
            reason=keyed.templates.filled(template, self._words(start, stop)),
        )
        for number, section in enumerate(PARTIES):
            cells = self._party_cells(number, start, stop)
            shown = pl.Series(not_weighed)
            frame = frame.with_columns(
                cell.zip_with(~shown, pl.Series([None], dtype=pl.String)).alias(f"{section}_{name}")
                for name, cell in cells.items()
            )
        ids = self._identifiers.of(start, stop) if self.identified else pl.repeat("", stop - start, eager=True)
        frame = frame.with_columns(determination_id=ids)
        frame = self._with_others(frame, plain & ~refused, start)
        for status, count in frame.group_by("status").len().iter_rows():
            self.counts[status] += count
        for policy, count in frame.filter(pl.col("status") == "answered").group_by("review_policy").len().iter_rows():
            self.counts[f"review_policy={policy}"] += count
        return self.table.cells.slice(start, stop - start).hstack(frame)

    def _words(self, start: int, stop: int) -> dict[str, pl.Series]:
        days = pl.Series([one.rules_as_of.isoformat() for one in self.frames.frames], dtype=pl.String)
        found = {"day": days.gather(self.frames.of[start:stop])}
        found |= {word: text.slice(start, stop - start) for word, text in self._labels.items()}
        for number, section in enumerate(PARTIES):
            found[f"name{number}"] = self._names[section].slice(start, stop - start)
            said = self.parties[section].text("parents_said")
            found[f"parents{number}"] = said.slice(start, stop - start)
        assert set(found) == set(WORDS)
        return found

    def _party_cells(self, number: int, start: int, stop: int) -> dict[str, pl.Series]:
        """Status, ultimate parents and their headquarters of one of the parties."""
        section = PARTIES[number]
        stated, party = self.columns.sections[section], self.parties[section]
        code, rows = stated.code[start:stop], slice(start, stop)
        present = pl.Series(code >= 0)
        nothing = pl.Series([None], dtype=pl.String)
        status = party.text("status").slice(start, stop - start).fill_null("stated")
        told = [";".join(sorted(one.ultimate_parent_hq_in or ())) if one else "" for one in stated.values]
        known = [";".join(sorted(c for c in one.ultimate_parent_headquarters if c)) for one in party.kinds]
        from_store = pl.Series([*known, ""], dtype=pl.String).gather(
            np.where(party.kind[rows] < 0, len(known), party.kind[rows])
        )
        said = pl.Series([*told, ""], dtype=pl.String).gather(np.where(code < 0, len(told), code))
        parents = party.text("parent_ids").slice(start, stop - start).fill_null("")
        return {
            "status": status.zip_with(present, nothing),
            "ultimate_parent": _joined(parents).zip_with(present, nothing),
            "ultimate_parent_hq": said.zip_with(said != "", from_store).zip_with(present, nothing),
        }

    def _with_others(self, frame: pl.DataFrame, plain: NDArray[np.bool_], start: int) -> pl.DataFrame:
        """The answers with those of the rows that are answered one by one."""
        # Where lists were asked and say nothing, that is said; of a name nobody asked about nothing is.
        nothing = {FLAG_COLUMN: ""}
        frame = frame.with_columns(pl.lit(nothing.get(name), dtype=pl.String).alias(name) for name in self.more)
        names = (*COLUMNS, *self.more)
        places = np.flatnonzero(~plain).tolist()
        if not places:
            return frame
        rows = self.by_row.prepared([self.columns.row(start + place) for place in places])
        before = len(self.by_row.refusals)
        answers = [{name: _cell(one.get(name)) for name in names} for one in self.by_row.screen(rows, self.where)]
        self.refusals += self.by_row.refusals[before:]
        return frame.with_columns(
            frame[name].scatter(places, pl.Series([one[name] for one in answers], dtype=pl.String)) for name in names
        )


def _joined(parents: pl.Series) -> pl.Series:
    """Identifiers as a cell shows them."""
    several = parents.str.contains(BETWEEN, literal=True)
    if not several.any():
        return parents
    places = np.flatnonzero(several.to_numpy()).tolist()
    return parents.scatter(places, [";".join(sorted(parents[place].split(BETWEEN))) for place in places])


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return ";".join(sorted(map(str, value)))


def cases_by_name(table: OrderTable, targets: Mapping[str, tuple[str, str]]) -> Iterator[Case]:
    """The cases of rows in which some party is given by a name, for looking names up."""
    by_name = np.zeros(len(table.cells), np.bool_)
    for column, (section, key) in targets.items():
        cells = table.cells[column].str.strip_chars()
        if section in ROLES and key == "name":
            by_name |= (cells != "").to_numpy()
        elif section in ROLES and key == "entity":
            names = [text for text in cells.unique() if text and not is_identifier(text)]
            if names:
                by_name |= cells.is_in(names).to_numpy()
    for place in np.flatnonzero(by_name).tolist():
        cells_of = dict(zip(table.columns, table.cells.row(place), strict=True))
        row = order_row(place, cells_of, targets, table.broken.get(place))
        if row.case is not None:
            yield row.case
