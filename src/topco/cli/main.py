"""The `topco` command: a group whose commands are imported only when they run.

`topco --help` must answer at once, so this module imports nothing heavy, and the table below carries the one-line
summaries that the help page shows.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Any

import click

from topco import __version__
from topco.errors import BAD_INPUT, TopcoError

COMMANDS: dict[str, tuple[str, str]] = {
    "load": ("topco.cli.load", "Import registry files into the store."),
    "sources": ("topco.cli.sources", "List what is loaded: publisher, vintage, age, counts, licence."),
    "validate": ("topco.cli.validate", "Check the store against the shapes and report in words."),
    "search": ("topco.cli.search", "Find entities by name or identifier."),
    "resolve": ("topco.cli.resolve", "Headquarters, ultimate parent, chain and status of entities."),
    "owners": ("topco.cli.owners", "Everyone who controls an entity or has an integrated share in it."),
    "holdings": ("topco.cli.holdings", "The whole group below a party, with levels and shares."),
    "chain": ("topco.cli.chain", "Every path from one party down to a company, with products and rows."),
    "timeline": ("topco.cli.timeline", "When parents, status or headquarters changed, and by which rows."),
    "sensitivity": ("topco.cli.sensitivity", "Which threshold, and which change of a share, would change the answer."),
    "match": ("topco.cli.match", "Parties of different sources whose names are alike, with an explained score."),
    "judge": ("topco.cli.judge", "Decide whether two identifiers are one party: same, different, unsure."),
    "state": ("topco.cli.state", "State a headquarters with its source and date."),
    "fetch": ("topco.cli.fetch", "Bring companies and all above them from public interfaces."),
    "export": (
        "topco.cli.export",
        "Take the graph elsewhere: BODS, FollowTheMoney, TriG, JSON-LD, Parquet, CSV, GraphML.",
    ),
    "classify": ("topco.cli.classify", "Items to control-list entries, with the arithmetic."),
    "determine": ("topco.cli.determine", "Cases to determinations: licence, exceptions, review policy."),
    "whatif": ("topco.cli.whatif", "What an answer hangs on: other facts supposed, why not, what would change it."),
    "screen": ("topco.cli.screen", "Many orders to one row each."),
    "records": ("topco.cli.records", "Determinations that were kept: list, show, export, verify."),
    "recheck": ("topco.cli.recheck", "Kept answers that new data or rules would change, and why."),
    "ledger": ("topco.cli.ledger", "What is reserved and spent of allocations and caps."),
    "report": ("topco.cli.report", "Answers, or a screening run, as an HTML page that prints."),
    "explain": ("topco.cli.explain", "The proof of a resolution, a determination or a balance, in every form."),
    "verify": ("topco.cli.verify", "A proof derived again from its leaves; the step that fails is named."),
    "query": ("topco.cli.query", "SPARQL: library queries by name, files or text."),
    "serve": ("topco.cli.serve", "The workbench, REST, SPARQL and reconciliation of a store, on this machine."),
    "mcp": ("topco.cli.mcp", "Tools for agents over one store (Model Context Protocol), on standard input and output."),
    "rules": ("topco.cli.rules", "The law of a date: list, show, table, diff, coverage, periods."),
}


class LazyGroup(click.Group):
    """A click group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="topco")
def cli() -> None:
    """From corporate registries to export-licence presumptions, with proof. Not legal advice.

    Exit codes: 0 answered, 1 findings, 2 bad input, 3 undetermined or not modelled.
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; an error becomes one sentence on stderr and its exit code, never a traceback."""
    try:
        code = cli.main(args=arguments, prog_name="topco", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except TopcoError as error:
        click.echo(f"topco: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno != errno.EPIPE:
            where = f" ({error.filename})" if error.filename else ""
            click.echo(f"topco: The operating system refused: {error.strerror or error}{where}.", err=True)
            sys.exit(BAD_INPUT)
        # The reader of our output has gone (`| head`): nothing is left to say, and flushing at exit must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
