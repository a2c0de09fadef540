"""Parties that cases give by a name: identified where a person has judged the name, else told what it may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from topco.licensing.cases.case import Case, Party
from topco.matching.listed_names import MATCHED, Meant, meant
from topco.namespaces import normalise_id

if TYPE_CHECKING:
    from topco.store.store import Store

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:\S.*")

Name = tuple[str, str | None]
"""A name, and the country that is known of the party."""


class NamedParties:
    """Looks names of parties up in a store, each once."""

    def __init__(self, store: Store, cases: Iterable[Case], known_as_of: date | None = None) -> None:
        names = dict.fromkeys(name for case in cases for party in case.parties if (name := name_of(party)))
        self._meant: Mapping[Name, Meant] = dict(zip(names, meant(store, list(names), known_as_of), strict=True))

    def __bool__(self) -> bool:
        return bool(self._meant)

    def of(self, party: Party) -> Meant | None:
        """What is said of a party that is given by its name; None if an identifier or its facts are given."""
        name = name_of(party)
        return self._meant[name] if name else None

    def identified(self, case: Case) -> Case:
        """The case with the identifiers of the parties whose names a person has matched."""
        parties = tuple(self._identified(party) for party in case.parties)
        return case.model_copy(update={"parties": parties}) if parties != tuple(case.parties) else case

    def _identified(self, party: Party) -> Party:
        found = self.of(party)
        if found is None or found.status != MATCHED:
            return party
        name = party.name or party.entity
        return party.model_copy(update={"entity": found.id, "name": name})


def name_of(party: Party) -> Name | None:
    """The name by which a party is given: in the place of an identifier, or alone without any fact about headquarters.

    >>> name_of(Party(role="end_user", entity="Beispiel GmbH", located_in="DE"))
    ('Beispiel GmbH', 'DE')
    >>> name_of(Party(role="end_user", entity="GB-COH:00102498")) is None
    True
    """
    country = party.hq_in if isinstance(party.hq_in, str) else party.located_in
    if party.entity:
        return None if is_identifier(party.entity) else (party.entity, country)
    if party.name and party.hq_in is None and party.ultimate_parent_hq_in is None:
        return party.name, country
    return None


def is_identifier(text: str) -> bool:
    """Whether a party is given by an identifier; anything else is a name."""
    return _IDENTIFIER.fullmatch(normalise_id(text)) is not None
