"""The keys of orders, and what they come to: one row of each key is weighed as a case, for all rows of that key."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from topco.errors import BadInput, NotModelled
from topco.items.law import item_law
from topco.licensing.answers.verdict import main_sentence
from topco.licensing.cases.case_facts import FactBuilder
from topco.licensing.cases.recipients import KNOWN_STATUSES, unknown_recipient
from topco.licensing.orders.answer_columns import NOT_IN_STORE, NOT_MODELLED, REFUSED
from topco.licensing.orders.beside import weighable_beside
from topco.licensing.orders.coded_law import CodedLaw
from topco.licensing.orders.columns import ACTIVITY, DESTINATION, PARTIES, OrderColumns, factorised
from topco.licensing.orders.spoken import Marks, Templates, mark
from topco.licensing.weighing.combination import UNDETERMINED
from topco.licensing.weighing.outcome import NO
from topco.licensing.weighing.remembering import Memory, RememberingEngine, weigh_remembering
from topco.licensing.weighing.worlds import open_facts, worlds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topco.licensing.cases.facts import Facts
    from topco.licensing.cases.recipients import Recipient
    from topco.licensing.determine import Determiner, Prepared
    from topco.licensing.orders.frames import Frames
    from topco.licensing.orders.party_columns import PartyColumns
    from topco.licensing.orders.rows import OrderRow
    from topco.licensing.weighing.outcome import Outcome

_SAME = ("located", "hq", "parent_hq", "parents")


@dataclass(frozen=True)
class Answer:
    """What the rows of a key have in common; `template` is -1 where the reason is not a sentence about the row.

    `problem` is why its rows are refused.
    """

    status: str
    licence_required: str = ""
    exceptions: str = ""
    review_policy: str = ""
    template: int = -1
    problem: BadInput | None = None


@dataclass
class Keyed:
    """The rows of a table by key.

    `alike` says of every row with two parties of one name in which words they are alike, as bits.
    """

    columns: OrderColumns
    frames: Frames
    parties: Mapping[str, PartyColumns]
    alike: NDArray[np.int64]
    determiner: Determiner
    where: str
    say: Callable[[str, int, int | None], None] = lambda *_: None
    templates: Templates = field(default_factory=Templates)
    answers: list[Answer] = field(default_factory=list)
    answer: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    recorded_policy: list[str] = field(default_factory=list)
    recorded: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    _engines: dict[int, RememberingEngine] = field(default_factory=dict)
    _memories: dict[int, Memory] = field(default_factory=dict)

    def determine(self, rows: NDArray[np.bool_]) -> None:
        """Determine these rows."""
        # What is remembered stays: looking through all of it for garbage again and again takes longer than the rules.
        collecting = gc.isenabled()
        gc.disable()
        try:
            self._determine(rows)
        finally:
            if collecting:
                gc.enable()

    def _determine(self, rows: NDArray[np.bool_]) -> None:
        count = len(rows)
        self.answer = np.full(count, -1, np.int64)
        self.recorded = np.full(count, -1, np.int64)
        chosen = np.flatnonzero(rows)
        if not len(chosen):
            return
        told = self._told(chosen)
        left = self._without_licence(chosen, told)
        chosen, told = chosen[left], [part[left] for part in told]
        if not len(chosen):
            return
        key, first = factorised(*told, *self._kinds(chosen, CodedLaw.kind), self.alike[chosen])
        self.answer[chosen] = key + len(self.answers)
        for number, place in enumerate(chosen[first].tolist()):
            self.answers.append(self._answer(place))
            self.say("determining", number + 1, len(first))
        unsure = self._unsure(chosen)
        open_ones = chosen[unsure]
        if len(open_ones):
            parts = [part[unsure] for part in told]
            key, first = factorised(*parts, *self._kinds(open_ones, _kind_as_recorded))
            for number, place in enumerate(open_ones[first].tolist()):
                self.recorded_policy.append(self._policy_as_recorded(place))
                self.say("as recorded", number + 1, len(first))
            self.recorded[open_ones] = key

    def _without_licence(self, chosen: NDArray[np.int64], told: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        """Answer the rows that need no licence whoever the parties are; the places of the others.

        Where neither parties nor sums decide whether a licence is required, and it is not, nothing else is asked. What
        is unknown still counts, for with too much of it a case cannot be weighed.
        """
        law, item = self.frames.law_of_rows[chosen], self.columns.sections["item"]
        given = self.columns.sections["conditions"]
        conditions = np.full(len(chosen), -1, np.int64)
        for number, rows in _by_law(law):
            coded = self.frames.laws[number]
            if coded is None:
                continue
            code, first = factorised(item.code[chosen[rows]])
            for kind, one in enumerate(rows[first].tolist()):
                names = coded.decides_alone(item.values[item.code[chosen[one]]])
                if names is not None:
                    mine = rows[code == kind]
                    sets, place = np.unique(given.code[chosen[mine]], return_inverse=True)
                    table = [coded.given(names, given.values[of]) for of in sets.tolist()]
                    conditions[mine] = np.array(table, np.int64)[place]
        maybe = np.flatnonzero(conditions >= 0)
        settled = np.zeros(len(chosen), np.bool_)
        if len(maybe):
            same, does, places, items, position, _, tallies, *stated = (part[maybe] for part in told)
            kinds = self._kinds(chosen[maybe], CodedLaw.openness)
            unknown = (position < 0).astype(np.int64)
            key, first = factorised(same, does, places, items, unknown, conditions[maybe], tallies, *stated, *kinds)
            found = [self._answer(int(chosen[maybe[one]])) for one in first]
            no = np.array([one.licence_required == NO for one in found], np.bool_)
            settled[maybe] = no[key]
            self.answer[chosen[maybe]] = np.where(no[key], key + len(self.answers), -1)
            self.answers += found
        return np.flatnonzero(~settled)

    def _told(self, chosen: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """The codes of everything but the parties of the store."""
        columns, frames = self.columns, self.frames
        law = frames.law_of_rows[chosen]
        activity = columns.alone[ACTIVITY]
        activities = self.determiner.law.slice_on(frames.frames[0].rules_as_of).activities
        question = np.array([one is not None and activities[one].is_question for one in activity.values], np.bool_)
        home = np.array([one is not None and activities[one].stays_home for one in activity.values], np.bool_)
        by_law = _by_law(law)
        does = activity.code[chosen]
        to, item = columns.alone[DESTINATION], columns.sections["item"]
        tallies = columns.sections["tallies"]
        places, items = np.zeros(len(chosen), np.int64), np.zeros(len(chosen), np.int64)
        amount = columns.amount[chosen]
        position = np.where(amount == -1, -1, 0)
        odd = np.flatnonzero(amount == -2)
        texts = {text: n for n, text in enumerate(columns.quantity.gather(chosen[odd]).unique().to_list())}
        for number, rows in by_law:
            coded = frames.laws[number]
            if coded is None:
                continue
            code, first = factorised(to.code[chosen[rows]], home[does[rows]].astype(np.int64))
            values = []
            for one in rows[first].tolist():
                place = to.values[to.code[chosen[one]]]
                values.append(coded.own_destination(place) if home[does[one]] else coded.destination(place))
            places[rows] = np.array(values, np.int64)[code]
            code, first = factorised(item.code[chosen[rows]], question[does[rows]].astype(np.int64))
            items[rows] = np.array(
                [
                    coded.item(item.values[item.code[chosen[one]]], is_question=bool(question[does[one]]))
                    for one in rows[first].tolist()
                ],
                np.int64,
            )[code]
            code, first = factorised(tallies.code[chosen[rows]], items[rows])
            for kind, one in enumerate(rows[first].tolist()):
                mine = rows[code == kind]
                mine = mine[amount[mine] >= 0]
                used, what = tallies.values[tallies.code[chosen[one]]], item.values[item.code[chosen[one]]]
                position[mine] = coded.standings(used, what, amount[mine])
        for place in odd.tolist():
            position[place] = -2 - texts[columns.quantity[int(chosen[place])]]
        beside = [columns.sections[name].code[chosen] for name in ("conditions", "tallies")]
        stated = [self._stated(chosen, name) for name in ("transaction", *PARTIES)]
        return [frames.same[law], does, places, items, position, *beside, *stated]

    def _stated(self, chosen: NDArray[np.int64], name: str) -> NDArray[np.int64]:
        """The codes of what one section states."""
        section = self.columns.sections[name]
        code = section.code[chosen].copy()
        for number, rows in _by_law(self.frames.law_of_rows[chosen]):
            coded = self.frames.laws[number]
            if coded is not None:
                kinds, place = np.unique(code[rows], return_inverse=True)
                table = [coded.stated(name, one, section.values[one] if one >= 0 else None) for one in kinds.tolist()]
                code[rows] = np.array(table, np.int64)[place]
        return code

    def _kinds(
        self, chosen: NDArray[np.int64], code_of: Callable[[CodedLaw, Recipient], int]
    ) -> list[NDArray[np.int64]]:
        """The codes of the parties of the store."""
        found = []
        law = self.frames.law_of_rows[chosen]
        for section in PARTIES:
            party = self.parties[section]
            kind = party.kind[chosen]
            code = kind.copy()
            for number, rows in _by_law(law):
                coded = self.frames.laws[number]
                if coded is not None:
                    kinds = np.unique(kind[rows])
                    table = np.full(len(party.kinds) + 1, -1, np.int64)
                    for one in kinds[kinds >= 0].tolist():
                        table[one] = code_of(coded, party.kinds[one])
                    code[rows] = table[kind[rows]]
            found.append(code)
        return found

    def _unsure(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The rows with a party of the store whose ultimate parent is not known for certain."""
        found = np.zeros(len(chosen), np.bool_)
        for section in PARTIES:
            party = self.parties[section]
            unsure = np.array([*(one.status not in KNOWN_STATUSES for one in party.kinds), False], np.bool_)
            found |= unsure[party.kind[chosen]]
        return found

    def _recipients(self, place: int, row: OrderRow, marks: Marks | None, *, recorded: bool) -> dict[str, Recipient]:
        assert row.case is not None
        found: dict[str, Recipient] = {}
        for number, section in enumerate(_sections(self.columns, place)):
            party = self.parties[section]
            entity = row.case.parties[number].entity
            if entity is not None and party.kind[place] >= 0:
                one = party.kinds[party.kind[place]]
                if one.status == NOT_IN_STORE_STATUS:
                    one = unknown_recipient(entity, row.case.parties[number].name)
                one = one.as_recorded() if recorded else one
                found[entity] = marks.recipient(number, one) if marks else one
        return found

    def _facts(self, prepared: Prepared, recipients: Mapping[str, Recipient]) -> Facts:
        frame = prepared.frame
        items = item_law(self.determiner.law, frame.rules_as_of, frame.reading)
        builder = FactBuilder(prepared.engine.slice, prepared.ruleset, items, frame.rules_as_of, frame.open_top)
        return builder.build(prepared.case, recipients, self.where)

    def _answer(self, place: int) -> Answer:
        sections = _sections(self.columns, place)
        bits = int(self.alike[place])
        alike = frozenset(word for n, word in enumerate(("name", *_SAME)) if bits >> n & 1)
        marks = Marks({n: PARTIES.index(section) for n, section in enumerate(sections)}, alike)
        row = self.columns.row(place)
        assert row.case is not None
        try:
            prepared = self.determiner.prepare(row.case, self.determiner.frame(row.case))
            recipients = self._recipients(place, row, marks, recorded=False)
            facts = self._facts(prepared, recipients)
            outcome = self._outcome(prepared, facts, place)
            if outcome.opened:
                weighable_beside(self.determiner, prepared, lambda other: self._facts(other, recipients))
        except NotModelled as error:
            return Answer(NOT_MODELLED, "unknown", "", UNDETERMINED, self.templates.of(self._dated(str(error), place)))
        except BadInput as error:
            return Answer(REFUSED, template=self.templates.of(self._dated(str(error), place)), problem=error)
        missing = any(one.status == NOT_IN_STORE_STATUS for one in recipients.values())
        marked = marks.facts(facts)
        opened = open_facts(marked)
        outcome = replace(outcome, facts=marked, opened=opened, worlds=tuple(worlds(marked, opened)))
        reason = NOT_IN_STORE if missing else main_sentence(outcome, prepared.engine.slice, recipients)
        return Answer(
            status=UNDETERMINED if missing or outcome.is_undetermined else "answered",
            licence_required=outcome.licence_required,
            exceptions=";".join(sorted(f"{code}={status}" for code, status in outcome.exceptions.items())),
            review_policy=outcome.review.policy,
            template=self.templates.of(reason),
        )

    def _dated(self, words: str, place: int) -> str:
        """An error in which the day of the law stands as a mark."""
        day = self.frames.frames[int(self.frames.of[place])].rules_as_of
        return words.replace(day.isoformat(), mark("day"))

    def _policy_as_recorded(self, place: int) -> str:
        row = self.columns.row(place)
        assert row.case is not None
        try:
            prepared = self.determiner.prepare(row.case, self.determiner.frame(row.case))
            facts = self._facts(prepared, self._recipients(place, row, None, recorded=True))
            return self._outcome(prepared, facts, place).review.policy
        except (NotModelled, BadInput):
            # The row as it is says so already.
            return UNDETERMINED

    def _outcome(self, prepared: Prepared, facts: Facts, place: int) -> Outcome:
        law = int(self.frames.law[self.frames.of[place]])
        if law not in self._engines:
            memory = self._memories.setdefault(int(self.frames.same[law]), Memory.of(prepared.ruleset))
            self._engines[law] = RememberingEngine(prepared.engine.slice, prepared.ruleset, memory)
        return weigh_remembering(facts, self._engines[law])

    @property
    def patterns(self) -> int:
        """How many distinct sets of findings keys came to."""
        return sum(len(one.outcomes) for one in self._memories.values())


NOT_IN_STORE_STATUS = unknown_recipient("", None).status


def _kind_as_recorded(coded: CodedLaw, one: Recipient) -> int:
    return coded.kind(one.as_recorded())


def _sections(columns: OrderColumns, place: int) -> list[str]:
    """Which parties a row has, in the order of its case."""
    return [section for section in PARTIES if columns.sections[section].code[place] >= 0]


def _by_law(law: NDArray[np.int64]) -> list[tuple[int, NDArray[np.int64]]]:
    """The rows of every law."""
    order = np.argsort(law, kind="stable")
    numbers, starts = np.unique(law[order], return_index=True)
    return list(zip(numbers.tolist(), np.split(order, starts[1:]), strict=True))
