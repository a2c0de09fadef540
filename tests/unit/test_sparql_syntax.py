"""What is no query is refused in the guard's words, though the engine parses it only when it is put to the data."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.errors import BadInput
from topco.query.guard import check
from topco.server.sparql.answering import answer
from topco.server.sparql.limits import Limits
from topco.store.graph import knowledge_view

VIEW = knowledge_view()
BASE = "http://127.0.0.1:1/sparql"
QUERY = "PREFIX a: <urn:a> SELECT DISTINCT * WHERE { ?s a:b ?o . FILTER(?o > 1) } ORDER BY ?s LIMIT 3"
PIECES = QUERY.split()
BROKEN = (
    *("SELECT", "SELECT *", "SELECT DISTINCT", "SELECT REDUCED *", "SELECT * {", "SELECT ?a { ?a }", "ASK", "DESCRIBE"),
    *("CONSTRUCT { ?a }", "SELECT * { nope:a ?b ?c }", "SELECT (1 AS ?a) (2 AS ?a) {}", "ASK { ?a <rel ative> 1 }"),
)


def asked(text: str, accept: str | None = None, graph: str | None = None) -> tuple[str, str | None] | None:
    """What and where of a refusal; None if there is an answer."""
    request = {"text": text, "base": BASE, "accept": accept}
    graphs = {"default_graphs": [graph] if graph else None, "named_graphs": None}
    try:
        answer(VIEW, {**request, **graphs}, Limits())
    except BadInput as error:
        return error.what, error.where
    return None


def judged(text: str) -> tuple[str, str | None] | None:
    try:
        check(text, VIEW.graphs, BASE)
    except BadInput as error:
        return error.what, error.where
    return None


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("accept", [None, "image/png"])
@pytest.mark.parametrize("graph", [None, "urn:no-graph"])
def test_what_is_no_query_is_told_before_everything_else(text: str, accept: str | None, graph: str | None) -> None:
    expected = judged(text)
    assert expected is not None
    assert asked(text, accept, graph) == expected


@settings(max_examples=150, deadline=None)
@given(left_out=st.sets(st.integers(0, len(PIECES) - 1), max_size=4), order=st.permutations(PIECES))
def test_pieces_of_a_query(left_out: set[int], order: list[str]) -> None:
    for text in (" ".join(piece for place, piece in enumerate(PIECES) if place not in left_out), " ".join(order)):
        assert asked(text) == judged(text)
