"""Options that several commands share, as decorators: same name, same help, same default everywhere."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from topco.choices import OPEN_TOPS, STRICT

Command = TypeVar("Command", bound=Callable[..., Any])


class DateParameter(click.ParamType[date]):
    """A calendar date, `YYYY-MM-DD`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as YYYY-MM-DD.", param, ctx)


DATE = DateParameter()


def store_option(command: Command) -> Command:
    return click.option(
        "--store",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: Path(os.environ.get("TOPCO_STORE", ".topco")),
        show_default="$TOPCO_STORE, else .topco",
        help="Folder of the store.",
    )(command)


def as_of_option(command: Command) -> Command:
    return click.option(
        "--as-of", type=DATE, default=None, help="Facts as of this date. [default: transaction date, else today]"
    )(command)


def known_as_of_option(command: Command) -> Command:
    return click.option(
        "--known-as-of", type=DATE, default=None, help="Count only loads that existed on this date. [default: now]"
    )(command)


def format_option(*choices: str, default: str = "table") -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        return click.option(
            "--format",
            "output_format",
            type=click.Choice(choices or ("table", "json", "csv")),
            default=default,
            show_default=True,
            help="How the answer is written.",
        )(command)

    return decorate


def output_option(command: Command) -> Command:
    return click.option(
        "--output",
        "-o",
        type=click.Path(path_type=Path, dir_okay=False, writable=True),
        default=None,
        help="Write the answer to this file instead of stdout.",
    )(command)


_TEST_HELP = "What makes a company a parent: headquarters, consolidation, majority, control, cascade, integrated."


def test_option(command: Command) -> Command:
    return click.option("--test", default="headquarters", show_default=True, metavar="NAME", help=_TEST_HELP)(command)


def rules_test_option(command: Command) -> Command:
    help_text = f"{_TEST_HELP} [default: the one that the rules ask]"
    return click.option("--test", default=None, metavar="NAME", help=help_text)(command)


def open_top_option(command: Command) -> Command:
    return click.option(
        "--open-top",
        type=click.Choice(OPEN_TOPS),
        default=STRICT,
        show_default=True,
        help="Whether the highest recorded company counts as the top where no source says that it has no parent.",
    )(command)


def _author() -> str:
    """Who is asking; a process whose user has no name, as in some containers, is told by its number."""
    if name := os.environ.get("TOPCO_AUTHOR"):
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "user"


def author_option(command: Command) -> Command:
    return click.option(
        "--author",
        default=_author,
        show_default="$TOPCO_AUTHOR, else the name you are logged in with",
        help="Who says so: it stands in the record.",
    )(command)


def note_option(command: Command) -> Command:
    return click.option("--note", default=None, metavar="TEXT", help="Why, in words: it stands in the record.")(command)
