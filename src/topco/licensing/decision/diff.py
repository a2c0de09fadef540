"""Where two decision tables part: every key on which the answers of two frames have different codes."""

from __future__ import annotations

from collections.abc import Iterator

from topco.licensing.decision.frames import Frame, differs
from topco.licensing.decision.keys import Keys
from topco.licensing.decision.table import CELLS, Row, Wanted, rows_of
from topco.licensing.decision.topics import REVIEW, Answer, Topic, topics
from topco.licensing.weighing.combination import NOT_APPLICABLE

NOT_ASKED = Answer("not asked")


def outcomes_that_differ(a: Frame, b: Frame) -> Iterator[Row]:
    """Rows with the answer of each frame, question by question; a question that one frame does not ask is a row."""
    if a.slice is b.slice and a.ruleset == b.ruleset:
        return
    ours, theirs = ({(one.section, one.code): one for one in topics(frame)} for frame in (a, b))
    for key in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(key), theirs.get(key)
        if one is None or other is None:
            yield _asked_once(one, other)
        elif not _cannot_differ((a, b), (one, other)):
            yield from rows_of((a, b), (one, other), _differ(one))


def _asked_once(one: Topic | None, other: Topic | None) -> Row:
    asked = one or other
    assert asked is not None
    named = Answer("asked", tuple(sorted({rule.cite for rule in asked.rules if rule.kind != "ScopeRule"})))
    answers = (named, NOT_ASKED) if one else (NOT_ASKED, named)
    return Row(asked.section, asked.code, asked.words, dict.fromkeys(CELLS, ""), answers)


def _differ(topic: Topic) -> Wanted:
    """Whether two answers are worth a row: other codes, of which one is an outcome; policies where both are asked."""

    def differ(answers: tuple[Answer, ...]) -> bool:
        first, second = (one.code for one in answers)
        if topic.section == REVIEW and NOT_APPLICABLE in (first, second):
            return False
        return first != second and topic.is_shown(answers)

    return differ


def _cannot_differ(frames: tuple[Frame, Frame], asked: tuple[Topic, Topic]) -> bool:
    """The same rules over a law that is the same for all that they read."""
    one, other = asked
    if one.rules != other.rules or frames[0].ruleset.combinations != frames[1].ruleset.combinations:
        return False
    keys = Keys(frames, (one.rules, other.rules), one.item_class, one.by_role, one.scope, one.only_required)
    return not any(
        value.settings[0] != value.settings[1] or any(map(differs, value.marks))
        for dimension in keys.dimensions()
        for value in dimension.values
    )
