"""Screenings of one store."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from topco.application.asked import AS_GIVEN
from topco.application.screening.ready import Orders
from topco.application.screening.steps import Steps

if TYPE_CHECKING:
    from pathlib import Path

    from topco.application.application import Application
    from topco.application.screening.run import Run
    from topco.records.setting import Asked


class Screenings:
    """Files of orders, checked and answered."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def check(self, content: bytes, name: str) -> dict[str, Any]:
        """What a file says before anything is answered: columns, parties, first rows, broken rows.

        Raises:
            BadInput: it is no table.
        """
        from topco.application.screening.columns import check

        return check(self._orders(content, name))

    def run(self, content: bytes, name: str, output: Path, asked: Asked = AS_GIVEN, steps: Steps | None = None) -> Run:
        """A run that writes its answers to a file when `write` is called; the ending of the file tells the form.

        Raises:
            BadInput: the file cannot be used.
            Cancelled: the run was told to stop.
        """
        from topco.application.screening.run import FORMS, Run

        form = FORMS.get(output.suffix, "csv")
        return Run(self._orders(content, name), self._application.path, asked, form, output, steps=steps or Steps())

    @staticmethod
    def _orders(content: bytes, name: str) -> Orders:
        return Orders(content, name, PurePath(name).name)
