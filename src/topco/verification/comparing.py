"""What a document says held against what was derived again: statements, values, and the basis.

Values are the same if they are written the same in canonical JSON: a text is no number, and 1 is neither 1.0 nor true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from topco.store.chain import canonical, hash_of
from topco.store.seal import SEAL
from topco.verification.outcome import Failure, Finding

_MADE_WITH = frozenset({"program", "knowledge"})
"""Keys of a basis that name the version that made it."""
_FLAGS_HASH = "listed_flags"
_LISTED = "list"


def compare_proofs(given: Any, derived: Mapping[str, Any], path: str = "") -> Iterator[Finding]:
    """A proof: its statements, its basis, and that it has nothing else.

    Args:
        given: the proof in a document.
        derived: the proof that was derived again.
        path: where it stands, for one that is part of another answer (`parties[0].resolution.proof.`).
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("nodes"), list):
        yield Finding(Failure.ANSWER, f"{path}nodes", "there is no proof", None, given)
        return
    yield from _compare_nodes(given["nodes"], derived["nodes"], path)
    if strangers := sorted(map(str, set(given) - set(derived))):
        what = "has keys that do not belong to it"
        yield Finding(Failure.ANSWER, f"{path}nodes", what, None, strangers)
    if given.get("version") != derived["version"] or isinstance(given["version"], bool | float):
        what = "is not the version of the form"
        yield Finding(Failure.ANSWER, f"{path}version", what, None, given.get("version"), derived["version"])
    if "basis" in derived:
        yield from _compare_bases(given.get("basis"), derived["basis"])


def compare_values(
    given: Any, derived: Any, path: str = "", apart: frozenset[str] = frozenset(), failure: Failure = Failure.ANSWER
) -> Iterator[Finding]:
    """The innermost places where two JSON values differ; keys of the outermost object in `apart` are left alone."""
    if isinstance(given, Mapping) and isinstance(derived, Mapping):
        for key in sorted({*map(str, given), *derived} - apart):
            where = f"{path}.{key}" if path else key
            if key in derived and key in given:
                yield from compare_values(given[key], derived[key], where, failure=failure)
            else:
                what = "does not belong there" if key in given else "is missing"
                yield Finding(failure, where, what, None, given.get(key), derived.get(key))
    elif isinstance(given, list | tuple) and isinstance(derived, list | tuple) and len(given) == len(derived):
        for place, (one, other) in enumerate(zip(given, derived, strict=True)):
            yield from compare_values(one, other, f"{path}[{place}]", failure=failure)
    elif canonical(given) != canonical(derived):
        yield Finding(failure, path, "does not follow from the leaves", None, given, derived)


def compare_flags(given: Any, derived: Sequence[Mapping[str, Any]], sealed: Any) -> Iterator[Finding]:
    """Red flags: those of rules, then those of names like listed ones, then those of parties listed for certain.

    What was found by comparing names is held by its hash; all others are derived.
    """
    sure = [flag for flag in derived if _LISTED in flag]
    rules = [flag for flag in derived if _LISTED not in flag]
    flags = given if isinstance(given, list) else []
    alike = flags[len(rules) : len(flags) - len(sure)]
    yield from compare_values(given, [*rules, *alike, *sure], "red_flags")
    if not all(isinstance(flag, Mapping) and _LISTED in flag for flag in alike):
        yield Finding(Failure.ANSWER, "red_flags", "has flags that neither a rule nor a list raises", None, alike)
    if hash_of([*alike, *sure]) != sealed:
        what = "the flags of names on lists are not those that were sealed"
        yield Finding(Failure.SEAL, "red_flags", what)


def _compare_nodes(given: Sequence[Any], derived: Sequence[Mapping[str, Any]], path: str) -> Iterator[Finding]:
    """The statements that are not those of the proof derived again, those nearest to the leaves first."""
    again = {node["id"]: node for node in derived}
    named = {str(node.get("id")): node for node in given if isinstance(node, Mapping)}
    for name, node in reversed(named.items()):
        other, text = again.get(name), _text(node)
        if other is None:
            what = "no such statement follows from the leaves"
            yield Finding(Failure.STEP, f"{path}{name}", what, text, dict(node))
            continue
        for key in sorted({*map(str, node), *other}):
            if (key in node) != (key in other) or canonical(node.get(key)) != canonical(other.get(key)):
                what = f"its {key} does not follow from the leaves"
                yield Finding(Failure.STEP, f"{path}{name}", what, text, node.get(key), other.get(key))
    for name in again.keys() - named.keys():
        yield Finding(Failure.STEP, f"{path}{name}", "a statement that follows is left out", again[name]["text"])
    if list(named) != list(again) or len(named) != len(given):
        what = "the order of statements is not that of the proof"
        yield Finding(Failure.STEP, f"{path}nodes", what, None, list(named), list(again))


def _text(node: Mapping[str, Any]) -> str | None:
    text = node.get("text")
    return text if isinstance(text, str) else None


def _compare_bases(given: Any, derived: Mapping[str, Any]) -> Iterator[Finding]:
    """What an answer with this basis would keep: rows that bear on nothing, or another form of the case, show here."""
    if given.get("rows") and derived.get("rows"):
        known = {row[SEAL] for row in derived["rows"]}
        for row in given["rows"]:
            if row.get(SEAL) not in known:
                what = "a row that does not bear on what was asked"
                yield Finding(Failure.LEAF, "proof.basis.rows", what, None, row)
    yield from compare_values(given, derived, "proof.basis", _MADE_WITH | {SEAL, _FLAGS_HASH}, Failure.SEAL)
