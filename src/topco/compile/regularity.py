"""OWL 2 DL's condition on property chains: a strict order in which every chain climbs.

A chain may contain the property it concludes only as its first or its last step, or be that property twice. Everything
else in it must come earlier in one order of all properties, in which sub-properties come before their super-properties;
inverse and equivalent properties share a place.

Source: W3C, OWL 2 Structural Specification (second edition), section 11.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from graphlib import CycleError, TopologicalSorter

from topco.compile.axioms import Axiom, Chain, Inverse, SubProperty
from topco.errors import BadInput


def check_chains(axioms: Iterable[Axiom]) -> None:
    """Raises `BadInput` if no strict order exists."""
    listed = list(axioms)
    place = _places(listed)
    below: dict[str, set[str]] = {}
    for axiom in listed:
        if isinstance(axiom, Chain):
            below.setdefault(place(axiom.sup), set()).update(map(place, _earlier(axiom)))
        elif isinstance(axiom, SubProperty) and place(axiom.sub) != place(axiom.sup):
            below.setdefault(place(axiom.sup), set()).add(place(axiom.sub))
    try:
        tuple(TopologicalSorter(below).static_order())
    except CycleError as error:
        raise BadInput(
            "Property chains and sub-properties form a circle, which OWL 2 DL forbids.",
            where=" → ".join(error.args[1]),
            remedy="Conclude a property of its own from the chain.",
        ) from error


def _places(axioms: list[Axiom]) -> Callable[[str], str]:
    """The representative of a property among its inverses and equivalents."""
    under = {(a.sub, a.sup) for a in axioms if isinstance(a, SubProperty)}
    same = [(a.one, a.other) for a in axioms if isinstance(a, Inverse)]
    same += [(sub, sup) for sub, sup in under if (sup, sub) in under]
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while name in leader:
            name = leader[name]
        return name

    for one, other in same:
        first, second = sorted((find(one), find(other)))
        if first != second:
            leader[second] = first
    return find


def _earlier(chain: Chain) -> tuple[str, ...]:
    """The steps that must come before the property a chain concludes."""
    steps = chain.steps
    if steps == (chain.sup, chain.sup):
        return ()
    if steps[0] == chain.sup:
        return steps[1:]
    return steps[:-1] if steps[-1] == chain.sup else steps
