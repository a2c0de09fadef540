"""How evidence columns are RDF: which nodes a row makes, and which property each column is, declared once.

`topco.store.quads` writes rows by these declarations, `topco.validation.triples` reads whole columns by them. A subject
is a node that a row says something about; a value that is missing (null) is no triple. The terms: `docs/evidence.md`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from topco.store.nodes import (
    DATE_TIME,
    Node,
    country_node,
    entity_iri,
    literal,
    record_iri,
    share_literal,
    term_node,
    text_literal,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Row = dict[str, Any]

STATEMENT_CLASSES = {
    "DirectConsolidation": "ConsolidationStatement",
    "UltimateConsolidation": "ConsolidationStatement",
    "InternationalBranch": "BranchStatement",
    "FundManagement": "FundStatement",
    "SubFund": "FundStatement",
    "FeederFund": "FundStatement",
}
_COUNTRY_PART = re.compile(r"[A-Z]{2}(?=-|\Z)")


class Form(Enum):
    """What a column holds, as far as it matters to reading whole columns at once.

    ENTITY: an identifier; RECORD: the name of a source record; ADDRESS: an identifier, for its node of one use;
    CODE: one of few words, each of which is a node; LITERAL: a value that `make` writes as a literal.
    """

    ENTITY = 1
    RECORD = 2
    ADDRESS = 3
    CODE = 4
    LITERAL = 5


@dataclass(frozen=True)
class Value:
    """A node or a literal that a row gives.

    Attributes:
        form: what the column holds.
        column: the column; empty if every row gives the same.
        make: writes a value that is not null; None: it stands for nothing.
        language: the column with the language of the text.
        if_any: only rows in which one of these columns is not null give it; empty: all rows.
        use: of an address, its last step.
    """

    form: Form
    column: str
    make: Callable[[Any], Node | None]
    language: str | None = None
    if_any: tuple[str, ...] = ()
    use: str = ""
    of: Callable[[Row], Node | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", _reader(self))

    @property
    def columns(self) -> list[str]:
        """All columns that it is read from."""
        return list(dict.fromkeys(name for name in (self.column, self.language, *self.if_any) if name))


@dataclass(frozen=True)
class Subject:
    """A node and what a row says of it: pairs of a property (`a`: the class) and its value."""

    node: Value
    properties: tuple[tuple[str, Value], ...]


def _reader(value: Value) -> Callable[[Row], Node | None]:
    column, make, language, if_any = value.column, value.make, value.language, value.if_any
    if not column:
        constant = make(None)
        return lambda row: constant
    if language is not None:
        return lambda row: None if row[column] is None else text_literal(row[column], row[language])
    if if_any:
        return lambda row: (
            None if row[column] is None or all(row[name] is None for name in if_any) else make(row[column])
        )
    return lambda row: None if row[column] is None else make(row[column])


@lru_cache(maxsize=64)
def _entity_node(identifier: str) -> NamedNode:
    return NamedNode(entity_iri(identifier))


def _entity(column: str) -> Value:
    return Value(Form.ENTITY, column, _entity_node)


def _record(column: str = "record") -> Value:
    return Value(Form.RECORD, column, lambda record: NamedNode(record_iri(record)))


def _address(use: str, prefix: str) -> Value:
    def node(identifier: str) -> NamedNode:
        return NamedNode(f"{entity_iri(identifier)}/{use}")

    return Value(Form.ADDRESS, "id", node, if_any=(f"{prefix}_country", f"{prefix}_city"), use=use)


def _class(name: str) -> Value:
    return Value(Form.CODE, "", lambda _: term_node(name))


def _code(column: str) -> Value:
    return Value(Form.CODE, column, term_node)


def _country(column: str) -> Value:
    return Value(Form.CODE, column, country_node)


def _plain(column: str) -> Value:
    return Value(Form.LITERAL, column, literal)


def _text(column: str, language: str) -> Value:
    return Value(Form.LITERAL, column, lambda text: text_literal(text, None), language=language)


def _share(column: str) -> Value:
    return Value(Form.LITERAL, column, share_literal)


def _moment(column: str) -> Value:
    return Value(Form.LITERAL, column, lambda at: Literal(at.isoformat(), datatype=DATE_TIME))


def _country_of(jurisdiction: str) -> NamedNode | None:
    """The country of a jurisdiction: `US-DE` is in `US`."""
    part = _COUNTRY_PART.match(jurisdiction)
    return None if part is None else country_node(part[0])


def _statement_class(kind: str) -> NamedNode | None:
    return term_node(STATEMENT_CLASSES[kind]) if kind in STATEMENT_CLASSES else None


def _subject(node: Value, cls: Value, **properties: Value) -> Subject:
    return Subject(node, (("a", cls), *properties.items()))


_PERIOD = {"validFrom": _plain("valid_from"), "validTo": _plain("valid_to")}
_SOURCE = {"sourceFile": _plain("file"), "sourceRow": _plain("row")}
_HEADQUARTERS = _address("headquarters", "hq")
_REGISTERED = _address("registered", "registered")

MAPPING: Mapping[str, tuple[Subject, ...]] = {
    "entities": (
        _subject(
            _entity("id"),
            _code("kind"),
            identifier=_plain("id"),
            name=_text("name", "name_language"),
            category=_plain("category"),
            hasHeadquartersAddress=_HEADQUARTERS,
            hasRegisteredAddress=_REGISTERED,
            jurisdiction=_plain("jurisdiction"),
            registeredIn=Value(Form.CODE, "jurisdiction", _country_of),
            registrationAuthority=_plain("registration_authority"),
            registrationNumber=_plain("registration_number"),
            legalForm=_plain("legal_form"),
            succeededBy=_entity("successor"),
        ),
        _subject(_HEADQUARTERS, _class("Address"), addressCountry=_country("hq_country"), city=_plain("hq_city")),
        _subject(
            _REGISTERED,
            _class("Address"),
            addressCountry=_country("registered_country"),
            city=_plain("registered_city"),
        ),
        _subject(
            _record(),
            _class("EntityRecord"),
            describesEntity=_entity("id"),
            standing=_code("standing"),
            entityStatus=_plain("entity_status"),
            registrationStatus=_plain("registration_status"),
            lastUpdated=_plain("last_update"),
            nextRenewal=_plain("next_renewal"),
            **_SOURCE,
        ),
    ),
    "names": (
        Subject(_entity("id"), (("otherName", _record()),)),
        _subject(_record(), _class("OtherName"), nameText=_text("name", "language"), nameKind=_plain("name_kind")),
    ),
    "relationships": (
        _subject(
            _record(),
            Value(Form.CODE, "kind", _statement_class),
            relationshipKind=_code("kind"),
            subjectEntity=_entity("child"),
            interestedParty=_entity("parent"),
            standing=_code("standing"),
            stale=_plain("stale"),
            **_PERIOD,
            relationshipStatus=_plain("relationship_status"),
            registrationStatus=_plain("registration_status"),
            lastUpdated=_plain("last_update"),
            **_SOURCE,
        ),
    ),
    "absences": (
        _subject(
            _record(),
            _class("AbsenceStatement"),
            subjectEntity=_entity("subject"),
            absenceLevel=_code("level"),
            absenceReason=_code("reason"),
            reasonReference=_plain("reference"),
            **_SOURCE,
        ),
    ),
    "holdings": (
        _subject(
            _record(),
            _class("OwnershipStatement"),
            subjectEntity=_entity("owned"),
            interestedParty=_entity("owner"),
            interestType=_code("interest"),
            shareExact=_share("share_exact"),
            shareMinimum=_share("share_min"),
            shareMinimumExclusive=_plain("share_min_exclusive"),
            shareMaximum=_share("share_max"),
            shareMaximumExclusive=_plain("share_max_exclusive"),
            mayBeIndirect=_plain("indirect"),
            standing=_code("standing"),
            stale=_plain("stale"),
            **_PERIOD,
            lastUpdated=_plain("last_update"),
            **_SOURCE,
        ),
    ),
    "identifiers": (
        _subject(
            _record(),
            _class("IdentifierStatement"),
            identifiesEntity=_entity("id"),
            otherIdentity=_entity("other_id"),
            **_SOURCE,
        ),
    ),
    "headquarters": (
        _subject(
            _record(),
            _class("HeadquartersStatement"),
            headquartersOf=_entity("id"),
            statedCountry=_country("country"),
            statedCity=_plain("city"),
            headquartersBasis=_code("basis"),
            statedBy=_plain("stated_by"),
            statedOn=_plain("stated_on"),
            citedSource=_plain("citation"),
            **_PERIOD,
            **_SOURCE,
        ),
    ),
    "judgements": (
        _subject(
            _record(),
            _class("JudgementStatement"),
            firstParty=_entity("first"),
            secondParty=_entity("second"),
            hasVerdict=_code("verdict"),
            matchScore=_plain("score"),
            judgedBy=_plain("author"),
            judgedAt=_moment("judged_at"),
            judgementReason=_plain("reason"),
            **_SOURCE,
        ),
    ),
    "listings": (
        _subject(
            _record(),
            _class("ListingStatement"),
            listsEntity=_entity("id"),
            listedName=_plain("name"),
            screeningList=_plain("list"),
            listProgramme=_plain("programme"),
            listRequirement=_plain("requirement"),
            listPolicy=_plain("policy"),
            listedCountries=_plain("countries"),
            citedSource=_plain("citation"),
            listUrl=_plain("url"),
            **_PERIOD,
            **_SOURCE,
        ),
    ),
}
