"""The decision space: every reading, every epoch, and the facts that the rules of an epoch can tell apart.

A finding depends on nothing but what its query names, and on what lower strata conclude. So the space is cut up:

1. A *chapter* is the law of one reading in one epoch; rules see figures as over or not over, never their values, so
   epochs with the same rules, signatures and kinds of entries are one chapter.
2. Of a chapter only those rules are *live* that can speak about an item class, an activity, a question.
3. `Axes` holds, for some rules, every fact that they read with every value that they tell apart: destinations of equal
   groups are one value, so are entries on the same lists; what rules see only when it is given is given or not.
4. A *key* is one choice on every axis; `decision_run` asks the engine about thousands at once.

`unseen` says what rules read and no axis holds. The tests assert that it is nothing: a new rule widens the space by
itself or fails there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from itertools import combinations, product
from typing import NamedTuple, get_args

from topco.items.law import NONE, item_law
from topco.licensing.cases.case import Activity as ActivityCode
from topco.licensing.cases.case import EndUse
from topco.licensing.cases.facts import ItemOption
from topco.licensing.cases.places import UNREAD
from topco.licensing.law.body import load_law
from topco.licensing.law.conclusions import CONCLUSIONS
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.rule import COUNTRY_PROPERTIES, ITEM_CLASS, PLACE_PROPERTIES, ROLES, Rule
from topco.licensing.law.ruleset import Condition, Measure, Ruleset
from topco.licensing.law.vocabulary import node
from topco.licensing.weighing.engine import Engine
from topco.namespaces import local_name

LAW = load_law()
FULL = os.environ.get("TOPCO_FULL_SPACE") == "1"
DESTINATION, LOCATED, SEAT, PARENT = "destination", "locatedIn", "headquarteredIn", "ultimateParentHeadquarteredIn"
END_USER, OTHER_ROLE = "end_user", "purchaser"
PARTY_SIDES = ("holderHeadquarteredIn", "ownerNationality")
SIDES = ("installedIn", "origin", "shippedFrom")
WORDS = {
    "activity": frozenset(get_args(ActivityCode)),
    "role": ROLES,
    "endUse": frozenset(get_args(EndUse)),
    "designer": frozenset({"approved", "authorised", "neither"}),
    "veuKind": frozenset({"uveu", "nveu"}),
    "veuQuestion": frozenset({"limits", "country_allocation"}),
}
NATURES = ("Commodity", "ModelWeights", "Software", "Technology")
# What a query may name of the vocabulary, because some axis holds it; item classes and what is named below a prefix
# (groups, conditions, measures, lists) are seen to by `Axes`.
ON_AN_AXIS = (
    PLACE_PROPERTIES
    | WORDS.keys()
    | {"memberOf", "lacks", "hasParty", "Transaction", "states", "denies", "over", "notOver", "undecidedOn"}
    | {"classifiedAs", "entry", "targetEntry", "onList", "ofNature", *NATURES}
    | {reads for reads, _, _ in CONCLUSIONS}
)
PREFIXES_ON_AN_AXIS = {"topco", "group", "condition", "measure", "list", "exemption", "requirement", "qualification"}
# A rule of these kinds has a row only where everything that it names holds, so it speaks only of the classes, natures,
# activities and words that it names. The other kinds answer every key with a state.
CONJUNCTIVE = (
    "ScopeRule",
    "ExemptionRule",
    "RequirementRule",
    "PolicyRule",
    "AuthorisationRule",
    "ValidatedEndUserRule",
)

Answers = frozenset[tuple[str, bool]]


class Profile(NamedTuple):
    """A party: its roles, where it stands, what is said of it, and which of its country facts are not established."""

    roles: tuple[str, ...]
    located: str = UNREAD.iri
    seat: str = UNREAD.iri
    parent: str = UNREAD.iri
    answers: Answers = frozenset()
    sides: tuple[tuple[str, str], ...] = ()
    lacks: tuple[str, ...] = ()


class Key(NamedTuple):
    """One choice on every axis. `answers` are conditions, given or denied, and measures, over or not."""

    activity: str
    item: ItemOption | None
    destination: str
    parties: tuple[Profile, ...]
    answers: Answers
    end_use: tuple[str, ...] | None = ("other",)
    designer: str | None = None
    asks: tuple[tuple[str, str], ...] = ()
    sides: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Chapter:
    """The law of one reading, from its first day to the next on which rules could tell a difference."""

    reading: str
    day: date
    slice: LawSlice
    ruleset: Ruleset
    identities: dict[object, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.reading} {self.day}"

    @cached_property
    def engine(self) -> Engine:
        return Engine(self.slice, self.ruleset)

    @contextmanager
    def asking(self, rules: tuple[Rule, ...]) -> Iterator[Engine]:
        """The engine with some of its rules only."""
        self.engine.ruleset = replace(self.ruleset, rules=rules)
        try:
            yield self.engine
        finally:
            self.engine.ruleset = self.ruleset

    @cached_property
    def items(self) -> tuple[ItemOption, ...]:
        """Every entry with every class that it may have, and every class without an entry."""
        law = item_law(LAW, self.day, self.reading)
        classes = sorted({one.item_class for one in law.entries.values() if one.item_class} | {NONE})
        found = [
            ItemOption(notation, item_class, notation, entry.nature)
            for notation, entry in sorted(law.entries.items())
            for item_class in ([entry.item_class] if entry.item_class else classes)
        ]
        bare = [ItemOption("", item_class, "", nature) for item_class in classes for nature in (None, *NATURES)]
        return tuple(found + bare)

    def groups(self, iri: str) -> frozenset[str]:
        """All groups of a country."""
        return self.slice.groups_of.get(local_name(iri), frozenset())

    @cached_property
    def countries(self) -> dict[frozenset[str], str]:
        """One country for each set of groups that a country is in, of all that some rule of the chapter looks for."""
        read = frozenset(group for groups in self.ruleset.groups_read.values() for group in groups)
        iris = (node("country").value + "/" + code for code in sorted(self.slice.countries, reverse=True))
        return {self.groups(iri) & read: iri for iri in iris}


@cache
def chapters() -> tuple[Chapter, ...]:
    """Every epoch of every reading, once for all that rules cannot tell apart."""
    found: dict[object, Chapter] = {}
    for reading in sorted({local_name(LAW.value(one, node("reading")) or "") for one in LAW.subjects("RuleSet")}):
        for day in LAW.boundaries:
            law_slice = LAW.slice_on(day)
            if reading in law_slice.rulesets:
                chapter = Chapter(reading, day, law_slice, law_slice.rulesets[reading])
                found.setdefault((reading, identity(chapter, chapter.ruleset.rules)), chapter)
    return tuple(found.values())


def identity(chapter: Chapter, rules: tuple[Rule, ...]) -> object:
    """What findings of some rules depend on, beside the facts of a case; labels, citations and dates are none of it."""
    named = tuple((rule.name, rule.exception) for rule in rules)
    if named not in chapter.identities:
        chapter.identities[named] = _identity(Axes(chapter, rules))
    return chapter.identities[named]


def _identity(axes: Axes) -> object:
    chapter = axes.chapter
    return (
        tuple(
            (r.kind, r.path, r.stratum, r.concept, r.limb, r.exception, r.condition, r.unverified, r.qualification)
            for r in axes.rules
        ),
        frozenset(
            (one.kind, one.limbs, one.unless)
            for one in chapter.ruleset.combinations
            if one.kind == "StrictestPolicy" or one.limbs & {rule.limb for rule in axes.rules}
        ),
        tuple((name, frozenset(axes.seen(name).values())) for name in sorted(PLACE_PROPERTIES)),
        frozenset(one.name for one in axes.measures if one.parameter in chapter.slice.parameters),
        frozenset(axes.of_item(one) for one in chapter.items),
        frozenset(axes.targets()),
    )


class Axes:
    """Every fact that some rules of a chapter read, with every value that they tell apart."""

    def __init__(self, chapter: Chapter, rules: tuple[Rule, ...]) -> None:
        self.chapter = chapter
        self.rules = rules
        self.ruleset = replace(chapter.ruleset, rules=rules)
        self.reads = frozenset(name for rule in rules for name in rule.names_read("topco"))
        self.lists = frozenset(name for rule in rules for name in rule.names_read("list"))
        self.conditions = [one for one in self.ruleset.conditions if self.ruleset.readers("condition", one.name)]
        self.measures = [one for one in self.ruleset.measures if self.ruleset.readers("measure", one.name)]

    def seen(self, name: str) -> dict[str, frozenset[str]]:
        """One country for each set of groups that these rules tell apart, for one country fact; the plainest first."""
        if name not in self.reads:
            return {UNREAD.iri: frozenset()}
        read = self.ruleset.groups_read[name]
        first = {groups & read: iri for groups, iri in self.chapter.countries.items()}
        return {first[groups]: groups for groups in sorted(first, key=lambda groups: (len(groups), sorted(groups)))}

    def of_item(self, item: ItemOption) -> tuple[object, ...]:
        """What these rules see of an item."""
        lists = self.chapter.slice.lists_of(item.eccn) if "entry" in self.reads else None
        item_class = item.item_class if "classifiedAs" in self.reads else None
        return item_class, item.nature if item.nature in self.reads else None, lists and lists & self.lists

    def targets(self) -> dict[frozenset[str], str]:
        """What these rules see of the entry that software or technology is for."""
        lists = self.chapter.slice.entry_lists if "targetEntry" in self.reads else {}
        return {held & self.lists: entry for entry, held in sorted(lists.items())}

    def items(self) -> list[ItemOption]:
        """One item for each that these rules tell apart, for each target that they tell apart."""
        first = {self.of_item(one): one for one in reversed(self.chapter.items)}
        return [replace(one, target=to) for one in first.values() for to in (None, *self.targets().values())]

    def words(self, kind: str) -> list[str]:
        """The words of a kind that these rules name, and one that they do not, if there is one."""
        named = sorted(WORDS[kind] & {word for rule in self.rules for word in words_of(rule)})
        return named + sorted(WORDS[kind] - set(named))[:1]

    def end_uses(self) -> list[tuple[str, ...] | None]:
        """None is unknown."""
        if "endUse" not in self.reads:
            return [("other",)]
        words = self.words("endUse")
        return [None, *((word,) for word in words), *combinations(words, 2)]

    def designers(self) -> list[str | None]:
        return [None, *self.words("designer")] if "designer" in self.reads else [None]

    def asks(self) -> list[tuple[tuple[str, str], ...]]:
        kinds = [[(kind, word) for word in self.words(kind)] for kind in ("veuKind", "veuQuestion")]
        return list(product(*kinds)) if {"veuKind", "veuQuestion"} & self.reads else [()]

    def sides(self, names: Sequence[str]) -> list[tuple[tuple[str, str], ...]]:
        """Places that are not weighed: absent, or one of those told apart."""
        read = [name for name in names if name in self.reads]
        return [
            tuple(one for one in chosen if one)
            for chosen in product(*([None, *((name, iri) for iri in self.seen(name))] for name in read))
        ]

    def lacking(self) -> list[tuple[str, ...]]:
        """Country facts of a party that are not established, where rules look at that."""
        rules = [rule.names_read("topco") for rule in self.rules if "lacks" in rule.names_read("topco")]
        return [(), *((name,) for name in sorted({n for names in rules for n in names & COUNTRY_PROPERTIES}))]

    def values(self, of: Condition | Measure) -> list[bool | None]:
        """The values that rules tell apart: what they look for, another, and neither where they look for both."""
        prefix, words = ("condition", {"states": True, "denies": False})
        if isinstance(of, Measure):
            prefix, words = ("measure", {"over": True, "notOver": False, "undecidedOn": None})
        read = {name for rule in self.ruleset.readers(prefix, of.name) for name in rule.names_read("topco")}
        looked_for = [value for word, value in words.items() if word in read]
        others = [value for value in (False, True, None) if value not in looked_for]
        return looked_for + others[:1]

    def settings(self, of_party: tuple[str, ...] | None, destination: str) -> list[Answers]:
        """Every combination of what is said of the deal, or of a party in some roles."""
        axes = self.axis_of_answers(of_party, destination)
        return [frozenset(one for one in chosen if one) for chosen in product(*axes.values())]

    def axis_of_answers(
        self, of_party: tuple[str, ...] | None, destination: str
    ) -> dict[str, list[tuple[str, bool] | None]]:
        """The values of each condition and measure that can matter there."""
        groups, found = self.chapter.groups(destination), {}
        for prefix, one in [("condition", c) for c in self.conditions] + [("measure", m) for m in self.measures]:
            roles = self.ruleset.roles_reading(prefix, one.name)
            seen = of_party is None or roles is None or bool(roles & set(of_party))
            somewhere = one.only_for is None or one.only_for in groups
            if one.per_party == (of_party is not None) and seen and somewhere:
                values = self.values(one)
                found[one.name] = [None if value is None else (one.name, value) for value in values]
        return found

    def profiles(self, roles: tuple[str, ...], destination: str) -> list[Profile]:
        """Every party in these roles that rules tell apart."""
        read = self.ruleset.roles_read
        places = [
            list(self.seen(name)) if roles_seen is None or roles_seen & set(roles) else [UNREAD.iri]
            for name in (LOCATED, SEAT, PARENT)
            for roles_seen in [read[name]]
        ]
        rest = (self.settings(roles, destination), self.sides(PARTY_SIDES), self.lacking())
        return [Profile(roles, *chosen) for chosen in product(*places, *rest)]


def words_of(rule: Rule) -> frozenset[str]:
    return frozenset(re.findall(r'"(\w+)"', rule.text))


def speaks(rule: Rule, item: ItemOption | None, **words: str) -> bool:
    """Whether a rule can say anything about an item, and of an activity or of another word."""
    if rule.kind not in CONJUNCTIVE:
        return True
    reads = rule.names_read("topco")
    asked = [({name for name in reads if ITEM_CLASS.fullmatch(name)}, item and item.item_class)]
    asked += [(reads & set(NATURES), item and item.nature)]
    asked += [(words_of(rule) & WORDS[kind], word) for kind, word in words.items()]
    return all(not named or one in named for named, one in asked)


def closure(rule: Rule, ruleset: Ruleset) -> tuple[Rule, ...]:
    """A rule with all rules of lower strata that conclude what it reads."""
    needed, waiting = {rule}, [rule]
    while waiting:
        reads = waiting.pop().names_read("topco")
        kinds = {kind for name, kind, _ in CONCLUSIONS if name in reads}
        fresh = [one for one in ruleset.rules if one.kind in kinds and one not in needed]
        needed.update(fresh)
        waiting += fresh
    return tuple(one for one in ruleset.rules if one in needed)


def unseen(rule: Rule, ruleset: Ruleset) -> set[str]:
    """What a rule reads and no axis holds."""
    of_ours = {name for name in rule.names_read("topco") if not ITEM_CLASS.fullmatch(name)} - ON_AN_AXIS
    known = {("condition", one.name) for one in ruleset.conditions} | {
        ("measure", one.name) for one in ruleset.measures
    }
    things = {pair for pair in rule.named if pair[0] in ("condition", "measure")} - known
    prefixes = {prefix for prefix, _ in rule.named} - PREFIXES_ON_AN_AXIS
    return of_ours | prefixes | {":".join(pair) for pair in things}
