"""Loading generated statements of beneficial ownership (BODS 0.4): rate, memory, and growth with their number.

    python -m bench.bods                                  10,000, 100,000 and 1,000,000 statements: a table
    python -m bench.bods generate 1000000 FILE            the statements alone
    python -m bench.bods load FILE STORE                  one measured load on one core, as a line of JSON

Everything is invented. The mix resembles Open Ownership's publication of the British register: a company, an owner and
a relationship with one to three banded interests in turn; a tenth of the relationships closed by a second statement.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.importing import Importing, main

if TYPE_CHECKING:
    from topco.registries.interface import Registry

SEED = 20_250_305
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


def _registry() -> Registry:
    from topco.registries.bods import Bods

    return Bods()


IMPORTING = Importing("bench.bods", "statements", generate, _registry)


if __name__ == "__main__":
    main(IMPORTING, sys.argv[1:])
