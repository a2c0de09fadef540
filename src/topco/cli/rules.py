"""`topco rules`: which rules and which law are in force on a date, what one says, and what is covered."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topco.choices import READINGS
from topco.cli import output as answers
from topco.cli.options import DATE, format_option, output_option
from topco.errors import ANSWERED, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


def _law_options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--rules-as-of", type=DATE, default=None, help="Law as of this date. [default: today]")(
        command
    )
    return click.option("--reading", type=click.Choice(READINGS), default="codified", show_default=True)(command)


@click.group("rules")
def command() -> None:
    """The law of a date: rules, figures, groups, entries, periods, coverage, the whole as a table, differences."""


@command.command("list")
@_law_options
@format_option()
@output_option
def list_rules(rules_as_of: date | None, reading: str, output_format: str, output: Path | None) -> int:
    """The rules of a reading on a date, in the order in which they run."""
    from topco.application.law import RULE_COLUMNS, LawByDate, OfLaw, heading

    asked = OfLaw(reading, rules_as_of)
    rows = LawByDate().rules(asked)
    _write(rows, RULE_COLUMNS, output_format, output, heading(asked.frame().ruleset))
    return ANSWERED


@command.command("show")
@click.argument("name")
@_law_options
@format_option("table", "json")
@output_option
def show_rule(name: str, rules_as_of: date | None, reading: str, output_format: str, output: Path | None) -> int:
    """One rule: its paragraph, its period, and the query that is the rule."""
    from topco.application.law import LawByDate, OfLaw

    rule = LawByDate().rule(name, OfLaw(reading, rules_as_of))
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, [rule], lines=False)
        else:
            period = f"from {rule['from']}" + (f" to {rule['to']}" if rule["to"] else "")
            about = f"{rule['kind']} [{rule['cite']}], {period}, stratum {rule['stratum']}"
            stream.write(f"{rule['rule']}: {rule['label']}\n{about}\n{rule['path']}\n\n{rule['query'].rstrip()}\n")
    return ANSWERED


@command.command("parameters")
@click.option("--rules-as-of", type=DATE, default=None, help="Only what holds on this date. [default: all values]")
@format_option()
@output_option
def show_parameters(rules_as_of: date | None, output_format: str, output: Path | None) -> int:
    """The figures of the law: every dated value with its citation, and why there is none where there is none."""
    from topco.application.law import LawByDate
    from topco.application.law_data import PARAMETER_COLUMNS

    _write(LawByDate().parameters(rules_as_of), PARAMETER_COLUMNS, output_format, output)
    return ANSWERED


@command.command("groups")
@click.option("--rules-as-of", type=DATE, default=None, help="Members on this date. [default: today]")
@format_option()
@output_option
def show_groups(rules_as_of: date | None, output_format: str, output: Path | None) -> int:
    """The country groups with their members on a date."""
    from topco.application.law import LawByDate
    from topco.application.law_data import GROUP_COLUMNS

    _write(LawByDate().groups(rules_as_of), GROUP_COLUMNS, output_format, output)
    return ANSWERED


@command.command("entries")
@click.option("--rules-as-of", type=DATE, default=None, help="Only those in force on this date. [default: all]")
@format_option()
@output_option
def show_entries(rules_as_of: date | None, output_format: str, output: Path | None) -> int:
    """The control-list entries that the rules are about."""
    from topco.application.law import LawByDate
    from topco.application.law_data import ENTRY_COLUMNS

    _write(LawByDate().entries(rules_as_of), ENTRY_COLUMNS, output_format, output)
    return ANSWERED


@command.command("periods")
@click.option("--rules-as-of", type=DATE, default=None, help="Only what stands on this date. [default: all periods]")
@click.option("--reading", type=click.Choice(READINGS), default=None, help="Only what counts in this reading.")
@format_option()
@output_option
def show_periods(rules_as_of: date | None, reading: str | None, output_format: str, output: Path | None) -> int:
    """Rule sets and overlays by date: what stood when, what is contested, and what was not read."""
    from topco.application.law import PERIOD_COLUMNS, LawByDate

    _write(LawByDate().periods(rules_as_of, reading), PERIOD_COLUMNS, output_format, output)
    return ANSWERED


@command.command("coverage")
@_law_options
@format_option()
@output_option
def show_coverage(rules_as_of: date | None, reading: str, output_format: str, output: Path | None) -> int:
    """How each provision stands: modelled, in part, only named, behind the data, not used, or not in force."""
    from topco.application.law import COVERAGE_COLUMNS, LawByDate, OfLaw
    from topco.licensing.law.coverage import STANDINGS

    asked = OfLaw(reading, rules_as_of)
    document = LawByDate().coverage(asked)
    if output_format == "json":
        with answers.destination(output) as stream:
            answers.write_json(stream, [document], lines=False)
    else:
        counted = ", ".join(f"{kind} {len(document[kind])}" for kind in STANDINGS)
        title = f"{asked.frame().ruleset.label} on {asked.day}: {counted}"
        _write(document["provisions"], COVERAGE_COLUMNS, output_format, output, title)
    return ANSWERED


@command.command("table")
@_law_options
@format_option()
@output_option
def show_table(rules_as_of: date | None, reading: str, output_format: str, output: Path | None) -> int:
    """The whole law of a date as one table: what must hold, what follows, and where it stands.

    A cell that is empty in CSV and JSON does not matter. Rows hold for one party in the roles that they name; of
    several parties the strictest decides.
    """
    from topco.application.law import LawByDate, OfLaw
    from topco.licensing.decision import table as tables

    asked = OfLaw(reading, rules_as_of)
    rows = LawByDate().table(asked)
    shown = ("section", "question", "when", "outcome", "cites") if output_format == "table" else tables.COLUMNS
    title = f"{asked.frame().ruleset.label} on {asked.day}: {len(rows)} rows"
    _write(rows, shown, output_format, output, title)
    return ANSWERED


@command.command("diff")
@click.argument("a")
@click.argument("b")
@_law_options
@format_option()
@output_option
def show_diff(a: str, b: str, rules_as_of: date | None, reading: str, output_format: str, output: Path | None) -> int:
    """What differs between A and B, and for whom: rules, figures, groups, item tests, outcomes.

    A and B are each a reading (article), a date (2025-05-15), or both (codified@2025-06-01); --reading and
    --rules-as-of give what is left out. Exit code 1 if something differs.
    """
    from topco.application.law import LawByDate, OfLaw, difference_rows
    from topco.licensing.law.diff import COLUMNS as DIFF_COLUMNS

    document = LawByDate().difference(a, b, OfLaw(reading, rules_as_of))
    rows = difference_rows(document)
    if output_format == "json":
        with answers.destination(output) as stream:
            answers.write_json(stream, [document], lines=False)
    else:
        title = f"a: {document['a']}, b: {document['b']}" + ("" if rows else ": nothing differs")
        _write(rows, DIFF_COLUMNS, output_format, output, title)
    return FINDINGS if rows else ANSWERED


def _write(
    rows: Sequence[dict[str, Any]], columns: Sequence[str], output_format: str, output: Path | None, title: str = ""
) -> None:
    """Rows as a table, as CSV, or as JSON lines."""
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, rows, lines=True)
        elif output_format == "csv":
            answers.write_csv(stream, columns, rows)
        else:
            answers.write_table(stream, columns, rows, title)
