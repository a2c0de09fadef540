"""Loading a generated snapshot of people with significant control: rate, memory, and growth with the number of records.

    python -m bench.psc                                  10,000, 100,000 and 1,000,000 records: a table
    python -m bench.psc generate 1000000 FILE            the snapshot alone
    python -m bench.psc load FILE STORE                  one measured load on one core, as a line of JSON

Everything is invented. The mix resembles the register: mostly individuals, one in eight a company with a number of
this register, overseas entities, statements, protected persons, exemptions, a third of the records ceased.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.importing import Importing, main

if TYPE_CHECKING:
    from topco.registries.interface import Registry

SEED = 20_241_122
KINDS = {
    "individual-person-with-significant-control": 80.0,
    "corporate-entity-person-with-significant-control": 12.0,
    "legal-person-person-with-significant-control": 0.2,
    "individual-beneficial-owner": 0.3,
    "corporate-entity-beneficial-owner": 0.4,
    "legal-person-beneficial-owner": 0.05,
    "super-secure-person-with-significant-control": 0.05,
    "persons-with-significant-control-statement": 6.9,
    "exemptions": 0.1,
}
BANDS = {"75-to-100-percent": 55, "25-to-50-percent": 35, "50-to-75-percent": 10}
STATEMENTS = {
    "no-individual-or-entity-with-signficant-control": 70,
    "steps-to-find-psc-not-yet-completed": 15,
    "psc-exists-but-not-identified": 10,
    "psc-contacted-but-no-response": 5,
}
MARKET = "psc-exempt-as-trading-on-uk-regulated-market"
PLACES = ("Companies House", "England And Wales", "Registrar Of Companies For Scotland", "Cayman Islands Registry", "")
SYLLABLES = ("al", "ber", "cor", "dan", "el", "fin", "gra", "hol", "jor", "kel", "lum", "mar", "nor", "ost", "Å", "zü")
_IDENTIFIER = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def generate(records: int, path: Path, seed: int = SEED) -> None:
    """Write a snapshot of this many records and its totals, as JSON lines."""
    chance = random.Random(seed)
    read: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as stream:
        for number, data in _records(records, chance):
            read[data["kind"]] += 1
            stream.write(json.dumps({"company_number": number, "data": data}, separators=(",", ":")) + "\n")
        statements, exemptions = read["persons-with-significant-control-statement"], read["exemptions"]
        totals = {
            "kind": "totals#persons-of-significant-control-snapshot",
            "persons_of_significant_control_count": records - statements - exemptions,
            "statements_count": statements,
            "exemptions_count": exemptions,
            "generated_at": "2024-11-22T03:43:03Z",
        }
        stream.write(json.dumps({"data": totals}, separators=(",", ":")) + "\n")


def _records(records: int, chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    kinds = chance.choices(list(KINDS), list(KINDS.values()), k=records)
    for place, kind in enumerate(kinds):
        overseas = kind.endswith("beneficial-owner")
        number = f"OE{place % 900_000:06d}" if overseas else f"{1_000_000 + place * 3 // 4:08d}"
        yield number, _record(kind, number, chance)


def _record(kind: str, number: str, chance: random.Random) -> dict[str, Any]:
    group = "persons-with-significant-control"
    identifier = "".join(chance.choices(_IDENTIFIER, k=27))
    data: dict[str, Any] = {"kind": kind, "etag": f"{chance.getrandbits(160):040x}"}
    if kind == "exemptions":
        exemption = {
            "exemption_type": "psc-exempt-as-trading-on-uk-regulated-market",
            "items": [{"exempt_from": _day(chance)}],
        }
        data["exemptions"] = {"psc_exempt_as_trading_on_uk_regulated_market": exemption}
        return data | {"links": {"self": f"/company/{number}/exemptions"}}
    if kind.endswith("statement"):
        data["statement"] = chance.choices(list(STATEMENTS), list(STATEMENTS.values()))[0]
        data["links"] = {"self": f"/company/{number}/{group}-statements/{identifier}"}
    else:
        shape = kind.removesuffix("-person-with-significant-control")
        data["links"] = {"self": f"/company/{number}/{group}/{shape}/{identifier}"}
    if kind.startswith("super-secure"):
        return data | {"description": "super-secure-persons-with-significant-control", "ceased": False}
    data["notified_on"] = _day(chance, 2016, 2020)
    if chance.random() < 1 / 3:
        data["ceased_on"] = _day(chance, 2021, 2024)
    return data if "statement" in data else data | _party(kind, chance)


def _party(kind: str, chance: random.Random) -> dict[str, Any]:
    name = " ".join(_word(chance) for _ in range(3))
    address = {"premises": "1", "address_line_1": f"{_word(chance)} Street", "locality": _word(chance)}
    address |= {"country": "England", "postal_code": "ZZ1 1ZZ"}
    party: dict[str, Any] = {"name": name, "address": address, "natures_of_control": _natures(kind, chance)}
    if kind.startswith("individual"):
        party["name_elements"] = dict(zip(("forename", "middle_name", "surname"), name.split(), strict=True))
        party |= {"nationality": "British", "country_of_residence": "England"}
        return party | {"date_of_birth": {"month": chance.randint(1, 12), "year": chance.randint(1930, 2000)}}
    identification = {"legal_authority": "Companies Act 2006", "legal_form": "Private Limited Company"}
    if kind.startswith("legal-person"):
        return party | {"identification": {"legal_authority": "Statute", "legal_form": "Government Department"}}
    place = chance.choice(PLACES)
    if place:
        number = str(1_000_000 + chance.randrange(1_000_000))  # a leading zero is lost
        identification |= {"place_registered": place, "country_registered": "England", "registration_number": number}
    return party | {"identification": identification}


def _natures(kind: str, chance: random.Random) -> list[str]:
    if kind.endswith("beneficial-owner"):
        form = chance.choice(("", "", "-as-trust", "-as-firm"))
        return [f"ownership-of-shares-more-than-25-percent{form}-registered-overseas-entity"]
    band = chance.choices(list(BANDS), list(BANDS.values()))[0]
    form = chance.choices(("", "-as-trust", "-as-firm"), (96, 3, 1))[0]
    natures = [f"ownership-of-shares-{band}{form}"]
    if chance.random() < 0.6:
        natures.append(f"voting-rights-{band}{form}")
    if chance.random() < 0.4:
        natures.append(f"right-to-appoint-and-remove-directors{form}")
    return natures


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=3)).capitalize()


def _day(chance: random.Random, first: int = 2016, last: int = 2024) -> str:
    return f"{chance.randint(first, last)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"


def _registry() -> Registry:
    from topco.registries.companies_house import CompaniesHouse

    return CompaniesHouse()


IMPORTING = Importing("bench.psc", "records", generate, _registry)


if __name__ == "__main__":
    main(IMPORTING, sys.argv[1:])
