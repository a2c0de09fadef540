"""Takes the pictures of the workbench: `python docs/site/screenshots.py [NAME…]` writes docs/pictures/NAME.png.

1. The sample is loaded into a store of its own, as `make demo` does.
2. `topco serve` is started on it, on the day `DAY`, so that ages and defaults are the same each time.
3. Chromium visits each address of `PICTURES`, does its steps, and the window is saved in a few colours.

A page that asks another host for anything, or writes an error to the console, fails; so does a picture above `LARGEST`.
Needs Playwright (extra `dev`) and Debian's package `chromium`, or its path in TOPCO_CHROMIUM.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[1] / "pictures"
DAY = date(2026, 11, 27)
LARGEST = 250_000
SCALE = 1.5
COLOURS = 64
_CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


@dataclass(frozen=True)
class Step:
    """Something done on a page before its picture: `click`, `type` or `show` (scroll to), by CSS selector."""

    does: str
    selector: str
    text: str = ""


@dataclass(frozen=True)
class Picture:
    """One picture: its name, the address, the window, the steps."""

    name: str
    path: str
    width: int = 1200
    height: int = 800
    steps: tuple[Step, ...] = ()


# The second order of data/samples/orders/demo-cases.jsonl.
DENIAL = {
    "id": "denial",
    "transaction.date": "2025-06-01",
    "transaction.activity": "export",
    "transaction.shipped_from": "US",
    "transaction.destination": "DE",
    "transaction.quantity_tpp": "5000000",
    "transaction.end_use": "data_centre",
    "item.eccn": "3A090.a",
    "item.kind": "ic",
    "item.datacentre": "true",
    "item.designer": "authorised",
    "ultimate_consignee.entity": "LEI:391200PKEUF3Y2NUMW25",
    "conditions.aia_certification": "true",
    "conditions.lpp_certification": "true",
}
PICTURES = (
    Picture("workbench-search", "/?q=rosneft", height=620),
    Picture("workbench-entity", "/entity/LEI:391200PKEUF3Y2NUMW25?as_of=2025-06-01", height=900),
    Picture("workbench-chart", "/entity/X:target?as_of=2026-01-31", height=860, steps=(Step("show", "#ownership"),)),
    Picture("workbench-case", f"/case?{urlencode(DENIAL)}", height=1000),
    Picture(
        "workbench-proof",
        f"/case?{urlencode(DENIAL)}",
        height=900,
        steps=(Step("click", "#answer details.tree > summary"), Step("show", "#answer details.tree > summary")),
    ),
    Picture(
        "workbench-screening",
        "/screening",
        height=900,
        steps=(
            Step("click", "text=Try it with sample orders"),
            Step("click", "text=Screen these orders"),
            Step("show", "#counts"),
        ),
    ),
    Picture("workbench-rules", "/rules"),
)


def serve_frozen(arguments: Sequence[str]) -> None:
    """The command line, on the day of the pictures."""
    from topco.store import today

    today.today = lambda: DAY
    from topco.cli.main import main

    main(list(arguments))


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a workbench over the sample.

    Raises:
        RuntimeError: the sample cannot be loaded, or the server does not start.
    """
    from topco import knowledge
    from topco.cli import demo

    store = str(folder / "store")
    for step in demo.steps(str(knowledge.root() / "data" / "samples"), str(folder)):
        if step.arguments[0] == "load" and "--store" not in step.arguments:
            loading = [sys.executable, "-m", "topco.cli.main", *step.arguments, "--store", store]
            done = subprocess.run(loading, capture_output=True, text=True)
            if done.returncode != step.expected:
                raise RuntimeError(done.stderr)
    frozen = [sys.executable, __file__, "--serve", "serve", "--store", store, "--port", "0"]
    server = subprocess.Popen(frozen, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        said = next((found for line in server.stderr if (found := re.search(r"http://[^\s/]+", line))), None)
        if said is None:
            raise RuntimeError("topco serve did not say where it listens")
        yield said[0]
    finally:
        server.terminate()
        server.wait(timeout=30)


def take(pictures: Sequence[Picture], base: str, folder: Path) -> None:
    """Take the pictures of a workbench at an address.

    Raises:
        RuntimeError: a page is not there, asks elsewhere, or complains; a picture is too large.
    """
    from playwright.sync_api import sync_playwright

    program = os.environ.get("TOPCO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_CHROMIUM_OPTIONS))
        try:
            for picture in pictures:
                size = {"width": picture.width, "height": picture.height}
                page = browser.new_page(viewport=size, device_scale_factor=SCALE, reduced_motion="reduce")  # type: ignore[arg-type]
                _save(_photographed(page, picture, base), folder / f"{picture.name}.png")
                page.close()
        finally:
            browser.close()


def _photographed(page: Page, picture: Picture, base: str) -> bytes:
    """The window of one page after its steps, as PNG."""
    complaints: list[str] = []
    page.on("request", lambda asked: complaints.append(asked.url) if _foreign(asked.url, base) else None)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(base + picture.path, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{picture.name}: {picture.path} is not there")
    for step in picture.steps:
        place = page.locator(step.selector).first
        if step.does == "click":
            place.click()
        elif step.does == "type":
            place.press_sequentially(step.text)
        elif step.does == "show":
            place.evaluate("place => place.scrollIntoView({block: 'start', behavior: 'instant'})")
        else:
            raise ValueError(f"{picture.name}: nobody knows how to {step.does}")
        page.wait_for_load_state("load")
    page.evaluate("document.activeElement && document.activeElement.blur()")
    taken = page.screenshot(animations="disabled", caret="hide")
    if complaints:
        raise RuntimeError(f"{picture.name}: {'; '.join(complaints)}")
    return taken


def _foreign(url: str, base: str) -> bool:
    return not url.startswith((base, "data:", "blob:"))


def _save(taken: bytes, file: Path) -> None:
    """Write a picture in few colours.

    Raises:
        RuntimeError: it is too large all the same.
    """
    from PIL import Image

    image = Image.open(io.BytesIO(taken)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > LARGEST:
        raise RuntimeError(f"{file.name} has {file.stat().st_size} bytes; show less of the page")


def main(names: Sequence[str]) -> None:
    """Take the pictures of these names, or all."""
    unknown = set(names) - {picture.name for picture in PICTURES}
    if unknown:
        sys.exit(f"no picture {', '.join(sorted(unknown))}; there are {', '.join(one.name for one in PICTURES)}")
    chosen = [picture for picture in PICTURES if not names or picture.name in names]
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as base:
        take(chosen, base, FOLDER)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve_frozen(sys.argv[2:])
    else:
        main(sys.argv[1:])
