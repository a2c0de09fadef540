"""The ledger as a tally: a lower bound that may turn an answer to a refusal, and never makes anything available."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from ledger_books import ToldGroups, book, order
from small_store import add_load, entity, lei, no_parents, relationship
from topco.errors import ANSWERED, BAD_INPUT, UNDETERMINED, BadInput
from topco.ledger import database
from topco.ledger.accounts import UNITS_PER_TPP, Account, Kind
from topco.ledger.balances import Reckoner
from topco.ledger.limits import limits
from topco.ledger.requests import Change
from topco.ledger.used import Used
from topco.store.today import today

DAY = date(2025, 6, 1)
A, TOP = lei("A"), lei("T")
THERE = "BR"


def cap(kind: Kind) -> int:
    found = limits().cap(kind, DAY)
    assert found is not None
    return int(found.value)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A company of Brazil, resolved to a parent there."""
    path = tmp_path / "store"
    rows = {"entities": [entity("A", THERE), entity("T", THERE)], "relationships": [relationship("A", "T")]}
    add_load(path, "lei2", date(2025, 3, 2), {**rows, "absences": no_parents("T")})
    return path


def determine(run: Run, store: Path, quantity: int = 1000, **sections: Any) -> tuple[int, dict[str, Any]]:
    case = {
        "id": "7",
        "transaction": {"date": str(DAY), "activity": "export", "destination": THERE, "quantity_tpp": quantity},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", "entity": A}],
        "conditions": {"part_744_746_bar": False},
        **sections,
    }
    given = store.parent / "case.json"
    given.write_text(json.dumps(case), encoding="utf-8")
    code, out, err = run("determine", given, "--store", store, "--format", "json", "--known-as-of", str(today()))
    return code, json.loads(out) if out else {"error": err}


def reserve(store: Path, kind: str, tpp: int, **more: Any) -> None:
    with book(store, ToldGroups()) as ledger:
        ledger.reserve(order(kind, tpp, **{"day": DAY, **({"country": THERE} if kind == "country" else {}), **more}))


def status(answer: dict[str, Any], code: str) -> str:
    return next(one["status"] for one in answer["exceptions"] if one["code"] == code)


def from_ledger(answer: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {one["fact"]: one for one in answer["assumptions"] if one["fact"].startswith("tallies.")}


def test_a_missing_and_an_empty_ledger_say_nothing(run: Run, store: Path) -> None:
    code, without = determine(run, store)
    assert (code, without["review_policy"]) == (ANSWERED, "approval_within_allocation")
    assert from_ledger(without) == {}
    assert not (store / "ledger.sqlite").exists()
    book(store).connection.close()
    assert determine(run, store)[1] == without


def test_an_allocation_that_is_used_up_means_denial(run: Run, store: Path) -> None:
    reserve(store, "country", cap(Kind.COUNTRY) - 999)
    _, answer = determine(run, store)
    assert answer["review_policy"] == "denial_policy"
    assumed = from_ledger(answer)["tallies.country_licensed_tpp"]
    connection = database.open_for_reading(store)
    assert connection is not None
    head = database.head(connection)[1]
    connection.close()
    assert assumed["value"] == f"at least {cap(Kind.COUNTRY) - 999}"
    assert assumed["because"].endswith(f"country/-/{THERE}/2025-2027 as of {DAY}, head {head}")
    assert any(head in node["text"] for node in answer["proof"]["nodes"])


def test_what_is_left_permits_nothing(run: Run, store: Path) -> None:
    reserve(store, "country", cap(Kind.COUNTRY) - 1000)
    reserve(store, "lpp", 1, party=TOP)
    _, answer = determine(run, store)
    assert answer["review_policy"] == "approval_within_allocation", "never approval: others may have used the rest"
    assert status(answer, "LPP") == "undetermined"
    _, answer = determine(run, store, tallies={"country_licensed_tpp": 0, "lpp_group_year_tpp": 0})
    assert answer["review_policy"] == "approval", "a stated tally wins"
    assert status(answer, "LPP") == "available"
    assert from_ledger(answer) == {}


def test_a_group_that_has_spent_its_year_has_no_exception(run: Run, store: Path) -> None:
    reserve(store, "lpp", cap(Kind.LPP) - 1, party=TOP)
    _, answer = determine(run, store)
    assert status(answer, "LPP") == "undetermined", "more than is left: whether a part fits, others may have decided"
    reserve(store, "lpp", 1, party=TOP)
    _, answer = determine(run, store)
    assert status(answer, "LPP") == "no"
    stated = [{"role": "ultimate_consignee", "name": "A", "hq_in": THERE, "ultimate_parent_hq_in": THERE}]
    assert status(determine(run, store, parties=stated)[1], "LPP") == "undetermined", "nobody knows its group"
    next_year = {"date": "2026-01-05", "activity": "export", "destination": THERE, "quantity_tpp": 1000}
    assert status(determine(run, store, transaction=next_year)[1], "LPP") == "undetermined"


def test_what_is_set_aside_for_a_later_day_of_the_year_is_not_free(run: Run, store: Path) -> None:
    reserve(store, "lpp", cap(Kind.LPP), party=TOP, day=date(2025, 12, 1))
    assert status(determine(run, store)[1], "LPP") == "no"


def test_the_order_that_was_reserved_for_does_not_count_against_itself(run: Run, store: Path) -> None:
    _, first = determine(run, store)
    reserve(store, "country", cap(Kind.COUNTRY) - 1000)
    reserve(store, "country", 1000, determination=first["id"])
    assert determine(run, store)[1]["review_policy"] == "approval_within_allocation"
    assert determine(run, store, id="8")[1]["review_policy"] == "denial_policy"


def test_a_damaged_ledger_is_bad_input(run: Run, store: Path) -> None:
    (store / "ledger.sqlite").write_bytes(b"no database " * 400)
    code, answer = determine(run, store)
    assert code == BAD_INPUT
    assert "ledger" in answer["error"]
    assert "verify" in answer["error"]
    tallies = {"country_licensed_tpp": 0, "lpp_receipts": []}
    assert determine(run, store, tallies=tallies)[0] in (ANSWERED, UNDETERMINED), "nothing was asked of it"


def test_a_second_look_reads_what_is_new(tmp_path: Path) -> None:
    account = Account(Kind.LPP, "X:company", "", "2025")
    used = Used(tmp_path)
    used.look()
    assert not used.anything([account])
    with book(tmp_path) as ledger:
        ledger.reserve(order("lpp", 10, key="a"))
        used.look()
        ledger.commit(Change(1, "ann", 4 * UNITS_PER_TPP, DAY))
        ledger.release(Change(1, "ann", 5 * UNITS_PER_TPP, DAY))
        ledger.correct(Change(2, "ann", 2 * UNITS_PER_TPP, DAY, reason="miscounted"))
        used.look()
        fresh = Used(tmp_path)
        fresh.look()
    for one in (used, fresh):
        assert one.least([account], DAY, limits()) == 3 * UNITS_PER_TPP
        assert one.least([account], DAY, limits(), one.named([account], "det:1")) == 0
        assert (one.number, one.head) == (4, fresh.head)


def test_it_comes_to_what_the_book_itself_would_refuse(tmp_path: Path) -> None:
    """The bound is the limit less what may still be reserved on the day, whatever was booked in whatever order."""
    chance, law = random.Random(7), limits()
    account = Account(Kind.LPP, "X:company", "", "2025")
    days = [date(2025, 2, 1) + timedelta(days=20 * number) for number in range(12)]
    used = Used(tmp_path)
    with book(tmp_path, ToldGroups()) as ledger:
        numbers: list[int] = []
        for _ in range(60):
            day = chance.choice(days)
            if numbers and chance.random() < 0.4:
                with suppress(BadInput):
                    act = chance.choice((ledger.commit, ledger.release))
                    act(Change(chance.choice(numbers), "ann", chance.randint(1, 50), day=day))
            else:
                numbers.append(ledger.reserve(order("lpp", chance.randint(1, 500), day=day)).entry.number)
            used.look()
            on = chance.choice(days)
            left = Reckoner(ledger.connection, law).remaining(account, on, [account], None)
            assert left == cap(Kind.LPP) * UNITS_PER_TPP - used.least([account], on, law)
