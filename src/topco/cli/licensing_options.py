"""Options and set-up that `determine`, `screen` and their like share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from topco.choices import READINGS
from topco.cli import options
from topco.store.today import today

if TYPE_CHECKING:
    from topco.licensing.cases.case import Case
    from topco.licensing.cases.named_parties import NamedParties
    from topco.licensing.determine import Determiner

Command = TypeVar("Command", bound=Callable[..., Any])


def licensing_options(command: Command) -> Command:
    """`--store --as-of --known-as-of --rules-as-of --reading --test --open-top`."""
    for decorate in (
        options.open_top_option,
        options.rules_test_option,
        click.option(
            "--reading",
            type=click.Choice(READINGS),
            default=None,
            help="How to read the law. [default: the case's own, else codified]",
        ),
        click.option(
            "--rules-as-of",
            type=options.DATE,
            default=None,
            help="Law as of this date. [default: transaction date, else today]",
        ),
        options.known_as_of_option,
        options.as_of_option,
        options.store_option,
    ):
        command = decorate(command)
    return command


def determiner(
    store: Path,
    entities: Iterable[str | None],
    *,
    as_of: date | None,
    known_as_of: date | None,
    rules_as_of: date | None,
    reading: str | None,
    open_top: str,
    test: str | None = None,
    documents: bool = True,
) -> Determiner:
    """A determiner; a store that does not exist is an error only if some party is given by an identifier.

    `documents`: whether parties come with their whole resolution, which an answer with a proof shows.
    """
    from topco.licensing.determine import Determiner, Options
    from topco.licensing.store_determiner import store_determiner

    asked = Options(as_of, known_as_of, rules_as_of, reading, open_top)
    return store_determiner(Determiner, store, entities, asked, today(), test=test, documents=documents)


def named_parties(store: Path, cases: Iterable[Case], known_as_of: date | None) -> NamedParties | None:
    """The parties of cases that are given by names, looked up; None if there is none, or no store."""
    from topco.licensing import store_determiner

    return store_determiner.named_parties(store, cases, known_as_of)
