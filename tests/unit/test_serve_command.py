"""`topco serve` as a process: up quickly, told where, ended politely, refused with a sentence."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from commands import Run

SECONDS = 30


def serving(store: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "topco.cli.main", "serve", "--store", str(store), "--port", "0", *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise AssertionError("the server has ended without saying where it is")


def test_it_serves_on_loopback_and_ends_when_told(tmp_path: Path) -> None:
    process = serving(tmp_path / "no-store-yet")
    try:
        address = address_of(process)
        assert address.startswith("http://127.0.0.1:")
        assert httpx.get(f"{address}api/v1/openapi.json", timeout=SECONDS).status_code == 200
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
    assert out == ""
    assert "Traceback" not in err
    assert not (tmp_path / "no-store-yet").exists()


def test_a_token_for_writing_is_made_and_shown_once(tmp_path: Path) -> None:
    process = serving(tmp_path, "--write", TOPCO_TOKEN="")
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        assert re.search(r"Token for writing .*: \S{20,}$", first.strip())
    finally:
        process.kill()
        process.communicate(timeout=SECONDS)


def test_another_address_without_a_token_is_refused_at_start(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOPCO_TOKEN", raising=False)
    code, out, err = run("serve", "--host", "0.0.0.0", "--store", "nowhere")
    assert (code, out) == (2, "")
    assert "can be reached from other machines" in err


def test_a_port_in_use_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = run("serve", "--store", tmp_path, "--port", taken.getsockname()[1])
    assert code == 2
    assert "--port" in err


def test_a_token_that_cannot_be_read_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(b"\xff\xfe\xff")
    code, _, err = run("serve", "--store", tmp_path, "--token-file", file)
    assert code == 2
    assert "token cannot be read" in err
