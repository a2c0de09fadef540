"""What a client sends, read with care: JSON of bounded size and depth, of the form that the specification gives."""

from __future__ import annotations

import json
from typing import Any, Literal, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from topco.errors import BadInput

MOST_QUERIES, MOST_IDS, MOST_PROPERTIES, MOST_VALUES = 100, 1_000, 50, 100
LONGEST = 1_000
"""Characters of one text in a query; no name and no identifier is longer."""

T = TypeVar("T")


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Reference(_Strict):
    """A value that is itself an entity."""

    id: str
    name: str = ""


Scalar = bool | int | float | str | Reference


class Evidence(_Strict):
    """A property in a query, with the value or values that the user knows of it."""

    pid: str
    v: Scalar | list[Scalar]


class Query(_Strict):
    """One query of a batch."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    query: str = ""
    type: str | list[str] = []
    limit: int | float | None = None
    properties: list[Evidence] = []
    type_strict: Literal["any", "should", "all"] = "any"


class Wanted(_Strict):
    """A property that a table is to be extended by."""

    id: str
    settings: dict[str, Any] = {}


class Extension(_Strict):
    """A request to extend a table."""

    ids: list[str]
    properties: list[Wanted]


_QUERIES, _EXTENSION = TypeAdapter(dict[str, Query]), TypeAdapter(Extension)


def queries_in(text: str) -> dict[str, Query]:
    """The queries of a batch.

    >>> queries_in('{"q0": {"query": "Beispiel GmbH"}}')["q0"].query
    'Beispiel GmbH'

    Raises:
        BadInput: it is no JSON, of another form, or too much.
    """
    found = _checked(_QUERIES, document_in(text, "queries"), "queries")
    if len(found) > MOST_QUERIES:
        raise BadInput(f"{len(found):,} queries at once are too many.", remedy=f"Send at most {MOST_QUERIES}.")
    for key, query in found.items():
        if "query" not in query.model_fields_set and not query.properties:
            raise BadInput("A query has neither a text nor a property.", where=key, remedy="Give one of the two.")
        if query.limit is None and "limit" in query.model_fields_set:
            raise BadInput("The limit is no number.", where=key)
        if query.limit is not None and not query.limit >= 1:
            raise BadInput("The limit must be at least 1.", where=key)
        if len(query.properties) > MOST_PROPERTIES:
            raise BadInput(f"A query has more than {MOST_PROPERTIES} properties.", where=key)
        if len(texts_of(query)) > MOST_VALUES:
            raise BadInput(f"A query has more than {MOST_VALUES} values.", where=key)
        if any(len(one) > LONGEST for one in (query.query, *texts_of(query))):
            raise BadInput(f"A text is longer than {LONGEST:,} characters.", where=key, remedy="Shorten the cell.")
    return found


def extension_in(text: str) -> Extension:
    """A request to extend a table.

    Raises:
        BadInput: it is no JSON, of another form, or too much.
    """
    found = _checked(_EXTENSION, document_in(text, "extend"), "extend")
    for what, given, most in (("identifiers", found.ids, MOST_IDS), ("properties", found.properties, MOST_PROPERTIES)):
        if len(given) > most:
            raise BadInput(f"{len(given):,} {what} at once are too many.", remedy=f"Send at most {most:,}.")
    return found


def texts_of(query: Query) -> list[str]:
    """All values in a query, as texts."""
    return [text for one in query.properties for text in values_of(one)]


def values_of(evidence: Evidence) -> list[str]:
    """The values of a property as texts: whole numbers without a point, of an entity its identifier.

    >>> values_of(Evidence(pid="number", v=[102498.0, "x ", Reference(id="LEI:1")]))
    ['102498', 'x', 'LEI:1']
    """
    values = evidence.v if isinstance(evidence.v, list) else [evidence.v]
    return [text for one in values if (text := _text(one).strip())]


def _text(value: Scalar) -> str:
    if isinstance(value, Reference):
        return value.id
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def document_in(text: str, what: str) -> Any:
    """A JSON document whose names are unique in each object and whose texts can be written as UTF-8.

    Raises:
        BadInput: it is none.
    """
    try:
        found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError as error:
        raise BadInput("The JSON is nested too deeply.", where=what) from error
    except UnicodeEncodeError as error:
        raise BadInput("A text has half a character in it (a lone surrogate).", where=what) from error
    except ValueError as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise BadInput(f"This is no JSON: {reason}.", where=what) from error
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same name twice")
    return found


def _checked(adapter: TypeAdapter[T], document: Any, what: str) -> T:
    try:
        return adapter.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join([what, *map(str, first["loc"][:4])])
        raise BadInput(f"The request has another form: {first['msg']}.", where=place[:200]) from error
