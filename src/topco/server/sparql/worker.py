"""The process that answers: `python -m topco.server.sparql.worker SOCKET STORE LIMITS`.

It reads one question after the other from a socket and answers each; nothing else keeps it alive. It bounds itself, so
that it goes even where the server has gone: memory by the system's limit, time by an alarm that ends it, priority by
stepping back. What the engine does when it is out of memory or stack, it does to this process alone.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput, TopcoError
from topco.server.sparql.answering import answer
from topco.server.sparql.channel import packed, receive
from topco.server.sparql.description import describe
from topco.server.sparql.limits import Limits
from topco.server.sparql.refusals import Declined
from topco.server.sparql.served import Served

if TYPE_CHECKING:
    from topco.server.sparql.channel import Message

# The server ends a query in time; the alarm is for a process that the server has left behind.
_GRACE_SECONDS = 2.0


def main(arguments: list[str]) -> None:
    """Answer until the other side has gone."""
    descriptor, store, limits = int(arguments[0]), Path(arguments[1]), Limits(**json.loads(arguments[2]))
    bound(limits)
    served = Served(store)
    with socket.socket(fileno=descriptor) as channel:
        channel.sendall(packed({"ready": _is_open(served)}))
        while (question := receive(channel)) is not None:
            signal.setitimer(signal.ITIMER_REAL, limits.seconds + _GRACE_SECONDS)
            head, body = respond(served, question[0], limits)
            signal.setitimer(signal.ITIMER_REAL, 0)
            channel.sendall(packed(head, body))


def bound(limits: Limits) -> None:
    """Bound this process for good."""
    os.nice(limits.niceness)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to handle; it closes the socket
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def respond(served: Served, request: dict[str, Any], limits: Limits) -> Message:
    """The answer to one request, or why there is none; once more if its graph was replaced while it was read."""
    for last in (False, True):
        try:
            view, state = served.current()
        except Declined as error:
            return _refusal(error, error.status, error.headers), b""
        except TopcoError as error:  # the store is damaged: no fault of the client's
            return _refusal(error, 500), b""
        try:
            if request["operation"] == "describe":
                media_type, body = describe(view, state, request)
            else:
                media_type, body = answer(view, request, limits)
            return {"status": 200, "media_type": media_type, **state.as_json()}, body
        except Declined as error:
            return _refusal(error, error.status, error.headers), b""
        except BadInput as error:
            return _refusal(error, 400), b""
        except TopcoError as error:
            served.forget()
            if last:
                return _refusal(error, 500), b""
    raise AssertionError("the last attempt returns")


def _refusal(error: TopcoError, status: int, headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "status": status,
        "what": error.what,
        "where": error.where,
        "remedy": error.remedy,
        "headers": headers or {},
    }


def _is_open(served: Served) -> bool:
    """Open the graph before the first question; what keeps it from opening is said in the answer to that."""
    try:
        served.current()
    except TopcoError:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
