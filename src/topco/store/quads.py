"""Evidence columns to quads: one named graph per load, every IRI from the record, no blank nodes.

`docs/evidence.md` fixes the terms. The quads are made by pyoxigraph's own terms, not as text: bulk loading takes the
same time within the noise either way (8.3 to 11.3 s for 1.04 million), and terms cannot be escaped wrongly.
A missing value (null) is no quad. A language tag is lower-cased; one that is none (BCP 47) is dropped, the name stays.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from topco.namespaces import COUNTRY_BASE, LOAD_BASE, NAMESPACE, RECORD_BASE, iri_of_id
from topco.ownership.shares import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    import polars as pl

    from topco.store.manifest import Load

Row = dict[str, Any]
Node = NamedNode | Literal

_XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
DATE = NamedNode(_XSD + "date")
DATE_TIME = NamedNode(_XSD + "dateTime")
DECIMAL = NamedNode(_XSD + "decimal")
INTEGER = NamedNode(_XSD + "integer")
TRUE, FALSE = Literal(True), Literal(False)
STATEMENT_CLASSES = {
    "DirectConsolidation": "ConsolidationStatement",
    "UltimateConsolidation": "ConsolidationStatement",
    "InternationalBranch": "BranchStatement",
    "FundManagement": "FundStatement",
    "SubFund": "FundStatement",
    "FeederFund": "FundStatement",
}
_COUNTRY_PART = re.compile(r"[A-Z]{2}(?=-|\Z)")


@lru_cache(maxsize=4096)
def term_node(name: str) -> NamedNode:
    """A class, property or concept of the ontology; a source code with odd characters is percent-encoded.

    >>> term_node("NATURAL_PERSONS").value
    'https://w3id.org/topco/NATURAL_PERSONS'
    """
    return NamedNode(NAMESPACE + quote(name, safe=""))


@lru_cache(maxsize=4096)
def country_node(code: str) -> NamedNode:
    return NamedNode(COUNTRY_BASE + quote(code, safe=""))


@lru_cache(maxsize=1024)
def load_node(load_id: str) -> NamedNode:
    """The node of a load, which is also the name of its graph."""
    return NamedNode(LOAD_BASE + quote(load_id, safe=""))


def record_iri(record: str) -> str:
    """The IRI of a source record.

    >>> record_iri("gleif/rr/R-A-B-D")
    'https://w3id.org/topco/record/gleif/rr/R-A-B-D'
    """
    return RECORD_BASE + quote(record, safe="/")


def entity_iri(identifier: str) -> str:
    """The IRI of an entity; what a foreign IRI may not contain is percent-encoded.

    >>> entity_iri("LEI:5493001Z012YSB2A0K51")
    'https://w3id.org/topco/id/LEI/5493001Z012YSB2A0K51'
    >>> entity_iri("http://example.org/a b")
    'http://example.org/a%20b'
    """
    iri = iri_of_id(identifier)
    return re.sub(r'[\x00-\x20<>"{}|\\^`]', lambda match: quote(match[0]), iri) if "://" in identifier else iri


def text_literal(text: str, language: str | None) -> Literal:
    """A name in its language, or without one if the tag is none.

    >>> str(text_literal("Alpha", "EN")), str(text_literal("Alpha", "english language"))
    ('"Alpha"@en', '"Alpha"')
    """
    tag = language_tag(language)
    return Literal(text) if tag is None else Literal(text, language=tag)


@lru_cache(maxsize=1024)
def language_tag(language: str | None) -> str | None:
    """The lower-cased tag, or None if it is no language tag.

    >>> language_tag("zh-Hans"), language_tag("toolonglanguage")
    ('zh-hans', None)
    """
    if language is None:
        return None
    try:
        return Literal("", language=language).language
    except ValueError:
        return None


def date_literal(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=DATE)


def share_literal(units: int | None) -> Literal | None:
    """A share in percent, exact.

    >>> str(share_literal(625_000_000))
    '"62.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    return None if units is None else Literal(percent(units), datatype=DECIMAL)


class GraphWriter:
    """Makes the quads of one named graph; a value that is missing makes none.

    >>> writer = GraphWriter(NamedNode("https://example.org/g"))
    >>> [str(quad.object) for quad in writer.of(NamedNode("https://example.org/s"), {"city": "Beijing", "name": None})]
    ['"Beijing"']
    """

    def __init__(self, graph: NamedNode) -> None:
        self.graph = graph

    def of(self, subject: NamedNode, values: dict[str, Node | str | date | bool | int | None]) -> Iterator[Quad]:
        """One quad for each term of the ontology and value; `a` stands for the class."""
        graph = self.graph
        for name, value in values.items():
            if value is not None:
                yield Quad(subject, TYPE if name == "a" else term_node(name), _object(value), graph)


def _object(value: Node | str | date | bool | int) -> Node:
    if isinstance(value, NamedNode | Literal):
        return value
    if isinstance(value, str):
        return Literal(value)
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, int):
        return Literal(str(value), datatype=INTEGER)
    return date_literal(value)


def _optional(make: Callable[[str], NamedNode], value: str | None) -> NamedNode | None:
    return None if value is None else make(value)


def _entity(identifier: str) -> NamedNode:
    return NamedNode(entity_iri(identifier))


def _source(row: Row) -> dict[str, Any]:
    return {"sourceFile": row["file"], "sourceRow": row["row"]}


def _period(row: Row) -> dict[str, Any]:
    return {"validFrom": row["valid_from"], "validTo": row["valid_to"]}


def _entities(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        iri = entity_iri(row["id"])
        entity = NamedNode(iri)
        addresses = {
            use: NamedNode(f"{iri}/{use}")
            for use, prefix in (("headquarters", "hq"), ("registered", "registered"))
            if row[f"{prefix}_country"] is not None or row[f"{prefix}_city"] is not None
        }
        jurisdiction = row["jurisdiction"]
        country = _COUNTRY_PART.match(jurisdiction) if jurisdiction else None
        yield from writer.of(
            entity,
            {
                "a": _optional(term_node, row["kind"]),
                "identifier": row["id"],
                "name": None if row["name"] is None else text_literal(row["name"], row["name_language"]),
                "category": row["category"],
                "hasHeadquartersAddress": addresses.get("headquarters"),
                "hasRegisteredAddress": addresses.get("registered"),
                "jurisdiction": jurisdiction,
                "registeredIn": country and country_node(country[0]),
                "registrationAuthority": row["registration_authority"],
                "registrationNumber": row["registration_number"],
                "legalForm": row["legal_form"],
                "succeededBy": _optional(_entity, row["successor"]),
            },
        )
        for use, node in addresses.items():
            prefix = "hq" if use == "headquarters" else use
            address_country = _optional(country_node, row[f"{prefix}_country"])
            values = {"a": term_node("Address"), "addressCountry": address_country, "city": row[f"{prefix}_city"]}
            yield from writer.of(node, values)
        yield from writer.of(
            NamedNode(record_iri(row["record"])),
            {
                "a": term_node("EntityRecord"),
                "describesEntity": entity,
                "standing": _optional(term_node, row["standing"]),
                "entityStatus": row["entity_status"],
                "registrationStatus": row["registration_status"],
                "lastUpdated": row["last_update"],
                "nextRenewal": row["next_renewal"],
                **_source(row),
            },
        )


def _names(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        node = NamedNode(record_iri(row["record"]))
        yield from writer.of(_entity(row["id"]), {"otherName": node})
        text = text_literal(row["name"], row["language"])
        yield from writer.of(node, {"a": term_node("OtherName"), "nameText": text, "nameKind": row["name_kind"]})


def _relationships(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        yield from writer.of(
            NamedNode(record_iri(row["record"])),
            {
                "a": term_node(STATEMENT_CLASSES[row["kind"]]),
                "relationshipKind": term_node(row["kind"]),
                "subjectEntity": _entity(row["child"]),
                "interestedParty": _entity(row["parent"]),
                "standing": _optional(term_node, row["standing"]),
                "stale": row["stale"],
                **_period(row),
                "relationshipStatus": row["relationship_status"],
                "registrationStatus": row["registration_status"],
                "lastUpdated": row["last_update"],
                **_source(row),
            },
        )


def _absences(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        yield from writer.of(
            NamedNode(record_iri(row["record"])),
            {
                "a": term_node("AbsenceStatement"),
                "subjectEntity": _entity(row["subject"]),
                "absenceLevel": _optional(term_node, row["level"]),
                "absenceReason": _optional(term_node, row["reason"]),
                "reasonReference": row["reference"],
                **_source(row),
            },
        )


def _holdings(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        yield from writer.of(
            NamedNode(record_iri(row["record"])),
            {
                "a": term_node("OwnershipStatement"),
                "subjectEntity": _entity(row["owned"]),
                "interestedParty": _entity(row["owner"]),
                "interestType": term_node(row["interest"]),
                "shareExact": share_literal(row["share_exact"]),
                "shareMinimum": share_literal(row["share_min"]),
                "shareMinimumExclusive": row["share_min_exclusive"],
                "shareMaximum": share_literal(row["share_max"]),
                "shareMaximumExclusive": row["share_max_exclusive"],
                "mayBeIndirect": row["indirect"],
                "standing": _optional(term_node, row["standing"]),
                "stale": row["stale"],
                **_period(row),
                "lastUpdated": row["last_update"],
                **_source(row),
            },
        )


def _identifiers(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        yield from writer.of(
            NamedNode(record_iri(row["record"])),
            {
                "a": term_node("IdentifierStatement"),
                "identifiesEntity": _entity(row["id"]),
                "otherIdentity": _entity(row["other_id"]),
                **_source(row),
            },
        )


def _headquarters(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        yield from writer.of(
            NamedNode(record_iri(row["record"])),
            {
                "a": term_node("HeadquartersStatement"),
                "headquartersOf": _entity(row["id"]),
                "statedCountry": _optional(country_node, row["country"]),
                "statedCity": row["city"],
                "headquartersBasis": _optional(term_node, row["basis"]),
                "statedBy": row["stated_by"],
                "statedOn": row["stated_on"],
                "citedSource": row["citation"],
                **_period(row),
                **_source(row),
            },
        )


def _judgements(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        at = row["judged_at"]
        yield from writer.of(
            NamedNode(record_iri(row["record"])),
            {
                "a": term_node("JudgementStatement"),
                "firstParty": _entity(row["first"]),
                "secondParty": _entity(row["second"]),
                "hasVerdict": _optional(term_node, row["verdict"]),
                "matchScore": row["score"],
                "judgedBy": row["author"],
                "judgedAt": None if at is None else Literal(at.isoformat(), datatype=DATE_TIME),
                "judgementReason": row["reason"],
                **_source(row),
            },
        )


def _listings(rows: Iterable[Row], writer: GraphWriter) -> Iterator[Quad]:
    for row in rows:
        yield from writer.of(
            NamedNode(record_iri(row["record"])),
            {
                "a": term_node("ListingStatement"),
                "listsEntity": _entity(row["id"]),
                "listedName": row["name"],
                "screeningList": row["list"],
                "listProgramme": row["programme"],
                "listRequirement": row["requirement"],
                "listPolicy": row["policy"],
                "listedCountries": row["countries"],
                "citedSource": row["citation"],
                "listUrl": row["url"],
                **_period(row),
                **_source(row),
            },
        )


_TABLES = {
    "entities": _entities,
    "names": _names,
    "relationships": _relationships,
    "absences": _absences,
    "holdings": _holdings,
    "identifiers": _identifiers,
    "headquarters": _headquarters,
    "judgements": _judgements,
    "listings": _listings,
}
IN_GRAPH = tuple(_TABLES)  # the texts of source records (`originals`) stay in their columns


def evidence_quads(load_id: str, table: str, frame: pl.DataFrame) -> Iterator[Quad]:
    """The quads of one evidence table of one load, in the graph of the load.

    Args:
        load_id: `gleif-rr-2025-03-02`.
        table: the name of one of the tables of `topco.store.schema`.
        frame: the table, with the columns of `topco.store.schema`.
    """
    return _TABLES[table](frame.iter_rows(named=True), GraphWriter(load_node(load_id)))


def load_description(load: Load, graph: NamedNode) -> Iterator[Quad]:
    """The quads that describe a load: publisher, kind of file, vintage, when it was loaded, licence."""
    return GraphWriter(graph).of(
        load_node(load.id),
        {
            "a": term_node("Load"),
            "publisher": load.publisher,
            "fileKind": load.file_kind,
            "vintage": load.vintage,
            "loadedAt": Literal(load.loaded_at.isoformat(), datatype=DATE_TIME),
            "licence": load.licence,
        },
    )
