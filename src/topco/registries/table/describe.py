"""`topco load table --describe`: a mapping proposed from the header and the first rows of a table.

Columns are known by the names that `data/reference/table-columns.ttl` collects. What the first rows do not settle (days
before months, percent or fractions) is written as "?", and the mapping is refused until somebody decides it.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from topco import knowledge
from topco.errors import BadInput
from topco.namespaces import PREFIXES
from topco.registries.content import read
from topco.registries.country_names import country_of
from topco.registries.reference import folded, known_agent_kinds, known_interests
from topco.registries.table import files, transform
from topco.registries.table.mapping import SHARE, UNDECIDED
from topco.registries.table.registry import COLUMNS, KINDS

_FILE = "data/reference/table-columns.ttl"
_ROWS = 500
_SHOWN = 40
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_OTHER_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+")
_PARTS = re.compile(r"\d+\s*(?:/|of|von|aus|out of)\s*\d+", re.IGNORECASE)
_SIGN = re.compile(r"\s*(?:%|percent|per cent|Prozent)\s*\Z", re.IGNORECASE)
_SCHEMED = re.compile(r"[A-Za-z][A-Za-z0-9-]*:.+|[0-9A-Za-z]{18}[0-9]{2}")
_TWELVE = 12


@dataclass
class _Proposal:
    table: str
    columns: dict[str, int]
    spare: list[str] = field(default_factory=list)

    @property
    def lacking(self) -> list[str]:
        required = next(kind.required for kind in KINDS if kind.name == self.table)
        return [name for name in required if name not in self.columns]


def describe(path: str | Path, sheet: str | None = None) -> str:
    """A mapping for one table, as TOML with remarks; nothing is loaded.

    Args:
        path: the file.
        sheet: of a workbook, instead of the first.

    Raises:
        BadInput: the file cannot be read, is damaged, or has no header.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput("There is no such file.", where=str(path), remedy="Name one table.")
    with tempfile.TemporaryDirectory() as folder:
        contents = list(read(path, Path(folder), lambda *_: None))
        if len(contents) != 1:
            raise BadInput(
                f"The archive holds {len(contents)} tables.", where=path.name, remedy="Describe one of them."
            )
        layout = files.layout_of(contents[0], None, sheet)
        if not any(layout.headers):
            raise BadInput("The table has no header.", where=path.name, remedy="Name the columns in the first row.")
        rows = files.first_rows(contents[0], layout, _ROWS)
    return _text(path.name, layout, rows, sheet)


def _text(name: str, layout: files.Layout, rows: list[list[str]], sheet: str | None) -> str:
    proposal = _proposed(layout.headers)
    cells = {
        ours: [row[place] for row in rows if place < len(row) and row[place]]
        for ours, place in proposal.columns.items()
    }
    lines = [f"# Proposed for {_comment(name)} from its header and {len(rows)} rows. Check it, then:"]
    lines += [f"#   topco load table --mapping THIS_FILE {_comment(name)}", f"table = {json.dumps(proposal.table)}"]
    lines += [f"# Undecided: nothing looks like {lacking}, which such a table needs." for lacking in proposal.lacking]
    lines += ["", "[read]"]
    if layout.format == files.CSV:
        lines.append(f"separator = {json.dumps(layout.separator)}")
    if sheet is not None:
        lines.append(f"sheet = {_quoted(sheet)}")
    lines += _shares(cells, layout.format == files.WORKBOOK)
    lines += _dates(cells)
    lines += _schemes(cells)
    lines += ["", "[columns]"]
    for ours in COLUMNS[proposal.table]:
        if ours in proposal.columns:
            theirs = layout.headers[proposal.columns[ours]]
            spread = ours == "share_exact" and _in_words(cells[ours])
            lines.append(f"{SHARE if spread else ours} = {_quoted(theirs)}")
            lines += _strange(ours, cells[ours])
        elif ours in proposal.lacking:
            lines.append(f'{ours} = "{UNDECIDED}"')
    used = set(proposal.columns.values())
    for place, header in enumerate(layout.headers):
        if place not in used:
            first = next((row[place] for row in rows if place < len(row) and row[place]), "empty")
            lines.append(f"# not recognised: {_quoted(header)} (first: {_comment(first)})")
    return "\n".join(lines) + "\n"


def _proposed(headers: Sequence[str]) -> _Proposal:
    """The table of which most columns are there, one that has all it needs before one that has not."""
    found = []
    for kind in KINDS:
        columns: dict[str, int] = {}
        taken: set[int] = set()
        for ours in kind.columns:
            spellings = _spellings().get((kind.name, ours), frozenset())
            fitting = [n for n, header in enumerate(headers) if n not in taken and plain(header) in spellings]
            if fitting:
                columns[ours] = fitting[0]
                taken.add(fitting[0])
        found.append(_Proposal(kind.name, columns))
    return max(found, key=lambda proposal: (not proposal.lacking, len(proposal.columns), proposal.table == "entities"))


def _shares(cells: dict[str, list[str]], workbook: bool) -> list[str]:
    texts = [_SIGN.sub("", text) for name in transform.SHARES for text in cells.get(name, ())]
    signed = any(_SIGN.search(text) for name in transform.SHARES for text in cells.get(name, ()))
    if not texts:
        return []
    if all(_PARTS.fullmatch(text) for text in texts):
        return ['shares = "parts"  # such as 1 of 3']
    lines = []
    numbers = [text for text in texts if _NUMBER.fullmatch(text)]
    commas, points = any("," in text for text in numbers), any("." in text for text in numbers)
    if commas and points:
        lines.append(f'decimal = "{UNDECIDED}"  # both commas and points: decide, and correct the others')
    elif commas:
        lines.append('decimal = ","')
    values = [float(text.replace(",", ".")) for text in numbers]
    if signed or any(value > 1 for value in values):
        small = sum(0 < value <= 1 for value in values)
        note = f"  # {small} of {len(values)} are 1 or less" if small and not signed else ""
        if workbook and small and not signed:
            return [*lines, f'shares = "{UNDECIDED}"{note}: formatted percentages are stored as fractions']
        return [*lines, f'shares = "percent"{note}']
    if values and any(values):
        return [*lines, f'shares = "{UNDECIDED}"  # "percent" or "fraction": all are 1 or less']
    return lines


def _dates(cells: dict[str, list[str]]) -> list[str]:
    texts = [text for name in transform.DATES for text in cells.get(name, ()) if not _ISO.fullmatch(text)]
    matches = [match for text in texts if (match := _OTHER_DATE.fullmatch(text))]
    if not matches:
        return []
    days_first = sum(int(match[1]) > _TWELVE for match in matches)
    months_first = sum(int(match[2]) > _TWELVE for match in matches)
    if days_first and not months_first:
        return ['dates = "DMY"']
    if months_first and not days_first:
        return ['dates = "MDY"']
    why = f"days stand first in {days_first}, second in {months_first} of {len(matches)}"
    return [f'dates = "{UNDECIDED}"  # "DMY" or "MDY": {why}']


def _schemes(cells: dict[str, list[str]]) -> list[str]:
    bare = [text for name in transform.IDS for text in cells.get(name, ()) if not _SCHEMED.fullmatch(text)]
    if not bare:
        return []
    return [f'# id_scheme = "GB-COH"  # identifiers without a scheme, such as {_comment(bare[0])}, get X: without it']


def _in_words(texts: Iterable[str]) -> bool:
    """Whether some shares are neither numbers nor parts: bands, bounds."""
    plain_ones = (_SIGN.sub("", text) for text in texts)
    return any(not _NUMBER.fullmatch(text) and not _PARTS.fullmatch(text) for text in plain_ones)


def _strange(ours: str, texts: list[str]) -> list[str]:
    """A remark on cells that the table would refuse: countries, kinds and interests that nobody knows."""
    if ours in transform.COUNTRIES:
        unknown = [text for text in texts if country_of(text) is None]
    elif ours == "kind":
        unknown = [text for text in texts if folded(text) not in known_agent_kinds()]
    elif ours == "interest":
        unknown = [text for text in texts if folded(text) not in known_interests()]
    else:
        return []
    if not unknown:
        return []
    return [
        f"#   {len(unknown)} of {len(texts)} are not understood and would be refused (first: {_comment(unknown[0])})"
    ]


def plain(header: str) -> str:
    """A column's name without case, accents and signs.

    >>> plain("Owner_Name "), plain("Aktionär"), plain("Anteil (%)")
    ('owner name', 'aktionaer', 'anteil')
    """
    text = unicodedata.normalize("NFKD", header.casefold().translate(_GERMAN))
    letters = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


@cache
def _spellings() -> dict[tuple[str, str], frozenset[str]]:
    """The names that people give to each of our columns, by table and column."""
    import pyoxigraph as ox

    names: dict[str, str] = {}
    labels: dict[str, set[str]] = {}
    for triple in ox.parse(path=str(knowledge.root() / _FILE), format=ox.RdfFormat.TURTLE):
        subject, value = triple.subject, triple.object
        if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.Literal):
            continue
        if triple.predicate.value == PREFIXES["skos"] + "notation":
            names[subject.value] = value.value
        labels.setdefault(subject.value, set()).add(plain(value.value))
    return {(iri.split("/")[-2], name): frozenset(labels[iri]) for iri, name in names.items()}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    """A text in one line of a comment."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_SHOWN]
