"""The state of the page of a case, which is a link: facts of the case and how it is read, as keys and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from topco.application.asked import AS_GIVEN
from topco.application.questions import OPTIONS, shape_of
from topco.errors import BadInput
from topco.licensing.cases.case_keys import ALIASES, PARTIES, Pairs
from topco.licensing.cases.case_reading import CaseOfKeys, case_of
from topco.licensing.cases.case_shape import DATE
from topco.records.setting import Asked
from topco.server.problem import Refused

LONGEST = 30_000
"""Letters of a link; what is longer is for the command line or REST."""
_IN_BRACKETS = re.compile(r"\[(\d+)\]")
_PLAIN = ":;,/"


@dataclass(frozen=True)
class CaseState:
    """What a link says.

    Attributes:
        pairs: the facts of the case that are answered, as given, in their order.
        options: what else is asked (dates, parent test, open tops), as given.
        read: the case that the facts are, or what is wrong with them.
        asked: the options as determinations take them.
        wrong: what is wrong with the options, by key.
    """

    pairs: Pairs
    options: Pairs
    read: CaseOfKeys
    asked: Asked
    wrong: Mapping[str, str]

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by key."""
        return {**self.read.errors, **self.wrong}

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """The texts of every key."""
        found: dict[str, list[str]] = {}
        for key, text in (*self.pairs, *self.options):
            found.setdefault(key, []).append(text)
        return found

    @property
    def link(self) -> str:
        """The query of the page's address that says the same."""
        return query((*self.pairs, *self.options))

    def with_fact(self, key: str, text: str) -> str:
        """The query with another answer to one question."""
        kept = [(one, said) for one, said in (*self.pairs, *self.options) if one != key and said != ""]
        return query([*kept, (key, text)])

    def without(self, party: str) -> str:
        """The query without a party."""
        below = f"{party}."
        numbered = re.compile(rf"{re.escape(below)}\d+(\.|$)")
        return query(
            (key, text)
            for key, text in (*self.pairs, *self.options)
            if not ((key.startswith(below) and not numbered.match(key)) or (key == PARTIES and text == party))
        )


def state_of(pairs: Iterable[tuple[str, str]]) -> CaseState:
    """The state that keys and texts are; columns of order files are taken for the facts that they mean.

    >>> state = state_of([("eccn", "EAR99"), ("as_of", "2025-13-01"), ("conditions.purchase_order", "")])
    >>> state.link, state.errors
    ('item.eccn=EAR99&as_of=2025-13-01', {'as_of': 'write a date as YYYY-MM-DD'})
    """
    facts: Pairs = []
    options: Pairs = []
    for key, text in pairs:
        if text.strip():
            (options if key in OPTIONS else facts).append((_full(key), text.strip()))
    stated = {_party(key) for key, _ in facts if key != PARTIES}
    facts = [(key, text) for key, text in dict.fromkeys(facts) if key != PARTIES or _party(text) not in stated]
    asked, wrong = _asked(options)
    return CaseState(facts, options, case_of(facts), asked, wrong)


def state_of_query(text: str) -> CaseState:
    """The state of a query string.

    Raises:
        Refused: it is longer than a link may be.
    """
    if len(text) > LONGEST:
        raise Refused(
            414,
            f"The link has {len(text):,} letters; {LONGEST:,} are the most.",
            remedy="Send the case as JSON: topco determine, or POST /api/v1/determinations.",
        )
    return state_of(parse_qsl(text, keep_blank_values=True))


def query(pairs: Iterable[tuple[str, str]]) -> str:
    """Keys and texts as the query of an address."""
    return urlencode(list(pairs), safe=_PLAIN)


def key_of_error(error: BadInput, state: CaseState) -> str | None:
    """The key of the fact that an error of a determination is about; None if it is about the whole.

    The errors of the law name a path (`parties[0].hq_in`, or a fact alone: `destination`) in their place or their text.
    """
    where = (error.where or "").partition(": ")[2] or (error.where or "")
    for said in (where, error.what.partition(": ")[0]):
        key = state.read.key_of(steps_of(said))
        for whole in (key, f"transaction.{key}"):
            if whole in state.texts or shape_of(whole) is not None:
                return whole
    return None


def steps_of(path: str) -> list[str | int]:
    """The steps of a path as cases write it.

    >>> steps_of("parties[0].hq_in")
    ['parties', 0, 'hq_in']
    """
    return [int(step) if step.isdecimal() else step for step in _IN_BRACKETS.sub(r".\1", path).split(".")]


def _party(key: str) -> tuple[str, str]:
    """The role and the number of the party that a key is about."""
    role, number, *_ = [*key.split("."), "1"]
    return role, number if number.isdecimal() else "1"


def _full(key: str) -> str:
    """The key of the case format for a column of an order file."""
    from topco.licensing.orders.rows import PLAIN

    if key in PLAIN:
        section, name = PLAIN[key]
        key = f"{section}.{name}" if section else name
    first, dot, rest = key.partition(".")
    return f"{ALIASES.get(first, first)}{dot}{rest}"


def _asked(options: Sequence[tuple[str, str]]) -> tuple[Asked, dict[str, str]]:
    found: dict[str, date | str] = {}
    wrong: dict[str, str] = {}
    for key, text in options:
        shape = shape_of(key)
        assert shape is not None
        if key in found:
            wrong[key] = "this is given twice"
        elif shape.kind == DATE:
            try:
                found[key] = date.fromisoformat(text)
            except ValueError:
                wrong[key] = "write a date as YYYY-MM-DD"
        elif text in shape.words:
            found[key] = text
        else:
            wrong[key] = f"it is one of {', '.join(shape.words)}"
    day = {key: value for key, value in found.items() if isinstance(value, date)}
    said = {key: value for key, value in found.items() if isinstance(value, str)}
    asked = Asked(
        day.get("as_of"),
        day.get("known_as_of"),
        day.get("rules_as_of"),
        None,
        said.get("open_top", AS_GIVEN.open_top),
        said.get("test"),
    )
    return asked, wrong
