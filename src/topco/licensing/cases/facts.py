"""What is known about a case, fact by fact, and which alternatives stay open.

Every country fact is a list of *alternatives* (one if it is known; one per signature of country groups if it is
unknown; those that evidence names if sources disagree), and every alternative a list of *readings* (more than one where
the law is silent about a known fact: joint tops, a territory as a headquarters). Unknown circumstances and numbers that
rules need either way are alternatives too. Nothing is ever assumed to be "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from topco.items.finding import Finding as Classification

STATED = "stated"
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
class SideFact:
    """A place that is known and that no unknown is weighed for: an origin, a place of shipment, a holder's country."""

    name: str
    party: int | None
    place: Place


@dataclass(frozen=True)
class ItemOption:
    """One classification that stays possible, as rules see it: class, entry, nature, and the entry of what it is for.

    `eccn` is empty where no entry, or one of several that rules treat alike, holds the item.
    """

    label: str
    item_class: str
    eccn: str
    nature: str | None
    target: str | None = None


@dataclass(frozen=True)
class PartyFact:
    """A party of the transaction; several roles if the consignee is the end user as well."""

    name: str
    roles: tuple[str, ...]
    entity: str | None
    status: str


@dataclass(frozen=True)
class Addend:
    """One figure of a sum: its path in the case, its value, and where it comes from.

    `at_least`: the value is only a part of the whole, as what one exporter's ledger holds of a cap on all exporters.
    """

    path: str
    value: Decimal | None
    origin: str = STATED
    at_least: bool = False


@dataclass(frozen=True)
class ListedShare:
    """A bound of the share that listed parties hold in a party: a lower one, or (`below`) an upper one."""

    percent: Decimal
    below: bool
    words: str


@dataclass(frozen=True)
class Amount:
    """The value of a measure: what could be added up, and how it stands to its parameter (None: undecided).

    `total` is the sum, or the share in percent, of what is known; None where nothing is. `beside` are the other figures
    that a share, or the largest of several, is measured against.
    """

    measure: str
    addends: tuple[Addend, ...]
    over: bool | None
    try_both: bool
    party: int | None = None
    total: Fraction | None = None
    beside: tuple[Addend, ...] = ()

    @property
    def key(self) -> str:
        return self.measure if self.party is None else f"{self.measure}#{self.party}"


@dataclass(frozen=True)
class Circumstance:
    """A paper or a circumstance of the transaction or of a party, as stated (None: not stated)."""

    iri: str
    name: str
    stated: bool | None
    try_both: bool
    party: int | None = None
    path: str = ""
    because: str = ""

    @property
    def key(self) -> str:
        return self.iri if self.party is None else f"{self.iri}#{self.party}"


@dataclass(frozen=True)
class Assumption:
    """Something that the answer takes for granted, and why."""

    fact: str
    value: str
    because: str


@dataclass(frozen=True)
class Facts:
    """Everything that the rules may read about one case, and nothing else.

    `items` are the classifications that stay possible (none: the case is not about an item), `classification` how they
    came out; an `end_use` that is None is unknown; `asks` are further words of the case, such as the kind of a
    validated end user.
    """

    activity: str
    items: tuple[ItemOption, ...]
    designer: str | None
    end_use: tuple[str, ...] | None
    parties: tuple[PartyFact, ...]
    countries: tuple[CountryFact, ...]
    amounts: tuple[Amount, ...]
    circumstances: tuple[Circumstance, ...]
    side: tuple[SideFact, ...] = ()
    asks: tuple[tuple[str, str], ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    classification: Classification | None = None

    def country(self, name: str, party: int | None = None) -> CountryFact:
        """The country fact of the transaction or of a party."""
        return next(fact for fact in self.countries if fact.name == name and fact.party == party)
