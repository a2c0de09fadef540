"""Where the golden copy keeps the facts that become evidence, in its CSV columns and in its XML and JSON trees.

The three formats say the same: a CSV column is the dotted path of the XML elements, JSON has the XML tree with `$` for
text and `@` for attributes. So one table of fields serves all three, and columns are read by name, never by position:
a file of 2019 has 228, one of 2026 has 338.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

LANGUAGE = "@xml:lang"
TYPE = "@type"
TEXT = "$"


@dataclass(frozen=True)
class Field:
    """A single value of a record: its raw column, its path in the tree, its CSV columns (the first with a value)."""

    name: str
    path: str
    attribute: str = TEXT
    columns: tuple[str, ...] = ()

    @cached_property
    def steps(self) -> list[str]:
        return self.path.split(".")

    @property
    def csv_columns(self) -> tuple[str, ...]:
        return self.columns or (self.path + (".xmllang" if self.attribute == LANGUAGE else ""),)


@dataclass(frozen=True)
class Part:
    """One value of a repeated group: its name, its path below the group, its CSV ending after the group's number."""

    name: str
    path: str
    attribute: str
    ending: str

    @cached_property
    def steps(self) -> list[str]:
        return self.path.split(".") if self.path else []


@dataclass(frozen=True)
class Group:
    """Something that a record may hold several times.

    `trees` are paths of the repeated element; `columns` the beginnings of the CSV columns, before the number.
    A member counts if its first part is there; with `only`, if the part of that name has that value.
    """

    trees: tuple[str, ...]
    columns: tuple[str, ...]
    parts: tuple[Part, ...]
    only: tuple[str, str] | None = None

    @property
    def deciding(self) -> tuple[str, str | None]:
        """The part that decides whether a member counts, and the value it must have (None: any)."""
        return self.only or (self.parts[0].name, None)


@dataclass(frozen=True)
class Layout:
    """The fields and groups of one kind of file, and how to recognise it.

    `each` gives a record one raw row for each member (one without, if it has none). `aside` gives it a further frame of
    rows, one for each member, with its number. `joined` is written into one text, the members parted by `; `.
    """

    root: str
    record: str
    json_key: str
    required: tuple[str, ...]
    fields: tuple[Field, ...]
    each: Group | None = None
    aside: Group | None = None
    joined: tuple[str, Group] | None = None

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all elements on the way to a value."""
        groups = [group for group in (self.each, self.aside, self.joined and self.joined[1]) if group]
        paths = [field.path for field in self.fields] + [path for group in groups for path in group.trees]
        parts = [part.path for group in groups for part in group.parts]
        return frozenset(step for path in paths + parts for step in path.split(".") if step)

    @property
    def schema(self) -> pl.Schema:
        """The columns of the raw rows: text, and the row of the source."""
        names = [field.name for field in self.fields]
        names += [part.name for part in self.each.parts] if self.each else []
        names += [self.joined[0]] if self.joined else []
        return pl.Schema({**dict.fromkeys(names, pl.String()), "row": pl.Int64()})

    @property
    def aside_schema(self) -> pl.Schema:
        """The columns of the rows aside: those of the record, the member's parts and its number."""
        parts = [part.name for part in self.aside.parts] if self.aside else []
        return pl.Schema({**self.schema, **dict.fromkeys(parts, pl.String()), "number": pl.Int64()})


_NAMES = (
    "Entity.OtherEntityNames.OtherEntityName",
    "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName",
)
_NAME_PARTS = (
    Part("other_name", "", TEXT, ""),
    Part("language", "", LANGUAGE, ".xmllang"),
    Part("name_kind", "", TYPE, ".type"),
)

LEVEL_1 = Layout(
    root="LEIData",
    record="LEIRecord",
    json_key="records",
    fields=(
        Field("lei", "LEI"),
        Field("name", "Entity.LegalName"),
        Field("name_language", "Entity.LegalName", LANGUAGE),
        Field("category", "Entity.EntityCategory"),
        Field("hq_country", "Entity.HeadquartersAddress.Country"),
        Field("hq_city", "Entity.HeadquartersAddress.City"),
        Field("registered_country", "Entity.LegalAddress.Country"),
        Field("registered_city", "Entity.LegalAddress.City"),
        Field("jurisdiction", "Entity.LegalJurisdiction"),
        Field("registration_authority", "Entity.RegistrationAuthority.RegistrationAuthorityID"),
        Field("registration_number", "Entity.RegistrationAuthority.RegistrationAuthorityEntityID"),
        Field("legal_form", "Entity.LegalForm.EntityLegalFormCode"),
        Field("entity_status", "Entity.EntityStatus"),
        Field("registration_status", "Registration.RegistrationStatus"),
        Field(
            "successor",
            "Entity.SuccessorEntity.SuccessorLEI",
            columns=("Entity.SuccessorEntity.1.SuccessorLEI", "Entity.SuccessorEntity.SuccessorLEI"),
        ),
        Field("last_update", "Registration.LastUpdateDate"),
        Field("next_renewal", "Registration.NextRenewalDate"),
    ),
    aside=Group(_NAMES, _NAMES, _NAME_PARTS),
    required=("lei", "name", "hq_country"),
)

RELATIONSHIP_PERIOD = "RELATIONSHIP_PERIOD"

LEVEL_2 = Layout(
    root="RelationshipData",
    record="RelationshipRecord",
    json_key="relations",
    fields=(
        Field("child", "Relationship.StartNode.NodeID"),
        Field("child_scheme", "Relationship.StartNode.NodeIDType"),
        Field("parent", "Relationship.EndNode.NodeID"),
        Field("parent_scheme", "Relationship.EndNode.NodeIDType"),
        Field("type", "Relationship.RelationshipType"),
        Field("relationship_status", "Relationship.RelationshipStatus"),
        Field("registration_status", "Registration.RegistrationStatus"),
        Field("last_update", "Registration.LastUpdateDate"),
    ),
    each=Group(
        ("Relationship.RelationshipPeriods.RelationshipPeriod",),
        ("Relationship.Period",),
        (
            Part("start", "StartDate", TEXT, ".startDate"),
            Part("end", "EndDate", TEXT, ".endDate"),
            Part("period_type", "PeriodType", TEXT, ".periodType"),
        ),
        only=("period_type", RELATIONSHIP_PERIOD),
    ),
    required=("child", "parent", "type"),
)

EXCEPTIONS = Layout(
    root="ReportingExceptionData",
    record="Exception",
    json_key="exceptions",
    fields=(
        Field("lei", "LEI"),
        Field("level", "ExceptionCategory", columns=("Exception.Category",)),
    ),
    each=Group(("ExceptionReason",), ("Exception.Reason",), (Part("reason", "", TEXT, ""),)),
    joined=(
        "reference",
        Group(("ExceptionReference",), ("Exception.Reference",), (Part("reference", "", TEXT, ""),)),
    ),
    required=("lei", "level"),
)
