"""Country groups with their members by date, and the entries of the control list that rules name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from law_pages import FOLDER, cited
from markdown_writing import Page, anchor, code, day, document, facts, heading, plain, table
from rdflib import RDFS, SKOS, URIRef
from turtle_files import TOPCO, local, one, period, read, subjects, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph


def pages() -> list[Page]:
    """Country groups, and entries of the control list."""
    return [_groups(), _entries()]


def _everywhere(kind: str) -> Iterator[tuple[Graph, URIRef]]:
    """Every thing of a class in the rules, with the graph that tells of it."""
    for file in read("rules"):
        for subject in subjects(file.graph, TOPCO[kind]):
            yield file.graph, subject


@cache
def _names() -> dict[str, str]:
    """The names of countries and of groups."""
    countries = {
        str(country): one(file.graph, country, RDFS.label)
        for file in read("data/reference")
        for country in subjects(file.graph, TOPCO.Country)
    }
    return countries | {str(group): one(graph, group, SKOS.notation) for graph, group in _everywhere("CountryGroup")}


def _named(graph: Graph, subject: URIRef, predicate: str) -> str:
    found = sorted(_names()[str(node)] for node in graph.objects(subject, TOPCO[predicate]))
    return "; ".join(plain(name) for name in found)


def _cites(graph: Graph, subject: URIRef) -> str:
    return "; ".join(cited(text) for text in texts(graph, subject, TOPCO.citation))


def _groups() -> Page:
    parts = [
        heading(1, "Country groups"),
        "Which country stood in which group when, from `rules/`. A country is a "
        "member from the first day, and no longer on the second. How an ISO code "
        "becomes a destination of the regulation is told in [law as dated data](../../rules.md).",
    ]
    for graph, group in _everywhere("CountryGroup"):
        notation = one(graph, group, SKOS.notation)
        known = (
            ("Name in queries", code(local(group))),
            ("Cites", _cites(graph, group)),
            ("Holds the groups", _named(graph, group, "includesGroup")),
            ("Holds the countries", _named(graph, group, "includesCountry")),
            ("Without the groups", _named(graph, group, "excludesGroup")),
            ("Note", plain(one(graph, group, RDFS.comment))),
        )
        rows = [*_rows("GroupMembership", group, "member"), *_rows("MembershipNote", group, "country")]
        parts += [
            heading(2, plain(notation), anchor(notation)),
            plain(one(graph, group, RDFS.label)) + ".",
            facts(known),
            table(("", "countries", "from", "to", "cites", "source", "note"), sorted(rows)) if rows else "",
        ]
    return Page(f"{FOLDER}/country-groups.md", "Country groups", document(*parts))


def _rows(kind: str, group: URIRef, about: str) -> Iterator[tuple[str, ...]]:
    """Memberships of a group, or remarks on places whose membership needs care."""
    word = "members" if kind == "GroupMembership" else "remark on"
    for graph, dated in _everywhere(kind):
        if (dated, TOPCO.group, group) in graph:
            confidence, note = one(graph, dated, TOPCO.confidence), plain(one(graph, dated, RDFS.comment))
            countries = _named(graph, dated, about)
            since, until = map(day, period(graph, dated))
            yield (word, countries, since, until, _cites(graph, dated), confidence, note)


def _entries() -> Page:
    rows = []
    for graph, entry in _everywhere("ControlListEntry"):
        follows = one(graph, entry, TOPCO.classFollowsTarget) == "true"
        item_class = code(one(graph, entry, TOPCO.itemClass)) if not follows else "that of what it is for"
        nature = ", ".join(code(text) for text in texts(graph, entry, TOPCO.itemNature))
        since, until = map(day, period(graph, entry))
        rows.append((plain(one(graph, entry, SKOS.notation)), item_class, nature, since, until, _cites(graph, entry)))
    text = document(
        heading(1, "Entries of the control list"),
        "The entries that the rules name, with the class that decides the licence paragraph, from `rules/`. How "
        "figures lead to an entry is told in [from figures to an entry](../../classify.md).",
        table(("entry", "class", "nature", "from", "to", "cites"), sorted(rows)),
    )
    return Page(f"{FOLDER}/control-list.md", "Control list", text)
