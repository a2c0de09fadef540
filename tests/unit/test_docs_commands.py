"""The tutorial and the how-to pages do what they say: each command runs on the sample and prints what is shown."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from documented_commands import Command, commands, missing
from topco import knowledge
from topco.cli import demo

ROOT = knowledge.root()
PAGES = ("tutorial.md", "gleif.md", "customers.md", "query.md")
pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the pages are part of the checkout")

# What `make demo` and the shell do before the first command; a test below holds the first to what make runs.
PREPARED = {"make demo", ". .venv/bin/activate", "export TOPCO_STORE=topco-demo/store"}
SERVE = "topco serve"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder as a newcomer has it after `make demo`, and the environment that the tutorial asks for."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "data").symlink_to(ROOT / "data")
    programs = folder / "programs"
    programs.mkdir()
    program = programs / "topco"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m topco.cli.main "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TOPCO_STORE": "topco-demo/store"}
    for step in demo.steps("data/samples", "topco-demo"):
        if step.arguments[0] == "load" and "--store" not in step.arguments:
            loaded = subprocess.run([program, *step.arguments], cwd=folder, env=environment, capture_output=True)
            assert loaded.returncode == step.expected
    yield folder, environment
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def blank_gleif_store(shell: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """The environment with a store of its own, for pages that load."""
    return {**shell[1], "TOPCO_STORE": "fresh"}


def run(command: Command, folder: Path, environment: dict[str, str]) -> None:
    """Run one command as a shell would, and hold it to its page."""
    done = subprocess.run(
        ["bash", "-c", command.typed], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == command.exit_code, f"{command.page}: {command.typed}\n{done.stderr}"
    left = missing(command.printed, done.stdout)
    assert left is None, f"{command.page}: {command.typed}\ndoes not print {left!r} but\n{done.stdout[:3000]}"


@pytest.mark.parametrize("name", PAGES)
def test_every_command_runs_and_prints_what_is_shown(
    name: str, shell: tuple[Path, dict[str, str]], blank_gleif_store: dict[str, str]
) -> None:
    folder, environment = shell
    told = [one for one in commands(ROOT / "docs" / name) if one.typed not in PREPARED and one.typed != SERVE]
    assert told, name
    for command in told:
        run(command, folder, blank_gleif_store if name == "gleif.md" else environment)


def test_the_tutorial_writes_the_report_that_it_tells_of(shell: tuple[Path, dict[str, str]]) -> None:
    folder, environment = shell
    for command in commands(ROOT / "docs" / "tutorial.md"):
        if " report " in command.typed or "denial.json" in command.typed or "case.json" in command.typed:
            run(command, folder, environment)
    report = (folder / "denial.html").read_text(encoding="utf-8")
    assert "Rosneft Deutschland GmbH" in report
    assert not re.search(r"<script|src=\"http", report)


def test_the_preparation_is_what_make_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^demo: setup\n\t\S+ -m topco\.cli\.demo$", makefile, re.MULTILINE)
    told = {one.typed for one in commands(ROOT / "docs" / "tutorial.md")}
    assert PREPARED | {SERVE} <= told
    assert str(demo.RESULTS / "store") == "topco-demo/store"


def fetched(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{address}: {error}") from error


def test_the_workbench_answers_at_the_addresses_of_the_tutorial(shell: tuple[Path, dict[str, str]]) -> None:
    folder, environment = shell
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    paths = sorted(set(re.findall(r"<http://127\.0\.0\.1:8765(/[^>]*)>", text)))
    assert len(paths) >= 3
    serving = subprocess.Popen(
        [folder / "programs" / "topco", "serve", "--port", "0"],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stderr is not None
        said = serving.stderr.readline()
        [shown] = next(one for one in commands(ROOT / "docs" / "tutorial.md") if one.typed == SERVE).printed
        base = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert base, said
        assert missing((shown.replace("http://127.0.0.1:8765", base[0]),), said) is None
        for path in paths:
            page = fetched(base[0] + path)
            assert "<h1" in page, path
            if path.startswith("/entity/"):
                assert "Rosneft Deutschland GmbH" in page
    finally:
        serving.terminate()
        serving.wait(timeout=20)


def test_a_page_that_promises_too_much_is_found() -> None:
    assert missing(("one …", "three"), "zero\none  two\nthree\n") is None
    assert missing(("three", "one …"), "zero\none  two\nthree\n") == "one …"
    assert missing(("four",), "zero\none  two\nthree\n") == "four"
