"""The benchmark of records at a tiny size: every line is measured, and what was kept is sound."""

from __future__ import annotations

from pathlib import Path

from bench import recording


def test_the_table_of_records(tmp_path: Path) -> None:
    lines = list(recording.measure(tmp_path, 120, 60))
    assert len(lines) == 8
    assert lines[0].startswith("| slim records kept | 120 |")
    assert lines[6].startswith("| determined again, nothing flipped | 60 |")
