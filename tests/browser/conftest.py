"""A real browser against `topco serve` on the sample records.

Debian's Chromium is driven; where it is absent the tests are skipped and say so (`.ci/run` installs it). A page that
asks another host for anything, writes an error to the console or raises one fails its test.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect

sys.path.insert(0, str(Path(__file__).parent.parent / "unit"))

from served_sample import TOKEN, sample_store
from serving_process import served

CHROMIUM = os.environ.get("TOPCO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, visibly, where there is no browser; on the build machine that is an error, see `.ci/run`."""
    if CHROMIUM is None:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed (apt-get install chromium)"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": _ARGUMENTS}


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("browser") / "store")


@pytest.fixture(scope="session")
def base_url(store: Path) -> Iterator[str]:
    """The address of a server that lets the token write."""
    with served(store, "--write", TOPCO_TOKEN=TOKEN, TOPCO_AUTHOR="browser") as address:
        yield address


@pytest.fixture
def page(page: Page, base_url: str) -> Iterator[Page]:
    """The page of the plugin, watched."""
    own = urlsplit(base_url).netloc
    elsewhere: list[str] = []
    errors: list[str] = []

    def requested(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != own:
            elsewhere.append(request.url)

    def said(message: ConsoleMessage) -> None:
        # That an address answers with 404 or 422 is what some tests are about; the browser says so as an error.
        of_the_page_itself = message.location.get("url") == page.url and "Failed to load resource" in message.text
        if message.type == "error" and not of_the_page_itself:
            errors.append(f"{message.text} ({message.location.get('url')})")

    page.on("request", requested)
    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    yield page
    assert elsewhere == []
    assert errors == []


@pytest.fixture
def signed_in(page: Page) -> Page:
    """A page of somebody who may write."""
    page.goto("/sign-in")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    return page
