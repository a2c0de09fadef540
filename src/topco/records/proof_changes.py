"""What differs between two proofs, by what their statements say: ids and order of nodes do not count. Pure.

A statement is everything in a node but its id, its premises and its source. A key that only one of the proofs knows (it
was made by another version of the program) is no difference. The same statement from another row is no change of fact:
newer files say again what older ones said. It is told apart as `restated`. With a fact stands what rests directly on it
(`supports`): "headquarters address in FR" says little without the company.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from topco.store.chain import canonical

Node = Mapping[str, Any]
FACTS = ("asserted", "absent", "assumed")
PARAMETERS = ("parameter",)
RULES = ("inferred", "aggregated")
_HERE = frozenset({"id", "premises"})
_PLACE = _HERE | {"source"}
_ALWAYS = frozenset({"kind", "text", "cite"})


@dataclass(frozen=True)
class Sides:
    """Statements of one class that only the old proof has, and those that only the new one has."""

    old: tuple[Node, ...]
    new: tuple[Node, ...]

    def document(self) -> dict[str, Any]:
        return {"old": [*self.old], "new": [*self.new]}


@dataclass(frozen=True)
class Restated:
    """A statement that both proofs have, from other sources."""

    text: str
    old: tuple[Any, ...]
    new: tuple[Any, ...]

    def document(self) -> dict[str, Any]:
        return {"text": self.text, "old": [*self.old], "new": [*self.new]}


@dataclass(frozen=True)
class ProofChanges:
    """Facts (said by a source or by the case, searched in vain, assumed), parameters of the law, conclusions."""

    facts: Sides
    parameters: Sides
    rules: Sides
    restated: tuple[Restated, ...]

    def document(self) -> dict[str, Any]:
        return {
            "facts": self.facts.document(),
            "parameters": self.parameters.document(),
            "rules": self.rules.document(),
            "restated": [one.document() for one in self.restated],
        }


def proof_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> ProofChanges:
    """What differs between two proofs in their JSON form.

    >>> was = {"nodes": [{"id": "n1", "kind": "asserted", "text": "headquartered in DE"}]}
    >>> now = {"nodes": [{"id": "n7", "kind": "asserted", "text": "headquartered in FR"}]}
    >>> [node["text"] for node in proof_changes(was, now).facts.new]
    ['headquartered in FR']
    """
    known = [{key for node in proof["nodes"] for key in node} for proof in (old, new)]
    compared = (known[0] & known[1] | _ALWAYS) - _PLACE
    before, after = _statements(old, compared), _statements(new, compared)
    restated = []
    for said in before.keys() & after.keys():
        sources = _sources(before[said]), _sources(after[said])
        if sources[0].keys() != sources[1].keys():
            restated.append(Restated(before[said][0]["text"], tuple(sources[0].values()), tuple(sources[1].values())))

    def sides(kinds: Sequence[str]) -> Sides:
        return Sides(_only(before, after, kinds), _only(after, before, kinds))

    ordered = tuple(sorted(restated, key=lambda one: one.text))
    return ProofChanges(sides(FACTS), sides(PARAMETERS), sides(RULES), ordered)


def cites(nodes: Sequence[Node]) -> list[str]:
    """The paragraphs that statements name, each once, in order."""
    return sorted({node["cite"] for node in nodes if node.get("cite")})


def _statements(proof: Mapping[str, Any], compared: Set[str]) -> dict[str, list[Node]]:
    """The nodes by what they say in these keys."""
    resting: dict[str, list[str]] = {}
    for node in proof["nodes"]:
        for premise in node.get("premises", ()):
            resting.setdefault(premise, []).append(node["text"])
    found: dict[str, list[Node]] = {}
    for node in proof["nodes"]:
        plain = {key: value for key, value in node.items() if key not in _HERE}
        said = canonical({key: value for key, value in plain.items() if key in compared})
        if node["kind"] in FACTS and (texts := resting.get(node["id"])):
            plain["supports"] = sorted(set(texts))
        found.setdefault(said, []).append(plain)
    return found


def _sources(nodes: Sequence[Node]) -> dict[str, Any]:
    return {canonical(node["source"]): node["source"] for node in nodes if node.get("source")}


def _only(ours: Mapping[str, list[Node]], theirs: Mapping[str, Any], kinds: Sequence[str]) -> tuple[Node, ...]:
    own = [node for said, nodes in ours.items() if said not in theirs for node in nodes]
    return tuple(node for kind in kinds for node in own if node["kind"] == kind)
