"""`topco load table` with a mapping: described, corrected, loaded again."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Run

from topco.errors import ANSWERED, BAD_INPUT
from topco.store.store import Store


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "beteiligungen-2026-01-31.csv"
    path.write_text("Gesellschafter;Firma;Anteil\nalpha;beta;62,5\nbeta;gamma;100\n", encoding="utf-8")
    return path


def test_a_described_mapping_loads_the_table(run: Run, table: Path, tmp_path: Path) -> None:
    code, proposed, _ = run("load", "table", "--describe", table)
    assert code == ANSWERED
    assert not (tmp_path / "store").exists()
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(proposed.replace('"?"', '"percent"'), encoding="utf-8")
    code, _, err = run("load", "table", table, "--mapping", mapping, "--store", tmp_path / "store")
    assert code in (0, 1), err
    rows = Store.open(tmp_path / "store").table("holdings").collect()
    assert rows.select("owner", "owned", "share_exact").rows() == [
        ("X:alpha", "X:beta", 625_000_000),
        ("X:beta", "X:gamma", 1_000_000_000),
    ]


def test_a_corrected_mapping_is_another_load(run: Run, table: Path, tmp_path: Path) -> None:
    run("load", "table", "--describe", table, "--output", tmp_path / "one.toml")
    text = (tmp_path / "one.toml").read_text(encoding="utf-8").replace('"?"', '"percent"')
    store = tmp_path / "store"
    for name, given in (("one.toml", text), ("two.toml", text + '\n[constants]\ninterest = "votes"\n')):
        (tmp_path / name).write_text(given, encoding="utf-8")
        code, _, err = run("load", "table", table, "--mapping", tmp_path / name, "--store", store)
        assert code in (0, 1), err
    opened = Store.open(store)
    assert len(opened.loads()) == 2
    assert set(opened.table("holdings").collect()["interest"]) == {"votes"}
    _, _, err = run("load", "table", table, "--mapping", tmp_path / "two.toml", "--store", store)
    assert "is loaded already with the same content" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["load", "gleif", "--describe", "x.csv"], "--describe is for one table."),
        (["load", "table"], "No file is named."),
        (["load", "nothing-of-the-kind", "x.csv"], "There is no registry 'nothing-of-the-kind'."),
    ],
)
def test_what_the_command_refuses(run: Run, arguments: list[str], sentence: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (BAD_INPUT, "")
    assert sentence in err
