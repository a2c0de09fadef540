"""Names of parties that are no names: without a letter, with half of one, with what is no text."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from served_sample import client

CASE = {"id": "C", "transaction": {"date": "2025-06-01", "activity": "export", "destination": "DE"}}


@pytest.fixture(scope="module")
def reader(sample: Path) -> TestClient:
    return client(sample)


@pytest.mark.parametrize("name", ["—", "?", "\x00", "\ufffd", "...", "\u202e", "\u0301"])
def test_a_name_without_a_letter_means_nobody(reader: TestClient, name: str) -> None:
    case = {**CASE, "parties": [{"role": "end_user", "name": name}]}
    answered = reader.post("/api/v1/determinations", json=case)
    page = reader.get("/case", params={"transaction.destination": "DE", "end_user.name": name})
    assert answered.status_code == page.status_code == 200, answered.text
    parties = answered.json()["determination"]["parties"]
    assert {one["entity"] for one in parties if one["role"] == "end_user"} == {None}
