"""Our countries and groups against tables that others have made of the regulation and of ISO 3166."""

from __future__ import annotations

import csv
import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, URIRef

from topco import knowledge
from topco.namespaces import COUNTRY_BASE, NAMESPACE, term

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

TABLE_DAY = date(2026, 7, 23)

# The table's spelling is a slip of its maker and no name: left out of our labels on purpose.
SLIPS = {"Cote d'lvoire": "CI"}


@pytest.fixture(scope="module")
def law() -> Graph:
    graph = Graph()
    for folder in ("data/reference", "rules/regulation"):
        for file in knowledge.files(folder):
            graph.parse(file)
    return graph


@pytest.fixture(scope="module")
def code_of(law: Graph) -> dict[str, str]:
    """Every spelling that we know, to the code it stands for."""
    spellings = {
        str(spelling): str(country)[len(COUNTRY_BASE) :]
        for country in law.subjects(RDF.type, URIRef(term("Country")))
        for spelling in (*law.objects(country, RDFS.label), *law.objects(country, SKOS.altLabel))
    }
    return spellings | SLIPS


@pytest.fixture(scope="module")
def table(shared_data: Path) -> dict[str, list[str]]:
    document = json.loads((shared_data / "ear-reference-2026" / "country-groups.json").read_text(encoding="utf-8"))
    assert document["ecfrIssueDate"] == TABLE_DAY.isoformat()
    groups: dict[str, list[str]] = document["groups"]
    return groups


@pytest.mark.parametrize("group", ["D:1", "D:4", "D:5", "A:5", "A:6", "E:1", "E:2"])
def test_groups_equal_the_table_of_july_2026(
    law: Graph, code_of: dict[str, str], table: dict[str, list[str]], group: str
) -> None:
    node = URIRef(f"{NAMESPACE}group/{group.replace(':', '')}")
    ours = set()
    for membership in law.subjects(URIRef(term("group")), node):
        end = law.value(membership, URIRef(term("to")))
        if law.value(membership, URIRef(term("from"))).toPython() <= TABLE_DAY and (
            end is None or end.toPython() > TABLE_DAY
        ):
            ours |= {str(country)[len(COUNTRY_BASE) :] for country in law.objects(membership, URIRef(term("member")))}
    assert ours == {code_of[name] for name in table[group]}


def test_every_name_of_the_chart_and_the_groups_is_a_spelling_of_ours(
    code_of: dict[str, str], table: dict[str, list[str]], shared_data: Path
) -> None:
    chart = json.loads((shared_data / "ear-reference-2026" / "country-chart.json").read_text(encoding="utf-8"))
    listed = {name for group, names in table.items() if group != "B" for name in names}
    assert {name for name in listed if name not in code_of} == set()
    # Two rows of the chart are misprinted or carry an explanation.
    known_oddities = {"Seycheles", "Micronesia (Federated State of)"}
    known_oddities.add("Sint Maarten (the Dutch two-fifths of the island of Saint Martin)")
    assert {name for name in chart["countries"] if name not in code_of} <= known_oddities
    assert {name for name in chart["embargoed"] if name not in code_of} == set()


def test_destinations_without_a_row_of_their_own_are_mapped_as_the_chart_says(
    law: Graph, code_of: dict[str, str], shared_data: Path
) -> None:
    chart = json.loads((shared_data / "ear-reference-2026" / "country-chart.json").read_text(encoding="utf-8"))
    ours = {
        str(law.value(node, URIRef(term("country")))): str(law.value(node, URIRef(term("treatedAs"))))
        for node in law.subjects(RDF.type, URIRef(term("DestinationMapping")))
    }
    folded = {spelling.casefold(): code for spelling, code in code_of.items()}
    for territory, entry in chart["territoryInheritance"].items():
        assert ours[COUNTRY_BASE + folded[territory]] == COUNTRY_BASE + code_of[entry["row"]]
    with_a_row = {code_of[name] for name in chart["countries"] if name in code_of}
    unmapped = {COUNTRY_BASE + code for code in with_a_row - {"LI"}}
    assert unmapped.isdisjoint(ours), "a destination with a row of its own stands for itself"


def test_codes_equal_the_iso_list(law: Graph, shared_data: Path) -> None:
    with (shared_data / "countries" / "country-codes.csv").open(encoding="utf-8", newline="") as stream:
        iso = {row["ISO3166-1-Alpha-2"] for row in csv.DictReader(stream)}
    ours = {str(code) for code in law.objects(None, URIRef(term("isoCode")))}
    assert ours == iso | {"XK"}
