"""Cases to determinations: dates, store and rules brought together.

A case fixes its dates by its transaction: facts as of the transaction date, law as of the transaction date, unless the
caller says otherwise. Parties given by an identifier are resolved in the store, all of one date together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from topco.errors import NotModelled
from topco.licensing.case import Case
from topco.licensing.case_facts import FactBuilder
from topco.licensing.combination import UNDETERMINED
from topco.licensing.determination import Frame, determination, not_modelled
from topco.licensing.engine import Engine
from topco.licensing.law import load_law
from topco.licensing.listing_flags import ListingFlags
from topco.licensing.outcome import UNKNOWN, Outcome, weigh
from topco.licensing.recipients import KNOWN_STATUSES, STRICT, Recipient, unknown_recipient
from topco.licensing.ruleset import Ruleset
from topco.namespaces import normalise_id

Resolver = Callable[[Sequence[str], date], Mapping[str, Recipient]]


@dataclass(frozen=True)
class Options:
    """What the caller fixes for every case; None leaves it to the case."""

    as_of: date | None = None
    known_as_of: date | None = None
    rules_as_of: date | None = None
    reading: str | None = None
    open_top: str = STRICT


@dataclass(frozen=True)
class Prepared:
    """A case with its dates, its rules and its parties."""

    case: Case
    frame: Frame
    ruleset: Ruleset
    engine: Engine
    recipients: Mapping[str, Recipient]


class Determiner:
    """Determines cases; engines and resolutions are kept between cases.

    `resolve` answers for the parties given by an identifier (None if there is no store), `loads` are the loads in
    force, in the form of an answer's `data`, `flags` looks names up in screening lists (None: not asked for).
    """

    def __init__(
        self,
        options: Options,
        resolve: Resolver | None,
        loads: Sequence[Mapping[str, Any]],
        today: date,
        flags: ListingFlags | None = None,
    ):
        self.options = options
        self.flags = flags
        self.law = load_law()
        self._resolve = resolve
        self._loads = tuple(loads)
        self._today = today
        self._engines: dict[tuple[int, str], Engine] = {}
        self._recipients: dict[date, dict[str, Recipient]] = defaultdict(dict)

    def determine(self, cases: Sequence[Case], where: str = "case") -> list[dict[str, Any]]:
        """One answer per case, in order; a case without rules gets an answer that says so."""
        self.resolve_parties(cases)
        return [self._answer(case, where) for case in cases]

    def _answer(self, case: Case, where: str) -> dict[str, Any]:
        frame = self.frame(case)
        try:
            prepared = self.prepare(case, frame)
            outcome = self.weigh(prepared, where)
        except NotModelled as error:
            return not_modelled(case, error, self.law, frame, self.listed(case, frame))
        as_recorded = self.as_recorded(prepared, outcome, where)
        engine = prepared.engine
        return determination(
            case,
            outcome,
            self.law,
            engine.slice,
            engine.ruleset,
            prepared.recipients,
            frame,
            as_recorded,
            self.listed(case, frame),
        )

    def listed(self, case: Case, frame: Frame) -> list[dict[str, Any]]:
        """The red flags of screening lists for the parties of a case and those above them."""
        return self.flags.of(case, self._known(case, frame), frame.as_of) if self.flags else []

    def _known(self, case: Case, frame: Frame) -> dict[str, Recipient]:
        known = self._recipients[frame.as_of]
        return {
            party.entity: known.get(normalise_id(party.entity)) or unknown_recipient(party.entity, party.name)
            for party in case.parties
            if party.entity
        }

    def frame(self, case: Case) -> Frame:
        """The dates and policies under which a case is determined."""
        day = case.transaction.date or self._today
        return Frame(
            reading=self.options.reading or case.reading or "codified",
            as_of=self.options.as_of or day,
            known_as_of=self.options.known_as_of or self._today,
            rules_as_of=self.options.rules_as_of or day,
            open_top=self.options.open_top,
            loads=self._loads,
        )

    def prepare(self, case: Case, frame: Frame) -> Prepared:
        """The rules of the case's date and reading, and what the store says about its parties."""
        law_slice = self.law.slice_on(frame.rules_as_of)
        ruleset = law_slice.ruleset(frame.reading, frame.rules_as_of)
        key = (self.law.epoch(frame.rules_as_of), frame.reading)
        if key not in self._engines:
            self._engines[key] = Engine(law_slice, ruleset)
        return Prepared(case, frame, ruleset, self._engines[key], self._known(case, frame))

    def weigh(self, prepared: Prepared, where: str) -> Outcome:
        builder = FactBuilder(prepared.engine.slice, prepared.ruleset, prepared.frame.open_top)
        return weigh(builder.build(prepared.case, prepared.recipients, where), prepared.engine)

    def as_recorded(self, prepared: Prepared, outcome: Outcome, where: str) -> Outcome | None:
        """The outcome if the highest recorded company of every party were its top; None without a store's party."""
        if not prepared.recipients:
            return None
        if all(recipient.status in KNOWN_STATUSES for recipient in prepared.recipients.values()):
            return outcome
        recorded = {entity: recipient.as_recorded() for entity, recipient in prepared.recipients.items()}
        builder = FactBuilder(prepared.engine.slice, prepared.ruleset, prepared.frame.open_top)
        return weigh(builder.build(prepared.case, recorded, where), prepared.engine)

    def resolve_parties(self, cases: Sequence[Case]) -> None:
        """Resolve every party that these cases give by an identifier, all of one date together."""
        wanted: dict[date, set[str]] = defaultdict(set)
        for case in cases:
            day = self.frame(case).as_of
            wanted[day] |= {normalise_id(party.entity) for party in case.parties if party.entity}
        for day, ids in wanted.items():
            fresh = sorted(ids - self._recipients[day].keys())
            if fresh and self._resolve is not None:
                self._recipients[day].update(self._resolve(fresh, day))
        if self.flags:
            frames = [(case, self.frame(case)) for case in cases]
            self.flags.prepare((case, self._known(case, frame), frame.as_of) for case, frame in frames)


def is_undetermined(answer: Mapping[str, Any]) -> bool:
    """Whether the main answer of a determination is open: the exit code of a single case."""
    return UNDETERMINED in (answer["item_class"], answer["review_policy"]) or answer["licence_required"] == UNKNOWN
