"""The interface fuzzed from its own description: whatever is sent, an answer in words and never a failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from served_sample import TOKEN, sample_store
from serving_process import served
from topco.application.application import Application
from topco.server.app import create_app
from topco.server.settings import Settings

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_HEADERS = {"Authorization": f"Bearer {TOKEN}"}
_SECONDS = 120
_ENDLESS = "/events"
"""What is read until its job ends, in tests of its own."""

# The operations are known when tests are collected: the description needs no store.
_described = create_app(Application(Path("no-store")), Settings(write=True, token=TOKEN)).openapi()
_operations = [
    operation
    for found in schemathesis.openapi.from_dict(_described).get_all_operations()
    if not (operation := found.ok()).path.endswith(_ENDLESS)
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that lets everything be written to a store of its own."""
    store = sample_store(tmp_path_factory.mktemp("fuzzed") / "store")
    with served(store, "--write", TOPCO_TOKEN=TOKEN) as found:
        yield found


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", _operations, ids=lambda one: one.label)
def test_whatever_is_sent_is_answered_as_described(address: str, operation: Any, mode: GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    def sent(case: Any) -> None:
        answer = case.call(base_url=address, headers=_HEADERS, timeout=_SECONDS)
        case.validate_response(answer, checks=_CHECKS)

    try:
        sent()
    except Unsatisfiable:
        pytest.skip("nothing that this operation takes can be wrong")
