"""Kept cases determined again: each under dates and policies of its own, with the loads and the rules of now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from topco.errors import BadInput, NotModelled
from topco.licensing.answers.determination import Frame
from topco.licensing.cases.case import Case, parse_case
from topco.licensing.cases.facts import Facts
from topco.licensing.determine import Determiner, Options
from topco.licensing.orders.facts_key import facts_key
from topco.licensing.store_determiner import store_determiner
from topco.licensing.weighing.engine import Engine
from topco.licensing.weighing.together import weigh_together
from topco.records.codes import codes_of_answer, codes_of_outcome

Codes = Mapping[str, Any]


class Again(Determiner):
    """Determines cases under frames that are told, instead of those that options and transaction give."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._told: dict[int, tuple[Case, Frame]] = {}
        self._codes: dict[Any, Codes] = {}

    def tell(self, case: Case, frame: Mapping[str, str], known_as_of: date) -> None:
        """Under which dates and policies a case is determined (a frame in JSON); it is known by being that object."""
        told = Frame(
            reading=frame["reading"],
            as_of=date.fromisoformat(frame["as_of"]),
            known_as_of=known_as_of,
            rules_as_of=date.fromisoformat(frame["rules_as_of"]),
            open_top=frame["open_top"],
            loads=self._loads,
            test=frame.get("test"),
        )
        self._told[id(case)] = (case, told)

    def frame(self, case: Case) -> Frame:
        return self._told[id(case)][1]

    def codes(self, cases: Sequence[Case], where: str) -> list[Codes | BadInput]:
        """The codes of each case, without proofs; a case that cannot be determined any more: why.

        Cases that agree on all that rules read are weighed once, and the others together.
        """
        self.resolve_parties(cases)
        found: dict[int, Codes | BadInput] = {}
        waiting: dict[Any, tuple[Engine, Facts]] = {}
        keys: dict[int, Any] = {}
        for place, case in enumerate(cases):
            try:
                prepared = self.prepare(case, self.frame(case))
                facts = self.builder(prepared).build(case, prepared.recipients, where)
            except NotModelled:
                found[place] = codes_of_answer(self.determine([case], where)[0])
            except BadInput as error:
                found[place] = error
            else:
                key = keys[place] = (id(prepared.engine), facts_key(prepared, facts))
                if key not in self._codes:
                    waiting[key] = prepared.engine, facts
        for engine in {id(engine): engine for engine, _ in waiting.values()}.values():
            own = {key: facts for key, (of, facts) in waiting.items() if of is engine}
            self._codes |= zip(own, _weighed(list(own.values()), engine), strict=True)
        for place, key in keys.items():
            codes = self._codes[key]
            found[place] = codes or codes_of_answer(self.determine([cases[place]], where)[0])
        return [found[place] for place in range(len(cases))]


def again(
    store: Path,
    cases: Iterable[Case],
    known_as_of: date,
    *,
    test: str | None,
    reading: str | None,
    documents: bool,
) -> Again:
    """What determines kept cases on a store as it was known on a day.

    Args:
        store: the folder of the store.
        cases: what will be asked.
        known_as_of: the loads of this day count.
        test: the parent test that the user asked for.
        reading: the reading that the user asked for: it decides which parent test the rules ask.
        documents: whether answers have the whole resolution of parties of the store, as one with a proof must.
    """
    entities = [party.entity for case in cases for party in case.parties]
    asked = Options(known_as_of=known_as_of, reading=reading)
    return store_determiner(Again, store, entities, asked, known_as_of, test=test, documents=documents)


def kept_case(document: Mapping[str, Any], where: str) -> Case:
    """The case of a record.

    Raises:
        BadInput: the format of cases has changed since, with the path.
    """
    return parse_case(dict(document), where)


def _weighed(facts: Sequence[Facts], engine: Engine) -> list[Codes]:
    """The codes of each; none of a case with too many unknown facts."""
    try:
        return [codes_of_outcome(outcome) for outcome in weigh_together(facts, engine)]
    except NotModelled:
        if len(facts) == 1:
            return [{}]
        half = len(facts) // 2
        return [*_weighed(facts[:half], engine), *_weighed(facts[half:], engine)]
