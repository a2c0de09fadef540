"""Fixtures that every layer of tests uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Run

from topco.cli.main import main

collect_ignore_glob = ["conftest.py", "*/conftest.py"]
"""Fixtures hold no doctests; several modules of one name cannot be collected together."""
BROWSER = Path(__file__).resolve().parent / "browser"
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser come last: its driver keeps an event loop, in which others cannot begin their own."""
    items.sort(key=lambda item: BROWSER in item.path.parents)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of registry data that nobody in this project wrote; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared/data is absent: real registry data are only at hand for developers and CI")
    return SHARED


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """The folder of reference papers beside the registry data; the test is skipped where it is absent."""
    folder = SHARED.parent / "reference"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/reference is absent: worked cases are only at hand for developers and CI")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a `topco` command as the shell does: its exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return end.value.code, out, err

    return run
