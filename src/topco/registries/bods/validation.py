"""Whether statements are valid under their version, with the path of every error.

The verdict is that of the standard's own JSON schema. It says nothing about what a schema cannot express, such as
references (`index`), and published files that deviate in known ways fail it (`deviations`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator

from topco.registries.bods import v01, v02, v03, v04

MODELS: Mapping[str, Mapping[str, Any]] = {
    "0.1": {
        "entityStatement": v01.Entity,
        "personStatement": v01.Person,
        "ownershipOrControlStatement": v01.Ownership,
    },
    "0.2": {
        "entityStatement": v02.Entity,
        "personStatement": v02.Person,
        "ownershipOrControlStatement": v02.Ownership,
    },
    "0.3": {
        "entityStatement": v03.Entity,
        "personStatement": v03.Person,
        "ownershipOrControlStatement": v03.Ownership,
    },
    "0.4": {"entity": v04.Entity, "person": v04.Person, "relationship": v04.Relationship},
}
VERSIONS = tuple(MODELS)
NEWEST = VERSIONS[-1]
# What pydantic calls an error, and what JSON Schema calls the rule that is broken.
_RULES = {
    "missing": "required",
    "string_too_short": "minLength",
    "string_too_long": "maxLength",
    "greater_than_equal": "minimum",
    "less_than_equal": "maximum",
    "string_pattern_mismatch": "format",
    "literal_error": "enum",
}
_SENTENCES = {
    "string_type": "not a text",
    "string_unicode": "not a text: half of a character is missing",
    "bool_type": "neither true nor false",
    "float_type": "not a number",
    "finite_number": "not a number",
    "list_type": "not a list",
    "dict_type": "not an object",
    "string_too_short": "shorter than {min_length} characters",
    "string_too_long": "longer than {max_length} characters",
    "greater_than_equal": "less than {ge:g}",
    "less_than_equal": "more than {le:g}",
    "string_pattern_mismatch": "not written as this field asks for: a date, an instant, an address or a version",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a statement: the path of the value, as `recordDetails.interests[0].type`; empty for itself."""

    path: str
    rule: str
    value: Any
    reason: str


def type_field(version: str) -> str:
    """The field that says what a statement is about."""
    return "recordType" if version == NEWEST else "statementType"


@cache
def validator(version: str, kind: str) -> SchemaValidator:
    """The compiled model of one type of statement; of a type that is not known, what all of that version share."""
    models = MODELS[version]
    model = models.get(kind, v04.Statement if version == NEWEST else models["entityStatement"])
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    compiled = adapter.validator
    if not isinstance(compiled, SchemaValidator):
        raise TypeError(f"the model of {kind} has no compiled validator")
    return compiled


def is_valid(statement: Any, version: str) -> bool:
    """Whether one statement is valid; the quick way."""
    if type(statement) is not dict:
        return False
    kind = statement.get("recordType" if version == NEWEST else "statementType")
    if type(kind) is not str or kind not in MODELS[version]:
        return False
    return validator(version, kind).isinstance_python(statement, strict=True)


def problems(statement: Any, version: str) -> list[Problem]:
    """Everything that is wrong with one statement.

    >>> [(p.path, p.rule) for p in problems({"recordType": "person", "recordDetails": {"personType": 1}}, "0.4")][-2:]
    [('recordDetails', 'required'), ('recordDetails.personType', 'type')]
    """
    if not isinstance(statement, dict):
        return [Problem("", "type", statement, "not an object")]
    kind = statement.get(type_field(version))
    known = kind if isinstance(kind, str) and kind in MODELS[version] else ""
    try:
        validator(version, known).validate_python(statement, strict=True)
    except ValidationError as error:
        return [_problem(detail) for detail in error.errors(include_url=False)]
    return []


def package_problems(package: Any, version: str) -> list[Problem]:
    """Everything that is wrong with a list of statements; paths begin with `$`.

    >>> [(p.path, p.reason) for p in package_problems([7], "0.4")]
    [('$[0]', 'not an object')]
    """
    if not isinstance(package, list):
        return [Problem("$", "type", package, "not a list of statements")]
    return [
        Problem(f"$[{place}].{problem.path}".rstrip("."), problem.rule, problem.value, problem.reason)
        for place, statement in enumerate(package)
        for problem in problems(statement, version)
    ]


def _problem(detail: Mapping[str, Any]) -> Problem:
    where: list[str | int] = list(detail["loc"])
    kind: str = detail["type"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    value, reason = detail["input"], str(detail["msg"])
    rule = kind.removeprefix("rule:") if kind.startswith("rule:") else _RULES.get(kind, "type")
    if kind == "missing":
        reason = f"{where.pop()} is missing"
    elif kind == "literal_error":
        coded = isinstance(value, str)
        rule, reason = (rule, "none of the codes that this field may have") if coded else ("type", "not a text")
    elif kind in _SENTENCES:
        reason = _SENTENCES[kind].format_map(context)
    for step in context.get("at", ()):
        where.append(step)
        value = value.get(step) if isinstance(value, dict) else value
    return Problem(path_of(where), rule, value, reason)


def path_of(where: list[str | int]) -> str:
    """A place in a statement as people write it.

    >>> path_of(["recordDetails", "interests", 0, "share", "exact"])
    'recordDetails.interests[0].share.exact'
    """
    text = ""
    for step in where:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not step.startswith("<"):
            text += f".{step}" if text else step
    return text
