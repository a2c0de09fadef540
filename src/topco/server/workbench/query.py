"""The page for SPARQL: an editor, the query library with forms, answers as tables and pictures, and as files.

Queries run where those of the protocol do, in processes that can be ended, under the same limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from topco.application.completions import completions
from topco.application.queries import prepared
from topco.errors import BadInput
from topco.query.library import library
from topco.server.downloads import attached, csv_download
from topco.server.problem import Refused
from topco.server.sparql.media import GRAPHS, RESULTS, Form
from topco.server.sparql.pool import Workers
from topco.server.sparql.refusals import Declined
from topco.server.turns import in_turn
from topco.server.workbench.pages import page
from topco.server.workbench.query_answer import MOST_ROWS, Shown, of_results, of_triples, plain_rows

router = APIRouter(prefix="/query")
PARAMETER = "param."
LONGEST = 50_000
"""Letters of a link: what servers of this kind take in one line of a request, less some room."""
FIRST = """SELECT ?company ?name ?headquarters
WHERE {
  ?company topco:name ?name ; topco:headquarteredIn ?headquarters .
}
LIMIT 20"""
_SHOWN = f"{RESULTS[0].media_types[0]}, {GRAPHS[1].media_types[0]}"
_MODULE = re.compile(r"[\w-]{1,80}\.js")
_SUFFIXES = {
    "JSON": "srj",
    "XML": "srx",
    "CSV": "csv",
    "TSV": "tsv",
    "TURTLE": "ttl",
    "N_TRIPLES": "nt",
    "JSON_LD": "jsonld",
    "RDF_XML": "rdf",
}


@dataclass(frozen=True)
class QueryState:
    """What a link says: the text of a query, or a query of the library with its parameters."""

    text: str
    name: str
    parameters: Mapping[str, str]

    @property
    def link(self) -> str:
        """The query of the page's address that says the same."""
        pairs = [("name", self.name)] if self.name else [("query", self.text)]
        return urlencode([*pairs, *((f"{PARAMETER}{key}", text) for key, text in self.parameters.items())])

    def prepared(self) -> str:
        """The text that is asked, with the values of parameters in it.

        Raises:
            BadInput: a parameter is missing or wrong, or the library has no such query.
        """
        return prepared(self.name or self.text, self.parameters)


def state_of(request: Request) -> QueryState:
    """The state of an address.

    Raises:
        Refused: it is longer than a query may be.
    """
    if len(request.url.query) > LONGEST:
        raise Refused(414, f"The link is longer than {LONGEST:,} letters.", remedy="Send the query to /sparql by POST.")
    said = request.query_params
    parameters = {
        key.removeprefix(PARAMETER): text.strip()
        for key, text in said.multi_items()
        if key.startswith(PARAMETER) and text.strip()
    }
    return QueryState(said.get("query", "").replace("\r\n", "\n"), said.get("name", ""), parameters)


@router.get("")
async def query(request: Request) -> Response:
    """The page, with the answer to what the link asks."""
    state = state_of(request)
    chosen = library().get(state.name)
    context: dict[str, Any] = {"shown": None, "refused": None, "status": 200}
    ready = chosen is None or all(
        one.name in state.parameters for one in chosen.parameters if one.default == "required"
    )
    if state.name and chosen is None:
        context |= _refused(BadInput(f"There is no library query called {state.name!r}."), 404)
    elif (state.text.strip() or chosen) and ready:
        context |= await _answered(request, state)
    text = chosen.text if chosen else state.text or FIRST
    shown: Response = await in_turn(page)(
        request,
        "query.html",
        state=state,
        text=text,
        chosen=chosen,
        ready=ready,
        library=library().values(),
        editor=editor_folder() is not None,
        most_rows=MOST_ROWS,
        files=_files(context["shown"]),
        **context,
    )
    return shown


@router.get("/download")
async def download(request: Request, form: Annotated[str, Query(max_length=20)]) -> Response:
    """The answer as a file; a CSV whose cells no spreadsheet takes for formulas."""
    state = state_of(request)
    found = next((one for one in (*RESULTS, *GRAPHS) if one.name == form), None)
    if found is None:
        raise BadInput(f"There is no form {form!r}.", remedy=f"Choose one of {', '.join(_SUFFIXES)}.")
    accept = RESULTS[0].media_types[0] if form == "CSV" else found.media_types[0]
    head, body = await _workers(request).ask(_question(request, await in_turn(state.prepared)(), accept))
    if head["status"] != 200:
        raise Refused(head["status"], head["what"], where=head["where"], remedy=head["remedy"])
    name = state.name or "answer"
    if form == "CSV":
        table: Response = await in_turn(lambda: csv_download(name, *plain_rows(body)))()
        return table
    return Response(body, headers={"Content-Type": head["media_type"], **attached(f"{name}.{_SUFFIXES[form]}")})


@router.get("/completions.json")
def words() -> Response:
    """What the editor completes."""
    return JSONResponse(completions(), headers={"Cache-Control": "private, max-age=3600"})


@router.get("/editor/{module}")
def editor(module: str) -> Response:
    """A module of the editor, from the package that brings it."""
    folder = editor_folder()
    file = folder / module if folder and _MODULE.fullmatch(module) else None
    if file is None or not file.is_file():
        raise Refused(404, "There is no such module of the editor.")
    return FileResponse(file, media_type="text/javascript", headers={"Cache-Control": "private, max-age=86400"})


@cache
def editor_folder() -> Path | None:
    """Where the installed package `nicegui` has CodeMirror (MIT); it is looked up and not imported. None without it."""
    spec = find_spec("nicegui")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "elements" / "codemirror" / "dist"
    return folder if (folder / "index.js").is_file() else None


async def _answered(request: Request, state: QueryState) -> dict[str, Any]:
    try:
        text = await in_turn(state.prepared)()
        head, body = await _workers(request).ask(_question(request, text, _SHOWN))
    except Declined as error:
        return _refused(error, error.status)
    except BadInput as error:
        return _refused(error, 400)
    if head["status"] != 200:
        return _refused(BadInput(head["what"], where=head["where"], remedy=head["remedy"]), head["status"])
    is_graph = head["media_type"].startswith(GRAPHS[1].media_types[0])
    return {"shown": await in_turn(of_triples if is_graph else of_results)(body), "head": head}


def _refused(error: BadInput | Declined, status: int) -> dict[str, Any]:
    return {"refused": error, "status": status}


def _question(request: Request, text: str, accept: str) -> dict[str, Any]:
    endpoint = str(request.url.replace(path="/sparql", query="", fragment=""))
    return {
        "operation": "query",
        "text": text,
        "base": endpoint,
        "accept": accept,
        "default_graphs": None,
        "named_graphs": None,
    }


def _files(shown: Shown | None) -> Sequence[Form]:
    if shown is None:
        return ()
    return GRAPHS if shown.is_graph else RESULTS


def _workers(request: Request) -> Workers:
    found = request.app.state.workers
    assert isinstance(found, Workers)
    return found
