"""A load that is killed at any moment is invisible, and the next command says so and cleans up."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from gleif_files import as_csv, company, lei, load_files, relationship
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

# Runs a load and kills itself at the n-th call of a function that touches the disk, before or after its effect.
KILLED_AT = """
import os, signal, sys
from datetime import date
from pathlib import Path
from topco.registries.gleif import Gleif
from topco.registries.loading import load
from topco.store.store import Store

store, file, name, call, moment = sys.argv[1:]
real, calls = getattr(os, name), 0

def deadly(*arguments, **options):
    global calls
    calls += 1
    if calls == int(call) and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*arguments, **options)
    if calls == int(call):
        os.kill(os.getpid(), signal.SIGKILL)
    return result

opened = Store.open(Path(store), create=True)
setattr(os, name, deadly)
load(opened, Gleif(), [Path(file)], date(2025, 3, 2), lambda *progress: None)
"""


def entities(store: Store) -> list[str]:
    return store.table("entities").collect()["id"].to_list()


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize(
    ("name", "call", "moment", "visible"),
    [
        ("fsync", 1, "before", False),
        ("rename", 1, "before", False),
        ("rename", 1, "after", False),
        ("replace", 1, "before", False),
        ("replace", 1, "after", True),
    ],
)
def test_killed_at_a_step_of_the_commit(
    tmp_path: Path, name: str, call: int, moment: str, visible: bool, earlier: bool
) -> None:
    folder = tmp_path / "store"
    if earlier:
        old = tmp_path / "old.csv"
        old.write_text(as_csv("lei2", [company(7)]), encoding="utf-8")
        load_files(folder, old)
    file = tmp_path / "lei2.csv"
    file.write_text(as_csv("lei2", [company(1)]), encoding="utf-8")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT, str(folder), str(file), name, str(call), moment], check=False
    )
    assert killed.returncode == -signal.SIGKILL

    said: list[str] = []
    store = Store.open(folder, missing_ok=True, notify=said.append)
    expected = [f"LEI:{lei(1)}"] if visible else [f"LEI:{lei(7)}"] if earlier else []
    assert entities(store) == expected
    assert len(said) == 1
    assert "interrupted" in said[0]
    left = [path for part in ("loads", "staging") if (folder / part).is_dir() for path in (folder / part).iterdir()]
    assert sorted(path.name for path in left) == sorted(load.folder for load in store.loads())

    said.clear()
    load_files(folder, file)
    assert entities(Store.open(folder, notify=said.append)) == [f"LEI:{lei(1)}"]
    assert said == []


def test_killed_at_random_moments(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    file = tmp_path / "lei2.csv"
    file.write_text(as_csv("lei2", [company(number) for number in range(20_000)]), encoding="utf-8")
    other = tmp_path / "rr.csv"
    other.write_text(as_csv("rr", [relationship(n, n + 1) for n in range(20_000)]), encoding="utf-8")
    command = [sys.executable, "-m", "topco.cli.main", "load", "gleif", "--defer-graph", "--store", str(folder)]
    moments = random.Random(20250302)
    ends = []
    for _ in range(6):
        process = subprocess.Popen(
            [*command, str(other), str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(0.2, 1.2))
        process.kill()
        ends.append(process.wait())
        store = Store.open(folder, missing_ok=True, notify=lambda message: None)
        assert {load.tables.get("entities", load.tables.get("relationships")) for load in store.loads()} <= {20_000}
        assert len(store.loads()) in (0, 2)
        for load in store.loads():
            assert store.folder_of(load).is_dir()
    assert -signal.SIGKILL in ends
    load_files(folder, file, other, vintage=None)
    assert len(entities(Store.open(folder))) == 20_000
