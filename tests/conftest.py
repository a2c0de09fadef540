"""Fixtures that every layer of tests uses."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


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
