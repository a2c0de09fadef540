"""A reconciliation service over a small store: namesakes, a judged name, markup in a name, chains of every ending."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from ownership_store import absence, entity, make_store, relationship
from starlette.testclient import TestClient

from topco.errors import TopcoError
from topco.identity.judgements import Judgement, judge
from topco.server import problem
from topco.server.reconcile import router
from topco.store.store import Store

HERE = "http://127.0.0.1:8765"
SCRIPT = "<script>alert('x')</script> & \"Söhne\" GmbH"


def lei(letter: str) -> str:
    return f"LEI:{letter * 18}00"


A, B, C, D, E, F, G, S, T, X = map(lei, "ABCDEFGSTX")
OUTSIDE = lei("Z")
COMPANIES = [
    entity(A, "Beispiel Halbleiter GmbH", "DE", registration_authority="RA000242", registration_number="HRB 12345"),
    entity(B, "Beispiel Halbleiter GmbH", "AT", registration_number="FN 77"),
    entity(C, "Nordic Technologies Limited", "GB", registration_number="00102498", registered_country="JE"),
    entity(D, "Nordic Technologies Income Fund", "LU", kind="Fund"),
    entity(E, "Alleinsteher AG", None, registered_country="CH", jurisdiction="CH-ZG", last_update=None),
    entity(F, "三星电子有限公司", "SG", name_language="zh"),
    entity(G, "Nordic Technologies Branch Oslo", "NO", kind="Branch"),
    entity(S, SCRIPT, "DE"),
    entity(T, "Alpine Top AG", "CH"),
    entity(X, "Something of Unknown Kind", "FR", kind=None),
]


def store_in(path: Path) -> Store:
    """A top with a confirmed end, one that is silent, one outside the data, one withheld."""
    store = make_store(
        path,
        entities=COMPANIES,
        names=[{"id": F, "name": "Samsong Electronics", "record": "names/F"}],
        relationships=[
            relationship(A, T, "UltimateConsolidation"),
            relationship(B, C),
            relationship(D, OUTSIDE),
        ],
        absences=[absence(T, "NO_KNOWN_PERSON"), absence(S, "NON_CONSOLIDATING")],
    )
    judge(
        store, [Judgement("NAME:SE/Nordtek", C, "same", "ann"), Judgement("NAME:/Nordic Tech", D, "different", "ann")]
    )
    return store


def client_of(store: Store, *cors: str) -> TestClient:
    """A client of the service alone, with the server's answers to errors."""
    app = FastAPI()
    app.add_exception_handler(TopcoError, problem.of_topco)
    app.add_exception_handler(RequestValidationError, problem.of_validation)
    app.include_router(router(lambda: store, cors))
    return TestClient(app, base_url=HERE, raise_server_exceptions=True)


def asked(client: TestClient, **queries: Any) -> dict[str, Any]:
    """The answers to queries, by their keys: the lists of candidates."""
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    return {key: one["result"] for key, one in answer.json().items()}


def extended(client: TestClient, ids: list[str], *properties: Any) -> dict[str, Any]:
    """The answer to an extension; a property is its identifier or identifier and settings."""
    wanted = [{"id": one} if isinstance(one, str) else {"id": one[0], "settings": one[1]} for one in properties]
    answer = client.post("/reconcile", data={"extend": json.dumps({"ids": ids, "properties": wanted})})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
