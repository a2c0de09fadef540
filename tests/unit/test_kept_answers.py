"""Answers that take long: found once, given at once when they are there, and not waited for by too many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest

from topco.application.kept import Kept
from topco.errors import StoreBusy


def test_many_who_ask_the_same_find_it_once() -> None:
    kept: Kept[int] = Kept(most=2, at_once=20)
    found: list[int] = []

    def find() -> int:
        found.append(1)
        return len(found)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: kept.get("question", find), range(16)))
    assert answers == [1] * 16
    assert len(found) == 1


def test_what_is_kept_does_not_wait_for_what_is_being_found() -> None:
    kept: Kept[str] = Kept(most=2)
    kept.get("known", lambda: "answer")
    begun, go_on = Event(), Event()

    def slow() -> str:
        begun.set()
        assert go_on.wait(20)
        return "slow answer"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(kept.get, "slow", slow)
        assert begun.wait(20)
        assert kept.get("known", lambda: "another") == "answer"
        go_on.set()
        assert waiting.result(20) == "slow answer"


def test_too_many_who_wait_are_told_so() -> None:
    kept: Kept[str] = Kept(most=2, at_once=1)
    begun, go_on = Event(), Event()

    def slow() -> str:
        begun.set()
        assert go_on.wait(20)
        return "slow answer"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(kept.get, "slow", slow)
        assert begun.wait(20)
        with pytest.raises(StoreBusy, match="Too many"):
            kept.get("other", lambda: "other")
        go_on.set()
        assert waiting.result(20) == "slow answer"
    assert kept.get("other", lambda: "other") == "other"


def test_what_cannot_be_found_is_asked_again_and_the_oldest_goes() -> None:
    kept: Kept[int] = Kept(most=2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert [kept.get(name, partial(ord, name)) for name in "abc"] == [97, 98, 99]
    assert kept.get("a", lambda: 7) == 7
    assert kept.get("c", lambda: 9) == 99
