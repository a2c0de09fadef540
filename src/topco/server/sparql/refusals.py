"""A request that gets no answer, and the status in HTTP that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topco.errors import TopcoError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Declined(TopcoError):
    """A request that gets no answer, with a status, and headers that help.

    The server's own class of that kind brings the web framework along, which a process that answers does not load.

    >>> Declined(406, "There is no such form.").status
    406
    """

    def __init__(
        self,
        status: int,
        what: str,
        *,
        where: str | None = None,
        remedy: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status = status
        self.headers = dict(headers or {})


def busy(what: str, remedy: str = "Ask again in a moment.", seconds: int = 5) -> Declined:
    """A refusal that holds for a moment."""
    return Declined(503, what, remedy=remedy, headers={"Retry-After": str(seconds)})
