"""What a long run tells whoever waits for it, and how it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from topco.errors import TopcoError

Tell = Callable[[str, int, int | None, str], None]
"""The phase, what is done of it, of how much (None: not known), and in which unit (empty: it only has a name)."""


class Cancelled(TopcoError):
    """Somebody told the run to stop."""


@dataclass(frozen=True)
class Steps:
    """Told at every phase and after every chunk; asks whether to go on before it tells.

    >>> Steps(stopped=lambda: True)("rows", 0, 9, "rows")
    Traceback (most recent call last):
    topco.application.screening.steps.Cancelled: The run was cancelled.
    """

    tell: Tell = lambda *_: None
    stopped: Callable[[], bool] = lambda: False

    def __call__(self, phase: str, done: int, total: int | None, unit: str) -> None:
        """Tell.

        Raises:
            Cancelled: the run is to stop.
        """
        self.go_on()
        self.tell(phase, done, total, unit)

    def go_on(self) -> None:
        """Only ask."""
        if self.stopped():
            raise Cancelled("The run was cancelled.")
