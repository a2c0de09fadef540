"""Sentences from the ontology: what a statement of a proof says, by its predicate (`ontology/statements*.ttl`).

A template has gaps in braces. `{value:,}` groups the digits of a figure, `{label:A}` begins with a capital, and
`{stale?}` writes nothing and only asks for a value. What else follows a colon joins several values; without it a comma
does. A part in square brackets is left out where one of its gaps has no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from topco import knowledge
from topco.namespaces import term

_FILES = ("ontology/statements.ttl", "ontology/statements-ownership.ttl")
_NOTATION = "http://www.w3.org/2004/02/skos/core#notation"
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_GAP = re.compile(r"\{(\w+)(\?|:[^}]*)?\}")
Sentence = Callable[[Mapping[str, Any]], str]


def _forms() -> dict[str, Mapping[str, list[str]]]:
    found = {iri: said for file in _FILES for iri, said in knowledge.facts(file).items()}
    return {iri: said for iri, said in found.items() if term("template") in said}


@cache
def templates() -> Mapping[str, str]:
    """The template of every predicate.

    >>> templates()["itemClass"]
    'The item is of class {itemClass} ({entries})'
    """
    return {said[_NOTATION][0]: said[term("template")][0] for said in _forms().values()}


@cache
def form(predicate: str) -> str | None:
    """The IRI of the form that a predicate's statements have; None for a predicate of another version.

    >>> form("itemClass")
    'https://w3id.org/topco/ItemClassStatement'
    """
    return next((iri for iri, said in _forms().items() if predicate in said.get(_NOTATION, ())), None)


def say(predicate: str, values: Mapping[str, Any]) -> str:
    """The sentence of a statement.

    Raises:
        LookupError: the ontology has no such predicate, or a gap that must be filled has no value.

    >>> say("caseStatesPlace", {"path": "hq_in", "codes": ["DE", "FR"]})
    'The case states hq_in: DE and FR'
    """
    return _sentence(predicate)(values)


@cache
def _sentence(predicate: str) -> Sentence:
    if predicate not in templates():
        raise LookupError(f"{' and '.join(_FILES)} have no sentence for {predicate!r}")
    template = templates()[predicate]
    parts = [(text, bool(place % 2)) for place, text in enumerate(_OPTIONAL.split(template)) if text]
    pieces = [(_pieces(text), optional) for text, optional in parts]

    def filled(values: Mapping[str, Any]) -> str:
        return "".join(
            piece if isinstance(piece, str) else _written(values[piece[0]], piece[1])
            for needed, optional in pieces
            if not optional or all(isinstance(one, str) or values.get(one[0]) for one in needed)
            for piece in needed
        )

    return filled


def _pieces(text: str) -> list[str | tuple[str, str]]:
    """Plain text and gaps in turn; a gap is its name and how it is written."""
    found: list[str | tuple[str, str]] = []
    end = 0
    for gap in _GAP.finditer(text):
        found += [text[end : gap.start()], (gap[1], gap[2] or "")]
        end = gap.end()
    return [piece for piece in (*found, text[end:]) if piece != ""]


def _written(value: Any, how: str) -> str:
    if how == "?":
        return ""
    if isinstance(value, list | tuple):
        return (how[1:] or ", ").join(map(str, value))
    if how == ":,":
        # A sum without an end is a fraction, whose digits stay as they are.
        return str(value) if "/" in str(value) else f"{Decimal(value):,}"
    text = str(value)
    return text[:1].upper() + text[1:] if how == ":A" else text
