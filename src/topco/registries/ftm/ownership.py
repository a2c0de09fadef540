"""Ownership links of FollowTheMoney as holdings.

A share is exact only if the link states one percentage that has one reading, between one owner and one thing owned.
Everything else is a holding of unknown size: never no holding, and never a guess.
"""

from __future__ import annotations

from datetime import date

from topco.registries.ftm.record import Entity, identifier_of
from topco.registries.ftm.schemata import schemata
from topco.registries.partial_dates import day_after, first_day, is_partial, last_day
from topco.registries.percentages import UNKNOWN, Share, may_be_a_part, of_text
from topco.registries.staged import Sink

INTEREST = "shares"

NOT_UNDERSTOOD = "a percentage has no single reading: the holding counts as one of unknown size"
SEVERAL = "one ownership states several percentages: the holding counts as one of unknown size"
PART_OR_PERCENT = "a percentage below 1 may be a part of one: the band between both readings is taken"
JOINT = "one ownership names several parties: each holding counts as one of unknown size"
CONSOLIDATED = "an ownership tells of consolidation in accounts: its percentage is left out"
PARTIAL_DATE = "a date gives no day: the widest period is taken"
SEVERAL_DATES = "a link has several dates for one end: the widest period is taken"


def add_ownership(entity: Entity, sink: Sink) -> None:
    """Add a holding for each pair of owner and thing owned, or refuse the link."""
    owners, owned = list(dict.fromkeys(entity.values("owner"))), list(dict.fromkeys(entity.values("asset")))
    for column, parties in (("owner", owners), ("asset", owned)):
        if not parties:
            sink.refuse(entity.row, column, None, "an ownership needs an owner and an asset")
            return
    period = _period(entity, sink)
    if period is None:
        return
    share = _share(entity, sink)
    pairs = [(owner, asset) for owner in owners for asset in owned]
    if len(pairs) > 1:
        sink.warn(JOINT, entity.row, entity.id)
        share = UNKNOWN
    for position, (owner, asset) in enumerate(pairs, start=1):
        sink.add(
            "holdings",
            entity.row,
            owner=identifier_of(owner),
            owned=identifier_of(asset),
            interest=INTEREST,
            standing="Current",
            stale=False,
            valid_from=period[0],
            valid_to=period[1],
            last_update=entity.last_change,
            record=entity.record if position == 1 else f"{entity.record}/{position}",
            **share.cells(),
        )


def _share(entity: Entity, sink: Sink) -> Share:
    written = list(dict.fromkeys(entity.values("percentage")))
    if not written:
        return UNKNOWN
    if _is_consolidation(entity):
        sink.warn(CONSOLIDATED, entity.row, written[0])
        return UNKNOWN
    if len(written) > 1:
        sink.warn(SEVERAL, entity.row, ", ".join(written))
        return UNKNOWN
    share = of_text(written[0])
    if share is None:
        sink.warn(NOT_UNDERSTOOD, entity.row, written[0])
        return UNKNOWN
    if may_be_a_part(written[0]):
        sink.warn(PART_OR_PERCENT, entity.row, written[0])
    return share


def _is_consolidation(entity: Entity) -> bool:
    texts = [text.lower() for name in ("role", "ownershipType") for text in entity.values(name)]
    return any(word in text for word in schemata().consolidation for text in texts)


def _period(entity: Entity, sink: Sink) -> tuple[date | None, date | None] | None:
    starts, ends = entity.values("startDate"), entity.values("endDate")
    for column, texts in (("startDate", starts), ("endDate", ends)):
        for text in texts:
            if first_day(text) is None:
                sink.refuse(entity.row, column, text, "not a date (write year-month-day, year-month or year)")
                return None
            if is_partial(text):
                sink.warn(PARTIAL_DATE, entity.row, text)
        if len(set(texts)) > 1:
            sink.warn(SEVERAL_DATES, entity.row, ", ".join(texts))
    start = min((day for text in starts if (day := first_day(text))), default=None)
    end = day_after(max((day for text in ends if (day := last_day(text))), default=None))
    if start is not None and end is not None and end <= start:
        sink.refuse(entity.row, "endDate", ends[0], f"the end lies before the start, {starts[0]}")
        return None
    return start, end
