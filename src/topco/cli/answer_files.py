"""Answers with a proof, as a command finds them: in a file, on standard input, kept as a record, or made now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from topco.errors import BadInput

_RECORDS = ("rec:", "det:")
_REMEDY = "Give the JSON of `topco resolve` or `topco determine --format json`."


def answers_in(subject: str) -> list[Mapping[str, Any]]:
    """The answers, or proofs, in a file of JSON (one, a list, or one per line), or on standard input (`-`).

    Raises:
        BadInput: the file cannot be read, or holds something else.
    """
    from topco.cli.determine import read_text
    from topco.licensing.cases.case_files import parse_json

    text = read_text(Path(subject))
    try:
        data = parse_json(text, subject, float)
    except BadInput:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2:
            raise
        data = [parse_json(line, subject, float) for line in lines]
    documents = data if isinstance(data, list) else [data]
    if not documents or not all(isinstance(one, dict) and ("proof" in one or "nodes" in one) for one in documents):
        raise BadInput("There is no answer with a proof in it.", where=subject, remedy=_REMEDY)
    return documents


def is_file(subject: str) -> bool:
    """Whether standard input or a file is meant."""
    try:
        return subject == "-" or Path(subject).is_file()
    except OSError:  # longer than a path may be
        return False


def documents(
    subject: str, store: Path, as_of: date | None, known_as_of: date | None, test: str
) -> list[Mapping[str, Any]]:
    """The answers that a subject names: a file, `-`, a record, an account of the ledger, or an entity.

    Raises:
        BadInput: it names nothing.
    """
    if is_file(subject):
        return answers_in(subject)
    if subject.startswith(_RECORDS):
        from topco.records import find_document

        return [find_document(store, subject)]
    if _is_account(subject):
        return [_balance(subject, store, as_of, known_as_of)]
    return [_resolution(subject, store, as_of, known_as_of, test)]


def _is_account(subject: str) -> bool:
    from topco.ledger.accounts import Kind

    return subject.partition("/")[0] in set(Kind) and subject.count("/") >= 3


def _balance(name: str, store: Path, as_of: date | None, known_as_of: date | None) -> Mapping[str, Any]:
    from topco.ledger import database
    from topco.ledger.groups import StoreGroups
    from topco.ledger.limits import limits
    from topco.ledger.proof import proved_balance
    from topco.ownership.basis import made_with
    from topco.store.today import today

    connection = database.open_for_reading(store)
    if connection is None:
        raise BadInput(f"Nothing was ever entered on {name}.", where=str(store), remedy="There is no ledger yet.")
    try:
        groups = StoreGroups(store, known_as_of)
        return proved_balance(connection, limits(), groups, as_of or today(), name, made_with())
    finally:
        connection.close()


def _resolution(
    subject: str, store: Path, as_of: date | None, known_as_of: date | None, test: str
) -> Mapping[str, Any]:
    from topco.namespaces import normalise_id
    from topco.ownership.parent_tests import parent_test
    from topco.ownership.resolution import resolve
    from topco.store.store import Store
    from topco.store.today import today

    asked = [normalise_id(subject)]
    (found,) = resolve(Store.open(store), asked, as_of or today(), known_as_of, parent_test(test))
    if found is None:
        raise BadInput(
            f"{subject} is neither a file nor an identifier in the store.", remedy="Find it with `topco search TEXT`."
        )
    return found
