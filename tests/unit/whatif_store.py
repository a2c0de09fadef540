"""A small store in which a parent hangs on a share: `A` (China) has 62.5 percent of `B` (Germany), `C` (Japan) 30."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ownership_store import absence, add_load, entity

from topco.ownership.shares import PERCENT
from topco.store.store import Store

DAY = date(2026, 1, 31)


def holding(owner: str, owned: str, share: str, **more: Any) -> dict[str, Any]:
    exact = int(float(share) * PERCENT)
    row = {"owner": owner, "owned": owned, "interest": "shares", "share_exact": exact, "standing": "Current"}
    return {**row, "stale": False, "record": f"test/{owner}-{owned}", **more}


def small_store(path: Path) -> Path:
    """The store in this folder."""
    store = Store.open(path, create=True)
    add_load(
        store,
        "test",
        date(2025, 3, 2),
        entities=[entity("X:A", "A plc", "CN"), entity("X:B", "B GmbH", "DE"), entity("X:C", "C KK", "JP")],
        absences=[
            absence("X:A", "NATURAL_PERSONS"),
            absence("X:C", "NATURAL_PERSONS"),
            absence("X:B", "NATURAL_PERSONS"),
        ],
        holdings=[
            holding("X:A", "X:B", "62.5", valid_from=date(2025, 9, 1)),
            holding("X:C", "X:B", "30"),
        ],
    )
    return path
