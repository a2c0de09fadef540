"""A proof checked: leaves against their hashes (and a store), every statement and every code derived again.

Nothing that an answer concludes is believed. Its leaves make a small store of their own, the case and the dates come
from the basis, and the program answers once more. Where the new proof differs, the step is named.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.errors import BadInput, TopcoError
from topco.explain.proof import proof_in, read_proof
from topco.explain.statements import say
from topco.ownership.basis import made_with
from topco.store.kept_rows import rebuild
from topco.verification.comparing import compare_flags, compare_proofs, compare_values
from topco.verification.deriving import derive_determination, derive_resolution
from topco.verification.leaves import check_hashes, check_in_store, check_with_store
from topco.verification.ledger import check_balance
from topco.verification.outcome import Failure, Finding, Verification

if TYPE_CHECKING:
    from topco.store.store import Store

Document = Mapping[str, Any]
Derive = Callable[[Document, "Store"], Document | None]
_KINDS = ("resolution", "determination", "balance")
_APART = frozenset({"proof", "red_flags", "parties"})
_DAMAGE = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    TopcoError,
    sqlite3.Error,
    pl.exceptions.PolarsError,
)
"""What a basis raises that nobody would write: a finding, never a traceback."""


def verify(document: Document, where: str, store: Store | None = None) -> Verification:
    """Check an answer with its proof, or a proof by itself.

    Args:
        document: the JSON of a resolution, a determination or a balance, or its `proof`.
        where: what to call it in errors.
        store: hold the leaves against it as well.

    Raises:
        BadInput: there is no proof in it, or one without a basis.
    """
    proof = proof_in(document)
    read_proof(proof, where)
    answer = None if proof is document else document
    basis = proof.get("basis")
    if not isinstance(basis, Mapping) or basis.get("of") not in _KINDS:
        raise BadInput(
            "The proof has no basis from which it could be derived again.",
            where=where,
            remedy="Ask for the entity by itself (`topco resolve ID --format json`): `--all` leaves the basis out.",
        )
    found = Verification(str(basis["of"]), _id_of(answer))
    try:
        _check(found, proof, answer, store)
    except _DAMAGE as error:
        what = f"nothing can be derived from it: {type(error).__name__}: {error}"
        found.findings.append(Finding(Failure.SEAL, "proof.basis", what))
    made = {name: basis.get(name) for name in made_with()}
    if found.derived and made != made_with():
        found.not_checked.append(say("otherVersion", {"given": _version(made), "here": _version(made_with())}))
    return found


def _check(found: Verification, proof: Document, answer: Document | None, store: Store | None) -> None:
    basis = proof["basis"]
    found.findings += check_hashes(basis)
    found.checked["leaves"] = len(basis.get("rows") or basis.get("entries") or ())
    if basis["of"] == "balance":
        again: Document | None = check_balance(found, basis, store)
    elif basis["rows"] is None and store is None:
        found.not_checked.append(say("tooManyRows", {}))
        found.derived = False
        return
    else:
        again = _derived(basis, answer, store, found)
    if again is None:
        found.findings.append(Finding(Failure.STEP, "proof.basis.asked", "the leaves do not name what was asked about"))
        return
    found.checked["statements"] = len(proof["nodes"])
    found.findings += compare_proofs(proof, again["proof"])
    if answer is not None:
        found.checked["keys"] = len(answer)
        found.findings += _answers(answer, again)


def _derived(basis: Document, answer: Document | None, store: Store | None, found: Verification) -> Document | None:
    """The answer once more: from the rows that are kept, or from the store where they were too many to keep."""
    determined = basis["of"] == "determination"
    derive: Derive = derive_determination if determined else derive_resolution
    if determined and basis["tallies"]:
        found.not_checked.append(say("talliesByHash", {}))
    if store is None:
        found.not_checked.append(say("leavesByHash", {}))
        if determined:
            found.not_checked.append(say("listedNames", {}))
    else:
        from_store = derive_determination(basis, store, compare_names=True) if determined else derive(basis, store)
        found.findings += check_in_store(basis, store)
        found.findings += check_with_store(basis, from_store, store)
        if answer is not None and from_store is not None and determined:
            found.findings += compare_values(answer.get("red_flags"), from_store["red_flags"], "red_flags")
        if basis["rows"] is None:
            return from_store
    with tempfile.TemporaryDirectory(prefix="topco-verify-") as folder:
        return derive(basis, rebuild(Path(folder), basis["loads"], basis["rows"]))


def _answers(given: Document, again: Document) -> Iterator[Finding]:
    yield from compare_values(given, again, "", _APART)
    if "red_flags" in again:
        yield from compare_flags(given.get("red_flags"), again["red_flags"], given["proof"]["basis"]["listed_flags"])
        yield from _parties(given.get("parties"), again["parties"])


def _parties(given: Any, again: list[Document]) -> Iterator[Finding]:
    """The parties of a case, each with its resolution and the proof of that."""
    if not isinstance(given, list) or len(given) != len(again) or not all(isinstance(one, Mapping) for one in given):
        yield Finding(Failure.ANSWER, "parties", "are not those of the case", None, given, again)
        return
    for number, (one, other) in enumerate(zip(given, again, strict=True)):
        path = f"parties[{number}]"
        yield from compare_values(one, other, path, frozenset({"resolution"}))
        resolution, derived = one.get("resolution"), other.get("resolution")
        if derived is None or not isinstance(resolution, Mapping):
            yield from compare_values({"resolution": resolution}, {"resolution": derived}, path)
        else:
            yield from compare_values(resolution, derived, f"{path}.resolution", frozenset({"proof"}))
            yield from compare_proofs(resolution.get("proof"), derived["proof"], f"{path}.resolution.proof.")


def _id_of(answer: Document | None) -> str | None:
    name = answer.get("id") if answer is not None else None
    return name if isinstance(name, str) else None


def _version(made: Document) -> str:
    return f"{made.get('program')} with knowledge {made.get('knowledge')}"
