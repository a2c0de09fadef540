"""Pages of other sites: what they post is refused, however their origin is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from served_sample import TOKEN, client


@pytest.mark.parametrize(
    "origin", ["http://[", "http://[::1", "", "file://", "http://a@127.0.0.1", "http://127.0.0.1:1", "\xff"]
)
@pytest.mark.parametrize("path", ["/api/v1/ledger/expirations", "/sparql", "/reconcile", "/sign-in", "/screening"])
def test_an_origin_that_is_no_address_is_another_site(tmp_path: Path, origin: str, path: str) -> None:
    server = client(tmp_path / "store", write=True, token=TOKEN, cors=("http://127.0.0.1:3333",))
    headers = {"Origin": origin.encode("latin-1"), "Authorization": f"Bearer {TOKEN}".encode()}
    answer = server.post(path, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_origin_that_is_no_address_reads_no_reconciliation(tmp_path: Path) -> None:
    server = client(tmp_path / "store")
    assert server.get("/reconcile", headers={"Origin": "http://["}).status_code == 403
