"""The law as dated data: provisions, and the figures of the law by date, each with its citation."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from markdown_writing import Page, anchor, capital, code, day, document, facts, heading, plain, table
from rdflib import RDFS
from turtle_files import TOPCO, local, one, period, read, subjects, texts

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

FOLDER = "reference/law"


def pages() -> list[Page]:
    """Provisions and parameters."""
    return [_provisions(), _parameters()]


@cache
def _cites() -> frozenset[str]:
    """Every citation that names a provision of the data."""
    return frozenset(
        one(file.graph, provision, TOPCO.cite)
        for file in read("rules")
        for provision in subjects(file.graph, TOPCO.Provision)
    )


def cited(text: str) -> str:
    """A citation, as a link to its provision where the data have it; for pages one folder below `reference/`."""
    return f"[{plain(text)}](../law/provisions.md#{anchor(text)})" if text in _cites() else plain(text)


def _provisions() -> Page:
    parts = [
        heading(1, "Provisions"),
        "Every provision that rules, figures, groups and entries cite, in our own words, from `rules/`. What is made "
        "of each is answered by `topco rules coverage`.",
    ]
    for file in read("rules"):
        graph = file.graph
        for provision in subjects(graph, TOPCO.Provision):
            cite, (since, until) = one(graph, provision, TOPCO.cite), period(graph, provision)
            known = (
                ("Binds", f"from {since}" + (f" to {until}" if until else "")),
                ("Compliance asked from", one(graph, provision, TOPCO.appliesFrom)),
                ("Made or changed by", "; ".join(plain(text) for text in texts(graph, provision, TOPCO.amendedBy))),
                ("Known from", f"{plain(one(graph, provision, TOPCO.confidence))} source"),
                ("Note", plain(one(graph, provision, RDFS.comment))),
            )
            label = plain(one(graph, provision, RDFS.label))
            parts.append(document(heading(2, plain(cite), anchor(cite)), f"{capital(label)}.", facts(known)))
    return Page(f"{FOLDER}/provisions.md", "Provisions", document(*parts))


def _parameters() -> Page:
    values, gaps = _values(), _gaps()
    parts = [
        heading(1, "Parameters"),
        "The figures of the law, by date, from `rules/`. Python holds none of them. On each day of the law told here a "
        "figure has either one value or a gap, which says why there is none.",
    ]
    for file in read("rules"):
        graph = file.graph
        for parameter in subjects(graph, TOPCO.Parameter):
            name = local(parameter)
            known = (
                ("Unit", plain(one(graph, parameter, TOPCO.unit))),
                ("Compared", code(one(graph, parameter, TOPCO.comparison))),
                ("Note", plain(one(graph, parameter, RDFS.comment))),
            )
            rows = sorted([*values[name], *gaps[name]])
            parts.append(
                document(
                    heading(2, plain(name.partition(":")[2]), anchor(name.partition(":")[2])),
                    f"{capital(plain(one(graph, parameter, RDFS.label)))}.",
                    facts(known),
                    table(("from", "to", "value", "cites", "source", "note"), rows),
                )
            )
    return Page(f"{FOLDER}/parameters.md", "Parameters", document(*parts))


Row = tuple[str, str, str, str, str, str]


def _values() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for file in read("rules"):
        for value in subjects(file.graph, TOPCO.ParameterValue):
            row = _row(file.graph, value, code(one(file.graph, value, TOPCO.value)))
            for name in texts(file.graph, value, TOPCO.ofParameter):
                found[name].append(row)
    return found


def _gaps() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for file in read("rules"):
        for gap in subjects(file.graph, TOPCO.ParameterGap):
            for name in texts(file.graph, gap, TOPCO.ofParameter):
                found[name].append(_row(file.graph, gap, "none"))
    return found


def _row(graph: Graph, dated: URIRef, value: str) -> Row:
    since, until = period(graph, dated)
    cites = "; ".join(cited(text) for text in texts(graph, dated, TOPCO.citation))
    return (
        day(since),
        day(until),
        value,
        cites,
        one(graph, dated, TOPCO.confidence),
        plain(one(graph, dated, RDFS.comment)),
    )
