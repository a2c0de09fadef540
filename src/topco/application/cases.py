"""Items and cases: the entry that figures give, determinations, what would change them, and answers that are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.application.asked import AS_GIVEN, options_of
from topco.errors import BadInput
from topco.licensing.cases.case import Case
from topco.licensing.cases.case_files import CaseRead, read_cases, well_formed
from topco.licensing.store_determiner import named_parties, store_determiner
from topco.licensing.weighing.recalling import Memories
from topco.records.setting import Asked, FileRead, Setting
from topco.store.today import today

if TYPE_CHECKING:
    from topco.application.application import Application
    from topco.licensing.cases.named_parties import NamedParties
    from topco.licensing.determine import Determiner
    from topco.records.record import Record

Document = dict[str, Any]


@dataclass(frozen=True)
class Determined:
    """A case that was determined.

    Attributes:
        given: the case as it was read.
        case: the same with the identifiers of parties that a person has matched.
        where: what it is called in errors, and where it stands.
        answer: the determination (contracts.md 4).
        names: what the names of parties may be, in words, where a person has to decide.
    """

    given: Case
    case: Case
    where: str
    answer: Document
    names: tuple[str, ...] = ()


class Cases:
    """Cases determined with one store."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._memories = Memories()

    @property
    def _path(self) -> Path:
        return self._application.path

    def classify(self, text: str, where: str = "the item", rules_as_of: date | None = None) -> list[Document]:
        """Items (or whole cases) to control-list entries, with the arithmetic.

        Raises:
            BadInput: the text holds no item, or one that cannot be used.
        """
        from topco.items.answer import answer
        from topco.items.files import read_items
        from topco.items.law import item_law
        from topco.licensing.law.body import load_law

        law, found = load_law(), []
        for one in read_items(text, where):
            if isinstance(one.item, BadInput):
                raise one.item
            day = rules_as_of or one.day or today()
            found.append(answer(one.item, item_law(law, day), day, name=one.name, units=one.units))
        return found

    def determine(self, text: str, asked: Asked = AS_GIVEN, where: str = "the case") -> list[Determined]:
        """Cases as JSON (one, a list, or one per line) to determinations, in order.

        Raises:
            BadInput: there is no case in it, or one of them is refused.
        """
        return self.determine_read(read_cases(text, where), asked)

    def determine_read(self, read: Sequence[CaseRead], asked: Asked = AS_GIVEN) -> list[Determined]:
        """The same of cases that were read; the first that is refused is raised."""
        for one in read:
            if isinstance(one.case, BadInput):
                raise one.case
        given = list(well_formed(list(read)))
        named = named_parties(self._path, given, asked.known_as_of, self._application.store())
        cases = [named.identified(case) if named else case for case in given]
        engine = self.determiner(cases, asked)
        engine.resolve_parties(cases)
        return [
            Determined(first, case, one.where, engine.determine([case], one.where)[0], tuple(_names(first, named)))
            for one, first, case in zip(read, given, cases, strict=True)
        ]

    def determiner(self, cases: Iterable[Case], asked: Asked, *, documents: bool = True) -> Determiner:
        """What determines cases of these parties.

        Args:
            documents: whether parties come with their whole resolution, which an answer with a proof shows.
        """
        from topco.licensing.determine import Determiner

        entities = [party.entity for case in cases for party in case.parties]
        return store_determiner(
            Determiner,
            self._path,
            entities,
            options_of(asked),
            today(),
            test=asked.test,
            documents=documents,
            opened=self._application.store(),
            engines=self._memories.engine,
        )

    def whatif(
        self,
        text: str,
        facts: Sequence[str] = (),
        wants: Sequence[str] = (),
        shares: Sequence[str] = (),
        seats: Sequence[str] = (),
        asked: Asked = AS_GIVEN,
        where: str = "the case",
    ) -> Document:
        """What the answer to one case hangs on, or what it would be with other facts.

        Args:
            text: the case as JSON.
            facts: suppositions about the case, `PATH=VALUE`.
            wants: outcomes to explain, `QUESTION=CODE`.
            shares: `OWNER,OWNED=PERCENT`; `seats`: `ID=CC`.

        Raises:
            BadInput: the case, a path, a value or an outcome that there is not.
            NotModelled: an outcome is wanted of a case that the rules do not cover.
        """
        from topco.licensing.changes.determiners import Determiners
        from topco.licensing.changes.question import Asked as Question
        from topco.licensing.changes.question import answered
        from topco.licensing.changes.reading import read_case

        given = read_case(text, where)
        if named := named_parties(self._path, [given.case], asked.known_as_of):
            given = given.identified(named.identified(given.case))
        determiners = Determiners(self._path, options_of(asked), today(), asked.test)
        question = Question(tuple(facts), tuple(wants), tuple(shares), tuple(seats))
        return answered(given, question, determiners).document

    def keep(
        self,
        determined: Sequence[Determined],
        asked: Asked,
        author: str,
        note: str | None = None,
        file: FileRead | None = None,
    ) -> Sequence[Record]:
        """Keep determinations in the records of the store, all or none.

        Raises:
            BadInput: an author or a note is no line of text, or the records cannot be written.
            StoreBusy: another process keeps writing.
        """
        from topco.records.book import RecordBook
        from topco.records.content import kept_determinations

        cases = [(one.given, one.case, one.where) for one in determined]
        engine = self.determiner([one.case for one in determined], asked, documents=False)
        setting = Setting.of_store(self._path, asked)
        answers = [one.answer for one in determined]
        kept = kept_determinations(answers, cases, engine, setting, author=author, note=note, file=file)
        return RecordBook(self._path).append(kept)


def case_text(case: Mapping[str, Any]) -> str:
    """A case as JSON; numbers stay what they are.

    >>> case_text({"id": "C1"})
    '{"id": "C1"}'
    """
    return json.dumps(case, ensure_ascii=False)


def identified(read: CaseRead, named: NamedParties | None) -> CaseRead:
    """A case of a file with the parties whose names a person has matched."""
    if named is None or isinstance(read.case, BadInput):
        return read
    return replace(read, case=named.identified(read.case))


def _names(case: Case, named: NamedParties | None) -> list[str]:
    if named is None:
        return []
    return [
        f'the name {party.name or party.entity} is {said.cell()}; a person decides: topco judge "{said.asked}" ID same'
        for party in case.parties
        if (said := named.of(party)) and said.id is None
    ]
