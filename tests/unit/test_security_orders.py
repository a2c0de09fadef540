"""Files of orders that are made to break their reader: a sentence says what is wrong, and no file ends a process."""

from __future__ import annotations

import io

import polars as pl
import pytest

from topco.errors import BadInput
from topco.licensing.orders.files import read_table

HUGE = b"a" * 200_000


def parquet(cells: dict[str, list[str]]) -> bytes:
    stream = io.BytesIO()
    pl.DataFrame(cells).write_parquet(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (HUGE, "header.csv"),
        (b"a,b\n" + HUGE + b"\n", "broken-row.csv"),
        (b'{"quantity":' + b"9" * 5_000 + b"}\n", "number.jsonl"),
        (b"[" * 100_000, "deep.jsonl"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "deep-objects.jsonl"),
        (b'{"a":1,"a":2}', "twice.jsonl"),
        (b"PAR1" + b"\xff" * 100 + b"PAR1", "no.parquet"),
        (b"\x1f\x8b" + b"\x00" * 50, "packed.csv.gz"),
    ],
)
def test_what_cannot_be_read_is_said(content: bytes, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_table(content, name, name)
    assert "Traceback" not in str(refused.value)


@pytest.mark.parametrize("number", [b"9" * 5_000, b"1e999999999", b"NaN"])
def test_one_line_that_cannot_be_read_leaves_the_others(number: bytes) -> None:
    table = read_table(b'{"quantity":1}\n{"quantity":' + number + b'}\n{"quantity":3}\n', "orders.jsonl")
    assert table.cells["quantity"][0] == "1"
    assert table.cells["quantity"][2] == "3"
