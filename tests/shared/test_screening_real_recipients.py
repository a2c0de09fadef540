"""Orders to the recipients of real LEI records: who is caught only through the headquarters of the group's top."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from commands import Run

from topco.errors import ANSWERED
from topco.licensing.law.body import load_law

pytestmark = pytest.mark.shared
DAY = date(2025, 6, 1)
HQ, ADDRESS = "Entity.HeadquartersAddress.Country", "Entity.LegalAddress.Country"


@pytest.fixture(scope="module")
def records(shared_data: Path) -> pl.DataFrame:
    path = shared_data / "gleif-bulk-2025" / "recolumned" / "lei2.csv.gz"
    return pl.read_csv(path, infer_schema=False).select(id=pl.format("LEI:{}", "LEI"), hq=HQ, address=ADDRESS)


def test_recipients_caught_only_through_the_top_of_their_group(
    run: Run, shared_data: Path, records: pl.DataFrame, tmp_path: Path
) -> None:
    folder = shared_data / "gleif-bulk-2025" / "recolumned"
    code, _, err = run("load", "gleif", folder, "--store", tmp_path / "store", "--defer-graph")
    assert code in (0, 1), err
    orders = tmp_path / "orders.csv"
    asked = records.select(
        order_id="id",
        date=pl.lit(DAY.isoformat()),
        activity=pl.lit("export"),
        destination=pl.lit("DE"),
        consignee="id",
        eccn=pl.lit("3A090.a"),
        quantity_tpp=pl.lit("5"),
    )
    asked.write_csv(orders)
    output = tmp_path / "out.parquet"
    options = ("--open-top", "as-recorded", "--store", tmp_path / "store", "-o", output)
    assert run("screen", orders, *options)[0] == ANSWERED
    answers = pl.read_parquet(output).rename(
        {"consignee_ultimate_parent": "top", "consignee_ultimate_parent_hq": "top_hq"}
    )
    assert len(answers) == len(records) > 20_000

    groups = load_law().slice_on(DAY).groups_of
    caught = [code for code, held in groups.items() if "MacauOrD5" in held or "D5" in held] + ["HK", "MO"]
    inside = pl.col("top_hq").is_in(caught)
    tops = records.select(top="id", top_address="address")
    found = answers.join(records, left_on="consignee", right_on="id").join(tops, on="top", how="left")
    through_top = found.filter(~pl.col("hq").is_in(caught) & inside)
    assert len(through_top) == 51
    assert len(through_top.filter(~pl.col("top_address").is_in(caught))) == 10
    assert set(through_top["review_policy"]) == {"denial_presumption"}
    assert through_top["reason"].str.contains("the ultimate parent of").all()

    gone = found.filter(pl.col("consignee_status") == "outside_data")
    assert len(gone) > 1_000
    assert set(gone["top_hq"]) == {""}, "a parent without a record has no headquarters here"
    assert set(gone["status"]) <= {"undetermined", "answered"}
    unknown = gone.filter(pl.col("status") == "undetermined")
    assert len(unknown) > 0.9 * len(gone)
    assert unknown["reason"].str.contains("where the ultimate parent of").all()
