"""The proof of a balance: every posting that it adds up, the limit, and the entries they stand in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from topco.errors import NotFound
from topco.explain.building import Proof
from topco.ledger import database, schema
from topco.ledger.accounts import Account, Kind, Side, tpp_of
from topco.ledger.balances import Balance, Reckoner
from topco.ledger.entries import FIELDS, Entry, Operation, Posting
from topco.ledger.groups import Groups
from topco.ledger.limits import Limits
from topco.store.chain import hash_of
from topco.store.seal import sealed

Plain = dict[str, Any]
_DAYS = ("day", "expires")


@dataclass(frozen=True)
class Asked:
    """An account on a day, and the accounts that share its limit because their holders are one party."""

    account: Account
    on: date
    kin: tuple[Account, ...]
    hq: str | None


def proved_balance(
    connection: sqlite3.Connection, law: Limits, groups: Groups, on: date, name: str, made_with: Mapping[str, str]
) -> Plain:
    """The balance of an account by its name (`lpp/LEI:…/-/2026`), with its proof.

    Args:
        made_with: the version of the program and of what it reads.

    Raises:
        BadInput: nothing was ever entered on that account.
    """
    with database.reading(connection):
        account = next((one for one in database.accounts(connection) if one.name == name), None)
        if account is None:
            raise NotFound(f"Nothing was ever entered on {name}.", remedy="`topco ledger balance` lists all.")
        kin = database.sharing(connection, account, groups.identifiers(account.holder))
        asked = Asked(account, on, tuple(kin), Reckoner(connection, law).headquarters(account, kin))
        return document(connection, law, asked, entries_on(connection, kin), made_with)


def entries_on(connection: sqlite3.Connection, accounts: Sequence[Account]) -> list[Entry]:
    """All entries with a posting on one of these accounts, in their order."""
    marks = ", ".join("?" * len(accounts))
    where = f"WHERE number IN (SELECT entry FROM postings WHERE account IN ({marks}))"
    return list(database.entries(connection, where, tuple(one.name for one in accounts)))


def document(
    connection: sqlite3.Connection, law: Limits, asked: Asked, entries: Sequence[Entry], made_with: Mapping[str, str]
) -> Plain:
    """A balance with the proof and the basis that these entries make."""
    found = Reckoner(connection, law).balance(asked.account, asked.on, list(asked.kin), asked.hq)
    proof = Proof()
    premises = _limit(proof, found)
    kin = set(asked.kin)
    for entry in entries:
        premises += [
            _moved(proof, entry, one) for one in entry.postings if one.account in kin and one.side != Side.FREE
        ]
    used = found.reserved + found.committed + found.later
    values = {
        "account": found.account.name,
        "day": found.on.isoformat(),
        "limit": None if found.limit is None else tpp_of(found.limit),
        "remaining": None if found.remaining is None else tpp_of(found.remaining),
        "used": tpp_of(used),
    }
    predicate = "balanceWithoutLimit" if found.remaining is None else "balanceOf"
    made = proof.as_json(proof.add("aggregated", predicate, values, cite=found.cite or None, premises=premises))
    asked_for = {
        "account": list(_parts(asked.account)),
        "as_of": asked.on.isoformat(),
        "kin": [list(_parts(one)) for one in asked.kin],
        "hq": asked.hq,
    }
    kept = [plain_of(entry) for entry in entries]
    made["basis"] = sealed({"of": "balance", **made_with, "asked": asked_for, "entries": kept})
    answer = found.document()
    return {"id": f"bal:{hash_of([answer, made['nodes']])[:16]}", **answer, "proof": made}


def _limit(proof: Proof, found: Balance) -> list[str]:
    if found.limit is None:
        return []
    values = {"label": found.account.name, "value": tpp_of(found.limit), "unit": "TPP"}
    return [proof.add("parameter", "limitOf", values, cite=found.cite)]


def _moved(proof: Proof, entry: Entry, posting: Posting) -> str:
    values = {
        "number": str(entry.number),
        "operation": str(entry.operation),
        "amount": tpp_of(posting.amount),
        "side": str(posting.side),
        "account": posting.account.name,
        "from": posting.day.isoformat(),
    }
    source = {"file": database.FILE_NAME, "row": entry.number, "record": entry.hash}
    return proof.add("asserted", "entryMoves", values, source=source)


def plain_of(entry: Entry) -> Plain:
    """An entry as it is kept in a basis, with its hash."""
    kept = {name: getattr(entry, name) for name in FIELDS}
    kept |= {name: kept[name] and kept[name].isoformat() for name in _DAYS} | {"operation": str(entry.operation)}
    kept["postings"] = [
        [*_parts(one.account), str(one.side), one.day.isoformat(), one.amount] for one in entry.postings
    ]
    return {**kept, "hash": entry.hash}


def entry_of(plain: Mapping[str, Any]) -> Entry:
    """An entry from its kept form.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    fields = {name: plain[name] for name in FIELDS}
    fields |= {name: fields[name] and date.fromisoformat(fields[name]) for name in _DAYS}
    fields["operation"] = Operation(fields["operation"])
    postings = tuple(
        Posting(account_of(parts[:4]), Side(parts[4]), date.fromisoformat(parts[5]), int(parts[6]))
        for parts in plain["postings"]
    )
    return Entry(**fields, postings=postings)


def account_of(parts: Sequence[str]) -> Account:
    """An account from its four parts."""
    kind, holder, country, period = parts
    return Account(Kind(kind), holder, country, period)


def book_of(entries: Iterable[Entry]) -> sqlite3.Connection:
    """A book in memory that holds these entries alone, to reckon with."""
    connection = sqlite3.connect(":memory:")
    for statement in schema.TABLES:
        connection.execute(statement)
    for entry in entries:
        database.write(connection, entry)
    return connection


def _parts(account: Account) -> tuple[str, str, str, str]:
    return str(account.kind), account.holder, account.country, account.period
