"""The proof object: a small graph whose leaves are source rows, citations, absences and policies.

A node has a kind:

- `asserted`: somebody said so: a register (`source`: load, file, row, record) or the user's case;
- `inferred`: a rule or an axiom concludes it from its premises (`cite`);
- `aggregated`: a figure added up from its premises, all addends shown;
- `parameter`: a dated, cited value of the law (a limit, a country group's member);
- `absent`: what was searched, and not found;
- `assumed`: a policy of the user or a default, named as such.

A node's `predicate` says what it states and its `values` of what; its `text` is the sentence that the ontology has for
that predicate (`topco.explain.statements`). Where several derivations lead to the same conclusion, `ways` lists the
premises of each, of which one suffices. The first node is the conclusion. The JSON form is version 1: `{"version": 1,
"nodes": [...], "basis": {...}}`; the basis holds what the proof can be derived from again (`topco.verification`).
"""

from __future__ import annotations

from collections.abc import Mapping
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
    predicate: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    ways: tuple[tuple[str, ...], ...] = ()

    @property
    def common(self) -> tuple[str, ...]:
        """The premises that every way needs."""
        of_a_way = {premise for way in self.ways for premise in way}
        return tuple(premise for premise in self.premises if premise not in of_a_way)

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"id": self.id, "kind": self.kind}
        if self.predicate:
            found["predicate"] = self.predicate
        found["text"] = self.text
        if self.values:
            found["values"] = dict(self.values)
        if self.cite:
            found["cite"] = self.cite
        if self.source:
            found["source"] = dict(self.source)
        if self.premises:
            found["premises"] = list(self.premises)
        if self.ways:
            found["ways"] = [list(way) for way in self.ways]
        return found


def proof_in(document: Mapping[str, Any]) -> Any:
    """The proof of an answer; a document that has none and has nodes is a proof itself.

    >>> proof_in({"id": "res:1", "proof": {"nodes": []}}), proof_in({"nodes": []})
    ({'nodes': []}, {'nodes': []})
    """
    return document if "nodes" in document and "proof" not in document else document.get("proof")


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
    strangers = [node.id for node in nodes if not {one for way in node.ways for one in way} <= set(node.premises)]
    if missing:
        raise BadInput(f"The proof names premises that it does not hold: {', '.join(missing)}.", where=where)
    if strangers:
        raise BadInput(f"A way of {', '.join(strangers)} names what is no premise of it.", where=where)
    return nodes


def _read_node(node: Any, position: int, where: str) -> ProofNode:
    if isinstance(node, Mapping):
        name, kind, text = node.get("id"), node.get("kind"), node.get("text")
        cite, source, premises = node.get("cite"), node.get("source"), node.get("premises") or []
        predicate, values, ways = node.get("predicate"), node.get("values") or {}, node.get("ways") or []
        if (
            isinstance(name, str)
            and isinstance(kind, str)
            and kind in KINDS
            and isinstance(text, str)
            and isinstance(cite, str | None)
            and isinstance(source, Mapping | None)
            and isinstance(predicate, str | None)
            and isinstance(values, Mapping)
            and isinstance(ways, list)
            and all(_are_texts(one) for one in (premises, *ways))
        ):
            several = tuple(map(tuple, ways))
            return ProofNode(name, kind, text, cite, source, tuple(premises), predicate, values, several)
    raise BadInput(
        f"Node {position} of the proof is no statement.",
        where=where,
        remedy="A node has an id, a text, a kind among "
        + ", ".join(KINDS)
        + ", and perhaps predicate, values, cite, source, premises and ways.",
    )


def _are_texts(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(one, str) for one in given)
