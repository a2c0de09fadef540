"""Orders that are asked about, and the check that an honest answer is derived again from its proof."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from topco.store.store import Store
from topco.store.today import today
from topco.verification.verify import verify

TODAY = today()


def written_otherwise(value: Any) -> Any:
    """The same JSON with the keys of every object the other way round, as another program may write it."""
    if isinstance(value, dict):
        return {key: written_otherwise(inner) for key, inner in reversed(value.items())}
    return [written_otherwise(inner) for inner in value] if isinstance(value, list) else value


def holds(answer: dict[str, Any], store: Store | None = None) -> None:
    again = written_otherwise(json.loads(json.dumps(answer, ensure_ascii=False)))
    for against in (None, store) if store is not None else (None,):
        found = verify(again, "test", against)
        assert found.derived
        assert found.holds, found.as_json()["findings"][:3]


def order(parties: Sequence[str | None], day: str, eccn: str) -> dict[str, Any]:
    named = [{"entity": one} if one else {"name": "Listed Party", "hq_in": "DE"} for one in parties]
    roles = ("ultimate_consignee", "end_user", "purchaser")
    return {
        "id": "1",
        "transaction": {"activity": "export", "date": day, "destination": "BR", "quantity_tpp": 1000},
        "item": {"eccn": eccn},
        "parties": [{"role": role, **one} for role, one in zip(roles, named, strict=False)],
    }
