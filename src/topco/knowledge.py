"""Where the knowledge lives: ontology, shapes, rules, queries and data, in a checkout or inside the wheel."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDERS = ("ontology", "shapes", "rules", "queries", "data")
NEVER_LOADED = frozenset({"mappings.ttl"})


@cache
def root() -> Path:
    """The folder that holds `ontology/ shapes/ rules/ queries/ data/`."""
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
def digest(*folders: str) -> str:
    """A hash of everything in these folders: the version of the rules or of the ontology that an answer rests on."""
    total = hashlib.sha256()
    for folder in folders or FOLDERS:
        for path in sorted(p for p in (root() / folder).rglob("*") if p.is_file()):
            total.update(path.relative_to(root()).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()[:16]
