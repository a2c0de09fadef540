"""Options that select records, for `records` and `recheck`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from topco.cli.options import DATE

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
