"""The linter: silent on what ships, and loud on every way in which a rule can go wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from topco.licensing.answers.verdict import BECAUSE
from topco.licensing.law.body import Law, load_law
from topco.licensing.law.lint import declarations, lint, rule_problems, rules_of
from topco.licensing.law.lint_query import query_problems
from topco.licensing.law.rule import Rule
from topco.licensing.law.vocabulary import PREFIX_BLOCK
from topco.namespaces import NAMESPACE

CODIFIED = NamedNode(f"{NAMESPACE}ruleset/codified")
PREFIXES = "\n".join(f"@prefix {name}: <{NAMESPACE}{path}> ." for name, path in [("topco", ""), ("policy", "policy/")])


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture(scope="module")
def rules(law: Law) -> list[Rule]:
    return rules_of(law, CODIFIED)


def test_what_ships_is_clean(law: Law, rules: list[Rule]) -> None:
    assert lint(law) == []
    assert len(rules) > 20


def problems(law: Law, body: str, kind: str = "DocumentRule") -> list[str]:
    return list(query_problems(PREFIX_BLOCK + body, kind, declarations(law, CODIFIED), frozenset(BECAUSE)))


GOOD = "SELECT ?tx WHERE { ?tx topco:activity ?activity }"


def test_a_plain_query_passes(law: Law) -> None:
    assert problems(law, GOOD) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("SELECT ?tx WHERE { ?tx topco:activity", "no SPARQL query"),
        ("CONSTRUCT { ?tx topco:activity 'x' } WHERE { ?tx topco:activity ?a }", "no SELECT"),
        ("ASK { ?tx topco:activity ?a }", "no SELECT"),
        ("LOAD <http://example.org/x>", "no SPARQL query"),
        ("SELECT ?party WHERE { ?tx topco:hasParty ?party }", "does not project ?tx"),
        ("SELECT ?tx ?colour WHERE { ?tx topco:activity ?colour }", "projects ?colour"),
        ("SELECT ?tx FROM <http://example.org/g> WHERE { ?tx topco:activity ?a }", "data set"),
        ("SELECT ?tx WHERE { GRAPH ?g { ?tx topco:activity ?a } }", "named graph"),
        ("SELECT ?tx WHERE { SERVICE <http://example.org/s> { ?tx topco:activity ?a } }", "another service"),
        ("SELECT ?tx WHERE { ?tx topco:activity ?a . FILTER(NOW() > ?a) }", "what time it is"),
        ("SELECT ?tx WHERE { ?tx topco:activity ?a . BIND(RAND() AS ?b) }", "random number"),
        ("SELECT ?tx WHERE { ?tx topco:activity ?a . BIND(UUID() AS ?b) }", "random identifier"),
        ("SELECT ?tx WHERE { ?tx topco:activity ?a . FILTER(?a = '2026-01-15'^^xsd:date) }", "value 2026-01-15"),
        ("SELECT ?tx WHERE { ?tx topco:activity ?a . FILTER(?a > 790000000) }", "value 790000000"),
        ("SELECT ?tx WHERE { ?tx topco:quantity ?q }", "does not hold"),
        ("SELECT ?tx WHERE { ?tx rdfs:label ?q }", "does not hold"),
        ("SELECT ?tx WHERE { ?tx ?any ?q }", "any property"),
        ("SELECT ?tx WHERE { ?tx topco:hasParty/topco:role ?q }", "property path"),
        ("SELECT ?tx WHERE { ?tx topco:hasParty+ ?q }", "property path"),
        ("SELECT ?tx WHERE { ?tx topco:states condition:unheard_of }", "not declared"),
        ("SELECT ?tx WHERE { ?tx topco:over measure:unheard_of }", "not declared"),
        ("SELECT ?tx WHERE { ?tx topco:destination ?d . ?d topco:memberOf group:Unheard }", "not declared"),
        ("SELECT ?tx WHERE { ?tx topco:qualifiesFor policy:unheard_of }", "not declared"),
        ("SELECT ?tx WHERE { VALUES ?c { condition:unheard_of } ?tx topco:states ?c }", "not declared"),
        ("SELECT ?tx WHERE { ?tx topco:destination ?d . ?d topco:memberOf ?g }", "every group"),
        ("SELECT ?tx WHERE { ?tx topco:destination country:CN }", "compares a place with a country"),
        ("SELECT ?tx WHERE { ?tx topco:destination ?d . FILTER(?d = country:CN) }", "compares places"),
        (
            "SELECT ?tx WHERE { ?tx topco:destination ?d ; topco:hasParty ?p . ?p topco:headquarteredIn ?d }",
            "compares two places",
        ),
        ("SELECT ?tx WHERE { ?tx topco:destination ?d . ?d topco:itemClass ?x }", "more of ?d than its groups"),
        (
            "SELECT ?tx WHERE { ?tx topco:hasParty ?p , ?q . ?p topco:role 'end_user' . ?q topco:locatedIn ?l }",
            "write two rules",
        ),
        ("SELECT ?tx WHERE { ?tx topco:hasParty [] }", "blank node"),
        (
            "SELECT ?tx WHERE { ?tx topco:activity ?a . { SELECT ?party WHERE { ?a topco:hasParty ?party } } }",
            "reuses the outer name ?a",
        ),
        (
            "SELECT ?tx (SUM(?n) AS ?state) WHERE { ?tx topco:activity ?n } GROUP BY ?tx",
            "without COALESCE",
        ),
    ],
    ids=lambda value: value[:60],
)
def test_a_query_that_must_not_be_is_refused(law: Law, body: str, words: str) -> None:
    assert any(words in problem for problem in problems(law, body)), problems(law, body)


def test_sums_with_coalesce_and_closed_sub_selects_pass(law: Law) -> None:
    assert (
        problems(law, "SELECT ?tx (SUM(COALESCE(?n, '')) AS ?state) WHERE { ?tx topco:activity ?n } GROUP BY ?tx") == []
    )
    assert (
        problems(law, "SELECT ?tx WHERE { ?tx topco:activity ?a . { SELECT ?tx WHERE { ?tx topco:role ?b } } }") == []
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ConditionRule", "?state"),
        ("PolicyRule", "?because"),
        ("AuthorisationRule", "?state"),
        ("ValidatedEndUserRule", "?state"),
    ],
)
def test_each_kind_of_rule_projects_what_it_concludes_with(law: Law, kind: str, words: str) -> None:
    assert any(words in problem for problem in problems(law, GOOD, kind))


def test_a_policy_says_why_in_words_that_answers_know(law: Law) -> None:
    body = "SELECT ?tx ?because WHERE {{ ?tx topco:activity ?a . BIND('{}' AS ?because) }}"
    assert problems(law, body.format("headquarters"), "PolicyRule") == []
    assert any("?because" in problem for problem in problems(law, body.format("astrology"), "PolicyRule"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cite": "742.6(z)"}, "neither a provision nor a document"),
        ({"path": "rules/codified/742.6/nothing.rq"}, "does not exist"),
        ({"since": None}, "since when"),
        ({"until": "2025-05-15"}, "before it begins"),
        ({"stratum": 0}, "no stratum"),
        ({"stratum": 2}, "not in a lower stratum"),
        ({"concept": "unheard_of"}, "not declared"),
        ({"label": ""}, "no label"),
    ],
    ids=str,
)
def test_metadata_that_must_not_be_is_refused(
    law: Law, rules: list[Rule], changes: dict[str, object], words: str
) -> None:
    rule = next(rule for rule in rules if rule.name == "codified/review-macau-d5")
    declared = declarations(law, CODIFIED)
    assert list(rule_problems(rule, rules, declared, law)) == []
    assert any(words in problem for problem in rule_problems(replace(rule, **changes), rules, declared, law))


def test_a_condition_belongs_to_a_declared_exception(law: Law, rules: list[Rule]) -> None:
    rule = next(rule for rule in rules if rule.kind == "ConditionRule")
    declared = declarations(law, CODIFIED)
    assert any("exception" in one for one in rule_problems(replace(rule, exception="XYZ"), rules, declared, law))
    assert any("no exception" in one for one in rule_problems(replace(rule, exception=None), rules, declared, law))


@pytest.mark.parametrize(
    ("turtle", "words"),
    [
        (
            "policy:a a topco:ReviewPolicy ; topco:strictness 4 . policy:b a topco:ReviewPolicy ; topco:strictness 4 .",
            "as strict",
        ),
        (
            "topco:g a topco:CountryGroup ; topco:includesGroup topco:h ."
            " topco:h a topco:CountryGroup ; topco:includesGroup topco:i .",
            "itself built",
        ),
        ("topco:m a topco:Measure ; topco:parameter topco:p .", "has no value"),
        (
            "topco:s a topco:RuleSet ; topco:reading topco:r . topco:t a topco:RuleSet ; topco:reading topco:r ;"
            " topco:from '2025-01-01'^^<http://www.w3.org/2001/XMLSchema#date> .",
            "two rule sets",
        ),
    ],
    ids=["strictness", "groups", "measure", "reading"],
)
def test_law_that_contradicts_itself_is_refused(turtle: str, words: str) -> None:
    store = Store()
    store.load(f"{PREFIXES}\n{turtle}".encode(), format=RdfFormat.TURTLE)
    assert any(words in problem.what for problem in lint(Law(store)))
