"""Columns answer for all their values at once what conditions answer for one term; numbers stay what they are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal as StoreLiteral
from rdflib import RDF, RDFS, XSD, Literal, URIRef

from topco.compile.shapes_conditions import (
    Condition,
    InLanguage,
    InRange,
    Kind,
    Matching,
    OfDatatype,
    OfKind,
    OfLength,
    OneOf,
    is_before,
)
from topco.store.nodes import DATE_TIME, language_tag, literal, share_literal, text_literal
from topco.validation.columns import Literals, tags_of
from topco.validation.numbers import USES, Dictionary, StoreTerms
from topco.validation.terms import rdflib_term

TEXTS = st.text(st.sampled_from("aA1:-. \n\r\tä北LEI"), max_size=6) | st.just("LEI:" + "A" * 18 + "00")
CONDITIONS: list[Condition] = [
    *(OfDatatype(datatype) for datatype in (XSD.string, RDF.langString, XSD.integer, XSD.date, XSD.decimal)),
    OfDatatype(RDFS.Literal),
    OfKind(frozenset([Kind.LITERAL])),
    OfKind(frozenset([Kind.IRI, Kind.BLANK])),
    OneOf(frozenset([Literal("a"), Literal(1), URIRef("https://example.org/a")])),
    OneOf(frozenset([URIRef("https://example.org/a")])),
    *(Matching(pattern) for pattern in ("^a", "A$", "^$", "", "^[A-Za-z][A-Za-z0-9-]*:.+$", "a|1", "(a|A)+", "[^a]")),
    *(Matching(pattern) for pattern in (r"\d", r"\w\Z", "(?=a)A", "a{1,2}$", "a++", "[[]", ".", "^.$", "a{,2}A")),
    Matching("^[^L]|L[^E]|LE[^I]|LEI[^:]|LEI:[0-9A-Z]{18}[0-9]{2}$"),
    Matching("a", flags=2),
    *(OfLength(least=number) for number in (0, 1, 3)),
    *(OfLength(most=number) for number in (0, 2)),
    *(
        InRange(bound, above, or_equal)
        for bound in (Literal(1), Literal("1.5", datatype=XSD.decimal), Literal("a"), Literal(date(2020, 1, 1)))
        for above in (True, False)
        for or_equal in (True, False)
    ),
    InLanguage(("en",)),
]
KINDS: dict[str, tuple[st.SearchStrategy[Any], Any, Any]] = {
    "texts": (TEXTS, pl.String, literal),
    "numbers": (st.integers(-2, 3), pl.Int64, literal),
    "days": (st.sampled_from([date(1, 1, 1), date(2020, 1, 1), date(2021, 1, 1)]), pl.Date, literal),
    "shares": (st.sampled_from([0, 10_000_000, 15_000_000, 20_000_000]), pl.Int64, share_literal),
    "flags": (st.booleans(), pl.Boolean, literal),
    "moments": (
        st.sampled_from([datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, 10, 30, 0, 5, tzinfo=UTC)]),
        pl.Datetime("us", "UTC"),
        lambda at: StoreLiteral(at.isoformat(), datatype=DATE_TIME),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_column_answers_as_its_terms_do(kind: str, data: st.DataObject) -> None:
    values, dtype, make = KINDS[kind]
    drawn = data.draw(st.lists(values, max_size=6))
    others = data.draw(st.lists(values, min_size=len(drawn), max_size=len(drawn)))
    terms = StoreTerms([])
    column, beside = (Literals(terms, pl.Series(some, dtype=dtype), make) for some in (drawn, others))
    alone = [rdflib_term(make(value)) for value in drawn]
    assert [terms.term(number) for number in column.ids().tolist()] == alone
    for condition in CONDITIONS:
        assert column.meets(condition).tolist() == [condition.of_term(term) for term in alone], condition
    other_terms = [rdflib_term(make(value)) for value in others]
    for or_equal in (True, False):
        expected = [is_before(*pair, or_equal=or_equal) for pair in zip(alone, other_terms, strict=True)]
        assert column.before(beside, or_equal=or_equal).tolist() == expected
    assert column.same(beside).tolist() == [one == other for one, other in zip(alone, other_terms, strict=True)]


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, st.sampled_from(["en", "DE", "en-GB", "no language", None])), max_size=6))
def test_texts_with_languages_answer_as_their_terms_do(rows: list[tuple[str, str | None]]) -> None:
    terms = StoreTerms([])
    tags = tags_of(pl.Series([language for _, language in rows], dtype=pl.String))
    texts = pl.Series([text for text, _ in rows], dtype=pl.String)
    column = Literals(terms, texts, lambda text: text_literal(text, None), tags)
    alone = [rdflib_term(text_literal(text, language)) for text, language in rows]
    assert [terms.term(number) for number in column.ids().tolist()] == alone
    assert list(column.languages()) == [language_tag(language) for _, language in rows]
    for condition in CONDITIONS:
        assert column.meets(condition).tolist() == [condition.of_term(term) for term in alone], condition


def test_numbers_last_when_texts_have_been_asked_for() -> None:
    words = Dictionary()
    for count in range(1, 6):
        assert words.codes(pl.Series([f"word {count}"])).tolist() == [count - 1]
        assert words.texts().to_list() == [f"word {number}" for number in range(1, count + 1)]


NAMES = st.sampled_from(
    [
        *("LEI:A", "LEI:B", "X:a b", "X:a%20b", "odd", "http://example.org/a", "http://example.org/a/headquarters"),
        *(
            "https://w3id.org/topco/id/LEI/A",
            "https://w3id.org/topco/record/r/1",
            "https://w3id.org/topco/record/a%20b",
        ),
    ]
)
RECORDS = st.sampled_from(["r/1", "r/2", "r/3", "a b", "a%20b", "r/1/headquarters"])


@settings(max_examples=200, deadline=None)
@given(names=st.lists(NAMES, max_size=8), tables=st.lists(st.lists(RECORDS, max_size=3), max_size=3))
def test_equal_iris_have_equal_numbers_and_no_others(names: list[str], tables: list[list[str]]) -> None:
    from topco.store.nodes import entity_iri, record_iri

    columns = [pl.Series(table, dtype=pl.String) for table in tables]
    terms = StoreTerms([lambda column=column: column for column in columns])
    entities = terms.of_entities(pl.Series(names, dtype=pl.String))
    numbers = [entities, *terms.record_ids, *(terms.of_addresses(entities, use) for use in USES)]
    iris = [entity_iri(name) for name in names]
    expected = [*iris, *(record_iri(record) for table in tables for record in table)]
    expected += [f"{iri}/{use}" for use in USES for iri in iris]
    every = np.concatenate(numbers)
    assert terms.iris(every).to_list() == expected
    assert [str(terms.term(number)) for number in every.tolist()] == expected
    assert [terms.id_of(URIRef(iri)) for iri in expected] == every.tolist()
    assert len(set(every.tolist())) == len(set(expected))
