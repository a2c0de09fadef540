"""The proof object: a small graph whose leaves are source rows, citations, absences and policies.

A node has a kind:

- `asserted`: somebody said so: a register (`source`: load, file, row, record) or the user's case;
- `inferred`: a rule or an axiom concludes it from its premises (`cite`);
- `aggregated`: a figure added up from its premises, all addends shown;
- `parameter`: a dated, cited value of the law (a limit, a country group's member);
- `absent`: what was searched, and not found;
- `assumed`: a policy of the user or a default, named as such.

The first node is the conclusion. The JSON form is version 1: `{"version": 1, "nodes": [...]}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from topco.errors import BadInput

VERSION = 1
KINDS = ("asserted", "inferred", "aggregated", "parameter", "absent", "assumed")


@dataclass(frozen=True)
class ProofNode:
    """One statement of a proof, with the statements it rests on."""

    id: str
    kind: str
    text: str
    cite: str | None = None
    source: Mapping[str, Any] | None = None
    premises: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"id": self.id, "kind": self.kind, "text": self.text}
        if self.cite:
            found["cite"] = self.cite
        if self.source:
            found["source"] = dict(self.source)
        if self.premises:
            found["premises"] = list(self.premises)
        return found


@dataclass
class Proof:
    """A proof under construction: nodes get ids in the order in which they are added, equal nodes are one.

    >>> proof = Proof()
    >>> leaf = proof.add("asserted", "GLEIF says so", source={"load": "gleif-rr", "row": 2})
    >>> top = proof.add("inferred", "so it is", cite="742.1(f)", premises=[leaf])
    >>> [node["id"] for node in proof.as_json(top)["nodes"]]
    ['n2', 'n1']
    """

    nodes: dict[str, ProofNode] = field(default_factory=dict)
    _known: dict[Any, str] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        text: str,
        *,
        cite: str | None = None,
        source: Mapping[str, Any] | None = None,
        premises: Iterable[str] = (),
    ) -> str:
        """Add a node and return its id; the same statement on the same premises is added once."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of proof node")
        unique = tuple(dict.fromkeys(premises))
        key = (kind, text, cite, tuple(sorted((source or {}).items(), key=str)), unique)
        if key not in self._known:
            node_id = f"n{len(self.nodes) + 1}"
            self.nodes[node_id] = ProofNode(node_id, kind, text, cite, source, unique)
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
                node["text"],
                cite=node.get("cite"),
                source=node.get("source"),
                premises=[taken[premise] for premise in node.get("premises", ())],
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


def read_proof(data: Any, where: str) -> list[ProofNode]:
    """The nodes of a proof in its JSON form, conclusion first.

    Raises:
        BadInput: not a proof of this version, a node that is incomplete or doubled, or a premise that does not exist.
    """
    given = data.get("nodes") if isinstance(data, Mapping) and data.get("version") == VERSION else None
    if not isinstance(given, list) or not given:
        raise BadInput(
            f"There is no proof of version {VERSION} in it.",
            where=where,
            remedy="Give the JSON of `topco resolve` or `topco determine --format json`.",
        )
    nodes = [_read_node(node, position, where) for position, node in enumerate(given, 1)]
    known = {node.id for node in nodes}
    if len(known) < len(nodes):
        raise BadInput("Two nodes of the proof have the same id.", where=where)
    missing = sorted({premise for node in nodes for premise in node.premises} - known)
    if missing:
        raise BadInput(f"The proof names premises that it does not hold: {', '.join(missing)}.", where=where)
    return nodes


def _read_node(node: Any, position: int, where: str) -> ProofNode:
    if isinstance(node, Mapping):
        name, kind, text = node.get("id"), node.get("kind"), node.get("text")
        cite, source, premises = node.get("cite"), node.get("source"), node.get("premises") or []
        if (
            isinstance(name, str)
            and isinstance(kind, str)
            and kind in KINDS
            and isinstance(text, str)
            and isinstance(cite, str | None)
            and isinstance(source, Mapping | None)
            and isinstance(premises, list)
            and all(isinstance(premise, str) for premise in premises)
        ):
            return ProofNode(name, kind, text, cite, source, tuple(premises))
    raise BadInput(
        f"Node {position} of the proof is no statement.",
        where=where,
        remedy="A node has an id, a text, a kind among "
        + ", ".join(KINDS)
        + ", and perhaps cite, source and premises.",
    )
