"""The law as data: periods, citations and members hang together, and the facts that answers depend on are in place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, URIRef

from topco import knowledge
from topco.choices import READINGS
from topco.namespaces import COUNTRY_BASE, NAMESPACE, term

FIRST_DAY = date(2023, 11, 17)
VERIFIED_TO = date(2026, 9, 24)
FOREVER = date.max


def uri(name: str) -> URIRef:
    return URIRef(term(name))


@pytest.fixture(scope="module")
def law() -> Graph:
    graph = Graph()
    for folder in ("data/reference", "rules/regulation"):
        for file in knowledge.files(folder):
            graph.parse(file)
    return graph


def period(law: Graph, node: object) -> tuple[date, date]:
    end = law.value(node, uri("to"))
    return law.value(node, uri("from")).toPython(), FOREVER if end is None else end.toPython()


def members(law: Graph, group: str, day: date) -> set[str]:
    """The codes in a group on a day, derived groups included."""
    node = URIRef(f"{NAMESPACE}group/{group}")
    found: set[str] = set()
    for membership in law.subjects(uri("group"), node):
        start, end = period(law, membership)
        if (membership, RDF.type, uri("GroupMembership")) in law and start <= day < end:
            found |= {code(country) for country in law.objects(membership, uri("member"))}
    for other in law.objects(node, uri("includesGroup")):
        found |= members(law, other.removeprefix(f"{NAMESPACE}group/"), day)
    found |= {code(country) for country in law.objects(node, uri("includesCountry"))}
    for other in law.objects(node, uri("excludesGroup")):
        found -= members(law, other.removeprefix(f"{NAMESPACE}group/"), day)
    return found


def values_of(law: Graph, parameter: object) -> list[object]:
    """The values of a parameter; a stated gap is none."""
    return [node for node in law.subjects(uri("ofParameter"), parameter) if (node, uri("value"), None) in law]


def citable(law: Graph) -> list[str]:
    """What can be cited: the paragraphs and the documents."""
    kinds = (uri("Provision"), uri("SourceDocument"))
    return [str(law.value(node, uri("cite"))) for kind in kinds for node in law.subjects(RDF.type, kind)]


def code(country: object) -> str:
    assert str(country).startswith(COUNTRY_BASE)
    return str(country)[len(COUNTRY_BASE) :]


def test_every_country_has_one_code_and_one_label(law: Graph) -> None:
    countries = list(law.subjects(RDF.type, uri("Country")))
    assert len(countries) == 250
    assert {str(law.value(country, uri("isoCode"))) for country in countries} == {code(c) for c in countries}
    labels = Counter(str(label) for c in countries for label in law.objects(c, RDFS.label))
    assert len(labels) == 250
    assert max(labels.values()) == 1


def test_labels_take_no_side_and_follow_the_regulation(law: Graph) -> None:
    labels = {code(c): str(law.value(c, RDFS.label)) for c in law.subjects(RDF.type, uri("Country"))}
    assert labels["TW"] == "Taiwan"
    assert labels["CN"] == "China"
    assert labels["KR"] == "Korea, South"
    assert labels["MO"] == "Macau"
    assert labels["NA"] == "Namibia"


def test_no_spelling_belongs_to_two_countries(law: Graph) -> None:
    owners = defaultdict(set)
    for country in law.subjects(RDF.type, uri("Country")):
        for spelling in (*law.objects(country, RDFS.label), *law.objects(country, SKOS.altLabel)):
            owners[str(spelling).casefold()].add(country)
    assert {spelling: nodes for spelling, nodes in owners.items() if len(nodes) > 1} == {}


def test_memberships_of_one_country_in_one_group_never_overlap(law: Graph) -> None:
    periods = defaultdict(list)
    for membership in law.subjects(RDF.type, uri("GroupMembership")):
        for country in law.objects(membership, uri("member")):
            periods[law.value(membership, uri("group")), country].append(period(law, membership))
    assert periods
    for key, spans in periods.items():
        for (_, end), (start, _) in pairwise(sorted(spans)):
            assert end <= start, key


def test_every_member_and_every_mapped_code_is_a_known_country(law: Graph) -> None:
    known = set(law.subjects(RDF.type, uri("Country")))
    for name in ("member", "includesCountry", "treatedAs", "country"):
        assert set(law.objects(None, uri(name))) <= known, name


def test_periods_are_dates_in_order_and_within_what_was_read(law: Graph) -> None:
    dated = set(law.subjects(uri("from"), None))
    lists = {uri(kind) for kind in ("GroupMembership", "DestinationMapping", "Provision", "ControlListEntry")}
    assert len(dated) > 100
    for node in dated:
        start, end = period(law, node)
        assert start < end, node
        if law.value(node, RDF.type) in lists:  # the law's own timetables may lie ahead, and notes may
            assert start <= VERIFIED_TO, node
    for node in law.subjects(uri("to"), None):
        assert node in dated, f"{node} ends and never begins"


def test_every_citation_resolves_to_a_provision_or_a_document(law: Graph) -> None:
    cited = {str(cite) for name in ("citation", "amendedBy") for cite in law.objects(None, uri(name))}
    known = Counter(citable(law))
    assert cited - set(known) == set()
    assert max(known.values()) == 1
    used = {str(law.value(one, uri("cite"))) for one in law.subjects(RDF.type, uri("LicenceException"))}
    assert used
    assert used - set(known) == set()


@pytest.mark.parametrize(
    "kind",
    [
        *("GroupMembership", "DestinationMapping", "ParameterValue", "ParameterGap"),
        *("ControlListEntry", "RedFlag", "MembershipNote"),
    ],
)
def test_every_dated_fact_is_cited_and_rated(law: Graph, kind: str) -> None:
    nodes = set(law.subjects(RDF.type, uri(kind)))
    assert nodes
    for node in nodes:
        assert (node, uri("citation"), None) in law, node
        assert str(law.value(node, uri("confidence"))) in {"primary", "secondary", "inferred"}, node


def test_parameters_have_exactly_one_value_on_each_day_from_their_start(law: Graph) -> None:
    for parameter in law.subjects(RDF.type, uri("Parameter")):
        spans = sorted(period(law, value) for value in values_of(law, parameter))
        assert spans, parameter
        for (_, end), (start, _) in pairwise(spans):
            assert end == start, parameter
        assert spans[-1][1] > VERIFIED_TO, parameter


@pytest.mark.parametrize(
    ("parameter", "day", "expected"),
    [
        ("country_allocation_tpp", "2025-06-01", 790_000_000),
        ("lpp_group_year_cap_tpp", "2025-06-01", 26_900_000),
        ("lpp_notice_tpp", "2025-06-01", 3_200_000),
        ("aia_certification_tpp", "2025-06-01", 253_000_000),
        ("case_by_case_tpp_below", "2026-01-15", 21_000),
        ("case_by_case_tpp_below", "2026-01-14", None),
        ("case_by_case_dram_bandwidth_gb_s_below", "2026-09-24", 6_500),
        ("nveu_installed_tpp", "2025-05-20", 949_500_000),
        ("nveu_installed_tpp", "2025-06-30", 949_500_000),
        ("nveu_installed_tpp", "2025-07-01", 1_266_000_000),
        ("model_weights_operations", "2025-06-01", 1e26),
    ],
)
def test_figures_of_the_law(law: Graph, parameter: str, day: str, expected: float | None) -> None:
    node = URIRef(f"{NAMESPACE}parameter/{parameter}")
    when = date.fromisoformat(day)
    values = [
        law.value(value, uri("value")).toPython()
        for value in values_of(law, node)
        if period(law, value)[0] <= when < period(law, value)[1]
    ]
    assert (node, RDF.type, uri("Parameter")) in law
    assert values == ([] if expected is None else [expected])


def test_the_quarters_of_the_validated_end_user_table_follow_on(law: Graph) -> None:
    node = URIRef(f"{NAMESPACE}parameter/nveu_installed_tpp")
    values = sorted((period(law, v), law.value(v, uri("value")).toPython()) for v in values_of(law, node))
    assert [value for _, value in values] == sorted(value for _, value in values)
    assert len(values) == 9
    assert values[0][0][0] == date(2025, 1, 13)
    assert values[-1][0][1] == date(2028, 1, 1)


@pytest.mark.parametrize(
    ("group", "day", "size"),
    [
        ("D5", "2025-01-13", 23),
        ("D5", "2025-11-06", 23),
        ("D5", "2025-11-07", 22),
        ("D1", "2025-01-13", 24),
        ("D4", "2025-01-13", 22),
        ("D4", "2026-07-09", 22),
        ("D4", "2026-07-10", 21),
        ("A5", "2025-01-13", 37),
        ("A5", "2026-07-10", 38),
        ("A6", "2025-01-13", 8),
        ("E1", "2025-01-13", 3),
        ("E2", "2025-01-13", 1),
        ("S5a", "2025-01-12", 0),
        ("S5a", "2025-01-13", 19),
        ("S5b", "2026-09-24", 0),
        ("Gate", "2025-01-13", 46),
        ("MacauOrD5", "2025-01-13", 24),
    ],
)
def test_sizes_of_the_groups(law: Graph, group: str, day: str, size: int) -> None:
    assert len(members(law, group, date.fromisoformat(day))) == size


@pytest.mark.parametrize(
    ("country", "group", "day", "member"),
    [
        ("KH", "D5", "2025-11-06", True),
        ("KH", "D5", "2025-11-07", False),
        ("KH", "D1", "2026-03-01", True),
        ("AE", "D4", "2026-07-09", True),
        ("AE", "D4", "2026-07-10", False),
        ("AE", "A5", "2026-07-10", True),
        ("CY", "D5", "2024-05-29", True),
        ("CY", "D5", "2024-05-30", False),
        ("NI", "D5", "2024-03-14", False),
        ("NI", "D5", "2024-03-15", True),
        ("FR", "S5a", "2025-06-01", True),
        ("US", "S5a", "2025-06-01", True),
        ("SG", "S5a", "2025-06-01", False),
        ("MO", "D5", "2025-06-01", False),
        ("MO", "MacauOrD5", "2025-06-01", True),
        ("HK", "MacauOrD5", "2025-06-01", False),
        ("IL", "Gate", "2025-06-01", False),
        ("SA", "Gate", "2025-06-01", True),
        ("AE", "Gate", "2026-07-09", True),
        ("AE", "Gate", "2026-07-10", False),
        ("ET", "D5", "2025-06-01", False),
        ("TW", "S5a", "2025-06-01", True),
    ],
)
def test_members_next_to_every_change(law: Graph, country: str, group: str, day: str, member: bool) -> None:
    assert (country in members(law, group, date.fromisoformat(day))) is member


def test_destinations_that_stand_for_others(law: Graph) -> None:
    mapped = {
        code(law.value(node, uri("country"))): (
            code(law.value(node, uri("treatedAs"))),
            law.value(node, uri("mappingScope")) == uri("EveryFact"),
        )
        for node in law.subjects(RDF.type, uri("DestinationMapping"))
    }
    assert mapped["HK"] == ("CN", True)
    assert mapped["LI"] == ("CH", True)
    assert mapped["KY"] == ("GB", False)
    assert mapped["PR"] == ("US", False)
    assert mapped["GL"] == ("DK", False)
    assert {"MO", "TW", "XK", "AW", "CW", "SX", "VA"}.isdisjoint(mapped)
    assert {name for name, (_, every) in mapped.items() if every} == {"HK", "LI"}
    assert {to for to, _ in mapped.values()}.isdisjoint(mapped), "a mapping is applied once, so none may lead on"


@pytest.mark.parametrize("reading", READINGS)
def test_every_reading_has_rules_and_the_same_last_day(law: Graph, reading: str) -> None:
    node = URIRef(f"{NAMESPACE}reading/{reading}")
    assert {str(law.value(one, SKOS.notation)) for one in law.subjects(RDF.type, uri("Reading"))} == set(READINGS)
    assert law.value(node, uri("verifiedTo")).toPython() == VERIFIED_TO
    rules = Graph()
    for file in knowledge.files("rules"):
        rules.parse(file)
    (ruleset,) = [one for one in rules.subjects(uri("reading"), node) if (one, RDF.type, uri("RuleSet")) in rules]
    kinds = {rules.value(rule, RDF.type) for rule in rules.subjects(uri("inRuleSet"), ruleset)}
    assert {uri("RequirementRule"), uri("PolicyRule"), uri("ConditionRule")} <= kinds


@pytest.mark.parametrize("reading", READINGS)
def test_rules_cite_known_provisions(law: Graph, reading: str) -> None:
    known = set(citable(law))
    rules = Graph()
    for file in knowledge.files(f"rules/{reading}"):
        rules.parse(file)
    cited = {str(cite) for name in ("cite", "citation") for cite in rules.objects(None, uri(name))}
    assert cited, "no rules"
    assert cited - known == set()


def test_every_regime_not_tested_has_its_place(law: Graph) -> None:
    ranks = sorted(law.value(node, uri("rank")).toPython() for node in law.subjects(RDF.type, uri("RegimeNotTested")))
    assert ranks == list(range(1, len(ranks) + 1))
    assert len(ranks) >= 6


def test_iris_say_what_they_stand_for(law: Graph) -> None:
    for node in law.subjects(RDF.type, uri("ParameterValue")):
        start = law.value(node, uri("from"))
        assert str(node) == f"{law.value(node, uri('ofParameter'))}/{start}"
    for node in law.subjects(RDF.type, uri("Provision")):
        cite = str(law.value(node, uri("cite")))
        assert str(node) == NAMESPACE + "provision/" + re.sub(r"[ ,]+", "-", cite)
    for node in law.subjects(RDF.type, uri("ControlListEntry")):
        assert str(node) == f"{NAMESPACE}eccn/{law.value(node, SKOS.notation)}"
