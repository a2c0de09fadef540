"""The limits of accounts on a date, read from the dated parameters and country groups of `rules/regulation/`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property

from topco import knowledge
from topco.errors import BadInput, NotModelled
from topco.ledger.accounts import Account, Kind
from topco.ledger.headroom import ShareLimit
from topco.namespaces import local_name, term

Facts = Mapping[str, Mapping[str, list[str]]]

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_CAPS = {Kind.COUNTRY: "country_allocation_tpp", Kind.LPP: "lpp_group_year_cap_tpp", Kind.NVEU: "nveu_installed_tpp"}
_FIRST_YEAR, _LAST_YEAR = "country_allocation_first_year", "country_allocation_last_year"
# Parameter, the group whose countries never count, whether it is for each country alone, whether it is only for fleets
# that are headquartered in that group.
_SHARES = (
    ("uveu_outside_supp5a_percent", "S5a", False, False),
    ("uveu_single_country_percent", "S5a", True, False),
    ("uveu_us_headquartered_abroad_percent", "UnitedStates", False, True),
)
_WITHOUT_ALLOCATION = "S5a"
_NEVER_VALIDATED = "MacauOrD5"


@dataclass(frozen=True)
class Dated:
    """One value of a parameter, in force from a day to (exclusive) another; None: without end."""

    value: Fraction
    start: date
    end: date | None
    cite: str

    def holds(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


class Limits:
    """What the law allows an account on a date."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def cap(self, kind: Kind, day: date) -> Dated | None:
        """The cap in TPP that holds on a day; None if the law of that day gives none, or only shares."""
        return next((one for one in self._values.get(_CAPS.get(kind, ""), ()) if one.holds(day)), None)

    def cap_on(self, kind: Kind, day: date) -> Dated:
        """The cap that holds on a day.

        Raises:
            NotModelled: the law of that day gives none.
        """
        found = self.cap(kind, day)
        if found is None:
            raise NotModelled(
                f"The rules give no limit for accounts of kind {kind} on {day}.",
                remedy="Give the date of the transaction as --as-of, if it is another.",
            )
        return found

    def shares(self, day: date, hq: str | None) -> list[ShareLimit]:
        """The limits on the parts of a fleet whose owner is headquartered in `hq`; None, unknown, has them all."""
        found = []
        for name, group, single, only_at_home in _SHARES:
            value = next((one for one in self._values.get(name, ()) if one.holds(day)), None)
            members = self.members(group, day)
            if value is not None and (not only_at_home or hq is None or hq in members):
                found.append(ShareLimit(self._label(name), value.value, members, single, value.cite))
        return found

    @cached_property
    def changes(self) -> list[date]:
        """Every day on which a limit or a group may change."""
        days = {day for values in self._values.values() for one in values for day in (one.start, one.end) if day}
        for about in self._of_kind("GroupMembership"):
            days |= {date.fromisoformat(one) for name in ("from", "to") for one in about.get(term(name), ())}
        return sorted(days)

    def period(self, kind: Kind, day: date) -> str:
        """The name of the account's period that holds the day: a year, the years of the allocation, or nothing.

        Raises:
            NotModelled: the day is in no such period.
        """
        if kind is Kind.LPP:
            return str(day.year)
        if kind is not Kind.COUNTRY:
            return ""
        for first in self._values.get(_FIRST_YEAR, ()):
            last = next((one for one in self._values.get(_LAST_YEAR, ()) if one.holds(day)), None)
            if first.holds(day) and last is not None and first.value <= day.year <= last.value:
                return f"{first.value}-{last.value}"
        raise NotModelled(f"The rules give no country allocation for {day}.")

    def account(self, kind: Kind, day: date, holder: str = "", country: str = "") -> Account:
        """The account in which something of a day counts; the holder is the group, of an NVEU the company.

        Raises:
            BadInput: there is no such country.
            NotModelled: the day is in no period of such accounts.
        """
        return Account(kind, holder, self.destination(country, day) if country else "", self.period(kind, day))

    def destination(self, country: str, day: date) -> str:
        """The destination as which the regulation treats a country or territory.

        Raises:
            BadInput: there is no such code.
        """
        code = country.strip().upper()
        if term(f"country/{code}") not in self._facts:
            raise BadInput(f"{country!r} is not a country.", remedy="Write its ISO 3166-1 code of two letters.")
        for about in self._of_kind("DestinationMapping"):
            if about[term("country")] == [term(f"country/{code}")] and _in_force(about, day):
                return local_name(about[term("treatedAs")][0])
        return code

    def must_have_account(self, kind: Kind, country: str, day: date) -> None:
        """Check that such an account can exist for a destination.

        Raises:
            BadInput: the law has no allocation, or no authorisation, for it.
        """
        barred = _WITHOUT_ALLOCATION if kind is Kind.COUNTRY else _NEVER_VALIDATED
        if kind is Kind.LPP or country not in self.members(barred, day):
            return
        about = self._facts[term(f"group/{barred}")]
        what = "country allocation" if kind is Kind.COUNTRY else "authorisation of a validated end user"
        raise BadInput(f"There is no {what} for {country}: it is in {about[_LABEL][0]}.")

    def members(self, group: str, day: date) -> frozenset[str]:
        """The countries of a group on a day, derived groups included."""
        found: set[str] = set()
        for about in self._of_kind("GroupMembership"):
            if about[term("group")] == [term(f"group/{group}")] and _in_force(about, day):
                found |= {local_name(one) for one in about.get(term("member"), ())}
        about = self._facts.get(term(f"group/{group}"), {})
        for part in about.get(term("includesGroup"), ()):
            found |= self.members(local_name(part), day)
        for part in about.get(term("excludesGroup"), ()):
            found -= self.members(local_name(part), day)
        return frozenset(found | {local_name(one) for one in about.get(term("includesCountry"), ())})

    @cached_property
    def _values(self) -> dict[str, list[Dated]]:
        wanted = {*_CAPS.values(), *(name for name, *_ in _SHARES), _FIRST_YEAR, _LAST_YEAR}
        found: dict[str, list[Dated]] = defaultdict(list)
        for about in self._of_kind("ParameterValue"):
            name = local_name(about[term("ofParameter")][0])
            if name in wanted:
                end = about.get(term("to"))
                found[name].append(
                    Dated(
                        Fraction(about[term("value")][0]),
                        date.fromisoformat(about[term("from")][0]),
                        date.fromisoformat(end[0]) if end else None,
                        "; ".join(about[term("citation")]),
                    )
                )
        return found

    def _of_kind(self, kind: str) -> Iterable[Mapping[str, list[str]]]:
        return self._by_kind.get(term(kind), [])

    @cached_property
    def _by_kind(self) -> dict[str, list[Mapping[str, list[str]]]]:
        found: dict[str, list[Mapping[str, list[str]]]] = defaultdict(list)
        for about in self._facts.values():
            for kind in about.get(_TYPE, ()):
                found[kind].append(about)
        return found

    def _label(self, parameter: str) -> str:
        return self._facts[term(f"parameter/{parameter}")][_LABEL][0]


def bounds(account: Account) -> tuple[date, date]:
    """The first day of an account's period, and the day after its last.

    >>> bounds(Account(Kind.LPP, "LEI:X", "", "2030"))
    (datetime.date(2030, 1, 1), datetime.date(2031, 1, 1))
    """
    if not account.period:
        return date.min, date.max
    first, _, last = account.period.partition("-")
    return date(int(first), 1, 1), date(int(last or first) + 1, 1, 1)


def _in_force(about: Mapping[str, list[str]], day: date) -> bool:
    start, end = about.get(term("from")), about.get(term("to"))
    return (not start or date.fromisoformat(start[0]) <= day) and (not end or day < date.fromisoformat(end[0]))


@cache
def limits() -> Limits:
    """The limits of the law that ships with this version."""
    merged: dict[str, dict[str, list[str]]] = {}
    for path in (*knowledge.files("rules/regulation"), *knowledge.files("data/reference", "countries.ttl")):
        for subject, about in knowledge.facts(path.relative_to(knowledge.root()).as_posix()).items():
            mine = merged.setdefault(subject, {})
            for predicate, values in about.items():
                mine.setdefault(predicate, []).extend(values)
    return Limits(merged)
