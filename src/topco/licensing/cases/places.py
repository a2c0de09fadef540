"""Country facts: the destinations that a code may stand for, and all that an unknown one may be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from topco.errors import BadInput
from topco.licensing.cases.facts import CountryFact, Place, SideFact
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.ruleset import Ruleset
from topco.namespaces import NAMESPACE

DESTINATION, LOCATED, HEADQUARTERS, PARENT = (
    "destination",
    "locatedIn",
    "headquarteredIn",
    "ultimateParentHeadquarteredIn",
)
UNREAD = Place(f"{NAMESPACE}unread", "a place that no rule reads")


@dataclass(frozen=True)
class Places:
    """Makes country facts under one slice of the law, for one rule set."""

    slice: LawSlice
    ruleset: Ruleset

    def stated(
        self,
        name: str,
        party: int | None,
        codes: tuple[str, ...] | None,
        where: str,
        origin: str = "stated",
    ) -> CountryFact:
        """A fact of the case; several codes are equal tops, on which the law is silent: readings, not alternatives."""
        if codes is None:
            return CountryFact(name, party, self._every_place(name), (), "unknown")
        readings = tuple(dict.fromkeys(place for code in codes for place in self.readings(name, code, where)))
        return CountryFact(name, party, (readings,), codes, origin)

    def from_store(
        self, name: str, party: int, codes: tuple[str | None, ...], where: str, recipient: Recipient
    ) -> CountryFact:
        """A fact of the store: every code is an alternative, an unknown one opens all."""
        known = self._listed(codes)
        if not codes or len(known) < len(codes):
            return CountryFact(name, party, self._every_place(name), (), "unknown", recipient.status)
        alternatives = tuple(dict.fromkeys(self.readings(name, code, where) for code in known))
        return CountryFact(name, party, alternatives, known, "store", recipient.status)

    def joint(self, party: int, codes: tuple[str | None, ...], where: str, recipient: Recipient) -> CountryFact:
        """Tops that hold together: each is a reading; one whose headquarters is unknown may be anywhere."""
        known = self._listed(codes)
        readings = tuple(dict.fromkeys(place for code in known for place in self.readings(PARENT, code, where)))
        if codes and len(known) == len(codes):
            return CountryFact(PARENT, party, (readings,), known, "store", recipient.status)
        anywhere = tuple((*readings, *others) for others in self._every_place(PARENT))
        return CountryFact(PARENT, party, anywhere, (), "unknown", recipient.status)

    def side(self, name: str, party: int | None, code: str | None, where: str) -> list[SideFact]:
        """A place that is shown to the rules if it is known, and not weighed if it is not."""
        return [] if code is None else [SideFact(name, party, self.readings(DESTINATION, code, where)[0])]

    def as_read(self, fact: CountryFact, roles: tuple[str, ...]) -> CountryFact:
        """An unknown fact of a party as rules for these roles tell it apart; if none reads it, nothing hangs on it."""
        read = self.ruleset.roles_read[fact.name]
        if not fact.is_open:
            return fact
        if read is not None and not read & set(roles):
            return self.unread(fact)
        if fact.alternatives != self._every_place(fact.name):
            return fact
        return replace(fact, alternatives=self._every_place(fact.name, frozenset(roles)))

    def unread(self, fact: CountryFact) -> CountryFact:
        """An unknown fact on which nothing hangs."""
        return replace(fact, alternatives=((UNREAD,),))

    def treated_as(self, code: str) -> str:
        """The destination that a code counts as."""
        return self.slice.destinations[code][0] if code in self.slice.destinations else code

    def may_be_in(self, fact: CountryFact, group: str) -> bool:
        """Whether some alternative of a fact belongs to a group."""
        return any(
            group in self.slice.groups_of_place(place)
            for readings in fact.alternatives
            for place in readings
            if place is not UNREAD
        )

    def readings(self, name: str, code: str, where: str) -> tuple[Place, ...]:
        """The destination that a code stands for; two where the law does not say it of a headquarters (738.3(b))."""
        if code not in self.slice.countries:
            raise BadInput(
                f"{code!r} is no country or territory of ISO 3166-1.",
                where=where,
                remedy="Write its code of two letters.",
            )
        own = self._place(code)
        if code not in self.slice.destinations:
            return (own,)
        treated_as, scope, _ = self.slice.destinations[code]
        mapped = Place(self._place(treated_as).iri, f"{own.label} (treated as {self._place(treated_as).label})", code)
        if scope == "EveryFact" or name in (DESTINATION, LOCATED):
            return (mapped,)
        return (mapped, own)

    def _listed(self, codes: tuple[str | None, ...]) -> tuple[str, ...]:
        """The countries among what a register says; a code that ISO 3166 does not have says nothing."""
        return tuple(code for code in codes if code is not None and code in self.slice.countries)

    def _place(self, code: str) -> Place:
        return Place(f"{NAMESPACE}country/{code}", self.slice.countries[code], code)

    def _every_place(self, name: str, roles: frozenset[str] | None = None) -> tuple[tuple[Place, ...], ...]:
        signatures = self.slice.signatures(self.ruleset.groups_read_for(name, roles))
        return tuple((Place(signature.iri, signature.label),) for signature in signatures)
