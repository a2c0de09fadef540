"""What is known about a case, fact by fact, and which alternatives stay open.

Every country fact is a list of *alternatives* (one if it is known; one per signature of country groups if it is
unknown; those that evidence names if sources disagree), and every alternative a list of *readings* (more than one where
the law is silent about a known fact: joint tops, a territory as a headquarters). Unknown circumstances and numbers that
rules need either way are alternatives too. Nothing is ever assumed to be "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# Country facts as the rules name them, and as a case does.
CASE_KEYS = {
    "destination": "destination",
    "locatedIn": "located_in",
    "headquarteredIn": "hq_in",
    "ultimateParentHeadquarteredIn": "ultimate_parent_hq_in",
}


@dataclass(frozen=True)
class Place:
    """A destination as rules see it: a country after the dated mappings, or a stand-in for a set of them."""

    iri: str
    label: str
    code: str | None = None

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class CountryFact:
    """One country fact of the transaction (`destination`) or of a party, with its open alternatives.

    `shown` is what the user or the register said, as ISO codes; `origin` is `stated`, `store`, `assumed` or `unknown`.
    """

    name: str
    party: int | None
    alternatives: tuple[tuple[Place, ...], ...]
    shown: tuple[str, ...]
    origin: str
    because: str = ""

    @property
    def key(self) -> str:
        return self.name if self.party is None else f"{self.name}#{self.party}"

    @property
    def is_open(self) -> bool:
        """Whether evidence leaves more than one alternative."""
        return len(self.alternatives) > 1


@dataclass(frozen=True)
class PartyFact:
    """A party of the transaction; several roles if the consignee is the end user as well."""

    name: str
    roles: tuple[str, ...]
    entity: str | None
    status: str


@dataclass(frozen=True)
class Amount:
    """The value of a measure: what could be added up, and how it stands to its parameter (None: undecided)."""

    measure: str
    addends: tuple[tuple[str, Decimal | None], ...]
    over: bool | None
    try_both: bool


@dataclass(frozen=True)
class Circumstance:
    """A paper or a circumstance, as stated (None: not stated)."""

    iri: str
    name: str
    stated: bool | None
    try_both: bool


@dataclass(frozen=True)
class Assumption:
    """Something that the answer takes for granted, and why."""

    fact: str
    value: str
    because: str


@dataclass(frozen=True)
class Facts:
    """Everything that the rules may read about one case, and nothing else; an `end_use` that is None is unknown."""

    activity: str
    eccn: str
    designer: str | None
    end_use: tuple[str, ...] | None
    parties: tuple[PartyFact, ...]
    countries: tuple[CountryFact, ...]
    amounts: tuple[Amount, ...]
    circumstances: tuple[Circumstance, ...]
    assumptions: tuple[Assumption, ...] = ()

    def country(self, name: str, party: int | None = None) -> CountryFact:
        """The country fact of the transaction or of a party."""
        return next(fact for fact in self.countries if fact.name == name and fact.party == party)
