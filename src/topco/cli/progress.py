"""Progress on stderr: what is being done, how far, how fast, how long still."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

_SCREEN_SECONDS = 0.1
_LOG_SECONDS = 5.0


class ProgressLine:
    """One line that is rewritten on a terminal; elsewhere a line now and then, and one at the end of each phase."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.screen = self.stream.isatty()
        self.phase = ""
        self.line = ""
        self.started = self.shown = 0.0

    def __call__(self, phase: str, done: int, total: int | None, unit: str) -> None:
        now = time.monotonic()
        if phase != self.phase:
            self._finish()
            self.phase, self.started, self.shown = phase, now, now
        self.line = describe(phase, done, total, unit, now - self.started)
        if now - self.shown >= (_SCREEN_SECONDS if self.screen else _LOG_SECONDS):
            self.shown = now
            self.stream.write(f"\r\x1b[K{self.line}" if self.screen else f"{self.line}\n")
            self.stream.flush()

    def say(self, message: str) -> None:
        """A phase that only has a name."""
        self(message, 0, None, "")

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()

    def _finish(self) -> None:
        if self.line:
            self.stream.write(f"\r\x1b[K{self.line}\n" if self.screen else f"{self.line}\n")
            self.stream.flush()
        self.line = ""


def describe(phase: str, done: int, total: int | None, unit: str, seconds: float) -> str:
    """The text of a progress line.

    >>> describe("reading lei2.csv", 300_000_000, 1_200_000_000, "bytes", 1.5)
    'reading lei2.csv: 25 % of 1,200 MB, 200 MB/s, 4 s left'
    >>> describe("columns of lei2.csv", 500, None, "records", 2.0)
    'columns of lei2.csv: 500 records, 250 records/s'
    >>> describe("tables of lei2", 0, None, "", 0.0)
    'tables of lei2'
    """
    if not unit:
        return phase
    rate = done / seconds if seconds > 0 else 0.0
    amount = f"{100 * done // total} % of {_quantity(total, unit)}" if total else _quantity(done, unit)
    parts = [amount]
    if rate:
        parts.append(f"{_quantity(rate, unit)}/s")
    if rate and total and done < total:
        parts.append(f"{_duration((total - done) / rate)} left")
    return f"{phase}: {', '.join(parts)}"


def _quantity(amount: float, unit: str) -> str:
    return f"{amount / 1e6:,.0f} MB" if unit == "bytes" else f"{amount:,.0f} {unit}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
