"""Cases to determinations: dates, store and rules brought together.

A case fixes its dates by its transaction: facts as of the transaction date, law as of the transaction date, unless the
caller says otherwise. Parties given by an identifier are resolved in the store, all of one date together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from topco.choices import STRICT
from topco.errors import NotModelled
from topco.items.law import item_law
from topco.licensing.affiliates.listed_facts import OwnersOfParties, listed_shares
from topco.licensing.affiliates.listed_ownership import ListedOwnership
from topco.licensing.affiliates.listed_told import owner_flags
from topco.licensing.answers.basis import determination_basis
from topco.licensing.answers.determination import Frame, determination, not_modelled
from topco.licensing.answers.listing_flags import ListingFlags
from topco.licensing.cases.case import Case
from topco.licensing.cases.case_facts import FactBuilder
from topco.licensing.cases.ledger_tally import LedgerTally
from topco.licensing.cases.recipients import KNOWN_STATUSES, Recipient, unknown_recipient
from topco.licensing.law.body import load_law
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.weighing.engine import Engine
from topco.licensing.weighing.outcome import Outcome, is_open, weigh
from topco.namespaces import normalise_id
from topco.store.kept_rows import Kept

Resolver = Callable[[Sequence[str], date], Mapping[str, Recipient]]
MakeEngine = Callable[[LawSlice, Ruleset], Engine]


@dataclass(frozen=True)
class Options:
    """What the caller fixes for every case; None leaves it to the case."""

    as_of: date | None = None
    known_as_of: date | None = None
    rules_as_of: date | None = None
    reading: str | None = None
    open_top: str = STRICT
    test: str | None = None


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
    force, in the form of an answer's `data`, `flags` looks names up in screening lists (None: not asked for), `owners`
    says what listed parties hold in parties of the store, `ledger` what is spent of limits already, `kept` are the
    loads as the basis of a proof keeps them, and `engines` makes what runs the rules.
    """

    def __init__(
        self,
        options: Options,
        resolve: Resolver | None,
        loads: Sequence[Mapping[str, Any]],
        today: date,
        flags: ListingFlags | None = None,
        *,
        owners: OwnersOfParties | None = None,
        ledger: LedgerTally | None = None,
        kept: Sequence[Kept] = (),
        engines: MakeEngine = Engine,
    ):
        self.options = options
        self.flags = flags
        self.ledger = ledger
        self._owners = owners
        self.law = load_law()
        self._resolve = resolve
        self._loads = tuple(loads)
        self._kept = tuple(kept)
        self._today = today
        self._make_engine = engines
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
            as_recorded = self.as_recorded(prepared, outcome, where)
            other = self._other_readings(prepared, where)
        except NotModelled as error:
            listed = self.listed(case, frame)
            answer = not_modelled(case, error, self.law, frame, listed)
            answer["proof"]["basis"] = self._basis(case, frame, {}, listed)
            return answer
        engine, owned = prepared.engine, self._owned(case, frame)
        listed = self.listed(case, frame, prepared.ruleset)
        answer = determination(
            case,
            outcome,
            self.law,
            engine.slice,
            engine.ruleset,
            prepared.recipients,
            frame,
            as_recorded,
            other,
            listed,
            owned,
        )
        answer["proof"]["basis"] = self._basis(case, frame, self._tallies(prepared), listed)
        return answer

    def _basis(
        self, case: Case, frame: Frame, tallies: Mapping[str, tuple[Decimal, str]], listed: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        recipients, owned = self._known(case, frame), self._owned(case, frame)
        loads = self._kept if recipients else ()
        # A test that looks at no holdings does not know who is named by holdings alone.
        unresolved = [one for one in owned if recipients[one].resolution is None]
        more = self._owners.rows_about(unresolved, frame.as_of) if self._owners and unresolved else []
        return determination_basis(case, frame, recipients, owned, tallies, listed, loads, more)

    def _tallies(self, prepared: Prepared) -> dict[str, tuple[Decimal, str]]:
        """What the ledger knows of sums that the case leaves out."""
        case = prepared.case
        return self.ledger.known(case, prepared.recipients, self.frame(case)) if self.ledger else {}

    def _other_readings(self, prepared: Prepared, where: str) -> dict[str, Outcome]:
        """What the case comes to in the reading that an answer in this one must not hide."""
        found = {}
        for reading in prepared.ruleset.shown_beside:
            frame = replace(prepared.frame, reading=reading)
            found[reading] = self.weigh(self.prepare(prepared.case, frame), where)
        return found

    def listed(self, case: Case, frame: Frame, ruleset: Ruleset | None = None) -> list[dict[str, Any]]:
        """The red flags of screening lists for the parties of a case, those above them and their listed owners."""
        recipients = self._known(case, frame)
        alike = self.flags.of(case, recipients, frame.as_of) if self.flags else []
        sure = owner_flags(case, recipients, self._owned(case, frame), ruleset)
        told = {(flag["id"], flag["source"]["record"]) for flag in sure}
        return [flag for flag in alike if (flag["id"], flag["source"]["record"]) not in told] + sure

    def _owned(self, case: Case, frame: Frame) -> dict[str, ListedOwnership]:
        return self._owners.of(case, frame.as_of) if self._owners else {}

    def recipient(self, entity: str, day: date) -> Recipient | None:
        """A party as it was resolved for a day; None if it was not asked for, or is not in the store."""
        return self._recipients[day].get(normalise_id(entity))

    @property
    def resolver(self) -> Resolver | None:
        """What answers for parties given by an identifier."""
        return self._resolve

    def resolve_on(self, ids: Sequence[str], day: date) -> Mapping[str, Recipient]:
        """Parties of one day as the store describes them; nothing is kept."""
        return self._resolve(ids, day) if self._resolve is not None else {}

    def _known(self, case: Case, frame: Frame) -> dict[str, Recipient]:
        known = self._recipients[frame.as_of]
        return {
            party.entity: known.get(normalise_id(party.entity)) or unknown_recipient(party.entity, party.name)
            for party in case.parties
            if party.entity
        }

    @property
    def load_ids(self) -> list[str]:
        """The loads that answers name: those in force, if a party of the store was asked for."""
        return [load["load"] for load in self._loads]

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
            test=self.options.test,
        )

    def prepare(self, case: Case, frame: Frame) -> Prepared:
        """The rules of the case's date and reading, and what the store says about its parties."""
        law_slice = self.law.slice_on(frame.rules_as_of)
        ruleset = law_slice.ruleset(frame.reading, frame.rules_as_of)
        key = (self.law.epoch(frame.rules_as_of), frame.reading)
        if key not in self._engines:
            self._engines[key] = self._make_engine(law_slice, ruleset)
        return Prepared(case, frame, ruleset, self._engines[key], self._known(case, frame))

    def weigh(self, prepared: Prepared, where: str) -> Outcome:
        return weigh(self.builder(prepared).build(prepared.case, prepared.recipients, where), prepared.engine)

    def builder(self, prepared: Prepared) -> FactBuilder:
        """What makes facts of the case: its law, its policies, what the ledger and the lists know beside it."""
        frame, case = prepared.frame, prepared.case
        items = item_law(self.law, frame.rules_as_of, frame.reading)
        return FactBuilder(
            prepared.engine.slice,
            prepared.ruleset,
            items,
            frame.rules_as_of,
            frame.open_top,
            self._tallies(prepared),
            listed_shares(self._owned(case, frame)),
        )

    def as_recorded(self, prepared: Prepared, outcome: Outcome, where: str) -> Outcome | None:
        """The outcome if the highest recorded company of every party were its top; None without a store's party."""
        if not prepared.recipients:
            return None
        if all(recipient.status in KNOWN_STATUSES for recipient in prepared.recipients.values()):
            return outcome
        recorded = {entity: recipient.as_recorded() for entity, recipient in prepared.recipients.items()}
        classified = outcome.facts.classification
        facts = self.builder(prepared).build(prepared.case, recorded, where, classified)
        return weigh(facts, prepared.engine)

    def resolve_parties(self, cases: Sequence[Case]) -> None:
        """Resolve every party that these cases give by an identifier, all of one date together; look at the ledger."""
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
        if self._owners:
            self._owners.prepare((case, self.frame(case).as_of) for case in cases)
        if self.ledger:
            self.ledger.look(cases)


def is_undetermined(answer: Mapping[str, Any]) -> bool:
    """Whether the main answer of a determination is open: the exit code of a single case."""
    return is_open(answer["licence_required"], answer["review_policy"], answer["veu_result"], answer["item_class"])
