"""Refused rows whose cells are longer than a reader of CSV takes by itself are downloaded all the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, cast

import pytest

from topco.server.api.screenings import _safe_rejects
from topco.server.jobs.files import REJECTS


class Folder:
    """What is read of a job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder


@pytest.mark.parametrize("length", [10, 131_073, 1_000_000])
def test_a_long_cell_is_whole_and_no_formula(tmp_path: Path, length: int) -> None:
    before = csv.field_size_limit(131_072)
    try:
        with (tmp_path / REJECTS).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["row", "value"], ["2", "=" + "A" * length]])
        text = b"".join(_safe_rejects(cast("Any", Folder(tmp_path)))).decode()
        assert csv.field_size_limit(2_000_000) == 131_072  # what others read is refused as before
        rows = list(csv.reader(io.StringIO(text)))
    finally:
        csv.field_size_limit(before)
    assert rows == [["row", "value"], ["2", "'=" + "A" * length]]
