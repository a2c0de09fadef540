"""Tables to save: CSV whose cells no spreadsheet takes for formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import Response

from topco.application.tables import csv_text

CSV = "text/csv; charset=utf-8"
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""What an operation that gives CSV as well says of it in the description of the interface."""


def csv_download(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """Rows as a CSV file, a name from elsewhere being no formula in it.

    Args:
        name: of the file, without its ending; what is neither letter, digit, `-` nor `_` is left out.
    """
    return Response(csv_text(columns, rows, safe=True), media_type=CSV, headers=attached(f"{name}.csv"))


def attached(name: str) -> dict[str, str]:
    """The header that lets a browser save an answer under a name.

    >>> attached('owners-LEI:1"2.csv')
    {'Content-Disposition': 'attachment; filename="owners-LEI-12.csv"'}
    """
    plain = "".join(one for one in name.replace(":", "-") if one.isascii() and (one.isalnum() or one in "-_."))
    return {"Content-Disposition": f'attachment; filename="{plain}"'}
