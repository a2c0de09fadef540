"""Where the knowledge lives: ontology, shapes, rules, queries and data, in a checkout or inside the wheel."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from topco.errors import BadInput

VARIABLE = "TOPCO_KNOWLEDGE"
FOLDERS = ("ontology", "shapes", "rules", "queries", "data")
NEVER_LOADED = frozenset({"mappings.ttl"})


@cache
def root() -> Path:
    """The folder that holds `ontology/ shapes/ rules/ queries/ data/`.

    The environment variable `TOPCO_KNOWLEDGE` names another one: a copy with next month's rule in it, for instance.

    Raises:
        BadInput: the variable names a folder that lacks one of these.
    """
    if chosen := os.environ.get(VARIABLE):
        missing = [folder for folder in FOLDERS if not (Path(chosen) / folder).is_dir()]
        if missing:
            raise BadInput(
                f"{VARIABLE} names a folder without {', '.join(missing)}.",
                where=chosen,
                remedy="Copy all five knowledge folders there, or unset the variable.",
            )
        return Path(chosen).resolve()
    package = Path(__file__).resolve().parent
    installed = package / "_knowledge"
    return installed if installed.is_dir() else package.parent.parent


def files(folder: str, pattern: str = "**/*.ttl") -> list[Path]:
    """The files of one knowledge folder, in a stable order; `folder` may name a subfolder (`rules/regulation`)."""
    return sorted(path for path in (root() / folder).glob(pattern) if path.name not in NEVER_LOADED)


def text(relative: str) -> str:
    """The text of one knowledge file, by its path below the root (`queries/resolution/status.rq`)."""
    return (root() / relative).read_text(encoding="utf-8")


@cache
def facts(relative: str) -> Mapping[str, Mapping[str, list[str]]]:
    """What a Turtle file says: by subject and predicate the values, IRIs and literals as text, in the file's order.

    >>> facts("data/reference/countries.ttl")["https://w3id.org/topco/country/DE"]["https://w3id.org/topco/isoCode"]
    ['DE']
    """
    import pyoxigraph as ox

    found: dict[str, dict[str, list[str]]] = {}
    for triple in ox.parse(path=str(root() / relative), format=ox.RdfFormat.TURTLE):
        if not isinstance(triple.subject, ox.Triple) and not isinstance(triple.object, ox.Triple):
            about = found.setdefault(triple.subject.value, {})
            about.setdefault(triple.predicate.value, []).append(triple.object.value)
    return found


@cache
def digest(*folders: str) -> str:
    """A hash of everything in these folders: the version of the rules or of the ontology that an answer rests on."""
    total = hashlib.sha256()
    for folder in folders or FOLDERS:
        for path in sorted(p for p in (root() / folder).rglob("*") if p.is_file()):
            total.update(path.relative_to(root()).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()[:16]
