"""Cases of our own for the licensing tests: a plain one, changed where a scenario differs."""

from __future__ import annotations

from datetime import date
from typing import Any

from topco.licensing.cases.case import Case, parse_case
from topco.licensing.cases.recipients import Recipient
from topco.licensing.determine import Determiner, Options

TODAY = date(2026, 11, 24)
BEFORE, AFTER = "2025-08-01", "2026-02-01"
PAPERS = ("aia_certification", "lpp_certification", "purchase_order", "nac_notice_25_days", "acm_accounting")


def party(located: str | None, hq: Any, parent: Any, role: str = "ultimate_consignee", **more: Any) -> dict[str, Any]:
    """A party by its three country facts; None is unknown."""
    name = more.pop("name", f"the {role} company")
    facts = {"located_in": located, "hq_in": hq, "ultimate_parent_hq_in": parent}
    return {"role": role, "name": name, **facts, **more}


def case(destination: str | None, *parties: dict[str, Any], day: str | None = BEFORE, **sections: Any) -> Case:
    """A case: an export of a datacentre chip with every fact known and every paper there, unless `sections` differ.

    Being for data centres, it is closed to NAC, ACA and ACM; LPP has its whole yearly cap left.
    """
    data: dict[str, Any] = {
        "id": "scenario",
        "transaction": {
            "date": day,
            "activity": "export",
            "destination": destination,
            "quantity_tpp": 1_000_000,
            "end_use": ["data_centre"],
        },
        "item": {"eccn": "3A090.a", "designer": "authorised", "datacentre": True},
        "parties": list(parties),
        "conditions": {
            **dict.fromkeys(PAPERS, True),
            "nac_confirmation": True,
            "part_744_746_bar": False,
        },
        "tallies": {"lpp_group_year_tpp": 0},
    }
    for section, values in sections.items():
        data[section] = {**data.get(section, {}), **values} if isinstance(values, dict) else values
    return parse_case(data, "scenario")


def determine(asked: Case, store: dict[str, Recipient] | None = None, open_top: str = "strict") -> dict[str, Any]:
    """The answer to one case; `store` holds the parties that a register knows."""
    determiner = Determiner(
        Options(open_top=open_top),
        None if store is None else lambda ids, _: {one: store[one] for one in ids if one in store},
        [],
        TODAY,
    )
    return determiner.determine([asked])[0]


def policy(destination: str | None, *parties: dict[str, Any], day: str = BEFORE, **sections: Any) -> str:
    """The review policy of a case."""
    answer: str = determine(case(destination, *parties, day=day, **sections))["review_policy"]
    return answer


def status(answer: dict[str, Any], code: str) -> str:
    """The status of an exception."""
    (exception,) = [one for one in answer["exceptions"] if one["code"] == code]
    found: str = exception["status"]
    return found


def aia(answer: dict[str, Any]) -> str:
    """The status of the exception AIA."""
    return status(answer, "AIA")


def conditions(answer: dict[str, Any], state: str, code: str = "AIA") -> set[str]:
    """The conditions of an exception that are in a state."""
    (exception,) = [one for one in answer["exceptions"] if one["code"] == code]
    return {one["id"] for one in exception["conditions"] if one["state"] == state}
