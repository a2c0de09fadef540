"""What pages of the workbench call things: words for codes, colours that do not mislead, a way on from each page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from html_pages import HTML, text_of

from served_sample import client, writing_client
from small_store import add_german
from stated_cases import case
from topco.licensing.orders.answer_columns import NOT_IN_STORE
from topco.reports.words import word
from workbench_pages import link, page

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

GERMAN = {"name": "Alpha GmbH", "located_in": "DE", "hq_in": "DE"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A denial, an approval and an answer that is open, each kept."""
    path = tmp_path / "store"
    add_german(path, "FR")
    writer = writing_client(path)
    for name, party in (("CN", {"ultimate_parent_hq_in": "CN"}), ("FR", {"ultimate_parent_hq_in": "FR"}), ("open", {})):
        assert writer.post("/api/v1/records", json=case(name, **GERMAN, **party)).status_code == 201
    return path


@pytest.fixture
def reader(store: Path) -> TestClient:
    return client(store)


@pytest.mark.parametrize(("record", "tone"), [("rec:1", "bad"), ("rec:2", "warn"), ("rec:3", "warn")])
def test_a_record_has_the_colour_of_its_case_and_leads_to_it(reader: TestClient, record: str, tone: str) -> None:
    tree = page(reader, f"/records/{record}")
    assert [one.get("class") for one in tree.iter() if "verdict" in (one.get("class") or "")] == [f"verdict {tone}"]
    (kept,) = [one.get("value") for one in tree.iter(f"{HTML}input") if one.get("name") == "case"]
    opened = reader.post("/case", data={"case": kept})
    assert opened.url.params["item.eccn"] == "3A090.a"
    assert f'class="verdict {tone}"' in opened.text


def test_of_several_review_policies_the_page_says_which_decides(reader: TestClient) -> None:
    said = "Where several apply, the strictest decides."
    facts = "transaction.activity=export&transaction.date=2025-06-01&transaction.destination=DE&item.eccn=3A090.a"
    german = f"{facts}&ultimate_consignee.hq_in=DE&ultimate_consignee.ultimate_parent_hq_in="
    assert said in reader.get(f"/case?{german}CN").text
    assert said not in reader.get(f"/case?{german}DE").text


def test_changes_are_said_in_words(reader: TestClient) -> None:
    facts = "transaction.activity=export&transaction.date=2025-06-01&transaction.destination=DE&item.eccn=3A090.a"
    tree = page(reader, f"/case/whatif?{facts}&ultimate_consignee.hq_in=DE&ultimate_consignee.ultimate_parent_hq_in=CN")
    headings = [text_of(one) for one in tree.iter(f"{HTML}h3")]
    assert "AIA: available? Now: does not apply" in headings
    assert "Review policy: milder? Now: presumption of denial" in headings
    said = text_of(tree)
    assert "?:" not in said
    for code in ("denial_presumption", "true", "false"):
        assert code not in said.split()


def test_what_was_not_loaded_on_a_day_leads_to_what_is_loaded_now(reader: TestClient) -> None:
    tree = page(reader, "/entity/LEI:NOBODY?known_as_of=2020-01-01", status=404)
    assert link(tree, "The same with everything that is loaded now") == "/entity/LEI:NOBODY"
    assert "everything that is loaded" not in text_of(page(reader, "/entity/LEI:NOBODY", status=404))


def test_an_order_to_a_party_that_is_not_loaded_says_so_in_words() -> None:
    assert word("reason", NOT_IN_STORE).startswith("The loaded data do not hold this party")


def test_an_item_of_which_nothing_is_known_is_named_in_words(reader: TestClient) -> None:
    facts = "transaction.activity=export&transaction.date=2025-06-01&transaction.destination=DE"
    tree = page(reader, f"/case?{facts}&ultimate_consignee.hq_in=DE&ultimate_consignee.ultimate_parent_hq_in=DE")
    said = [text_of(one) for one in tree.iter() if "verdict" in (one.get("class") or "").split()]
    assert "it depends on the control-list entry of the item" in said[0]
    assert "item.eccn" not in said[0]
