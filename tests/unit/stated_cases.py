"""Cases of an export to Germany, as a user writes them: one that is denied, one that nobody can decide."""

from __future__ import annotations

from typing import Any

DAY = "2025-06-01"


def case(case_id: str, /, **party: Any) -> dict[str, Any]:
    return {
        "id": case_id,
        "transaction": {"date": DAY, "activity": "export", "destination": "DE", "quantity_tpp": 1000},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", **party}],
        "conditions": {"part_744_746_bar": False},
    }


DENIED = case("denied", name="Alpha GmbH", located_in="DE", hq_in="DE", ultimate_parent_hq_in="CN")
OPEN = case("open", name="Beta GmbH", located_in="DE", hq_in="DE")
