"""The page of the ownership benchmarks, written from records: verdicts, tables, growth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from itertools import groupby

from bench.measure import machine
from bench.ownership import LIMIT, MANY, MILLION, TEN_MILLION, Record, Series
from bench.ownership_graph import FAMILIES, SEED
from bench.ownership_integrated import MEANS
from bench.ownership_peers import PEERS
from bench.ownership_questions import QUESTIONS

Records = dict[tuple[str, str, int, str, str], Record]

AIM_SQL, AIM_WORKLIST, AIM_WORKLIST_MEMORY = 5.0, 5.0, 10.0
AIM_SECONDS = 0.010
AIM_ERROR = 1e-9
AIM_MIB = 4096
SINGLE_PARENT = ("majority", "control", "cascade")


def page(series: Series) -> str:
    """The whole page as Markdown."""
    records = series.records
    days = sorted({record.day for record in records.values()})
    loads = sorted({float(record.load) for record in records.values() if record.load})
    head = INTRODUCTION.format(
        days=" to ".join(dict.fromkeys((days[0], days[-1]))),
        machine=f"{machine().removesuffix('.')}, scipy {version('scipy')}.",
        seed=SEED,
        least=loads[0],
        most=loads[-1],
        limit=LIMIT,
        many=MANY,
    )
    parts = [head, "## What it came to\n\n" + "\n".join(f"- {line}" for line in verdicts(records)), GRAPHS]
    for question, asked in QUESTIONS.items():
        lines = answers(records, question)
        if lines:
            parts.append("\n".join([f"## {asked.words[0].upper()}{asked.words[1:]}", "", *lines]))
    parts += [
        "\n".join(["## Integrated shares in one company", "", INTEGRATED, "", *integrated(records)]),
        "\n".join(["## One changed holding", "", CHANGES, "", *changes(records)]),
        "\n".join(["## Growth", "", GROWTH, "", *growth(records)]),
    ]
    return "\n\n".join(parts) + "\n"


def verdicts(records: Records) -> Iterator[str]:
    """What became of each aim, at a million companies."""

    def times(question: str, peer: str, figure: Callable[[Record], float]) -> dict[str, float]:
        found = {}
        for family in FAMILIES:
            ours = records.get(("answer", family, MILLION, question, "ours"))
            other = records.get(("answer", family, MILLION, question, peer))
            if ours and other and ours.measured and other.measured:
                found[family] = figure(other) / figure(ours)
        return found

    def both(question: str, peer: str, aim: float) -> str:
        busy = times(question, peer, _processor)
        found = times(question, peer, _file)
        shown = {family: f"{_times(value)} ({_times(busy[family])})" for family, value in found.items()}
        return _judged(found, aim, shown)

    yield "Below, times of the seconds, and in brackets times of the processor's seconds."
    for question in SINGLE_PARENT:
        yield f"Ultimate parents under `{question}`, 5 times DuckDB, file to file: {both(question, 'duckdb', AIM_SQL)}"
    yield f"All pairs of control, 5 times the worklist, file to file: {both('pairs', 'worklist', AIM_WORKLIST)}"
    in_memory = times("pairs", "worklist", _memory)
    yield f"The same in memory, 10 times: {_judged(in_memory, AIM_WORKLIST_MEMORY)}"
    yield f"For the record, the same pairs by DuckDB, file to file: {_listed(times('pairs', 'duckdb', _file))}."
    for kind, question, words in (
        ("integrated", "owners", "Integrated shares in one company, median within 10 ms"),
        ("change", "rederive", "One changed holding, median within 10 ms"),
    ):
        found = {family: records.get((kind, family, MILLION, question, "ours")) for family in FAMILIES}
        medians = {family: one.numbers["median"] for family, one in found.items() if one and one.measured}
        shown = {family: f"{seconds(1000 * median)} ms" for family, median in medians.items()}
        yield f"{words}: {_judged({family: AIM_SECONDS / median for family, median in medians.items()}, 1, shown)}"
    errors = {
        record.family: max(record.numbers["error"], 1e-300)
        for record in records.values()
        if record.companies == MILLION and "error" in record.numbers
    }
    shown = {family: f"{error:.1e}" for family, error in errors.items()}
    judged = _judged({family: AIM_ERROR / error for family, error in errors.items()}, 1, shown)
    yield f"Certified error of these shares at most 10⁻⁹, the largest of any answer: {judged}"
    peaks = {
        f"{family}, {question}": record.measured.peak_mib
        for (_, family, companies, question, _), record in records.items()
        if companies == TEN_MILLION and record.measured
    }
    shown = {name: f"{peak:,} MiB" for name, peak in peaks.items()}
    yield f"Ten million companies in 4 GB: {_judged({name: AIM_MIB / peak for name, peak in peaks.items()}, 1, shown)}"
    wins = [
        f"{PEERS[means].words} for `{question}` on `{family}` ({_times(1 / ratio)})"
        for question in QUESTIONS
        for means in ("duckdb", "worklist")
        for family, ratio in times(question, means, _file).items()
        if ratio < 1
    ]
    if wins:
        yield f"Quicker than ours at a million, file to file: {'; '.join(wins)}."
    left_out = [
        f"`{question}` on `{family}`"
        for question in (*SINGLE_PARENT, "pairs")
        for family in FAMILIES
        if (other := records.get(("answer", family, MILLION, question, "duckdb"))) is None or other.measured is None
    ]
    if left_out:
        listed = ", ".join(left_out)
        yield f"DuckDB did not end in time at a million, or was left out for what it took before: {listed}."
    listed = _listed(grown(records))
    yield f"Time for each company in memory, at a million against at 100,000 (ours, `control`): {listed}."
    wrong = [record.key for record in records.values() if record.same is False]
    yield f"Answers that differ: {wrong}." if wrong else "No answer of any means differs from ours."


def grown(records: Records) -> dict[str, float]:
    """By how much the time of each company grows from a hundred thousand to a million."""
    found = {}
    for family in FAMILIES:
        pair = [records.get(("answer", family, size, "control", "ours")) for size in (MILLION, MILLION // 10)]
        if pair[0] and pair[1] and pair[0].measured and pair[1].measured:
            found[family] = _memory(pair[0]) / _memory(pair[1]) / 10
    return found


def _judged(found: dict[str, float], aim: float, shown: dict[str, str] | None = None) -> str:
    words = shown or {name: _times(value) for name, value in found.items()}
    if not found:
        return "not measured."
    met = [f"`{name}` {words[name]}" for name, value in found.items() if value >= aim]
    missed = [f"`{name}` {words[name]}" for name, value in found.items() if value < aim]
    parts = [f"**met** for {', '.join(met)}"] if met else []
    parts += [f"**missed** for {', '.join(missed)}"] if missed else []
    return "; ".join(parts) + "."


def _listed(found: dict[str, float]) -> str:
    return ", ".join(f"`{name}` {_times(value)}" for name, value in found.items()) or "not measured"


def _times(value: float) -> str:
    return f"{value:.0f}×" if value >= 20 else f"{value:.1f}×"


def _file(record: Record) -> float:
    assert record.measured
    return record.measured.seconds


def _processor(record: Record) -> float:
    assert record.measured
    return record.measured.processor


def _memory(record: Record) -> float:
    assert record.measured
    return record.measured.in_memory


def _of(records: Records, kind: str, question: str) -> Iterator[tuple[str, int, list[Record]]]:
    """Families and sizes with the records of each."""
    order = list(FAMILIES)
    chosen = [record for record in records.values() if (record.kind, record.question) == (kind, question)]
    chosen.sort(key=lambda record: (order.index(record.family), record.companies, record.means != "ours"))
    for (family, companies), found in groupby(chosen, key=lambda record: (record.family, record.companies)):
        yield family, companies, list(found)


def answers(records: Records, question: str) -> list[str]:
    """The table of a question, or nothing if it was not asked."""
    lines = []
    for family, companies, found in _of(records, "answer", question):
        ours = next((record.measured for record in found if record.means == "ours"), None)
        for record in found:
            start = f"| {family} | {companies:,} | {PEERS[record.means].words} |"
            measured = record.measured
            if measured is None or ours is None:
                lines.append(f"{start} {record.failed} | | | | | | | |")
                continue
            cells = (
                seconds(measured.seconds),
                f"{measured.seconds / ours.seconds:.1f}",
                seconds(measured.processor),
                seconds(measured.in_memory),
                f"{measured.in_memory / ours.in_memory:.1f}",
                f"{measured.peak_mib:,}",
                f"{record.numbers['rows']:,.0f}",
                _same(record),
            )
            lines.append(f"{start} {' | '.join(cells)} |")
    return [*HEADER, *lines] if lines else []


def integrated(records: Records) -> list[str]:
    lines = [
        "| family | companies | means | building, s | asked | median, ms | ninth decile, ms | most, ms "
        "| certified error, most | peak, MiB | same |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for family, companies, found in _of(records, "integrated", "owners"):
        for record in found:
            start = f"| {family} | {companies:,} | {MEANS[record.means].words} |"
            if record.measured is None:
                lines.append(f"{start} {record.failed} | | | | | | | |")
                continue
            cells = (
                seconds(record.measured.in_memory),
                f"{record.numbers['asked']:.0f}",
                *_milliseconds(record),
                f"{record.numbers['error']:.1e}" if "error" in record.numbers else "none",
                f"{record.measured.peak_mib:,}",
                _same(record),
            )
            lines.append(f"{start} {' | '.join(cells)} |")
    return lines


def changes(records: Records) -> list[str]:
    lines = [
        "| family | companies | changed | median, ms | ninth decile, ms | most, ms | companies derived again, median "
        "| most | full run, ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for family, companies, found in _of(records, "change", "rederive"):
        for record in found:
            if record.measured is None:
                lines.append(f"| {family} | {companies:,} | {record.failed} | | | | | | |")
                continue
            cells = (
                f"{record.numbers['asked']:.0f}",
                *_milliseconds(record),
                f"{record.numbers['companies']:,.0f}",
                f"{record.numbers['most_companies']:,.0f}",
                seconds(1000 * record.measured.in_memory),
            )
            lines.append(f"| {family} | {companies:,} | {' | '.join(cells)} |")
    return lines


def growth(records: Records) -> list[str]:
    """Microseconds of each company, for each size, of ours and of peers."""
    sizes = sorted({record.companies for record in records.values()})
    shown = ("ours", "duckdb", "worklist")
    lines = [
        f"| family | question | means | {' | '.join(f'{size:,}' for size in sizes)} | per company, 1 M against 100 k |",
        f"|---|---|---|{'---:|' * (len(sizes) + 1)}",
    ]
    for family in FAMILIES:
        for question in ("control", "pairs"):
            for means in shown:
                found = {
                    size: record.measured.in_memory / size
                    for size in sizes
                    if (record := records.get(("answer", family, size, question, means))) and record.measured
                }
                if not found:
                    continue
                cells = [seconds(1e6 * found[size]) if size in found else "" for size in sizes]
                large, small = found.get(MILLION), found.get(MILLION // 10)
                ratio = f"{large / small:.1f}" if large and small else ""
                words = f"| {family} | {question} | {PEERS[means].words} |"
                lines.append(f"{words} {' | '.join(cells)} | {ratio} |")
    return lines


def _same(record: Record) -> str:
    return "–" if record.means == "ours" else "yes" if record.same else "**no**"


def _milliseconds(record: Record) -> Iterable[str]:
    return (seconds(1000 * record.numbers[name]) for name in ("median", "ninth_decile", "most"))


def seconds(value: float) -> str:
    """Two figures that mean something.

    >>> seconds(0.012345), seconds(1.26), seconds(1234.5)
    ('0.012', '1.3', '1,234')
    """
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


HEADER = [
    "| family | companies | means | file to file, s | times ours | processor, s | in memory, s | times ours | "
    "peak, MiB | rows | same |",
    "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---|",
]

INTRODUCTION = """# Benchmarks of ownership

Written by `python -m bench ownership` on {days}. Ratios between means on one machine that others use too, in a
series that may be gone on with: means of one question need not have been measured under the same load, so processor
time says more than seconds. Runs begun at a load average over 6 were thrown away and measured again. No test depends on
a time. At a million companies medians of three runs, of what takes longer than five seconds and at
other sizes one run; every run in a process of its own, imports excluded and after a first answer about a thousand
companies. "Processor" is the time of both cores together. "Times ours" is the time of a means divided by ours. Load
average at the starts of the runs: {least} to {most}. Seed of the graphs: {seed}.

{machine}

From the same Parquet file of holdings (text identifiers, bounds in units) to a CSV. "In memory": from rows in memory,
identifiers as text, to answers in memory, as text. "Same": as many rows, and the same two sums of hashes over all rows,
as ours. A means that took more than {many:.0f} s is not asked at ten times the size; one that takes more than
{limit:.0f} s is stopped.

- **ours**: `topco.ownership.numbering`, `control` (what must control alone), `tops`, called on arrays;
  "with all values" also derives who may control, ties, and what is settled. `topco resolve --all` does
  more: it also reads names, headquarters and recorded parents, and says the status of each.
- **DuckDB**: one recursive query, the quickest that we found. Under `majority` from the tops down. With aggregation the
  recursion sees all that it has found (`USING KEY`) and adds up again only what the last round can have changed; for
  ultimate parents it starts from those alone whom no single holder controls. Two threads, in memory.
- **plain Python worklist**: from each party, what it controls, with sums in a dict; for ultimate parents with the same
  shortcut.
- **SPARQL on pyoxigraph**: the queries that define control, each repeated until it adds nothing.
- **scipy**: see below."""

GRAPHS = """## The graphs

`bench/ownership_graph.py`; sizes count companies and other parties.

- `trees`: groups. 70 percent of the companies have a majority holder, half of these another, small one; 15 percent have
  two or three holders of at most half each; N/1000 rings of two.
- `scale-free`: Barabási–Albert, three holders for each new company, random shares: three million holdings.
- `hubs`: 16 holders in four groups hold everything, three in each company.
- `chains`: chains of 10,000 companies. Such a chain has 50 million pairs, so all pairs are asked of one chain only, and
  of ours and the worklist only. (Of 400 links, asked
  once outside this series, DuckDB took 1.6 s and SPARQL 96 s, the worklist 0.14 s, ours 0.01 s.)
- `core`: √N companies that all hold each other, controlled from outside only with their own help; the rest below them.
- `ties`: ventures held by two to exactly one half each; some halves come together again in one hand.
- `bands`: shares known as bands about 50 percent. "Must" is by lower bounds, "may" by upper ones."""

INTEGRATED = """All owners of one company, of companies drawn by seed among those with a holder; error at most 10⁻⁹
asked for; ours certifies one with every answer, and the largest stands in the table. Shares from 10⁻⁶ on are
written, and compared within both errors. "Building" is from the file to what is asked. scipy in the two ways that did
best: sparse LU of those companies alone that are above the one asked about, found by breadth first; and powers of a
sparse row vector until less than 10⁻¹⁰ is on its way. LU of the whole matrix is no means here: where minority holdings
join everything, it had not ended after 250 s at 100,000 companies. Asked for 200 companies (scipy: 50), or until 12 s
are over."""

CHANGES = """200 holdings drawn by seed get another share, one after the other (or until 12 s are over);
`control.incremental.Index` derives control again for the companies that it can matter to. Test `control`, all three
values. After the last one a full run on all changed holdings (time in the last column) must say the same of the
companies derived last."""

GROWTH = """Microseconds for each company, in memory. Arrays of ten thousand companies fit the processor's caches and
those of a million do not, so linear work takes longer for each company at a million too; the last column says how
much, for peers alike. The dense core has √N members with N holdings in each other: control is linear in these. Its
integrated shares are solved for all members with the first question about one, which takes the cube of their number
(column "most" above); every further question takes their number squared at most."""
