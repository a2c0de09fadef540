"""Orders in CSV: every row answered in place, and as `determine` would answer it by itself."""

from __future__ import annotations

import csv
import io
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing_cases import TODAY
from small_store import absence, add_load, entity, lei, relationship
from topco.cli.main import cli
from topco.errors import BadInput
from topco.licensing.cases.recipients import Recipient
from topco.licensing.determine import Determiner, Options
from topco.licensing.orders.answer_columns import COLUMNS
from topco.licensing.orders.rows import OrderRow, read_orders
from topco.licensing.orders.screening import Screening

HEADER = "order_id,date,activity,destination,consignee,end_user,eccn,quantity_tpp"
CODES = st.sampled_from(["", "DE", "JP", "CN", "MO", "HK", "RU", "BR", "VN", "IL", "AE", "KH", "KY", "LI", "US", "GB"])
DATES = ["2023-11-16", "2024-01-01", "2025-06-01", "2025-11-06", "2025-11-07", "2026-02-01", "2026-08-01"]
TRUTH = st.sampled_from(["", "true", "false"])


def known(entity: str, status: str, hq: str | None, parents: tuple[str | None, ...], joint: bool = False) -> Recipient:
    return Recipient(entity, f"Name of {entity}", status, (hq,), parents, joint, hq, "Top", ("X:T",), ("Top",), None)


STORE = {
    one.entity: one
    for one in (
        known("X:DE", "resolved", "DE", ("DE",)),
        known("X:CN", "resolved", "DE", ("CN",)),
        known("X:BR", "own_top", "BR", ("BR",)),
        known("X:OPEN", "open_top", "DE", ()),
        known("X:TWO", "conflicting", "DE", ("DE", "CN")),
        known("X:JOINT", "joint", "BR", ("JP", "BR"), True),
        known("X:KY", "resolved", "KY", ("KY",)),
        known("X:WITHHELD", "withheld", "JP", ()),
    )
}
PARTIES = st.sampled_from(["", *STORE, "X:404"])


def determiner(open_top: str = "strict") -> Determiner:
    return Determiner(
        Options(open_top=open_top), lambda ids, _: {one: STORE[one] for one in ids if one in STORE}, [], TODAY
    )


@st.composite
def orders(draw: st.DrawFn) -> dict[str, str]:
    return {
        "order_id": draw(st.sampled_from(["", "1", "2", "3"])),
        "date": draw(st.sampled_from(DATES)),
        "activity": draw(st.sampled_from(["export", "export", "reexport", "transfer_in_country", "service"])),
        "destination": draw(CODES.filter(bool)),
        "consignee": draw(PARTIES),
        "end_user": draw(PARTIES),
        "eccn": draw(st.sampled_from(["3A090.a", "3A090.a", "4A090.a", "3A090.b", "4E091", "5A002.z.1.a", "EAR99"])),
        "quantity_tpp": draw(st.sampled_from(["", "1000000", "253000000", "790000001"])),
        "item.designer": draw(st.sampled_from(["", "approved", "neither"])),
        "item.tpp": draw(st.sampled_from(["", "20999", "21000"])),
        "item.dram_bandwidth_gb_s": draw(st.sampled_from(["", "6499"])),
        "transaction.end_use": draw(st.sampled_from(["", "data_centre", "iaas_training_4e091;resale"])),
        "conditions.dd_certifications": draw(TRUTH),
        "conditions.part_744_746_bar": draw(TRUTH),
        "conditions.aia_certification": draw(TRUTH),
        "tallies.country_licensed_tpp": draw(st.sampled_from(["", "0", "789000000", "790000000"])),
        "consignee.hq_in": draw(st.sampled_from(["", "DE", "CN", "KY", "BR;JP"])),
        "end_user.located_in": draw(st.sampled_from(["", "DE", "CN"])),
    }


def as_csv(rows: list[dict[str, str]], columns: list[str] | None = None) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns or list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def codes_of(answer: dict[str, Any]) -> dict[str, Any]:
    """What a determination and an order row say alike."""
    if not answer["coverage"]["modelled"]:
        return {"status": "not_modelled", "determination_id": answer["id"]}
    missing = any(party["status"] == "not_in_store" for party in answer["parties"])
    open_answer = answer["review_policy"] == "undetermined" or answer["licence_required"] == "unknown"
    recorded = answer["as_recorded"] or answer
    return {
        "status": "undetermined" if missing or open_answer else "answered",
        "licence_required": answer["licence_required"],
        "exceptions": [f"{one['code']}={one['status']}" for one in answer["exceptions"]],
        "review_policy": answer["review_policy"],
        "review_policy_as_recorded": recorded["review_policy"],
        "determination_id": answer["id"],
    }


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(st.lists(orders(), min_size=1, max_size=5), st.sampled_from(["strict", "as-recorded"]))
def test_screening_answers_as_determining_does(rows: list[dict[str, str]], open_top: str) -> None:
    _, read = read_orders(as_csv(rows), "orders")
    assert [order.refusals for order in read] == [()] * len(rows)
    screened = list(Screening(determiner(open_top)).screen(read, "orders"))
    for order, row in zip(read, screened, strict=True):
        assert order.case is not None
        answer = determiner(open_top).determine([order.case])[0]
        expected = codes_of(answer)
        assert {key: row[key] for key in expected} == expected
        if row["status"] != "not_modelled" and row["reason"] != "party_not_in_store":
            assert answer["verdict"].startswith(row["reason"]), "the words are those of this order, not of its key"


BASE = {
    **dict.fromkeys(HEADER.split(","), ""),
    "order_id": "base",
    "date": "2026-02-01",
    "activity": "export",
    "destination": "DE",
    "consignee": "X:DE",
    "eccn": "3A090.a",
    "quantity_tpp": "5",
    "item.designer": "approved",
    "item.tpp": "20999",
    "item.dram_bandwidth_gb_s": "6499",
    "transaction.end_use": "data_centre",
    "conditions.dd_certifications": "true",
    "conditions.part_744_746_bar": "false",
    "conditions.aia_certification": "true",
    "consignee.located_in": "",
    "end_user.located_in": "",
}
CHINA = {"destination": "CN"}
EXHAUSTED = {
    "destination": "BR",
    "quantity_tpp": "790000001",
    "consignee": "X:CN",
    "item.tpp": "",
    "item.dram_bandwidth_gb_s": "",
}
VARIANTS: list[dict[str, str]] = [
    {},
    {"item.designer": "neither"},
    {"item.designer": ""},
    {"transaction.end_use": "iaas_training_4e091"},
    {"transaction.end_use": ""},
    {"conditions.part_744_746_bar": "true"},
    {"conditions.part_744_746_bar": ""},
    {"conditions.aia_certification": "false"},
    {"conditions.aia_certification": ""},
    {"eccn": "4A090.a", "item.designer": ""},
    {"end_user": "X:BR"},
    {"end_user": "X:DE", "end_user.located_in": "CN"},
    {"consignee": "X:TWO"},
    {"consignee": "X:KY"},
    {"consignee": "X:JOINT"},
    {"date": "2025-06-01"},
    CHINA,
    {**CHINA, "activity": "reexport"},
    {**CHINA, "date": "2025-06-01"},
    {**CHINA, "item.tpp": "21000"},
    {**CHINA, "item.tpp": ""},
    {**CHINA, "conditions.dd_certifications": "false"},
    {**CHINA, "conditions.dd_certifications": ""},
    {**CHINA, "end_user": "X:DE", "end_user.located_in": "DE"},
    {"destination": "MO"},
    {"destination": "RU"},
    {"destination": "VN"},
    {"destination": "BR"},
    {"destination": "BR", "quantity_tpp": "790000001"},
    EXHAUSTED,
    {**EXHAUSTED, "date": "2025-06-01"},
    {**CHINA, "consignee": "", "end_user": "X:DE", "end_user.located_in": "DE"},
    {**CHINA, "consignee.located_in": "DE", "end_user": "X:404"},
]


@pytest.mark.parametrize("backwards", [False, True])
def test_orders_that_differ_in_one_thing_never_share_an_answer_by_mistake(backwards: bool) -> None:
    """Each variant is screened after all others, so a key that leaves something out would hand over a wrong answer."""
    variants = VARIANTS[::-1] if backwards else VARIANTS
    rows = [{**BASE, **variant, "order_id": str(number)} for number, variant in enumerate(variants)]
    _, read = read_orders(as_csv(rows), "orders")
    screening = Screening(determiner())
    for order, row in zip(read, list(screening.screen(read, "orders")), strict=True):
        assert order.case is not None
        expected = codes_of(determiner().determine([order.case])[0])
        assert {key: row[key] for key in expected} == expected
    assert screening.distinct_keys >= len(VARIANTS)


def screened(text: str, **more: Any) -> list[dict[str, Any]]:
    _, rows = read_orders(text, "orders")
    return list(Screening(determiner(**more)).screen(rows, "orders"))


def quantities(rows: list[OrderRow]) -> list[int | None]:
    return [
        None
        if row.case is None or row.case.transaction.quantity_tpp is None
        else int(row.case.transaction.quantity_tpp)
        for row in rows
    ]


def test_rows_of_one_order_are_added_up() -> None:
    text = f"{HEADER},item.tpp,transaction.units\n" + "".join(
        f"{order},2025-06-01,export,BR,X:BR,,3A090.a,{quantity},{tpp},{units}\n"
        for order, quantity, tpp, units in [
            ("a", "400000000", "", ""),
            ("b", "5", "", ""),
            ("a", "", "10000", "39000"),
            ("a", "1", "", ""),
            ("c", "7", "", ""),
            ("c", "", "", ""),
            ("", "3", "", ""),
            ("", "4", "", ""),
        ]
    )
    _, rows = read_orders(text, "orders")
    assert quantities(rows) == [790_000_001, 5, 790_000_001, 790_000_001, None, None, 3, 4]
    policies = [row["review_policy"] for row in screened(text)]
    assert (
        policies
        == ["denial_policy", "approval_within_allocation"] + ["denial_policy"] * 2 + ["approval_within_allocation"] * 4
    )


def test_a_refused_row_leaves_its_order_without_a_sum() -> None:
    text = f"{HEADER}\na,2025-06-01,export,BR,X:BR,,3A090.a,5\na,2025-06-01,export,BR,X:BR,,3A090.a,lots\n"
    _, rows = read_orders(text, "orders")
    assert quantities(rows) == [None, None]
    assert [refusal.column for refusal in rows[1].refusals] == ["quantity_tpp"]


def test_units_that_contradict_the_quantity_are_refused() -> None:
    text = f"{HEADER},item.tpp,transaction.units\na,2025-06-01,export,BR,X:BR,,3A090.a,5,10,10\n"
    (row,) = screened(text)
    assert row["status"] == "refused"
    assert "100" in row["reason"]


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ("1,2025-06-31,export,BR,X:BR,,3A090.a,5", "date", "2025-06-31"),
        ("1,1748736000,export,BR,X:BR,,3A090.a,5", "date", "1748736000"),
        ("1,2025-06-01,smuggle,BR,X:BR,,3A090.a,5", "activity", "smuggle"),
        ("1,2025-06-01,export,Brazil,X:BR,,3A090.a,5", "destination", "Brazil"),
        ("1,2025-06-01,export,ZZ,X:BR,,3A090.a,5", "destination", "ZZ"),
        ("1,2025-06-01,export,BR,X:BR,,9X9,5", "eccn", "9X9"),
        ("1,2025-06-01,export,BR,X:BR,,3A090.a,-5", "quantity_tpp", "-5"),
        ("1,2025-06-01,export,BR,X:BR,,3A090.a,NaN", "quantity_tpp", "NaN"),
        ("1,2025-06-01,export,BR,X:BR,,3A090.a,inf", "quantity_tpp", "inf"),
        ("1,2025-06-01,export,BR,X:BR,,3A090.a,1e999999", "quantity_tpp", "1e999999"),
        ("1,2025-06-01,export,BR,X:BR,,3A090.a", "", ""),
        ("1,2025-06-01,export,BR,X:BR,,3A090.a,5,6", "", ""),
    ],
)
def test_refused_rows_stand_in_the_output_with_their_reason(cells: str, column: str, value: str) -> None:
    good = "2,2025-06-01,export,BR,X:BR,,3A090.a,5"
    _, rows = read_orders(f"{HEADER}\n{good}\n\n{cells}\n{good}\n", "orders")
    screening = Screening(determiner())
    found = list(screening.screen(rows, "orders"))
    assert [row["status"] for row in found] == ["answered", "refused", "answered"]
    assert found[1]["order_id"] == "1"
    assert found[1]["reason"]
    (refusal,) = screening.refusals
    assert (refusal.row, refusal.column, refusal.value) == (4, column, value), "rows count as a spreadsheet does"


def test_a_row_states_its_reading_as_a_case_does() -> None:
    row = "1,2025-06-01,export,BR,X:BR,,3A090.a,5"
    _, rows = read_orders(f"{HEADER},reading\n{row},\n{row},article\n{row},liberal\n", "orders")
    assert [one.case and one.case.reading for one in rows] == [None, "article", None]
    assert [(one.column, one.value) for one in rows[2].refusals] == [("reading", "liberal")]


def test_a_refused_fact_of_a_party_names_its_column() -> None:
    _, rows = read_orders(f"{HEADER},end_user.hq_in\n1,2025-06-01,export,BR,X:BR,X:DE,3A090.a,5,QQ\n", "orders")
    screening = Screening(determiner())
    assert [row["status"] for row in screening.screen(rows, "orders")] == ["refused"]
    assert [(one.column, one.value) for one in screening.refusals] == [("end_user.hq_in", "QQ")]


def test_parties_that_the_store_does_not_know() -> None:
    text = f"{HEADER}\n1,2025-06-01,export,BR,X:404,,3A090.a,5\n2,2025-06-01,export,RU,X:BR,X:404,3A090.a,5\n"
    rows = screened(text)
    assert [(row["status"], row["reason"]) for row in rows] == [("undetermined", "party_not_in_store")] * 2
    assert rows[1]["review_policy"] == "denial_presumption", "other facts still decide"
    assert (rows[0]["consignee_status"], rows[1]["end_user_status"]) == ("not_in_store", "not_in_store")


def test_columns_of_the_parties() -> None:
    text = f"{HEADER},end_user.ultimate_parent_hq_in\n1,2025-06-01,export,BR,X:TWO,X:CN,3A090.a,5,JP\n"
    (row,) = screened(text)
    assert (row["consignee_status"], row["consignee_ultimate_parent_hq"]) == ("conflicting", ["DE", "CN"])
    assert (row["end_user_status"], row["end_user_ultimate_parent_hq"]) == ("resolved", ("JP",)), "stated facts win"


def test_orders_of_equal_key_share_the_outcome_but_not_the_words() -> None:
    lines = [f"{code},2025-06-01,export,{code},X:BR,,3A090.a,5" for code in ("BR", "MX", "PT", "SG")]
    _, rows = read_orders("\n".join([HEADER, *lines]), "orders")
    screening = Screening(determiner())
    reasons = [row["reason"] for row in screening.screen(rows, "orders")]
    assert screening.distinct_keys == 1
    for reason, country in zip(reasons, ("Brazil", "Mexico", "Portugal", "Singapore"), strict=True):
        assert f"the destination is {country}" in reason
    india = ["5,2025-06-01,export,IN,X:BR,,3A090.a,5"]
    list(screening.screen(read_orders("\n".join([HEADER, *india]), "orders")[1], "orders"))
    assert screening.distinct_keys == 2, "a paragraph of its own is told apart"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks the columns order_id"),
        ("\n", "lacks the columns"),
        (HEADER.replace("eccn", "item"), "lacks the column eccn"),
        (f"{HEADER},date", "'date' twice"),
        (f"{HEADER},parties.name", "'parties.name' names no key"),
        (f"{HEADER},conditions.luck", "'conditions.luck' names no key"),
        (f"{HEADER},consignee.role", "'consignee.role' names no key"),
        (f"{HEADER},transaction.destination", "'destination' and 'transaction.destination' say the same"),
        (f"{HEADER},status", "already has the column status"),
        (f'{HEADER}\n"1', "no CSV"),
    ],
)
def test_files_that_cannot_be_orders(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_orders(text, "orders", COLUMNS)


def test_odd_characters_stay_in_their_cell() -> None:
    text = f'{HEADER},note\r\n1,2025-06-01,export,BR,X:BR,,3A090.a,5,"a\u2028b\x85c, ""d""\ne"\r\n'
    (row,) = screened(text)
    assert row["status"] == "answered"
    assert row["note"] == 'a\u2028b\x85c, "d"\ne'


def run(*arguments: str, stdin: bytes | None = None) -> Any:
    result = CliRunner().invoke(cli, list(arguments), input=stdin, standalone_mode=False)
    assert result.exception is None or isinstance(result.exception, BadInput), result.exception
    return result


@pytest.fixture
def store(tmp_path: Path) -> str:
    folder = tmp_path / "store"
    kinds = ("DirectConsolidation", "UltimateConsolidation")
    entities = [entity("A", "DE"), entity("B", "BR"), entity("C", "CN")]
    none = [absence(letter, level, "NO_KNOWN_PERSON") for letter in "BC" for level in ("Direct", "Ultimate")]
    vintage = date(2025, 5, 1)
    add_load(folder, "lei2", vintage, {"entities": entities})
    add_load(folder, "rr", vintage, {"relationships": [relationship("A", "C", kind) for kind in kinds]})
    add_load(folder, "repex", vintage, {"absences": none})
    return str(folder)


def test_the_command_writes_the_same_rows_and_more_columns(store: str, tmp_path: Path) -> None:
    lines = [
        f"1,2025-06-01,export,DE,{lei('A')},,3A090.a,5,keep me",
        f"2,2025-06-01,export,BR,{lei('B')},{lei('Z')},3A090.a,5,",
        "3,2025-06-01,export,Brazil,X,,3A090.a,5,",
        f"4,2025-06-01,export,US,{lei('B')},,3A090.a,5,",
        f"5,2025-06-01,service,BR,{lei('B')},,3A090.a,5,",
    ]
    text = "\ufeff" + "\r\n".join([f"{HEADER},note", *lines]) + "\r\n"
    path, out = tmp_path / "orders.csv", tmp_path / "out.csv"
    path.write_bytes(text.encode())
    result = run("screen", str(path), "--store", store, "-o", str(out))
    assert result.return_value == 2, "rows were refused"
    assert result.stdout == ""
    rows = list(csv.DictReader(out.open(encoding="utf-8", newline="")))
    assert list(rows[0]) == [*HEADER.split(","), "note", *COLUMNS]
    assert [row["status"] for row in rows] == ["answered", "undetermined", "refused", "not_modelled", "answered"]
    assert rows[0]["note"] == "keep me"
    assert rows[0]["review_policy"] == "denial_presumption"
    assert (rows[0]["consignee_ultimate_parent"], rows[0]["consignee_ultimate_parent_hq"]) == (lei("C"), "CN")
    assert rows[1]["reason"] == "party_not_in_store"
    rejects = list(csv.DictReader((tmp_path / "out.rejects.csv").open(encoding="utf-8", newline="")))
    assert [(row["row"], row["column"], row["value"]) for row in rejects] == [("4", "destination", "Brazil")]
    assert (rows[4]["licence_required"], rows[4]["exceptions"], rows[4]["review_policy"]) == ("no", "", "na")
    assert "5 order rows" in result.stderr


def test_the_command_from_stdin_and_as_json(store: str) -> None:
    text = f"\ufeff{HEADER}\n1,2025-06-01,export,DE,{lei('A')},,3A090.a,5\n"
    result = run("screen", "-", "--store", store, "--format", "json", stdin=text.encode())
    assert result.return_value == 0
    (row,) = map(json.loads, result.stdout.splitlines())
    assert row["review_policy"] == "denial_presumption"


def test_a_file_of_a_header_alone_has_no_rows(store: str) -> None:
    result = run("screen", "-", "--store", store, stdin=HEADER.encode())
    assert result.return_value == 0
    assert result.stdout == ",".join([HEADER, *COLUMNS]) + "\n"


@pytest.mark.parametrize("stdin", [b"", b"\xff\xfe\x00", HEADER.encode("utf-16")])
def test_a_file_that_is_none_is_bad_input(store: str, stdin: bytes) -> None:
    result = run("screen", "-", "--store", store, stdin=stdin)
    assert isinstance(result.exception, BadInput)


def test_many_orders(capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty thousand rows take seconds, not minutes; how many a second is reported, not asserted."""
    places, parties = ("DE", "BR", "CN", "VN", "JP"), ("X:DE", "X:CN", "X:BR", "X:OPEN", "X:TWO")
    lines = [
        f"o{n},{day},export,{places[n % 5]},{parties[n // 5 % 5]},,3A090.a,{1000 + n}"
        for n in range(20_000)
        for day in [("2025-06-01", "2025-06-02", "2026-02-01")[n % 3]]
    ]
    started = time.perf_counter()
    _, rows = read_orders("\n".join([HEADER, *lines]), "orders")
    screening = Screening(determiner())
    answered = sum(1 for _ in screening.screen(rows, "orders"))
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\n  screening: {answered / seconds:,.0f} rows a second, {screening.distinct_keys} keys")
    assert answered == 20_000
    assert screening.distinct_keys <= 60, "two days of one epoch, and countries of one signature, share a key"
