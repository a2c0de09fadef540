"""A local HTTP server that replays answers, with faults before them: what the tests of `topco fetch` ask."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

BUSY, BROKEN, HANG, HALF, GARBAGE = "429", "500", "hang", "half", "garbage"


@dataclass
class Replay:
    """Answers by path and query (without the slash before it), faults that come first, and what was asked."""

    answers: dict[str, Any]
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    authorisations: set[str | None] = field(default_factory=set)
    base: str = ""
    stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def replaying(answers: dict[str, Any], **faults: list[str]) -> Iterator[Replay]:
    """A server that runs while the block does; `base` is its address."""
    replay = Replay(answers, {path.replace("__", "/"): list(each) for path, each in faults.items()})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, replay)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    replay.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield replay
    finally:
        replay.stop.set()
        server.shutdown()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, replay: Replay) -> None:
    path = unquote(handler.path).removeprefix("/")
    replay.asked.append(path)
    replay.authorisations.add(handler.headers.get("Authorization"))
    found = replay.answers.get(path)
    body = found if isinstance(found, bytes) else json.dumps(found).encode()
    fault = replay.faults[path].pop(0) if replay.faults.get(path) else ""
    if fault == HANG:
        replay.stop.wait(5)
        return
    status = {BUSY: 429, BROKEN: 500}.get(fault, 404 if found is None else 200)
    handler.send_response(status)
    if fault == BUSY:
        handler.send_header("Retry-After", "7")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if fault == HALF:
        handler.wfile.write(body[: len(body) // 2])
    elif fault == GARBAGE:
        handler.wfile.write(b"<html>" + b" " * (len(body) - 6))
    elif status == 200:
        handler.wfile.write(body)
    else:
        handler.wfile.write(b" " * len(body))
