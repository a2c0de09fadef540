"""What a client asks, read from its request: SPARQL 1.1 Protocol, section 2.1."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from topco.server.sparql.refusals import Declined

if TYPE_CHECKING:
    from starlette.requests import Request

    from topco.server.sparql.limits import Limits

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_UPDATES = ("update", "using-graph-uri", "using-named-graph-uri")
_MOST_PARAMETERS = 1000


@dataclass(frozen=True)
class Asked:
    """A query as a client sent it.

    Attributes:
        query: its text; None where there is none and the service itself is asked about.
        default_graphs: what `default-graph-uri` names; None if neither that nor the other is given.
        named_graphs: what `named-graph-uri` names; likewise.
    """

    query: str | None
    default_graphs: list[str] | None = field(default=None)
    named_graphs: list[str] | None = field(default=None)


async def read(request: Request, limits: Limits) -> Asked:
    """The query of a request and the dataset that it chooses.

    Raises:
        Declined: it asks for something else, or not in the way of the protocol.
    """
    pairs = _pairs(request.scope["query_string"])
    if request.method != "POST":
        return _asked(pairs, limits)
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    media = media.strip().lower()
    if media not in (FORM, DIRECT) or not _is_utf8(parameters):
        raise Declined(
            415,
            "A query is sent by POST as one of two media types, in UTF-8; there are no updates.",
            where=request.headers.get("content-type", "no Content-Type"),
            remedy=f"Send {DIRECT}, or {FORM} with query=….",
            headers={"Accept-Post": f"{DIRECT}, {FORM}"},
        )
    body = await _body(request, limits.body_bytes)
    pairs += _pairs(body) if media == FORM else [("query", _text(body))]
    asked = _asked(pairs, limits)
    if asked.query is None:
        raise Declined(400, "There is no query in the request.", remedy="Send it as query=….")
    return asked


def _asked(pairs: list[tuple[str, str]], limits: Limits) -> Asked:
    """The parameters, sorted out."""
    names = {name for name, _ in pairs}
    if refused := names & set(_UPDATES):
        raise Declined(
            400,
            f"{', '.join(sorted(refused))} would change the store; this service only answers queries.",
            remedy="Evidence is changed by `topco load` alone.",
        )
    queries = [text for name, text in pairs if name == "query"]
    if len(queries) > 1:
        raise Declined(400, "There are several queries in one request.", remedy="Send one.")
    for text in queries:
        _check_text(text, limits)
    default = [text for name, text in pairs if name == "default-graph-uri"]
    named = [text for name, text in pairs if name == "named-graph-uri"]
    query = queries[0] if queries else None
    return Asked(query, default, named) if default or named else Asked(query)


def _check_text(text: str, limits: Limits) -> None:
    if len(text.encode()) > limits.query_bytes:
        raise Declined(413, f"The query is longer than {limits.query_bytes:,} bytes.", remedy="Split it.")
    if "\x00" in text:
        raise Declined(400, "The query holds a NUL character.", remedy="Remove it.")


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError as error:
        raise _no_utf8() from error
    except ValueError as error:
        raise Declined(400, f"There are more than {_MOST_PARAMETERS} parameters.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise _no_utf8() from error


def _no_utf8() -> Declined:
    return Declined(400, "The request is not in UTF-8.", remedy="Write the query in UTF-8, without another charset.")


def _is_utf8(parameters: str) -> bool:
    charsets = [part.partition("=")[2] for part in parameters.lower().split(";") if part.strip().startswith("charset")]
    return all(charset.strip(" \"'") in ("utf-8", "utf8", "us-ascii") for charset in charsets)


async def _body(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit."""
    announced = request.headers.get("content-length", "")
    parts, length = [], int(announced) if announced.isdecimal() else 0
    if length <= limit:
        length = 0
        async for part in request.stream():
            length += len(part)
            if length > limit:
                break
            parts.append(part)
    if length > limit:
        raise Declined(413, f"The request is longer than {limit:,} bytes.", remedy="Send a shorter query.")
    return b"".join(parts)
