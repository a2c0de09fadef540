"""What a query may do, and that the guard reads a query as the engine does."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.compile.sparql_tokens import split
from topco.errors import BadInput
from topco.query.guard import check

LOAD = "https://w3id.org/topco/load/gleif-rr-2025-03-02"
REFUSED = {
    "SERVICE": [
        "SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "PREFIX : <http://localhost:1/> SELECT * { SERVICE:x { ?s ?p ?o } }",
        "PREFIX : <http://localhost:1/> SELECT * { SeRvIcEsilent:x{ ?s ?p ?o } }",
        "SELECT * { ?s ?p 5SERVICE<http://localhost:1/>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICE<http://localhost:1/>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o # comment\nSERVICE # comment\n<http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://localhost:1/> { ?s ?p ?o } } }",
        "SELECT * { { SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } } } }",
        'SELECT * { ?s ?p "\\" # " SERVICE <http://localhost:1/> { ?s ?p ?o } }',
        "SELECT * { ?s ?p '''it's \\''' ''' SERVICE <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER(?s<?p) SERVICE<http://localhost:1/>{ ?s ?p ?o } }",
    ],
    "comparison": [
        "SELECT ?x { BIND(1 AS ?a) BIND(2 AS ?b) BIND(?a<?b&&'x>y'='z' AS ?x) SERVICE <http://l/> { ?s ?p '' } }",
        "SELECT * { ?s ?p ?o FILTER(?s<?o#>\n) SERVICE <http://localhost:1/> { ?s ?p ?o } #\n }",
    ],
    "would change the store": [
        "INSERT DATA { <a:b> <a:b> <a:b> }",
        "PREFIX a: <a:> delete where { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "# SELECT\nCLEAR ALL",
        "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
    "FROM": [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://example.org/> { ?s ?p ?o }",
        "PREFIX x: <http://example.org/> SELECT * from x:y WHERE { ?s ?p ?o }",
        f"SELECT * FROM <{LOAD}> FROM <{LOAD}x> WHERE {{ ?s ?p ?o }}",
    ],
    "not valid SPARQL": ["SELECT * { ?s ?p ", "SELECT ?x { ?s ?p ?o FILTER(?s ?p) }", "ASK { ?s ?p ?o } ; DROP ALL"],
    "prefix that it does not declare": ["ASK { ?s foaf:name ?o }"],
    "unexpected character": ['ASK { ?s ?p "open }', "ASK { ?s ?p SERV\\u0049CE }", "ASK { \u017fERVICE <a:b> { } }"],
    "cannot start with": ["ASKS { ?s ?p ?o }", "hello", "{ ?s ?p ?o }"],
    "is empty": ["", "# nothing", "PREFIX a: <a:>"],
}
ALLOWED = [
    "SELECT * { ?s ?p ?o } # SERVICE <http://localhost:1/> { }",
    "SELECT ?service { ?service ?p 'SERVICE <http://localhost:1/> {' }",
    'SELECT * { ?s <http://example.org/SERVICE#SERVICE> """INSERT \'x\' " LOAD SERVICE""" }',
    "PREFIX service: <http://example.org/> PREFIX insert: <http://example.org/> SELECT * { insert:x service:y ?o }",
    "PREFIX load: <http://example.org/> ASK { load:delete load:from ?from }",
    "SELECT * { ?s ?p ?o FILTER(?s<?o && ?o>?s || ?s <= 5 || 3<?o) }",
    f"SELECT * FROM <{LOAD}> FROM NAMED load:gleif-rr-2025-03-02 {{ ?s ?p ?o }}",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "BASE <http://example.org/> DESCRIBE <x>",
    "SELECT (COUNT(*) AS ?n) { ?s (rdfs:subClassOf|^rdfs:subClassOf)*/!a ?o } HAVING (COUNT(*) > 1)",
    "SELECT * { ?s ?p ?o . ?s <http://example.org/#it> ?x ; ?q 'a'@en , 1.5e3 , _:b }",
]


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts])
def test_refused_with_a_reason(reason: str, text: str) -> None:
    with pytest.raises(BadInput, match=reason):
        check(text, {LOAD})


@pytest.mark.parametrize("text", ALLOWED)
def test_allowed(text: str) -> None:
    assert check(text, {LOAD}).text == text


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(BadInput) as caught:
        check("SELECT ?x {\n  ?s ?p ?o\n  BIND(?o ?s AS ?x)\n}")
    assert "line 3, column 14" in str(caught.value)


def test_graphs_that_a_query_names() -> None:
    assert check(f"SELECT * {{ GRAPH <{LOAD}> {{ ?s ?p ?o }} }}", {LOAD, "a:b"}).graphs == {LOAD}
    assert check("SELECT * { GRAPH load:gleif-rr-2025-03-02 { ?s ?p ?o } }", {LOAD}).graphs == {LOAD}
    assert check("SELECT * { ?s ?p ?o } # load:gleif-rr-2025-03-02", {LOAD}).graphs == frozenset()
    assert check(f"SELECT * FROM <{LOAD}> {{ ?s ?p ?o }}", {LOAD}).has_dataset


PIECES = st.sampled_from(
    [
        "SERVICE",
        "service",
        " ",
        "\n",
        "<",
        ">",
        "<http://localhost:1/>",
        ":x",
        "x:y",
        "{",
        "}",
        "'",
        '"',
        "'''",
        "#",
        "\\",
        "?a",
        "?b",
        "&&",
        "FILTER(",
        ")",
        "1",
        "5",
        "true",
        ".",
        "?s ?p ?o",
        "EXISTS",
        "=",
        "@en",
        "SILENT",
    ]
)


@settings(deadline=None, max_examples=250)
@given(st.lists(PIECES, max_size=14))
def test_no_query_that_passes_calls_a_service(pieces: list[str]) -> None:
    """The engine needs the network for a service: whatever the guard lets through answers without it."""
    text = f"PREFIX : <http://localhost:1/> PREFIX x: <http://localhost:1/> SELECT * {{ {''.join(pieces)} }}"
    try:
        check(text)
    except BadInput:
        return
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:b"), ox.NamedNode("a:b"), ox.NamedNode("a:b")))
    assert list(store.query(text)) is not None


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="<>'\"#?a1 \\{}.:@\n", max_size=20))
def test_tokens_are_pieces_of_the_text_in_order(text: str) -> None:
    try:
        tokens = split(text)
    except BadInput:
        return
    end = 0
    for token in tokens:
        assert token.start >= end
        assert text[token.start : token.end] == token.text
        end = token.end
