"""Whatever is asked of the ledger in whatever order: it stays balanced, within its limits, and replays to the same."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger_books import ToldGroups, book, change, order
from topco.errors import TopcoError
from topco.ledger import database
from topco.ledger.accounts import UNITS_PER_TPP, Kind, Side
from topco.ledger.balances import balances
from topco.ledger.book import Book
from topco.ledger.entries import Entry
from topco.ledger.headroom import Held, ShareLimit, checkpoints, room, share_room
from topco.ledger.limits import limits
from topco.ledger.verify import verify

GROUPS = ToldGroups(
    parents={"X:sub": [(date.min, "X:a"), (date(2025, 8, 1), "X:b")], "X:other": [(date.min, "X:a")]},
    aliases={"X:a2": "X:a"},
    hq={"X:a": "US", "X:b": "GB", "X:sub": "IN", "X:other": "US"},
)
days = st.dates(date(2025, 1, 13), date(2026, 3, 1))
parts = st.sampled_from(range(1, 12))
parties = st.sampled_from(["X:sub", "X:other", "X:a", "X:a2", "X:b"])
reservations = st.fixed_dictionaries(
    {
        "do": st.just("reserve"),
        "kind": st.sampled_from(["country", "lpp", "nveu", "uveu"]),
        "tenths": parts,
        "party": parties,
        "country": st.sampled_from(["IN", "BR", "US", "JP"]),
        "day": days,
        "expires": st.none() | st.integers(1, 90),
        "key": st.none() | st.sampled_from("abc"),
    }
)
changes = st.fixed_dictionaries(
    {
        "do": st.sampled_from(["commit", "commit", "release", "correct"]),
        "about": st.integers(1, 12),
        "tenths": st.none() | parts,
        "day": days,
        "key": st.none() | st.sampled_from("abc"),
    }
)
expiries = st.fixed_dictionaries({"do": st.just("expire"), "day": days})
steps = st.lists(st.one_of(reservations, changes, changes, expiries), max_size=25)
TENTH = {"country": 79_000_000, "lpp": 2_690_000, "nveu": 63_300_000, "uveu": 100}


def perform(ledger: Book, step: dict[str, Any]) -> None:
    if step["do"] == "reserve":
        kind = step["kind"]
        more = {name: step[name] for name in ("party", "day", "key")}
        if kind != "lpp":
            more["country"] = step["country"]
        if step["expires"]:
            more["expires"] = step["day"] + timedelta(days=step["expires"])
        ledger.reserve(order(kind, step["tenths"] * TENTH[kind], **more))
    elif step["do"] == "expire":
        ledger.expire("ann", step["day"])
    else:
        about = database.entry(ledger.connection, step["about"])
        kind = about.postings[0].account.kind if about else "lpp"
        tpp = None if step["tenths"] is None else step["tenths"] * TENTH[kind]
        asked = change(step["about"], tpp, day=step["day"], key=step["key"], reason="counted again")
        what: Callable[..., object] = getattr(ledger, step["do"])
        what(asked)


def naive(entries: list[Entry]) -> dict[tuple[str, Side], int]:
    """The balances, added up by hand from the entries."""
    found: dict[tuple[str, Side], int] = defaultdict(int)
    for entry in entries:
        assert sum(posting.amount for posting in entry.postings) == 0
        for posting in entry.postings:
            found[posting.account.name, posting.side] += posting.amount
    return found


def never_over(entries: list[Entry]) -> None:
    """On no day is more used than the cap of that day, counted party by party; shares follow committed corrections."""
    used: dict[tuple[object, ...], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        for posting in entry.postings:
            account = posting.account
            party = GROUPS.aliases.get(account.holder, account.holder)
            if posting.side is Side.FREE and account.kind is not Kind.UVEU:
                used[account.kind, party, account.country, account.period][posting.day] -= posting.amount
    for (kind, *_), by_day in used.items():
        for day in by_day:
            cap = limits().cap(kind, day)  # type: ignore[arg-type]
            assert cap is not None
            assert sum(amount for when, amount in by_day.items() if when <= day) <= cap.value * UNITS_PER_TPP


@settings(max_examples=60, deadline=None)
@given(steps)
def test_any_sequence_of_operations(asked: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder, book(Path(folder), GROUPS) as ledger:
        for step in asked:
            before = database.head(ledger.connection)
            try:
                perform(ledger, step)
            except TopcoError:
                assert database.head(ledger.connection) == before
        entries = list(database.entries(ledger.connection))
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        sums = naive(entries)
        assert all(sums[account, side] >= 0 for account, side in list(sums) if side is not Side.FREE)
        never_over(entries)
        for one in balances(ledger.connection, limits(), ToldGroups(), date.max):
            name = one.account.name
            assert (one.reserved, one.committed) == (sums[name, Side.RESERVED], sums[name, Side.COMMITTED])
            assert one.later == 0
        assert verify(ledger.connection).findings == ()
        replayed_alike(entries)


def replayed_alike(entries: list[Entry]) -> None:
    """Written again entry by entry into an empty book, they give the same head and the same balances."""
    with tempfile.TemporaryDirectory() as folder:
        connection = database.open_for_writing(Path(folder))
        for entry in entries:
            with database.writing(connection):
                database.append(connection, entry)
        again = list(database.entries(connection))
        assert again == entries
        assert [entry.hash for entry in again] == [entry.hash for entry in entries]
        assert verify(connection).findings == ()
        connection.close()


FLEET = st.dictionaries(
    st.sampled_from(["AA", "BB", "CC", "DD"]), st.tuples(st.integers(0, 9), st.integers(0, 30)), min_size=1
)


@settings(max_examples=150, deadline=None)
@given(
    fleet=FLEET,
    country=st.sampled_from(["AA", "BB", "CC"]),
    percent=st.integers(1, 99),
    single=st.booleans(),
)
def test_a_share_holds_for_every_subset_of_reservations(
    fleet: dict[str, tuple[int, int]], country: str, percent: int, single: bool
) -> None:
    """The room is exact: so much may come whatever becomes of the reservations, and a unit more may break the share."""
    day = date(2025, 6, 1)
    limit = ShareLimit("", Fraction(percent), frozenset({"DD"}), single, "")
    fleet = {country: (0, 0), **fleet}
    held = {one: Held({day: reserved}, {day: committed}) for one, (reserved, committed) in fleet.items()}
    left = share_room(lambda _: [limit], held, country, [day])
    assert left is not None

    def fits(more: int) -> bool:
        inside = {country} if single else fleet.keys() - {"DD"}
        for comes in product((0, 1), repeat=len(fleet)):
            there = {one: own[1] + own[0] * chosen for (one, own), chosen in zip(fleet.items(), comes, strict=True)}
            there[country] += more
            if 100 * sum(there[one] for one in inside) > percent * sum(there.values()):
                return False
        return True

    for more in (1, left - 1, left, left + 1, left + 2):
        if more >= 0:
            assert fits(more) == (more <= left)


@settings(max_examples=150, deadline=None)
@given(
    usage=st.dictionaries(st.integers(1, 20), st.integers(-3, 9), max_size=6),
    caps=st.lists(st.none() | st.integers(0, 40), min_size=3, max_size=3),
    on=st.integers(1, 20),
)
def test_the_room_is_the_smallest_of_all_days_to_come(usage: dict[int, int], caps: list[int | None], on: int) -> None:
    def day(number: int) -> date:
        return date(2025, 6, number)

    def cap(when: date) -> Fraction | None:
        value = caps[(when.day - 1) // 7]
        return None if value is None else Fraction(value, UNITS_PER_TPP)

    used = {day(number): amount for number, amount in usage.items()}
    found = room(cap, used, checkpoints(day(on), day(22), used, [day(8), day(15)]))
    every = [
        limit - sum(amount for when, amount in usage.items() if when <= number)
        for number in range(on, 22)
        if (limit := caps[(number - 1) // 7]) is not None
    ]
    assert found == (min(every) if every else None)
