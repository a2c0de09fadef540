"""Files of the shape of GLEIF's golden copy, of any size, from a seed.

    python -m bench.generate_gleif --records 1000000 --columns 338 bench/work/million

writes `lei2.csv`, `rr.csv` and `repex.csv`: whole groups as trees up to seven levels deep, singles, branches, funds,
recorded ultimate parents (some missing), reporting exceptions of every kind, all statuses, relationship and accounting
periods, successors, other names, line breaks and quotation marks in cells, a few self-parents and two-company rings.
Everything is invented; only the shares resemble the real files. LEIs carry right check digits, but for a few.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from topco.registries.lei import remainders

CHUNK = 100_000
GROUPED = 0.16
ALPHABET = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
COUNTRIES = {
    "US": 14, "DE": 9, "GB": 9, "IN": 7, "IT": 7, "NL": 6, "FR": 6, "ES": 5, "CN": 5, "LU": 4, "SE": 3, "DK": 3,
    "NO": 3, "FI": 2, "BE": 2, "CH": 2, "AT": 2, "PL": 2, "KY": 2, "HK": 1.5, "SG": 1, "JP": 1, "AU": 1, "CA": 1,
    "VG": 1, "IE": 1, "CZ": 1, "RU": 0.4, "AE": 0.4, "TW": 0.3, "KR": 0.3, "NA": 0.05, "MO": 0.05, "XK": 0.05,
}  # fmt: skip
OFFSHORE = ("KY", "VG", "LU", "JE")
REASONS = {"NON_CONSOLIDATING": 38, "NATURAL_PERSONS": 33, "NO_KNOWN_PERSON": 19, "NON_PUBLIC": 7, "NO_LEI": 3}
REGISTRATIONS = {"ISSUED": 58, "LAPSED": 35, "RETIRED": 4.5, "MERGED": 1, "ANNULLED": 0.7, "DUPLICATE": 0.8}
SYLLABLES = ("al", "ber", "cor", "dan", "el", "fin", "gra", "hol", "in", "jor", "kel", "lum", "mar", "nor", "ost",
             "pra", "qui", "ros", "sol", "tri", "umb", "ver", "wes", "xen", "yor", "zan")  # fmt: skip
FORMS = ("GmbH", "Ltd", "S.A.", "B.V.", "Inc.", "Holdings plc", "AG", "S.r.l.", "有限公司", "AB", "株式会社")
CITIES = ("Berlin", "London", "Beijing", "New York", "Paris", "Zürich", "Milano", "Amsterdam", "George Town", "Mumbai")

_NAMES = "Entity.OtherEntityNames.OtherEntityName"
_ASCII = "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName"
_ADDRESS = ("xmllang", "FirstAddressLine", "AddressNumber", "AddressNumberWithinBuilding", "MailRouting",
            "AdditionalAddressLine.1", "AdditionalAddressLine.2", "AdditionalAddressLine.3", "City", "Region",
            "Country", "PostalCode")  # fmt: skip
_EVENT = ("group_type", "event_status", "LegalEntityEventType", "LegalEntityEventEffectiveDate",
          "LegalEntityEventRecordedDate", "ValidationDocuments")  # fmt: skip


@dataclass(frozen=True)
class Population:
    """The invented world: one array element for each entity."""

    lei: pl.Series
    parent: np.ndarray
    top: np.ndarray
    category: np.ndarray
    registration: np.ndarray
    hq: np.ndarray
    registered: np.ndarray

    def __len__(self) -> int:
        return len(self.lei)


def level_1_columns(count: int) -> list[str]:
    """The columns of a Level 1 file, real names first, filled up to a number.

    >>> len(level_1_columns(338)), level_1_columns(228)[:2]
    (338, ['LEI', 'Entity.LegalName'])
    """
    names = ["LEI", "Entity.LegalName", "Entity.LegalName.xmllang"]
    for stem in (_NAMES, _ASCII):
        names += [f"{stem}.{n}{ending}" for n in range(1, 6) for ending in ("", ".xmllang", ".type")]
    names += [f"Entity.{kind}Address.{part}" for kind in ("Legal", "Headquarters") for part in _ADDRESS]
    names += ["Entity.RegistrationAuthority.RegistrationAuthorityID",
              "Entity.RegistrationAuthority.OtherRegistrationAuthorityID",
              "Entity.RegistrationAuthority.RegistrationAuthorityEntityID", "Entity.LegalJurisdiction",
              "Entity.EntityCategory", "Entity.LegalForm.EntityLegalFormCode", "Entity.EntityStatus",
              "Entity.EntityCreationDate"]  # fmt: skip
    names += [f"Entity.SuccessorEntity.{n}.SuccessorLEI" for n in range(1, 6)]
    names += ["Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus",
              "Registration.NextRenewalDate", "Registration.ManagingLOU", "Registration.ValidationSources"]  # fmt: skip
    others = [f"Entity.OtherAddresses.OtherAddress.{n}.{part}" for n in range(1, 6) for part in ("type", *_ADDRESS)]
    others += [
        f"Entity.TransliteratedOtherAddresses.TransliteratedOtherAddress.{n}.{part}"
        for n in range(1, 6)
        for part in ("type", *_ADDRESS)
    ]
    others += [f"Entity.LegalEntityEvents.LegalEntityEvent.{n}.{part}" for n in range(1, 6) for part in _EVENT]
    others += [f"Extension.Field.{n}" for n in range(1, count + 1)]
    return (names + others)[:count]


def populate(records: int, random: np.random.Generator) -> Population:
    """Draw the world: groups first, then singles."""
    parent = _groups(records, random)
    top = np.where(parent >= 0, parent, np.arange(records))
    for _ in range(8):
        above = parent[top]
        top = np.where(above >= 0, above, top)
    hq = _draw(COUNTRIES, records, random)
    home = random.random(records) < 0.93
    registered = np.where(home, hq, random.choice(OFFSHORE, records))
    category = random.choice(["GENERAL", "FUND", "BRANCH", "SOLE_PROPRIETOR", "RESIDENT_GOVERNMENT_ENTITY"],
                             records, p=[0.908, 0.07, 0.004, 0.016, 0.002])  # fmt: skip
    return Population(
        _leis(records, random), parent, top, category, _draw(REGISTRATIONS, records, random), hq, registered
    )


def write(records: int, columns: int, folder: Path, seed: int = 20250302) -> None:
    """Write the three files into a folder."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    world = populate(records, random)
    _append(folder / "lei2.csv", (_level_1(world, start, columns, random) for start in range(0, records, CHUNK)))
    _append(folder / "rr.csv", [_level_2(world, random)])
    _append(folder / "repex.csv", [_exceptions(world, random)])


def _draw(weights: dict[str, float], count: int, random: np.random.Generator) -> np.ndarray:
    total = sum(weights.values())
    return random.choice(list(weights), count, p=[weight / total for weight in weights.values()])


def _leis(count: int, random: np.random.Generator) -> pl.Series:
    characters = np.empty((count, 20), dtype=np.uint8)
    characters[:, :18] = ALPHABET[random.integers(0, 36, (count, 18))]
    characters[:, :4] = np.frombuffer(b"9845", dtype=np.uint8)
    number = np.arange(count)
    for position in range(17, 12, -1):
        characters[:, position] = ALPHABET[number % 36]
        number //= 36
    characters[:, 18:] = ord("0")
    check = 98 - remainders(characters)
    check = np.where(random.random(count) < 0.0001, check % 97 + 1, check)
    characters[:, 18] = ord("0") + check // 10
    characters[:, 19] = ord("0") + check % 10
    return pl.Series("lei", [row.decode() for row in characters.view("S20").ravel()])


def _groups(records: int, random: np.random.Generator) -> np.ndarray:
    """The direct parent of each entity, or -1: members of a group stand together, a parent before its children."""
    parent = np.full(records, -1)
    grouped = int(records * GROUPED)
    sizes = np.minimum(random.zipf(1.9, grouped), 400) + 1
    ends = np.cumsum(sizes)
    ends = ends[ends <= grouped]
    if not len(ends):
        return parent
    starts = np.concatenate([[0], ends[:-1]])
    start_of = np.repeat(starts, np.diff(np.concatenate([[0], ends])))
    members = np.arange(len(start_of))
    place = members - start_of
    up = (random.beta(1, 4, len(members)) * place).astype(int)
    depth = np.zeros(len(members), dtype=int)
    parent[: len(members)] = np.where(place > 0, start_of + np.minimum(up, np.maximum(place - 1, 0)), -1)
    for _ in range(7):
        depth = np.where(parent[: len(members)] >= 0, depth[parent[: len(members)]] + 1, 0)
    deep = np.flatnonzero(depth >= 7)
    parent[deep] = start_of[deep]
    return parent


def _append(path: Path, frames: object) -> None:
    with path.open("wb") as stream:
        for number, frame in enumerate(frames):  # type: ignore[call-overload]
            frame.write_csv(stream, include_header=number == 0, quote_style="always")


def _instant(count: int, random: np.random.Generator, first: str, last: str) -> pl.Series:
    begin, end = np.datetime64(first, "s").astype(int), np.datetime64(last, "s").astype(int)
    seconds = pl.Series(random.integers(begin, end, count))
    return pl.from_epoch(seconds, time_unit="s").dt.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _midnight(count: int, random: np.random.Generator, first: str, last: str) -> pl.Series:
    return _instant(count, random, first, last).str.slice(0, 10) + "T00:00:00.000Z"


def _names(count: int, random: np.random.Generator) -> pl.Series:
    words = [random.choice(SYLLABLES, count) for _ in range(5)]
    frame = pl.DataFrame({str(n): word for n, word in enumerate(words)} | {"form": random.choice(FORMS, count)})
    first, second = pl.concat_str("0", "1", "2").str.to_titlecase(), pl.concat_str("3", "4").str.to_titlecase()
    return frame.select(pl.format("{} {} {}", first, second, "form")).to_series()


def _level_1(world: Population, start: int, columns: int, random: np.random.Generator) -> pl.DataFrame:
    chosen = slice(start, min(start + CHUNK, len(world)))
    count = chosen.stop - chosen.start
    registration, category = world.registration[chosen], world.category[chosen]
    names = _names(count, random)
    other = pl.Series(random.random(count) < 0.12)
    merged = pl.Series(np.isin(registration, ["MERGED", "DUPLICATE"]))
    successor = world.lei.gather(random.integers(0, len(world), count))
    status = np.where(registration == "ANNULLED", "NULL",
                      np.where(np.isin(registration, ["RETIRED", "MERGED"]), "INACTIVE", "ACTIVE"))  # fmt: skip
    line = pl.Series(np.where(random.random(count) < 0.001, 'Block "A"\nFloor 3', "12 Harbour Street"))
    values = {
        "LEI": world.lei[chosen],
        "Entity.LegalName": names,
        "Entity.LegalName.xmllang": pl.Series(random.choice(["en", "de", "zh", "fr"], count)),
        f"{_NAMES}.1": _where(other, _names(count, random)),
        f"{_NAMES}.1.xmllang": _where(other, pl.repeat("en", count, eager=True)),
        f"{_NAMES}.1.type": _where(other, pl.repeat("PREVIOUS_LEGAL_NAME", count, eager=True)),
        f"{_ASCII}.1": _where(other, names.str.to_uppercase()),
        f"{_ASCII}.1.type": _where(other, pl.repeat("AUTO_ASCII_TRANSLITERATED_LEGAL_NAME", count, eager=True)),
        "Entity.LegalAddress.FirstAddressLine": line,
        "Entity.LegalAddress.City": pl.Series(random.choice(CITIES, count)),
        "Entity.LegalAddress.Country": pl.Series(world.registered[chosen]),
        "Entity.HeadquartersAddress.FirstAddressLine": line,
        "Entity.HeadquartersAddress.City": pl.Series(random.choice(CITIES, count)),
        "Entity.HeadquartersAddress.Country": pl.Series(world.hq[chosen]),
        "Entity.RegistrationAuthority.RegistrationAuthorityID": pl.repeat("RA000585", count, eager=True),
        "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": pl.Series(
            random.integers(10**7, 10**8, count)
        ).cast(pl.String),
        "Entity.LegalJurisdiction": pl.Series(world.registered[chosen]),
        "Entity.EntityCategory": pl.Series(category),
        "Entity.LegalForm.EntityLegalFormCode": pl.Series(random.choice(["8888", "9999", "2HBR", "H0PO"], count)),
        "Entity.EntityStatus": pl.Series(status),
        "Entity.SuccessorEntity.1.SuccessorLEI": _where(merged, successor),
        "Registration.InitialRegistrationDate": _instant(count, random, "2012-06-06", "2024-01-01"),
        "Registration.LastUpdateDate": _instant(count, random, "2023-01-01", "2025-03-02"),
        "Registration.RegistrationStatus": pl.Series(registration),
        "Registration.NextRenewalDate": _instant(count, random, "2023-06-01", "2026-03-02"),
        "Registration.ManagingLOU": pl.repeat("EVK05KS7XY1DEII3R011", count, eager=True),
        "Registration.ValidationSources": pl.repeat("FULLY_CORROBORATED", count, eager=True),
    }
    return pl.DataFrame(values).select(
        pl.col(name) if name in values else pl.lit("").alias(name) for name in level_1_columns(columns)
    )


def _where(condition: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(condition).then(values).otherwise(pl.lit(""))).to_series()


def _level_2(world: Population, random: np.random.Generator) -> pl.DataFrame:
    children = np.flatnonzero(world.parent >= 0)
    odd = children[: max(len(children) // 5000, 1)]
    parts = [
        (children, world.parent[children], "IS_DIRECTLY_CONSOLIDATED_BY"),
        (children, world.top[children], "IS_ULTIMATELY_CONSOLIDATED_BY"),
        (odd[::2], odd[::2], "IS_DIRECTLY_CONSOLIDATED_BY"),
        (world.parent[odd[1::2]], odd[1::2], "IS_DIRECTLY_CONSOLIDATED_BY"),
    ]
    recorded = random.random(len(children)) < 0.92
    parts[1] = (children[recorded], world.top[children][recorded], parts[1][2])
    funds = np.flatnonzero((world.category == "FUND") & (world.parent < 0))
    parts.append((funds, random.integers(0, len(world), len(funds)), "IS_FUND-MANAGED_BY"))
    branches = np.flatnonzero((world.category == "BRANCH") & (world.parent < 0))
    parts.append((branches, random.integers(0, len(world), len(branches)), "IS_INTERNATIONAL_BRANCH_OF"))
    child = np.concatenate([part[0] for part in parts])
    parent = np.concatenate([part[1] for part in parts])
    kind = np.concatenate([np.full(len(part[0]), part[2], dtype=object) for part in parts])
    count = len(child)
    ended = pl.Series(random.random(count) < 0.06)
    frame = {
        "Relationship.StartNode.NodeID": world.lei.gather(child),
        "Relationship.StartNode.NodeIDType": pl.repeat("LEI", count, eager=True),
        "Relationship.EndNode.NodeID": world.lei.gather(parent),
        "Relationship.EndNode.NodeIDType": pl.repeat("LEI", count, eager=True),
        "Relationship.RelationshipType": pl.Series(kind.astype(str)),
        "Relationship.RelationshipStatus": pl.select(
            pl.when(ended).then(pl.lit("INACTIVE")).otherwise(pl.lit("ACTIVE"))
        ).to_series(),
        "Registration.LastUpdateDate": _instant(count, random, "2023-01-01", "2025-03-02"),
        "Registration.RegistrationStatus": pl.Series(
            random.choice(["PUBLISHED", "LAPSED", "ANNULLED"], count, p=[0.61, 0.385, 0.005])
        ),
        "Relationship.Period.1.startDate": _midnight(count, random, "2022-01-01", "2023-12-31"),
        "Relationship.Period.1.endDate": _midnight(count, random, "2024-01-01", "2024-12-31"),
        "Relationship.Period.1.periodType": pl.repeat("ACCOUNTING_PERIOD", count, eager=True),
        "Relationship.Period.2.startDate": _midnight(count, random, "2010-01-01", "2019-12-31"),
        "Relationship.Period.2.endDate": _where(ended, _midnight(count, random, "2020-01-01", "2024-12-31")),
        "Relationship.Period.2.periodType": pl.repeat("RELATIONSHIP_PERIOD", count, eager=True),
    }
    return pl.DataFrame(frame).unique(list(frame)[0:5:2], keep="first", maintain_order=True)


def _exceptions(world: Population, random: np.random.Generator) -> pl.DataFrame:
    without = np.flatnonzero((world.parent < 0) & (random.random(len(world)) < 0.93))
    reason = _draw(REASONS, len(without), random)
    another = _draw(REASONS, len(without), random)
    ultimate = np.where(random.random(len(without)) < 0.96, reason, another)
    both = pl.concat([world.lei.gather(without)] * 2)
    return pl.DataFrame(
        {
            "LEI": both,
            "Exception.Category": np.repeat(
                ["DIRECT_ACCOUNTING_CONSOLIDATION_PARENT", "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT"], len(without)
            ),
            "Exception.Reason.1": np.concatenate([reason, ultimate]),
            **{f"Exception.Reason.{n}": pl.repeat("", len(both), eager=True) for n in range(2, 6)},
            **{f"Exception.Reference.{n}": pl.repeat("", len(both), eager=True) for n in range(1, 6)},
        }
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Write files of the shape of GLEIF's golden copy.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000, help="Level 1 records (default: a million)")
    parser.add_argument("--columns", type=int, default=338, help="columns of the Level 1 file (default: 338)")
    parser.add_argument("--seed", type=int, default=20250302)
    arguments = parser.parse_args()
    write(arguments.records, arguments.columns, arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
