"""Very many cases under the same rules: what a rule found for one world is kept for all that it cannot tell apart.

What a rule may find hangs on what its query names and on nothing else (the linter refuses rules that read any property,
follow paths, or look at more of a place than its groups). So the *view* that a rule has of a world (the values of the
properties that it names, places as the named groups they are in, the named sums and circumstances, the conclusions of
lower strata) is looked up before the query is run, and worlds of equal view share the findings. Of these only what
decides codes is kept: party, state, because, measure. A proof needs the engine itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from pyoxigraph import NamedNode, Quad

from topco.licensing.cases.facts import Facts, ItemOption, Place
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.rule import PLACE_PROPERTIES, Rule
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.law.vocabulary import node
from topco.licensing.weighing.engine import CONCLUDED, OF_ITEM, Engine, Finding, concludes
from topco.licensing.weighing.outcome import Outcome, WorldOutcome, combined, world_outcome
from topco.licensing.weighing.worlds import WORLD_BASE, World, open_facts, world_quads, worlds
from topco.namespaces import local_name

_KEPT = ("state", "because", "measure")
_ABOUT_PARTIES = frozenset({"hasParty", "role"})


@dataclass
class _Readers:
    """Rules of one stratum that read the same things."""

    rules: list[tuple[int, Rule]]
    conclusions: dict[int, list[tuple[str, str]]]
    properties: frozenset[str]
    groups: frozenset[str]
    sums: frozenset[str]
    found: dict[Hashable, tuple[tuple[int, Finding], ...]] = field(default_factory=dict)
    concluded: dict[Hashable, tuple[tuple[str, str], ...]] = field(default_factory=dict)


class Numbers:
    """A number for each thing, the same for equal ones."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def of(self, thing: Hashable) -> int:
        return self._known.setdefault(thing, len(self._known))


@dataclass(frozen=True)
class _Found:
    """What all rules found in one world, in the order of the rules; `number` is the same for equal findings."""

    findings: tuple[Finding, ...]
    number: int


@dataclass
class Memory:
    """What is remembered under one set of rules; slices of the law that have equal rules may share it.

    `whole` reads what any of the rules reads: worlds that are one to it are one to all.
    """

    strata: list[list[_Readers]]
    whole: _Readers
    groups_read: dict[str, frozenset[str]]
    worlds: dict[Hashable, _Found] = field(default_factory=dict)
    by_world: dict[Hashable, WorldOutcome] = field(default_factory=dict)
    findings: dict[Hashable, Finding] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    outcomes: dict[Hashable, Outcome] = field(default_factory=dict)
    stand_in: Facts | None = None

    @classmethod
    def of(cls, ruleset: Ruleset) -> Memory:
        """An empty memory for these rules."""
        numbered = enumerate(ruleset.rules)
        strata = [_by_reading(list(rules)) for _, rules in groupby(numbered, key=lambda one: one[1].stratum)]
        every = [readers for stratum in strata for readers in stratum]
        groups_read: dict[str, frozenset[str]] = defaultdict(frozenset)
        for readers in every:
            for name in readers.properties:
                groups_read[name] |= readers.groups
        whole = _Readers(
            [],
            {},
            frozenset().union(*(readers.properties for readers in every)),
            frozenset().union(*(readers.groups for readers in every)),
            frozenset().union(*(readers.sums for readers in every)),
        )
        return cls(strata, whole, groups_read)


class RememberingEngine(Engine):
    """An engine that asks each rule about each view once."""

    def __init__(self, law_slice: LawSlice, ruleset: Ruleset, memory: Memory | None = None) -> None:
        super().__init__(law_slice, ruleset)
        self.memory = memory or Memory.of(ruleset)
        self.lists: dict[ItemOption, Hashable] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self._signatures: dict[tuple[str, str], int] = {}

    def run(self, facts: Facts, worlds: list[World]) -> list[list[Finding]]:
        """The findings of every world in the order of the rules, without what only a proof shows."""
        return [list(one.findings) for one in self.found(facts, worlds)]

    def found(self, facts: Facts, worlds: list[World]) -> list[_Found]:
        """What is found in every world; worlds that no rule can tell apart share it."""
        known = self.memory.worlds
        keys = _Seen(facts, self).whole(worlds)
        new: dict[Hashable, World] = {}
        for key, world in zip(keys, worlds, strict=True):
            if key not in known and key not in new:
                new[key] = replace(world, number=len(new))
        if new:
            for key, findings in zip(new, self._run(facts, list(new.values())), strict=True):
                known[key] = _Found(tuple(findings), self.number(tuple(map(id, findings))))
        return [known[key] for key in keys]

    def signature(self, name: str, place: Place) -> int:
        """The groups of a place in which a rule may look for it, as a number."""
        key = name, place.iri
        if key not in self._signatures:
            self._signatures[key] = self.number(self.groups_of(place) & self.memory.groups_read[name])
        return self._signatures[key]

    def _run(self, facts: Facts, worlds: list[World]) -> list[list[Finding]]:
        self.place_stand_ins(facts)
        found: list[list[tuple[int, Finding]]] = [[] for _ in worlds]
        concluded: list[dict[str, frozenset[str]]] = [{} for _ in worlds]
        seen = _Seen(facts, self)
        added: list[Quad] = []
        try:
            for stratum in self.memory.strata:
                fresh: list[dict[str, set[str]]] = [defaultdict(set) for _ in worlds]
                for readers in stratum:
                    views = seen.views(readers, worlds, concluded)
                    self._ask(readers, views, facts, worlds, concluded, added)
                    for number, view in enumerate(views):
                        for name, value in readers.concluded[view]:
                            fresh[number][name].add(value)
                        found[number] += readers.found[view]
                for number, more in enumerate(fresh):
                    for name, values in more.items():
                        concluded[number][name] = concluded[number].get(name, frozenset()) | values
                if added:
                    self._conclude(worlds, fresh, added)
        finally:
            for quad in added:
                self.store.remove(quad)
        return [[finding for _, finding in sorted(one, key=_place)] for one in found]

    def _ask(
        self,
        readers: _Readers,
        views: list[Hashable],
        facts: Facts,
        worlds: list[World],
        concluded: list[dict[str, frozenset[str]]],
        added: list[Quad],
    ) -> None:
        """Run the queries for the views that are met for the first time."""
        asked: dict[Hashable, int] = {}
        for number, view in enumerate(views):
            if view not in readers.found:
                asked.setdefault(view, number)
        if not asked:
            return
        if not added:
            quads = [quad for world in worlds for quad in world_quads(facts, world)]
            quads += [
                Quad(NamedNode(f"{WORLD_BASE}{world.number}"), node(name), NamedNode(value))
                for world in worlds
                for name, values in concluded[world.number].items()
                for value in values
            ]
            self.store.extend(quads)
            added += quads
        view_of = {number: view for view, number in asked.items()}
        met: dict[int, list[tuple[int, Finding]]] = {number: [] for number in view_of}
        told: dict[int, dict[tuple[str, str], None]] = {number: {} for number in view_of}
        for place, rule in readers.rules:
            for number, finding in self.rows(rule, list(view_of), len(worlds)):
                kept = (place, self._kept(place, finding))
                if kept not in met[number]:
                    met[number].append(kept)
                told[number] |= dict.fromkeys(readers.conclusions[place])
        for number, view in view_of.items():
            readers.found[view], readers.concluded[view] = tuple(met[number]), tuple(told[number])

    def _kept(self, place: int, finding: Finding) -> Finding:
        """A finding without what only a proof shows; one object for all that are equal."""
        evidence = {name: finding.evidence[name] for name in _KEPT if name in finding.evidence}
        key = (place, finding.party, *evidence.items())
        return self.memory.findings.setdefault(key, Kept(finding.rule, finding.party, evidence))

    def _conclude(self, worlds: list[World], fresh: list[dict[str, set[str]]], added: list[Quad]) -> None:
        more = [
            Quad(NamedNode(f"{WORLD_BASE}{world.number}"), node(name), NamedNode(value))
            for world in worlds
            for name, values in fresh[world.number].items()
            for value in values
        ]
        self.store.extend(more)
        added += more

    def number(self, thing: Hashable) -> int:
        """A number for a thing, the same for equal ones."""
        return self.memory.numbers.of(thing)

    def groups_of(self, place: Place) -> frozenset[str]:
        if place.iri not in self._groups:
            self._groups[place.iri] = self.slice.groups_of_place(place)
        return self._groups[place.iri]


class Kept(Finding):
    """A finding that is one object for all equal ones."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class _Seen:
    """What rules see of the worlds of one case."""

    def __init__(self, facts: Facts, engine: RememberingEngine) -> None:
        self._facts = facts
        self._engine = engine
        self._sums = [(local_name(one.measure), one) for one in facts.amounts]
        self._given = [(local_name(one.iri), one.key, one.stated) for one in facts.circumstances]
        self._answers: list[tuple[str, str]] | None = None
        self._by_sums: dict[frozenset[str], Hashable] = {}
        self._by_properties: dict[tuple[frozenset[str], frozenset[str]], Hashable] = {}

    def views(
        self, readers: _Readers, worlds: list[World], concluded: list[dict[str, frozenset[str]]]
    ) -> list[Hashable]:
        """The view of every world."""
        facts, groups_of = self._facts, self._engine.groups_of
        places = [one.key for one in facts.countries if one.name in readers.properties]
        if self._answers is None:
            self._answers = [(local_name(key.partition("#")[0]), key) for key in (worlds[0].answers if worlds else ())]
        answers = [key for name, key in self._answers if name in readers.sums]
        fixed = self._engine.number((self._of_case(readers), tuple(answers)))
        item = bool(OF_ITEM & readers.properties)
        lower = sorted(CONCLUDED & readers.properties)
        found: list[Hashable] = []
        for world in worlds:
            there = world.places
            seen: list[Hashable] = [groups_of(there[key]) & readers.groups for key in places]
            seen += [world.answers[key] for key in answers]
            if item:
                seen.append(self._item(world.item))
            for name in lower:
                seen.append(concluded[world.number].get(name))
            found.append((fixed, *seen))
        return found

    def whole(self, worlds: list[World]) -> list[Hashable]:
        """What any rule sees of every world; conclusions follow from it."""
        engine, readers = self._engine, self._engine.memory.whole
        places = [(one.key, one.name) for one in self._facts.countries if one.name in readers.properties]
        names = [(local_name(key.partition("#")[0]), key) for key in (worlds[0].answers if worlds else ())]
        answers = [key for name, key in names if name in readers.sums]
        fixed = engine.number((self._of_case(readers), tuple(answers)))
        signature = engine.signature
        found: list[Hashable] = []
        for world in worlds:
            there, told = world.places, world.answers
            seen = [signature(name, there[key]) for key, name in places]
            found.append((fixed, self._item(world.item), *seen, *[told[key] for key in answers]))
        return found

    def _item(self, item: ItemOption | None) -> Hashable:
        known = self._engine.lists
        if item is None:
            return None
        if item not in known:
            lists = self._engine.slice.lists_of
            known[item] = (item.item_class, item.nature, bool(item.eccn), lists(item.eccn), lists(item.target))
        return known[item]

    def _of_case(self, readers: _Readers) -> Hashable:
        """What is the same in all worlds of the case."""
        named = (readers.properties, readers.groups)
        if named not in self._by_properties:
            self._by_properties[named] = self._engine.number(self._told(readers))
        if readers.sums not in self._by_sums:
            self._by_sums[readers.sums] = self._engine.number(self._summed(readers.sums))
        return self._by_properties[named], self._by_sums[readers.sums]

    def _summed(self, names: frozenset[str]) -> Hashable:
        sums = [(one.key, one.over, one.over is None and one.try_both) for name, one in self._sums if name in names]
        return tuple(sums), tuple([(key, stated) for name, key, stated in self._given if name in names])

    def _told(self, readers: _Readers) -> Hashable:
        facts, read = self._facts, readers.properties
        words: list[Any] = [
            facts.activity if "activity" in read else None,
            facts.designer if "designer" in read else None,
            (None if facts.end_use is None else frozenset(facts.end_use)) if "endUse" in read else 0,
            facts.end_use is None if "lacks" in read else None,
            tuple([word for name, word in facts.asks if name in read]),
        ]
        parties = tuple([one.roles for one in facts.parties]) if _ABOUT_PARTIES & read else None
        lacking = [(one.key, one.is_open) for one in facts.countries] if "lacks" in read else []
        named = [one.key for one in facts.countries if one.name in read]
        side = [
            (one.name, one.party, self._engine.groups_of(one.place) & readers.groups)
            for one in facts.side
            if one.name in read
        ]
        return (*words, parties, tuple(lacking), tuple(named), frozenset(side))


def weigh_remembering(facts: Facts, engine: RememberingEngine) -> Outcome:
    """What a case comes to, as `weigh` says it, but for what only a proof shows.

    Cases in whose worlds the same is found come to the same; of `settling` only the facts are those of the case, not
    the words for their values.
    """
    opened = open_facts(facts)
    every = worlds(facts, opened)
    found = engine.found(facts, every)
    same = (
        facts.activity,
        len(facts.parties),
        tuple([(one.key, tuple([len(option.readings) for option in one.options])) for one in opened]),
        tuple([one.item.item_class if one.item is not None else None for one in every]),
        tuple([one.number for one in found]),
    )
    if same not in engine.memory.outcomes:
        by_world = [_outcome_of(one, world, facts, engine) for one, world in zip(found, every, strict=True)]
        findings = [one.findings for one in found]
        total = combined(facts, opened, every, findings, engine, by_world)
        # Facts are those of each case: kept with every outcome, they would fill the memory.
        engine.memory.stand_in = engine.memory.stand_in or facts
        engine.memory.outcomes[same] = replace(total, worlds=(), facts=engine.memory.stand_in, opened=())
    return replace(engine.memory.outcomes[same], facts=facts, opened=opened, worlds=tuple(every))


def _outcome_of(found: _Found, world: World, facts: Facts, engine: RememberingEngine) -> WorldOutcome:
    """What one world comes to, once for all in which the same is found of an item of one class."""
    parties = len(facts.parties)
    item_class = world.item.item_class if world.item is not None else None
    key = (found.number, item_class, facts.activity, parties)
    if key not in engine.memory.by_world:
        made = world_outcome(found.findings, world, engine, facts.activity, range(parties))
        engine.memory.by_world[key] = made
    return engine.memory.by_world[key]


def _by_reading(rules: Sequence[tuple[int, Rule]]) -> list[_Readers]:
    """The rules of a stratum with their places, those together that read the same."""
    found: dict[Hashable, _Readers] = {}
    for place, rule in rules:
        properties = rule.names_read("topco") & SEEN
        sums = rule.names_read("condition") | rule.names_read("measure")
        groups = rule.names_read("group")
        key = (properties, groups, sums)
        readers = found.setdefault(key, _Readers([], {}, properties, groups, sums))
        readers.rules.append((place, rule))
        readers.conclusions[place] = [(local_name(name.value), value.value) for name, value in concludes(rule)]
    return list(found.values())


def _place(one: tuple[int, Finding]) -> int:
    return one[0]


_OTHER = frozenset({"activity", "designer", "endUse", "lacks", "veuKind", "veuQuestion"})
SEEN = PLACE_PROPERTIES | OF_ITEM | CONCLUDED | _ABOUT_PARTIES | _OTHER
"""The properties of a world that a view holds. Sums and circumstances are held by their names, the law is given."""
