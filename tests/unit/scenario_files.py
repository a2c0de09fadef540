"""The files of `tests/scenarios`: what a lawyer would say of a case, and why.

A file has a `topic` and `scenarios`. `common` holds what all its cases share: it is laid under `given`, mapping by
mapping, and a list replaces a list. `each_party` is laid under every party.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "scenarios"

FILE_KEYS = {"topic", "common", "each_party", "scenarios"}
REQUIRED = {"id", "sentence", "given", "expect", "because", "cite"}
OPTIONAL = {"rows", "difference", "doubt"}
CODES = {"item_class", "eccn", "licence_required", "review_policy", "veu_result"}
PRESENT = {"red_flags", "red_flags_absent", "documents", "documents_absent"}
COMPARED = {"duty_unlike", "red_flag_unlike", "red_flag_less_than"}
EXPECTED = CODES | PRESENT | COMPARED | {"exceptions", "exceptions_any", "conditions"}


class ScenarioError(ValueError):
    """A scenario that is not written as agreed."""


@dataclass(frozen=True)
class Scenario:
    """One sentence on one case."""

    id: str
    file: str
    sentence: str
    case: Mapping[str, Any]
    expect: Mapping[str, Any]
    rows: frozenset[str]
    difference: int | None
    doubt: str | None


def load_scenarios(folder: Path = FOLDER) -> list[Scenario]:
    """Every scenario of a folder, in the order of the files."""
    return [scenario for path in sorted(folder.glob("*.yaml")) for scenario in read_file(path)]


def read_file(path: Path) -> Iterator[Scenario]:
    """The scenarios of one file."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    refuse_unknown(content, FILE_KEYS, path.name)
    for entry in content["scenarios"]:
        yield read_scenario(entry, content, path.name)


def read_scenario(entry: Mapping[str, Any], content: Mapping[str, Any], file: str) -> Scenario:
    """One scenario with the common facts of its file."""
    where = f"{file}: {entry.get('id', 'a scenario without id')}"
    refuse_unknown(entry, REQUIRED | OPTIONAL, where)
    if missing := REQUIRED - entry.keys():
        raise ScenarioError(f"{where}: {sorted(missing)} missing")
    expect = entry["expect"]
    refuse_unknown(expect, EXPECTED, f"{where}: expect")
    for code in [*(expect[key] for key in CODES & expect.keys()), *expect.get("exceptions", {}).values()]:
        if not isinstance(code, str):
            raise ScenarioError(f"{where}: the code {code!r} is no text; yes and no need quotes")
    if expect.get("licence_required") == "yes" and not expect.keys() & {"exceptions", "exceptions_any"}:
        raise ScenarioError(f"{where}: say which exceptions are open, or exceptions_any")
    case = laid_under(content.get("common", {}), entry["given"])
    case["parties"] = [laid_under(content.get("each_party", {}), party) for party in case.get("parties", [])]
    return Scenario(
        id=entry["id"],
        file=file,
        sentence=entry["sentence"],
        case={"id": entry["id"], **case},
        expect=expect,
        rows=frozenset(entry.get("rows", ())),
        difference=entry.get("difference"),
        doubt=entry.get("doubt"),
    )


def laid_under(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two mappings in one; what stands above wins, null included.

    >>> laid_under({"item": {"tpp": 1, "kind": "ic"}, "parties": [1]}, {"item": {"tpp": None}, "parties": []})
    {'item': {'tpp': None, 'kind': 'ic'}, 'parties': []}
    """
    joined = dict(copy.deepcopy(below))
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(joined.get(key), Mapping)
        joined[key] = laid_under(joined[key], value) if both else copy.deepcopy(value)
    return joined


def refuse_unknown(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    """Refuse a key that nobody reads: it would be an expectation that nobody tests."""
    if unknown := entry.keys() - known:
        raise ScenarioError(f"{where}: unknown keys {sorted(unknown)}")
