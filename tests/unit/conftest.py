"""Fixtures of the unit tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from served_sample import sample_store


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the sample records, made once; who writes to it takes a copy."""
    return sample_store(tmp_path_factory.mktemp("sample") / "store")
