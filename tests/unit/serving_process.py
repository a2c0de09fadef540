"""`topco serve` as a process for tests that need a whole server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ADDRESS = re.compile(r"http://\S+")


@contextmanager
def served(store: Path, *options: str, **environment: str) -> Iterator[str]:
    """The address, without a stroke at its end, of a server that ends with the block."""
    command = [sys.executable, "-m", "topco.cli.main", "serve", "--store", str(store), "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
    try:
        assert process.stderr is not None
        found = next(found for line in process.stderr if (found := _ADDRESS.search(line)))
        yield found[0].rstrip("/")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
