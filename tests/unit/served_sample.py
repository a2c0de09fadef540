"""The sample records in a store, behind the server, for tests of the faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from topco import knowledge
from topco.application.application import Application
from topco.application.loading import Files, load_files
from topco.server.app import create_app
from topco.server.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

BASE = "http://127.0.0.1"
TOKEN = "a-token-for-tests-0123456789"
GERMAN = "LEI:391200PKEUF3Y2NUMW25"
"""A German company of the samples whose ultimate parent is in Russia."""


class Silent:
    """Who is not told how far loading is."""

    def __call__(self, phase: str, done: int, total: int | None, unit: str) -> None:
        pass

    def say(self, message: str) -> None:
        pass


def sample_store(folder: Path) -> Path:
    """The 318 records of GLEIF and the invented holdings, loaded."""
    samples = knowledge.root() / "data" / "samples"
    load_files(folder, Files("gleif", [samples / "gleif"]), Silent(), deferred=True)
    load_files(folder, Files("table", [samples / "holdings"]), Silent())
    return folder


def client(store: Path, **settings: object) -> TestClient:
    """A client of a server on this store; errors of the program come as answers, as over the network."""
    app = create_app(Application(store), Settings(**settings))  # type: ignore[arg-type]
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def writing_client(store: Path) -> TestClient:
    """A client that shows the token to a server that lets it write."""
    made = client(store, write=True, token=TOKEN)
    made.headers["Authorization"] = f"Bearer {TOKEN}"
    return made
