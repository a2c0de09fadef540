"""Red flags from screening lists: a party, or a company above it, that may be listed. They decide nothing.

What a list demands (a licence for an Entity List party, say) is not modelled here; the flag names list and entry, and
the user looks them up (supp. 3 to part 732: know your customer).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from topco import knowledge
from topco.licensing.case import Case, Party
from topco.licensing.recipients import Recipient
from topco.matching.listings import Hit, Listings
from topco.matching.proposals import NAMES
from topco.namespaces import normalise_id

if TYPE_CHECKING:
    from topco.store.store import Store

Flag = dict[str, Any]
_CITE = "supp. 3 to part 732"
_FILE = "data/reference/screening-lists.ttl"


class ListingFlags:
    """The red flags of cases against the screening lists of a store."""

    def __init__(self, store: Store, known_as_of: date | None = None) -> None:
        self._listings = Listings(store, known_as_of)
        self._found: dict[tuple[str, date], tuple[Hit, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._listings)

    def prepare(self, asked: Iterable[tuple[Case, Mapping[str, Recipient], date]]) -> None:
        """Compare the names of many cases at once, so that a desk of orders is one comparison a day."""
        days: dict[date, dict[str, tuple[str, str]]] = {}
        for case, recipients, day in asked:
            for party in case.parties:
                for key, name in _names(party, recipients):
                    if (f"{key} {name}", day) not in self._found:
                        days.setdefault(day, {})[f"{key} {name}"] = (key, name)
        for day, rows in days.items():
            names = pl.DataFrame([{"id": key, "name": name} for key, name in rows.values()], schema=NAMES)
            hits = self._listings.hits(names, day)
            by_name: dict[str, list[Hit]] = {}
            for hit in hits:
                by_name.setdefault(f"{hit.asked} {hit.name}", []).append(hit)
            for key in rows:
                self._found[key, day] = tuple(by_name.get(key, ()))

    def of(self, case: Case, recipients: Mapping[str, Recipient], day: date) -> list[Flag]:
        """The flags of a case, each entry once, the highest score first."""
        if not self:
            return []
        self.prepare([(case, recipients, day)])
        flags: dict[str, Flag] = {}
        for party in case.parties:
            for key, name in _names(party, recipients):
                for hit in self._found[f"{key} {name}", day]:
                    flags.setdefault(hit.listing["record"], _flag(hit, party.role))
        return sorted(flags.values(), key=lambda flag: (-flag["score"], flag["entry"]))


def _names(party: Party, recipients: Mapping[str, Recipient]) -> list[tuple[str, str]]:
    """Key and name of a party and of its ultimate parents, as far as they have names."""
    found = []
    recipient = recipients.get(party.entity or "")
    key = normalise_id(party.entity) if party.entity else f"party {party.name}"
    for name in dict.fromkeys(one for one in (party.name, recipient.name if recipient else None) if one):
        found.append((key, name))
    if recipient:
        pairs = zip(recipient.ultimate_parent_ids, recipient.ultimate_parent_names, strict=True)
        found += [(identifier, name) for identifier, name in pairs if name]
    return found


def _flag(hit: Hit, role: str) -> Flag:
    entry = hit.listing
    title = list_names().get(entry["list"], entry["list"])
    cite = "; ".join(part for part in (_CITE, entry["citation"]) if part)
    return {
        "id": f"list:{entry['list']}",
        "question": f"Is {hit.name} ({role.replace('_', ' ')} or above it) the party {entry['name']} of the {title}?",
        "cite": cite,
        "list": entry["list"],
        "entry": entry["id"],
        "listed_name": entry["name"],
        "score": hit.score,
        "reason": hit.reason,
        "requirement": entry["requirement"],
        "policy": entry["policy"],
        "source": {name: entry[name] for name in ("load", "file", "row", "record")},
    }


@cache
def list_names() -> Mapping[str, str]:
    """The names of the screening lists by their codes."""
    import pyoxigraph as ox

    store = ox.Store()
    store.load(knowledge.text(_FILE).encode(), format=ox.RdfFormat.TURTLE)
    found: Any = store.query(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        "SELECT ?code ?label { ?list skos:notation ?code ; rdfs:label ?label }"
    )
    return {row["code"].value: row["label"].value for row in found}
