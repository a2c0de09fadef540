"""What one query may cost."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one query may cost, and how many run at once.

    Attributes:
        workers: processes that answer; as many queries run at the same moment.
        seconds: how long one query may take, from its first token to the last byte of its answer.
        wait_seconds: how long a query waits for a process to be free.
        query_bytes: the length of a query in UTF-8.
        rows: rows of a SELECT, or triples of a CONSTRUCT or DESCRIBE.
        answer_bytes: the length of an answer.
        memory_bytes: the address space of a process.
        niceness: how far a process steps back behind everything else on the machine from the start, 0 to 19; at a query
            that takes long it steps back altogether.
    """

    workers: int = 3
    seconds: float = 30.0
    wait_seconds: float = 5.0
    query_bytes: int = _MIB // 4
    rows: int = 100_000
    answer_bytes: int = 64 * _MIB
    memory_bytes: int = 2048 * _MIB
    niceness: int = 0

    @property
    def body_bytes(self) -> int:
        """The length of a request's body: a form writes one byte in up to three, and names graphs besides."""
        return 4 * self.query_bytes
