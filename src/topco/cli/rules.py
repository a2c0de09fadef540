"""`topco rules`: which rules and which law are in force on a date, what one says, and what is covered."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topco.cli import output as answers
from topco.cli.options import DATE, format_option, output_option
from topco.errors import ANSWERED, FINDINGS, BadInput
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from topco.licensing.decision.frames import Frame
    from topco.licensing.law.ruleset import Ruleset

COLUMNS = ("rule", "kind", "cite", "label", "stratum", "from", "to")
PERIOD_COLUMNS = ("id", "kind", "status", "from", "to", "readings", "label", "note", "cite", "confidence", "verified")
READINGS = ("codified", "enforced", "article")


def _law_options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--rules-as-of", type=DATE, default=None, help="Law as of this date. [default: today]")(
        command
    )
    return click.option("--reading", type=click.Choice(READINGS), default="codified", show_default=True)(command)


@click.group("rules")
def command() -> None:
    """The rules in force on a date, with citation and period: list, show, table, diff, periods, coverage."""


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
    title = f"{ruleset.label}, version {ruleset.version}, read up to {ruleset.verified_to}"
    _write(rows, COLUMNS, output_format, output, title)
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


@command.command("periods")
@click.option("--rules-as-of", type=DATE, default=None, help="Only what stands on this date. [default: all periods]")
@click.option("--reading", type=click.Choice(READINGS), default=None, help="Only what counts in this reading.")
@format_option()
@output_option
def show_periods(rules_as_of: date | None, reading: str | None, output_format: str, output: Path | None) -> int:
    """Rule sets and overlays by date: what stood when, what is contested, and what was not read."""
    from topco.licensing.law.body import load_law
    from topco.licensing.law.periods import law_periods

    rows = [
        one.as_row()
        for one in law_periods(load_law())
        if (reading is None or reading in one.readings)
        and (rules_as_of is None or any(one.holds(rules_as_of, each) for each in one.readings))
    ]
    _write(rows, PERIOD_COLUMNS, output_format, output)
    return ANSWERED


@command.command("coverage")
@_law_options
@format_option()
@output_option
def show_coverage(rules_as_of: date | None, reading: str, output_format: str, output: Path | None) -> int:
    """How each provision stands: modelled, in part, only named, behind the data, not used, or not in force."""
    from topco.licensing.law.body import load_law
    from topco.licensing.law.coverage import STANDINGS, coverage_of

    ruleset, day = _ruleset(rules_as_of, reading), rules_as_of or today()
    rows = [one.as_row() for one in coverage_of(load_law(), ruleset, day)]
    if output_format == "json":
        by_standing = {kind: [row["provision"] for row in rows if row["coverage"] == kind] for kind in STANDINGS}
        answer = {"reading": reading, "rules_as_of": day.isoformat(), **by_standing, "provisions": rows}
        with answers.destination(output) as stream:
            answers.write_json(stream, [answer], lines=False)
    else:
        counted = ", ".join(f"{kind} {sum(row['coverage'] == kind for row in rows)}" for kind in STANDINGS)
        shown = ("provision", "coverage", "remark", "label", "rules")
        _write(rows, shown, output_format, output, f"{ruleset.label} on {day}: {counted}")
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
    from topco.licensing.decision import table as tables
    from topco.licensing.decision.frames import Frame
    from topco.licensing.law.body import load_law

    frame = Frame.of(load_law(), reading, rules_as_of or today())
    rows = [row.as_row() for row in tables.decision_table(frame)]
    shown = ("section", "question", "when", "outcome", "cites") if output_format == "table" else tables.COLUMNS
    _write(rows, shown, output_format, output, f"{frame.ruleset.label} on {frame.day}: {len(rows)} rows")
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
    from topco.licensing.law.diff import COLUMNS as DIFF_COLUMNS
    from topco.licensing.law.diff import PARTS, law_diff

    frames = [_frame(text, reading, rules_as_of or today()) for text in (a, b)]
    rows = [one.as_row() for one in law_diff(*frames)]
    if output_format == "json":
        parts = {part: [row for row in rows if row["part"] == part] for part in PARTS}
        with answers.destination(output) as stream:
            answers.write_json(stream, [{"a": frames[0].name, "b": frames[1].name, **parts}], lines=False)
    else:
        title = f"a: {frames[0].name}, b: {frames[1].name}" + ("" if rows else ": nothing differs")
        _write(rows, DIFF_COLUMNS, output_format, output, title)
    return FINDINGS if rows else ANSWERED


def _frame(text: str, reading: str, day: date) -> Frame:
    """A reading, a date, or both."""
    from topco.licensing.decision.frames import Frame
    from topco.licensing.law.body import load_law

    for part in text.split("@", 1):
        if part in READINGS:
            reading = part
        else:
            try:
                day = date.fromisoformat(part)
            except ValueError as error:
                raise BadInput(
                    f"{part!r} is neither a reading nor a date.",
                    remedy=f"Write one of {', '.join(READINGS)}, a date (YYYY-MM-DD), or both: codified@2025-06-01.",
                ) from error
    return Frame.of(load_law(), reading, day)


def _write(
    rows: list[dict[str, Any]], columns: Sequence[str], output_format: str, output: Path | None, title: str = ""
) -> None:
    """Rows as a table, as CSV, or as JSON lines."""
    with answers.destination(output) as stream:
        if output_format == "json":
            answers.write_json(stream, rows, lines=True)
        elif output_format == "csv":
            answers.write_csv(stream, columns, rows)
        else:
            answers.write_table(stream, columns, rows, title)


def _ruleset(rules_as_of: date | None, reading: str) -> Ruleset:
    from topco.licensing.law.body import load_law

    day = rules_as_of or today()
    return load_law().slice_on(day).ruleset(reading, day)
