"""Why a resolution says what it says: a proof whose leaves are rows of registers and what was searched in vain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from topco.explain.building import Proof
from topco.ownership.chain import Chain, Sum, source_of
from topco.ownership.graph import adjacency, components
from topco.ownership.proof_of_control import ProofOfControl, holding, period
from topco.ownership.stated import REGISTER_RECORD
from topco.ownership.status import Kind, Status
from topco.ownership.vocabulary import vocabulary

if TYPE_CHECKING:
    from topco.ownership.snapshot import Evidence

_STATUS_QUERY = "queries/resolution/status.rq"
_SETTLED_QUERY = "queries/resolution/control/settled.rq"
_HEADQUARTERS_QUERY = "queries/resolution/headquarters.rq"
_STEPS = {
    Kind.DIRECT: "directlyConsolidatedBy",
    Kind.BRANCH: "branchOf",
    Kind.ULTIMATE: "recordedUltimateParent",
}


@dataclass(frozen=True)
class Subject:
    """A resolution (`document`) and the rows behind it.

    `tops`: where the chain ends; `loads`: what was searched; `chain`: what was followed in `evidence`.
    """

    rows: dict[str, list[dict[str, Any]]]
    document: dict[str, Any]
    tops: list[str]
    loads: tuple[str, ...]
    evidence: Evidence
    chain: Chain


def prove(subject: Subject) -> dict[str, Any]:
    """The proof of a resolution in its JSON form, the status first."""
    proof = Proof()
    document = subject.document
    entity = _called(document["entity"])
    rings = _rings(subject)
    premises = [_step(proof, row) for row in subject.rows["relationships"] if not _inside(rings, row)]
    premises += [_link(proof, link) for link in document.get("identity", ())]
    control = ProofOfControl(proof, subject.evidence, subject.chain)
    premises += [control.of(found) for found in _sums_on_top(subject, control, rings)]
    premises += [_ring(proof, subject, control, rings, ring) for ring in sorted(set(rings.values()))]
    premises += [_settled(proof, subject, node) for node in subject.chain.nodes if _by_arithmetic(subject, node)]
    premises += [_absence(proof, row) for row in subject.rows["absences"]]
    ends = dict.fromkeys([*subject.tops, *(parent["id"] for parent in document["ultimate_parents"])])
    premises += [_nothing_about(proof, subject, end) for end in ends if not _has_statement(subject, end)]
    for parent in document["ultimate_parents"]:
        premises.append(
            _headquarters(proof, _called(parent), parent["hq_country"], parent["hq_source"], parent, subject)
        )
    hq = document["hq"]
    premises.append(_headquarters(proof, entity, hq["country"], hq["source"], hq, subject))
    status = document["status"]
    tops = [_called(parent) for parent in document["ultimate_parents"]]
    values = {"entity": entity, "status": vocabulary().labels.get(status, status), **_outcome(status, tops)}
    return proof.as_json(proof.add("inferred", "resolutionStatus", values, cite=_STATUS_QUERY, premises=premises))


def _rings(subject: Subject) -> dict[int, int]:
    """Of each company on the chain that stands in a ring, the smallest member of that ring."""
    steps = [(row["source"], row["target"]) for row in subject.rows["relationships"]]
    steps += [(found.company, found.holder) for found in subject.chain.sums]
    places = {node: place for place, node in enumerate(subject.chain.nodes)}
    below, above = (np.array([places[step[side]] for step in steps], np.int32) for side in (0, 1))
    of, _ = components(*adjacency(len(places), below, above))
    loops = {below for below, above in steps if below == above}
    members: dict[int, list[int]] = {}
    for node, place in places.items():
        members.setdefault(int(of[place]), []).append(node)
    return {node: min(ring) for ring in members.values() if len(ring) > 1 or ring[0] in loops for node in ring}


def _inside(rings: dict[int, int], row: dict[str, Any]) -> bool:
    """Whether a row leads from one company of a ring to another one of it."""
    return rings.get(row["source"], -1) == rings.get(row["target"], -2)


def _sums_on_top(subject: Subject, control: ProofOfControl, rings: dict[int, int]) -> list[Sum]:
    """The sums that no other one stands on, and that do not lead round a ring."""
    outside = [one for one in subject.chain.sums if rings.get(one.company, -1) != rings.get(one.holder, -2)]
    below = {key for found in outside for key in control.through(found)}
    return [found for found in outside if (found.company, found.holder) not in below]


def _ring(proof: Proof, subject: Subject, control: ProofOfControl, rings: dict[int, int], ring: int) -> str:
    """A ring as one statement, with the rows that close it."""
    members = sorted(subject.evidence.ids[node] for node, of in rings.items() if of == ring)
    rows = [
        row for row in subject.rows["relationships"] if rings.get(row["source"]) == rings.get(row["target"]) == ring
    ]
    parts = [_step(proof, row) for row in rows]
    parts += [
        control.of(found) for found in subject.chain.sums if rings.get(found.company) == rings.get(found.holder) == ring
    ]
    predicate = "ringOfOwners" if len(members) > 1 else "ownParent"
    return proof.add("aggregated", predicate, {"companies": members}, premises=parts)


def _outcome(status: str, tops: list[str]) -> dict[str, Any]:
    """What the status means for the companies at the end of the chain."""
    if not tops:
        return {"unknown": True}
    if status == Status.OWN_TOP.word:
        return {"ownTop": True}
    if status == Status.RESOLVED.word:
        return {"ultimateParents": tops}
    if status == Status.JOINT.word:
        return {"equalParents": tops}
    if status in (Status.CONFLICTING.word, Status.POSSIBLE.word):
        return {"candidates": tops}
    return {"highest": tops}


def _called(company: dict[str, Any]) -> str:
    return f"{company['name']} ({company['id']})" if company["name"] else str(company["id"])


def _step(proof: Proof, row: dict[str, Any]) -> str:
    values = {"child": row["child"], "parent": row["parent"], **period(row), "lapsed": bool(row["stale"])}
    return proof.add("asserted", _STEPS[Kind(row["step"])], values, source=source_of(row))


def _link(proof: Proof, link: dict[str, Any]) -> str:
    judge = link["judged_by"]
    values = {"id": link["id"], "other": link["other"], "judge": judge, "byNumber": not judge}
    return proof.add("asserted", "samePartyAs", values, source=link["source"])


def _by_arithmetic(subject: Subject, node: int) -> bool:
    return bool(subject.evidence.snapshot.settled[node])


def _settled(proof: Proof, subject: Subject, node: int) -> str:
    """That no company stands above, with all holdings that the sum was made of."""
    evidence = subject.evidence
    rows = evidence.rows("holdings", node)
    values = {"company": evidence.ids[node], "test": evidence.test.name}
    leaves = [holding(proof, row) for row in rows]
    return proof.add("aggregated", "noCorporateParent", values, cite=_SETTLED_QUERY, premises=leaves)


def _absence(proof: Proof, row: dict[str, Any]) -> str:
    words = vocabulary()
    label = words.labels.get(row["reason"], "a reason that the ontology does not know")
    predicate = "statesNoParent" if row["reason"] in words.no_parent else "withholdsParent"
    level = "ultimate" if row["level"] == "UltimateLevel" else "direct"
    values = {"company": row["subject"], "level": level, "reason": row["reason"], "label": label}
    return proof.add("asserted", predicate, values, source=source_of(row))


def _has_statement(subject: Subject, company: str) -> bool:
    rows = subject.rows
    return (
        any(row["subject"] == company for row in rows["absences"])
        or any(row["child"] == company for row in rows["relationships"])
        or any(row["owned"] == company for row in subject.chain.holdings)
        or any(subject.evidence.ids[node] == company and _by_arithmetic(subject, node) for node in subject.chain.nodes)
    )


def _nothing_about(proof: Proof, subject: Subject, company: str) -> str:
    values = {"company": company, "day": subject.document["as_of"], "loads": subject.loads}
    return proof.add("absent", "nothingAboutParent", values)


def _headquarters(
    proof: Proof, name: str, country: str | None, source: dict[str, Any] | None, given: dict[str, Any], subject: Subject
) -> str:
    given_rows: list[dict[str, Any]] = given.get("alternatives") or given.get("hq_alternatives") or []
    if source:
        given_rows = [{**given, "country": country, "source": source}]
        given_rows += [{"country": country, **other} for other in given.get("agreeing", ())]
    leaves = [_seat(proof, one) for one in given_rows]
    if country:
        values = {"company": name, "country": country}
        ways = [[leaf] for leaf in leaves]
        return proof.add("inferred", "companyHeadquarteredIn", values, cite=_HEADQUARTERS_QUERY, ways=ways)
    if leaves:
        return proof.add("inferred", "headquartersDiffer", {"company": name}, premises=leaves)
    return proof.add("absent", "noHeadquarters", {"company": name, "loads": subject.loads})


def _seat(proof: Proof, given: dict[str, Any]) -> str:
    """What a source says about a headquarters: an address on a record, or a statement with its basis and author."""
    basis = given.get("basis") or given.get("hq_basis") or REGISTER_RECORD
    values = {"country": given["country"]}
    if basis == REGISTER_RECORD:
        return proof.add("asserted", "headquartersAddress", values, source=given["source"])
    values |= {"author": given.get("stated_by"), "basis": vocabulary().labels.get(basis, basis)}
    return proof.add("asserted", "headquartersStated", values, source=given["source"])
