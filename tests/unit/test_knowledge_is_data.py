"""The law lives in data: no Python file names a control-list entry, a figure of the law or a country it singles out.

The words that are looked for come from the data, so that a figure that changes tomorrow is looked for tomorrow. The
whole text of a file counts, comments and docstrings included: an example that spells a figure out goes stale with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, Graph, URIRef

from topco import knowledge
from topco.namespaces import term

SOURCES = Path(__file__).resolve().parents[2] / "src"
SMALLEST_TELLING_FIGURE = 100
"""Figures up to this one (percentages, days, densities) are numbers like any other: a program is full of them."""
NOT_TELLING_UNITS = frozenset({"year"})
"""A calendar year is no figure that a program could decide by, and years stand in every example date (2025-06-01)."""

ECCN = re.compile(r"\b[0-9][A-E][0-9]{3}\b")
COUNTRY = re.compile(r"""(['"])(?:CN|MO|HK|RU|IR|KP)\1""")
NUMBER = re.compile(
    r"""
    (?<![\w.])                                           # not inside a word, a longer number or its decimals
    (?P<digits> \d{1,3}(?:,\d{3})+ | \d[\d_]* )          # 790,000,000 or 790_000_000 or 790000000
    (?P<rest> (?:\.\d+)? (?:[eE][+-]?\d+)? )             # 7.9e8
    (?: \s?(?P<power>\*\*|\^)\s?(?P<exponent>\d+) )?     # 10**26
    (?: \s?[*×]\s?10\s?(?:\*\*|\^)\s?(?P<tens>\d+) )?   # 7.9 * 10**8
    (?: \s(?P<scale>million|billion)\b )?                # 790 million
    (?! \w | \.\d )
    """,
    re.VERBOSE,
)
SCALES = {None: 1.0, "million": 1e6, "billion": 1e9}


def figures() -> frozenset[float]:
    """Every value above 100 of every parameter of the law, years left out."""
    law = Graph()
    for file in knowledge.files("rules/regulation"):
        law.parse(file)
    found = set()
    for value in law.subjects(RDF.type, URIRef(term("ParameterValue"))):
        unit = law.value(law.value(value, URIRef(term("ofParameter"))), URIRef(term("unit")))
        figure = float(str(law.value(value, URIRef(term("value")))))
        if figure > SMALLEST_TELLING_FIGURE and str(unit) not in NOT_TELLING_UNITS:
            found.add(figure)
    return frozenset(found)


def worth(number: re.Match[str]) -> float:
    """What a spelling of a number says."""
    said = float(number["digits"].replace(",", "").replace("_", "") + number["rest"])
    raised = said if number["exponent"] is None else said ** min(int(number["exponent"]), 99)
    return raised * 10.0 ** min(int(number["tens"] or 0), 99) * SCALES[number["scale"]]


def findings(text: str, figures: frozenset[float]) -> Iterator[str]:
    """What a text says that belongs in data, each with its line number."""
    for line, content in enumerate(text.splitlines(), start=1):
        found = [match.group() for pattern in (ECCN, COUNTRY) for match in pattern.finditer(content)]
        found += [number.group() for number in NUMBER.finditer(content) if is_figure(worth(number), figures)]
        yield from (f"{line}: {word}" for word in found)


def is_figure(number: float, figures: frozenset[float]) -> bool:
    return any(abs(number - figure) <= 1e-9 * figure for figure in figures)


@pytest.fixture(scope="module")
def law_figures() -> frozenset[float]:
    return figures()


def test_figures_are_read_from_the_law(law_figures: frozenset[float]) -> None:
    assert {790e6, 26.9e6, 4800.0, 1e26, 2.5e25} <= law_figures
    assert not {2025.0, 2027.0, 100.0, 25.0} & law_figures


@pytest.mark.parametrize(
    "text",
    [
        "790000000",
        "cap = 790_000_000",
        '"""Up to 790,000,000 a country."""',
        "7.9e8",
        "7.9E+8",
        "# 790 million",
        "1e26",
        "10**26",
        "10 ** 26",
        "10^26",
        "7.9 * 10**8",
        "1 × 10^26",
        "4800",
        "tpp >= 4800:",
        "(4800, 5)",
        "4_800.0",
        "at least 4800.",
        "2.5e25",
        "3A090",
        "3A090.a",
        "see 4E091,",
        "('CN',)",
        'code == "MO"',
        "{'HK': 1}",
        '["RU", "DE"]',
        "x = 'IR'",
        "'KP'",
    ],
)
def test_the_scanner_finds_every_spelling(text: str, law_figures: frozenset[float]) -> None:
    assert list(findings(f"first line\n{text}\n", law_figures))
    assert all(finding.startswith("2: ") for finding in findings(f"first line\n{text}\n", law_figures))


@pytest.mark.parametrize(
    "text",
    [
        "17900000005",
        "7900000000",
        "1_790_000_000",
        "4800.5",
        "0.4800",
        "14800",
        "21,600",
        "a4800",
        "4800ms",
        "0x4800",
        "1e27",
        "10**25",
        "2025-06-01",
        "range(2027)",
        "100",
        "13A090",
        "3A0901",
        "3F090",
        "'CNY'",
        "CN",
        "'DE'",
        "\"CN'",
    ],
)
def test_the_scanner_leaves_the_rest_alone(text: str, law_figures: frozenset[float]) -> None:
    assert list(findings(text, law_figures)) == []


def test_no_program_states_what_the_law_states(law_figures: frozenset[float]) -> None:
    files = sorted(SOURCES.rglob("*.py"))
    assert len(files) > 100
    found = {
        path.relative_to(SOURCES).as_posix(): said
        for path in files
        if (said := list(findings(path.read_text(encoding="utf-8"), law_figures)))
    }
    assert found == {}, "read it from rules/regulation, or take an example that the law does not name"
