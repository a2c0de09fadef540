"""Options that select records, for `records` and `recheck`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from topco.cli.options import DATE
from topco.errors import BadInput

if TYPE_CHECKING:
    from topco.records.filters import Filters

Command = TypeVar("Command", bound=Callable[..., Any])


def filter_options(command: Command) -> Command:
    """`--since --until --outcome --case --party --kept-by --determination --run`."""
    for decorate in (
        click.option("--run", default=None, metavar="rec:N", help="Rows of this screening run only."),
        click.option("--determination", default=None, metavar="det:…", help="Records of this determination only."),
        click.option("--kept-by", default=None, metavar="AUTHOR", help="Records of this author only."),
        click.option("--party", default=None, metavar="TEXT", help="Cases with this in a party's name or identifier."),
        click.option("--case", "case_id", default=None, metavar="ID", help="Records of the case with this id."),
        click.option(
            "--outcome",
            "outcomes",
            multiple=True,
            metavar="CODE",
            help="Answers with this code: denial_policy, licence_required=no, AIA=available; may be repeated.",
        ),
        click.option("--until", type=DATE, default=None, help="Kept on this day (UTC) or before."),
        click.option("--since", type=DATE, default=None, help="Kept on this day (UTC) or later."),
    ):
        command = decorate(command)
    return command


def filters_of(
    since: date | None,
    until: date | None,
    outcomes: tuple[str, ...],
    case_id: str | None,
    party: str | None,
    kept_by: str | None,
    determination: str | None,
    run: str | None,
) -> Filters:
    """What was selected.

    Raises:
        BadInput: the run is no record, or the days are in the wrong order.
    """
    from topco.records.filters import Filters
    from topco.records.record import PREFIX

    number = None
    if run is not None:
        digits = run.strip().removeprefix(PREFIX)
        if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
            raise BadInput(f"{run} names no screening run.", remedy=f"A record is {PREFIX}NUMBER.")
        number = int(digits)
    if since is not None and until is not None and until < since:
        raise BadInput(f"Nothing is kept since {since} and until {until}.", remedy="Give the earlier day as --since.")
    return Filters(since, until, outcomes, case_id, party, kept_by, determination, (), number)
