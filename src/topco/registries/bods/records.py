"""One record of a file: judged in the first pass, turned into rows, rejects and warnings in the second."""

from __future__ import annotations

import re
from typing import Any

from topco.registries.bods import deviations, reading
from topco.registries.bods.amounts import first_day
from topco.registries.bods.index import Index, Mark
from topco.registries.bods.parties import add_party
from topco.registries.bods.relationships import add_relationship
from topco.registries.bods.statements import Statement, publisher_of, viewed
from topco.registries.bods.target import Target
from topco.registries.bods.validation import NEWEST, VERSIONS, Problem, is_valid, problems
from topco.registries.bods.versions import TAG, tag_of, version_of

_REASONS = {
    Mark.TAKEN: "a statement with this id stands before it and reads otherwise: the first counts",
    Mark.OTHER_TYPE: "the record is of another type in an earlier statement",
}


def judge(index: Index, text: str, value: Any) -> None:
    """Judge one record, and count it in the index."""
    version = version_of(value) if type(value) is dict else None
    if version is None:
        index.skip(Mark.REFUSED)
    elif is_valid(value, version):
        index.take(viewed(value, version), text, Mark.COUNTS)
    else:
        fixed, _, _, serious = deviations.read(value, version)
        if serious:
            index.skip(Mark.REFUSED)
        else:
            index.take(viewed(fixed, version), text, Mark.DEVIATES)


def add(target: Target, row: int, position: int, text: str, value: Any) -> None:
    """The rows, rejects and warnings of one record."""
    sink, index = target.sink, target.index
    if isinstance(value, reading.Unreadable):
        sink.refuse(row, "", value.text, value.reason)
        return
    version = version_of(value) if type(value) is dict else NEWEST
    if version is None:
        sink.refuse(row, TAG, _shown(tag_of(value)), f"the version is none of {', '.join(VERSIONS)}")
        return
    mark = Mark(index.marks[position])
    if mark is Mark.REPEATED:
        sink.warn("an exact repeat of a statement was dropped", row)
        return
    if mark is not Mark.COUNTS:
        fixed, notes, found, serious = (
            deviations.read(value, version) if type(value) is dict else (value, [], [], problems(value, version))
        )
        if mark is Mark.REFUSED:
            for problem in serious:
                sink.refuse(row, problem.path, _shown(problem.value), problem.reason)
            return
        for reason, example in notes:
            sink.warn(reason, row, example)
        for problem in found:
            sink.warn(_described(problem), row, _shown(problem.value))
        value = fixed
    statement = viewed(value, version)
    if mark in _REASONS:
        sink.refuse(row, "statementId" if version == NEWEST else "statementID", statement.id, _REASONS[mark])
        return
    if tag_of(value) not in (None, version):
        sink.warn("the tag names another version than the one whose shape the statement has", row, str(tag_of(value)))
    if target.publisher and publisher_of(value) not in (None, target.publisher):
        sink.warn(
            "another publisher is named than at the beginning of the file, which counts", row, publisher_of(value)
        )
    _add_statement(target, row, position, text, statement)


def _shown(value: Any) -> str | None:
    """A value for people; not of an object or a list, which says too much and may be nested without end."""
    return None if isinstance(value, dict | list) or value is None else str(value)


def _described(problem: Problem) -> str:
    """A harmless problem in one of few sentences."""
    if problem.rule == "required":
        return f"{problem.reason}, which is not needed here"
    name = re.sub(r"\[\d+\]", "", problem.path)
    return f"{name}: {problem.reason}"


def _add_statement(target: Target, row: int, position: int, text: str, statement: Statement) -> None:
    sink, index = target.sink, target.index
    sink.add("originals", row, record=target.record(statement), text=text)
    sink.changed_on(first_day(statement.published) or first_day(statement.stated))
    if statement.version == NEWEST and "incorporatedInJurisdiction" in statement.details:
        sink.warn("the law of formation is called incorporatedInJurisdiction, as before version 0.3", row)
    if any(old not in index.first for old in statement.replaces):
        sink.warn("a statement replaces one that is in no file", row, statement.id)
    if index.is_superseded(statement.key, position):
        target.remarks["statements are replaced by later ones and give no evidence"] += 1
        return
    if statement.key in index.reopened:
        sink.warn("a record is stated later than the statement that closes it: it counts as open", row, statement.key)
    if statement.key in index.replaced:
        sink.warn("several statements replace this one, or it replaces itself: it stays", row, statement.id)
    if statement.kind != "relationship":
        add_party(target, row, statement)
        return
    if statement.key in index.disconnected:
        sink.warn(
            "the components do not spell a relationship out from end to end: the whole counts, and so do they", row
        )
    add_relationship(target, row, statement)
