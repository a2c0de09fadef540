"""A rule change is a data change: next month's rule is one Turtle file, one query and one scenario, and no program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from topco import knowledge

RULES = """\
@prefix topco: <https://w3id.org/topco/> .
@prefix country: <https://w3id.org/topco/country/> .
@prefix group: <https://w3id.org/topco/group/> .
@prefix policy: <https://w3id.org/topco/policy/> .
@prefix ruleset: <https://w3id.org/topco/ruleset/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://w3id.org/topco/> .

<document/92-FR-1000> a topco:SourceDocument ; topco:cite "92 FR 1000" ;
    rdfs:label "Review of applications for Brazil"@en ;
    topco:published "2027-01-15"^^xsd:date ; topco:from "2027-02-01"^^xsd:date ; topco:confidence "primary" .
<provision/742.6(b)(10)(iii)(D)> a topco:Provision ; topco:cite "742.6(b)(10)(iii)(D)" ;
    rdfs:label "Case-by-case review for Brazil"@en ; topco:partOf <provision/742.6> ; topco:amendedBy "92 FR 1000" ;
    topco:from "2027-02-01"^^xsd:date ; topco:confidence "primary" .
group:Brazil a topco:CountryGroup ; skos:notation "Brazil" ; rdfs:label "Brazil"@en ;
    topco:includesCountry country:BR ; topco:citation "742.6(b)(10)(iii)(D)" .
<rule/codified/review-brazil> a topco:PolicyRule ;
    rdfs:label "case-by-case review of exports to Brazil"@en ;
    topco:inRuleSet ruleset:codified ;
    topco:queryFile "codified/742.6-brazil/review-brazil.rq" ;
    topco:cite "742.6(b)(10)(iii)(D)" ;
    topco:stratum 4 ;
    topco:policy policy:case_by_case ;
    topco:limb "D" ;
    topco:from "2027-02-01"^^xsd:date .
"""

QUERY = """\
# Items at the higher level exported to Brazil.
SELECT ?tx ?because ?destination ?group WHERE {
  VALUES ?group { group:Brazil }
  ?tx topco:classifiedAs topco:A_ITEM ; topco:activity "export" ; topco:destination ?destination .
  ?destination topco:memberOf ?group .
  BIND("destination" AS ?because)
}
"""

SCENARIO = """\
topic: Brazil from February 2027
scenarios:
- id: brazil-{when}
  sentence: An export to Brazil is reviewed case by case from 1 February 2027 on.
  given:
    reading: codified
    transaction: {{date: "{day}", activity: export, shipped_from: US, destination: BR, end_use: [data_centre]}}
    item: {{eccn: 3A090.a, kind: ic, datacentre: true, designer: approved}}
    parties: [{{role: ultimate_consignee, name: Company, located_in: BR, hq_in: BR, ultimate_parent_hq_in: BR}}]
    conditions: {{part_744_746_bar: false}}
  expect: {{licence_required: "yes", exceptions_any: true, review_policy: {policy}}}
  because: The new paragraph names the destination.
  cite: ["742.6(b)(10)(iii)(D)"]
"""


@pytest.fixture(scope="module")
def next_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The knowledge with the new rule in it."""
    folder = tmp_path_factory.mktemp("knowledge")
    for name in knowledge.FOLDERS:
        shutil.copytree(knowledge.root() / name, folder / name, ignore=shutil.ignore_patterns("samples"))
    new = folder / "rules" / "codified" / "742.6-brazil"
    new.mkdir()
    (new / "rules.ttl").write_text(RULES, encoding="utf-8")
    (new / "review-brazil.rq").write_text(QUERY, encoding="utf-8")
    return folder


def run(folder: Path | None, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program with the knowledge of a folder."""
    environment = {**os.environ, **({knowledge.VARIABLE: str(folder)} if folder else {})}
    return subprocess.run(
        [sys.executable, *program.split(), *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("day", "expected"), [("2027-01-31", "approval_within_allocation"), ("2027-02-01", "case_by_case")]
)
def test_next_months_rule_is_in_force_from_its_day(next_month: Path, tmp_path: Path, day: str, expected: str) -> None:
    scenario = tmp_path / "brazil.yaml"
    scenario.write_text(SCENARIO.format(when=day, day=day, policy=expected), encoding="utf-8")
    answer = determined(next_month, scenario)
    assert answer["review_policy"] == expected
    assert ("742.6(b)(10)(iii)(D)" in answer["verdict"]) == (expected == "case_by_case")
    assert determined(None, scenario)["review_policy"] == "approval_within_allocation", "without it nothing changes"


def determined(folder: Path | None, scenario: Path) -> dict[str, Any]:
    """The answer to the one scenario of a file."""
    from scenario_files import read_file

    (read,) = read_file(scenario)
    case = scenario.with_suffix(".json")
    case.write_text(json.dumps(read.case, default=str), encoding="utf-8")
    result = run(folder, "-m topco.cli.main", "determine", str(case), "--format", "json")
    assert result.returncode in (0, 3), result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    assert {key: answer[key] for key in read.expect if key in answer and key != "exceptions"} == {
        key: value for key, value in read.expect.items() if key in answer and key != "exceptions"
    } or folder is None
    return answer


def test_the_new_rule_passes_the_linter_and_changes_the_version_of_the_rules(next_month: Path) -> None:
    linted = run(
        next_month,
        "-c",
        "from topco.licensing.law import body, lint; print(lint.lint(body.load_law()))",
    )
    assert linted.stdout.strip() == "[]", linted.stdout + linted.stderr
    digests = [
        run(folder, "-c", "from topco import knowledge; print(knowledge.digest('rules'))").stdout
        for folder in (None, next_month)
    ]
    assert len(set(digests)) == 2


def test_a_folder_without_the_knowledge_is_refused_with_a_remedy(tmp_path: Path) -> None:
    result = run(tmp_path, "-m topco.cli.main", "rules", "list")
    assert result.returncode == 2
    assert knowledge.VARIABLE in result.stderr
    assert "Traceback" not in result.stderr
