"""What this service is and holds: SPARQL 1.1 Service Description, VoID, and the query library as examples.

One document, at `/sparql` without a query and at `/.well-known/void`. Every node has an IRI of its own below the
endpoint's, so that it can be pointed at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox

from topco.namespaces import NAMESPACE, PREFIXES, local_name
from topco.server.sparql.answering import Buffer, negotiated, write_graph
from topco.server.sparql.examples import examples
from topco.server.sparql.media import GRAPHS, RESULTS, content_type
from topco.store.quads import DATE, INTEGER, load_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topco.server.sparql.served import State
    from topco.store.graph import GraphView
    from topco.store.manifest import Load

VOCABULARIES = {
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "formats": "http://www.w3.org/ns/formats/",
    "entailment": "http://www.w3.org/ns/entailment/",
    "sh": "http://www.w3.org/ns/shacl#",
    "schema": "https://schema.org/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": PREFIXES["rdfs"],
    "rdf": PREFIXES["rdf"],
    "xsd": PREFIXES["xsd"],
}
_COUNT = "SELECT ?graph ?property (COUNT(*) AS ?number) { GRAPH ?graph { ?s ?property ?o } } GROUP BY ?graph ?property"
_LARGEST = 1 << 26

Counts = dict[str, "Counter[str]"]


def describe(view: GraphView, state: State, request: Mapping[str, Any]) -> tuple[str, bytes]:
    """The media type and the bytes of the description.

    Args:
        view: the graph that is served.
        state: what it rests on.
        request: `endpoint`, `accept`, and whether to take the time for `counts`.

    Raises:
        Declined: there is no such form.
    """
    media_type, form = negotiated(request["accept"], GRAPHS, "The description of this service")
    counts = count(view) if request["counts"] else None
    buffer = Buffer(_LARGEST)
    triples = Description(request["endpoint"], view, state, counts).triples()
    write_graph(triples, form, buffer, VOCABULARIES)
    return content_type(media_type, form), buffer.content()


def count(view: GraphView) -> Counts:
    """How many statements every graph holds, by property; a look at every statement of the store."""
    found = view.query(_COUNT, named_graphs=[ox.NamedNode(name) for name in view.graphs])
    assert isinstance(found, ox.QuerySolutions)
    counts: Counts = defaultdict(Counter)
    for solution in found:
        counts[solution["graph"].value][solution["property"].value] = int(solution["number"].value)
    return counts


class Description:
    """The statements of the description."""

    def __init__(self, endpoint: str, view: GraphView, state: State, counts: Counts | None) -> None:
        self._endpoint, self._view, self._state, self._counts = endpoint, view, state, counts

    def triples(self) -> Iterator[ox.Triple]:
        """All of them."""
        yield from self._service()
        yield from self._dataset()
        loads = {load_node(load.id).value: load for load in self._state.loads}
        for name in sorted(self._view.graphs):
            yield from self._graph(name, loads.get(name))
        yield from examples(self._endpoint)

    def _node(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{self._endpoint}#{name}")

    def _service(self) -> Iterator[ox.Triple]:
        service, endpoint = self._node("service"), ox.NamedNode(self._endpoint)
        yield from said(
            service,
            rdf_type=iri("sd", "Service"),
            sd_endpoint=endpoint,
            sd_supportedLanguage=iri("sd", "SPARQL11Query"),
            sd_feature=iri("sd", "UnionDefaultGraph"),
            sd_defaultEntailmentRegime=iri("entailment", "Simple"),
            sd_resultFormat=[iri("formats", form.registered) for form in (*RESULTS, *GRAPHS)],
            sd_defaultDataset=self._node("dataset"),
            sd_availableGraphs=self._node("graphs"),
        )
        yield from said(self._node("graphs"), rdf_type=iri("sd", "GraphCollection"))
        document = self._node("description")
        yield from said(document, rdf_type=iri("void", "DatasetDescription"), foaf_primaryTopic=self._node("dataset"))

    def _dataset(self) -> Iterator[ox.Triple]:
        counts = self._counts
        in_force = {graph.value for graph in self._view.default_graph}
        note = (
            "The loads in force with the ontology, the reference data, the law and what is derived from all of it."
            " A statement that two graphs hold counts in both. Superseded loads answer where their graph is named."
        )
        if counts is None:
            note += " The statements were not counted: the store is too large for the time that a query may take."
        yield from said(
            self._node("dataset"),
            rdf_type=[iri("sd", "Dataset"), iri("void", "Dataset")],
            rdfs_comment=ox.Literal(note, language="en"),
            dcterms_title=ox.Literal("topco: companies, their parents and the law of export licences", language="en"),
            sd_defaultGraph=self._node("default-graph"),
            void_sparqlEndpoint=ox.NamedNode(self._endpoint),
            void_uriSpace=ox.Literal(NAMESPACE),
            void_vocabulary=[ox.NamedNode(space) for space in _vocabularies(counts or {})],
            dcterms_modified=_day(self._state.as_of),
        )
        total = None if counts is None else sum(counts[name].total() for name in in_force if name in counts)
        yield from said(
            self._node("default-graph"),
            rdf_type=[iri("sd", "Graph"), iri("void", "Dataset")],
            void_triples=_number(total),
        )

    def _graph(self, name: str, load: Load | None) -> Iterator[ox.Triple]:
        label = quote(name.removeprefix(NAMESPACE), safe="/.-_")
        named, graph = self._node(f"named/{label}"), self._node(label)
        in_force = name in {one.value for one in self._view.default_graph}
        yield ox.Triple(self._node("graphs"), iri("sd", "namedGraph"), named)
        if in_force:
            yield ox.Triple(self._node("dataset"), iri("sd", "namedGraph"), named)
            yield ox.Triple(self._node("dataset"), iri("void", "subset"), graph)
        yield from said(named, rdf_type=iri("sd", "NamedGraph"), sd_name=ox.NamedNode(name), sd_graph=graph)
        counts = None if self._counts is None else self._counts.get(name, Counter())
        yield from said(
            graph,
            rdf_type=[iri("sd", "Graph"), iri("void", "Dataset")],
            dcterms_title=ox.Literal(load.id if load else local_name(name)),
            void_triples=_number(None if counts is None else counts.total()),
            void_properties=_number(None if counts is None else len(counts)),
            void_vocabulary=[ox.NamedNode(space) for space in _vocabularies({name: counts} if counts else {})],
        )
        if load is not None:
            yield from said(
                graph,
                dcterms_creator=ox.Literal(load.publisher),
                dcterms_issued=_day(load.vintage.isoformat()),
                dcterms_license=_licence(load.licence),
                dcterms_rights=ox.Literal(load.licence),
            )


Value = ox.NamedNode | ox.Literal | list[ox.NamedNode] | None


def iri(prefix: str, name: str) -> ox.NamedNode:
    """A term of one of the vocabularies.

    >>> iri("sd", "Service").value
    'http://www.w3.org/ns/sparql-service-description#Service'
    """
    return ox.NamedNode(VOCABULARIES[prefix] + name)


def said(subject: ox.NamedNode, **values: Value) -> Iterator[ox.Triple]:
    """Statements about a subject: `sd_endpoint=…`; a missing value says nothing."""
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield ox.Triple(subject, iri(*name.split("_", 1)), one)


def _vocabularies(counts: Mapping[str, Counter[str]]) -> list[str]:
    """The namespaces of the properties in use."""
    properties = {name for counted in counts.values() for name in counted}
    return sorted({name[: len(name) - len(local_name(name))] for name in properties})


def _number(value: int | None) -> ox.Literal | None:
    return None if value is None else ox.Literal(str(value), datatype=INTEGER)


def _day(value: str | None) -> ox.Literal | None:
    return None if value is None else ox.Literal(value, datatype=DATE)


def _licence(code: str) -> ox.NamedNode | None:
    from topco.exchange.vocabulary import licence_address

    address = licence_address(code)
    return ox.NamedNode(address) if address else None
