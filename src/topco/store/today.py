"""The day of now, as loads are dated."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """The day of asking, UTC: what "now" means for loads, ages and undated cases."""
    return datetime.now(UTC).date()
