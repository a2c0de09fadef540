"""Orders screened in columns: row by row what `topco determine` says of the same case."""

from __future__ import annotations

import csv
import io
import random
from typing import Any

import pytest

from topco.errors import BadInput
from topco.licensing.cases.recipients import Recipient
from topco.licensing.determine import Determiner, Options
from topco.licensing.orders.answer_columns import COLUMNS
from topco.licensing.orders.bulk import BulkScreening
from topco.licensing.orders.files import read_table
from topco.licensing.orders.rows import OrderRow, rows_of, targets_of
from topco.licensing.orders.screening import Screening
from topco.store.today import today

TODAY = today()
WHERE = "orders"


def party(
    entity: str,
    status: str,
    hq: tuple[str | None, ...],
    tops: tuple[str | None, ...] = (),
    ids: tuple[str, ...] = ("X:TOP",),
    highest: str | None = None,
) -> Recipient:
    names = tuple(f"Name of {one}" for one in ids)
    return Recipient(
        entity, f"Name of {entity}", status, hq, tops, status == "joint", highest, "Highest", ids, names, None
    )


STORE = {
    one.entity: one
    for one in (
        party("X:DE", "resolved", ("DE",), ("DE",)),
        party("X:FR", "resolved", ("FR",), ("JP",)),
        party("X:CN", "resolved", ("DE",), ("CN",)),
        party("X:HK", "resolved", ("HK",), ("MO",)),
        party("X:OWN", "own_top", ("BR",), ("BR",), ("X:OWN",)),
        party("X:OPEN", "open_top", ("DE",), (), ("X:TOP",), "CN"),
        party("X:NONE", "no_evidence", ("IN",), (), (), "IN"),
        party("X:TWO", "conflicting", ("DE",), ("DE", "CN"), ("X:T1", "X:T2"), "DE"),
        party("X:JOINT", "joint", ("BR",), ("JP", "BR"), ("X:T1", "X:T2"), "BR"),
        party("X:MAY", "possible", ("SG",), ("CN",), ("X:T1",), "CN"),
        party("X:KY", "resolved", ("KY",), ("KY",)),
        party("X:WITHHELD", "withheld", ("JP",), (), (), "JP"),
        party("X:OUT", "outside_data", ("AE",), (None,), ("X:GONE",), None),
        party("X:RING", "cyclic", ("VN",), (), (), "VN"),
        party("X:HQS", "own_top", ("DE", "CN"), ("DE", "CN"), ("X:HQS",), None),
        party("X:NOHQ", "resolved", (None,), ("US",)),
    )
}
# As end users mostly parties of which enough is known: with two that are not, one determination takes many seconds.
KNOWN = [one.entity for one in STORE.values() if one.status in ("resolved", "own_top", "joint", "conflicting")]
PLACES = ["DE", "DE", "JP", "CN", "MO", "HK", "RU", "BR", "VN", "IL", "AE", "KH", "KY", "LI", "US", "IN", "IN", "ZZ"]
DAYS = ["2022-05-05", "2023-11-16", "2023-12-24", "2024-01-01", "2025-02-01", "2025-06-01", "2025-10-15", "2025-11-06"]
DAYS += ["2025-11-07", "2026-02-01", "2026-08-01", "2026-11-20", "2027-04-06", "", "2025-13-01"]
ENTRIES = ["3A090.a", "3A090.a", "4A090.a", "3A090.b", "3A090.c", "4E091", "5A002.z.1.a", "3E001", "EAR99", "9X9", ""]
AMOUNTS = ["", "0", "1000000", "253000000", "252999999", "253000001", "789999999", "790000000", "790000001", "26900000"]
AMOUNTS += ["26900001", "5.5", "1e6", "007", "-5", "many"]


def cell(draw: random.Random, *values: str, blank: float = 0.3) -> str:
    return "" if draw.random() < blank else draw.choice(values)


def order(draw: random.Random) -> dict[str, str]:
    row = {
        "order_id": cell(draw, "1", "2", "3", *(f"o{draw.random()}" for _ in range(8)), blank=0.1),
        "date": draw.choice(DAYS[:-1]) if draw.random() < 0.98 else DAYS[-1],
        "activity": cell(
            draw,
            *["export"] * 6,
            "reexport",
            "transfer_in_country",
            "domestic",
            "service",
            "use",
            "classify",
            blank=0.02,
        ),
        "destination": cell(draw, *PLACES[:-1], blank=0.05) if draw.random() < 0.98 else PLACES[-1],
        "consignee": cell(draw, *STORE, "X:404", blank=0.1),
        "end_user": cell(draw, *KNOWN, "X:OPEN", "X:MAY", blank=0.65),
        "eccn": draw.choice(ENTRIES),
        "quantity_tpp": draw.choice(AMOUNTS[:-2]) if draw.random() < 0.97 else draw.choice(AMOUNTS[-2:]),
        "note": draw.choice(["", "keep, me", 'a "b"', "é\nü"]),
        "item.designer": cell(draw, "approved", "authorised", "neither"),
        "item.tpp": cell(draw, "20999", "21000", blank=0.8),
        "item.origin": cell(draw, "TW", "US", blank=0.85),
        "transaction.end_use": cell(draw, "data_centre", "development", "iaas_training_4e091;resale", "other"),
        "transaction.shipped_from": cell(draw, "US", "DE", blank=0.8),
        "transaction.units": cell(draw, "100", blank=0.97),
        "conditions.part_744_746_bar": cell(draw, "false", "false", "true", "no"),
        "conditions.aia_certification": cell(draw, "true", "false"),
        "conditions.knowledge_of_parent": cell(draw, "true", blank=0.7),
        "tallies.country_licensed_tpp": cell(draw, "0", "789000000", "790000000", blank=0.7),
        "tallies.lpp_group_year_tpp": cell(draw, "0", "26899999", blank=0.7),
        "consignee.hq_in": cell(draw, "DE", "CN", "KY", "BR;JP", "QQ", blank=0.85),
        "consignee.name": cell(draw, "Same", "Other", blank=0.8),
        "end_user.ultimate_parent_hq_in": cell(draw, "DE", "CN", blank=0.9),
        "end_user.located_in": cell(draw, "DE", "CN", blank=0.85),
        "end_user.name": cell(draw, "Same", blank=0.9),
        "reading": cell(draw, "enforced", "article", blank=0.8),
    }
    if draw.random() < 0.15 and row["consignee"] in KNOWN:
        row["end_user"] = row["consignee"]
    return row


def as_csv(rows: list[dict[str, str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def determiner(open_top: str) -> Determiner:
    return Determiner(
        Options(open_top=open_top), lambda ids, _: {one: STORE[one] for one in ids if one in STORE}, [], TODAY
    )


def expected(engine: Determiner, row: OrderRow) -> dict[str, Any]:
    """What `determine` says of a row's case."""
    if row.case is None:
        return {"status": "refused"}
    try:
        (answer,) = engine.determine([row.case], WHERE)
    except BadInput as error:
        return {"status": "refused", "reason": str(error)}
    codes = {
        "licence_required": answer["licence_required"],
        "exceptions": ";".join(sorted(f"{one['code']}={one['status']}" for one in answer["exceptions"])),
        "review_policy": answer["review_policy"],
        "review_policy_as_recorded": (answer["as_recorded"] or answer)["review_policy"],
        "determination_id": answer["id"],
    }
    if not answer["coverage"]["modelled"]:
        return {"status": "not_modelled", **codes}
    missing = any(one["status"] == "not_in_store" for one in answer["parties"])
    open_answer = answer["review_policy"] == "undetermined" or answer["licence_required"] == "unknown"
    asked = answer["licence_required"] == "na" and answer["item_class"] == "undetermined"
    told = {"status": "undetermined" if missing or open_answer or asked else "answered", **codes}
    for party_ in answer["parties"]:
        section = {"ultimate_consignee": "consignee", "end_user": "end_user"}.get(party_["role"])
        stated = section and next((one for one in row.case.parties if one.role == party_["role"]), None)
        if stated:
            told[f"{section}_status"] = party_["status"]
    return told | ({"reason": "party_not_in_store"} if missing else {"verdict": answer["verdict"]})


def screened(rows: list[dict[str, str]], open_top: str) -> tuple[BulkScreening, list[dict[str, Any]]]:
    table = read_table(as_csv(rows), WHERE)
    bulk = BulkScreening(table, targets_of(table.columns, WHERE, COLUMNS), Screening(determiner(open_top)), WHERE)
    return bulk, bulk.rows(0, len(table.cells)).rows(named=True)


@pytest.mark.parametrize("seed", range(5))
def test_each_row_is_what_determine_says(seed: int) -> None:
    draw = random.Random(seed)
    rows = [order(draw) for _ in range(60)]
    open_top = ["strict", "as-recorded"][seed % 2]
    bulk, found = screened(rows, open_top)
    engine = determiner(open_top)
    by_itself = rows_of(bulk.table, WHERE, COLUMNS)
    engine.resolve_parties([row.case for row in by_itself if row.case])
    plain = 0
    for row, given, answer in zip(by_itself, rows, found, strict=True):
        wanted = expected(engine, row)
        verdict = wanted.pop("verdict", None)
        assert {name: answer[name] for name in given} == given, "the cells come back as they were"
        assert {name: answer[name] or "" for name in wanted} == wanted, given
        if verdict is not None:
            assert verdict.startswith(answer["reason"]), given
        plain += wanted["status"] != "refused"
    refused = {refusal.row for refusal in bulk.refusals}
    assert refused == {n for n, answer in enumerate(found, 2) if answer["status"] == "refused"}
    assert bulk.columns.plain.mean() > 0.5, "most rows are answered by columns"
    assert 0 < bulk.distinct_findings <= bulk.distinct_keys * 2
