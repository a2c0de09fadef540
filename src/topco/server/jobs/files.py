"""The files of a job, all under names of ours, in a folder that only this user reads."""

from __future__ import annotations

import re
from pathlib import Path

ORDERS, RESULT, REJECTS, REPORT = "orders", "result.parquet", "rejects.csv", "report.html"
SUMMARY, RESTING, FLIPS = "summary.json", "resting.json", "flips.jsonl"
PARQUET_MAGIC = b"PAR1"
LONGEST_NAME = 150
_UNPRINTABLE = re.compile(r"[^\w .()+,@#&=\[\]-]")


def plain_name(given: str | None, otherwise: str = "orders.csv") -> str:
    """What a file is called in answers: the last part of its name, without what is no letter, digit or usual sign.

    It is a label and never a path.

    >>> plain_name("../../etc/x.csv"), plain_name("C:\\\\x\\\\y.csv"), plain_name("a\\x00b.csv"), plain_name("..")
    ('x.csv', 'y.csv', 'ab.csv', 'orders.csv')
    """
    last = re.split(r"[/\\]", given or "")[-1]
    name = _UNPRINTABLE.sub("", last).strip(" .")
    if len(name) > LONGEST_NAME:
        name = name[-LONGEST_NAME:].lstrip(" .")
    return name or otherwise


def size_of(folder: Path) -> int:
    """What the files in a folder take, in bytes."""
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def parquet_rows(path: Path) -> int:
    """How many rows a Parquet file says it has; 0 if it is none, which reading it will say."""
    import polars as pl

    try:
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except pl.exceptions.PolarsError:
        return 0
