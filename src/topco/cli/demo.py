"""`make demo`: from registry files to licence presumptions, a checked proof and a report, in a folder of its own.

Each step is printed as a user would type it and run through the same entry point as the command. A step may be meant to
end with another exit code than 0 (an undetermined order ends with 3); the demo fails if any step ends otherwise than
announced.
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from topco import knowledge
from topco.cli.main import main
from topco.errors import ANSWERED, BAD_INPUT, FINDINGS, UNDETERMINED

RESULTS = Path("topco-demo")
MARK = ".made-by-topco-demo"
ADDRESS = "http://127.0.0.1:8765/"


@dataclass(frozen=True)
class Step:
    """One command, why it is run, the exit code that it must end with, and the line of a file that it reads."""

    why: str
    arguments: tuple[str, ...]
    expected: int = ANSWERED
    file: str | None = None
    line: int = 0

    def typed(self) -> str:
        """The command as a user would type it.

        >>> Step("", ("determine", "-"), file="cases.jsonl", line=2).typed()
        'sed -n 2p cases.jsonl | topco determine -'
        """
        command = shlex.join(("topco", *self.arguments))
        return f"sed -n {self.line}p {shlex.quote(self.file)} | {command}" if self.file else command


def steps(samples: str, results: str) -> list[Step]:
    """The demo over the folder of samples; files are written to the folder of results."""
    registry, cases, orders = (
        f"{samples}/{name}" for name in ("gleif", "orders/demo-cases.jsonl", "orders/orders.csv")
    )
    holdings, day = f"{samples}/holdings", ("--as-of", "2026-01-31")
    one, table = ("determine", "-"), ("--format", "csv")
    folder, second, bods = f"{samples}/registries", ("--store", f"{results}/registries"), f"{results}/lab.json"
    denial, rows = f"{results}/denial.json", f"{results}/screened.csv"
    kept = ("--format", "json", "--record", "--note", "the demo", "--author", "demo")
    against = ("--store", f"{results}/store")

    def page(name: str) -> tuple[str, str]:
        return "--output", f"{results}/{name}.html"

    return [
        Step("Load 318 real records. One fund is its own parent: a warning.", ("load", "gleif", registry), FINDINGS),
        Step("What is loaded, of which date, under which licence.", ("sources",)),
        Step("Check it against the shapes; the ring is a violation.", ("validate",), FINDINGS),
        Step("A German company of a Russian group.", ("resolve", "391200PKEUF3Y2NUMW25")),
        Step("A chain that stops short of the recorded ultimate parent.", ("resolve", "724500NMPK4BBMMMD571")),
        Step("A branch: the same legal person as its head office.", ("resolve", "549300H667FIK5PZPV54")),
        Step("A parent that exists and is not named.", ("resolve", "00GBW0Z2GYIER7DHDS71"), UNDETERMINED),
        Step("Invented holdings, a difficulty each.", ("load", "table", holdings, "--vintage", "2026-01-31")),
        Step("Nobody has half; one party controls both that together do.", ("resolve", "X:target", *day), UNDETERMINED),
        Step("Every path from that party down, with products and rows.", ("chain", "X:apex", "X:target", *day)),
        Step("Which threshold, or which change of one share, would change it.", ("sensitivity", "X:target", *day)),
        Step("When the parent of another one changed, and why.", ("timeline", "X:sold")),
        Step("Four orders: approval, denial, licence exception AIA, undetermined.", ("determine", cases, *table)),
        Step("Alone, an order that cannot be determined ends with 3.", (*one, *table), UNDETERMINED, cases, 4),
        Step("The denial, kept as a record.", (*one, *kept, "--output", denial), file=cases, line=2),
        Step("Its proof, down to the rows of the registry and the paragraphs of the law.", ("explain", denial)),
        Step(
            "What it hangs on; what is not given is explained.",
            ("whatif", "-", "--want", "AIA=available"),
            file=cases,
            line=2,
        ),
        Step("Many orders, a row each; one is refused on purpose.", ("screen", orders, "--output", rows), BAD_INPUT),
        Step(
            "A question to the graph: headquartered in China, registered elsewhere.",
            ("query", "headquartered-elsewhere", "--param", "country=CN"),
        ),
        Step("A folder of nine registries, invented, in a store of its own.", ("load", folder, *second), FINDINGS),
        Step("A chain across them, with a source on every edge.", ("resolve", "X:northwind-lab", *day, *second)),
        Step("The same group for others, as BODS.", ("export", "bods", "X:northwind-lab", *second, "--output", bods)),
        Step("The records, each chained to the one before.", ("records", "verify")),
        Step("Would the kept answer be another today?", ("recheck",)),
        Step("The screening as a page with plots.", ("report", "--screening", rows, *page("screening"))),
        Step("The proof as a page, to open.", ("explain", denial, "--format", "html", *page("proof"))),
        Step("The denial as a report of two pages, to open and to print.", ("report", denial, *page("report"))),
        Step(
            "Its proof once more: derived again from its leaves, and held against the store.",
            ("verify", denial, *against),
        ),
    ]


@contextmanager
def reading(step: Step) -> Iterator[None]:
    """Let the command read the step's line from stdin."""
    if step.file is None:
        yield
        return
    line = Path(step.file).read_text(encoding="utf-8").splitlines(keepends=True)[step.line - 1]
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(line.encode()), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before


def run(step: Step) -> int:
    """Run one step as the command line would, and give its exit code."""
    try:
        with reading(step):
            main(list(step.arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return ANSWERED


def invite() -> None:
    """Tell how to go on in the workbench."""
    print(
        f"To go on in the workbench, run\n  {_program()} serve --store {RESULTS}/store\nand open {ADDRESS}", flush=True
    )


def _program() -> str:
    """The command as one would type it from here: it may stand beside this Python and not on the path."""
    beside = Path(sys.executable).with_name("topco")
    return shown(beside) if beside.is_file() and shutil.which("topco") is None else "topco"


def shown(path: Path) -> str:
    """The path as one would type it from here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def play(script: Sequence[Step]) -> list[str]:
    """Run the steps in order; what went otherwise than announced."""
    failures = []
    for number, step in enumerate(script, 1):
        print(f"\n# {number}. {step.why}\n$ {step.typed()}", flush=True)
        code = run(step)
        sys.stderr.flush()
        if code != ANSWERED:
            print(f"[exit {code}]", flush=True)
        if code != step.expected:
            failures.append(f"step {number} ended with exit {code}, expected {step.expected}: {step.typed()}")
    return failures


def fresh(folder: Path) -> None:
    """Make the folder of results anew; one that no demo has made is left alone.

    Raises:
        SystemExit: there is something else under this name.
    """
    mark = folder / MARK
    if folder.exists() and not mark.is_file():
        sys.exit(f"demo: {folder} is in the way; move it, or run the demo elsewhere.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    mark.touch()


def demo() -> int:
    """The whole demo; 0 if every step ended as announced. It leaves its results in the folder `topco-demo`."""
    started = time.perf_counter()
    kept = os.environ.get("TOPCO_STORE")
    fresh(RESULTS)
    os.environ["TOPCO_STORE"] = f"{RESULTS}/store"
    print(f"$ export TOPCO_STORE={RESULTS}/store")
    try:
        failures = play(steps(shown(knowledge.root() / "data" / "samples"), str(RESULTS)))
    finally:
        del os.environ["TOPCO_STORE"]
        if kept is not None:
            os.environ["TOPCO_STORE"] = kept
    pages = ", ".join(str(page) for page in sorted(RESULTS.glob("*.html")))
    print(f"\n{time.perf_counter() - started:.1f} s. To open in a browser: {pages}. Not legal advice.")
    invite()
    for failure in failures:
        print(f"demo: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(demo())
