"""`topco verify`: what holds, and that no field of an answer can be changed unseen."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from hypothesis import given, settings
from hypothesis import strategies as st

import answers_with_proofs as answers
from topco.errors import ANSWERED, BAD_INPUT, FINDINGS, UNDETERMINED, BadInput
from topco.ledger.balances import Reckoner
from topco.ledger.limits import limits
from topco.ledger.proof import Asked, account_of, book_of, document, entry_of
from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options
from topco.licensing.store_determiner import store_determiner
from topco.ownership.basis import made_with
from topco.store.chain import hash_of
from topco.store.seal import sealed
from topco.store.store import Store
from topco.verification.outcome import Failure, Verification
from topco.verification.verify import verify

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    return answers.stores(tmp_path_factory.mktemp("verification"))


@pytest.fixture(scope="module")
def store(stores: tuple[Store, Store]) -> Store:
    return stores[0]


@pytest.fixture(scope="module")
def every(stores: tuple[Store, Store]) -> list[dict[str, Any]]:
    """Resolutions, determinations and balances from the first store."""
    return [*answers.answers(stores[0], answers.GLEIF), *answers.balances(stores[0])]


@pytest.fixture(scope="module")
def listed(stores: tuple[Store, Store]) -> list[dict[str, Any]]:
    """Those of the second one, which has a screening list and parties under several identifiers."""
    return answers.answers(stores[1], answers.REGISTRIES)


def failures(found: Verification) -> set[Failure]:
    return {finding.failure for finding in found.findings}


def test_every_answer_holds_without_and_with_its_store(
    every: list[dict[str, Any]], listed: list[dict[str, Any]], stores: tuple[Store, Store]
) -> None:
    statuses = {answer["status"] for answer in every if "status" in answer}
    assert {"resolved", "open_top", "withheld", "cyclic", "no_evidence"} <= statuses
    assert {"resolution", "determination", "balance"} == {answer["proof"]["basis"]["of"] for answer in every}
    assert any(answer["proof"]["basis"].get("lists") for answer in listed)
    for answer, own in [*((one, stores[0]) for one in every), *((one, stores[1]) for one in listed)]:
        for against in (None, own):
            found = verify(answer, "test", against)
            assert found.holds, found.as_json()
            assert found.derived
            assert found.checked["statements"] == len(answer["proof"]["nodes"])
        assert verify(answer["proof"], "test").holds, "a proof by itself is enough"


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values in a document, keys and list positions."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from places(inner, (*path, position))


def changed(value: Any, how: int) -> Any:
    """Another value in its place, of the same kind or of a wrong one."""
    if isinstance(value, bool):
        return (not value, None, "x")[how % 3]
    if isinstance(value, int):
        return (value + 1, -value - 1, str(value))[how % 3]
    if isinstance(value, str):
        return (value + "x", value[:-1] or "y", None)[how % 3]
    if value is None:
        return ("x", 0, [])[how % 3]
    if isinstance(value, list):
        return (value + value[:1] if value else ["x"], value[:-1] if value else {}, None)[how % 3]
    return ({**value, "added": 1}, {key: value[key] for key in list(value)[:-1]} if value else 1, None)[how % 3]


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_no_value_can_be_changed_unseen(
    every: list[dict[str, Any]], listed: list[dict[str, Any]], data: st.DataObject
) -> None:
    both = [*every, *listed]
    answer = copy.deepcopy(both[data.draw(st.integers(0, len(both) - 1), label="answer")])
    everywhere = list(places(answer))
    *way, last = everywhere[data.draw(st.integers(0, len(everywhere) - 1), label="place")]
    inner: Any = answer
    for step in way:
        inner = inner[step]
    inner[last] = changed(inner[last], data.draw(st.integers(0, 2), label="how"))
    try:
        found = verify(answer, "test")
    except BadInput:
        return  # it is no proof any more, and that is said
    assert not found.holds, f"{[*way, last]} was changed unseen"


def resealed(answer: dict[str, Any], change: Change) -> dict[str, Any]:
    """An answer whose basis was changed, with every hash made new: only a derivation can see it."""
    forged = copy.deepcopy(answer)
    basis = forged["proof"]["basis"]
    change(basis)
    for row in basis.get("rows") or ():
        row["hash"] = hash_of({name: row[name] for name in ("table", "load", "cells")})
    forged["proof"]["basis"] = sealed({name: value for name, value in basis.items() if name != "hash"})
    return forged


def test_a_forged_leaf_with_new_hashes_makes_other_steps(every: list[dict[str, Any]], store: Store) -> None:
    (answer,) = (one for one in every if one.get("case") == "LEI:391200PKEUF3Y2NUMW25")
    assert answer["review_policy"] == "denial_presumption"

    def moved(basis: dict[str, Any]) -> None:
        for row in basis["rows"]:
            if row["table"] == "entities" and row["cells"].get("hq_country") == "RU":
                row["cells"]["hq_country"] = "DE"

    forged = resealed(answer, moved)
    found = verify(forged, "test")
    assert failures(found) == {Failure.STEP, Failure.ANSWER}
    assert any(finding.where == "review_policy" for finding in found.findings)
    assert found.findings[0].failure is Failure.STEP, "the step nearest to the leaves is named first"
    assert Failure.LEAF in failures(verify(forged, "test", store)), "the store has another row"


def test_a_row_that_is_left_out_is_seen_by_the_store(every: list[dict[str, Any]], store: Store) -> None:
    """A proof whose rows were thinned, and which was derived anew from what was left, holds but for the store."""
    from topco.store.kept_rows import rebuild
    from topco.verification.deriving import derive_resolution

    (answer,) = (one for one in every if one.get("entity", {}).get("id") == "LEI:391200PKEUF3Y2NUMW25")

    def thinned(basis: dict[str, Any]) -> None:
        basis["rows"] = [row for row in basis["rows"] if row["table"] != "relationships"]

    basis = resealed(answer, thinned)["proof"]["basis"]
    folder = store.path.parent / "thinned"
    folder.mkdir()
    forged = derive_resolution(basis, rebuild(folder, basis["loads"], basis["rows"]))
    assert forged is not None
    assert forged["status"] != answer["status"]
    forged = answers.read_again(forged)
    assert verify(forged, "test").holds, "by itself it is consistent"
    found = verify(forged, "test", store)
    assert failures(found) == {Failure.LEAF}
    assert any("leaves it out" in finding.what for finding in found.findings)


def test_what_says_the_same_in_another_type_or_beside_it_is_seen(every: list[dict[str, Any]]) -> None:
    answer = next(one for one in every if one.get("hq", {}).get("source"))
    balance = next(one for one in every if one["proof"]["basis"]["of"] == "balance")
    changes: list[tuple[dict[str, Any], Change]] = [
        (answer, lambda one: one["hq"]["source"].update(row=float(one["hq"]["source"]["row"]))),
        (answer, lambda one: one["hq"]["source"].update(row=str(one["hq"]["source"]["row"]))),
        (answer, lambda one: one["proof"].update(version=True)),
        (answer, lambda one: one["proof"].update(version=1.0)),
        (answer, lambda one: one.update(nodes=one["proof"]["nodes"])),
        (balance, lambda one: one.update(nodes=one["proof"]["nodes"])),
        (balance, lambda one: one["proof"].update(note="checked")),
    ]
    for honest, change in changes:
        forged = copy.deepcopy(honest)
        change(forged)
        assert not verify(forged, "test").holds
    assert not verify({**balance["proof"], "remaining_tpp": "1"}, "test").holds


def test_a_row_that_bears_on_nothing_and_a_claim_of_another_load_are_seen(
    every: list[dict[str, Any]], store: Store
) -> None:
    first, second = (one for one in every[:2])

    def stuffed(basis: dict[str, Any]) -> None:
        basis["rows"] += [row for row in every[3]["proof"]["basis"]["rows"] if row not in basis["rows"]]

    assert Failure.LEAF in failures(verify(resealed(first, stuffed), "test"))
    assert not verify(resealed(first, lambda basis: basis.update(remark="sealed")), "test").holds
    for change in (
        lambda basis: basis["loads"][0].update(vintage="2026-01-01"),
        lambda basis: basis["loads"][0].update(loaded_at="2020-01-01T00:00:00+00:00"),
        lambda basis: basis["loads"].pop(),
    ):
        found = verify(resealed(second, change), "test", store)
        assert Failure.LEAF in failures(found)


def test_flags_of_names_that_were_stripped_and_sealed_anew_are_seen_by_the_store(stores: tuple[Store, Store]) -> None:
    store = stores[1]
    name = store.table("listings").collect()["name"][0]
    for entity in ("X:northwind-lab", None):
        case = answers.order(entity)
        case["parties"].append({"role": "end_user", "name": name})
        determiner = store_determiner(
            Determiner, store.path, [entity], Options(answers.DAY, answers.KNOWN), answers.KNOWN
        )
        answer = answers.read_again(determiner.determine([parse_case(case, "test")])[0])
        assert any("list" in flag for flag in answer["red_flags"])
        for against in (None, store):
            assert verify(answer, "test", against).holds
        stripped = [flag for flag in answer["red_flags"] if "list" not in flag]
        assert not verify({**answer, "red_flags": stripped}, "test").holds
        forged = {**resealed(answer, lambda basis: basis.update(listed_flags=hash_of([]))), "red_flags": stripped}
        assert verify(forged, "test").holds, "only the store can tell"
        assert not verify(forged, "test", store).holds


def test_an_account_that_shares_the_limit_cannot_be_left_out(every: list[dict[str, Any]], store: Store) -> None:
    """Derived anew from the entries of one account alone, the balance is consistent in itself."""
    balance = next(one for one in every if one.get("account") == "uveu/X:company/IN/-")
    basis = balance["proof"]["basis"]
    alone = [entry for entry in basis["entries"] if entry["number"] > 2]
    assert len(alone) < len(basis["entries"])
    entries = [entry_of(entry) for entry in alone]
    account, book = account_of(basis["asked"]["account"]), book_of(entries)
    hq = Reckoner(book, limits()).headquarters(account, [account])
    asked = Asked(account, date.fromisoformat(basis["asked"]["as_of"]), (account,), hq)
    forged = answers.read_again(document(book, limits(), asked, entries, made_with()))
    assert verify(forged, "test").holds
    found = verify(forged, "test", store)
    assert failures(found) == {Failure.LEAF}
    assert [finding.where for finding in found.findings] == ["entry 1", "entry 2"]


def test_a_later_entry_leaves_a_balance_right_and_a_hidden_one_does_not(
    every: list[dict[str, Any]], store: Store
) -> None:
    balance = next(one for one in every if one["proof"]["basis"]["of"] == "balance")
    hidden = resealed(balance, lambda basis: basis["entries"].pop(0))
    assert Failure.STEP in failures(verify(hidden, "test"))
    assert Failure.LEAF in failures(verify(hidden, "test", store))


def test_a_basis_that_makes_no_sense_is_a_finding_and_no_traceback(every: list[dict[str, Any]]) -> None:
    answer = every[0]
    changes: list[Change] = [
        lambda basis: basis.pop("asked"),
        lambda basis: basis.update(loads=[{}]),
        lambda basis: basis["asked"].update(as_of="yesterday"),
        lambda basis: basis["asked"].update(test="nothing"),
        lambda basis: basis["asked"].update(entity=7),
        lambda basis: basis["rows"][0]["cells"].update(strange=1),
        lambda basis: basis["rows"][0].update(table="originals"),
        lambda basis: basis["rows"][0].update(load="nowhere"),
        lambda basis: basis["loads"][0].update(folder="../../etc"),
        lambda basis: basis["loads"][0].update(vintage="soon"),
    ]
    for change in changes:
        assert not verify(resealed(answer, change), "test").holds


def test_the_command(run: Run, every: list[dict[str, Any]], store: Store, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in every), encoding="utf-8")
    code, out, _ = run("verify", path, "--store", store.path)
    assert (code, out.count(": holds (")) == (ANSWERED, len(every))
    bad = copy.deepcopy(every[0])
    bad["proof"]["nodes"][-1]["text"] += "!"
    path.write_text(json.dumps(bad), encoding="utf-8")
    code, out, _ = run("verify", path)
    assert code == FINDINGS
    assert f"step: {bad['proof']['nodes'][-1]['id']}: its text does not follow from the leaves" in out
    code, out, _ = run("verify", path, "--format", "json")
    assert json.loads(out)["findings"][0]["failure"] == "step"
    code, out, _ = run("verify", path, "--format", "csv")
    assert out.splitlines()[0] == "id,of,failure,where,what,statement"
    path.write_text(json.dumps({**every[0], "proof": {"version": 1, "nodes": every[0]["proof"]["nodes"]}}), "utf-8")
    code, _, err = run("verify", path)
    assert code == BAD_INPUT
    assert "no basis" in err


def test_a_proof_too_large_to_carry_its_rows_asks_for_the_store(
    run: Run, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("topco.ownership.basis.MOST_ROWS", 0)
    large = answers.answers(store, answers.GLEIF[:1])[:2]
    assert [one["proof"]["basis"]["rows"] for one in large] == [None, None]
    path = tmp_path / "large.json"
    path.write_text(json.dumps(large), encoding="utf-8")
    code, out, _ = run("verify", path)
    assert code == UNDETERMINED
    assert "was not derived again" in out
    assert run("verify", path, "--store", store.path)[0] == ANSWERED


@pytest.mark.shared
def test_the_proofs_of_the_cases_of_the_regulation_verify(shared_reference: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    run("determine", shared_reference / "regulation-cases.jsonl", "--format", "json", "--output", path)
    code, out, _ = run("verify", path)
    assert code == ANSWERED
    assert out.count(": holds (") == 72


def test_a_proof_names_the_day_of_its_own_law_whatever_was_asked_before(stores: tuple[Store, Store]) -> None:
    """Days on which the law is the same share a slice of it, and the sentences still say which day was asked."""
    from topco.licensing.cases.case import parse_case
    from topco.licensing.determine import Determiner, Options

    first, second = (
        parse_case({**answers.order(None), "transaction": {**answers.order(None)["transaction"], "date": day}}, "test")
        for day in ("2025-06-01", "2025-07-01")
    )
    together = Determiner(Options(), None, [], answers.DAY).determine([first, second])[1]
    alone = Determiner(Options(), None, [], answers.DAY).determine([second])[0]
    assert together == alone
    days = {node["values"]["day"] for node in together["proof"]["nodes"] if "day" in node.get("values", {})}
    assert days == {"2025-07-01"}
