"""The cases of `control_cases` as evidence in RDF; control by the queries of `queries/resolution/control`."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from control_cases import Answer, Case, Family
from definition import WORKING, run, test_as_turtle, text
from topco import knowledge
from topco.namespaces import ENTITY_BASE, LOAD_BASE, NAMESPACE, RECORD_BASE

if TYPE_CHECKING:
    import pyoxigraph as ox

DAY = date(2025, 6, 1)
INTERESTS = {
    Family.SHARES: "shareholding",
    Family.VOTES: "votingRights",
    Family.BOARD: "appointmentOfBoard",
    Family.NONE: "settlor",
}


def node(number: int) -> str:
    return f"<{ENTITY_BASE}X/{number}>"


def decimal(percent: Fraction) -> str:
    return f'"{float(percent):.7f}"^^xsd:decimal'


def trig(case: Case) -> str:
    """The holdings in the graph of a load; in the default graph the test and who is a person."""
    loaded = []
    for number, row in enumerate(case.rows):
        facts = [
            "a topco:OwnershipStatement",
            f"topco:interestType topco:{INTERESTS[row.family]}",
            f"topco:subjectEntity {node(row.owned)}",
            f"topco:interestedParty {node(row.owner)}",
            "topco:standing topco:Current",
        ]
        for name, percent in (("Exact", row.exact), ("Minimum", row.low), ("Maximum", row.high)):
            if percent is not None:
                facts.append(f"topco:share{name} {decimal(percent)}")
        facts.append(f"topco:shareMinimumExclusive {str(row.low_exclusive).lower()}")
        facts.append(f"topco:shareMaximumExclusive {str(row.high_exclusive).lower()}")
        loaded.append(f"<{RECORD_BASE}{number}> {' ; '.join(facts)} .")
    given = [
        test_as_turtle(case.test, frozenset({"NaturalPerson"}), frozenset()),
        *(f"{node(company)} working:decidedBy {node(party)} ." for company, party in sorted(case.decisive)),
        *(f"{node(person)} a topco:NaturalPerson ." for person in sorted(case.natural)),
    ]
    prefixes = (
        f"@prefix topco: <{NAMESPACE}> . @prefix working: <{WORKING}> . "
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    )
    return prefixes + "\n".join(given) + f"\n<{LOAD_BASE}table> {{ {' '.join(loaded)} }}"


def by_queries(case: Case) -> Answer:
    import pyoxigraph as ox

    store = ox.Store()
    store.load(trig(case).encode(), format=ox.RdfFormat.TRIG)
    store.load(knowledge.text("ontology/holdings.ttl").encode(), format=ox.RdfFormat.TURTLE)
    run(store, DAY)

    def number(term: ox.NamedNode) -> int:
        return int(term.value.rpartition("/")[2])

    def pairs(query: str) -> frozenset[tuple[int, int]]:
        return frozenset((number(one), number(other)) for one, other in store.query(query))

    return Answer(
        pairs(f"SELECT ?x ?y WHERE {{ ?x <{WORKING}mustControl> ?y }}"),
        pairs(f"SELECT ?x ?y WHERE {{ ?x <{WORKING}mayControl> ?y }}"),
        pairs(text("immediate.rq", DAY)),
        pairs(text("candidates.rq", DAY)),
        pairs(text("tied.rq", DAY)),
        frozenset(number(row[0]) for row in store.query(text("settled.rq", DAY))),
    )
