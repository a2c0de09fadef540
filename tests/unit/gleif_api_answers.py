"""Invented answers of the REST interface of GLEIF, in its form."""

from __future__ import annotations

from typing import Any

from gleif_files import lei

DAY = "2026-11-20T00:00:00Z"
KINDS = {
    "direct-parent": "IS_DIRECTLY_CONSOLIDATED_BY",
    "ultimate-parent": "IS_ULTIMATELY_CONSOLIDATED_BY",
    "head-office": "IS_INTERNATIONAL_BRANCH_OF",
}


def document(data: Any, day: str = DAY, **meta: Any) -> dict[str, Any]:
    return {"meta": {"goldenCopy": {"publishDate": day}, **meta}, "data": data}


def record(number: int, links: dict[str, str], country: str = "DE", **attributes: Any) -> dict[str, Any]:
    """A `lei-records` resource; `links` says of each level which answer exists."""
    address = {"language": "en", "addressLines": ["1 Street"], "city": "Town", "country": country}
    entity = {
        "legalName": {"name": f"Company {number}", "language": "en"},
        "otherNames": [{"name": f"Former {number}", "language": "en", "type": "PREVIOUS_LEGAL_NAME"}],
        "transliteratedOtherNames": [],
        "legalAddress": address,
        "headquartersAddress": address,
        "registeredAt": {"id": "RA000585", "other": None},
        "registeredAs": str(1000 + number),
        "jurisdiction": "GB",
        "category": "GENERAL",
        "legalForm": {"id": "H0PO", "other": None},
        "status": "ACTIVE",
        "successorEntity": {"lei": None, "name": None},
        "successorEntities": [],
        **attributes,
    }
    return {
        "type": "lei-records",
        "id": lei(number),
        "attributes": {
            "lei": lei(number),
            "entity": entity,
            "registration": {
                "lastUpdateDate": "2026-10-01T10:00:00Z",
                "nextRenewalDate": "2027-10-01T10:00:00Z",
                "status": "ISSUED",
            },
            "ocid": f"gb/{1000 + number:08d}",
        },
        "relationships": {level: {"links": {link: "https://elsewhere"}} for level, link in links.items()},
    }


def relationship(child: int, parent: int, level: str = "direct-parent", status: str = "PUBLISHED") -> dict[str, Any]:
    return {
        "type": "relationship-records",
        "id": f"{lei(child)}|{lei(parent)}|{level}",
        "attributes": {
            "relationship": {
                "startNode": {"id": lei(child), "type": "LEI"},
                "endNode": {"id": lei(parent), "type": "LEI"},
                "type": KINDS[level],
                "status": "ACTIVE",
                "periods": [
                    {"startDate": "2015-12-31T23:00:00Z", "type": "RELATIONSHIP_PERIOD"},
                    {
                        "startDate": "2024-01-01T00:00:00Z",
                        "endDate": "2024-12-31T00:00:00Z",
                        "type": "ACCOUNTING_PERIOD",
                    },
                ],
            },
            "registration": {"lastUpdateDate": "2026-09-01T10:00:00Z", "status": status},
            "extension": {"deletedAt": None},
        },
    }


def exception(number: int, level: str = "DIRECT", reason: str = "NATURAL_PERSONS") -> dict[str, Any]:
    category = f"{level}_ACCOUNTING_CONSOLIDATION_PARENT"
    return {
        "type": "reporting-exceptions",
        "id": f"{lei(number)}|{category}",
        "attributes": {"lei": lei(number), "category": category, "reason": reason, "reference": None},
    }


def answers() -> dict[str, Any]:
    """Company 1, consolidated by 2 and ultimately by 3; 3 names no parent; 4 and 5 are each other's parents."""
    tie, none = "relationship-record", "reporting-exception"
    ring = {"direct-parent": tie}
    records = {
        1: record(1, {"direct-parent": tie, "ultimate-parent": tie}),
        2: record(2, {"direct-parent": tie, "ultimate-parent": tie}, "NL"),
        3: record(3, {"direct-parent": none, "ultimate-parent": none}, "CN"),
        4: record(4, ring),
        5: record(5, ring),
    }
    found: dict[str, Any] = {f"lei-records/{lei(number)}": document(each) for number, each in records.items()}
    for child, parent, level in (
        (1, 2, "direct-parent"), (1, 3, "ultimate-parent"), (2, 3, "direct-parent"), (2, 3, "ultimate-parent"),
        (4, 5, "direct-parent"), (5, 4, "direct-parent"),
    ):  # fmt: skip
        found[f"lei-records/{lei(child)}/{level}-relationship"] = document(relationship(child, parent, level))
    for level in ("direct", "ultimate"):
        path = f"lei-records/{lei(3)}/{level}-parent-reporting-exception"
        found[path] = document(exception(3, level.upper()))
    return found
