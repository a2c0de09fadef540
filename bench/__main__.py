"""Run the benchmarks and write `docs/benchmarks.md`.

python -m bench                                              everything (about half an hour, 12 GB of disk)
python -m bench ultimate-parents --sizes 10000 --sizes 100000   one part, printed only
python -m bench load --records 10000
python -m bench resolve --records 10000
python -m bench ownership                                    writes docs/benchmarks-ownership.md (about an hour)
python -m bench ownership --sizes 10000 --printed
python -m bench screening                                    writes docs/benchmarks-screening.md
python -m bench serving                                      writes docs/benchmarks-serving.md (four minutes)
python -m bench registries --sizes 10000                     importing PSC snapshots and BODS statements, printed only
python -m bench validating                                   writes docs/benchmarks-validation.md (about a quarter hour)
python -m bench validating --sizes 10000 --printed

Matching of names is a program of its own, `python -m bench.matching`, which writes docs/benchmarks-matching.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import click

from bench import (
    bods,
    importing,
    ownership,
    ownership_page,
    psc,
    registry,
    screening,
    serving,
    ultimate_parents,
    validating,
)
from bench.company_graph import SEED
from bench.measure import ROOT, WORK, load_average, machine, say

SIZES = (1_000, 10_000, 100_000, 1_000_000)
MILLION = 1_000_000
OWNERSHIP_SIZES = (10_000, 100_000, 1_000_000, 10_000_000)

Lines = list[str]


class Part(NamedTuple):
    """A section of the page: its title, how it was measured, and the lines of its tables."""

    title: str
    words: str
    run: Callable[[], Lines]

    def text(self) -> str:
        before = load_average()
        lines = self.run()
        load = f"Load average before and after: {before}, {load_average()}."
        return "\n".join([f"## {self.title}", "", self.words, "", *lines, "", load])


@click.group(invoke_without_command=True)
@click.option("--graph/--no-graph", default=True, help="Also build the graph of the generated million.")
@click.pass_context
def main(context: click.Context, graph: bool) -> None:
    """Measure, in one run, everything that the page of benchmarks states; or one part of it, printed."""
    WORK.mkdir(parents=True, exist_ok=True)
    if context.invoked_subcommand:
        return
    head = INTRODUCTION.format(day=date.today(), machine=machine(), seed=SEED)
    parts = [_parents(SIZES), _real(), _load(MILLION, graph=graph), _resolve(MILLION)]
    text = "\n\n".join([head, *(part.text() for part in parts)]) + "\n"
    (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    click.echo("docs/benchmarks.md is written", err=True)


@main.command("ultimate-parents")
@click.option("--sizes", type=int, multiple=True, default=SIZES, show_default=True, help="Companies; may be repeated.")
def parents_command(sizes: tuple[int, ...]) -> None:
    """Ultimate parents of generated companies, against other means."""
    _print(_parents(sizes))


@main.command("load")
@click.option("--records", default=MILLION, show_default=True, help="Level 1 records of the generated files.")
@click.option("--graph/--no-graph", default=True, help="Also build the graph.")
def load_command(records: int, graph: bool) -> None:
    """Loading real records, and a generated golden copy."""
    _print(_real(), _load(records, graph=graph))


@main.command("resolve")
@click.option("--records", default=MILLION, show_default=True, help="Level 1 records of the generated files.")
def resolve_command(records: int) -> None:
    """Resolving everything that was generated."""
    _print(_resolve(records))


@main.command("ownership")
@click.option("--sizes", type=int, multiple=True, default=OWNERSHIP_SIZES, show_default=True, help="May be repeated.")
@click.option("--fresh", is_flag=True, help="Measure again what has been measured before.")
@click.option("--printed", is_flag=True, help="Print the page and write no file.")
def ownership_command(sizes: tuple[int, ...], *, fresh: bool, printed: bool) -> None:
    """Control, integrated shares and changes on generated holdings, against other means."""
    series = ownership.Series.at(WORK / "ownership", say, fresh=fresh)
    ownership.measure(series, sizes)
    text = ownership_page.page(series)
    if printed:
        sys.stdout.write(text)
        return
    (ROOT / "docs" / "benchmarks-ownership.md").write_text(text, encoding="utf-8")
    click.echo("docs/benchmarks-ownership.md is written", err=True)


@main.command("registries")
@click.option("--sizes", type=int, multiple=True, default=importing.SIZES, show_default=True, help="May be repeated.")
def registries_command(sizes: tuple[int, ...]) -> None:
    """Loading generated PSC snapshots and BODS statements."""
    _print(_importing("PSC snapshots", psc.IMPORTING, sizes), _importing("BODS 0.4", bods.IMPORTING, sizes))


@main.command("validating")
@click.option("--sizes", type=int, multiple=True, default=validating.SIZES, show_default=True, help="May be repeated.")
@click.option("--reference-up-to", default=validating.REFERENCE_UP_TO, show_default=True, help="Entities.")
@click.option("--printed", is_flag=True, help="Print the page and write no file.")
def validating_command(sizes: tuple[int, ...], reference_up_to: int, *, printed: bool) -> None:
    """Validating generated stores by the compiled shapes, against the reference validator."""
    text = validating.page(sizes, reference_up_to, WORK, say)
    if printed:
        sys.stdout.write(text)
        return
    (ROOT / "docs" / "benchmarks-validation.md").write_text(text, encoding="utf-8")
    click.echo("docs/benchmarks-validation.md is written", err=True)


main.add_command(screening.command)
main.add_command(serving.command)


def _print(*parts: Part) -> None:
    sys.stdout.write("\n\n".join([machine(), *(part.text() for part in parts)]) + "\n")


def _parents(sizes: tuple[int, ...]) -> Part:
    return Part("Ultimate parents", PARENTS, lambda: ultimate_parents.measure(sizes, WORK, say))


def _real() -> Part:
    return Part("Real records", REAL, lambda: registry.measure_real(WORK, say))


def _load(records: int, *, graph: bool) -> Part:
    return Part(
        "A generated golden copy", GENERATED, lambda: registry.measure_generated(records, WORK, say, graph=graph)
    )


def _resolve(records: int) -> Part:
    return Part("Resolving all of it", RESOLVE, lambda: registry.measure_resolve(records, WORK, say))


def _importing(title: str, what: importing.Importing, sizes: tuple[int, ...]) -> Part:
    return Part(title, IMPORTING, lambda: importing.measure(what, sizes, WORK, say))


INTRODUCTION = """# Benchmarks

Written by `python -m bench` on {day}. Ratios between means in one run on one machine; no test depends on a time.
Medians of three runs, but one run of what takes longer than ten seconds; every measured thing in a process of its
own; page cache warm. "Processor" is the time of both cores together, which says more than seconds do on a machine
that others use too. Losses stand in the tables as gains do. Seed of the graphs: {seed}.

{machine}"""

PARENTS = """Control, single-parent tests, integrated shares and changes have a page of their own:
[ownership](benchmarks-ownership.md).

From the same Parquet file of steps to a CSV of (entity, ultimate parent), imports excluded and after a
first answer about a thousand companies, so that compiled code is loaded; "whole process" is another process without
that, start and imports included. "In memory": from rows in memory to answers in memory, for SPARQL the query on a
loaded graph. "Times ours" is the time of a means divided by that of the first row of its size. "Same": the pairs are
ours, compared one by one.

The graph (`bench/company_graph.py`): 70 percent of the companies have one direct parent, nine times out of ten one of
the sixteen before it (trees of about 40 levels at a million), N/1000 rings of two companies, and every twentieth
company with a parent also has its ultimate parent recorded, which goes before. Identifiers are text of the length of
LEIs. What leads into a ring has no answer, with every means: the array walk marks rings, SPARQL and OWL find no
company without a next step above them, and DuckDB never comes to them from the tops, or stops there because UNION
drops what was seen.

Every means but one is right for any graph, several parents and rings with a parent outside included. "DuckDB, down,
unguarded" is not: it relies on this graph having neither. "From the tops down" is the quickest safe formulation that
we found; "from each company up" is how such queries are mostly written. Two threads, in memory. `ours` answers this
one question (`topco.ownership.tops`); "with all statuses" is the whole resolution of `topco resolve --all` over the
same rows, which also sorts the identifiers and says what is known and what is not. Peers are left out beyond the size
at which they need minutes."""

REAL = "GLEIF records as of early 2025, loaded into an empty store from the shell, process start included."

GENERATED = """Files of `bench/generate_gleif.py`, from the shell, process start included, into an empty store. One
run: a second one finds the same content and does nothing."""

IMPORTING = "Into an empty store, without the graph, on one core; every load in a process of its own, imports excluded."

RESOLVE = "`topco resolve --all --format csv --output FILE` from the shell, process start included."


if __name__ == "__main__":
    main()
