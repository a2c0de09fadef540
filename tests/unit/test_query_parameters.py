"""Parameters become typed terms and reach every group of a query as data, never as text."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.compile.sparql_tokens import split
from topco.compile.sparql_values import inject
from topco.errors import BadInput
from topco.query.library import parse
from topco.query.parameters import Parameter, bind, inferred
from topco.store.today import today

T = "https://w3id.org/topco/"
XSD = "http://www.w3.org/2001/XMLSchema#"


def parameter(kind: str, default: str = "required") -> Parameter:
    return Parameter("x", kind, default, "what it is")


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("entity", "5493001Z012YSB2A0K51", f"<{T}id/LEI/5493001Z012YSB2A0K51>"),
        ("entity", "gb-coh:00 102", f"<{T}id/gb-coh/00%20102>"),
        ("entity", f"{T}id/LEI/5493001Z012YSB2A0K51", f"<{T}id/LEI/5493001Z012YSB2A0K51>"),
        ("country", "cn", f"<{T}country/CN>"),
        ("country", "country:CN", f"<{T}country/CN>"),
        ("group", "D5", f"<{T}group/D5>"),
        ("group", "group:MacauOrD5", f"<{T}group/MacauOrD5>"),
        ("concept", "topco:DirectConsolidation", f"<{T}DirectConsolidation>"),
        ("load", "gleif-rr-2025-03-02", f"<{T}load/gleif-rr-2025-03-02>"),
        ("date", "2025-01-31", f'"2025-01-31"^^<{XSD}date>'),
        ("date", "today", f'"{today().isoformat()}"^^<{XSD}date>'),
        ("integer", "007", f'"7"^^<{XSD}integer>'),
        ("text", 'a "b" } SERVICE <x:y> {', '"a \\"b\\" } SERVICE <x:y> {"'),
    ],
)
def test_typed_terms(kind: str, text: str, term: str) -> None:
    assert str(parameter(kind).term(text)) == term


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("entity", "Alpha"),
        ("country", "China"),
        ("group", "D5> ?x <"),
        ("date", "31.1.2025"),
        ("integer", "many"),
        ("concept", "a b"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused(kind: str, text: str) -> None:
    with pytest.raises(BadInput, match="no value for the parameter x"):
        parameter(kind).term(text)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("<http://example.org/x>", "<http://example.org/x>"),
        ("country:CN", f"<{T}country/CN>"),
        ("LEI:5493001Z012YSB2A0K51", f"<{T}id/LEI/5493001Z012YSB2A0K51>"),
        ("2025-01-31", f'"2025-01-31"^^<{XSD}date>'),
        ("a: b", '"a: b"'),
    ],
)
def test_undeclared_parameters_are_read_by_their_look(text: str, term: str) -> None:
    assert str(inferred(text)) == term


def test_defaults_required_and_unknown() -> None:
    declared = [
        parameter("integer", "3"),
        Parameter("y", "date", "optional", ""),
        Parameter("z", "text", "required", ""),
    ]
    bound = bind([("z", "a"), ("z", "b")], declared, closed=True)
    assert {name: [str(term) for term in terms] for name, terms in bound.items()} == {
        "x": [f'"3"^^<{XSD}integer>'],
        "z": ['"a"', '"b"'],
    }
    with pytest.raises(BadInput, match="needs a value for z"):
        bind([], declared, closed=True)
    with pytest.raises(BadInput, match="no parameter w"):
        bind([("w", "1"), ("z", "a")], declared, closed=True)
    assert "w" in bind([("w", "1"), ("z", "a")], declared, closed=False)
    with pytest.raises(BadInput, match="no value"):
        bind([("w", "2025-13-41")], [], closed=False)


def test_a_header_that_cannot_be_understood() -> None:
    with pytest.raises(BadInput, match="cannot be understood"):
        parse("# param: who entty required the company\nASK { ?s ?p ?o }")
    query = parse(
        "# title: A\n# description: one\n#   two\n# param: on date today the day\nASK { ?s ?p ?o }\n# title: B"
    )
    assert (query.title, query.description) == ("A", "one two")
    assert [str(p) for p in query.parameters] == ["on=today"]


def solve(text: str, **values: str) -> list[tuple[str, ...]]:
    store = ox.Store()
    for line in ("a p b", "b p c", "c p d", "x p y"):
        store.add(ox.Quad(*(ox.NamedNode(f"u:{name}") for name in line.split())))
    bindings = {name: (inferred(value),) for name, value in values.items()}
    found = store.query(inject(text, split(text), bindings))
    assert isinstance(found, ox.QuerySolutions)
    return sorted(tuple(str(term) for term in row) for row in found)


B, C, D, Y = ("<u:b>",), ("<u:c>",), ("<u:d>",), ("<u:y>",)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT ?o { ?who <u:p> ?o }", [B]),
        ("SELECT ?o WHERE { { SELECT ?o WHERE { ?who <u:p>+ ?o } } }", [B, C, D]),
        ("SELECT ?o { ?s <u:p> ?o FILTER(?s = ?who) }", [B]),
        ("SELECT ?o { { ?s <u:p> ?o FILTER(?s = ?who) } UNION { ?s <u:p> ?o FILTER(?s = <u:x>) } }", [B, Y]),
        ("SELECT ?o { ?s <u:p> ?o FILTER NOT EXISTS { ?who <u:p> ?o } }", [C, D, Y]),
        ("SELECT ?o { ?s <u:p> ?o MINUS { ?t <u:p> ?o FILTER(?t = ?who) } }", [C, D, Y]),
        ("SELECT ?o { VALUES (?s ?t) { (<u:b> 1) } ?s <u:p> ?o . $who <u:p> ?s }", [C]),
        ("SELECT ?o { ?s <u:p> ?o OPTIONAL { ?t <u:p> ?o FILTER(?t = ?who) } FILTER(BOUND(?t)) }", [B]),
        ("SELECT ?o { ?s <u:p> ?o # ?who { \n FILTER(?s = ?who && '?who {' != '}') }", [B]),
    ],
)
def test_a_parameter_holds_in_every_group(text: str, rows: list[tuple[str, ...]]) -> None:
    assert solve(text, who="<u:a>") == rows


def test_several_values_are_alternatives() -> None:
    text = "SELECT ?o { ?who <u:p> ?o }"
    values = {"who": (ox.NamedNode("u:a"), ox.NamedNode("u:x"))}
    assert "VALUES ?who { <u:a> <u:x> }" in inject(text, split(text), values)


def test_templates_and_data_blocks_take_no_values() -> None:
    text = "CONSTRUCT { ?who <u:q> ?o } WHERE { VALUES ?who { <u:a> } ?who <u:p> ?o }"
    assert inject(text, split(text), {"who": (ox.NamedNode("u:a"),)}).count("VALUES") == 2
    short = "CONSTRUCT WHERE { ?who <u:p> ?o }"
    assert inject(short, split(short), {"who": (ox.NamedNode("u:a"),)}) == short


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_text_stays_one_literal(value: str) -> None:
    text = "SELECT ?v { BIND(?v AS ?w) }"
    found = ox.Store().query(inject(text, split(text), {"v": (ox.Literal(value),)}))
    assert [row["v"].value for row in found] == [value]
