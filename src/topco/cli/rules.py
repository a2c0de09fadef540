"""`topco rules`: which rules are in force on a date, what one says, and what is covered."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topco.cli import output as answers
from topco.cli.licensing_options import today
from topco.cli.options import DATE, format_option, output_option
from topco.errors import ANSWERED, BadInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from topco.licensing.ruleset import Ruleset

COLUMNS = ("rule", "kind", "cite", "label", "stratum", "from", "to")


def _law_options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--rules-as-of", type=DATE, default=None, help="Law as of this date. [default: today]")(
        command
    )
    return click.option(
        "--reading", type=click.Choice(["codified", "enforced", "article"]), default="codified", show_default=True
    )(command)


@click.group("rules")
def command() -> None:
    """The rules in force on a date, with citation and period: list, show, coverage."""


@command.command("list")
@_law_options
@format_option()
@output_option
def list_rules(rules_as_of: date | None, reading: str, output_format: str, output: Path | None) -> int:
    """The rules of a reading on a date, in the order in which they run."""
    ruleset = _ruleset(rules_as_of, reading)
    rows = [
        {
            "rule": rule.name,
            "kind": rule.kind,
            "cite": rule.cite,
            "label": rule.label,
            "stratum": rule.stratum,
            "from": rule.since,
            "to": rule.until,
        }
        for rule in ruleset.rules
    ]
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, rows, lines=True)
        elif output_format == "csv":
            answers.write_csv(stream, COLUMNS, rows)
        else:
            title = f"{ruleset.label}, version {ruleset.version}, read up to {ruleset.verified_to}"
            answers.write_table(stream, COLUMNS, rows, title)
    return ANSWERED


@command.command("show")
@click.argument("name")
@_law_options
def show_rule(name: str, rules_as_of: date | None, reading: str) -> int:
    """One rule: its paragraph, its period, and the query that is the rule."""
    from topco import knowledge

    ruleset = _ruleset(rules_as_of, reading)
    wanted = name if "/" in name else f"{ruleset.name}/{name}"
    rule = next((rule for rule in ruleset.rules if rule.name == wanted), None)
    if rule is None:
        raise BadInput(f"No rule {name!r} is in force on that date.", remedy="`topco rules list` names them.")
    period = f"from {rule.since}" + (f" to {rule.until}" if rule.until else "")
    click.echo(f"{rule.name}: {rule.label}\n{rule.kind} [{rule.cite}], {period}, stratum {rule.stratum}\n{rule.path}\n")
    click.echo(knowledge.text(rule.path).rstrip())
    return ANSWERED


@command.command("coverage")
@_law_options
@format_option()
@output_option
def show_coverage(rules_as_of: date | None, reading: str, output_format: str, output: Path | None) -> int:
    """Which provisions are modelled, which in part, and which are only named."""
    from topco.licensing.determination import coverage

    covered = coverage(_ruleset(rules_as_of, reading))
    rows = [{"provision": cite, "coverage": kind} for kind, cites in covered.items() for cite in cites]
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [covered], lines=False)
        elif output_format == "csv":
            answers.write_csv(stream, ("provision", "coverage"), rows)
        else:
            answers.write_table(stream, ("provision", "coverage"), rows)
    return ANSWERED


def _ruleset(rules_as_of: date | None, reading: str) -> Ruleset:
    from topco.licensing.law import load_law

    day = rules_as_of or today()
    return load_law().slice_on(day).ruleset(reading, day)
