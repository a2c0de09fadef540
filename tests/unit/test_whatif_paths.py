"""Paths of the case format: every fact has one, nothing else has, and to set one is to edit the file."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from topco.errors import BadInput
from topco.licensing.cases.case import parse_case
from topco.licensing.changes.paths import changed, parse_setting, value_at
from whatif_cases import PLAIN, edit

CONSIGNEE = "ultimate_consignee"


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("transaction.date=2026-01-15", "transaction.date", "2026-01-15"),
        ("transaction.quantity_tpp=5e6", "transaction.quantity_tpp", 5_000_000),
        ('transaction.end_use=["storage"]', "transaction.end_use", ["storage"]),
        ("transaction.end_use[1]=storage", "transaction.end_use[1]", "storage"),
        ("conditions.purchase_order=false", "conditions.purchase_order", False),
        ("conditions.purchase_order = null", "conditions.purchase_order", None),
        ("parties[0].ultimate_parent_hq_in=CN", "parties[0].ultimate_parent_hq_in", "CN"),
        ("ultimate_consignee.hq_in=CN", "parties[0].hq_in", "CN"),
        ("ultimate_consignee.hq_in[1]=US", "parties[0].hq_in[1]", "US"),
        ("parties[1].role=end_user", "parties[1].role", "end_user"),
        ('parties[0].name="123"', "parties[0].name", "123"),
        ("item.processing_units[0].operations[0].tera_ops=1", "item.processing_units[0].operations[0].tera_ops", 1),
        ("veu.installed_tpp_by_country.DE=5", "veu.installed_tpp_by_country.DE", 5),
        ("reading=enforced", "reading", "enforced"),
        ("tallies=null", "tallies", None),
    ],
)
def test_a_fact_has_a_path_and_to_set_it_is_to_edit_the_file(text: str, path: str, value: Any) -> None:
    data: dict[str, Any] = copy.deepcopy(PLAIN)
    setting = parse_setting(text, data, CONSIGNEE)
    assert (setting.path, setting.value) == (path, value)
    by_hand = copy.deepcopy(PLAIN)
    if path == "parties[0].hq_in[1]":
        by_hand["parties"][0]["hq_in"] = ["DE", "US"]
    elif path == "transaction.end_use[1]":
        by_hand["transaction"]["end_use"].append("storage")
    elif path == "parties[1].role":
        by_hand["parties"].append({"role": "end_user"})
    elif path.startswith("item.processing_units"):
        by_hand["item"]["processing_units"] = [{"operations": [{"tera_ops": 1}]}]
    else:
        edit(by_hand, path, value)
    assert changed(data, [setting], CONSIGNEE) == by_hand
    assert data == PLAIN, "the case itself stays as it is"
    assert value_at(by_hand, setting.steps) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("transaction.dat=2026-01-15", "transaction.date"),
        ("destination=CN", "transaction.destination"),
        ("hq_in=CN", "parties[0].hq_in"),
        ("condition.purchase_order=true", "conditions"),
        ("ultimate_consigne.hq_in=CN", "ultimate_consignee"),
        ("end_user.hq_in=CN", "parties[0] (ultimate_consignee)"),
        ("parties[7].hq_in=CN", "[1], not [7]"),
        ("transaction.date.year=2026", "nothing below transaction.date"),
        ("parties.hq_in=CN", "nothing below parties"),
        ("transaction[0]=1", "nothing below transaction"),
        ("id=other", "no fact id"),
        ("expect=1", "no fact expect"),
        ("transaction.date", "no PATH=VALUE"),
        ("=1", "no PATH=VALUE"),
        ("a b=1", "no part of a path"),
        ("transaction.end_use=[storage", "not JSON"),
    ],
)
def test_what_is_no_path_is_refused_with_near_names(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        changed(PLAIN, [parse_setting(text, PLAIN, CONSIGNEE)], CONSIGNEE)
    assert words in str(refused.value)


@pytest.mark.parametrize("text", ["transaction.date=soon", "transaction.activity=exprt", "parties[0].hq_in=Germany"])
def test_a_value_that_the_format_does_not_have_is_refused_with_its_path(text: str) -> None:
    setting = parse_setting(text, PLAIN, CONSIGNEE)
    with pytest.raises(BadInput, match=setting.path.replace("[", r"\[").replace("]", r"\]")):
        parse_case(changed(PLAIN, [setting], CONSIGNEE), "--set")


def test_the_party_of_the_activity_may_be_left_out() -> None:
    data: dict[str, Any] = {"transaction": {"activity": "export"}}
    setting = parse_setting("ultimate_consignee.hq_in=CN", data, CONSIGNEE)
    assert changed(data, [setting], CONSIGNEE)["parties"] == [{"role": "ultimate_consignee", "hq_in": "CN"}]
    with pytest.raises(BadInput, match="No parties of the case have the role end_user"):
        parse_setting("end_user.hq_in=CN", data, CONSIGNEE)


def test_a_role_that_two_parties_have_names_neither() -> None:
    data = json.loads(json.dumps(PLAIN))
    data["parties"].append({"role": "ultimate_consignee"})
    with pytest.raises(BadInput, match="2 parties of the case have the role"):
        parse_setting("ultimate_consignee.hq_in=CN", data, CONSIGNEE)
