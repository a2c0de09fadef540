"""The definition of control, run: the updates of `queries/resolution/control`, and what they add to a snapshot."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from topco import knowledge
from topco.namespaces import term
from topco.ownership.parent_tests import FAMILIES

if TYPE_CHECKING:
    import pyoxigraph as ox

    from topco.ownership.control import Test
    from topco.ownership.parent_tests import ParentTest

WORKING = "urn:topco:working:"


def text(name: str, day: date) -> str:
    literal = f'"{day}"^^<http://www.w3.org/2001/XMLSchema#date>'
    return knowledge.text(f"queries/resolution/control/{name}").replace("?asOf", literal)


def test_as_turtle(test: Test, never: frozenset[str], unnamed: frozenset[str]) -> str:
    """The parameters of a test as the queries read them; prefixes `working` and `topco` are the reader's."""
    codes = {family: code for code, family in FAMILIES.items()}
    facts = [
        f"working:threshold {test.threshold}",
        f"working:atLeast {str(test.at_least).lower()}",
        f"working:aggregated {str(test.aggregated).lower()}",
        *(f"working:counts topco:{codes[family]}" for family in sorted(test.families)),
        *(f"working:neverParent topco:{kind}" for kind in sorted(never)),
        *(f"working:unnamed topco:{kind}" for kind in sorted(unnamed)),
    ]
    return f"working:test {' ; '.join(facts)} ."


test_as_turtle.__test__ = False  # type: ignore[attr-defined]


def run(store: ox.Store, day: date) -> None:
    """All updates: evidence stands in named graphs; ontology, test and recorded rights in the default one."""
    for name in ("positions.ru", "totals.ru", "tightened.ru", "rights.ru", "parties.ru", "through.ru"):
        store.update(text(name, day))
    for name in ("must.ru", "may.ru"):
        size = -1
        while size != len(store):
            size = len(store)
            store.update(text(name, day))
    store.update(text("halves.ru", day))


def marks(evidence: ox.Store, snapshot: ox.Store, test: ParentTest, day: date) -> list[ox.Quad]:
    """What control adds to a snapshot that holds the recorded steps."""
    import pyoxigraph as ox

    working = ox.Store()
    working.extend(evidence)
    working.extend(snapshot)
    working.load(knowledge.text("ontology/holdings.ttl").encode(), format=ox.RdfFormat.TURTLE)
    prefixes = f"@prefix working: <{WORKING}> . @prefix topco: <{term('')}> .\n"
    assert test.criteria is not None
    facts = test_as_turtle(test.criteria, test.never_parents, test.unnamed)
    working.load((prefixes + facts).encode(), format=ox.RdfFormat.TURTLE)
    for name in ("hasDirectParent", "branchOf"):
        for quad in snapshot.quads_for_pattern(None, ox.NamedNode(term(name)), None):
            working.add(ox.Quad(quad.subject, ox.NamedNode(WORKING + "decidedBy"), quad.object))
    run(working, day)
    answers = {name: list(working.query(text(f"{name}.rq", day))) for name in ("immediate", "tied", "candidates")}
    settled = [row[0] for row in working.query(text("settled.rq", day))]
    words = {"immediate": "immediate", "tied": "tied", "candidates": "candidate"}
    for name, rows in answers.items():
        for company, party in rows:
            working.add(ox.Quad(company, ox.NamedNode(WORKING + words[name]), party))
    for company in settled:
        working.add(ox.Quad(company, ox.NamedNode(WORKING + "settled"), ox.Literal(True)))
    return [ox.Quad(*triple) for triple in working.query(text("marks.rq", day))]
