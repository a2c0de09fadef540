"""The registries by the names under which `topco load` knows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from topco.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from topco.registries.interface import Registry


def _gleif() -> Registry:
    from topco.registries.gleif import Gleif

    return Gleif()


def _bods(publisher: str | None = None) -> Registry:
    from topco.registries.bods import Bods

    return Bods(publisher)


def _psc() -> Registry:
    from topco.registries.companies_house import CompaniesHouse

    return CompaniesHouse()


def _ftm(publisher: str | None = None) -> Registry:
    from topco.registries.ftm import FollowTheMoney

    return FollowTheMoney(publisher)


def _opencorporates() -> Registry:
    from topco.registries.opencorporates import OpenCorporates

    return OpenCorporates()


def _csl() -> Registry:
    from topco.registries.csl import ScreeningLists

    return ScreeningLists()


def _rdf() -> Registry:
    from topco.registries.rdf import Rdf

    return Rdf()


_OF_THEIR_OWN: dict[str, Callable[[], Registry]] = {
    "gleif": _gleif,
    "psc": _psc,
    "bods": _bods,
    "opencorporates": _opencorporates,
    "ftm": _ftm,
    "csl": _csl,
    "rdf": _rdf,
}
"""In the order in which a file of unknown kind is shown to them; tables come last, as they take what columns allow."""

_NAMED_BY_USERS: dict[str, Callable[[str | None], Registry]] = {"bods": _bods, "ftm": _ftm}
"""Formats in which many publish: whose files they are may be said."""

EVERY = "any"
NAMES = (*_OF_THEIR_OWN, "table", EVERY)


def registries(
    name: str, publisher: str | None = None, mapping: Path | None = None, sheet: str | None = None
) -> list[Registry]:
    """The registry of a name, or all of them in the order in which they are asked about a file.

    Args:
        name: one of `NAMES`.
        publisher: whose files they are, for formats in which many publish.
        mapping, sheet: for tables alone.

    Raises:
        BadInput: there is no such registry, or it takes no such option.
    """
    if name not in NAMES:
        raise BadInput(
            f"There is no registry {name!r}.", remedy=f"topco load REGISTRY FILES, with one of {', '.join(NAMES)}."
        )
    if publisher is not None and not publisher.strip():
        raise BadInput("The publisher has no name.", remedy="Leave --publisher out, or give a name.")
    publisher = publisher and publisher.strip()
    if name in _OF_THEIR_OWN:
        if mapping is not None or sheet is not None:
            raise BadInput(
                f"The columns of {name} are known.",
                remedy="--mapping and --sheet are for tables: topco load table FILES.",
            )
        if name in _NAMED_BY_USERS:
            return [_NAMED_BY_USERS[name](publisher)]
        if publisher is not None:
            raise BadInput(
                f"The publisher of {name} is known.",
                remedy=f"--publisher is for table, {', '.join(_NAMED_BY_USERS)}.",
            )
        return [_OF_THEIR_OWN[name]()]
    from topco.registries.table import Tables

    tables = Tables(publisher, mapping=mapping, sheet=sheet)
    return [tables] if name == "table" else [*(make() for make in _OF_THEIR_OWN.values()), tables]
