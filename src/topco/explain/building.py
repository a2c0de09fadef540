"""A proof under construction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from topco.explain.proof import KINDS, VERSION, ProofNode
from topco.explain.statements import say


@dataclass
class Proof:
    """Nodes get ids in the order in which they are added; equal nodes are one.

    >>> proof = Proof()
    >>> leaf = proof.add("asserted", "figureStated", {"path": "item.tpp", "value": "1000000"})
    >>> top = proof.add("inferred", "reviewPolicy", {"policy": "denial"}, cite="742.1(f)", premises=[leaf])
    >>> [(node["id"], node["text"]) for node in proof.as_json(top)["nodes"]]
    [('n2', 'Review policy: denial'), ('n1', 'item.tpp = 1,000,000')]
    """

    nodes: dict[str, ProofNode] = field(default_factory=dict)
    _known: dict[Any, str] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        predicate: str,
        values: Mapping[str, Any] | None = None,
        *,
        cite: str | None = None,
        source: Mapping[str, Any] | None = None,
        premises: Iterable[str] = (),
        ways: Sequence[Sequence[str]] = (),
    ) -> str:
        """Add a node and return its id; the same statement on the same premises is added once.

        Args:
            predicate: what kind of statement it is, which gives its sentence.
            values: what fills the gaps of the sentence: texts, lists of texts, or True; what is None is left out.
            premises: the nodes it rests on.
            ways: several sets of premises of which each suffices, with those that are in none of them.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of proof node")
        filled = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in (values or {}).items()
            if value is not None and value is not False and value not in ("", [], ())
        }
        unique = tuple(dict.fromkeys((*premises, *(one for way in ways for one in way))))
        several = tuple(dict.fromkeys(tuple(dict.fromkeys(way)) for way in ways))
        several = several if len(several) > 1 else ()
        key = (
            (kind, predicate, cite, unique, several),
            tuple(sorted((source or {}).items(), key=str)),
            tuple(sorted((name, repr(value)) for name, value in filled.items())),
        )
        if key not in self._known:
            node_id = f"n{len(self.nodes) + 1}"
            text = say(predicate, filled)
            self.nodes[node_id] = ProofNode(node_id, kind, text, cite, source, unique, predicate, filled, several)
            self._known[key] = node_id
        return self._known[key]

    def graft(self, other: Mapping[str, Any]) -> str:
        """Take over the nodes of a proof in its JSON form, and return the id of its conclusion here.

        Raises:
            ValueError: a statement of it rests on itself.
        """
        given = {node["id"]: node for node in other["nodes"]}
        taken: dict[str, str] = {}
        stack = [other["nodes"][0]["id"]]
        entered: set[str] = set()
        while stack:
            node = given[stack[-1]]
            if node["id"] in taken:
                stack.pop()
                continue
            waiting = [premise for premise in node.get("premises", ()) if premise not in taken]
            if waiting:
                if node["id"] in entered:
                    raise ValueError(f"the statement {node['text']!r} rests on itself")
                entered.add(node["id"])
                stack += waiting
                continue
            stack.pop()
            taken[node["id"]] = self.add(
                node["kind"],
                node["predicate"],
                node.get("values"),
                cite=node.get("cite"),
                source=node.get("source"),
                premises=[taken[premise] for premise in node.get("premises", ())],
                ways=[[taken[premise] for premise in way] for way in node.get("ways", ())],
            )
        return taken[other["nodes"][0]["id"]]

    def as_json(self, conclusion: str) -> dict[str, Any]:
        """The proof of one conclusion: that node first, then what it rests on, breadth first, each node once."""
        order: dict[str, None] = {conclusion: None}
        for node_id in (queue := [conclusion]):
            for premise in self.nodes[node_id].premises:
                if premise not in order:
                    order[premise] = None
                    queue.append(premise)
        return {"version": VERSION, "nodes": [self.nodes[node_id].as_json() for node_id in order]}
