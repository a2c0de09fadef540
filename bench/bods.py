"""Loading generated statements of beneficial ownership (BODS 0.4): rate, memory, and growth with their number.

    python -m bench.bods                                  10,000, 100,000 and 1,000,000 statements: a table
    python -m bench.bods generate 1000000 FILE            the statements alone
    python -m bench.bods load FILE STORE                  one measured load on one core, as a line of JSON

Everything is invented. The mix resembles Open Ownership's publication of the British register: a company, an owner and
a relationship with one to three banded interests in turn; a tenth of the relationships closed by a second statement.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.measure import ROOT, Measured, machine, reported
from bench.memory import own_peak_mib

SEED = 20_250_305
SIZES = (10_000, 100_000, 1_000_000)
RATE, MEMORY_MIB = 20_000, 1_024
HEADER = [
    "| statements | MB | s | processor, s | statements a second of processor | peak, MiB | aim |",
    "|---:|---:|---:|---:|---:|---:|---|",
]
BANDS = ((75.0, 100.0), (25.0, 50.0), (50.0, 75.0))
CODES = ("shareholding", "votingRights", "appointmentOfBoard")
PUBLICATION = {
    "publicationDate": "2025-03-05",
    "bodsVersion": "0.4",
    "license": "https://creativecommons.org/publicdomain/zero/1.0/",
    "publisher": {"name": "An invented register", "url": "https://example.org/register"},
}
SOURCE = {"type": ["officialRegister"], "url": "https://example.org/source.html"}
COUNTRY = {"name": "United Kingdom", "code": "GB"}


def generate(statements: int, path: Path, seed: int = SEED) -> None:
    """Write this many statements as JSON lines."""
    with path.open("w", encoding="utf-8") as stream:
        for _, statement in zip(range(statements), _statements(random.Random(seed)), strict=False):
            stream.write(json.dumps(statement, separators=(",", ":")) + "\n")


def _statements(chance: random.Random) -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        number += 1
        company, owner = f"GB-COH-{number:08d}", f"GB-COH-PER-{number:08d}"
        yield _statement(chance, company, company, "entity", _company(number))
        if chance.random() < 0.2:
            owner = f"GB-COH-{chance.randrange(number) + 1:08d}"
        else:
            yield _statement(chance, company, owner, "person", _person(number))
        relation = _relation(chance, company, owner)
        yield _statement(chance, company, f"{company}-{owner}", "relationship", relation)
        if chance.random() < 0.1:
            yield _statement(chance, company, f"{company}-{owner}", "relationship", relation, "closed")


def _statement(
    chance: random.Random, about: str, record: str, kind: str, details: dict[str, Any], status: str = "new"
) -> dict[str, Any]:
    return {
        "statementId": str(uuid.UUID(int=chance.getrandbits(128))),
        "recordId": record,
        "declarationSubject": about,
        "recordType": kind,
        "recordStatus": status,
        "statementDate": "2024-10-03" if status == "new" else "2025-01-15",
        "recordDetails": {"isComponent": False, **details},
        "publicationDetails": PUBLICATION,
        "source": SOURCE,
    }


def _company(number: int) -> dict[str, Any]:
    return {
        "entityType": {"type": "registeredEntity", "details": "Private Limited Company"},
        "name": f"INVENTED COMPANY {number} LIMITED",
        "jurisdiction": COUNTRY,
        "foundingDate": "1988-11-11",
        "identifiers": [{"id": f"{number % 10**8:08d}", "scheme": "GB-COH", "schemeName": "Companies House"}],
        "addresses": [
            {"type": "registered", "address": f"{number} HIGH STREET, TOWN", "postCode": "AB1 2CD", "country": COUNTRY}
        ],
    }


def _person(number: int) -> dict[str, Any]:
    return {
        "personType": "knownPerson",
        "names": [{"type": "legal", "fullName": f"Invented Person {number}", "familyName": "Person"}],
        "nationalities": [COUNTRY],
        "birthDate": "1971-11",
        "addresses": [{"type": "service", "address": f"{number} High Street, Town", "country": COUNTRY}],
    }


def _relation(chance: random.Random, company: str, owner: str) -> dict[str, Any]:
    low, high = chance.choices(BANDS, (55, 35, 10))[0]
    interests = [
        {
            "type": code,
            "directOrIndirect": "unknown",
            "beneficialOwnershipOrControl": True,
            "details": f"Relationship Type: ['ownership-of-shares-{low:.0f}-to-{high:.0f}-percent']",
            "startDate": "2016-04-06",
        }
        | ({} if code == "appointmentOfBoard" else {"share": {"minimum": low, "maximum": high}})
        for code in CODES[: chance.randint(1, 3)]
    ]
    return {"subject": company, "interestedParty": owner, "interests": interests}


def measure(sizes: Sequence[int], folder: Path, say: Callable[[str], None]) -> list[str]:
    """Load generated statements of each number into an empty store, on one core; the lines of a table."""
    lines = list(HEADER)
    for statements in sizes:
        path, store = folder / f"bods-{statements}.jsonl", folder / f"bods-store-{statements}"
        if not path.exists():
            say(f"(making {statements:,} statements)")
            generate(statements, path.with_suffix(".making"))
            path.with_suffix(".making").rename(path)
        say(f"{statements:,} statements")
        shutil.rmtree(store, ignore_errors=True)
        found = reported(["bench.bods", "load", str(path), str(store)])
        lines.append(_line(statements, path.stat().st_size / 1e6, found))
        shutil.rmtree(store, ignore_errors=True)
    return lines


def _line(statements: int, megabytes: float, found: Measured) -> str:
    aim = f"{RATE:,} a second, {MEMORY_MIB:,} MiB"
    figures = f"{found.seconds:.1f} | {found.processor:.1f} | {statements / found.processor:,.0f} | {found.peak_mib:,}"
    return f"| {statements:,} | {megabytes:,.1f} | {figures} | {aim} |"


def _load(path: Path, store: Path) -> None:
    """Measure one load without the graph, with one core for everything."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from topco.registries.bods import Bods
    from topco.registries.loading import load
    from topco.store.store import Store

    opened = Store.open(store, create=True)
    started, busy = time.perf_counter(), time.process_time()
    outcome = load(opened, Bods(), [path], None, lambda *_: None)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    assert outcome.loaded, outcome.refused
    print(json.dumps({"seconds": seconds, "processor": busy, "peak_mib": own_peak_mib()}))


def main(arguments: Sequence[str]) -> None:
    match list(arguments):
        case ["generate", statements, path]:
            generate(int(statements), Path(path))
        case ["load", path, store]:
            _load(Path(path), Path(store))
        case sizes:
            work = ROOT / "bench" / "work"
            work.mkdir(parents=True, exist_ok=True)
            lines = measure([int(size) for size in sizes] or SIZES, work, lambda words: print(words, file=sys.stderr))
            print("\n".join([machine(), "", *lines]))


if __name__ == "__main__":
    main(sys.argv[1:])
