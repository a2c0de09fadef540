"""Every library query, with the rows it must give on a small store, on both engines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
import rdflib

from small_store import absence, add_load, entity, lei, relationship
from topco.compile.sparql_tokens import split
from topco.compile.sparql_values import inject
from topco.namespaces import PREFIXES
from topco.query.compact import compact_iri, plain
from topco.query.library import library
from topco.query.parameters import bind
from topco.query.run import evaluate
from topco.store.graph import GraphView, open_graph
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

ON = ("on", "2025-03-02")


def record(child: str, parent: str, letter: str = "D") -> str:
    return f"gleif/rr/R-{lei(child)[4:]}-{lei(parent)[4:]}-{letter}"


ENTITIES = [
    entity("A", "CN"),
    entity("B", "DE"),
    entity("C", "FR", registered_country="KY", jurisdiction="KY"),
    entity("D", "US"),
    entity("E", "HK"),
    entity("F", "GB", kind="Branch", category="BRANCH"),
    entity("G", "LU", kind="Fund", category="FUND"),
    entity("H", "US"),
    entity("I", "SG"),
    entity("J", "IE"),
    entity("K", "IE"),
    entity("L", "NL", registration_status="LAPSED", last_update=date(2021, 4, 1), next_renewal=date(2022, 4, 1)),
    entity("M", "NL"),
    entity("N", "SE"),
    entity("O", None, registered_country="KY", jurisdiction="KY"),
]
NAMES = [
    {
        "id": lei("A"),
        "name": "甲控股",
        "language": "zh",
        "name_kind": "TRADING_OR_OPERATING_NAME",
        "record": f"gleif/lei2/{lei('A')[4:]}/name/1",
    },
]
RELATIONSHIPS = [
    relationship("B", "A"),
    relationship("B", "A", "UltimateConsolidation"),
    relationship("C", "B"),
    relationship("D", "B"),
    relationship("D", "E"),
    relationship("F", "A", "InternationalBranch"),
    relationship("G", "H", "FundManagement"),
    relationship("I", "Z"),
    relationship("J", "K"),
    relationship("K", "J"),
    relationship("M", "L"),
    relationship("M", "A", "UltimateConsolidation"),
    relationship("N", "A", standing="Ended", relationship_status="INACTIVE", valid_to=date(2022, 5, 1)),
    relationship("N", "B", standing="Void", registration_status="ANNULLED"),
]
ABSENCES = [
    absence("E", "DirectLevel", "NATURAL_PERSONS"),
    absence("E", "UltimateLevel", "NATURAL_PERSONS"),
    absence("H", "DirectLevel", "NON_CONSOLIDATING"),
    absence("H", "UltimateLevel", "A REASON FROM 2031"),
]

ROW = {letter: 2 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) for letter in "AH"}
EXPECTED: dict[str, list[tuple[list[tuple[str, str]], list[tuple[Any, ...]]]]] = {
    "direct-children": [
        (
            [("entity", lei("B")), ON],
            [(lei(c), f"{c} Holding", hq, "2019-01-01", record(c, "B")) for c, hq in (("C", "FR"), ("D", "US"))],
        ),
        (
            [("entity", lei("A")), ("on", "2022-04-30")],
            [
                (lei("B"), "B Holding", "DE", "2019-01-01", record("B", "A")),
                (lei("N"), "N Holding", "SE", "2019-01-01", record("N", "A")),
            ],
        ),
        ([("entity", lei("A")), ("on", "2022-05-01")], [(lei("B"), "B Holding", "DE", "2019-01-01", record("B", "A"))]),
        ([("entity", lei("A")), ("on", "2018-12-31")], []),
    ],
    "group-below": [
        (
            [("entity", lei("A"))],
            [
                (lei("B"), "B Holding", "DE", lei("A")),
                (lei("C"), "C Holding", "FR", lei("B")),
                (lei("D"), "D Holding", "US", lei("B")),
                (lei("D"), "D Holding", "US", lei("E")),
                (lei("F"), "F Holding", "CN", lei("A")),
            ],
        ),
    ],
    "chain-above": [
        (
            [("entity", lei("C"))],
            [
                (lei("B"), "B Holding", "DE", lei("A"), "A Holding", "CN"),
                (lei("C"), "C Holding", "FR", lei("B"), "B Holding", "DE"),
            ],
        ),
        ([("entity", lei("A"))], []),
    ],
    "recorded-ultimate-parents": [
        (
            [ON],
            [
                (lei("B"), "B Holding", lei("A"), "A Holding", "CN", record("B", "A", "U")),
                (lei("M"), "M Holding", lei("A"), "A Holding", "CN", record("M", "A", "U")),
            ],
        ),
        ([ON, ("entity", lei("M"))], [(lei("M"), "M Holding", lei("A"), "A Holding", "CN", record("M", "A", "U"))]),
    ],
    "headquartered-elsewhere": [
        ([], [(lei("C"), "C Holding", "FR", "KY"), (lei("F"), "F Holding", "CN", "GB")]),
        ([("country", "cn")], [(lei("F"), "F Holding", "CN", "GB")]),
    ],
    "below-parents-in-group": [
        (
            [("group", "D5"), ON],
            [
                (lei("B"), "B Holding", "DE", lei("A"), "A Holding", "CN"),
                (lei("C"), "C Holding", "FR", lei("A"), "A Holding", "CN"),
                (lei("D"), "D Holding", "US", lei("A"), "A Holding", "CN"),
                (lei("D"), "D Holding", "US", lei("E"), "E Holding", "HK"),
                (lei("F"), "F Holding", "CN", lei("A"), "A Holding", "CN"),
            ],
        ),
        ([("group", "group:E2"), ON], []),
    ],
    "outside-with-ultimate-parent-inside": [
        (
            [ON],
            [
                (lei("B"), "B Holding", "DE", lei("A"), "A Holding", "CN"),
                (lei("M"), "M Holding", "NL", lei("A"), "A Holding", "CN"),
            ],
        ),
        ([ON, ("group", "E1")], []),
    ],
    "parents-without-record": [([ON], [(lei("Z"), 1)])],
    "rings": [([], [(lei("J"), "J Holding", lei("K")), (lei("K"), "K Holding", lei("J"))])],
    "withheld-parents-by-reason": [
        ([], [("A REASON FROM 2031", "UltimateLevel", 1), ("NON_CONSOLIDATING", "DirectLevel", 1)])
    ],
    "companies-without-named-parent": [
        (
            [("reason", "NON_CONSOLIDATING")],
            [
                (
                    lei("H"),
                    "H Holding",
                    "DirectLevel",
                    "NON_CONSOLIDATING",
                    "ParentWithheld",
                    None,
                    f"gleif/repex/X-{lei('H')[4:]}-D-NON_CONSOLIDATING",
                )
            ],
        ),
        (
            [("entity", lei("H")), ("reason", "NATURAL_PERSONS")],
            [],
        ),
    ],
    "funds-and-managers": [
        ([ON], [(lei("G"), "G Holding", "FundManagement", lei("H"), "H Holding", "US", record("G", "H", "M"))])
    ],
    "branches-and-head-offices": [
        ([ON], [(lei("F"), "F Holding", "GB", lei("A"), "A Holding", "CN", record("F", "A", "B"))])
    ],
    "lapsed-records-with-children": [([], [(lei("L"), "L Holding", "2021-04-01", "2022-04-01", 1)])],
    "statements-of-entity": [
        (
            [("entity", lei("H"))],
            [
                (
                    "described",
                    None,
                    None,
                    "Current",
                    None,
                    None,
                    "gleif-lei2-2025-03-02",
                    "lei2.csv",
                    ROW["H"],
                    f"gleif/lei2/{lei('H')[4:]}",
                ),
                (
                    "names no parent",
                    "NON_CONSOLIDATING",
                    None,
                    None,
                    None,
                    None,
                    "gleif-repex-2025-03-02",
                    "repex.csv",
                    2 + ord("H"),
                    f"gleif/repex/X-{lei('H')[4:]}-D-NON_CONSOLIDATING",
                ),
                (
                    "names no parent",
                    "A REASON FROM 2031",
                    None,
                    None,
                    None,
                    None,
                    "gleif-repex-2025-03-02",
                    "repex.csv",
                    2 + ord("H"),
                    f"gleif/repex/X-{lei('H')[4:]}-U-A REASON FROM 2031",
                ),
                (
                    "parent",
                    "FundManagement",
                    lei("G"),
                    "Current",
                    "2019-01-01",
                    None,
                    "gleif-rr-2025-03-02",
                    "rr.csv",
                    2 + 26 * ord("G") + ord("H"),
                    record("G", "H", "M"),
                ),
            ],
        ),
    ],
    "several-direct-parents": [([], [(lei("D"), "D Holding", lei("B"), "DE", lei("E"), "HK")])],
    "biggest-groups": [
        ([], [(lei("A"), "A Holding", "CN", 3, 3)]),
        (
            [("minimum", "1")],
            [
                (lei("A"), "A Holding", "CN", 3, 3),
                (lei("E"), "E Holding", "HK", 1, 1),
                (lei("L"), "L Holding", "NL", 1, 1),
                (lei("Z"), None, None, 1, 1),
            ],
        ),
    ],
    "ended-relationships": [
        ([ON], [(lei("N"), "N Holding", lei("A"), "A Holding", "DirectConsolidation", "2022-05-01", record("N", "A"))]),
        ([ON, ("since", "2022-05-02")], []),
        ([ON, ("entity", lei("B"))], []),
    ],
    "chains-short-of-ultimate": [([], [(lei("M"), "M Holding", lei("L"), "NL", lei("A"), "CN")])],
    "other-names": [
        (
            [("entity", lei("A"))],
            [("A Holding", "en", "LEGAL_NAME"), ("甲控股", "zh", "TRADING_OR_OPERATING_NAME")],
        ),
    ],
    "loads": [
        (
            [],
            [
                ("gleif-lei2-2024-01-05", "GLEIF", "lei2", "2024-01-05", "2025-03-02T12:00:00Z", "CC0-1.0", True),
                ("gleif-lei2-2025-03-02", "GLEIF", "lei2", "2025-03-02", "2025-03-02T12:00:00Z", "CC0-1.0", False),
                ("gleif-repex-2025-03-02", "GLEIF", "repex", "2025-03-02", "2025-03-02T12:00:00Z", "CC0-1.0", False),
                ("gleif-rr-2025-03-02", "GLEIF", "rr", "2025-03-02", "2025-03-02T12:00:00Z", "CC0-1.0", False),
            ],
        ),
    ],
    "headquarters-by-country": [
        (
            [],
            [
                ("CN", "China", 2),
                ("IE", "Ireland", 2),
                ("NL", "Netherlands", 2),
                ("US", "United States", 2),
                ("DE", "Germany", 1),
                ("FR", "France", 1),
                ("HK", "Hong Kong", 1),
                ("LU", "Luxembourg", 1),
                ("SE", "Sweden", 1),
                ("SG", "Singapore", 1),
            ],
        ),
    ],
    "headquarters-unknown": [([], [(lei("O"), "O Holding", "KY", "KY")])],
}
MEMBERS_CASES = [
    ([("group", "MacauOrD5"), ON], {"CN", "HK", "MO", "RU", "NI"}, {"DE", "US", "TW", "CY"}),
    ([("group", "D5"), ON], {"CN", "HK", "RU", "KH"}, {"MO", "CY"}),
    ([("group", "D5"), ("on", "2024-03-14")], {"CY"}, {"NI"}),
    ([("group", "D5"), ("on", "2025-11-07")], {"NI"}, {"KH"}),
    ([("group", "Gate"), ON], {"CN", "HK", "SA"}, {"IL", "IN", "US"}),
]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> GraphView:
    path: Path = tmp_path_factory.mktemp("library") / "store"
    add_load(path, "lei2", date(2024, 1, 5), {"entities": [entity("A", "US", name="Old A"), entity("P", "CN")]})
    add_load(path, "lei2", date(2025, 3, 2), {"entities": ENTITIES, "names": NAMES})
    add_load(path, "rr", date(2025, 3, 2), {"relationships": RELATIONSHIPS})
    add_load(path, "repex", date(2025, 3, 2), {"absences": ABSENCES})
    return open_graph(Store.open(path))


@pytest.fixture(scope="module")
def twin(view: GraphView) -> rdflib.Dataset:
    """What the view sees, in rdflib."""
    dataset = rdflib.Dataset(default_union=True)
    for graph in view.default_graph:
        content = view.database.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
        assert content is not None
        dataset.graph(rdflib.URIRef(graph.value)).parse(data=content, format="nt")
    return dataset


def on_rdflib(dataset: rdflib.Dataset, text: str, bindings: Any) -> list[tuple[Any, ...]]:
    found = dataset.query(inject(text, split(text), bindings), initNs=PREFIXES)
    return [tuple(_plain(term) for term in row) for row in found]


def _plain(term: Any) -> Any:
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return compact_iri(str(term))
    if term.language:
        return plain(ox.Literal(str(term), language=term.language))
    datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
    # rdflib writes UTC as +00:00, pyoxigraph as Z.
    text = str(term).replace("+00:00", "Z")
    return plain(ox.Literal(text, datatype=datatype) if datatype else ox.Literal(text))


def multiset(rows: list[tuple[Any, ...]]) -> list[str]:
    return sorted(map(repr, rows))


# Tested on the invented holdings: test_query_library_holdings.py.
# Tested in test_registries_sample.py, on a file of every registry.
ACROSS_REGISTRIES = ("identity-links", "listed-parties", "stated-headquarters")
# Tested in test_proof_graph.py, on proofs of every kind.
ON_PROOFS = (
    "proof-by-form",
    "proof-conclusions",
    "proof-open-points",
    "proof-path",
    "proof-provisions",
    "proof-rows",
)
ON_HOLDINGS = ("holders", "joint-ventures", "possible-parents")
CASES = [(name, given, rows) for name, cases in EXPECTED.items() for given, rows in cases]


@pytest.mark.parametrize(("name", "given", "rows"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_rows_on_both_engines(
    view: GraphView, twin: rdflib.Dataset, name: str, given: list[tuple[str, str]], rows: list[tuple[Any, ...]]
) -> None:
    query = library()[name]
    bindings = bind(given, query.parameters, closed=True)
    answer = [tuple(row.values()) for row in evaluate(view, query.text, bindings).plain_rows()]
    assert answer == rows
    assert multiset(on_rdflib(twin, query.text, bindings)) == multiset(rows)


@pytest.mark.parametrize(("given", "inside", "outside"), MEMBERS_CASES)
def test_group_members_on_both_engines(
    view: GraphView, twin: rdflib.Dataset, given: list[tuple[str, str]], inside: set[str], outside: set[str]
) -> None:
    query = library()["group-members"]
    bindings = bind(given, query.parameters, closed=True)
    rows = [tuple(row.values()) for row in evaluate(view, query.text, bindings).plain_rows()]
    places = {place for place, _ in rows}
    assert inside <= places
    assert not outside & places
    assert len(places) == len(rows)
    assert multiset(on_rdflib(twin, query.text, bindings)) == multiset(rows)


def test_every_library_query_is_tested_and_described() -> None:
    assert set(library()) == {*EXPECTED, "group-members", *ON_HOLDINGS, *ON_PROOFS, *ACROSS_REGISTRIES}
    for query in library().values():
        assert query.title, query.name
        assert query.description, query.name
        assert all(parameter.description for parameter in query.parameters), query.name


def test_every_declared_parameter_is_used() -> None:
    for query in library().values():
        variables = {token.text[1:] for token in split(query.text) if token.kind == "variable"}
        assert {parameter.name for parameter in query.parameters} <= variables, query.name
