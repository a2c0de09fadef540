"""The form of a case, read off its model: which facts there are, what each may be, what is made of several facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from topco.licensing.cases.case import Case, Countries, Country, Party

TRUTH, WORD, WORDS, NUMBER, COUNT, DATE, TEXT, COUNTRY, COUNTRIES, MAP, SECTION, LIST, WHOLE = (
    *("truth", "word", "words", "number", "count", "date", "text", "country", "countries"),
    *("map", "section", "list", "whole"),
)
NO_FACTS = frozenset({"title", "cites", "confidence", "expect"})
"""What a case may hold for people and tests; the program ignores it."""


@dataclass(frozen=True)
class Shape:
    """What a fact may be.

    Attributes:
        kind: one of the kinds above; `WHOLE` is a structure that may hold itself, written as JSON.
        words: the codes of a `WORD` or of `WORDS`; of a `SECTION` that may also be false: `false`.
        parts: the facts of a `SECTION`, or of each element of a `LIST`, by name.
        is_required: whether what holds it cannot be without it.
    """

    kind: str
    words: tuple[str, ...] = ()
    parts: Mapping[str, Shape] = field(default_factory=dict)
    is_required: bool = False


@cache
def sections() -> Mapping[str, Shape]:
    """Everything that a case states, by its key; `parties` are a list.

    >>> sections()["transaction"].parts["date"].kind, sections()["transaction"].parts["activity"].words[0]
    ('date', 'export')
    """
    return _parts(Case, without=NO_FACTS)


@cache
def party() -> Shape:
    """A party; its role is a part of its key.

    >>> party().parts["hq_in"].kind, "role" in party().parts
    ('countries', False)
    """
    return Shape(SECTION, parts=_parts(Party, without=frozenset({"role"})))


def _parts(
    model: type[BaseModel], without: frozenset[str] = frozenset(), inside: tuple[type[BaseModel], ...] = ()
) -> dict[str, Shape]:
    return {
        name: _shape(about.annotation, (*inside, model), is_required=about.is_required())
        for name, about in model.model_fields.items()
        if name not in without
    }


def _shape(annotation: Any, inside: tuple[type[BaseModel], ...], *, is_required: bool) -> Shape:
    kinds = list(_alternatives(annotation))
    words = tuple(str(one).lower() for kind in kinds if get_origin(kind) is Literal for one in get_args(kind))
    (main,) = [kind for kind in kinds if get_origin(kind) is not Literal] or [None]
    kind, parts = _kind(main, inside)
    return Shape(kind, words or _words_of(main), parts, is_required)


def _kind(main: Any, inside: tuple[type[BaseModel], ...]) -> tuple[str, Mapping[str, Shape]]:
    """The kind of a type, and its parts; None stands for codes alone, and what holds itself is a whole."""
    simple = {None: WORD, bool: TRUTH, int: COUNT, Decimal: NUMBER, date: DATE, str: TEXT}
    if main == Country:
        return COUNTRY, {}
    if main == Countries:
        return COUNTRIES, {}
    if main in simple:
        return simple[main], {}
    if get_origin(main) is dict:
        return MAP, {}
    inner = get_args(main)[0] if get_origin(main) is tuple else main
    if get_origin(inner) is Literal:
        return WORDS, {}
    if inner in inside:
        return WHOLE, {}
    return SECTION if inner is main else LIST, _parts(inner, inside=inside)


def _words_of(main: Any) -> tuple[str, ...]:
    inner = get_args(main)[0] if get_origin(main) is tuple else None
    return tuple(get_args(inner)) if get_origin(inner) is Literal else ()


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The types that an annotation stands for, without what only checks them; countries stay what they are."""
    if annotation in (Country, Countries):
        yield annotation
    elif get_origin(annotation) is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from _alternatives(one)
    elif annotation is not NoneType:
        yield annotation
