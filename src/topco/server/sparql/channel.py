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

Message = tuple[dict[str, Any], bytes]


def packed(head: dict[str, Any], body: bytes = b"") -> bytes:
    """A message as bytes: the lengths of both parts, the parts."""
    text = json.dumps(head, ensure_ascii=False).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


def receive(channel: socket.socket) -> Message | None:
    """The next message; None when the other side has gone."""
    lengths = _read(channel, _LENGTHS.size)
    if lengths is None:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    head, body = _read(channel, head_length), _read(channel, body_length)
    return None if head is None or body is None else (json.loads(head), body)


async def receive_async(channel: socket.socket) -> Message | None:
    """The same without blocking the event loop."""
    lengths = await _read_async(channel, _LENGTHS.size)
    if lengths is None:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    head, body = await _read_async(channel, head_length), await _read_async(channel, body_length)
    return None if head is None or body is None else (json.loads(head), body)


def _read(channel: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = channel.recv(min(length - len(parts), _PART))
        if not part:
            return None
        parts += part
    return bytes(parts)


async def _read_async(channel: socket.socket, length: int) -> bytes | None:
    loop = asyncio.get_running_loop()
    parts = bytearray()
    while len(parts) < length:
        part = await loop.sock_recv(channel, min(length - len(parts), _PART))
        if not part:
            return None
        parts += part
    return bytes(parts)
