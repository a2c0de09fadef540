"""The agents' face: five tools of the Model Context Protocol over one store, read only.

Every tool answers with the document of the command of the same name. An error is a sentence with a remedy, as on the
command line; limits are those of the server.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from topco import __version__
from topco.application.application import Application
from topco.application.asked import OfFacts
from topco.application.cases import case_text
from topco.application.proofs import explained
from topco.choices import STRICT, OpenTop, Reading
from topco.errors import BadInput, TopcoError
from topco.records.setting import Asked

INSTRUCTIONS = """Topco says who the ultimate parent of a company is and where it is headquartered, and what the AI
Diffusion Rule says about an export to it. Search first, then use identifiers. Unknown is never "no": an answer that is
undetermined must be passed on as undetermined, with the facts that would settle it; what was not tested stands in
`not_tested`. Cite the sources and paragraphs of `explain`. Nothing is legal advice."""

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_P = ParamSpec("_P")
_R = TypeVar("_R")

Id = Annotated[str, Field(max_length=300, description="A LEI, or SCHEME:VALUE.")]
AsOf = Annotated[date | None, Field(description="Facts as of this day; default today, or the transaction's date.")]
KnownAsOf = Annotated[date | None, Field(description="Count only loads that existed on this day.")]
Depth = Annotated[int | None, Field(ge=0, le=1_000, description="The tree down to this depth only.")]
Test = Annotated[str, Field(max_length=40, description="The parent test.")]


class Hits(BaseModel):
    """Entities, the best first, each with the name or identifier that was met and a score up to 100."""

    hits: list[dict[str, Any]]


class Resolved(BaseModel):
    """A resolution, without its proof: `explain` has that."""

    resolution: dict[str, Any]


class Determined(BaseModel):
    """A determination, without its proof: `explain` has that. `names`: what a person must decide about names."""

    determination: dict[str, Any]
    names: list[str]


class Explained(BaseModel):
    """A proof as a tree of text."""

    proof: str


class Rows(BaseModel):
    """The answer of a query: rows of a SELECT, the truth of an ASK, or triples as Turtle."""

    columns: list[str] = []
    rows: list[dict[str, Any]] = []
    truth: bool | None = None
    turtle: str | None = None


Ask = Callable[[str, dict[str, str]], Awaitable[Rows]]
"""Answers a query, or a query of the library with its parameters, within the limits of the server."""


def agents_server(
    application: Application, ask: Ask, lifespan: Callable[[Any], AbstractAsyncContextManager[None]] | None = None
) -> MCPServer:
    """The tools over one store.

    Args:
        ask: what runs queries; it must be able to end one that takes too long.
        lifespan: what is begun before the first question and ended after the last.
    """
    server = MCPServer("topco", version=__version__, instructions=INSTRUCTIONS, log_level="CRITICAL", lifespan=lifespan)

    @server.tool(annotations=_READS)
    @_in_words
    def search(
        text: Annotated[str, Field(max_length=500, description="An identifier, or a part of a name in any script.")],
        limit: Annotated[int, Field(ge=1, le=100)] = 10,
    ) -> Hits:
        """Find entities by name or identifier."""
        return Hits(hits=[hit.as_row() for hit in application.entities.search(text, limit)])

    @server.tool(annotations=_READS)
    @_in_words
    def resolve(
        identifier: Id, as_of: AsOf = None, known_as_of: KnownAsOf = None, test: Test = "headquarters"
    ) -> Resolved:
        """Headquarters, status, ultimate parents and chain of an entity, with the source of every fact."""
        document = application.entities.resolve(identifier, OfFacts(as_of, known_as_of, test))
        return Resolved(resolution=_without_proof(document))

    @server.tool(annotations=_READS)
    @_in_words
    def determine(
        case: Annotated[dict[str, Any], Field(description="A case: transaction, item, parties, conditions.")],
        as_of: AsOf = None,
        rules_as_of: Annotated[date | None, Field(description="Law as of this day.")] = None,
        reading: Reading | None = None,
        open_top: OpenTop = STRICT,
    ) -> Determined:
        """Does an order need a licence, which exception fits, how would an application be reviewed?"""
        asked = Asked(as_of, None, rules_as_of, reading, open_top)
        (found,) = application.cases.determine(case_text(case), asked)
        return Determined(determination=_without_proof(found.answer), names=list(found.names))

    @server.tool(annotations=_READS)
    @_in_words
    def explain(
        subject: Annotated[
            str | None, Field(max_length=300, description="An entity, a kept record (rec:…, det:…), or an account.")
        ] = None,
        case: Annotated[dict[str, Any] | None, Field(description="Or a case, which is determined first.")] = None,
        as_of: AsOf = None,
        known_as_of: KnownAsOf = None,
        depth: Depth = None,
    ) -> Explained:
        """The proof of an answer: registry rows, rules, paragraphs of the law, what was searched and assumed."""
        if (subject is None) == (case is None):
            raise BadInput("Explain either a subject or a case.", remedy="Give one of the two.")
        if case is not None:
            asked = Asked(as_of=as_of, known_as_of=known_as_of)
            return Explained(
                proof=explained(application.cases.determine(case_text(case), asked)[0].answer, depth=depth)
            )
        found = application.proofs.find(str(subject), OfFacts(as_of, known_as_of))
        return Explained(proof=explained(found, depth=depth, where=str(subject)))

    @server.tool(annotations=_READS)
    async def query(
        query: Annotated[str, Field(max_length=100_000, description="SPARQL 1.1, or the name of a library query.")],
        parameters: Annotated[dict[str, str] | None, Field(description="Of a library query.")] = None,
    ) -> Rows:
        """Ask the knowledge graph in SPARQL; only reading. Prefixes topco:, country:, group:, load: are declared."""
        try:
            return await ask(query, parameters or {})
        except TopcoError as error:
            raise ToolError(str(error)) from error

    @server.resource("topco://library", mime_type="application/json")
    def library() -> str:
        """The queries of the library: name, title, what each answers, parameters."""
        from topco.query.library import library as queries

        return json.dumps(
            [
                {
                    "name": one.name,
                    "title": one.title,
                    "description": one.description,
                    "parameters": [vars(parameter) for parameter in one.parameters],
                }
                for one in queries().values()
            ],
            ensure_ascii=False,
        )

    return server


def _in_words(tool: Callable[_P, _R]) -> Callable[_P, _R]:
    """A tool whose errors reach the agent as a sentence."""

    @wraps(tool)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return tool(*args, **kwargs)
        except TopcoError as error:
            raise ToolError(str(error)) from error

    return called


def _without_proof(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose proofs are left out: they are long, and `explain` tells them."""
    shown = {name: value for name, value in document.items() if name != "proof"}
    if "parties" in shown:
        shown["parties"] = [
            {**party, "resolution": party["resolution"] and _without_proof(party["resolution"])}
            for party in shown["parties"]
        ]
    return shown
