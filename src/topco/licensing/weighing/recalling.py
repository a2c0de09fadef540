"""One case with its proof after another: what a rule found is kept whole for every world that says the same to it.

What a rule finds hangs on what its query names and on nothing else, see `topco.licensing.weighing.remembering`. There,
a view holds places as the groups they are in, and of a finding only what decides codes is kept. Here, a view holds the
very statements about a world that a rule may read, so that its findings serve a proof as well: they name the same
places, the same entry, the same sums.

A memory is shared by threads. It forgets everything when it is full: what is in use then goes on undisturbed.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from threading import Lock

from pyoxigraph import Literal, NamedNode, Quad

from topco.licensing.cases.facts import Facts
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.rule import Rule
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.weighing.engine import Engine, Finding, concludes
from topco.licensing.weighing.worlds import WORLD_BASE, World, world_quads
from topco.namespaces import local_name

MOST_VIEWS = 10_000
"""Views with their findings that a memory holds; one takes about a kilobyte."""
MOST_WORLDS = 5_000
"""Whole worlds with their findings that a memory holds."""
MOST_MEMORIES = 6
"""Sets of rules, of a reading and a stretch of days, that are remembered."""
SUMS = frozenset({"over", "notOver", "undecidedOn", "states", "denies"})
"""The properties that name a sum or a circumstance: a rule reads those of the sums and circumstances that it names."""

Statement = tuple[str, str]
"""Whom it is about (empty: the transaction, else which party), and what is said."""
Said = Mapping[str, frozenset[Statement]]
"""Everything that is said of one world, by property."""
Placed = tuple[tuple[int, Finding], ...]
"""Findings with the place of their rule."""


@dataclass(frozen=True)
class _Readers:
    """The rules of a stratum that read the same, by their places, and what they found for each view."""

    rules: Mapping[int, Rule]
    properties: tuple[str, ...]
    sums: frozenset[str]
    found: dict[Hashable, Placed] = field(default_factory=dict)

    def view(self, said: Said) -> Hashable:
        """What these rules may read of a world."""
        return tuple([self._seen(name, said[name]) for name in self.properties if name in said])

    def _seen(self, name: str, statements: frozenset[Statement]) -> Hashable:
        if name not in SUMS:
            return name, statements
        return name, frozenset(one for one in statements if local_name(one[1]) in self.sums)


class Memory:
    """What the rules of one set found, by what they saw."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        numbered = enumerate(ruleset.rules)
        self.strata = [_by_reading(list(rules)) for _, rules in groupby(numbered, key=lambda one: one[1].stratum)]
        self.worlds: dict[Hashable, tuple[Finding, ...]] = {}
        self._views = 0

    def keep_worlds(self, found: Mapping[Hashable, tuple[Finding, ...]]) -> None:
        """Keep what was found for whole worlds; if there is no room, forget the others."""
        if len(self.worlds) + len(found) > MOST_WORLDS:
            self.worlds.clear()
        self.worlds.update(found)

    def keep(self, readers: _Readers, found: Mapping[Hashable, Placed]) -> None:
        """Keep what was found for some views; if there is no room, forget everything else."""
        self._views += len(found)
        if self._views > MOST_VIEWS:
            self._views = len(found)
            for one in self.readers():
                one.found.clear()
        readers.found.update(found)

    def readers(self) -> list[_Readers]:
        """All groups of rules."""
        return [readers for stratum in self.strata for readers in stratum]


class Memories:
    """The memories of the sets of rules that were asked for last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[int, Memory] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def engine(self, law_slice: LawSlice, ruleset: Ruleset) -> RecallingEngine:
        """An engine, for one thread, that shares what other engines of these rules found."""
        with self._lock:
            memory = self._known.get(id(ruleset))  # the memory holds the rules, so that no others get their number
            if memory is None:
                memory = self._known[id(ruleset)] = Memory(ruleset)
            self._known.move_to_end(id(ruleset))
            if len(self._known) > MOST_MEMORIES:
                self._known.popitem(last=False)
        return RecallingEngine(law_slice, ruleset, memory)


class RecallingEngine(Engine):
    """An engine that asks a rule only about worlds that say something new to it. Used by one thread at a time."""

    def __init__(self, law_slice: LawSlice, ruleset: Ruleset, memory: Memory) -> None:
        super().__init__(law_slice, ruleset)
        self.memory = memory

    def run(self, facts: Facts, worlds: list[World]) -> list[list[Finding]]:
        """The findings of every world, as `Engine.run` has them."""
        quads = [list(world_quads(world.facts or facts, world)) for world in worlds]
        said: list[Said] = [_said(one, world.number) for one, world in zip(quads, worlds, strict=True)]
        keys: list[Hashable] = [frozenset(one.items()) for one in said]
        known = {key: self.memory.worlds.get(key) for key in keys}
        places = {key: place for place, key in enumerate(keys) if known[key] is None}
        if places:
            some = list(places.values())
            new = self._find(
                facts, [worlds[one] for one in some], [quads[one] for one in some], [said[one] for one in some]
            )
            fresh = dict(zip(places, map(tuple, new), strict=True))
            self.memory.keep_worlds(fresh)
            known |= fresh
        return [list(known[key] or ()) for key in keys]

    def _find(
        self, facts: Facts, worlds: list[World], quads: list[list[Quad]], said: list[Said]
    ) -> list[list[Finding]]:
        """What is found in each of some worlds, by the views that rules have of them."""
        found: list[list[tuple[int, Finding]]] = [[] for _ in worlds]
        asking = _Asking(self, facts, worlds, quads)
        try:
            for stratum in self.memory.strata:
                first = [len(one) for one in found]
                for readers in stratum:
                    views = [readers.view(one) for one in said]
                    known = self._known(readers, views, asking)
                    for place, view in enumerate(views):
                        found[place] += known[view]
                for place, start in enumerate(first):
                    conclusions = {one for number, _ in found[place][start:] for one in asking.conclusions[number]}
                    if conclusions:
                        said[place] = _concluded(said[place], conclusions)
                        asking.conclude(place, conclusions)
        finally:
            asking.end()
        return [[finding for _, finding in sorted(one, key=_place)] for one in found]

    def _known(self, readers: _Readers, views: Sequence[Hashable], asking: _Asking) -> Mapping[Hashable, Placed]:
        """What is found for each view, asked for where it is new."""
        known: dict[Hashable, Placed] = {}
        new: dict[Hashable, int] = {}
        for place, view in enumerate(views):
            if view not in known and view not in new:
                found = readers.found.get(view)
                if found is None:
                    new[view] = place
                else:
                    known[view] = found
        if new:
            fresh = asking.ask(readers, new)
            self.memory.keep(readers, fresh)
            known |= fresh
        return known


class _Asking:
    """The worlds of one run in the engine's graph, from the first question to the last."""

    def __init__(self, engine: RecallingEngine, facts: Facts, worlds: list[World], quads: list[list[Quad]]) -> None:
        self._engine = engine
        self._facts = facts
        self._worlds = worlds
        self._quads = quads
        self._is_there = False
        self.conclusions = [concludes(rule) for rule in engine.ruleset.rules]

    def ask(self, readers: _Readers, new: Mapping[Hashable, int]) -> dict[Hashable, Placed]:
        """Run the queries about the worlds that have new views."""
        self._begin()
        place_of = {self._worlds[place].number: place for place in new.values()}
        found: dict[int, list[tuple[int, Finding]]] = defaultdict(list)
        for number, rule in readers.rules.items():
            for world, finding in self._engine.rows(rule, list(place_of), len(self._worlds)):
                found[place_of[world]].append((number, finding))
        return {view: tuple(found[place]) for view, place in new.items()}

    def conclude(self, place: int, conclusions: Iterable[tuple[NamedNode, NamedNode]]) -> None:
        """Add what a stratum concluded of one world."""
        more = [Quad(NamedNode(f"{WORLD_BASE}{self._worlds[place].number}"), *one) for one in conclusions]
        self._quads[place] += more
        if self._is_there:
            self._engine.store.extend(more)

    def end(self) -> None:
        """Take the worlds out of the graph."""
        if self._is_there:
            for one in self._quads:
                for quad in one:
                    self._engine.store.remove(quad)

    def _begin(self) -> None:
        if self._is_there:
            return
        self._is_there = True
        for facts in {id(one): one for one in (world.facts or self._facts for world in self._worlds)}.values():
            self._engine.place_stand_ins(facts)
        self._engine.store.extend([quad for one in self._quads for quad in one])


def _said(quads: Iterable[Quad], number: int) -> dict[str, frozenset[Statement]]:
    """What is said of a world, whatever its number."""
    own = f"{WORLD_BASE}{number}"
    found: dict[str, set[Statement]] = defaultdict(set)
    for quad in quads:
        subject, value = quad.subject, quad.object
        assert isinstance(subject, NamedNode)
        assert isinstance(value, NamedNode | Literal)
        found[local_name(quad.predicate.value)].add((subject.value[len(own) :], value.value.removeprefix(own)))
    return {name: frozenset(statements) for name, statements in found.items()}


def _concluded(said: Said, conclusions: Iterable[tuple[NamedNode, NamedNode]]) -> Said:
    more: dict[str, set[Statement]] = defaultdict(set)
    for predicate, value in conclusions:
        more[local_name(predicate.value)].add(("", value.value))
    return {**said, **{name: said.get(name, frozenset()) | new for name, new in more.items()}}


def _by_reading(rules: Sequence[tuple[int, Rule]]) -> list[_Readers]:
    """The rules of a stratum with their places, those together that read the same."""
    found: dict[tuple[frozenset[str], frozenset[str]], dict[int, Rule]] = {}
    for place, rule in rules:
        sums = rule.names_read("condition") | rule.names_read("measure")
        found.setdefault((rule.names_read("topco"), sums), {})[place] = rule
    return [_Readers(of, tuple(sorted(properties)), sums) for (properties, sums), of in found.items()]


def _place(one: tuple[int, Finding]) -> int:
    return one[0]
