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
from topco.identity.parties import party_table
from topco.licensing.cases.case import Case, Party
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.sentences import say
from topco.matching.listings import Hit, Listings
from topco.matching.proposals import NAMES
from topco.namespaces import PREFIXES, normalise_id, term

if TYPE_CHECKING:
    from topco.store.store import Store

Flag = dict[str, Any]
_FILE = "data/reference/screening-lists.ttl"
_LISTS = term("reference/screening-lists")
_LABEL = PREFIXES["rdfs"] + "label"
_NOTATION = PREFIXES["skos"] + "notation"


class ListingFlags:
    """The red flags of cases against the screening lists of a store."""

    def __init__(self, store: Store, known_as_of: date | None = None, listings: Listings | None = None) -> None:
        self._listings = Listings(store, known_as_of) if listings is None else listings
        self._store = store
        self._known_as_of = known_as_of
        self._names_of: dict[str, tuple[str, ...]] = {}
        self._found: dict[tuple[str, date], tuple[Hit, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._listings)

    def untouched(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the identifiers about which lists say nothing on any day, neither a flag nor an owner's share."""
        from topco.licensing.affiliates.untouched import untouched

        return untouched(self._store, self._known_as_of, self._listings, ids)

    def prepare(self, asked: Iterable[tuple[Case, Mapping[str, Recipient], date]]) -> None:
        """Compare the names of many cases at once, so that a desk of orders is one comparison a day."""
        asked = list(asked)
        self._read_names(
            one for case, recipients, _ in asked for party in case.parties for one in _ids(party, recipients)
        )
        days: dict[date, dict[str, tuple[str, str]]] = {}
        for case, recipients, day in asked:
            for party in case.parties:
                for key, name in self._names(party, recipients):
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
            for key, name in self._names(party, recipients):
                for hit in self._found[f"{key} {name}", day]:
                    before = flags.get(hit.listing["record"])
                    if before is None or before["score"] < hit.score:
                        flags[hit.listing["record"]] = _flag(hit, party.role)
        return sorted(flags.values(), key=lambda flag: (-flag["score"], flag["entry"]))

    def _read_names(self, ids: Iterable[str]) -> None:
        """All names that records give these parties, those of their other identifiers too."""
        new = [one for one in dict.fromkeys(ids) if one not in self._names_of]
        if not new:
            return
        found: dict[str, dict[str, None]] = {one: {} for one in new}
        for table in ("entities", "names"):
            rows = party_table(self._store, table, ["id", "name"], known_as_of=self._known_as_of)
            rows = rows.filter(pl.col("id").is_in(new) & pl.col("name").is_not_null())
            for identifier, name in rows.select("id", "name").collect().iter_rows():
                found[identifier][name] = None
        self._names_of |= {one: tuple(names) for one, names in found.items()}

    def _names(self, party: Party, recipients: Mapping[str, Recipient]) -> list[tuple[str, str]]:
        """Key and name of a party and of its ultimate parents; what has no name stands by its identifier."""
        recipient = recipients.get(party.entity or "")
        key = normalise_id(party.entity) if party.entity else f"party {party.name}"
        own = [party.name, *((recipient.name, *self._names_of[recipient.entity]) if recipient else ())]
        found = [(key, name) for name in dict.fromkeys(own) if name]
        if party.entity and not found:
            found = [(key, key)]
        if recipient:
            pairs = zip(recipient.ultimate_parent_ids, recipient.ultimate_parent_names, strict=True)
            for one, name in pairs:
                found += [(one, each) for each in dict.fromkeys((name, *self._names_of[one])) if each]
        return found


def _ids(party: Party, recipients: Mapping[str, Recipient]) -> list[str]:
    """The identifiers of a party and of its ultimate parents."""
    recipient = recipients.get(party.entity or "")
    own = [normalise_id(party.entity)] if party.entity else []
    return [*own, *((recipient.entity, *recipient.ultimate_parent_ids) if recipient else ())]


def _flag(hit: Hit, role: str) -> Flag:
    entry = hit.listing
    title = list_names().get(entry["list"], entry["list"])
    (know_your_customer,) = knowledge.facts(_FILE)[_LISTS][term("citation")]
    cite = "; ".join(part for part in (know_your_customer, entry["citation"]) if part)
    return {
        "id": f"list:{entry['list']}",
        "question": say(
            "listing_flag", asked=hit.name, role=role.replace("_", " "), listed_name=entry["name"], list=title
        ),
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
    lists = knowledge.facts(_FILE).values()
    return {of[_NOTATION][0]: of[_LABEL][0] for of in lists if _NOTATION in of}
