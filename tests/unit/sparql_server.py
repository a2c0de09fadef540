"""A SPARQL endpoint over a small store: three loads, of which the graphs of the protocol's tests are made."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.testclient import TestClient

from small_store import add_load, entity, lei, relationship
from topco.server.sparql.limits import Limits
from topco.server.sparql.pool import Workers
from topco.server.sparql.router import router
from topco.store.graph import build_graph
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARCH = datetime(2025, 3, 2, 12, tzinfo=UTC)
LOAD = "https://w3id.org/topco/load/"
# What stands for data1.rdf, data2.rdf and data3.rdf of the W3C tests, and a resource that only that graph types.
GRAPHS = {
    1: f"{LOAD}gleif-lei2-2025-03-01",
    2: f"{LOAD}gleif-other-2025-03-01",
    3: f"{LOAD}gleif-rr-2025-03-01",
}
RESOURCES = {
    1: f"https://w3id.org/topco/id/LEI/{lei('A')[4:]}",
    2: f"https://w3id.org/topco/id/LEI/{lei('B')[4:]}",
    3: f"https://w3id.org/topco/record/gleif/rr/R-{lei('B')[4:]}-{lei('A')[4:]}-D",
}


def make_store(path: Path) -> Path:
    """A store with three loads and its graph."""
    add_load(path, "lei2", date(2025, 3, 1), {"entities": [entity("A", "CN")]}, MARCH)
    add_load(path, "other", date(2025, 3, 1), {"entities": [entity("B", "DE")]}, MARCH)
    add_load(path, "rr", date(2025, 3, 1), {"relationships": [relationship("B", "A")]}, MARCH)
    build_graph(Store.open(path))
    return path


def make_app(workers: Workers) -> FastAPI:
    """The endpoint alone."""
    app = FastAPI(lifespan=workers.running)
    app.include_router(router(workers))
    return app


@contextmanager
def serving(path: Path, **limits: float) -> Iterator[tuple[TestClient, Workers]]:
    """A client of an endpoint over the store in a folder."""
    workers = Workers(path, Limits(**{"workers": 1, "seconds": 20, "wait_seconds": 20, **limits}))  # type: ignore[arg-type]
    with TestClient(make_app(workers), follow_redirects=False) as client:
        yield client, workers
