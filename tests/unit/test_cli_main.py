"""The command group: quick, lazy, and never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from topco.cli.main import COMMANDS, main

HEAVY = (
    "rdflib",
    "polars",
    "numpy",
    "numba",
    "scipy",
    "pyshacl",
    "owlrl",
    "fastapi",
    "duckdb",
    "pydantic",
    "pyoxigraph",
    "lxml",
    "rapidfuzz",
    "rich",
)


def loaded_after(*arguments: str) -> set[str]:
    script = (
        "import json, sys\n"
        "from topco.cli.main import main\n"
        f"try: main({list(arguments)!r})\n"
        "except SystemExit: pass\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(run.stderr.splitlines()[-1]))


def test_help_loads_nothing_heavy() -> None:
    assert loaded_after("--help") & set(HEAVY) == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_loads_nothing_heavy(command: str) -> None:
    assert loaded_after(command, "--help") & set(HEAVY) == set()


def test_help_answers_at_once() -> None:
    # The rule is the list of unloaded modules above; this only catches what that list does not name.
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "topco.cli.main", "--help"], check=True, capture_output=True)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("command", COMMANDS)
def test_summaries_are_those_of_the_commands(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert "Usage: topco" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["resolve", "529900T8BM49AURSDO55", "--store", "nowhere"],
        ["determine", "no-such-file.json"],
        ["screen", "no-such-file.csv"],
        ["explain", "no-such-file.json", "--store", "nowhere"],
        ["rules", "show", "no-such-rule"],
        ["resolve", "x", "--as-of", "yesterday"],
        ["no-such-command"],
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    with pytest.raises(SystemExit) as end:
        main(arguments)
    captured = capsys.readouterr()
    assert end.value.code == 2
    assert captured.out == ""
    assert captured.err.strip()
    assert "Traceback" not in captured.err
