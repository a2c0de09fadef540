"""Queries of agents: answered by the same processes, under the same limits, as those of the SPARQL endpoint."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from topco.application.queries import prepared
from topco.errors import BadInput
from topco.namespaces import NAMESPACE
from topco.query.compact import plain
from topco.server.agents import Ask, Rows
from topco.server.sparql.pool import Workers

_ACCEPT = "application/sparql-results+json, text/turtle;q=0.9"


def asked_of(workers: Workers) -> Ask:
    """What answers the queries of agents.

    Args:
        workers: the processes that answer; running.
    """

    async def ask(query: str, parameters: Mapping[str, str]) -> Rows:
        question = {
            "operation": "query",
            "text": prepared(query, parameters),
            "base": NAMESPACE,
            "accept": _ACCEPT,
            "default_graphs": None,
            "named_graphs": None,
        }
        head, body = await workers.ask(question)
        if head["status"] != 200:
            raise BadInput(head["what"], where=head["where"], remedy=head["remedy"])
        return _rows(head["media_type"], body)

    return ask


def _rows(media_type: str, body: bytes) -> Rows:
    if media_type.startswith("text/turtle"):
        return Rows(turtle=body.decode())
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return Rows(truth=bool(found))
    columns = [variable.value for variable in found.variables]
    return Rows(columns=columns, rows=[{name: plain(solution[name]) for name in columns} for solution in found])
