"""The chart of an entity: who stands around it, as nodes and edges, with rings as one node and places to open.

What is shown is said by `topco.ownership.questions.chart_walk`; the edges are all steps of the evidence between the
parties that are shown, also those that the chosen test does not look at, which are marked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from topco.errors import BadInput
from topco.identity.parties import parties, party_of
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.parent_tests import RELATIONSHIP_KINDS, parent_test
from topco.ownership.questions.chart_edges import edges_between
from topco.ownership.questions.chart_walk import (
    DOWN,
    MEMBERS,
    MOST,
    RING,
    UP,
    WAYS,
    Expansion,
    neighbours,
    node_of,
    walk,
)
from topco.ownership.questions.described import Described, node_named
from topco.ownership.questions.surroundings import Surroundings
from topco.ownership.resolution import resolver
from topco.ownership.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.questions.chart_walk import Place, Shown
    from topco.ownership.questions.described import Answer
    from topco.ownership.resolution import Resolver
    from topco.store.store import Store

LEVELS = 20
LIMIT = 120
FAN = 25
_WITHOUT_SEAT = ("NaturalPerson", "State")


def chart(
    store: Store,
    identifier: str,
    as_of: date,
    known_as_of: date | None,
    test: ParentTest,
    *,
    up: int = 2,
    down: int = 1,
    expanded: Sequence[tuple[str, str]] = (),
    limit: int = LIMIT,
    fan: int = FAN,
) -> Answer:
    """The chart around an entity.

    Args:
        up, down: how many levels of owners and of companies owned are opened from the start, at most 20 each.
        expanded: what is opened besides, in this order: the identifier of a node and `up`, `down` or, for a ring,
            `members`. Each opening shows up to `fan` further neighbours; given again, the next ones. What has no node
            is left out, so that a link outlives the data it was made for.
        limit: how many boxes the levels open at most, 1 to 500; expansions go on up to 500.

    Returns:
        `entity`, `test`, `as_of`, `known_as_of`; `status` of the entity under the test and its `ultimate_parents`
        (each with `shown`: whether a node holds it); `asked`: what was opened (`up` `down` `expanded` `limit` `fan`);
        `left_out`: parties that were reached and had no room; and

        - `nodes`: `id` `name` `kind` `record` (whether a record is loaded) `hq_country` `hq_alternatives`
          `headquarters` (`known` `differs` `unknown` `none`; of a collapsed ring `members`) `is_subject`
          `is_ultimate_parent` `parent_withheld` (a source says that there is a parent and does not name it) `ring`
          (the id of its ring, or null) `collapsed` `members` (of a collapsed ring: the same about each of its members)
          `more_up` `more_down` (direct neighbours that are not shown);
        - `edges`: `from` `to` (nodes), `owner` `company` (parties; they differ from the nodes where a ring is
          collapsed, inside which `from` is `to`), `kinds`, `share` and `votes` (`lower` `upper`, percent), `counts`
          (the test looks at it), `parent` (false for links of funds), `stale`, `grounds` (rows: `kind` `share` `from`
          `to` `source` `counts` `fund` `stale`).

    Raises:
        BadInput: no row of the store names the entity, or a number is out of its range.
    """
    _check(up, down, limit, fan, expanded)
    subject = party_of(store, identifier, known_as_of)
    around = Surroundings(store, as_of, known_as_of)
    shown = walk(around, subject, up, down, _by_party(store, expanded, known_as_of), fan, limit)
    everything = _looking_at_all(test)
    evidence = evidence_about(store, sorted(shown.parties), as_of, known_as_of, everything)
    of_all = resolver(store, evidence, known_as_of)
    node_named(evidence, subject)
    asked = of_all
    if everything != test:
        asked = resolver(store, evidence_about(store, [subject], as_of, known_as_of, test), known_as_of)
    found = _Resolution(asked, subject)
    nodes = _Nodes(around, shown, of_all, subject, found.tops)
    box_of = {party: _box_of(party, place, shown) for place in shown.places for party in place}
    edges = edges_between(store, evidence, shown.parties, known_as_of, test)
    return {
        "entity": Described(asked).named(node_named(asked.evidence, subject)),
        **Described(asked).asked(),
        "status": found.status,
        "ultimate_parents": [{**top, "shown": top["id"] in box_of} for top in found.named],
        "asked": {
            "up": up,
            "down": down,
            "expanded": [one._asdict() for one in shown.expanded],
            "limit": limit,
            "fan": fan,
        },
        "left_out": len(shown.left),
        "nodes": nodes.all(),
        "edges": [{"from": box_of[edge["owner"]], "to": box_of[edge["company"]], **edge} for edge in edges],
    }


class _Resolution:
    """The status of the subject under the chosen test, and its ultimate parents."""

    def __init__(self, asked: Resolver, subject: str) -> None:
        evidence, closure = asked.evidence, asked.closure
        node = node_named(evidence, subject)
        described = Described(asked)
        self.status = Status(closure.status[node]).word
        tops = sorted(closure.ultimate_parents(node))
        self.tops = frozenset(evidence.ids[top] for top in tops)
        self.named = [{**described.named(top), **described.seat(top)} for top in tops]


class _Nodes:
    """What stands in the boxes of a chart."""

    def __init__(self, around: Surroundings, shown: Shown, found: Resolver, subject: str, tops: frozenset[str]) -> None:
        self._around, self._shown, self._found = around, shown, found
        self._subject, self._tops = subject, tops
        self._described = Described(found)
        self._parties = shown.parties
        everyone = sorted(shown.parties)
        self._node_of = dict(zip(everyone, found.evidence.node_of(everyone), strict=True))

    def all(self) -> list[Answer]:
        """The nodes in the order in which the walk met them; the members of a ring that is open one after another."""
        found = []
        for place in self._shown.places:
            if len(place) == 1:
                found.append(self._node(place[0], place, None))
            elif place in self._shown.open:
                found += [self._node(member, (member,), node_of(place)) for member in place]
            else:
                found.append(self._ring(place))
        return found

    def _node(self, party: str, place: Place, ring: str | None) -> Answer:
        return {**self._about(party), "ring": ring, "collapsed": False, "members": [], **self._more(place)}

    def _ring(self, place: Place) -> Answer:
        members = [self._about(party) for party in place]
        marks = {name: any(member[name] for member in members) for name in _MARKS}
        identifier = node_of(place)
        about = {"id": identifier, "name": None, "kind": None, "record": any(one["record"] for one in members)}
        seat: Answer = {"hq_country": None, "hq_alternatives": [], "headquarters": MEMBERS}
        return {
            **about,
            **seat,
            **marks,
            "ring": identifier,
            "collapsed": True,
            "members": members,
            **self._more(place),
        }

    def _about(self, party: str) -> Answer:
        evidence = self._found.evidence
        node = self._node_of[party]
        marks = {"is_subject": party == self._subject, "is_ultimate_parent": party in self._tops}
        if node is None:  # A fund names it as its manager, say, and nothing else is recorded of it.
            seat: Answer = {"hq_country": None, "hq_alternatives": [], "headquarters": "unknown"}
            about = {"id": party, "name": None, "kind": None, "record": False}
            return {**about, **seat, **marks, "parent_withheld": False}
        described = {**self._described.party(node), "record": bool(evidence.snapshot.record[node])}
        seat = self._described.seat(node)
        word = "known" if seat["hq_country"] else "differs" if seat["hq_alternatives"] else "unknown"
        if word == "unknown" and described["kind"] in _WITHOUT_SEAT:
            word = "none"
        return {
            **described,
            **seat,
            "headquarters": word,
            **marks,
            "parent_withheld": bool(evidence.snapshot.withholds[node]),
        }

    def _more(self, place: Place) -> dict[str, int]:
        """How many direct neighbours of a place are not shown."""
        return {
            f"more_{way}": sum(one not in self._parties for one in neighbours(self._around, place, way))
            for way in (UP, DOWN)
        }


_MARKS = ("is_subject", "is_ultimate_parent", "parent_withheld")


def _box_of(party: str, place: Place, shown: Shown) -> str:
    return party if place in shown.open else node_of(place)


def _looking_at_all(test: ParentTest) -> ParentTest:
    """The test with all kinds of recorded steps, and with an eye for holdings if it has none: for rows and figures."""
    criteria = test.criteria or parent_test().criteria
    return replace(test, steps=frozenset(RELATIONSHIP_KINDS.values()), criteria=criteria, integrated=False)


def _by_party(store: Store, expanded: Iterable[tuple[str, str]], known_as_of: date | None) -> list[Expansion]:
    """The expansions, each identifier replaced by the one that stands for its party."""
    asked = [Expansion(*one) for one in expanded]
    plain = parties(store, known_as_of).party_of(one.node.removeprefix(RING) for one in asked)
    return [
        one._replace(node=RING + party if one.node.startswith(RING) else party)
        for one, party in zip(asked, plain, strict=True)
    ]


def _check(up: int, down: int, limit: int, fan: int, expanded: Sequence[tuple[str, str]]) -> None:
    for name, number, least, most in (
        ("up", up, 0, LEVELS),
        ("down", down, 0, LEVELS),
        ("limit", limit, 1, MOST),
        ("fan", fan, 1, MOST),
    ):
        if not least <= number <= most:
            raise BadInput(f"{name} {number} is out of range.", remedy=f"Give a number from {least} to {most}.")
    if len(expanded) > MOST:
        raise BadInput(f"{len(expanded)} expansions are too many.", remedy=f"Give at most {MOST}.")
    for _, way in expanded:
        if way not in WAYS:
            raise BadInput(f"Nothing opens {way!r}.", remedy=f"Use one of {', '.join(WAYS)}.")
