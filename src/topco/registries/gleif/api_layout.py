"""Where the REST interface of GLEIF keeps the facts that become evidence: JSON:API resources, described as trees."""

from __future__ import annotations

from topco.registries.gleif.layout import LEVEL_1, RELATIONSHIP_PERIOD, TEXT, Field, Group, Layout, Part

_ENTITY = "attributes.entity"
_RELATIONSHIP = "attributes.relationship"

API_LEVEL_1 = Layout(
    root="",
    record="lei-records",
    json_key="data",
    fields=(
        Field("lei", "attributes.lei"),
        Field("name", f"{_ENTITY}.legalName.name"),
        Field("name_language", f"{_ENTITY}.legalName.language"),
        Field("category", f"{_ENTITY}.category"),
        Field("hq_country", f"{_ENTITY}.headquartersAddress.country"),
        Field("hq_city", f"{_ENTITY}.headquartersAddress.city"),
        Field("registered_country", f"{_ENTITY}.legalAddress.country"),
        Field("registered_city", f"{_ENTITY}.legalAddress.city"),
        Field("jurisdiction", f"{_ENTITY}.jurisdiction"),
        Field("registration_authority", f"{_ENTITY}.registeredAt.id"),
        Field("registration_number", f"{_ENTITY}.registeredAs"),
        Field("legal_form", f"{_ENTITY}.legalForm.id"),
        Field("entity_status", f"{_ENTITY}.status"),
        Field("registration_status", "attributes.registration.status"),
        Field("successor", f"{_ENTITY}.successorEntities.lei"),
        Field("successor_before", f"{_ENTITY}.successorEntity.lei"),
        Field("last_update", "attributes.registration.lastUpdateDate"),
        Field("next_renewal", "attributes.registration.nextRenewalDate"),
        Field("ocid", "attributes.ocid"),
    ),
    aside=Group(
        (f"{_ENTITY}.otherNames", f"{_ENTITY}.transliteratedOtherNames"),
        (),
        (
            Part("other_name", "name", TEXT, ""),
            Part("language", "language", TEXT, ""),
            Part("name_kind", "type", TEXT, ""),
        ),
    ),
    required=LEVEL_1.required,
)

API_LEVEL_2 = Layout(
    root="",
    record="relationship-records",
    json_key="data",
    fields=(
        Field("child", f"{_RELATIONSHIP}.startNode.id"),
        Field("child_scheme", f"{_RELATIONSHIP}.startNode.type"),
        Field("parent", f"{_RELATIONSHIP}.endNode.id"),
        Field("parent_scheme", f"{_RELATIONSHIP}.endNode.type"),
        Field("type", f"{_RELATIONSHIP}.type"),
        Field("relationship_status", f"{_RELATIONSHIP}.status"),
        Field("registration_status", "attributes.registration.status"),
        Field("last_update", "attributes.registration.lastUpdateDate"),
    ),
    each=Group(
        (f"{_RELATIONSHIP}.periods",),
        (),
        (
            Part("start", "startDate", TEXT, ""),
            Part("end", "endDate", TEXT, ""),
            Part("period_type", "type", TEXT, ""),
        ),
        only=("period_type", RELATIONSHIP_PERIOD),
    ),
    required=("child", "parent", "type"),
)

API_EXCEPTIONS = Layout(
    root="",
    record="reporting-exceptions",
    json_key="data",
    fields=(Field("lei", "attributes.lei"), Field("level", "attributes.category")),
    each=Group(("attributes.reason",), (), (Part("reason", "", TEXT, ""),)),
    joined=("reference", Group(("attributes.reference",), (), (Part("reference", "", TEXT, ""),))),
    required=("lei", "level"),
)
