"""Statements about relationships as rows of evidence: holdings, consolidation, and parties that nobody names."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from topco.registries.bods import amounts, codes
from topco.registries.bods.statements import Statement
from topco.registries.bods.target import Target
from topco.registries.reference import GLEIF_CODES, code_meanings, folded

BOTH_LEVELS = ("DirectLevel", "UltimateLevel")
_GLEIF = re.compile(r"(Relationship Type|Exception Category): ([A-Z_-]+)")
_UNKNOWN_INTEREST = "unknownInterest"
NO_OWNER = "noBeneficialOwners"


def add_relationship(target: Target, row: int, statement: Statement) -> None:
    """The rows of a statement about a relationship."""
    if not _references_fit(target, row, statement):
        return
    subject = _party(target, row, statement, "subject")
    interests: list[dict[str, Any]] = statement.details.get("interests") or []
    if statement.reference("interestedParty") is None:
        _add_absences(target, row, statement, subject, interests)
        interests = [interest for interest in interests if _gleif(interest)[0] is None]
        if not interests or _reason(statement) == NO_OWNER:
            return
    elif not interests:
        target.sink.warn("a relationship states no interest: it counts as an unknown one", row, statement.key)
        interests = [{}]
    owner = _party(target, row, statement, "interestedParty")
    for number, interest in enumerate(interests, start=1):
        _add_interest(target, row, statement, owner, subject, number, interest)


def _references_fit(target: Target, row: int, statement: Statement) -> bool:
    """Whether both ends are parties; what no file describes may be one."""
    prefix = "recordDetails." if statement.version == "0.4" else ""
    for name, wrong in (("subject", "pr"), ("interestedParty", "r")):
        reference = statement.reference(name)
        if reference is None:
            continue
        kind = target.index.kind_of(target.index.record_of(reference))
        if kind is None:
            target.sink.warn("a party is described by no statement: only its identifier is known", row, reference)
        elif kind in wrong:
            what = "a relationship" if kind == "r" else "a person, which nobody can own"
            target.sink.refuse(row, prefix + name, reference, f"what is referred to is {what}")
            return False
    party = statement.details["interestedParty"]
    if isinstance(party, dict) and statement.version != "0.4":
        if "describedByEntityStatement" in party and "describedByPersonStatement" in party:
            target.sink.refuse(row, "interestedParty", None, "two parties are named, an entity and a person")
            return False
        if statement.reference("interestedParty") is None and "unspecified" not in party:
            target.sink.warn("an interested party is neither named nor called unspecified", row, statement.key)
    return True


def _party(target: Target, row: int, statement: Statement, name: str) -> str:
    """The identifier of one end; a party that is not named becomes one of its own, which no other is equal to."""
    reference = statement.reference(name)
    if reference is not None:
        return target.party(target.index.record_of(reference))
    party = target.party(f"{statement.key}/{name}")
    target.sink.add(
        "entities",
        row,
        id=party,
        kind="UnidentifiedParty",
        category="unspecified",
        standing="Current",
        last_update=target.day_of(statement),
        record=f"{target.record(statement)}/{name}",
    )
    return party


def _reason(statement: Statement) -> str:
    unspecified = statement.unspecified("interestedParty")
    told = codes.told_in_text(unspecified.get("description", ""))
    return told or codes.reasons().get(folded(unspecified.get("reason", "unknown")), "unknown")


def _add_absences(
    target: Target, row: int, statement: Statement, subject: str, interests: list[dict[str, Any]]
) -> None:
    """That a party is not named, at the levels that GLEIF's category says, else at both."""
    published = amounts.first_day(statement.published) or target.day_of(statement)
    if statement.closed or (interests and all(_is_over(interest, published) for interest in interests)):
        target.remarks["statements that a party is not named are over and left out"] += 1
        return
    told = [meaning for interest in interests if (meaning := _gleif(interest)[1])]
    record, unspecified = target.record(statement), statement.unspecified("interestedParty")
    for level in dict.fromkeys(told) if told else BOTH_LEVELS:
        target.sink.add(
            "absences",
            row,
            subject=subject,
            level=level,
            reason=_reason(statement),
            reference=unspecified.get("description"),
            record=f"{record}/{level}",
        )


def _is_over(interest: dict[str, Any], on: date | None) -> bool:
    end = amounts.end_of_period(interest.get("endDate"))
    return end is not None and on is not None and end <= on


def _gleif(interest: dict[str, Any]) -> tuple[str | None, str | None]:
    """The kind of relationship, or the level of an exception, that GLEIF's code in the free text means; or neither."""
    if interest.get("type") != "otherInfluenceOrControl":
        return None, None
    found = _GLEIF.fullmatch(interest.get("details", ""))
    if found is None:
        return None, None
    if found[1] == "Relationship Type":
        return code_meanings(GLEIF_CODES, "relationshipType").get(found[2]), None
    level = code_meanings(GLEIF_CODES, "exceptionCategory").get(found[2])
    return level, level


def _add_interest(
    target: Target, row: int, statement: Statement, owner: str, owned: str, number: int, interest: dict[str, Any]
) -> None:
    kind, exception = _gleif(interest)
    period = _period(target, row, statement, number, interest)
    if period is None:
        return
    standing, valid_from, valid_to = period
    record = f"{target.record(statement)}/{number}"
    if kind is not None and exception is None:
        target.sink.warn("GLEIF's type of relationship stands only in a free text", row, kind)
        target.sink.add(
            "relationships",
            row,
            child=owned,
            parent=owner,
            kind=kind,
            standing=standing,
            stale=False,
            valid_from=valid_from,
            valid_to=valid_to,
            last_update=target.day_of(statement),
            record=record,
        )
        return
    share = amounts.share(interest["share"]) if interest.get("share") else amounts.UNKNOWN
    if share.problem:
        target.sink.refuse(row, f"{_path(statement, number)}.share", interest["share"], share.problem)
        return
    if share.rounded:
        target.sink.warn("a share has more than seven decimals: the band of one unit around it counts", row)
    target.sink.add(
        "holdings",
        row,
        owner=owner,
        owned=owned,
        interest=_concept(target, row, interest),
        share_exact=share.exact,
        share_min=share.minimum,
        share_min_exclusive=share.minimum_exclusive,
        share_max=share.maximum,
        share_max_exclusive=share.maximum_exclusive,
        indirect=interest.get("directOrIndirect", interest.get("interestLevel")) != "direct",
        standing=standing,
        stale=False,
        valid_from=valid_from,
        valid_to=valid_to,
        last_update=target.day_of(statement),
        record=record,
    )


def _concept(target: Target, row: int, interest: dict[str, Any]) -> str:
    code = interest.get("type")
    if code is None:
        return _UNKNOWN_INTEREST
    concept = codes.interest(code) if isinstance(code, str) else None
    if concept is None:
        target.sink.warn("a type of interest is in no code list: it counts as unknown", row, str(code))
    return concept or _UNKNOWN_INTEREST


def _path(statement: Statement, number: int) -> str:
    prefix = "recordDetails." if statement.version == "0.4" else ""
    return f"{prefix}interests[{number - 1}]"


def _period(
    target: Target, row: int, statement: Statement, number: int, interest: dict[str, Any]
) -> tuple[str, date | None, date | None] | None:
    """Standing and period of an interest; None if it ends before it starts, which is a reject.

    A closed record ended when its interest did, else on the day of the statement that closes it; if that is not after
    its start nobody knows when it held, and it is void.
    """
    start, end = interest.get("startDate"), interest.get("endDate")
    for text in (start, end):
        if text and amounts.days(text) is None:
            target.sink.warn("a date names no day: the period is open there", row, text)
    valid_from, valid_to = amounts.first_day(start), amounts.end_of_period(end)
    if valid_from and valid_to and valid_to < valid_from:
        target.sink.refuse(row, f"{_path(statement, number)}.endDate", end, "the end is before the start")
        return None
    if valid_from and valid_to == valid_from:
        target.sink.warn("an interest ends on the day on which it starts: it counts for that day", row, end)
        valid_to = valid_from + timedelta(days=1)
    if statement.closed:
        valid_to = valid_to or target.day_of(statement)
        if valid_to is None or (valid_from is not None and valid_to <= valid_from):
            return "Void", valid_from, None
        return "Ended", valid_from, valid_to
    return "Summary" if statement.key in target.index.summaries else "Current", valid_from, valid_to
