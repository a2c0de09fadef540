"""What the fixture `run` gives: a `topco` command's exit code, stdout and stderr."""

from collections.abc import Callable

Run = Callable[..., tuple[int, str, str]]
