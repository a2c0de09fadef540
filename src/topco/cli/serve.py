"""`topco serve`: the workbench, REST, SPARQL and reconciliation of one store, on this machine."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topco.cli.options import author_option, store_option
from topco.cli.output import note
from topco.errors import ANSWERED, BadInput

if TYPE_CHECKING:
    from topco.server.settings import Settings

_GRACE_SECONDS = 10
"""So long requests that are being answered may take when the server is told to end."""
_SWITCH_SECONDS = 0.001
"""So long a thread that computes keeps the interpreter while the event loop waits for it; Python's own is 5 ms."""


@click.command("serve")
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others need a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any that is free.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="Another name under which it is reached.")
@click.option(
    "--cors",
    "cors",
    multiple=True,
    metavar="ORIGIN",
    help="Pages that may reconcile: http://127.0.0.1:3333 (OpenRefine).",
)
@click.option("--write", is_flag=True, help="Let records, judgements, stated facts and the ledger be written.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=None,
    help="A file with the token. [default: $TOPCO_TOKEN; on loopback with --write one is made and shown]",
)
@click.option("--query-seconds", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="SPARQL: time.")
@click.option("--query-rows", type=click.IntRange(min=1), default=100_000, show_default=True, help="SPARQL: result.")
@click.option("--query-workers", type=click.IntRange(1, 64), default=3, show_default=True, help="SPARQL: at once.")
@author_option
def command(
    store: Path,
    host: str,
    port: int,
    hosts: tuple[str, ...],
    cors: tuple[str, ...],
    write: bool,
    token_file: Path | None,
    query_seconds: float,
    query_rows: int,
    query_workers: int,
    author: str,
) -> int:
    """Serve one store: pages for people at /, REST at /api/v1, SPARQL at /sparql, reconciliation at /reconcile.

    Nothing is fetched from elsewhere, and nothing can be written without --write and the token. What `topco load` does
    meanwhile is seen at the next question. Ctrl-C ends it.
    """
    from topco.server.settings import Settings, is_loopback

    token = _token(token_file)
    if write and token is None and is_loopback(host):
        token = secrets.token_urlsafe(24)
        note(f"Token for writing (new at every start; set $TOPCO_TOKEN to keep one): {token}")
    settings = Settings(
        host=host,
        port=port,
        write=write,
        token=token,
        hosts=hosts,
        cors=cors,
        author=author,
        query_seconds=query_seconds,
        query_rows=query_rows,
        query_workers=query_workers,
    )
    _serve(store, settings)
    return ANSWERED


def _token(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get("TOPCO_TOKEN") or None
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("The token cannot be read.", where=str(file), remedy="Write it as one line of text.") from error


def _serve(store: Path, settings: Settings) -> None:
    """Listen, say where, and serve until the process is told to end."""
    import socket

    import uvicorn

    from topco.application.application import Application
    from topco.server.app import create_app
    from topco.server.connections import Patient, as_many_as_allowed

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, settings.port))
        except OSError as error:
            raise BadInput(
                f"The address cannot be used: {error.strerror}.",
                where=f"{settings.host}:{settings.port}",
                remedy="Another program listens there, perhaps: choose another with --port.",
            ) from error
        listening.listen()  # before anybody is told: what comes in waits until the server is ready
        application = Application(store)
        application.store()
        app = create_app(application, settings)
        name = f"[{settings.host}]" if ":" in settings.host else settings.host
        note(f"topco serves {store} at http://{name}:{listening.getsockname()[1]}/ (Ctrl-C ends it)")
        config = uvicorn.Config(
            app,
            http=Patient,
            log_level="warning",
            server_header=False,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )

        sys.setswitchinterval(_SWITCH_SECONDS)
        as_many_as_allowed()

        class Server(uvicorn.Server):
            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                app.state.jobs.stop()  # whoever listens to events would be waited for
                await super().shutdown(sockets)

        Server(config).run(sockets=[listening])
