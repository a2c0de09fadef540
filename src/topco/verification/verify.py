"""A proof checked: leaves against their hashes (and a store), every statement and every code derived again.

Nothing that an answer concludes is believed. Its leaves make a small store of their own, the case and the dates come
from the basis, and the program answers once more. Where the new proof differs, the step is named.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.errors import BadInput, TopcoError
from topco.explain.proof import read_proof
from topco.explain.statements import say
from topco.ownership.basis import made_with, merged
from topco.store.chain import hash_of
from topco.store.kept_rows import rebuild
from topco.verification.deriving import derive_determination, derive_resolution
from topco.verification.leaves import check_against_store, check_complete, check_hashes
from topco.verification.ledger import check_balance
from topco.verification.outcome import Failure, Finding, Verification, compare_answers, compare_nodes

if TYPE_CHECKING:
    from topco.store.store import Store

Document = Mapping[str, Any]
_KINDS = ("resolution", "determination", "balance")
_APART = frozenset({"proof", "red_flags", "parties"})
_LISTED = "list"
_DAMAGE = (KeyError, TypeError, ValueError, AttributeError, IndexError, TopcoError, pl.exceptions.PolarsError)
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
    answer = None if "nodes" in document else document
    proof = document if answer is None else document.get("proof")
    read_proof(proof, where)
    assert isinstance(proof, Mapping)
    basis = proof.get("basis")
    if not isinstance(basis, Mapping) or basis.get("of") not in _KINDS:
        raise BadInput(
            "The proof has no basis from which it could be derived again.",
            where=where,
            remedy="Ask for the entity by itself (`topco resolve ID --format json`): `--all` leaves the basis out.",
        )
    found = Verification(str(basis["of"]), None if answer is None else answer.get("id"))
    found.findings += check_hashes(basis)
    found.checked["leaves"] = len(basis.get("rows") or basis.get("entries") or ())
    if basis["of"] == "balance":
        return check_balance(found, basis, proof, answer, store)
    if basis.get("rows") is None and store is None:
        found.not_checked.append(say("tooManyRows", {}))
        found.derived = False
        return found
    try:
        again = _derived(basis, store, found)
    except _DAMAGE as error:
        found.findings.append(Finding(Failure.SEAL, "proof.basis", f"nothing can be derived from it: {error}"))
        return found
    _compare(found, proof, answer, again)
    if made_with() != {name: basis.get(name) for name in made_with()}:
        found.not_checked.append(say("otherVersion", {"given": _versions(basis), "here": _versions(made_with())}))
    return found


def _derived(basis: Document, store: Store | None, found: Verification) -> Document | None:
    """The answer once more: from the rows that are kept, or from the store where they were too many to keep."""
    derive = derive_resolution if basis["of"] == "resolution" else derive_determination
    if store is None:
        found.not_checked.append(say("leavesByHash", {}))
    else:
        found.findings += check_against_store(basis, store)
        if basis["rows"] is None:
            return derive(basis, store)
        from_store = derive(basis, store)
        again = merged([_rows_about(from_store)]) or []
        found.findings += check_complete(basis["rows"], again)
    if basis["of"] == "determination":
        found.not_checked += [say("listedNames", {})] + ([say("talliesByHash", {})] if basis["tallies"] else [])
    with tempfile.TemporaryDirectory(prefix="topco-verify-") as folder:
        return derive(basis, rebuild(Path(folder), basis["loads"], basis["rows"]))


def _rows_about(answer: Document | None) -> list[dict[str, Any]]:
    return list(answer["proof"]["basis"]["rows"] or ()) if answer else []


def _compare(found: Verification, proof: Document, answer: Document | None, again: Document | None) -> None:
    if again is None:
        found.findings.append(Finding(Failure.STEP, "proof.basis.asked", "the leaves do not name what was asked about"))
        return
    found.checked["statements"] = len(proof["nodes"])
    found.findings += compare_nodes(proof["nodes"], again["proof"]["nodes"])
    if set(proof) != {"version", "nodes", "basis"}:
        found.findings.append(
            Finding(Failure.ANSWER, "proof", "has keys that do not belong to it", None, sorted(proof))
        )
    if answer is not None:
        found.checked["keys"] = len(answer)
        found.findings += _answers(answer, again)
        if proof["basis"]["of"] == "determination" and _listed_hash(answer) != proof["basis"].get("listed_flags"):
            what = "the flags of names on lists are not those that were sealed"
            found.findings.append(Finding(Failure.SEAL, "red_flags", what))


def _answers(given: Document, again: Document) -> Iterator[Finding]:
    yield from compare_answers(given, again, _APART)
    flags = {"red_flags": _without_lists(given)}, {"red_flags": _without_lists(again)}
    yield from compare_answers(*flags, frozenset()) if "red_flags" in again else ()
    pairs = zip(given.get("parties") or (), again.get("parties") or (), strict=False)
    if len(given.get("parties") or ()) != len(again.get("parties") or ()):
        yield Finding(Failure.ANSWER, "parties", "are not those of the case")
    for number, (one, other) in enumerate(pairs):
        yield from compare_answers(one, other, frozenset({"resolution"}), f"parties[{number}].")
        yield from _resolutions(one.get("resolution"), other.get("resolution"), f"parties[{number}].resolution")


def _resolutions(given: Document | None, again: Document | None, where: str) -> Iterator[Finding]:
    if given is None or again is None:
        if given is not again:
            yield Finding(Failure.ANSWER, where, "does not follow from the leaves")
        return
    yield from compare_answers(given, again, frozenset({"proof"}), f"{where}.")
    if given.get("proof") != again["proof"]:
        yield Finding(Failure.ANSWER, f"{where}.proof", "does not follow from the leaves")


def _listed_hash(answer: Document) -> str:
    return hash_of([flag for flag in answer.get("red_flags") or () if _LISTED in flag])


def _without_lists(answer: Document) -> list[Any]:
    """The red flags of the rules: those of names on lists come from a comparison of names."""
    return [flag for flag in answer.get("red_flags") or () if _LISTED not in flag]


def _versions(given: Document) -> str:
    return f"{given.get('program')} with knowledge {given.get('knowledge')}"
