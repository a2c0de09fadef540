"""The query library: SPARQL files that say in their first comments what they answer and what they need.

```
# title: Direct children of a company
# description: One or more lines; a line that
#   is indented continues the one before.
# param: entity entity required the company
# param: on date today the day on which the statements count
```
A parameter line reads: name, type (see `topco.query.parameters`), default (a value, `required` or `optional`),
description. Any query file or text may carry such a header.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from topco import knowledge
from topco.errors import BadInput
from topco.query.parameters import TYPES, Parameter

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "queries/library"
_FIELD = re.compile(r"#\s*([a-z]+):\s*(.*)")
_CONTINUED = re.compile(r"#\s{2,}(\S.*)")


@dataclass(frozen=True)
class LibraryQuery:
    """A query with what its header says."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    text: str


def parse(text: str, name: str = "", where: str | None = None) -> LibraryQuery:
    """A query text with its header, which may be missing.

    >>> query = parse("# title: Loads\\n# param: on date today the day\\nASK { ?s ?p ?on }")
    >>> query.title, query.parameters[0].type
    ('Loads', 'date')

    Raises:
        BadInput: a parameter line that cannot be understood.
    """
    fields: list[tuple[str, str]] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        field, continued = _FIELD.fullmatch(line), _CONTINUED.fullmatch(line)
        if field:
            fields.append((field[1], field[2].strip()))
        elif continued and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {continued[1].strip()}")
    values = dict(fields)
    parameters = tuple(_parameter(value, where) for key, value in fields if key == "param")
    return LibraryQuery(name, values.get("title", ""), values.get("description", ""), parameters, text)


def _parameter(line: str, where: str | None) -> Parameter:
    name, kind, default, description = [*line.split(maxsplit=3), "", "", "", ""][:4]
    if kind not in TYPES or not default:
        raise BadInput(
            f"The parameter line {line!r} cannot be understood.",
            where=where,
            remedy=f"Write `# param: name type default description`; types: {', '.join(TYPES)}.",
        )
    return Parameter(name, kind, default, description)


@cache
def library() -> dict[str, LibraryQuery]:
    """All library queries by name, in the order of their names."""
    return {path.stem: read(path, path.stem) for path in knowledge.files(FOLDER, "*.rq")}


def read(path: Path, name: str = "") -> LibraryQuery:
    """The query in a file.

    Raises:
        BadInput: the file cannot be read as text.
    """
    try:
        return parse(path.read_text(encoding="utf-8"), name, str(path))
    except OSError as error:
        raise BadInput(f"The query cannot be read: {error.strerror}.", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput("The query file is not UTF-8 text.", where=str(path)) from error


def named(name: str) -> LibraryQuery:
    """The library query of this name.

    Raises:
        BadInput: there is none; similar names are suggested.
    """
    queries = library()
    if name not in queries:
        similar = difflib.get_close_matches(name, queries, n=3)
        raise BadInput(
            f"There is no library query, and no file, called {name!r}.",
            remedy=f"Did you mean {' or '.join(similar)}?" if similar else "See the names with `topco query --list`.",
        )
    return queries[name]
