"""Messages between the server and a process that answers queries: a head in JSON and a body, over a socket pair."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_LENGTHS = struct.Struct("!QQ")
_PART = 1 << 20
_FIRST = 1 << 16  # most messages are shorter, and come in one piece

Message = tuple[dict[str, Any], bytes]


def packed(head: dict[str, Any], body: bytes = b"") -> bytes:
    """A message as bytes: the lengths of both parts, the parts."""
    text = json.dumps(head, ensure_ascii=False).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


def receive(channel: socket.socket) -> Message | None:
    """The next message; None when the other side has gone."""
    parts = bytearray()
    while (missing := _missing(parts)) > 0:
        part = channel.recv(min(missing, _PART) if parts else _FIRST)
        if not part:
            return None
        parts += part
    return _unpacked(parts)


async def receive_async(channel: socket.socket) -> Message | None:
    """The same without blocking the event loop."""
    loop = asyncio.get_running_loop()
    parts = bytearray()
    while (missing := _missing(parts)) > 0:
        part = await loop.sock_recv(channel, min(missing, _PART) if parts else _FIRST)
        if not part:
            return None
        parts += part
    return _unpacked(parts)


def _missing(parts: bytearray) -> int:
    """How many bytes of a message are still to come, as far as it says; one side speaks at a time."""
    if len(parts) < _LENGTHS.size:
        return _LENGTHS.size - len(parts)
    head, body = _LENGTHS.unpack_from(parts)
    announced: int = _LENGTHS.size + head + body
    return announced - len(parts)


def _unpacked(parts: bytearray) -> Message:
    length, _ = _LENGTHS.unpack_from(parts)
    body = _LENGTHS.size + length
    return json.loads(parts[_LENGTHS.size : body]), bytes(memoryview(parts)[body:])
