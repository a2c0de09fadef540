"""Which record of OpenCorporates a JSON object is, and whether it is a valid one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from topco.registries.opencorporates.models import AlternateRegistration, Company, ControlStatement
from topco.registries.opencorporates.statements import ShareParcels, SubsidiaryRelationship

MODELS: dict[str, type[BaseModel]] = {
    "companies": Company,
    "control-statements": ControlStatement,
    "subsidiaries": SubsidiaryRelationship,
    "share-parcels": ShareParcels,
    "alternate-registrations": AlternateRegistration,
}
_MISSING = "missing"
_DEEPEST = 40


@dataclass(frozen=True)
class Fault:
    """Something in a record that its model refuses: the path to it, what stands there, and why."""

    path: str
    value: object
    reason: str


def kind_of(record: dict[str, Any]) -> str | None:
    """The kind of a record by the fields that only this kind has; None if it is none that is read.

    >>> kind_of({"subject_entity": {}}), kind_of({"company_number": "1", "name": "A"}), kind_of({"parent_name": "A"})
    ('control-statements', 'companies', None)
    """
    if "subject_entity" in record or "control_mechanisms" in record:
        return "control-statements"
    if record.get("data_type") == "alternate-registration" or "alternate_entities" in record:
        return "alternate-registrations"
    if isinstance(record.get("data"), list) and isinstance(record.get("company"), dict):
        types = {item.get("data_type") for item in record["data"] if isinstance(item, dict)}
        if "share_parcel" in types:
            return "share-parcels"
        return "subsidiaries" if "sample_date" in record or "subsidiary_relationship" in types else None
    if "jurisdiction_code" in record or ("company_number" in record and "name" in record):
        return "companies"
    return None


def checked(record: object, kind: str) -> BaseModel | list[Fault]:
    """A record as its model, or everything that is wrong with it.

    >>> [fault.path for fault in checked({"name": "A", "jurisdiction_code": "ie"}, "companies")]
    ['company_number', 'retrieved_at']
    """
    if not isinstance(record, dict):
        return [Fault("", record, "the record is no JSON object")]
    if _depth(record) > _DEEPEST:
        return [Fault("", None, "the record is nested too deeply")]
    try:
        return MODELS[kind].model_validate(record)
    except ValidationError as error:
        faults: dict[str, Fault] = {}
        for one in error.errors(include_url=False, include_context=False):
            path = _path(record, one["loc"], one["type"] == _MISSING)
            value = None if one["type"] == _MISSING else one["input"]
            faults.setdefault(path, Fault(path, value, one["msg"].removeprefix("Value error, ")))
        return list(faults.values())


def _path(record: object, steps: tuple[int | str, ...], missing: bool) -> str:
    """The path as the record has it, without the names of the alternatives that a model tried."""
    here: Any = record
    kept: list[str] = []
    for step in steps:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            continue
        kept.append(str(step))
    if missing:
        kept.append(str(steps[-1]))
    return ".".join(kept)


def _depth(value: dict[str, Any]) -> int:
    """How deeply objects and lists stand in each other, without recursion; it stops counting past the limit."""
    level: list[Any] = [value]
    deep = 0
    while level and deep <= _DEEPEST:
        deep += 1
        level = [
            part
            for item in level
            for part in (item.values() if isinstance(item, dict) else item)
            if isinstance(part, dict | list)
        ]
    return deep
