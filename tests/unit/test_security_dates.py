"""Days far out: the calendar's first and last break no page, and a record that is dated so no list."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from served_sample import writing_client

FIRST, LAST = "0001-01-01", "9999-12-31"


@pytest.fixture
def writer(tmp_path: Path) -> TestClient:
    return writing_client(tmp_path / "store")


@pytest.mark.parametrize("day", [FIRST, "9995-01-01", LAST])
def test_a_record_of_a_day_far_out_does_not_break_the_list(writer: TestClient, day: str) -> None:
    case = {"id": "C", "transaction": {"date": day, "activity": "export", "destination": "DE"}}
    assert writer.post("/api/v1/records", json=case).status_code == 201
    (row,) = writer.get("/api/v1/records").json()["records"]
    kept = writer.get(f"/records/{row['record']}", headers={"Accept": "text/html"})
    assert row["keep_until"] > "2026"
    assert kept.status_code == writer.get("/records").status_code == 200
    assert row["keep_until"] in kept.text


@pytest.mark.parametrize("day", [FIRST, LAST])
def test_records_until_a_day_far_out_are_counted(writer: TestClient, day: str) -> None:
    case = {"id": "C", "transaction": {"date": "2025-06-01", "activity": "export", "destination": "DE"}}
    assert writer.post("/api/v1/records", json=case).status_code == 201
    found = writer.get("/api/v1/records", params={"until": day})
    assert found.status_code == 200
    assert found.json()["total"] == (1 if day == LAST else 0)
