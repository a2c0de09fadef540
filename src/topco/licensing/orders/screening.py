"""Orders one by one, each as `topco determine` has it: for what hangs on the row alone, and for reservations in order.

Rules run once for each distinct set of facts that they see. Very many orders go through `bulk`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from topco.errors import BadInput, NotModelled
from topco.ledger.accounts import Kind
from topco.licensing.answers.determination import determination_id
from topco.licensing.answers.verdict import main_sentence
from topco.licensing.cases.facts import Facts
from topco.licensing.cases.named_parties import NamedParties
from topco.licensing.cases.party_facts import CONSIGNEE, END_USER
from topco.licensing.cases.recipients import KNOWN_STATUSES, Recipient
from topco.licensing.determine import Determiner, Prepared
from topco.licensing.law.sentences import say
from topco.licensing.orders.answer_columns import (
    ANSWERED,
    FLAG_COLUMN,
    MATCH_COLUMNS,
    NOT_IN_STORE,
    NOT_MODELLED,
    RECORDED,
    REFUSED,
    RESERVATION_COLUMN,
)
from topco.licensing.orders.beside import weighable_beside
from topco.licensing.orders.facts_key import facts_key
from topco.licensing.orders.reserving import NOT_RESERVED, Reserved, Reserver, Weighed, beyond
from topco.licensing.orders.rows import PLAIN, OrderRow, Refusal, identified
from topco.licensing.weighing.combination import UNDETERMINED
from topco.licensing.weighing.outcome import UNKNOWN, Outcome, weigh
from topco.licensing.weighing.worlds import open_facts, worlds


@dataclass
class Screening:
    """Screens orders with one determiner; counts what it answered and how many distinct keys it met."""

    determiner: Determiner
    named: NamedParties | None = None
    reserver: Reserver | None = None
    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    _outcomes: dict[Any, Outcome] = field(default_factory=dict)

    @property
    def distinct_keys(self) -> int:
        return len(self._outcomes)

    def screen(self, orders: Sequence[OrderRow], where: str) -> Iterator[dict[str, Any]]:
        """One answer row per order row, in order: the cells as given, then the columns of the answer."""
        self.determiner.resolve_parties([order.case for order in orders if order.case is not None])
        answers = self._reserving(orders, where) if self.reserver else (self._answer(one, where) for one in orders)
        for order, answered in zip(orders, answers, strict=True):
            answer = {**answered, **self._matches(order), **self._flags(order)}
            self.counts[answer["status"]] += 1
            if answer["status"] == "answered":
                self.counts[f"review_policy={answer['review_policy']}"] += 1
            yield {**order.cells, **answer}

    def prepared(self, rows: Sequence[OrderRow]) -> Sequence[OrderRow]:
        """The rows with the parties identified whose names a person has matched."""
        return identified(rows, self.named.identified) if self.named else rows

    def _flags(self, order: OrderRow) -> dict[str, list[str]]:
        """What screening lists say about the parties of a row."""
        if order.case is None or not self.determiner.flags:
            return {}
        found = self.determiner.listed(order.case, self.determiner.frame(order.case))
        said = [f"{flag['list']} {flag['entry']} ({flag['score'] or flag['reason']})" for flag in found]
        return {FLAG_COLUMN: said}

    def _matches(self, order: OrderRow) -> dict[str, str]:
        """What is said of the names in a row."""
        if not self.named or order.given is None:
            return {}
        found = {}
        for column, role in zip(MATCH_COLUMNS, (CONSIGNEE, END_USER), strict=True):
            party = next((one for one in order.given.parties if one.role == role), None)
            if party is not None and (said := self.named.of(party)):
                found[column] = said.cell()
        return found

    def _reserving(self, orders: Sequence[OrderRow], where: str) -> Iterator[dict[str, Any]]:
        """The answers in order; an order is weighed and reserved with all its rows before the next one is looked at."""
        rows_of: dict[str, list[int]] = defaultdict(list)
        for place, order in enumerate(orders):
            rows_of[order.order].append(place)
        done: dict[int, dict[str, Any]] = {}
        for place, order in enumerate(orders):
            if place not in done:
                places = rows_of[order.order] if order.order else [place]
                done |= self._reserve(order.order, {one: orders[one] for one in places}, where)
            yield done.pop(place)

    def _reserve(self, order: str, rows: Mapping[int, OrderRow], where: str) -> dict[int, dict[str, Any]]:
        assert self.reserver is not None
        self.reserver.look()
        found = {place: self._weighed(row, where) for place, row in rows.items()}
        weighed = {place: one for place, one in found.items() if isinstance(one, Weighed)}
        told = self.reserver.reserve(order, weighed)
        answers = {place: one for place, one in found.items() if not isinstance(one, Weighed)}
        for place, one in weighed.items():
            what = told.get(place, NOT_RESERVED)
            if what.beyond is not None:
                outcome = self._outcome(one.prepared, one.prepared.recipients, where, what.beyond)
                one = Weighed(one.order, one.prepared, outcome)
            answers[place] = {**self._row(one, where, what), RESERVATION_COLUMN: what.cell}
        return answers

    def _answer(self, order: OrderRow, where: str) -> dict[str, Any]:
        weighed = self._weighed(order, where)
        return self._row(weighed, where) if isinstance(weighed, Weighed) else weighed

    def _weighed(self, order: OrderRow, where: str) -> Weighed | dict[str, Any]:
        """A row with what the rules say about it, or the answer to a row that they do not weigh."""
        if order.case is None:
            self.refusals += order.refusals
            reasons = [f"{one.column}: {one.reason}" if one.column else one.reason for one in order.refusals]
            return {"status": REFUSED, "reason": "; ".join(reasons)}
        frame = self.determiner.frame(order.case)
        try:
            prepared = self.determiner.prepare(order.case, frame)
            outcome = self._outcome(prepared, prepared.recipients, where)
            if outcome.opened:
                weighable_beside(
                    self.determiner, prepared, lambda other: self._facts(other, prepared.recipients, where)
                )
            return Weighed(order, prepared, outcome)
        except NotModelled as error:
            identifier = determination_id(order.case, frame)
            codes = {"licence_required": UNKNOWN, "review_policy": UNDETERMINED, RECORDED: UNDETERMINED}
            return {"status": NOT_MODELLED, "reason": str(error), "determination_id": identifier, **codes}
        except BadInput as error:
            column = _column(error, order)
            self.refusals.append(Refusal(order.row, column, order.cells.get(column, ""), error.what))
            return {"status": REFUSED, "reason": str(error)}

    def _row(self, weighed: Weighed, where: str, reserved: Reserved = NOT_RESERVED) -> dict[str, Any]:
        prepared, outcome = weighed.prepared, weighed.outcome
        recorded = self._as_recorded(prepared, outcome, where, reserved.beyond)
        missing = any(recipient.status == "not_in_store" for recipient in prepared.recipients.values())
        reason = NOT_IN_STORE if missing else main_sentence(outcome, prepared.engine.slice, prepared.recipients)
        return {
            "status": UNDETERMINED if missing or outcome.is_undetermined else ANSWERED,
            "licence_required": outcome.licence_required,
            "exceptions": [f"{code}={status}" for code, status in outcome.exceptions.items()],
            "review_policy": outcome.review.policy,
            RECORDED: recorded.review.policy if recorded else outcome.review.policy,
            "reason": " ".join(filter(None, (reason, *_by_the_ledger(outcome), reserved.words))),
            **self._party_cells("consignee", prepared, CONSIGNEE),
            **self._party_cells("end_user", prepared, END_USER),
            "determination_id": determination_id(prepared.case, prepared.frame),
        }

    def _as_recorded(self, prepared: Prepared, outcome: Outcome, where: str, exceeded: Kind | None) -> Outcome | None:
        if all(recipient.status in KNOWN_STATUSES for recipient in prepared.recipients.values()):
            return outcome
        recorded = {entity: one.as_recorded() for entity, one in prepared.recipients.items()}
        return self._outcome(prepared, recorded, where, exceeded)

    def _facts(self, prepared: Prepared, recipients: Mapping[str, Recipient], where: str) -> Facts:
        return self.determiner.builder(prepared).build(prepared.case, recipients, where)

    def _outcome(
        self, prepared: Prepared, recipients: Mapping[str, Recipient], where: str, exceeded: Kind | None = None
    ) -> Outcome:
        facts = self._facts(prepared, recipients, where)
        facts = beyond(facts, exceeded) if exceeded is not None else facts
        key = (self.determiner.law.epoch(prepared.frame.rules_as_of), facts_key(prepared, facts))
        if key not in self._outcomes:
            self._outcomes[key] = weigh(facts, prepared.engine)
            return self._outcomes[key]
        opened = open_facts(facts)
        return replace(self._outcomes[key], facts=facts, opened=opened, worlds=tuple(worlds(facts, opened)))

    def _party_cells(self, party: str, prepared: Prepared, role: str) -> dict[str, Any]:
        """What is known of the consignee or the end user: status, ultimate parent and its headquarters."""
        stated = next((one for one in prepared.case.parties if one.role == role), None)
        if stated is None:
            return {}
        recipient = prepared.recipients.get(stated.entity or "")
        known = [code for code in recipient.ultimate_parent_headquarters if code] if recipient else []
        return {
            f"{party}_status": recipient.status if recipient else "stated",
            f"{party}_ultimate_parent": recipient.ultimate_parent_ids if recipient else (),
            f"{party}_ultimate_parent_hq": stated.ultimate_parent_hq_in or known,
        }


def _by_the_ledger(outcome: Outcome) -> list[str]:
    """What the ledger holds, where that puts a sum over its limit."""
    parts = {
        part.path: say("by_the_ledger", fact=part.path, value=f"{part.value:f}", origin=part.origin)
        for amount in outcome.facts.amounts
        if amount.over and amount.party is None
        for part in amount.addends
        if part.at_least and part.value is not None
    }
    return list(parts.values())


def _column(error: BadInput, order: OrderRow) -> str:
    """The column in which a fact stands that only the law's lists could refuse, such as an unknown country.

    The error names the path of the fact: at the end of its place, or as the first word of what it says.
    """
    for path in ((error.where or "").rpartition(": ")[2], error.what.partition(" ")[0].rstrip(":")):
        for position, party in enumerate(order.case.parties if order.case else ()):
            prefix = "consignee" if party.role == CONSIGNEE else "end_user"
            path = path.replace(f"parties[{position}]", prefix)
        column = next((plain for plain, target in PLAIN.items() if ".".join(target) == path), path)
        if column in order.cells:
            return column
    return ""
