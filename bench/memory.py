"""The most memory that this process has had, without what the process that started it had."""

from __future__ import annotations

from pathlib import Path


def own_peak_mib() -> int:
    """Peak resident memory since the program was loaded.

    `ru_maxrss` is inherited from the parent process on Linux; `VmHWM` is of this program alone.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise OSError("the system does not say how much memory a process had at most")
