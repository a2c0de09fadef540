"""The command blocks of the documentation: what is typed, what is to be printed, how it is to end.

In a block fenced as `console` a line that begins with `$ ` is a command; those below it are lines of its output, in
their order, of which some may be left out between them; `…` stands for anything; `[exit 3]` is the exit code, 0 if none
is given. Runs of blanks count as one, so that tables may be shown narrower than they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\[exit (\d+)\]")


@dataclass(frozen=True)
class Command:
    """One command of a page."""

    page: str
    typed: str
    printed: tuple[str, ...]
    exit_code: int


def commands(page: Path) -> list[Command]:
    """The commands of a page in their order.

    Raises:
        ValueError: a block that does not begin with a command.
    """
    found: list[Command] = []
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        lines = block.splitlines()
        if not lines or not lines[0].startswith("$ "):
            raise ValueError(f"{page.name}: a block begins without a command: {block[:40]!r}")
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            below = lines[start + 1 : end]
            codes = [int(code[1]) for line in below if (code := _EXIT.fullmatch(line.strip()))]
            printed = tuple(line for line in below if not _EXIT.fullmatch(line.strip()))
            found.append(Command(page.name, lines[start][2:], printed, codes[0] if codes else 0))
    return found


def missing(printed: tuple[str, ...], output: str) -> str | None:
    """The first of the lines that the output does not have after those before it; None if it has all."""
    have = iter([_squeezed(line) for line in output.splitlines()])
    for line in printed:
        pattern = re.compile(".*".join(map(re.escape, _squeezed(line).split("…"))))
        if line.strip() != "…" and not any(pattern.fullmatch(one) for one in have):
            return line
    return None


def _squeezed(line: str) -> str:
    return re.sub(r"\s+", " ", line).strip()
