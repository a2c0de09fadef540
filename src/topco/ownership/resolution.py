"""Resolutions of single entities as documents: status, parents, headquarters, chain and proof, each with its rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from topco.identity.parties import Parties, parties
from topco.ownership import remarks
from topco.ownership.basis import Grounds, made_with
from topco.ownership.chain import (
    Chain,
    chain_of,
    direct_parents,
    holding_as_json,
    seats_of,
    source_of,
    step_as_json,
)
from topco.ownership.closure import Closure
from topco.ownership.headquarters import Headquarters, headquarters
from topco.ownership.layers import PLAIN, Kernels
from topco.ownership.neighbourhood import all_evidence, evidence_in, tables_about
from topco.ownership.parent_tests import parent_test
from topco.ownership.proof import Subject, prove
from topco.ownership.single_steps import resolved
from topco.ownership.status import Kind, Note, Status
from topco.ownership.undecided import undecided_about
from topco.store.seal import sealed
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Evidence
    from topco.store.store import Store

# Below this many companies the plain functions are done before the compiled ones are loaded.
_COMPILE_FROM = 5_000


@dataclass(frozen=True)
class Resolver:
    """Evidence of one day, closed; makes the document of any entity in it."""

    evidence: Evidence
    closure: Closure
    headquarters: Headquarters
    notes: NDArray[Any]
    loads: tuple[str, ...]
    known_as_of: date
    parties: Parties

    def document(self, node: int) -> dict[str, Any]:
        """The resolution of one node, as the contract writes it."""
        evidence, closure = self.evidence, self.closure
        chain = chain_of(evidence, node)
        ultimates = [self._parent(one) for one in sorted(closure.ultimate_parents(node))]
        highest = int(closure.highest[node])
        document = {
            "entity": self._entity(node),
            "test": evidence.test.name,
            "as_of": evidence.as_of.isoformat(),
            "known_as_of": self.known_as_of.isoformat(),
            "status": Status(closure.status[node]).word,
            "notes": remarks.words(int(self.notes[node])),
            "hq": self._headquarters(node),
            "weaker": self._weaker(node),
            "direct_parents": [self._name(one) for one in direct_parents(evidence, closure, node)],
            "ultimate_parents": ultimates,
            "highest_known": {
                **self._name(highest),
                "hq_country": self.headquarters.country(highest),
                "hq_alternatives": self._alternatives(highest),
            },
            "settling": [holding_as_json(row) for row in self._settling(chain)],
            "chain": [*map(step_as_json, chain.rows), *map(holding_as_json, chain.holdings)],
        }
        if links := self._links(chain):
            document["identity"] = links
        content = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
        subject = Subject(self._subject_rows(chain), document, self._tops(node), self.loads, evidence, chain)
        return {"id": f"res:{hashlib.sha256(content).hexdigest()[:16]}", **document, "proof": prove(subject)}

    def _links(self, chain: Chain) -> list[dict[str, Any]]:
        """What makes the parties on a chain one under several identifiers, each link with its record."""
        if self.parties.parties.is_empty():
            return []
        return [
            {"id": link["id"], "other": link["other"], "judged_by": link["by"], "source": source_of(link)}
            for node in chain.nodes
            for link in self.parties.links_of(self.evidence.ids[node])
        ]

    def _settling(self, chain: Chain) -> list[dict[str, Any]]:
        """The holdings with a bounded or unknown share that decide whether a candidate is a parent."""
        places = {
            place: None
            for found in chain.sums
            if found.kind == Kind.CANDIDATE
            for _, rows in found.addends
            for place in rows
        }
        rows = (self.evidence.holdings.row(place, named=True) for place in places)
        return [row for row in rows if row["share_exact"] is None]

    def _tops(self, node: int) -> list[str]:
        return [self.evidence.ids[top] for top in sorted(self.closure.tops(node))]

    def _subject_rows(self, chain: Chain) -> dict[str, list[dict[str, Any]]]:
        absences = [row for node in chain.nodes for row in self.evidence.rows("absences", node)]
        return {"relationships": list(chain.rows), "absences": absences}

    @cached_property
    def _names(self) -> list[str | None]:
        """The names of all entity rows, and None at the end for a company without one."""
        return [*self.evidence.entities["name"], None]

    def name(self, node: int) -> str | None:
        """The name on a company's record."""
        return self._names[int(self.evidence.entity_row[node])]

    def _name(self, node: int) -> dict[str, Any]:
        return {"id": self.evidence.ids[node], "name": self.name(node)}

    def _entity(self, node: int) -> dict[str, Any]:
        """Identifier and name, and all identifiers of a party that has several."""
        identifiers = self.parties.identifiers_of(self.evidence.ids[node])
        return {**self._name(node), **({"identifiers": identifiers} if len(identifiers) > 1 else {})}

    def _parent(self, node: int) -> dict[str, Any]:
        found = self._headquarters(node)
        return {
            **self._name(node),
            "status": Status(self.closure.status[node]).word,
            "hq_country": found["country"],
            **({"hq_basis": found["basis"]} if "basis" in found else {}),
            "hq_source": found["source"],
            "hq_alternatives": found["alternatives"],
        }

    def _alternatives(self, node: int) -> list[str]:
        countries = list(self.headquarters.possible(node))
        return countries if len(countries) > 1 else []

    def _headquarters(self, node: int) -> dict[str, Any]:
        """The country with the row that gives it; where sources differ, each country with its row."""
        countries = self.headquarters.possible(node)
        rows = [row for seat in sorted(seats_of(self.closure, node)) for row in self.evidence.rows("seats", seat)]
        found = [_stated(country, [row for row in rows if row["country"] == country]) for country in countries]
        if len(found) == 1:
            return {**found[0], "alternatives": []}
        return {"country": None, "source": None, "alternatives": found}

    def _weaker(self, node: int) -> dict[str, Any]:
        """What stands beside the headquarters and never in its place."""
        place = int(self.evidence.entity_row[node])
        row = {} if place < 0 else self.evidence.entities.row(place, named=True)
        weaker = {"registered_in": row.get("registered_country"), "jurisdiction": row.get("jurisdiction")}
        if row.get("kind") == "Branch" or self.closure.notes[node] & Note.BRANCH:
            weaker["branch_address_in"] = row.get("hq_country")
        return weaker


def _stated(country: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A headquarters with its best source, and the others that agree."""
    first = {"country": country, "basis": rows[0]["basis"], "source": source_of(rows[0])}
    if rows[0]["stated_by"]:
        first["stated_by"] = rows[0]["stated_by"]
    others = [{"basis": row["basis"], "source": source_of(row)} for row in rows[1:]]
    return {**first, "agreeing": others} if others else first


def resolver(store: Store, evidence: Evidence, known_as_of: date | None) -> Resolver:
    """Close the evidence; compiled where it is worth the wait."""
    closure = resolved(evidence.snapshot, kernels_for(len(evidence.ids)))
    searched = tuple(load.id for load in store.current_loads(known_as_of))
    return Resolver(
        evidence,
        closure,
        headquarters(evidence, closure),
        remarks.remarks(evidence, closure),
        searched,
        known_as_of or today(),
        parties(store, known_as_of),
    )


def kernels_for(size: int) -> Kernels:
    if size < _COMPILE_FROM:
        return PLAIN
    from topco.ownership.bulk import COMPILED

    return COMPILED


def resolve(
    store: Store,
    ids: Sequence[str],
    as_of: date,
    known_as_of: date | None = None,
    test: ParentTest | None = None,
) -> list[dict[str, Any] | None]:
    """The resolutions of these entities, in their order; None for one that no row of the store names.

    Args:
        ids: identifiers as `topco.namespaces.normalise_id` writes them.
        as_of: the day whose facts are asked for.
        known_as_of: only what was loaded on or before that day; by default everything.
        test: what makes a company a parent; by default the test `headquarters`.
    """
    return list(resolve_each(store, ids, as_of, known_as_of, test))


def resolve_each(
    store: Store,
    ids: Sequence[str],
    as_of: date,
    known_as_of: date | None = None,
    test: ParentTest | None = None,
) -> Iterator[dict[str, Any] | None]:
    """The same as `resolve`, one after another: for lists whose documents need not be in memory at once."""
    known, chosen = parties(store, known_as_of), test or parent_test()
    asked = known.party_of(ids)
    tables = tables_about(store, asked, as_of, known_as_of, chosen)
    evidence = evidence_in(tables, store, list(dict.fromkeys(asked)), as_of, known_as_of, chosen)
    found = resolver(store, evidence, known_as_of)
    grounds = Grounds(store, asked, as_of, known_as_of, chosen, tables)
    for node in evidence.node_of(asked):
        if node is None:
            yield None
            continue
        document = _with_undecided(store, found, node, known_as_of)
        document["proof"]["basis"] = _basis(document, grounds, evidence.ids[node])
        yield document


def _basis(document: dict[str, Any], grounds: Grounds, party: str) -> dict[str, Any]:
    """What the resolution can be derived from again, sealed."""
    asked = {"entity": party, **{name: document[name] for name in ("test", "as_of", "known_as_of")}}
    rows = grounds.of(party)
    return sealed({"of": "resolution", **made_with(), "asked": asked, "loads": grounds.loads, "rows": rows})


def _with_undecided(store: Store, found: Resolver, node: int, known_as_of: date | None) -> dict[str, Any]:
    """The document of a node, with the undecided pairs that would change it."""
    document = found.document(node)
    pairs = found.parties.undecided
    if pairs.is_empty():
        return document
    evidence = found.evidence
    chain = [evidence.ids[one] for one in chain_of(evidence, node).nodes]
    changing, left = undecided_about(
        store, evidence.ids[node], chain, pairs, evidence.as_of, known_as_of, evidence.test
    )
    if changing or left:
        document["undecided"] = changing
        document["undecided_not_tried"] = left
    return document


def resolve_every(
    store: Store, as_of: date, known_as_of: date | None = None, test: ParentTest | None = None
) -> Iterator[dict[str, Any]]:
    """The resolutions of all entities that the loads in force describe, in the order of their identifiers."""
    evidence = all_evidence(store, as_of, known_as_of, test or parent_test(), sources=True)
    found = resolver(store, evidence, known_as_of)
    for node in evidence.snapshot.record.nonzero()[0].tolist():
        yield found.document(node)
