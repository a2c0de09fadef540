"""Parameters of queries: typed terms, joined to the query as data.

A parameter `on` is the variable `?on` of the query; `topco.compile.sparql_values` joins its terms to the text. Several
values of one parameter are alternatives; a parameter without a value leaves its variable unbound.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from topco.errors import BadInput
from topco.namespaces import COUNTRY_BASE, LOAD_BASE, NAMESPACE, PREFIXES, normalise_id, term
from topco.store.quads import DATE, INTEGER, entity_iri
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Term = NamedNode | Literal
Bindings = dict[str, tuple[Term, ...]]

_LOCAL = re.compile(r"[A-Za-z0-9_.()-]+")
_PREFIXED = re.compile(r"([A-Za-z]+):([A-Za-z0-9_.-]+)")
_SCHEMED = re.compile(r"[A-Z][A-Za-z0-9-]*:\S+|[0-9A-Z]{20}")


def _entity(text: str) -> Term:
    identifier = normalise_id(text)
    if ":" not in identifier:
        raise ValueError("write it as SCHEME:VALUE, for example LEI:5493001Z012YSB2A0K51")
    return NamedNode(entity_iri(identifier))


def _local(base: str, example: str) -> Callable[[str], Term]:
    def make(text: str) -> Term:
        local = text.removeprefix(base)
        local = local.partition(":")[2] if PREFIXES.get(local.partition(":")[0]) == base else local
        if not _LOCAL.fullmatch(local):
            raise ValueError(f"write it like {example}")
        return NamedNode(base + local)

    return make


def _country(text: str) -> Term:
    code = text.removeprefix(COUNTRY_BASE).removeprefix("country:").upper()
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise ValueError("write its two letters of ISO 3166-1")
    return NamedNode(COUNTRY_BASE + code)


def _date(text: str) -> Term:
    day = today() if text == "today" else date.fromisoformat(text)
    return Literal(day.isoformat(), datatype=DATE)


def _integer(text: str) -> Term:
    return Literal(str(int(text)), datatype=INTEGER)


TYPES: Mapping[str, Callable[[str], Term]] = {
    "entity": _entity,
    "country": _country,
    "group": _local(term("group/"), "D5"),
    "load": _local(LOAD_BASE, "gleif-rr-2025-03-02"),
    "concept": _local(NAMESPACE, "DirectConsolidation"),
    "date": _date,
    "integer": _integer,
    "text": Literal,
}


@dataclass(frozen=True)
class Parameter:
    """A declared parameter: `# param: name type default description`.

    `default` is a value, `required` (one must be given) or `optional` (without a value nothing is restricted).
    """

    name: str
    type: str
    default: str
    description: str

    def __str__(self) -> str:
        """As a user writes it: `on=today`, `entity=…` where one must be given, `[country=…]` where none need be."""
        if self.default == "required":
            return f"{self.name}=…"
        return f"[{self.name}=…]" if self.default == "optional" else f"{self.name}={self.default}"

    def term(self, text: str) -> Term:
        """The typed term of a value.

        >>> Parameter("who", "entity", "required", "").term("5493001Z012YSB2A0K51").value
        'https://w3id.org/topco/id/LEI/5493001Z012YSB2A0K51'

        Raises:
            BadInput: the value has not the form of the type.
        """
        try:
            return TYPES[self.type](text)
        except ValueError as error:
            raise BadInput(
                f"{text!r} is no value for the parameter {self.name} ({self.type}): {error}.",
                remedy=f"{self.name} is: {self.description}" if self.description else None,
            ) from error


def inferred(text: str) -> Term:
    """The term that an undeclared parameter's value looks like.

    >>> inferred("2025-01-31").datatype.value
    'http://www.w3.org/2001/XMLSchema#date'
    >>> inferred("topco:Current").value, inferred("12").value, inferred("Alpha").value
    ('https://w3id.org/topco/Current', '12', 'Alpha')
    """
    if text.startswith("<") and text.endswith(">"):
        return NamedNode(text[1:-1])
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed and prefixed[1] in PREFIXES:
        return NamedNode(PREFIXES[prefixed[1]] + prefixed[2])
    if _SCHEMED.fullmatch(text):
        return _entity(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _date(text)
    if re.fullmatch(r"[+-]?\d+", text):
        return _integer(text)
    return Literal(text)


def bind(given: Sequence[tuple[str, str]], declared: Sequence[Parameter], *, closed: bool) -> Bindings:
    """The terms of given and default values.

    Args:
        given: names and values as the user wrote them; a name may come again, as an alternative.
        declared: the parameters of the query.
        closed: whether only declared parameters are allowed (library queries).

    Raises:
        BadInput: a value of the wrong form, an unknown parameter, or a required one that is missing.
    """
    by_name = {parameter.name: parameter for parameter in declared}
    terms: dict[str, list[Term]] = defaultdict(list)
    for name, text in given:
        if name in by_name:
            terms[name].append(by_name[name].term(text))
        elif closed:
            known = ", ".join(by_name) or "none"
            raise BadInput(f"The query has no parameter {name}.", remedy=f"Its parameters: {known}.")
        else:
            try:
                terms[name].append(inferred(text))
            except ValueError as error:
                raise BadInput(f"{text!r} is no value for the parameter {name}: {error}.") from error
    for parameter in declared:
        if parameter.name in terms or parameter.default == "optional":
            continue
        if parameter.default == "required":
            raise BadInput(
                f"The query needs a value for {parameter.name} ({parameter.type}): {parameter.description}",
                remedy=f"Add --param {parameter.name}=….",
            )
        terms[parameter.name].append(parameter.term(parameter.default))
    return {name: tuple(values) for name, values in terms.items()}
