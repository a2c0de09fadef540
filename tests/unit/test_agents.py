"""The agents' face, asked by a client of the same kit."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from served_sample import GERMAN
from topco.application.application import Application

mcp = pytest.importorskip("mcp", reason="the optional package topco[mcp] is not installed")

CASE = {
    "id": "C",
    "transaction": {"date": "2025-06-01", "activity": "export", "destination": "DE"},
    "item": {"eccn": "3A090.a"},
    "parties": [{"role": "ultimate_consignee", "entity": GERMAN}],
}


def asked(sample: Path, question: Callable[[Any], Awaitable[Any]]) -> Any:
    from mcp import Client

    from topco.server.agents import agents_server
    from topco.server.agents_queries import asked_of
    from topco.server.sparql.limits import Limits
    from topco.server.sparql.pool import Workers

    async def run() -> Any:
        workers = Workers(sample, Limits(workers=1, seconds=5.0, rows=1_000))
        async with Client(agents_server(Application(sample), asked_of(workers), workers.running)) as client:
            return await question(client)

    return asyncio.run(run())


def call(sample: Path, tool: str, **arguments: Any) -> Any:
    return asked(sample, lambda client: client.call_tool(tool, arguments))


def test_tools_say_what_they_take_and_give_and_that_they_only_read(sample: Path) -> None:
    tools = asked(sample, lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == ["search", "resolve", "determine", "explain", "query"]
    for tool in tools:
        assert tool.description
        assert tool.output_schema["properties"]
        assert tool.annotations.read_only_hint is True


def test_a_search_leads_to_a_resolution(sample: Path) -> None:
    hits = call(sample, "search", text="rosneft deutschland").structured_content["hits"]
    assert hits[0]["id"] == GERMAN
    found = call(sample, "resolve", identifier=hits[0]["id"]).structured_content["resolution"]
    assert found == {
        name: value for name, value in Application(sample).entities.resolve(GERMAN).items() if name != "proof"
    }


def test_a_determination_is_that_of_the_application_without_its_proofs(sample: Path) -> None:
    found = call(sample, "determine", case=CASE).structured_content
    whole = Application(sample).cases.determine(json.dumps(CASE))[0].answer
    assert found["determination"]["id"] == whole["id"]
    assert found["determination"]["verdict"] == whole["verdict"]
    assert "proof" not in found["determination"]
    assert "proof" not in found["determination"]["parties"][0]["resolution"]


def test_explanations_of_entities_and_of_cases(sample: Path) -> None:
    of_entity = call(sample, "explain", subject=GERMAN).structured_content["proof"]
    assert "ASSERTED" in of_entity
    of_case = call(sample, "explain", case=CASE, depth=2).structured_content["proof"]
    assert "742.6" in of_case


def test_queries_of_the_library_and_of_ones_own(sample: Path) -> None:
    found = call(sample, "query", query="headquartered-elsewhere", parameters={"country": "CN"}).structured_content
    assert found["columns"]
    assert call(sample, "query", query="ASK { ?s ?p ?o }").structured_content["truth"] is True
    turtle = call(sample, "query", query="CONSTRUCT { ?c a topco:Country } { VALUES ?c { country:CN } }")
    assert "topco:Country" in turtle.structured_content["turtle"]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("resolve", {"identifier": "LEI:NOBODY"}, "No loaded record names"),
        ("search", {"text": "!!"}, "nothing to search for"),
        ("determine", {"case": {"parties": 1}}, "parties"),
        ("explain", {}, "either a subject or a case"),
        ("query", {"query": "DROP ALL"}, "only reads"),
        ("query", {"query": "SELECT * { SERVICE <http://elsewhere.example> { ?s ?p ?o } }"}, "SERVICE"),
        ("query", {"query": "no-such-query"}, "no-such-query"),
        ("query", {"query": "SELECT * { ?s ?p ?o }"}, "more than 1,000 rows"),
        ("query", {"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"}, "5"),
    ],
)
def test_errors_reach_the_agent_in_words(sample: Path, tool: str, arguments: dict[str, Any], words: str) -> None:
    answer = call(sample, tool, **arguments)
    assert answer.is_error
    assert words in answer.content[0].text


def test_the_library_can_be_read(sample: Path) -> None:
    found = asked(sample, lambda client: client.read_resource("topco://library"))
    names = [one["name"] for one in json.loads(found.contents[0].text)]
    assert "headquartered-elsewhere" in names


def test_the_command_serves_an_agent_over_its_streams(sample: Path) -> None:
    from mcp import Client, StdioServerParameters

    command = StdioServerParameters(
        command=sys.executable, args=["-m", "topco.cli.main", "mcp", "--store", str(sample)]
    )

    async def run() -> Any:
        async with Client(command) as client:
            found = await client.call_tool("resolve", {"identifier": GERMAN})
            truth = await client.call_tool("query", {"query": "ASK { ?s ?p ?o }"})
            return found.structured_content, truth.structured_content

    found, truth = asyncio.run(run())
    assert found["resolution"]["entity"]["id"] == GERMAN
    assert truth["truth"] is True


def test_without_the_optional_package_the_command_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    code, _, err = run("mcp", "--store", tmp_path)
    assert code == 2
    assert "topco[mcp]" in err
