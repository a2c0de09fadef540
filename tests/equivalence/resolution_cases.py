"""Random evidence about a handful of companies, resolved four ways: sets, arrays, SPARQL on two engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl
from hypothesis import strategies as st

from definition import marks
from topco import knowledge
from topco.identity.policy import FILE as POLICY
from topco.identity.policy import policy
from topco.namespaces import COUNTRY_BASE, LOAD_BASE, NAMESPACE, RECORD_BASE, id_of_iri, iri_of_id, local_name, term
from topco.ownership.chain import direct_parents
from topco.ownership.headquarters import headquarters
from topco.ownership.layers import PLAIN, Kernels
from topco.ownership.parent_tests import RELATIONSHIP_KINDS, ParentTest, parent_test
from topco.ownership.shares import PERCENT
from topco.ownership.single_steps import resolved
from topco.ownership.snapshot import Tables, build, in_force
from topco.ownership.status import Note, Status
from topco.store.schema import ABSENCES, ENTITIES, HEADQUARTERS, HOLDINGS, RELATIONSHIPS

DAY = date(2025, 6, 1)
DAYS = [None, date(2019, 1, 1), date(2025, 5, 31), DAY, date(2025, 6, 2), date(2030, 1, 1)]
VINTAGES = {"early": date(2025, 5, 31), "late": DAY}
KINDS = ["DirectConsolidation", "DirectConsolidation", "UltimateConsolidation", "InternationalBranch", "FundManagement"]
REASONS = ["NATURAL_PERSONS", "NATURAL_PERSONS", "NO_KNOWN_PERSON", "NO_LEI", "NON_CONSOLIDATING", "A_CODE_OF_TOMORROW"]


@dataclass(frozen=True)
class Entity:
    id: str
    kind: str
    hq_country: str | None
    standing: str
    load: str


@dataclass(frozen=True)
class Relationship:
    child: str
    parent: str
    kind: str
    standing: str
    valid_from: date | None
    valid_to: date | None
    stale: bool
    load: str


@dataclass(frozen=True)
class Absence:
    subject: str
    reason: str
    load: str


@dataclass(frozen=True)
class Holding:
    """A share in percent: exact, or a band where `high` is given."""

    owner: str
    owned: str
    interest: str
    low: int
    high: int | None
    load: str
    indirect: bool | None = None


@dataclass(frozen=True)
class Seat:
    """A headquarters stated apart from a record."""

    id: str
    country: str
    basis: str
    valid_from: date | None
    valid_to: date | None
    load: str


@dataclass(frozen=True)
class Evidence:
    entities: tuple[Entity, ...]
    relationships: tuple[Relationship, ...]
    absences: tuple[Absence, ...]
    holdings: tuple[Holding, ...] = ()
    seats: tuple[Seat, ...] = ()


def company(names: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"X:{name}" for name in names])


PARTIES = {"P": "NaturalPerson", "S": "StateBody", "U": "UnidentifiedParty"}


def holding(names: str) -> st.SearchStrategy[Holding]:
    """Shares that make halves, majorities and bands; owners are companies, persons, states or nobody named."""
    return st.builds(
        Holding,
        owner=company(names * 3 + "".join(PARTIES)),
        owned=company(names),
        interest=st.sampled_from(["shares"] * 5 + ["votes", "appointmentOfBoard", "nominee"]),
        low=st.sampled_from([5, 20, 25, 30, 40, 50, 50, 50, 60, 80, 100]),
        high=st.sampled_from([None] * 5 + [50, 75, 100]),
        load=st.sampled_from(sorted(VINTAGES)),
        indirect=st.sampled_from([None] * 4 + [False, True]),
    ).map(lambda row: replace(row, high=None if row.high is not None and row.high < row.low else row.high))


def with_holdings(names: str = "abcde", most: int = 9, recorded: int = 3) -> st.SearchStrategy[Evidence]:
    """As `evidence`, with holdings and fewer recorded rows; persons and the like have a record of their kind."""
    parties = tuple(Entity(f"X:{name}", kind, None, "Current", "late") for name, kind in PARTIES.items())
    return st.builds(
        lambda case, holdings: replace(case, entities=case.entities + parties, holdings=tuple(holdings)),
        evidence(names, recorded),
        st.lists(holding(names), min_size=1, max_size=most),
    )


def evidence(names: str = "abcde", most: int = 9) -> st.SearchStrategy[Evidence]:
    """Every kind of row, around the day asked for; more rows in force than not, so that chains form."""
    load = st.sampled_from(sorted(VINTAGES))
    often = {"standing": st.sampled_from(["Current"] * 8 + ["Ended", "Void"]), "load": load}
    relationship = st.builds(
        Relationship,
        child=company(names),
        parent=company(names),
        kind=st.sampled_from(KINDS),
        valid_from=st.sampled_from([None] * 4 + DAYS[1:4] + [DAYS[4]]),
        valid_to=st.sampled_from([None] * 6 + DAYS[2:]),
        stale=st.booleans(),
        **often,
    )
    entity = st.builds(
        Entity,
        id=company(names),
        kind=st.sampled_from(["LegalEntity"] * 4 + ["Branch"]),
        hq_country=st.sampled_from([None, "DE", "CN"]),
        **often,
    )
    seat = st.builds(
        Seat,
        id=company(names),
        country=st.sampled_from(["DE", "CN", "SG"]),
        basis=st.sampled_from(sorted(policy().bases)),
        valid_from=st.sampled_from([None, *DAYS[1:]]),
        valid_to=st.sampled_from([None, *DAYS[2:]]),
        load=load,
    )
    absence = st.builds(Absence, subject=company(names), reason=st.sampled_from(REASONS), load=load)
    return st.builds(
        Evidence,
        st.lists(entity, min_size=1, max_size=most, unique_by=lambda row: (row.id, row.load)).map(tuple),
        st.lists(relationship, max_size=most).map(tuple),
        st.lists(absence, max_size=4).map(tuple),
        seats=st.lists(seat, max_size=2).map(tuple),
    )


@dataclass(frozen=True)
class Answer:
    status: str
    ultimate_parents: frozenset[str]
    direct_parents: frozenset[str]
    headquarters: frozenset[str]


# -- arrays


def frames(given: Evidence) -> tuple[pl.DataFrame, ...]:
    def frame(rows: tuple[Any, ...], schema: pl.Schema) -> pl.DataFrame:
        full = pl.Schema({**schema, "load": pl.String()})
        return pl.DataFrame([{**dict.fromkeys(full), **vars(row)} for row in rows], schema=full)

    return (
        frame(given.entities, ENTITIES),
        frame(given.relationships, RELATIONSHIPS),
        frame(given.absences, ABSENCES),
        pl.DataFrame([{**dict.fromkeys(_HOLDINGS), **columns_of(row)} for row in given.holdings], schema=_HOLDINGS),
        frame(given.seats, HEADQUARTERS),
    )


_HOLDINGS = pl.Schema({**HOLDINGS, "load": pl.String()})


def columns_of(row: Holding) -> dict[str, Any]:
    share: dict[str, Any] = {"share_exact": row.low * PERCENT}
    if row.high is not None:
        share = {"share_min": row.low * PERCENT, "share_max": row.high * PERCENT}
    named = {name: getattr(row, name) for name in ("owner", "owned", "interest", "load", "indirect")}
    return {**named, **share, "standing": "Current"}


def by_arrays(given: Evidence, kernels: Kernels = PLAIN, test: ParentTest | None = None) -> dict[str, Answer]:
    return {company: answer for company, (answer, _) in with_notes(given, kernels, test).items()}


def with_notes(
    given: Evidence, kernels: Kernels = PLAIN, test: ParentTest | None = None
) -> dict[str, tuple[Answer, frozenset[str]]]:
    entities, relationships, absences, holdings, seats = frames(given)
    tables = Tables(entities, in_force(relationships.lazy(), DAY).collect(), absences, holdings, seats)
    read = build(tables, DAY, VINTAGES, test or parent_test())
    closure = resolved(read.snapshot, kernels)
    hq = headquarters(read, closure)

    def names(nodes: frozenset[int] | list[int]) -> frozenset[str]:
        return frozenset(read.ids[node] for node in nodes)

    return {
        company: (
            Answer(
                Status(closure.status[node]).word,
                names(closure.ultimate_parents(node)),
                names(direct_parents(read, closure, node)),
                frozenset(hq.possible(node)),
            ),
            frozenset(note.word for note in Note if closure.notes[node] & note),
        )
        for node, company in enumerate(read.ids)
    }


# -- RDF


def trig(given: Evidence) -> str:
    """The evidence as `docs/evidence.md` writes it, one graph per load."""
    graphs: dict[str, list[str]] = {}
    for entity in given.entities:
        record, subject = f"<{RECORD_BASE}{entity.id}>", f"<{iri_of_id(entity.id)}>"
        lines = graphs.setdefault(entity.load, [])
        lines.append(f"{subject} a topco:{entity.kind} .")
        lines.append(
            f"{record} a topco:EntityRecord ; topco:describesEntity {subject} ; "
            f"topco:standing topco:{entity.standing} ."
        )
        if entity.hq_country:
            address = f"<{iri_of_id(entity.id)}/headquarters>"
            lines.append(f"{subject} topco:hasHeadquartersAddress {address} .")
            lines.append(f"{address} topco:addressCountry <{COUNTRY_BASE}{entity.hq_country}> .")
    for number, row in enumerate(given.relationships):
        dates = "".join(
            f' topco:{name} "{value}"^^xsd:date ;'
            for name, value in (("validFrom", row.valid_from), ("validTo", row.valid_to))
            if value
        )
        graphs.setdefault(row.load, []).append(
            f"<{RECORD_BASE}R-{number}> topco:relationshipKind topco:{row.kind} ;{dates} "
            f"topco:subjectEntity <{iri_of_id(row.child)}> ; topco:interestedParty <{iri_of_id(row.parent)}> ; "
            f"topco:standing topco:{row.standing} ; topco:stale {str(row.stale).lower()} ."
        )
    for number, share in enumerate(given.holdings):
        indirect = " ; topco:mayBeIndirect true" if share.indirect else ""
        bounds = [("Exact", share.low)] if share.high is None else [("Minimum", share.low), ("Maximum", share.high)]
        figures = "".join(f' ; topco:share{name} "{figure}"^^xsd:decimal' for name, figure in bounds)
        graphs.setdefault(share.load, []).append(
            f"<{RECORD_BASE}H-{number}> topco:interestType topco:{share.interest} ; "
            f"topco:subjectEntity <{iri_of_id(share.owned)}> ; "
            f"topco:interestedParty <{iri_of_id(share.owner)}> ; topco:standing topco:Current{figures}{indirect} ."
        )
    for number, absence in enumerate(given.absences):
        graphs.setdefault(absence.load, []).append(
            f"<{RECORD_BASE}X-{number}> a topco:AbsenceStatement ; topco:subjectEntity <{iri_of_id(absence.subject)}> ;"
            f" topco:absenceReason topco:{absence.reason} ."
        )
    for number, seat in enumerate(given.seats):
        dates = "".join(
            f' ; topco:{name} "{value}"^^xsd:date'
            for name, value in (("validFrom", seat.valid_from), ("validTo", seat.valid_to))
            if value
        )
        graphs.setdefault(seat.load, []).append(
            f"<{RECORD_BASE}S-{number}> a topco:HeadquartersStatement ; topco:headquartersOf <{iri_of_id(seat.id)}> ; "
            f"topco:statedCountry <{COUNTRY_BASE}{seat.country}> ; topco:headquartersBasis topco:{seat.basis}{dates} ."
        )
    prefixes = f"@prefix topco: <{NAMESPACE}> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    return prefixes + "\n".join(f"<{LOAD_BASE}{load}> {{ {' '.join(lines)} }}" for load, lines in graphs.items())


def query(name: str) -> str:
    """A resolution query, with the day in the place of its parameter."""
    day = f'"{DAY}"^^<http://www.w3.org/2001/XMLSchema#date>'
    return knowledge.text(f"queries/resolution/{name}.rq").replace("?asOf", day)


_HOLDING_PARTIES = """PREFIX topco: <https://w3id.org/topco/>
SELECT ?x { GRAPH ?load { ?held topco:interestType ?type ; topco:subjectEntity|topco:interestedParty ?x } }"""
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def by_oxigraph(
    given: Evidence, test: ParentTest | None = None, prepare: Callable[[Any], None] | None = None
) -> dict[str, Answer]:
    """The definition, run; `prepare` may change the store of the evidence first."""
    import pyoxigraph as ox

    test = test or parent_test()
    followed = {kind for kind, step in RELATIONSHIP_KINDS.items() if step in test.steps}
    given = replace(given, relationships=tuple(row for row in given.relationships if row.kind in followed))
    source, derived = ox.Store(), ox.Store()
    source.load(trig(given).encode(), format=ox.RdfFormat.TRIG)
    source.load(knowledge.text("ontology/control.ttl").encode(), format=ox.RdfFormat.TURTLE)
    if prepare:
        prepare(source)

    def add(triples: Any) -> None:
        derived.extend([ox.Quad(*triple) for triple in triples])

    add(list(source.query(query("snapshot"))))
    if given.holdings:
        kind, agent = (ox.NamedNode(iri) for iri in (_RDF_TYPE, term("Agent")))
        derived.extend([ox.Quad(row[0], kind, agent) for row in source.query(_HOLDING_PARTIES)])
        derived.extend(marks(source, derived, test, DAY))
    for stratum in ("steps", "tops", "claims"):
        add(list(derived.query(query(stratum))))
    statuses = {row[0]: row[1] for row in derived.query(query("status"))}
    add([ox.Triple(one, ox.NamedNode(term("resolutionStatus")), status) for one, status in statuses.items()])
    derived.load(knowledge.text(POLICY).encode(), format=ox.RdfFormat.TURTLE)
    for graph_name in source.named_graphs():
        derived.extend(source.quads_for_pattern(None, None, None, graph_name))
    pairs = {
        name: [(row[0].value, row[1].value) for row in derived.query(query(name))]
        for name in ("ultimate-parents", "direct-parents", "headquarters")
    }
    return _answers({one.value: status.value for one, status in statuses.items()}, pairs)


def by_rdflib(given: Evidence) -> dict[str, Answer]:
    from rdflib import Dataset, Graph, URIRef

    source, derived = Dataset(), Dataset()
    source.parse(data=trig(given), format="trig")
    source.default_graph.parse(data=knowledge.text("ontology/control.ttl"), format="turtle")
    snapshot = source.query(query("snapshot"))

    def add(triples: Any) -> None:
        for triple in triples:
            derived.default_graph.add(triple)

    add(snapshot.graph or Graph())
    for stratum in ("steps", "tops", "claims"):
        add(list(derived.query(query(stratum)).graph or Graph()))
    statuses = {str(row[0]): str(row[1]) for row in derived.query(query("status"))}
    add((URIRef(one), URIRef(term("resolutionStatus")), URIRef(status)) for one, status in statuses.items())
    derived.default_graph.parse(data=knowledge.text(POLICY), format="turtle")
    for quad in source.quads((None, None, None, None)):
        if quad[3] is not None and str(quad[3]).startswith(LOAD_BASE):
            derived.graph(quad[3]).add(quad[:3])
    pairs = {
        name: [(str(row[0]), str(row[1])) for row in derived.query(query(name))]
        for name in ("ultimate-parents", "direct-parents", "headquarters")
    }
    return _answers(statuses, pairs)


def _answers(statuses: dict[str, str], pairs: dict[str, list[tuple[str, str]]]) -> dict[str, Answer]:
    words = {status.word.replace("_", ""): status.word for status in Status}

    def of(name: str, company: str) -> frozenset[str]:
        return frozenset(id_of_iri(value) for one, value in pairs[name] if one == company)

    return {
        id_of_iri(company): Answer(
            words[local_name(status).lower()],
            of("ultimate-parents", company),
            of("direct-parents", company),
            frozenset(local_name(country) for country in of("headquarters", company)),
        )
        for company, status in statuses.items()
    }


# -- sets: a slow and obvious reading of docs/resolution.md


def by_sets(given: Evidence) -> dict[str, tuple[Answer, frozenset[str]]]:
    def counts(row: Relationship) -> bool:
        begun = row.valid_from is None or row.valid_from <= DAY
        if row.standing == "Current":
            return begun and (row.valid_to is None or row.valid_to > DAY)
        return row.standing == "Ended" and begun and row.valid_to is not None and row.valid_to > DAY

    rows = [row for row in given.relationships if row.kind != "FundManagement" and counts(row)]
    direct = {(r.child, r.parent) for r in rows if r.kind == "DirectConsolidation"}
    branch = {(r.child, r.parent) for r in rows if r.kind == "InternationalBranch"}
    ultimate = {(r.child, r.parent) for r in rows if r.kind == "UltimateConsolidation"}
    reasons: dict[str, set[tuple[str, str]]] = {}
    for absence in given.absences:
        reasons.setdefault(absence.subject, set()).add((absence.load, absence.reason))
    stating = {
        one
        for one, said in reasons.items()
        if {reason for _, reason in said} <= {"NATURAL_PERSONS", "NO_KNOWN_PERSON"}
        and len({load for load, _ in said}) == len(said)
    }
    described = {entity.id for entity in given.entities}
    everybody = {one for step in direct | branch | ultimate for one in step} | described | set(reasons)
    everybody |= {seat.id for seat in given.seats}

    def reach(start: str, steps: set[tuple[str, str]]) -> set[str]:
        found, todo = {start}, [start]
        while todo:
            here = todo.pop()
            for one, above in steps:
                if one == here and above not in found:
                    found.add(above)
                    todo.append(above)
        return found

    def sinks(start: str, steps: set[tuple[str, str]]) -> set[str]:
        return {end for end in reach(start, steps) if all(end in reach(beyond, steps) for beyond in reach(end, steps))}

    recording = {child for child, _ in ultimate}
    decisive = ultimate | {step for step in direct | branch if step[0] not in recording}
    real_branch = {(one, head) for one, head in branch if one != head}

    def rings(steps: set[tuple[str, str]], end: str) -> bool:
        return any(end in reach(above, steps) for one, above in steps if one == end)

    answers = {}
    for x in everybody:
        chain = reach(x, direct | branch | ultimate)
        tops = sinks(x, decisive)
        claims = {u for y, u in ultimate if y in chain} | (chain & stating)
        seats = reach(x, branch)
        if any(rings(decisive, top) for top in tops):
            status = "cyclic"
        elif len(claims) > 1 or any(
            c == one and c != above for c in claims for one, above in direct | branch | ultimate
        ):
            status = "conflicting"
        elif any(top in reasons and top not in stating for top in tops):
            status = "withheld"
        elif any(top != x and top not in described for top in tops):
            status = "outside_data"
        elif any(top not in seats and top not in claims for top in tops):
            status = "open_top"
        elif any(top in seats and top not in claims for top in tops):
            status = "no_evidence"
        elif any(top in seats and top in stating for top in tops):
            status = "own_top"
        else:
            status = "resolved"
        ultimates = {
            "conflicting": tops | claims,
            "cyclic": set(),
            "withheld": set(),
            "no_evidence": set(),
        }.get(status, tops)
        ends = {seat for seat in reach(x, real_branch) if all(one != seat for one, _ in real_branch)}
        branches = {entity.id for entity in given.entities if entity.kind == "Branch"}
        countries = {
            entity.hq_country
            for entity in given.entities
            if entity.id in ends - branches and entity.standing != "Void" and entity.hq_country
        } | {
            seat.country
            for seat in given.seats
            if seat.id in ends - branches
            and (seat.valid_from is None or seat.valid_from <= DAY)
            and (seat.valid_to is None or seat.valid_to > DAY)
        }
        used = [row for row in rows if row.child in chain]
        fresh = {
            (row.child, row.parent, row.kind)
            for row in used
            if not row.stale and (row.valid_to is not None or VINTAGES[row.load] >= DAY)
        }
        direct_ends = sinks(x, direct | branch)
        ringed = any(rings(direct | branch, end) for end in direct_ends)
        notes = {
            "chain_incomplete": status == "resolved" and (direct_ends != tops or ringed),
            "branch": any(one == x for one, _ in real_branch),
            "self_parent": any(row.child == row.parent for row in used),
            "no_record": x not in described,
            "stale": any((row.child, row.parent, row.kind) not in fresh for row in used),
            "recorded_ultimate_of_others": status in ("no_evidence", "open_top")
            and any(u == x and y != x for y, u in ultimate),
            "several_highest": len(tops) > 1,
            "declared_over_100": False,
        }
        answer = Answer(
            status,
            frozenset(ultimates),
            frozenset(parent for child, parent in direct if child in ends),
            frozenset(countries),
        )
        answers[x] = answer, frozenset(note for note, holds in notes.items() if holds)
    return answers
