"""The ledger's operations: what fits, what does not, whose limit is spent, and what a retry does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger_books import DAY, ToldGroups, book, change, order, tpp
from small_store import absence, add_load, company, entity, lei, relationship
from topco.errors import BadInput, NotModelled
from topco.ledger import database
from topco.ledger.accounts import Account, Kind, Side, units_of
from topco.ledger.balances import Balance, balances, tally
from topco.ledger.book import Book
from topco.ledger.groups import StoreGroups
from topco.ledger.limits import limits
from topco.ledger.requests import NothingLeft, OverLimit
from topco.ledger.verify import verify
from topco.store.store import Store

CAPS = {kind: int(cap.value) for kind in Kind if (cap := limits().cap(kind, DAY))}


def test_the_caps_are_those_of_the_law() -> None:
    assert CAPS == {Kind.COUNTRY: 790_000_000, Kind.LPP: 26_900_000, Kind.NVEU: 949_500_000}


@pytest.mark.parametrize("kind", ["country", "lpp", "nveu"])
def test_a_limit_may_be_reached_and_not_passed(tmp_path: Path, kind: str) -> None:
    cap = CAPS[Kind(kind)]
    with book(tmp_path) as ledger:
        assert tpp(ledger.reserve(order(kind, cap - 1)).remaining) == 1
        with pytest.raises(OverLimit, match="1 TPP remain") as over:
            ledger.reserve(order(kind, 2))
        assert tpp(over.value.remaining) == 1
        assert ledger.reserve(order(kind, 1)).remaining == 0
        assert verify(ledger.connection).findings == ()


def test_reserve_commit_release(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        first = ledger.reserve(order("lpp", 1000)).entry.number
        assert tpp(ledger.commit(change(first, 300)).remaining) == CAPS[Kind.LPP] - 1000
        assert tpp(ledger.release(change(first, 500)).remaining) == CAPS[Kind.LPP] - 500
        with pytest.raises(NothingLeft, match="200 TPP are left"):
            ledger.commit(change(first, 201))
        ledger.commit(change(first))
        with pytest.raises(NothingLeft):
            ledger.release(change(first))
        found = balances(ledger.connection, limits(), ToldGroups(), DAY)[0]
        assert (tpp(found.reserved), tpp(found.committed)) == (0, 500)


def test_a_correction_is_a_counter_entry(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        ledger.reserve(order("lpp", 1000))
        ledger.commit(change(1))
        assert tpp(ledger.correct(change(2, 400, reason="typing error")).remaining) == CAPS[Kind.LPP] - 400
        assert tpp(ledger.correct(change(2, 500, reason="again")).remaining) == CAPS[Kind.LPP] - 500
        with pytest.raises(BadInput, match="already stands"):
            ledger.correct(change(2, 500, reason="again"))
        with pytest.raises(BadInput, match="reason"):
            ledger.correct(change(2, 1))
        with pytest.raises(BadInput, match="no commitment"):
            ledger.correct(change(1, 1, reason="x"))
        with pytest.raises(OverLimit):
            ledger.correct(change(2, CAPS[Kind.LPP] + 1, reason="more came"))
        done = ledger.correct(change(2, CAPS[Kind.LPP] + 1, reason="more came"), beyond_limit=True)
        assert tpp(done.remaining) == -1
        assert done.over == ("lpp/X:company/-/2025",)
        with pytest.raises(OverLimit, match="0 TPP remain"):
            ledger.reserve(order("lpp", 1))
        assert verify(ledger.connection).findings == ()


def test_expiry_gives_back_once_and_an_expired_reservation_is_not_used(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        ledger.reserve(order("lpp", 1000, expires=date(2025, 7, 1)))
        ledger.reserve(order("lpp", 10))
        ledger.commit(change(1, 100))
        assert ledger.expire("ann", date(2025, 6, 30)) == []
        with pytest.raises(BadInput, match="expired on 2025-07-01"):
            ledger.commit(change(1, day=date(2025, 7, 1)))
        (done,) = ledger.expire("ann", date(2025, 7, 1))
        assert (tpp(done.entry.postings[1].amount), done.entry.about) == (900, 1)
        assert tpp(done.remaining) == CAPS[Kind.LPP] - 110
        assert ledger.expire("ann", date(2025, 7, 1)) == []


def test_a_retry_enters_nothing_twice_and_a_key_stands_for_one_request(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        first = ledger.reserve(order("lpp", 1000, key="k"))
        again = ledger.reserve(order("lpp", 1000, key="k"))
        assert (again.again, again.entry) == (True, first.entry)
        for other in (
            order("lpp", 1001, key="k"),
            order("lpp", 1000, key="k", author="bob"),
            order("lpp", 1000, key="k", day=date(2025, 6, 2)),
            order("country", 1000, key="k"),
        ):
            with pytest.raises(BadInput, match="another request"):
                ledger.reserve(other)
        with pytest.raises(BadInput, match="another request"):
            ledger.commit(change(1, key="k"))
        ledger.commit(change(1, 400, key="c"))
        assert ledger.commit(change(1, 400, key="c")).again
        assert tpp(database.still(ledger.connection, 1, Side.RESERVED)) == 600


def test_a_retry_succeeds_although_the_limit_is_used_up_since(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        ledger.reserve(order("lpp", CAPS[Kind.LPP], key="k"))
        assert ledger.reserve(order("lpp", CAPS[Kind.LPP], key="k")).again


def test_the_years_of_a_group_are_apart_and_its_members_together(tmp_path: Path) -> None:
    groups = ToldGroups({"X:a": [(date.min, "X:top")], "X:b": [(date.min, "X:top")]})
    with book(tmp_path, groups) as ledger:
        ledger.reserve(order("lpp", CAPS[Kind.LPP], party="X:a"))
        with pytest.raises(OverLimit):
            ledger.reserve(order("lpp", 1, party="X:b"))
        ledger.reserve(order("lpp", 1, party="X:b", day=date(2026, 1, 1)))
        with pytest.raises(BadInput, match="cannot be used on 2026-01-02"):
            ledger.commit(change(1, day=date(2026, 1, 2)))
        with pytest.raises(BadInput, match="cannot be used on 2025-05-31"):
            ledger.commit(change(1, day=date(2025, 5, 31)))


def test_a_sale_moves_future_spending_and_not_the_past(tmp_path: Path) -> None:
    sale = date(2025, 9, 1)
    groups = ToldGroups({"X:sub": [(date.min, "X:seller"), (sale, "X:buyer")]})
    with book(tmp_path, groups) as ledger:
        ledger.reserve(order("lpp", 20_000_000, party="X:sub"))
        ledger.reserve(order("lpp", 6_000_000, party="X:sub"))
        ledger.commit(change(1))
        with pytest.raises(BadInput, match="is X:buyer, no longer X:seller"):
            ledger.commit(change(2, day=sale))
        ledger.release(change(2, day=sale))
        bought = ledger.reserve(order("lpp", 6_000_000, party="X:sub", day=sale))
        assert bought.entry.group_id == "X:buyer"
        used = {one.account.holder: tpp(one.committed + one.reserved) for one in _balances(ledger, groups, sale)}
        assert used == {"X:seller": 20_000_000, "X:buyer": 6_000_000}


def test_one_party_under_two_identifiers_has_one_limit(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        ledger.reserve(order("lpp", 20_000_000, party="X:old"))
        ledger.reserve(order("lpp", 20_000_000, party="X:new"))
    with (
        book(tmp_path, ToldGroups(aliases={"X:old": "X:new"})) as ledger,
        pytest.raises(OverLimit, match="0 TPP remain"),
    ):
        ledger.reserve(order("lpp", 1, party="X:new"))


def test_an_unknown_group_is_not_guessed_and_may_be_stated(tmp_path: Path) -> None:
    groups = ToldGroups({"X:sub": [(date.min, None)]})
    with book(tmp_path, groups) as ledger:
        with pytest.raises(NotModelled, match="withheld"):
            ledger.reserve(order("lpp", 1, party="X:sub"))
        stated = ledger.reserve(order("lpp", 1, party="X:sub", group="X:top", reason="annual report")).entry
        assert (stated.group_id, stated.group_basis) == ("X:top", "stated")
        assert ledger.commit(change(1)).entry.group_basis == "stated"
        unknown = ledger.reserve(order("country", 1, party="X:sub")).entry
        assert (unknown.group_id, unknown.group_basis) == (None, "withheld")


def test_the_installed_base_grows_by_quarters_and_a_backdated_entry_breaks_none(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        ledger.reserve(order("nveu", 949_500_000, day=date(2025, 6, 30)))
        with pytest.raises(OverLimit):
            ledger.reserve(order("nveu", 1, day=date(2025, 2, 1)))
        assert ledger.reserve(order("nveu", 316_500_000, day=date(2025, 7, 1))).remaining == 0
        with pytest.raises(OverLimit):
            ledger.reserve(order("nveu", 1, day=date(2025, 9, 30)))
        ledger.reserve(order("nveu", 1, day=date(2025, 7, 1), country="BR"))
        ledger.reserve(order("nveu", 1, day=date(2025, 7, 1), party="X:other"))
        with pytest.raises(NotModelled, match="no limit"):
            ledger.reserve(order("nveu", 1, day=date(2028, 1, 1)))


def test_the_shares_of_a_fleet(tmp_path: Path) -> None:
    groups = ToldGroups(hq={"X:us": "US", "X:gb": "GB"})

    def install(ledger: Book, party: str, country: str, tpp: int) -> None:
        done = ledger.reserve(order("uveu", tpp, party=party, country=country))
        ledger.commit(change(done.entry.number))

    with book(tmp_path, groups) as ledger:
        with pytest.raises(OverLimit, match="0 TPP remain"):
            ledger.reserve(order("uveu", 1, party="X:us"))
        install(ledger, "X:us", "US", 800)
        for country in ("IN", "BR", "MX"):
            install(ledger, "X:us", country, 60)
        with pytest.raises(OverLimit, match=r"9\.2473 TPP"):  # 7 percent: 69 of 989 are less, 70 of 990 are more
            ledger.reserve(order("uveu", 10, party="X:us"))
        with pytest.raises(OverLimit, match=r"73\.7634 TPP"):
            ledger.reserve(order("uveu", 74, party="X:us", country="KE"))
        install(ledger, "X:us", "KE", 73)
        with pytest.raises(OverLimit):  # 25 percent: 266 of 1066 are less, 268 of 1068 are more
            ledger.reserve(order("uveu", 15, party="X:us", country="CL"))
        with pytest.raises(OverLimit, match="547 TPP"):  # half of a fleet headquartered in the United States
            ledger.reserve(order("uveu", 548, party="X:us", country="JP"))
        install(ledger, "X:gb", "JP", 1000)
        install(ledger, "X:gb", "GB", 1)
        assert verify(ledger.connection).findings == ()


def test_a_share_holds_whatever_becomes_of_reservations(tmp_path: Path) -> None:
    groups = ToldGroups(hq={"X:gb": "GB"})
    with book(tmp_path, groups) as ledger:
        ledger.reserve(order("uveu", 930, party="X:gb", country="GB"))
        with pytest.raises(OverLimit):
            ledger.reserve(order("uveu", 1, party="X:gb"))  # the home fleet is only planned
        ledger.commit(change(1))
        assert ledger.reserve(order("uveu", 70, party="X:gb")).remaining == 0


def test_unknown_headquarters_matter_only_where_the_answer_depends_on_them(tmp_path: Path) -> None:
    with book(tmp_path) as ledger:
        ledger.reserve(order("uveu", 10, country="US"))
        ledger.commit(change(1))
        ledger.reserve(order("uveu", 10, country="JP"))
        with pytest.raises(NotModelled, match="headquartered"):
            ledger.reserve(order("uveu", 1, country="JP"))
        ledger.reserve(order("uveu", 1, country="JP", hq="GB"))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (order("country", 1, country="DE"), "no country allocation for DE"),
        (order("country", 1, country="KY"), "no country allocation for GB"),
        (order("country", 1, country="XX"), "not a country"),
        (order("country", 1, country=None), "needs a country"),
        (order("lpp", 1, country="IN"), "has no country"),
        (order("lpp", 1, party=None), "one group's"),
        (order("nveu", 1, party=None), "counted by company"),
        (order("nveu", 1, country="MO"), "no authorisation"),
        (order("uveu", 1, country="HK"), "no authorisation"),
        (order("lpp", 0), "0 TPP"),
        (order("lpp", 1, determination=" "), "cannot be entered"),
        (order("lpp", 1, author="a\nb"), "cannot be entered"),
        (order("lpp", 1, reason="x" * 501), "cannot be entered"),
        (order("lpp", 1, expires=DAY), "cannot expire"),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path: Path, wrong: object, why: str) -> None:
    with book(tmp_path) as ledger:
        with pytest.raises(BadInput, match=why):
            ledger.reserve(wrong)  # type: ignore[arg-type]
        assert database.head(ledger.connection)[0] == 0


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 1, 12), date(2028, 1, 1)])
def test_no_limit_on_the_date_is_not_no_limit(tmp_path: Path, day: date) -> None:
    with book(tmp_path) as ledger, pytest.raises(NotModelled):
        ledger.reserve(order("country", 1, day=day))


@pytest.mark.parametrize("amount", ["1e400", "-1", "NaN", "many", "0.00001", "1000000000001", "Infinity", ""])
def test_amounts_are_exact_or_refused(amount: str) -> None:
    with pytest.raises(BadInput):
        units_of(amount)


def test_the_tally_forbids_and_never_permits(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    groups = ToldGroups()
    country = limits().account(Kind.COUNTRY, DAY, country="IN")
    lpp = limits().account(Kind.LPP, DAY, "X:company")
    assert tally(store, lpp, DAY, groups=groups).effect(units_of(26_900_000)) is None
    assert tally(store, lpp, DAY, groups=groups).effect(units_of(26_900_001)) == "no"
    with book(tmp_path, groups) as ledger:
        ledger.reserve(order("lpp", 26_000_000, day=date(2025, 12, 1)))
        ledger.reserve(order("country", 790_000_000))
    assert tally(store, country, DAY, groups=groups).effect(1) == "denial_policy"
    assert tally(store, country, DAY, groups=groups).effect(0) is None
    found = tally(store, lpp, DAY, groups=groups)  # what is booked for December counts in June
    assert (tpp(found.used), tpp(found.remaining), found.cite) == (26_000_000, 900_000, "740.29(d)")
    assert (found.effect(units_of(900_000)), found.effect(units_of(900_001))) == (None, "no")
    hk = limits().account(Kind.COUNTRY, DAY, country="HK")
    assert hk == Account(Kind.COUNTRY, "", "CN", "2025-2027")


def test_groups_come_from_the_store_as_of_the_date(tmp_path: Path) -> None:
    sale = date(2025, 9, 1)
    add_load(tmp_path, "lei2", date(2025, 3, 2), {"entities": [entity(one, "IN") for one in "ABC"]})
    add_load(
        tmp_path,
        "rr",
        date(2025, 3, 2),
        {
            "relationships": [
                relationship("A", "B", kind, valid_from=date(2019, 1, 1), valid_to=sale)
                for kind in ("DirectConsolidation", "UltimateConsolidation")
            ]
            + [
                relationship("A", "C", kind, valid_from=sale)
                for kind in ("DirectConsolidation", "UltimateConsolidation")
            ]
        },
    )
    absences = [absence(one, level, "NATURAL_PERSONS") for one in "BC" for level in ("DirectLevel", "UltimateLevel")]
    add_load(tmp_path, "repex", date(2025, 3, 2), {"absences": absences})
    with Book(tmp_path) as ledger:
        before = ledger.reserve(order("lpp", 1, party=lei("A"))).entry
        after = ledger.reserve(order("lpp", 1, party=lei("A"), day=sale)).entry
        assert (before.group_id, after.group_id) == (lei("B"), lei("C"))
        assert before.evidence is not None
        with pytest.raises(BadInput, match="no longer"):
            ledger.commit(change(1, day=sale))
        with pytest.raises(NotModelled, match="not_in_store"):
            ledger.reserve(order("lpp", 1, party="X:nobody"))


def test_identifiers_of_one_party_in_the_store_share_the_limit(tmp_path: Path) -> None:
    with Book(tmp_path) as ledger:  # before anybody knew that the two are one
        ledger.reserve(order("lpp", CAPS[Kind.LPP], party=None, group="GB-COH:00000001", reason="its own report"))
    number = {"id": "GB-COH:00000001", "other_id": lei("A"), "record": "test/1", "file": "f.csv", "row": 2}
    rows = {"entities": [company("GB-COH:00000001", "Alpha")], "identifiers": [number]}
    add_load(tmp_path, "register", date(2025, 3, 2), rows)
    own_top = [absence("A", level, "NATURAL_PERSONS") for level in ("DirectLevel", "UltimateLevel")]
    add_load(tmp_path, "lei2", date(2025, 3, 2), {"entities": [entity("A", "IN")], "absences": own_top})
    groups = StoreGroups(tmp_path)
    assert groups.identifiers(lei("A")) == groups.identifiers("GB-COH:00000001") == {lei("A"), "GB-COH:00000001"}
    with Book(tmp_path) as ledger, pytest.raises(OverLimit, match="0 TPP remain"):
        ledger.reserve(order("lpp", 1, party=lei("A")))
    store = Store.open(tmp_path)
    assert tally(store, limits().account(Kind.LPP, DAY, lei("A")), DAY).effect(1) == "no"


def _balances(ledger: Book, groups: ToldGroups, on: date) -> list[Balance]:
    return balances(ledger.connection, limits(), groups, on)
