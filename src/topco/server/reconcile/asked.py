"""What a query asks: names, and what is known beside them, by what the catalogue says of each property."""

from __future__ import annotations

import re
from dataclasses import dataclass

from topco.matching.knowledge_of_names import country_code
from topco.namespaces import normalise_id
from topco.server.reconcile.catalogue import all_types_of, property_meant
from topco.server.reconcile.reading import Query, values_of

DEFAULT_LIMIT, MOST_CANDIDATES = 10, 100
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:\S+")
_NUMBER = re.compile(r"[\w./-]*\d[\w./-]*")


@dataclass(frozen=True)
class Asked:
    """A query in terms of the evidence.

    Attributes:
        text: the text of the query; it may be a name, an identifier or a number.
        names: the text and further names; none if there are only other properties.
        countries: codes of the countries that the user knows the party by, of whatever kind.
        identifiers: those that properties give, as `SCHEME:VALUE`.
        numbers: numbers in a register that properties give.
        types, strict: the kinds that are asked for, and whether `any` or `all` must hold or the candidate `should`.
    """

    text: str
    names: tuple[str, ...]
    countries: tuple[str, ...]
    identifiers: tuple[str, ...]
    numbers: tuple[str, ...]
    types: tuple[str, ...]
    strict: str
    limit: int

    @property
    def country(self) -> str | None:
        """The country, if there is one alone."""
        return self.countries[0] if len(self.countries) == 1 else None

    @property
    def text_as_identifier(self) -> str | None:
        """The text as an identifier, if it can be one."""
        found = normalise_id(self.text)
        return found if _IDENTIFIER.fullmatch(found) else None

    @property
    def text_as_number(self) -> str | None:
        """The text as a number in a register, if it can be one."""
        return self.text if _NUMBER.fullmatch(self.text) else None

    def fits(self, kind: str | None) -> bool | None:
        """Whether a party of this kind is of the types asked for; None if no type is asked for or the kind is unknown.

        A party of unknown kind may be anything.
        """
        if not self.types or kind is None:
            return None
        of = all_types_of(kind)
        return all(one in of for one in self.types) if self.strict == "all" else any(one in of for one in self.types)


def asked(query: Query) -> Asked:
    """What a query asks.

    >>> from topco.server.reconcile.reading import Evidence
    >>> found = asked(Query(query="Acme", properties=[Evidence(pid="country", v="Germany"), Evidence(pid="x", v=1)]))
    >>> found.names, found.countries
    (('Acme',), ('DE',))
    """
    text = query.query.strip()
    given: dict[str, list[str]] = {"name": [text] if text else [], "country": [], "identifier": [], "number": []}
    for one in query.properties:
        meant = property_meant(one.pid)
        if meant is not None and meant.compared is not None:
            given[meant.compared] += values_of(one)
    identifiers = [normalise_id(one) for one in given["identifier"]]
    countries = [code for one in given["country"] if (code := _country(one))]
    limit = DEFAULT_LIMIT if query.limit is None else int(min(query.limit, MOST_CANDIDATES))
    types = [query.type] if isinstance(query.type, str) else query.type
    return Asked(
        text=text,
        names=_each_once(given["name"]),
        countries=_each_once(countries),
        identifiers=_each_once(identifiers),
        numbers=_each_once(given["number"]),
        types=tuple(one.rpartition("/")[2] for one in types if one),
        strict=query.type_strict,
        limit=limit,
    )


def _each_once(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _country(text: str) -> str | None:
    """The code of a country, or of the country of a subdivision.

    >>> _country("US-DE"), _country("Sweden"), _country("Ruritania")
    ('US', 'SE', None)
    """
    return country_code(text) or (country_code(text[:2]) if text[2:3] == "-" else None)
