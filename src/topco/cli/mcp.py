"""`topco mcp`: tools for agents, spoken over standard input and output."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from topco.cli.options import store_option
from topco.errors import ANSWERED, BadInput


@click.command("mcp")
@store_option
@click.option("--query-seconds", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="SPARQL: time.")
@click.option("--query-rows", type=click.IntRange(min=1), default=10_000, show_default=True, help="SPARQL: result.")
def command(store: Path, query_seconds: float, query_rows: int) -> int:
    """Serve one store to an agent over standard input and output (Model Context Protocol), read only.

    Tools: search, resolve, determine, explain, query. Name this command in the agent's settings; it ends with the
    agent. Needs the optional package: pip install topco[mcp].
    """
    if not _is_installed():
        raise BadInput("The Model Context Protocol is an optional package.", remedy="pip install 'topco[mcp]'")
    from topco.application.application import Application
    from topco.server.agents import agents_server
    from topco.server.agents_queries import asked_of
    from topco.server.sparql.limits import Limits
    from topco.server.sparql.pool import Workers

    workers = Workers(store, Limits(workers=1, seconds=query_seconds, rows=query_rows))
    agents_server(Application(store), asked_of(workers), workers.running).run("stdio")
    return ANSWERED


def _is_installed() -> bool:
    try:
        return find_spec("mcp") is not None
    except ValueError:  # what is set to None in `sys.modules` has no specification
        return False
