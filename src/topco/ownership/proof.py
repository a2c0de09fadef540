"""Why a resolution says what it says: a proof whose leaves are rows of registers and what was searched in vain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.explain.proof import Proof
from topco.ownership.chain import STEP_WORDS, Chain, Sum, source_of
from topco.ownership.control import Family
from topco.ownership.shares import percent, written
from topco.ownership.stated import REGISTER_RECORD
from topco.ownership.status import Kind, Status
from topco.ownership.vocabulary import vocabulary

if TYPE_CHECKING:
    from topco.ownership.control import Addend
    from topco.ownership.snapshot import Evidence

_STATUS_QUERY = "queries/resolution/status.rq"
_CONTROL_QUERY = "queries/resolution/control/must.ru"
_SETTLED_QUERY = "queries/resolution/control/settled.rq"
_HEADQUARTERS_QUERY = "queries/resolution/headquarters.rq"
_SAYS = {
    "consolidation": "is directly consolidated by",
    "branch": "is a branch of",
    "ultimate_consolidation": "has the recorded ultimate parent",
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
    premises = [_step(proof, row) for row in subject.rows["relationships"]]
    premises += [_link(proof, link) for link in document.get("identity", ())]
    premises += [_sum(proof, subject, found) for found in subject.chain.sums]
    premises += [_settled(proof, subject, node) for node in subject.chain.nodes if _by_arithmetic(subject, node)]
    premises += [_absence(proof, row) for row in subject.rows["absences"]]
    premises += [_nothing_about(proof, subject, top) for top in subject.tops if not _has_statement(subject, top)]
    for parent in document["ultimate_parents"]:
        premises.append(
            _headquarters(proof, _called(parent), parent["hq_country"], parent["hq_source"], parent, subject)
        )
    hq = document["hq"]
    premises.append(_headquarters(proof, entity, hq["country"], hq["source"], hq, subject))
    status = document["status"]
    tops = ", ".join(_called(parent) for parent in document["ultimate_parents"])
    conclusion = f"{entity}: {vocabulary().labels.get(status, status)}" + _outcome(status, tops)
    return proof.as_json(proof.add("inferred", conclusion, cite=_STATUS_QUERY, premises=premises))


def _outcome(status: str, tops: str) -> str:
    if not tops:
        return "; no ultimate parent is known"
    if status == Status.OWN_TOP.word:
        return "; it is its own ultimate parent"
    if status == Status.RESOLVED.word:
        return f"; ultimate parent: {tops}"
    if status == Status.JOINT.word:
        return f"; equal parents: {tops}"
    if status in (Status.CONFLICTING.word, Status.POSSIBLE.word):
        return f"; candidates: {tops}"
    return f"; highest recorded: {tops}"


def _called(company: dict[str, Any]) -> str:
    return f"{company['name']} ({company['id']})" if company["name"] else str(company["id"])


def _step(proof: Proof, row: dict[str, Any]) -> str:
    since = f", from {row['valid_from']}" if row["valid_from"] else ""
    until = f", until {row['valid_to']}" if row["valid_to"] else ""
    stale = ", registration lapsed" if row["stale"] else ""
    text = f"{row['child']} {_SAYS[STEP_WORDS[Kind(row['step'])]]} {row['parent']}{since}{until}{stale}"
    return proof.add("asserted", text, source=source_of(row))


def _link(proof: Proof, link: dict[str, Any]) -> str:
    judged = f", judged by {link['judged_by']}" if link["judged_by"] else " by the number on its record"
    return proof.add("asserted", f"{link['id']} is the same party as {link['other']}{judged}", source=link["source"])


def _sum(proof: Proof, subject: Subject, found: Sum) -> str:
    """What a party has in a company, with every holding that was added up."""
    evidence, ids = subject.evidence, subject.evidence.ids
    leaves, figures = [], []
    for addend, places in found.addends:
        leaves += [_holding(proof, evidence.holdings.row(place, named=True)) for place in places]
        owned = evidence.held.positions.owned[addend.position] if evidence.held else found.company
        into = "" if owned == found.company else f" in {ids[int(owned)]}"
        figures.append(f"{ids[addend.owner]} {_bounds(addend)}{into}")
    words = {Kind.CONTROL: "must control", Kind.TIE: "has exactly half of", Kind.CANDIDATE: "may control"}[found.kind]
    text = f"{ids[found.holder]} {words} {ids[found.company]} (test {evidence.test.name}): {'; '.join(figures)}"
    return proof.add("aggregated", text, cite=_CONTROL_QUERY, premises=leaves)


def _bounds(addend: Addend) -> str:
    family = addend.family.name.lower()
    if addend.family == Family.BOARD:
        return "the right to appoint the board"
    if addend.lower == addend.upper:
        return f"{percent(addend.lower)} percent of the {family}"
    return f"{percent(addend.lower)} to {percent(addend.upper)} percent of the {family}"


def _holding(proof: Proof, row: dict[str, Any]) -> str:
    share = written(
        row["share_exact"],
        row["share_min"],
        row["share_min_exclusive"],
        row["share_max"],
        row["share_max_exclusive"],
    )
    since = f", from {row['valid_from']}" if row["valid_from"] else ""
    until = f", until {row['valid_to']}" if row["valid_to"] else ""
    text = f"{row['owner']} holds {row['interest']} in {row['owned']}: {share} percent{since}{until}"
    return proof.add("asserted", text, source=source_of(row))


def _by_arithmetic(subject: Subject, node: int) -> bool:
    return bool(subject.evidence.snapshot.settled[node])


def _settled(proof: Proof, subject: Subject, node: int) -> str:
    """That no company stands above, with all holdings that the sum was made of."""
    evidence = subject.evidence
    rows = evidence.rows("holdings", node)
    text = f"{evidence.ids[node]} has no corporate parent by its holdings (test {evidence.test.name})"
    return proof.add("aggregated", text, cite=_SETTLED_QUERY, premises=[_holding(proof, row) for row in rows])


def _absence(proof: Proof, row: dict[str, Any]) -> str:
    words = vocabulary()
    label = words.labels.get(row["reason"], "a reason that the ontology does not know")
    means = "no parent exists" if row["reason"] in words.no_parent else "a parent is not named"
    level = "ultimate" if row["level"] == "UltimateLevel" else "direct"
    text = f"{row['subject']} names no {level} parent: {row['reason']} ({label}; read as: {means})"
    return proof.add("asserted", text, source=source_of(row))


def _has_statement(subject: Subject, company: str) -> bool:
    rows = subject.rows
    return (
        any(row["subject"] == company for row in rows["absences"])
        or any(row["child"] == company for row in rows["relationships"])
        or any(row["owned"] == company for row in subject.chain.holdings)
        or any(subject.evidence.ids[node] == company and _by_arithmetic(subject, node) for node in subject.chain.nodes)
    )


def _nothing_about(proof: Proof, subject: Subject, company: str) -> str:
    searched = ", ".join(subject.loads)
    return proof.add(
        "absent", f"Nothing about a parent of {company} on {subject.document['as_of']}; searched: {searched}"
    )


def _headquarters(
    proof: Proof, name: str, country: str | None, source: dict[str, Any] | None, given: dict[str, Any], subject: Subject
) -> str:
    given_rows: list[dict[str, Any]] = given.get("alternatives") or given.get("hq_alternatives") or []
    if source:
        given_rows = [{**given, "country": country, "source": source}]
    leaves = [proof.add("asserted", _seat(one), source=one["source"]) for one in given_rows]
    if country:
        return proof.add("inferred", f"{name} is headquartered in {country}", cite=_HEADQUARTERS_QUERY, premises=leaves)
    if leaves:
        return proof.add("inferred", f"Sources differ on the headquarters of {name}", premises=leaves)
    return proof.add("absent", f"No headquarters of {name}; searched: {', '.join(subject.loads)}")


def _seat(given: dict[str, Any]) -> str:
    """What a source says about a headquarters: an address on a record, or a statement with its basis and author."""
    basis = given.get("basis") or given.get("hq_basis") or REGISTER_RECORD
    if basis == REGISTER_RECORD:
        return f"Headquarters address in {given['country']}"
    author = f" by {given['stated_by']}" if given.get("stated_by") else ""
    return f"Headquarters in {given['country']}, stated{author} ({vocabulary().labels.get(basis, basis)})"
