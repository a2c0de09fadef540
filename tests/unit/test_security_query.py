"""Queries that are written to hold the server up: what their answers take is no work of the event loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from served_sample import client
from topco.compile.sparql_tokens import split
from topco.server.workbench import query
from topco.server.workbench.query_answer import MOST_LINES, MOST_NESTED, of_triples


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with client(tmp_path_factory.mktemp("asked") / "store") as running:
        yield running


def test_a_long_run_of_letters_and_points_is_split_soon() -> None:
    begun = time.monotonic()
    assert len(split("ASK {" + "a." * 20_000)) == 40_002
    assert time.monotonic() - begun < 8  # it took half a minute, and a server waited for it


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a.b:c", ["a.b:c"]),
        ("a.:c", ["a", ".", ":c"]),
        ("a..b.c:d.e.", ["a..b.c:d.e", "."]),
        ("ab.c", ["ab", ".", "c"]),
    ],
)
def test_prefixes_are_read_as_before(text: str, names: list[str]) -> None:
    assert [one.text for one in split(text)] == names


def test_few_nodes_with_thousands_of_lines_are_no_picture() -> None:
    def triples(count: int) -> bytes:
        return "".join(f"<urn:a> <urn:p{one}> <urn:b> .\n" for one in range(count)).encode()

    assert of_triples(triples(MOST_LINES)).picture is not None
    shown = of_triples(triples(MOST_LINES + 1))
    assert (shown.picture, shown.nodes, shown.count) == (None, 2, MOST_LINES + 1)


@pytest.mark.parametrize(
    ("path", "work"),
    [
        ("/query?query=SELECT+(1+AS+%3Fa)+%7B%7D", "of_results"),
        ("/query?query=CONSTRUCT+%7B%3Curn:a%3E+%3Curn:b%3E+1%7D+%7B%7D", "of_triples"),
        ("/query?query=SELECT+(1+AS+%3Fa)+%7B%7D", "page"),
        ("/query/download?form=CSV&query=SELECT+(1+AS+%3Fa)+%7B%7D", "plain_rows"),
        ("/query?query=ASK+%7B%3Fs+%3Fp+%3Fo%7D&param.o=1", "prepared"),
    ],
)
def test_what_an_answer_takes_holds_nobody_up(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch, path: str, work: str
) -> None:
    threads: list[str] = []
    done = getattr(query, work)

    def watched(*given: Any, **named: Any) -> Any:
        threads.append(threading.current_thread().name)
        return done(*given, **named)

    monkeypatch.setattr(query, work, watched)
    assert reader.get(path).status_code in (200, 400)
    assert threads
    assert all(one.startswith("AnyIO worker thread") for one in threads), threads


@pytest.mark.parametrize("depth", [MOST_NESTED + 1, 300, 600])
@pytest.mark.parametrize("path", ["/query", "/query/download"])
def test_statements_about_statements_without_end_are_refused_in_words(
    reader: TestClient, path: str, depth: int
) -> None:
    steps = " ".join(f"BIND(TRIPLE(<a:s>,<a:p>,?x{one}) AS ?x{one + 1})" for one in range(depth))
    asked = {"query": f"SELECT ?x{depth} {{ BIND(<a:o> AS ?x0) {steps} }}", "form": "CSV"}
    refused = reader.get(path, params=asked, headers={"Accept": "text/html"})
    assert refused.status_code == 400
    assert "statements about statements" in refused.text
