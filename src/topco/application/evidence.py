"""What persons add to the evidence: whether two identifiers are one party, and where a company is headquartered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput
from topco.store.store import Store

if TYPE_CHECKING:
    from topco.application.application import Application

Document = dict[str, Any]
JUDGEMENT_COLUMNS = ("first", "second", "verdict", "author", "judged_at", "reason")
PROPOSAL_COLUMNS = ("score", "first", "second", "reason")
STATEMENT_COLUMNS = (
    *("id", "country", "city", "basis", "stated_by", "stated_on", "citation"),
    *("valid_from", "valid_to"),
)


@dataclass(frozen=True)
class Judged:
    """A judgement as it was entered: its document, and whether other links still decide against it."""

    document: Document
    other_links_decide: bool


@dataclass(frozen=True)
class Stated:
    """A headquarters as a person states it.

    Attributes:
        country: ISO 3166-1 alpha-2, in any case.
        source: what says so, and where.
        stated_on: the day on which the source says so.
        valid_from, valid_to: the period for which it holds, half-open; None: open.
    """

    id: str
    country: str
    source: str
    stated_on: date | None
    author: str
    basis: str = "userStatement"
    city: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class Evidence:
    """Judgements and statements in one store. Nothing is merged or deleted: each is a load of its own."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def judgements(self) -> list[Document]:
        """All judgements that were entered, the latest first."""
        from topco.identity.judgements import judged

        return [{column: row[column] for column in JUDGEMENT_COLUMNS} for row in judged(self._application.store())]

    def proposals(self) -> list[Document]:
        """The pairs that `topco match --keep` proposes by their names and nobody has judged, the best score first."""
        from topco.identity.judgements import proposed

        return [{column: row[column] for column in PROPOSAL_COLUMNS} for row in proposed(self._application.store())]

    def judge(self, first: str, second: str, verdict: str, author: str, reason: str | None = None) -> Judged:
        """Enter that two identifiers are one party (`same`), two (`different`), or that it is open (`unsure`).

        Args:
            first: a LEI, `SCHEME:VALUE`, or a name of a list, `NAME:COUNTRY/NAME`.
            second: the same.

        Raises:
            BadInput: no loaded record names one of them, they are one identifier, there is no such verdict, or nobody
                signs it.
            StoreBusy: another process is writing to the store.
        """
        from topco.identity.judgements import Judgement, judge
        from topco.identity.known import unknown_identifiers
        from topco.identity.parties import parties

        store = Store.open(self._application.path)
        one, other = identifier_of(first), identifier_of(second)
        if missing := unknown_identifiers(store, (one, other)):
            raise BadInput(
                f"No loaded record names {', '.join(missing)}.", remedy="Look it up by name: topco search TEXT."
            )
        load = judge(store, [Judgement(one, other, verdict, author, reason)])
        party = parties(store).party_of([one, other])
        document = {
            "first": one,
            "second": other,
            "verdict": verdict,
            "author": author,
            "reason": reason,
            "load": load.id,
            "parties": sorted(set(party)),
        }
        return Judged(document, (len(set(party)) == 1) != (verdict == "same"))

    def statements(self, identifier: str | None = None) -> list[Document]:
        """The headquarters that persons state, as far as they are in force; of one entity, or all."""
        from topco.identity.statements import stated
        from topco.namespaces import normalise_id

        wanted = None if identifier is None else normalise_id(identifier)
        return [
            {column: _written(row[column]) for column in STATEMENT_COLUMNS}
            for row in stated(self._application.store())
            if wanted in (None, row["id"])
        ]

    def state(self, given: Stated) -> bool:
        """Enter a headquarters; it takes the place of the same author's on the same basis.

        Returns:
            Whether some loaded record names the entity: until one does the statement says nothing about anybody else.

        Raises:
            BadInput: there is no such country or basis, no date, source or author, or the period ends before it begins.
            StoreBusy: another process is writing to the store.
        """
        from topco.identity.known import unknown_identifiers
        from topco.identity.statements import Headquarters, state
        from topco.namespaces import normalise_id
        from topco.registries.reference import known_countries

        one, code = normalise_id(given.id), given.country.strip().upper()
        if code not in known_countries():
            raise BadInput(
                f"{given.country} is no country of ISO 3166-1 alpha-2.", remedy="Write two letters: CN, DE, US."
            )
        if given.stated_on is None:
            raise BadInput("The statement has no date.", remedy="Give --date: the day on which the source says so.")
        store = Store.open(self._application.path, create=True)
        known = not unknown_identifiers(store, [one])
        state(
            store,
            Headquarters(
                one,
                code,
                given.source,
                given.stated_on,
                given.author,
                given.basis,
                given.city,
                given.valid_from,
                given.valid_to,
            ),
        )
        return known

    def withdraw(self, identifier: str, author: str) -> None:
        """Take back what an author states about an entity; answers as known on an earlier day keep it.

        Raises:
            BadInput: there is nothing to take back.
            StoreBusy: another process is writing to the store.
        """
        from topco.identity.statements import withdraw
        from topco.namespaces import normalise_id

        withdraw(Store.open(self._application.path, create=True), normalise_id(identifier), author)


def identifier_of(text: str) -> str:
    """What was typed, as records and lists write it.

    Raises:
        BadInput: it is a name without the stroke that parts it from the country.
    """
    from topco.identity.policy import NAME_SCHEME
    from topco.matching.listed_names import name_id
    from topco.namespaces import normalise_id

    identifier = normalise_id(text)
    if not identifier.upper().startswith(NAME_SCHEME):
        return identifier
    country, stroke, name = identifier[len(NAME_SCHEME) :].partition("/")
    if not stroke or not name.strip():
        raise BadInput(f"{text} is no name with a country.", remedy="Write NAME:COUNTRY/NAME, or NAME:/NAME for any.")
    return name_id(name, country)


def _written(value: str | date | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value
