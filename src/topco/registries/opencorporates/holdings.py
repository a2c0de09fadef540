"""What parties hold in companies: share parcels, control statements and subsidiaries of OpenCorporates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from topco import knowledge
from topco.namespaces import PREFIXES, local_name
from topco.registries.opencorporates.models import (
    ControlStatement,
    ShareMechanism,
    ShareProperties,
    SurplusMechanism,
    SurplusProperties,
    VoteMechanism,
    VoteProperties,
)
from topco.registries.opencorporates.parties import Named, PartySink, of_entity, of_shareholder, stated_id
from topco.registries.opencorporates.parts import ShareParcel
from topco.registries.opencorporates.sizes import of_size, parcel_sizes, period
from topco.registries.opencorporates.statements import ShareParcels, SubsidiaryRelationship
from topco.registries.partial_dates import first_day
from topco.registries.percentages import UNKNOWN, Share, digits, exact, may_be_a_part, of_text

_SKOS = PREFIXES["skos"]
_UNSTATED = "unknownInterest"

TOGETHER = "several parties hold together: of each it is only sure that it has at most the whole"
INDIRECT = "an indirect holding may be spelt out by others: it counts as at most what is stated"
NONSENSE = "the bounds of a percentage make no sense: the holding counts as one of unknown size"
NOT_UNDERSTOOD = "a percentage has no single reading: the holding counts as one of unknown size"
PART_OR_PERCENT = "a percentage below 1 may be a part of one: the band between both readings is taken"
NOT_A_MECHANISM = "a control mechanism in words counts as an unknown interest"
SUBJECT_UNNUMBERED = "the company has no jurisdiction code with a number, so it cannot be identified"
END_BEFORE_START = "the end lies before the start"


@dataclass(frozen=True)
class Held:
    """What stands in every row of one statement."""

    owned: str
    row: int
    record: str
    valid_from: date | None
    valid_to: date | None
    last_update: date | None
    indirect: bool = False


@cache
def interests() -> dict[str, str]:
    """The mechanisms of control statements to the types of interest, from `data/reference/opencorporates-codes.ttl`.

    >>> interests()["voting_rights"]
    'votes'
    """
    facts = knowledge.facts("data/reference/opencorporates-codes.ttl").values()
    notation, match = _SKOS + "notation", _SKOS + "closeMatch"
    return {of[notation][0]: local_name(of[match][0]) for of in facts if notation in of and match in of}


def add_parcels(
    parcels: Sequence[ShareParcel], company: str, row: int, record: str, day: date | None, sink: PartySink
) -> None:
    """Add the holdings of a company's share parcels."""
    for number, parcel in enumerate(parcels, start=1):
        start, end = period(parcel.start_date, parcel.end_date)
        here = f"{record}/parcel/{number}"
        owners = [of_shareholder(holder, company) for holder in parcel.shareholders or ()]
        _add(owners, parcel_sizes(parcel), Held(company, row, here, start, end, day), sink)


def add_stated_parcels(statement: ShareParcels, row: int, record: str, sink: PartySink) -> None:
    """Add the holdings of the share parcels that a company states by itself."""
    company = stated_id(statement.company)
    if company is None:
        sink.refuse(row, "company", statement.company.name, SUBJECT_UNNUMBERED)
        return
    sink.take_party(Named(company, {"name": statement.company.name, "kind": "LegalEntity"}), row)
    for number, item in enumerate(statement.data, start=1):
        owners = [of_shareholder(holder, company) for holder in item.properties.shareholders]
        whole = item.properties.percentage_of_shares
        size = UNKNOWN if whole is None else exact(digits(whole))
        _add(owners, [("shares", size)], Held(company, row, f"{record}/parcel/{number}", None, None, None), sink)


def add_control(statement: ControlStatement, row: int, record: str, sink: PartySink) -> None:
    """Add the holdings of a control statement, or why nobody is named."""
    subject = of_entity(statement.subject_entity, f"OC:statement/{record}")
    sink.take_party(subject, row)
    day = first_day(statement.retrieved_at)
    sink.changed_on(day)
    for number, reason in enumerate(statement.no_controlling_entities_reasons or (), start=1):
        sink.add(
            "absences",
            row,
            subject=subject.id,
            level="DirectLevel",
            reason=reason or "none given",
            record=f"{record}/absence/{number}",
        )
    owners = [of_entity(entity, subject.id) for entity in statement.controlling_entities or ()]
    sizes = _mechanisms(statement, row, sink)
    if statement.control_level == "indirect":
        sink.warn(INDIRECT, row)
        sizes = [(interest, size and size.at_most()) for interest, size in sizes]
    start, end = period(statement.start_date, statement.end_date)
    start = None if statement.start_date_type == "before" else start
    end = None if statement.end_date_type == "after" else end
    _add(owners, sizes, Held(subject.id, row, record, start, end, day, statement.control_level != "direct"), sink)


def add_subsidiaries(statement: SubsidiaryRelationship, row: int, record: str, sink: PartySink) -> None:
    """Add the holdings of a company in the subsidiaries it names; those without a number are refused by name."""
    parent = stated_id(statement.company)
    if parent is None:
        sink.refuse(row, "company", statement.company.name, SUBJECT_UNNUMBERED)
        return
    owner = Named(parent, {"name": statement.company.name, "kind": "LegalEntity"})
    start, end = period(statement.start_date, statement.end_date)
    day = first_day(statement.sample_date)
    sink.changed_on(day)
    for number, item in enumerate(statement.data, start=1):
        if item.properties is None:
            continue
        subsidiary = item.properties.subsidiary
        owned = stated_id(subsidiary)
        if owned is None:
            sink.refuse(row, f"data.{number - 1}.properties.subsidiary", subsidiary.name, SUBJECT_UNNUMBERED)
            continue
        here = f"{record}/{number}"
        sink.take_party(Named(owned, {"name": subsidiary.name, "kind": "LegalEntity"}), row)
        size = _controlled(item.properties.percentage_controlled, row, sink)
        if item.properties.direct is False:
            sink.warn(INDIRECT, row, subsidiary.name)
            size = size.at_most()
        _add([owner], [("shares", size)], Held(owned, row, here, start, end, day), sink)


def _controlled(text: str | None, row: int, sink: PartySink) -> Share:
    if text is None or not text.strip():
        return UNKNOWN
    share = of_text(text)
    if share is None:
        sink.warn(NOT_UNDERSTOOD, row, text)
        return UNKNOWN
    if may_be_a_part(text):
        sink.warn(PART_OR_PERCENT, row, text)
    return share


def _mechanisms(statement: ControlStatement, row: int, sink: PartySink) -> list[tuple[str, Share | None]]:
    found: list[tuple[str, Share | None]] = []
    for mechanism in statement.control_mechanisms or ():
        if mechanism is None or isinstance(mechanism, str):
            sink.warn(NOT_A_MECHANISM, row, mechanism)
            found.append((_UNSTATED, UNKNOWN))
            continue
        size: Share | None = UNKNOWN
        properties = mechanism.mechanism_properties
        if isinstance(mechanism, ShareMechanism) and isinstance(properties, ShareProperties):
            size = of_size(properties.percentage_of_shares)
        elif isinstance(mechanism, VoteMechanism) and isinstance(properties, VoteProperties):
            size = of_size(properties.voting_percentage)
        elif isinstance(mechanism, SurplusMechanism) and isinstance(properties, SurplusProperties):
            size = of_size(properties.percentage_rights)
        found.append((interests()[mechanism.mechanism_type], size))
    return found or [(_UNSTATED, UNKNOWN)]


def _add(owners: Sequence[Named], sizes: Sequence[tuple[str, Share | None]], held: Held, sink: PartySink) -> None:
    """Add the rows of one statement: for each owner and each interest."""
    if held.valid_from is not None and held.valid_to is not None and held.valid_to <= held.valid_from:
        sink.refuse(held.row, "end_date", held.valid_to, END_BEFORE_START)
        return
    if len(owners) > 1:
        sink.warn(TOGETHER, held.row, owners[0].id)
    number = 0
    for owner in owners:
        sink.take_party(owner, held.row)
        for interest, size in sizes:
            number += 1
            if size is None:
                sink.warn(NONSENSE, held.row, owner.id)
            share = size or UNKNOWN
            sink.add(
                "holdings",
                held.row,
                owner=owner.id,
                owned=held.owned,
                interest=interest,
                indirect=held.indirect,
                standing="Current",
                stale=False,
                valid_from=held.valid_from,
                valid_to=held.valid_to,
                last_update=held.last_update,
                record=f"{held.record}/{number}",
                **(share.at_most() if len(owners) > 1 else share).cells(),
            )
