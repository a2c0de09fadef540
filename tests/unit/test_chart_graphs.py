"""Charts of random groups: their ends are there, expanding only adds, nothing is lost; checked against plain sets."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chart_stores import asked, by_id, parties, store_of
from topco.ownership.questions.chart_walk import Expansion, Link, walk

groups = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(1, 100)),
            max_size=24,
            unique_by=lambda pair: pair[:2],
        ),
        st.integers(0, n - 1),
    )
)


Walks = dict[str, set[str]]


class Group:
    """A group of companies in memory, as a store would give it; rings by everyone's reach, the long way."""

    def __init__(self, count: int, pairs: list[tuple[int, int, int]]) -> None:
        self.ids = [f"X:{n:03}" for n in range(count)]
        self.shares = {(f"X:{a:03}", f"X:{b:03}"): share for a, b, share in pairs if a != b}
        self.up: Walks = {one: {a for a, b in self.shares if b == one} for one in self.ids}
        self.down: Walks = {one: {b for a, b in self.shares if a == one} for one in self.ids}
        reach = {one: reached(self.down, {one}) for one in self.ids}
        self.rings = {one: tuple(sorted(other for other in reach[one] if one in reach[other])) for one in self.ids}

    def read(self, parties: Any) -> None:
        """Everything is known."""

    def ring(self, party: str) -> tuple[str, ...]:
        return self.rings[party]

    def above(self, party: str) -> dict[str, Link]:
        return {one: Link(1, self.shares[one, party]) for one in self.up[party]}

    def below(self, party: str) -> dict[str, Link]:
        return {one: Link(1, self.shares[party, one]) for one in self.down[party]}

    def names(self, parties: Any) -> dict[str, str]:
        return {one: f"Company {one}" for one in parties}


def reached(walks: Walks, start: set[str]) -> set[str]:
    found = set(start)
    while more := {other for one in found for other in walks[one]} - found:
        found |= more
    return found


@settings(deadline=None, max_examples=25)
@given(group=groups, up=st.integers(0, 3), down=st.integers(0, 3))
def test_a_chart_of_a_store_is_what_the_links_say(
    group: tuple[int, list[tuple[int, int, int]], int], up: int, down: int
) -> None:
    count, pairs, start = group
    subject = f"X:{start:03}"
    with tempfile.TemporaryDirectory() as folder:
        document = asked(store_of(Path(folder) / "s", count, pairs), subject, up=up, down=down)
    known = Group(count, pairs)
    nodes = by_id(document)
    assert len(nodes) == len(document["nodes"])
    for one in document["edges"]:
        assert {one["from"], one["to"]} <= set(nodes)
        for end, party in (("from", "owner"), ("to", "company")):
            assert one[party] in ([each["id"] for each in nodes[one[end]]["members"]] or [one[end]])
    for node in document["nodes"]:
        if node["collapsed"]:
            assert tuple(each["id"] for each in node["members"]) == known.ring(node["members"][0]["id"])
        else:
            assert known.ring(node["id"]) == (node["id"],)
    shown = parties(document)
    assert sum(len(node["members"]) or 1 for node in document["nodes"]) == len(shown)
    drawn = {(one["owner"], one["company"]) for one in document["edges"]}
    assert drawn == {(f"X:{a:03}", f"X:{b:03}") for a, b, _ in pairs if {f"X:{a:03}", f"X:{b:03}"} <= shown}
    near = set(known.ring(subject))
    for walks, levels in ((known.up, up), (known.down, down)):
        level = set(known.ring(subject))
        for _ in range(levels):
            level |= {member for one in level for other in walks[one] for member in known.ring(other)}
        near |= level
    assert shown == near
    for node in document["nodes"]:
        members = {each["id"] for each in node["members"]} or {node["id"]}
        above = {one for member in members for one in known.up[member]} - members
        below = {one for member in members for one in known.down[member]} - members
        assert (node["more_up"], node["more_down"]) == (len(above - shown), len(below - shown))


ways = st.sampled_from(["up", "down", "members"])


@settings(deadline=None, max_examples=200)
@given(
    group=groups,
    expanded=st.lists(st.tuples(st.integers(0, 11), ways), max_size=8),
    fan=st.integers(1, 4),
    limit=st.integers(1, 12),
)
def test_expanding_only_adds(
    group: tuple[int, list[tuple[int, int, int]], int], expanded: list[tuple[int, str]], fan: int, limit: int
) -> None:
    count, pairs, start = group
    known = Group(count, pairs)
    asked_for = [Expansion(f"X:{n:03}", way) for n, way in expanded]
    before: set[tuple[str, ...]] = set()
    opened: set[tuple[str, ...]] = set()
    for several in range(len(asked_for) + 1):
        shown = walk(known, f"X:{start:03}", 1, 1, asked_for[:several], fan, limit)
        assert before <= set(shown.places)
        assert opened <= shown.open
        assert shown.left.isdisjoint(shown.parties)
        assert len(shown.parties) == sum(map(len, shown.places))
        assert all(known.ring(place[0]) == place for place in shown.places)
        before, opened = set(shown.places), set(shown.open)


@settings(deadline=None, max_examples=100)
@given(group=groups)
def test_whoever_opens_everything_sees_all_that_hangs_together(
    group: tuple[int, list[tuple[int, int, int]], int],
) -> None:
    count, pairs, start = group
    known = Group(count, pairs)
    subject = f"X:{start:03}"
    everyone = [Expansion(one, way) for one in known.ids for way in ("up", "down")]
    shown = walk(known, subject, 0, 0, everyone * count, 3, 1)
    assert shown.parties == reached({one: known.up[one] | known.down[one] for one in known.ids}, {subject})
