"""Every `topco` command with its arguments and options, as click knows them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click
from markdown_writing import Page, anchor, block, code, document, heading, plain, table

from topco.cli.main import COMMANDS, cli

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "reference/commands"
_EXIT_CODES = (
    (0, "answered"),
    (1, "findings: something was found that a person should see"),
    (2, "bad input: what is wrong, where, and the remedy stand on stderr"),
    (3, "undetermined, or not modelled"),
)


def pages() -> list[Page]:
    """The table of commands, and a page for each."""
    return [_index(), *(_command(name) for name in COMMANDS)]


def _index() -> Page:
    rows = ((f"[{code(f'topco {name}')}]({name}.md)", plain(summary)) for name, (_, summary) in COMMANDS.items())
    text = document(
        heading(1, "Commands"),
        "Generated from the program when this site was built; `--help` says the same. The store is the folder "
        "`.topco`, or `--store`, or `$TOPCO_STORE`.",
        table(("command", "answers"), rows),
        heading(2, "Exit codes"),
        table(("code", "means"), _EXIT_CODES),
    )
    return Page(f"{FOLDER}/index.md", "All commands", text)


def _command(name: str) -> Page:
    top = click.Context(cli, info_name="topco")
    command = cli.get_command(top, name)
    if command is None:
        raise LookupError(f"no command {name}")
    context = click.Context(command, info_name=name, parent=top)
    parts = [heading(1, f"topco {name}"), *_described(command, context)]
    for sub, inner in _below(command, context):
        parts += [heading(2, sub.command_path, anchor(sub.command_path)), *_described(inner, sub)]
    return Page(f"{FOLDER}/{name}.md", f"topco {name}", document(*parts))


def _below(command: click.Command, context: click.Context) -> Iterator[tuple[click.Context, click.Command]]:
    """The commands of a group, and theirs, in order."""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                below = click.Context(inner, info_name=name, parent=context)
                yield below, inner
                yield from _below(inner, below)


def _described(command: click.Command, context: click.Context) -> list[str]:
    """Usage, help, and the options of one command."""
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record and not parameter.hidden:
            rows.append((code(record[0]), plain(record[1])))
    said = inspect.cleandoc(command.help or "").partition("\f")[0]
    paragraphs = [plain(paragraph) for paragraph in said.strip().split("\n\n")]
    return [block(usage, "text"), *paragraphs, table(("option", "means"), rows)]
