"""Entities, types and properties on a small card: previews and flyouts. Names are text whatever stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from topco.errors import NotFound
from topco.namespaces import normalise_id
from topco.ownership.bulk_table import resolution_table
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.parent_tests import parent_test
from topco.ownership.status import Status
from topco.reports.words import countries, status, status_sentence
from topco.server.reconcile.catalogue import Property, Type, properties, types
from topco.server.reconcile.parties import Facts, Records
from topco.store.today import today

if TYPE_CHECKING:
    from jinja2 import Environment

    from topco.store.store import Store


_STATES = ("entity_status", "registration_status")


@dataclass(frozen=True)
class Card:
    """What is shown of an entity."""

    name: str
    identifiers: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    note: str


def card_of(store: Store, identifier: str) -> Card:
    """The card of an entity, as of today under the default test.

    Raises:
        NotFound: no record describes it.
    """
    records = Records(store)
    (party,) = records.party_of([normalise_id(identifier)]).values()
    facts = records.facts([party]).get(party)
    if facts is None:
        raise NotFound(f"No loaded record describes {identifier[:200]}.", remedy="Look it up by name.")
    day = today()
    found = {
        row["entity"]: row
        for row in resolution_table(evidence_about(store, [party], day, None, parent_test())).iter_rows(named=True)
    }
    row = found[party]
    return Card(
        facts.name,
        facts.identifiers,
        tuple(_rows(facts, row, found)),
        f"{status_sentence(row['status'])} Facts as of {day.isoformat()}.",
    )


def _rows(facts: Facts, row: dict[str, Any], found: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    kind = types().get(facts.kind or "")
    is_open = Status[row["status"].upper()].undetermined(strict=True)
    shown = [
        ("Kind", kind.name if kind else facts.kind),
        ("Headquarters", _countries(row["hq_country"])),
        ("Registered in", _countries(facts.first("registered_country"))),
        ("Jurisdiction", facts.first("jurisdiction")),
        ("Status", ", ".join(one.lower() for column in _STATES if (one := facts.first(column)))),
        ("Parents", status(row["status"])),
    ]
    label = "Named at the top, not settled" if is_open else "Ultimate parent"
    for top in _several(row["ultimate_parents"]):
        about = found.get(top, {})
        shown.append((label, f"{about.get('name') or top}, headquarters: {_countries(about.get('hq_country'))}"))
    return [(label, value) for label, value in shown if value]


def _several(cell: str | None) -> list[str]:
    return [one for one in (cell or "").split(";") if one]


def _countries(cell: str | None) -> str:
    codes = _several(cell)
    return countries(codes) if codes else countries(None)


def preview(card: Card, identifier: str, base: str) -> str:
    """A page of its own, to be shown in a frame."""
    address = f"{base}/entity/{quote(identifier, safe=':')}"
    return _environment().get_template("reconcile/preview.html").render(card=card, address=address)


def flyout_of_entity(card: Card) -> str:
    """A piece of HTML for a page of somebody else's."""
    return _environment().get_template("reconcile/card.html").render(card=card)


def flyout_of(kind: str, identifier: str) -> str:
    """The same for a type or a property.

    Raises:
        NotFound: there is none with this identifier.
    """
    known: dict[str, Type] | dict[str, Property] = types() if kind == "type" else properties()
    one = known.get(identifier)
    if one is None:
        raise NotFound(f"There is no {kind} {identifier[:80]!r}.")
    template = _environment().get_template("reconcile/flyout.html")
    return template.render(id=one.id, name=one.name, description=one.description)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("topco.server"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
