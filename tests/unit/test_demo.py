"""The demo: its script runs the real command line, and a step that ends otherwise than announced is told."""

from __future__ import annotations

import csv
import io
import os
import sys
from pathlib import Path

import pytest

from topco import __version__, knowledge
from topco.cli import demo
from topco.cli.main import COMMANDS
from topco.errors import ANSWERED, BAD_INPUT, UNDETERMINED
from topco.server.settings import Settings


def test_a_step_runs_the_command_line_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.run(demo.Step("", ("--version",))) == ANSWERED
    assert __version__ in capsys.readouterr().out


def test_a_step_keeps_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.run(demo.Step("", ("no-such-command",))) == BAD_INPUT
    assert "no-such-command" in capsys.readouterr().err


def test_an_unexpected_end_is_told_and_an_announced_one_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    announced = demo.Step("meant to fail", ("no-such-command",), BAD_INPUT)
    surprise = demo.Step("meant to end with 3", ("no-such-command",), UNDETERMINED)
    failures = demo.play([announced, surprise])
    assert failures == ["step 2 ended with exit 2, expected 3: topco no-such-command"]
    out = capsys.readouterr().out
    assert "# 1. meant to fail\n$ topco no-such-command\n[exit 2]" in out


def test_a_step_reads_the_line_that_it_shows(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "first"}\n{"id": "zweiter ü"}\n', encoding="utf-8")
    before = sys.stdin
    step = demo.Step("", ("determine", "-"), file=str(cases), line=2)
    with demo.reading(step):
        assert sys.stdin.read() == '{"id": "zweiter ü"}\n'
    assert sys.stdin is before
    assert step.typed() == f"sed -n 2p {cases} | topco determine -"


def test_the_script_uses_known_commands_and_files_that_ship() -> None:
    samples = knowledge.root() / "data" / "samples"
    script = demo.steps(str(samples), "results")
    assert {step.arguments[0] for step in script} <= set(COMMANDS)
    named = [argument for step in script for argument in step.arguments if argument.startswith(str(samples))]
    assert named
    assert [path for path in named if not Path(path).exists()] == []
    assert all(Path(step.file).is_file() for step in script if step.file)
    assert [step.expected for step in script].count(UNDETERMINED) == 3


def test_the_demo_ends_as_announced_with_the_four_outcomes(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TOPCO_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert demo.demo() == ANSWERED
    out = capfd.readouterr().out
    assert ": holds (" in out.rpartition("topco verify")[2]
    assert {page.name for page in (tmp_path / demo.RESULTS).glob("*.html")} == {
        "proof.html",
        "report.html",
        "screening.html",
    }
    assert "TOPCO_STORE" not in os.environ
    table = out.split("--format csv\n")[1].split("\n\n")[0]
    outcomes = {row["case"]: (row["review_policy"], row["exceptions"]) for row in csv.DictReader(io.StringIO(table))}
    assert outcomes["approval"][0] == "approval"
    assert outcomes["denial"][0] == "denial_presumption"
    assert "AIA=available" in outcomes["aia"][1]
    assert outcomes["undetermined"][0] == "undetermined"
    proof = out.split("topco explain")[1].split("topco screen")[0]
    assert "253400JT3MQWNDKMJE44" in proof
    assert "742.6(b)(10)(iii)(A)(1)" in proof


def test_the_folder_of_results_is_made_anew_unless_it_is_not_ours(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    demo.fresh(ours)
    (ours / "left.txt").touch()
    demo.fresh(ours)
    assert not (ours / "left.txt").exists()
    other.mkdir()
    (other / "kept.txt").touch()
    with pytest.raises(SystemExit, match="in the way"):
        demo.fresh(other)
    assert (other / "kept.txt").exists()


def test_paths_are_shown_as_one_would_type_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert demo.shown(tmp_path / "data" / "samples") == "data/samples"
    assert demo.shown(Path("/elsewhere/data")) == "/elsewhere/data"


def test_at_its_end_the_demo_tells_how_to_go_on_in_the_workbench(capsys: pytest.CaptureFixture[str]) -> None:
    demo.invite()
    out = capsys.readouterr().out
    assert f"serve --store {demo.RESULTS}/store" in out
    assert demo.ADDRESS in out
    assert f":{Settings().port}/" in demo.ADDRESS
