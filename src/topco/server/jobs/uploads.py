"""Uploads of orders: written to a private folder as they come, never held in memory, never named by who sends them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from topco.server.jobs.files import ORDERS, plain_name
from topco.server.jobs.manager import Jobs
from topco.server.problem import Refused

FORM = "multipart/form-data"
RAW = {
    "text/csv": "orders.csv",
    "application/x-ndjson": "orders.jsonl",
    "application/jsonl": "orders.jsonl",
    "application/vnd.apache.parquet": "orders.parquet",
    "application/octet-stream": "orders.csv",
}
"""What a body may be that is the file itself, and what the file is called where no name is given."""
FIELD = "orders"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Upload:
    """Orders that arrived: the folder of the job to come, and what they are called."""

    folder: Path
    name: str


async def receive(request: Request, jobs: Jobs, name: str | None = None) -> Upload:
    """The orders in the body of a request: a form with one file `orders`, or the file itself.

    Raises:
        Refused: no file, several, another type, or it was cut off; nothing is left of it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM and kind not in RAW:
        raise Refused(415, f"Orders are not sent as {kind or 'nothing'}.", remedy=f"Send {FORM}, or {', '.join(RAW)}.")
    folder = await run_in_threadpool(jobs.new_folder)
    done = False
    try:
        given = await (_of_form if kind == FORM else _raw)(request, folder / ORDERS)
        if not (folder / ORDERS).stat().st_size:
            raise Refused(400, "The file is empty.", remedy="Choose a file of orders: CSV, JSON lines or Parquet.")
        done = True
    except ClientDisconnect as error:
        raise Refused(400, "The upload was cut off.") from error
    finally:
        if not done:
            shutil.rmtree(folder, ignore_errors=True)
    return Upload(folder, plain_name(name or given, RAW.get(kind, "orders.csv")))


async def _of_form(request: Request, path: Path) -> str | None:
    async with request.form(max_files=1, max_fields=40) as form:
        found = form.getlist(FIELD)
        if len(found) != 1 or not isinstance(found[0], UploadFile):
            raise Refused(400, f"The form has no file {FIELD!r}, or not one alone.", remedy="Choose one file.")
        # The framework has counted it and, being large, put it on the disk in a file without a name.
        await run_in_threadpool(_copy, found[0], path)
        return found[0].filename


def _copy(upload: UploadFile, path: Path) -> None:
    with path.open("wb") as stream:
        shutil.copyfileobj(upload.file, stream, _BLOCK)


async def _raw(request: Request, path: Path) -> None:
    with path.open("wb") as stream:
        held = bytearray()
        async for part in request.stream():
            held += part
            if len(held) >= _BLOCK:
                await run_in_threadpool(stream.write, bytes(held))
                held.clear()
        await run_in_threadpool(stream.write, bytes(held))
