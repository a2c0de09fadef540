"""What listed parties hold in a company: added up, at least half at every link, between bounds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from small_store import absence, add_load, company, entity, holding, lei, relationship
from topco.identity.judgements import Judgement, judge
from topco.licensing.affiliates.listed_owners import ListedOwners
from topco.licensing.affiliates.listed_ownership import ListedOwnership
from topco.ownership.shares import units
from topco.store.store import Store

DAY = date(2026, 11, 20)
L, M, P, Q, Y = (lei(letter) for letter in "LMPQY")


def listing(identifier: str, name: str = "Listed Party", **more: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "list": "EL",
        "citation": "88 FR 1",
        "record": f"csl/{identifier}",
        "file": "csl.json",
        "row": 7,
        **more,
    }


def held(owner: str, owned: str, share: str | None, **more: Any) -> dict[str, Any]:
    """A holding of just this share; of None nothing is said."""
    return {**holding(owner, owned, 0), "share_exact": None if share is None else units(share), **more}


def band(owner: str, owned: str, low: str, high: str, **more: Any) -> dict[str, Any]:
    return held(owner, owned, None, share_min=units(low), share_max=units(high), **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def ask(
    folder: Path,
    holdings: list[dict[str, Any]],
    listings: list[dict[str, Any]] | None = None,
    about: str = Y,
    **tables: list[dict[str, Any]],
) -> ListedOwnership:
    """The answer about one company of a store with these rows; `L` and `M` are listed unless told otherwise."""
    if listings is None:
        listings = [listing(L), listing(M, list="MEU")]
    add_load(folder, "all", date(2026, 7, 31), {"holdings": holdings, "listings": listings, **tables})
    return ListedOwners(Store.open(folder)).of([about], DAY)[about]


def share(found: ListedOwnership) -> tuple[str, str, str]:
    return str(found.share.lower), str(found.share.upper), found.standing


@pytest.mark.parametrize(
    ("holdings", "expected"),
    [
        ([held(L, Y, "50")], ("50", "50", "must")),
        ([held(L, Y, "49.99")], ("49.99", "49.99", "cannot")),
        ([held(L, Y, "49.9999999"), held(P, Y, "50.0000001")], ("49.9999999", "49.9999999", "cannot")),
        ([held(L, Y, "30"), held(M, Y, "20")], ("50", "50", "must")),
        ([held(L, Y, "30"), held(P, Y, "20")], ("30", "30", "cannot")),
        ([held(L, P, "60"), held(P, Y, "50")], ("50", "50", "must")),
        ([held(L, P, "50"), held(P, Y, "30"), held(L, Y, "20")], ("50", "50", "must")),
        ([held(L, P, "49"), held(P, Y, "100")], ("0", "0", "cannot")),
        ([held(L, P, "25"), held(M, P, "25"), held(P, Y, "80")], ("80", "80", "must")),
        ([held(L, P, "50"), held(P, Q, "50"), held(Q, Y, "51")], ("51", "51", "must")),
        ([band(L, Y, "25", "50")], ("25", "50", "may")),
        ([band(L, Y, "25", "50", share_max_exclusive=True)], ("25", "49.9999999", "cannot")),
        ([band(L, Y, "25", "50"), held(P, Y, "70")], ("25", "30", "cannot")),
        ([band(L, P, "25", "50"), held(P, Y, "60")], ("0", "60", "may")),
        ([held(L, Y, None)], ("0", "100", "may")),
        ([held(L, Y, None), held(P, Y, "51")], ("0", "49", "cannot")),
        ([held(L, Y, "60", valid_to=date(2026, 1, 1), standing="Ended")], ("0", "0", "cannot")),
        ([held(L, Y, "60", valid_from=date(2026, 12, 1))], ("0", "0", "cannot")),
        # A ring below nobody is owned by nobody; one that a listed party has half of passes it on.
        ([held(L, P, "30"), held(Q, P, "25"), held(P, Q, "60"), held(P, Y, "100")], ("0", "0", "cannot")),
        ([held(L, P, "50"), held(Q, P, "25"), held(P, Q, "60"), held(Q, Y, "70")], ("70", "70", "must")),
        ([held(Y, P, "60"), held(P, Y, "60")], ("0", "0", "cannot")),
        # What a company holds in itself is not outstanding: a third of the rest is 33.3333333 and something.
        ([held(L, Y, "40"), held(Y, Y, "20")], ("50", "50", "must")),
        ([held(L, Y, "30"), held(Y, Y, "10")], ("33.3333333", "33.3333334", "cannot")),
        ([held(L, Y, "80"), held(M, Y, "70")], ("100", "100", "must")),
    ],
)
def test_shares_cascade_and_are_added(
    folder: Path, holdings: list[dict[str, Any]], expected: tuple[str, str, str]
) -> None:
    assert share(ask(folder, holdings)) == expected


def test_an_owner_comes_with_entry_path_and_rows(folder: Path) -> None:
    found = ask(
        folder,
        [held(L, P, "60", row=3), held(P, Y, "50", row=4), held(M, Y, "5")],
        entities=[entity("Y", "SG"), entity("L", "FR", name="Lister SA")],
    )
    assert (found.entity, found.name, found.listed, found.declared) == (Y, "Y Holding", (), Decimal(55))
    assert share(found) == ("55", "55", "must")
    first, second = found.owners
    assert (first.id, first.name, first.certain) == (L, "Lister SA", True)
    assert first.path == (L, P, Y)
    assert (first.share.lower, first.share.upper) == (50, 50)
    (entry,) = first.entries
    assert (entry["list"], entry["record"], entry["file"], entry["row"]) == ("EL", f"csl/{L}", "csl.json", 7)
    assert entry["load"].startswith("gleif-all")
    upper, lower = first.links
    assert upper.share is not None
    assert (upper.owner, upper.owned, upper.share.lower, upper.interests) == (L, P, 60, ("shares",))
    assert [(one["file"], one["row"], one["record"]) for one in lower.sources] == [("h.csv", 4, f"test/{P}/{Y}")]
    assert (second.id, second.path, second.share.upper, second.entries[0]["list"]) == (M, (M, Y), 5, "MEU")


def test_owners_in_aggregate_are_all_named_with_their_own_shares(folder: Path) -> None:
    found = ask(folder, [held(L, P, "25"), held(M, P, "25"), held(P, Y, "80")])
    assert share(found) == ("80", "80", "must")
    assert [(one.id, one.share.upper, one.certain, one.path[1]) for one in found.owners] == [
        (L, 0, True, P),
        (M, 0, True, P),
    ]


def test_a_share_that_bounds_leave_open_is_a_red_flag(folder: Path) -> None:
    found = ask(folder, [band(L, Y, "25", "50")])
    assert found.share_unknown
    assert [(one.id, one.certain) for one in found.owners] == [(L, True)]


def test_a_recorded_parent_states_no_share(folder: Path) -> None:
    found = ask(folder, [], relationships=[relationship("Y", "P"), relationship("P", "L", "UltimateConsolidation")])
    assert share(found) == ("0", "100", "may")
    (owner,) = found.owners
    assert (owner.path, owner.certain, owner.links[0].share) == ((L, P, Y), False, None)
    assert owner.links[0].interests == ("ultimate_consolidation",)
    assert found.declared is None


@pytest.mark.parametrize(
    ("interest", "expected"),
    [
        ("votes", ("0", "100", "may")),
        ("board", ("0", "100", "may")),
        ("unknownInterest", ("0", "100", "may")),
        ("boardMember", ("0", "0", "cannot")),
    ],
)
def test_another_interest_than_shares_says_no_share(
    folder: Path, interest: str, expected: tuple[str, str, str]
) -> None:
    assert share(ask(folder, [held(L, Y, "80", interest=interest)])) == expected


def test_a_stated_share_goes_before_other_interests(folder: Path) -> None:
    assert share(ask(folder, [held(L, Y, "10"), held(L, Y, "90", interest="votes")])) == ("10", "10", "cannot")


def test_an_indirect_share_is_not_added_to_the_one_it_goes_through(folder: Path) -> None:
    found = ask(folder, [held(L, P, "100"), held(P, Y, "30"), held(L, Y, "30", indirect=True)])
    assert share(found) == ("30", "60", "may")


def test_a_branch_is_its_head_office(folder: Path) -> None:
    found = ask(folder, [held(L, P, "60")], relationships=[relationship("Y", "P", "InternationalBranch")])
    assert (found.entity, share(found)) == (P, ("60", "60", "must"))


def test_a_branch_that_is_listed_by_itself_is_listed(folder: Path) -> None:
    found = ask(folder, [], about=L, relationships=[relationship("L", "P", "InternationalBranch")])
    assert (found.entity, len(found.listed), share(found)) == (L, 1, ("0", "0", "cannot"))


def test_what_a_branch_holds_is_held_by_its_head_office(folder: Path) -> None:
    found = ask(folder, [held(P, Y, "60")], relationships=[relationship("P", "L", "InternationalBranch")])
    assert share(found) == ("60", "60", "must")
    assert found.owners[0].links[0].interests == ("branch",)


def test_a_listed_party_is_listed_and_no_affiliate_of_itself(folder: Path) -> None:
    found = ask(folder, [held(L, P, "60"), held(P, L, "70"), held(M, L, "10"), held(M, P, "5")], about=L)
    assert [entry["list"] for entry in found.listed] == ["EL"]
    assert share(found) == ("10", "10", "cannot")
    assert [(one.id, one.path) for one in found.owners] == [(M, (M, L))]


def test_a_listing_that_was_over_or_of_another_list_does_not_count(folder: Path) -> None:
    listings = [
        listing(L, valid_to=date(2026, 1, 1)),
        listing(M, list="UVL"),
        listing(P, list="SDN", programme="CUBA"),
        listing(Q, list="SDN", programme="IFSR; NPWMD"),
    ]
    found = ask(folder, [held(owner, Y, "10") for owner in (L, M, P, Q)], listings)
    assert (share(found), [one.id for one in found.owners]) == (("10", "10", "cannot"), [Q])


def test_an_entry_without_its_programme_is_possible_and_not_counted(folder: Path) -> None:
    found = ask(folder, [held(L, Y, "60")], [listing(L, list="SDN")])
    assert share(found) == ("0", "0", "cannot")
    (one,) = found.possible
    assert (one.owner, one.score, one.entry["list"], "programme" in one.reason) == (L, None, "SDN", True)


NAMED = "Zhongke Optics Holding Co., Ltd."
ENTRY = "US-CSL:EL-1"


def test_a_name_alone_is_possible_and_never_counted(folder: Path) -> None:
    entities = [company(P, NAMED), company(Q, "Beta Bakery Ltd"), company(Y, "Ypsilon Ltd")]
    holdings = [held(P, Q, "60"), held(Q, Y, "60")]
    found = ask(folder, holdings, [listing(ENTRY, NAMED.upper())], entities=entities)
    assert share(found) == ("0", "0", "cannot")
    assert found.owners == ()
    (one,) = found.possible
    assert (one.owner, one.name, one.entry["id"], one.path) == (P, NAMED, ENTRY, (P, Q, Y))
    assert found.with_possible == "must"
    assert one.score is not None
    assert one.score >= 85
    assert "is like" in one.reason
    assert ListedOwners(Store.open(folder), names=False).of([Y], DAY)[Y].possible == ()


def test_a_namesake_may_make_up_the_half_that_a_listed_party_lacks(folder: Path) -> None:
    entities = [company(P, NAMED), company(Q, "Beta Bakery Ltd"), company(Y, "Ypsilon Ltd")]
    holdings = [held(P, Q, "25"), held(L, Q, "25"), held(Q, Y, "100")]
    found = ask(folder, holdings, [listing(ENTRY, NAMED), listing(L)], entities=entities)
    assert (share(found), found.with_possible) == (("0", "0", "cannot"), "must")
    assert [one.path for one in found.possible] == [(P, Q, Y)]


def test_a_person_s_word_makes_it_count_or_puts_it_aside(folder: Path) -> None:
    entities = [company(P, NAMED), company(Y, "Ypsilon Ltd")]
    ask(folder, [held(P, Y, "60")], [listing(ENTRY, NAMED)], entities=entities)
    store = Store.open(folder)
    judge(store, [Judgement(P, ENTRY, "same", "ann")])
    found = ListedOwners(store).of([Y], DAY)[Y]
    assert (share(found), found.possible) == (("60", "60", "must"), ())
    (owner,) = found.owners
    assert (owner.id, owner.entries[0]["id"]) == (P, ENTRY)
    judge(store, [Judgement(P, ENTRY, "different", "ann")])
    found = ListedOwners(store).of([Y], DAY)[Y]
    assert (share(found), found.owners, found.possible) == (("0", "0", "cannot"), (), ())
    judge(store, [Judgement(P, ENTRY, "unsure", "ann")])
    found = ListedOwners(store).of([Y], DAY)[Y]
    assert ({one.owner for one in found.possible}, found.with_possible) == ({P}, "must")


def test_a_number_of_another_register_makes_it_count(folder: Path) -> None:
    identifiers = [{"id": ENTRY, "other_id": L, "record": "csl/1", "file": "csl.json", "row": 7}]
    found = ask(folder, [held(L, Y, "60")], [listing(ENTRY)], identifiers=identifiers)
    assert (share(found), [one.id for one in found.owners]) == (("60", "60", "must"), [L])


def test_what_was_not_known_yet_is_not_counted(folder: Path) -> None:
    early, late = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    add_load(folder, "lists", date(2026, 7, 31), {"listings": [listing(L)]}, early)
    add_load(folder, "holdings", date(2026, 9, 30), {"holdings": [held(L, Y, "60")]}, late)
    store = Store.open(folder)
    assert share(ListedOwners(store, date(2026, 9, 1)).of([Y], DAY)[Y]) == ("0", "0", "cannot")
    assert share(ListedOwners(store, date(2026, 11, 1)).of([Y], DAY)[Y]) == ("60", "60", "must")


def test_many_at_once_are_the_same_as_one_by_one(folder: Path) -> None:
    holdings = [held(L, P, "60"), held(P, Y, "50"), band(M, Q, "25", "75"), held(Q, L, "10")]
    ask(folder, holdings, absences=[absence("Y", "DirectLevel", "NO_LEI")])
    asked = [Y, P, Q, L, M, lei("Z"), Y.removeprefix("LEI:")]
    owners = ListedOwners(Store.open(folder))
    together = owners.of(asked, DAY)
    assert list(together) == asked
    assert together == {one: owners.of([one], DAY)[one] for one in asked}
    assert together[Y] == together[Y.removeprefix("LEI:")]
    nobody = together[lei("Z")]
    assert (nobody.name, nobody.declared, share(nobody)) == (None, None, ("0", "0", "cannot"))
    assert owners.of([], DAY) == {}


def test_without_lists_nothing_is_said(folder: Path) -> None:
    add_load(folder, "all", DAY, {"holdings": [held(L, Y, "60")]})
    owners = ListedOwners(Store.open(folder))
    assert not owners
    assert owners.of([Y], DAY)[Y].owners == ()
