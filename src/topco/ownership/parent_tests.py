"""The parent tests of `rules/parent-tests.ttl`: what makes one company the parent of another, from which share on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from topco import knowledge
from topco.errors import BadInput
from topco.namespaces import PREFIXES, local_name, term
from topco.ownership.control.criteria import Family, Test
from topco.ownership.shares import units
from topco.ownership.status import Kind

DEFAULT = "headquarters"
RELATIONSHIP_KINDS = {
    "DirectConsolidation": Kind.DIRECT,
    "InternationalBranch": Kind.BRANCH,
    "UltimateConsolidation": Kind.ULTIMATE,
}
FAMILIES = {
    "SharesFamily": Family.SHARES,
    "VotesFamily": Family.VOTES,
    "BoardFamily": Family.BOARD,
    "NoFamily": Family.NONE,
}
_TESTS = "rules/parent-tests.ttl"
_HOLDINGS = "ontology/holdings.ttl"


@dataclass(frozen=True)
class ParentTest:
    """One edition of a test.

    Attributes:
        steps: the kinds of recorded step that are followed.
        criteria: what is asked of holdings; None if the test does not look at them.
        integrated: shares are multiplied along every path and the products added (`criteria` has the threshold).
        never_parents: kinds of agent that stand above companies and are no parents of them.
        unnamed: kinds of agent that stand for a parent which a source keeps back.
    """

    name: str
    label: str
    version: str
    since: date
    steps: frozenset[Kind]
    criteria: Test | None
    integrated: bool
    never_parents: frozenset[str]
    unnamed: frozenset[str]

    def at(self, threshold: int, *, at_least: bool) -> ParentTest:
        """The same test with another threshold, in units.

        Raises:
            BadInput: the test does not look at holdings, or nobody can hold so much.
        """
        if self.criteria is None:
            raise BadInput(f"The test {self.name} has no threshold.", remedy="Choose a test that looks at holdings.")
        return replace(self, criteria=replace(self.criteria, threshold=threshold, at_least=at_least))


def parent_test(name: str = DEFAULT, on: date | None = None) -> ParentTest:
    """The edition of a test in force on a day (default: the newest).

    Raises:
        BadInput: there is no such test, or none on that day.

    >>> found = parent_test("cascade").criteria
    >>> found.threshold, found.at_least, found.aggregated
    (500000000, True, True)
    """
    editions = [test for test in parent_tests() if test.name == name]
    if not editions:
        raise BadInput(f"There is no parent test {name!r}.", remedy=f"Use one of {', '.join(names())}.")
    in_force = [test for test in editions if on is None or test.since <= on]
    if not in_force:
        raise BadInput(
            f"The test {name} is not defined for {on}.", remedy=f"Ask for {min(t.since for t in editions)} or later."
        )
    return max(in_force, key=lambda test: test.since)


def names() -> list[str]:
    """The names of all tests, the default first."""
    return sorted({test.name for test in parent_tests()}, key=lambda name: (name != DEFAULT, name))


@cache
def parent_tests() -> tuple[ParentTest, ...]:
    """All editions of all tests."""
    return tuple(_test(facts) for facts in _facts(_TESTS).values() if term("ParentTest") in facts["type"])


@cache
def interest_families() -> dict[str, Family]:
    """The family of every interest type of the ontology; a type that it does not know counts under no test.

    >>> interest_families()["votingRights"].name, interest_families()["nominee"].name
    ('VOTES', 'NONE')
    """
    return {
        local_name(subject): FAMILIES[local_name(facts["interestFamily"][0])]
        for subject, facts in _facts(_HOLDINGS).items()
        if "interestFamily" in facts
    }


def _test(facts: dict[str, list[str]]) -> ParentTest:
    families = frozenset(FAMILIES[local_name(family)] for family in facts["countsFamily"])
    criteria = None
    if families:
        criteria = Test(
            units(facts["thresholdPercent"][0]),
            facts["atLeast"] == ["true"],
            families,
            facts["addsUp"] == ["true"],
        )
    return ParentTest(
        facts["notation"][0],
        facts["label"][0],
        facts["version"][0],
        date.fromisoformat(facts["from"][0]),
        frozenset(RELATIONSHIP_KINDS[local_name(step)] for step in facts["countsStep"]),
        criteria,
        facts["multipliesPaths"] == ["true"],
        frozenset(facts["neverParent"]),
        frozenset(facts["takesAsUnnamed"]),
    )


def _facts(file: str) -> dict[str, defaultdict[str, list[str]]]:
    """By subject and the local name of the predicate, the values of one knowledge file."""
    import pyoxigraph as ox

    found: dict[str, defaultdict[str, list[str]]] = {}
    for triple in ox.parse(path=str(knowledge.root() / file), format=ox.RdfFormat.TURTLE):
        predicate = triple.predicate.value
        name = predicate.rpartition("#")[2] if predicate.startswith(_FOREIGN) else local_name(predicate)
        found.setdefault(triple.subject.value, defaultdict(list))[name].append(triple.object.value)
    return found


_FOREIGN = (PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["skos"])
