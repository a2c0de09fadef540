"""Every honest answer is derived again from its proof alone, and from its store: random stores."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

import polars as pl
import pytest
from honest_answers import TODAY, holds, order
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from resolution_cases import DAY, Evidence, evidence, with_holdings
from test_undecided import POOL, stored
from topco.errors import BadInput
from topco.identity.judgements import Judgement, judge, propose
from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options
from topco.licensing.store_determiner import store_determiner
from topco.ownership.parent_tests import parent_test
from topco.ownership.resolution import resolve
from topco.store.store import LOADS, Store
from topco.verification.verify import verify

# Each example writes a store; to make a failing one smaller takes minutes.
quiet = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TESTS = ("headquarters", "consolidation", "majority", "control", "cascade", "integrated")
STORES = st.one_of(with_holdings("abcdef"), evidence())
PAIRS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(POOL), min_size=2, max_size=2, unique=True),
        st.sampled_from(["proposed", "same", "different", "unsure"]),
    ),
    max_size=2,
)


@pytest.fixture(scope="module")
def seen() -> Iterator[Counter[str]]:
    found: Counter[str] = Counter()
    yield found
    assert len(found) >= 4, f"the examples are too much alike: {found}"


def parties_of(case: Evidence) -> list[str]:
    return sorted({row.id for row in case.entities} | {one for row in case.holdings for one in (row.owner, row.owned)})


def decide(store: Store, pairs: list[tuple[list[str], str]]) -> Store:
    for (first, second), verdict in pairs:
        try:
            if verdict == "proposed":
                propose(store, [{"first": first, "second": second, "score": 90, "reason": "alike"}])
            else:
                judge(store, [Judgement(first, second, verdict, "ann")])
        except BadInput:
            continue  # it contradicts an earlier one
    return Store.open(store.path)


@settings(quiet, max_examples=12)
@given(case=STORES, pairs=PAIRS, name=st.sampled_from(TESTS), known=st.sampled_from([None, date(2026, 12, 1)]))
def test_resolutions_of_random_stores(
    seen: Counter[str], case: Evidence, pairs: list[tuple[list[str], str]], name: str, known: date | None
) -> None:
    with stored(case) as empty:
        store = decide(empty, pairs)
        for answer in resolve(store, parties_of(case), DAY, known, parent_test(name)):
            if answer is not None:
                seen.update([answer["status"], *(["undecided"] if answer.get("undecided") else [])])
                holds(answer, store)


@settings(quiet, max_examples=8)
@given(case=STORES, pairs=PAIRS, name=st.sampled_from([None, "cascade", "consolidation"]), data=st.data())
def test_determinations_about_parties_of_random_stores(
    case: Evidence, pairs: list[tuple[list[str], str]], name: str | None, data: st.DataObject
) -> None:
    with stored(case) as empty:
        store = decide(empty, pairs)
        among = st.sampled_from([*parties_of(case), "X:absent"])
        asked = data.draw(st.lists(among, min_size=1, max_size=2, unique=True))
        options = Options(open_top=data.draw(st.sampled_from(["strict", "as-recorded"])), as_of=DAY)
        determiner = store_determiner(Determiner, store.path, asked, options, TODAY, test=name)
        for answer in determiner.determine([parse_case(order(asked, "2025-06-01", "3A090.a"), "test")]):
            holds(answer, store)


@settings(quiet, max_examples=10)
@given(case=STORES, name=st.sampled_from(TESTS), seed=st.integers(0, 1000))
def test_the_order_of_the_rows_of_a_load_does_not_show(case: Evidence, name: str, seed: int) -> None:
    """What a basis keeps is sorted, and a register's file need not be."""
    with stored(case) as store:
        asked = parties_of(case)
        before = resolve(store, asked, DAY, TODAY, parent_test(name))
        other = store.path.parent / "shuffled"
        shutil.copytree(store.path, other)
        for path in (other / LOADS).glob("*/*.parquet"):
            rows = pl.read_parquet(path)
            rows.sample(fraction=1, shuffle=True, seed=seed).write_parquet(path)
        assert resolve(Store.open(other), asked, DAY, TODAY, parent_test(name)) == before


@settings(quiet, max_examples=4)
@given(case=STORES, newer=STORES)
def test_answers_of_an_earlier_day_hold_beside_newer_loads(case: Evidence, newer: Evidence) -> None:
    known = date(2025, 6, 1)
    with stored(case) as store, stored(newer) as other:
        answers = [one for one in resolve(store, parties_of(case), DAY, known) if one is not None]
        for load in other.loads():
            shutil.copytree(other.path / LOADS / load.folder, store.path / LOADS / f"newer{load.folder}")
            later = {"id": f"newer {load.id}", "folder": f"newer{load.folder}", "vintage": date(2025, 9, 1)}
            with store.writing():
                store.commit(
                    store.manifest.with_load(
                        type(load)(**{**vars(load), **later, "loaded_at": datetime(2025, 9, 1, tzinfo=UTC)})
                    )
                )
        now = Store.open(store.path)
        assert len(now.loads()) == 2 * len(now.current_loads())
        for answer in answers:
            holds(answer, now)
            forged = json.loads(json.dumps(answer))
            forged["known_as_of"] = forged["proof"]["basis"]["asked"]["known_as_of"] = "2025-12-01"
            assert not verify(forged, "test", now).holds
