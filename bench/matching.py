"""Matching names: 100,000 against a million generated ones, and real ones whose true links are known.

    python -m bench.matching                      the page docs/benchmarks-matching.md (about five minutes)
    python -m bench.matching --asking 10000 --asked 100000 --printed

The generated names are of invented words, common ones among them as common as in registers; three of five that ask are
written otherwise than the name that is meant, in one way each, and two of five mean none. What is measured runs in a
process of its own.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

import click
import numpy as np
import polars as pl

from bench.measure import ROOT, load_average, machine, reported
from topco.matching.proposals import MINIMUM, NAMES, propose

SHARED = ROOT.parent / "shared" / "data"
WORK = ROOT / "bench" / "work" / "matching"
SEED = 20261127
PAGE = ROOT / "docs" / "benchmarks-matching.md"

SYLLABLES = ("al", "ber", "cor", "dan", "el", "fin", "gra", "hol", "in", "jor", "kel", "lum", "mar", "nor", "ost",
             "pra", "qui", "ros", "sol", "tri", "umb", "ver", "wes", "xen", "yor", "zan")  # fmt: skip
COMMON = ("Holdings", "International", "Trading", "Technology", "Capital", "Services", "Group", "Energy", "Investments",
          "Properties", "Management", "Systems", "Partners", "Industries", "Global", "Finance")  # fmt: skip
COUNTRIES = {"US": 20, "GB": 20, "DE": 15, "CN": 12, "FR": 10, "NL": 8, "IT": 8, "SG": 4, "KY": 3}
# Legal forms of a country, with another way to write each.
FORMS = {
    "US": (("Inc.", "Incorporated"), ("LLC", "L.L.C."), ("Corp.", "Corporation")),
    "GB": (("Limited", "LTD"), ("PLC", "p.l.c."), ("LLP", "L.L.P.")),
    "DE": (("GmbH", "Gesellschaft mit beschränkter Haftung"), ("AG", "Aktiengesellschaft")),
    "CN": (("Co., Ltd.", "Company Limited"), ("Co., Ltd.", "Co Ltd")),
    "FR": (("S.A.", "Société anonyme"), ("SARL", "S.à r.l.")),
    "NL": (("B.V.", "BV"), ("N.V.", "NV")),
    "IT": (("S.p.A.", "SPA"), ("S.r.l.", "SRL")),
    "SG": (("Pte. Ltd.", "Private Limited"),),
    "KY": (("Ltd.", "Limited"), ("L.P.", "Limited Partnership")),
}
WAYS = ("as it is", "another legal form spelling", "no legal form", "words in another order", "a letter left out",
        "two letters exchanged", "a letter too many", "a country unknown", "abbreviated")  # fmt: skip
SHORT = {"International": "Intl", "Technology": "Tech", "Services": "Svcs", "Management": "Mgmt", "Holdings": "Hldgs"}


def generate(asking: int, asked: int, seed: int = SEED) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Two frames of names, and what is meant: `first` of the asking side, `second`, `way` in which it is written."""
    random = np.random.default_rng(seed)
    vocabulary = ["".join(random.choice(SYLLABLES, size=random.integers(2, 5))).capitalize() for _ in range(60_000)]
    rank = np.arange(1, len(vocabulary) + 1)
    weights = (1 / rank**0.7) / (1 / rank**0.7).sum()
    chances = np.array(list(COUNTRIES.values())) / sum(COUNTRIES.values())
    countries = random.choice(list(COUNTRIES), size=asked + asking, p=chances)
    own = random.choice(len(vocabulary), size=(asked + asking, 3), p=weights)
    size = random.integers(1, 4, size=asked + asking)
    common, numbers = random.integers(0, 2 * len(COMMON), asked + asking), random.integers(0, 300, asked + asking)
    parts: list[tuple[list[str], str, str]] = []
    for place in range(asked + asking):
        words = [vocabulary[word] for word in own[place, : size[place]]]
        if common[place] < len(COMMON):
            words.append(COMMON[common[place]])
        if numbers[place] < 10:
            words.append(str(numbers[place] + 1))
        forms = FORMS[str(countries[place])]
        plain, other = forms[numbers[place] % len(forms)]
        parts.append((words, plain, other))
    right = [(f"R:{n}", f"{' '.join(parts[n][0])} {parts[n][1]}", str(countries[n])) for n in range(asked)]
    left, meant = [], []
    for number in range(asking):
        identifier = f"L:{number}"
        if number % 5 >= 3:
            words, plain, _ = parts[asked + number]
            left.append((identifier, f"{' '.join(words)} {plain}", str(countries[asked + number])))
            continue
        target = int(random.integers(asked))
        way = WAYS[number % len(WAYS)]
        name = _written(*parts[target], way, random)
        left.append((identifier, name, None if way == "a country unknown" else str(countries[target])))
        meant.append((identifier, f"R:{target}", way))
    return _frame(left), _frame(right), pl.DataFrame(meant, schema=["first", "second", "way"], orient="row")


def _written(words: list[str], plain: str, other: str, way: str, random: np.random.Generator) -> str:
    words = list(words)
    place = max(range(len(words)), key=lambda index: len(words[index]))
    word = words[place]
    at = int(random.integers(1, len(word) - 1)) if len(word) > 2 else 0
    if way == "words in another order":
        words = words[1:] + words[:1]
    elif way == "a letter left out":
        words[place] = word[:at] + word[at + 1 :]
    elif way == "two letters exchanged":
        words[place] = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    elif way == "a letter too many":
        words[place] = word[:at] + word[at] + word[at:]
    elif way == "abbreviated":
        words = [SHORT.get(one, one) for one in words]
    form = {"no legal form": "", "another legal form spelling": other}.get(way, plain)
    return f"{' '.join(words)} {form}".strip().upper()


def _frame(rows: list[tuple[str, str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame([(*row, "LegalEntity") for row in rows], schema=NAMES, orient="row")


def gleif_and_companies_house(folder: Path = SHARED) -> tuple[pl.DataFrame, pl.DataFrame, set[tuple[str, str]]]:
    """The two halves of `bods-0.4-gleif-uk` as names, and their true links: the company numbers that both state."""
    frames, numbers = [], []
    for half in ("gleif", "uk-psc"):
        records = {}
        for path in sorted((folder / "bods-0.4-gleif-uk" / half).glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                statement = json.loads(line)
                if statement["recordType"] == "entity" and statement.get("recordStatus") != "closed":
                    records[statement["recordId"]] = statement["recordDetails"]
        frames.append(_frame([(key, one.get("name"), _countries(one)) for key, one in sorted(records.items())]))
        numbers.append({key: _company_numbers(one) for key, one in records.items()})
    left, right = numbers
    return frames[0], frames[1], {(one, other) for one in left for other in right if left[one] & right[other]}


def _countries(record: dict) -> str | None:
    stated = [record.get("incorporatedInJurisdiction"), *(one.get("country") for one in record.get("addresses") or ())]
    codes = {one.get("code") if isinstance(one, dict) else one for one in stated if one}
    return (
        ";".join(sorted(code[:2] for code in codes if code and code[:2].isupper() and code[2:3] in ("", "-"))) or None
    )


def _company_numbers(record: dict) -> set[str]:
    return {one["id"].upper().zfill(8) for one in record.get("identifiers") or () if one.get("scheme") == "GB-COH"}


def listed_parents(folder: Path = SHARED) -> tuple[pl.DataFrame, pl.DataFrame, set[tuple[str, str]]]:
    """Parents as the 1260H list names them, its entries as printed, and the links that its cleaned names make.

    A parent means an entry if the letters of its name are those of the entry's cleaned name, or of what the entry is
    called elsewhere in the list, case and punctuation aside.
    """
    with (folder / "us-1260h-list" / "sanctions.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))

    def letters(name: str) -> str:
        return "".join(character for character in name.lower() if character.isalnum())

    printed = sorted({row["Name"].strip() for row in rows})
    cleaned = defaultdict(set)
    for row in rows:
        cleaned[letters(row["Clean Name"])].add(row["Name"].strip())
    parents = sorted({row["Parent Name"].strip() for row in rows if row["Parent Name"].strip()})
    links = {(f"P:{one}", f"E:{entry}") for one in parents for entry in cleaned[letters(one)]}
    left, right = (
        [(f"{mark}:{name}", name, "CN") for name in names] for mark, names in (("P", parents), ("E", printed))
    )
    return _frame(left), _frame(right), links


def reached(found: pl.DataFrame, links: set[tuple[str, str]], minimum: int) -> tuple[float, float, int]:
    """Recall, precision and number of the pairs that score at least this."""
    pairs = set(found.filter(pl.col("score") >= minimum).select("first", "second").iter_rows())
    return len(pairs & links) / max(len(links), 1), len(pairs & links) / max(len(pairs), 1), len(pairs)


def run(folder: Path) -> None:
    """What is measured: reads two frames, writes the proposals, prints its own times."""
    left, right = (pl.read_parquet(folder / f"{side}.parquet") for side in ("left", "right"))
    started, before = time.perf_counter(), time.process_time()
    found = propose(left, right)
    seconds, processor = time.perf_counter() - started, time.process_time() - before
    found.write_parquet(folder / "found.parquet")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak, "in_memory": found.height, "processor": processor}))


def measure(asking: int, asked: int) -> list[str]:
    """The lines of the table for one size, with the recall of each way of writing."""
    folder = WORK / f"{asking}-{asked}"
    folder.mkdir(parents=True, exist_ok=True)
    left, right, meant = generate(asking, asked)
    left.write_parquet(folder / "left.parquet")
    right.write_parquet(folder / "right.parquet")
    took = reported(["bench.matching", "--run", str(folder)])
    found = pl.read_parquet(folder / "found.parquet")
    hit = meant.join(found.select("first", "second", "score"), on=["first", "second"], how="left")
    ways = hit.group_by("way").agg(n=pl.len(), recall=pl.col("score").is_not_null().mean()).sort("way")
    proposed = found.select("first").n_unique()
    mean = hit.filter(pl.col("score").is_not_null()).height / max(found.height, 1)
    lines = [
        f"{asking:,} against {asked:,}: {took.seconds:.1f} s, {took.processor:.1f} s of processor, peak "
        f"{took.peak_mib:,} MiB; {found.height:,} pairs for {proposed:,} names; {100 * mean:.0f} percent of the pairs "
        "are the meant ones.",
        "",
        "| how the name is written | names | found among the proposals |",
        "|---|---:|---:|",
    ]
    lines += [f"| {row['way']} | {row['n']:,} | {100 * row['recall']:.1f} % |" for row in ways.iter_rows(named=True)]
    return lines


def real() -> list[str]:
    """Recall and precision on the real links, at several cut-offs."""
    if not SHARED.is_dir():
        return ["Not measured: the real registry data, which are not part of this project, were absent."]
    lines = ["| names | least score | true links | recall | precision | pairs |", "|---|---:|---:|---:|---:|---:|"]
    for words, (left, right, links) in (
        ("GLEIF and Companies House", gleif_and_companies_house()),
        ("the same, no country known", _without_country(*gleif_and_companies_house())),
        ("1260H parents and entries", listed_parents()),
    ):
        found = propose(left, right, 60)
        for minimum in (95, MINIMUM, 75, 60):
            recall, precision, pairs = reached(found, links, minimum)
            lines.append(
                f"| {words} | {minimum} | {len(links)} | {100 * recall:.0f} % | {100 * precision:.0f} % | {pairs} |"
            )
    return lines


def _without_country(
    left: pl.DataFrame, right: pl.DataFrame, links: set[tuple[str, str]]
) -> tuple[pl.DataFrame, pl.DataFrame, set[tuple[str, str]]]:
    return left.with_columns(country=pl.lit(None, dtype=pl.String)), right, links


@click.command()
@click.option("--asking", default=100_000, show_default=True)
@click.option("--asked", default=1_000_000, show_default=True)
@click.option("--printed", is_flag=True, help="Print the page and write no file.")
@click.option("--run", "folder", type=click.Path(path_type=Path), default=None, hidden=True)
def main(asking: int, asked: int, folder: Path | None, *, printed: bool) -> None:
    """Measure matching, and write its page."""
    if folder is not None:
        run(folder)
        return
    before = load_average()
    sizes = ((asking // 10, asked // 10), (asking, asked))
    parts = ["\n".join(measure(*size)) for size in sizes]
    parts.append("\n".join(["## Real names", "", REAL, "", *real()]))
    head = INTRODUCTION.format(day=date.today(), machine=machine(), seed=SEED)
    text = "\n\n".join([head, *parts, f"Load average before and after: {before}, {load_average()}."]) + "\n"
    if printed:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


INTRODUCTION = """# Benchmarks of matching

Written by `python -m bench.matching` on {day}. One run each, in a process of its own; from two frames in memory to the
proposals, normal forms included, imports and reading excluded. Cut-off 85. Seed of the generated names: {seed}. How
a score comes about: [matching](matching.md).

{machine}

## Generated names

Three of five names that ask mean one of the others and are written otherwise, in one way each. A third of the names
is one invented word and a legal form, and many bear the same: hence so few of the pairs are the meant ones. Times are
of a machine that others used as well; the time of the processor says more."""

REAL = """True links between GLEIF and Companies House are the company numbers that both state; pairs beyond them are
wrong, or right and unknown to the numbers. Parents on the 1260H list are linked to the entries whose cleaned name has
the same letters; the entries are compared as printed, with their remarks and footnote marks."""


if __name__ == "__main__":
    main()
