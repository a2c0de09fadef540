"""The manifest, and what is proposed while somebody types: entities, types, properties."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from topco import __version__
from topco.choices import OPEN_TOPS, STRICT
from topco.namespaces import ENTITY_BASE, NAMESPACE
from topco.ownership.names import words
from topco.ownership.parent_tests import DEFAULT, names, parent_test
from topco.reports.words import word
from topco.server.reconcile.catalogue import Property, Type, properties, settings, types
from topco.server.reconcile.reading import MOST_QUERIES

if TYPE_CHECKING:
    from topco.store.store import Store

DEFAULT_TYPES = ("Agent", "LegalEntity")
WIDTH, HEIGHT = 430, 260
"""Of a preview, in pixels."""
SUGGESTED, FURTHEST = 10, 1_000
"""Entities suggested at once, and how far one may go on."""
_BATCH = 50
_NOWHERE = 2
T = TypeVar("T", Type, Property)


def manifest(base: str) -> dict[str, Any]:
    """What the service is and can do.

    Args:
        base: the address of the server, without a slash at the end.
    """
    here = f"{base}/reconcile"
    return {
        "versions": ["0.2"],
        "name": "topco: parties of the loaded registers",
        "identifierSpace": ENTITY_BASE,
        "schemaSpace": NAMESPACE,
        "serviceVersion": __version__,
        "batchSize": min(_BATCH, MOST_QUERIES),
        "defaultTypes": [_type(types()[one]) for one in DEFAULT_TYPES],
        "view": {"url": f"{base}/entity/{{{{id}}}}"},
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {
            kind: {
                "service_url": base,
                "service_path": f"/reconcile/suggest/{kind}",
                "flyout_service_url": base,
                "flyout_service_path": f"/reconcile/flyout/{kind}?id=${{id}}",
            }
            for kind in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/reconcile/extend/propose"},
            "property_settings": [_setting(one.id, one.name, one.description, one.format) for one in settings()],
        },
    }


def _type(one: Type) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "description": one.description}


def _setting(identifier: str, label: str, text: str, kind: str) -> dict[str, Any]:
    about: dict[str, Any] = {"name": identifier, "label": label, "help_text": text, "type": kind}
    if kind == "number":
        return about | {"default": 0}
    if kind == "text":
        return about | {"default": ""}
    values = {
        "open_top": (STRICT, {one: word("open_top", one) for one in OPEN_TOPS}),
        "test": (DEFAULT, {one: f"{one}: {parent_test(one).label}" for one in names()}),
    }
    default, choices = values[identifier]
    return about | {"default": default, "choices": [{"value": one, "name": said} for one, said in choices.items()]}


def entities_like(store: Store, prefix: str, start: int) -> dict[str, Any]:
    """Entities that a text means as far as it is typed, from a place on."""
    from topco.ownership.search import search
    from topco.server.reconcile.parties import Records
    from topco.server.reconcile.reconciling import described, types_of

    if not words(prefix):
        return {"result": []}
    hits = search(store, prefix, start + SUGGESTED)[start:]
    facts = Records(store).facts(hit.id for hit in hits)
    result = []
    for hit in hits:
        of = facts.get(hit.id)
        about = {"id": hit.id, "name": hit.name or hit.id}
        result.append(about | ({"description": described(of), "notable": types_of(of.kind)} if of else {}))
    return {"result": result}


def types_like(prefix: str) -> dict[str, Any]:
    """Types whose name or identifier holds a text; those that begin so come first."""
    found = _like(types().values(), prefix)
    return {"result": [{**_type(one), "broader": [_type(types()[of]) for of in one.broader]} for one in found]}


def properties_like(prefix: str) -> dict[str, Any]:
    """Properties whose name or identifier holds a text; those that begin so come first."""
    return {"result": [_property(one) for one in _like(properties().values(), prefix)]}


def proposed(kind: str | None, limit: int | None) -> dict[str, Any]:
    """The properties that a table can be extended by: every type has the same."""
    found = [_property(one) for one in properties().values()][: limit or None]
    about: dict[str, Any] = {"properties": found}
    return about | ({"type": kind} if kind else {}) | ({"limit": limit} if limit else {})


def _property(one: Property) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "description": one.description}


def _like(known: Iterable[T], prefix: str) -> list[T]:
    text = prefix.strip().casefold()
    ranked = [(min(_place(one.name, text), _place(one.id, text)), place, one) for place, one in enumerate(known)]
    return [one for rank, _, one in sorted(ranked, key=lambda of: of[:2]) if rank < _NOWHERE]


def _place(name: str, text: str) -> int:
    name = name.casefold()
    return 0 if name.startswith(text) else 1 if text in name else _NOWHERE
