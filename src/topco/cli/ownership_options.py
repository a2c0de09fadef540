"""What `topco owners`, `holdings` and `chain` have in common: whom, when, under which test, and how it is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from topco.cli.options import (
    Command,
    as_of_option,
    known_as_of_option,
    output_option,
    store_option,
    test_option,
)
from topco.store.today import today

if TYPE_CHECKING:
    from topco.ownership.parent_tests import ParentTest


def question_options(command: Command) -> Command:
    """--test --as-of --known-as-of --output --store."""
    for option in (store_option, output_option, known_as_of_option, as_of_option, test_option):
        command = option(command)
    return command


def cut_off_option(command: Command) -> Command:
    return click.option(
        "--cut-off",
        default="1",
        show_default=True,
        metavar="PERCENT",
        help="Leave out whoever cannot control and has an integrated share certainly below this; 0 for all.",
    )(command)


def day_and_test(as_of: date | None, test: str) -> tuple[date, ParentTest]:
    """The day asked for, by default today, and the test of this name."""
    from topco.ownership.parent_tests import parent_test

    return as_of or today(), parent_test(test)
