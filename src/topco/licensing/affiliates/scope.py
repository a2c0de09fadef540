"""Which lists, entries and interests the Affiliates Rule looks at: `data/reference/screening-lists.ttl`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from topco import knowledge
from topco.namespaces import PREFIXES, local_name, term

TEST = "cascade"
"""The parent test that counts ownership as the rule does (`rules/parent-tests.ttl`)."""
_FILE = "data/reference/screening-lists.ttl"
_SUBJECT = term("reference/affiliates-rule")
_NOTATION = PREFIXES["skos"] + "notation"


@dataclass(frozen=True)
class AffiliatesScope:
    """What passes restrictions on to what it owns.

    Attributes:
        programmes: by the code of a list, the programmes under which its entries count; none named: all entries do.
        not_owned: interests that are seats and offices, never ownership.
        citations: where the law says so.
    """

    programmes: dict[str, frozenset[str]]
    not_owned: frozenset[str]
    citations: tuple[str, ...]

    def counts(self, entry: dict[str, Any]) -> bool | None:
        """Whether a row of `listings` counts; None if the list asks for a programme and the entry names none.

        >>> scope = affiliates_scope()
        >>> [scope.counts({"list": "SDN", "programme": one}) for one in ("IFSR; NPWMD", "CUBA", None)]
        [True, False, None]
        """
        wanted = self.programmes.get(entry["list"])
        if not wanted:
            return wanted is not None
        named = {one.strip() for one in (entry["programme"] or "").split(";")} - {""}
        return bool(named & wanted) if named else None


@cache
def affiliates_scope() -> AffiliatesScope:
    """The lists that the data mark.

    >>> sorted(affiliates_scope().programmes)
    ['EL', 'MEU', 'SDN']
    """
    said = knowledge.facts(_FILE)
    return AffiliatesScope(
        {
            of[_NOTATION][0]: frozenset(of.get(term("affiliatesProgramme"), ()))
            for of in said.values()
            if of.get(term("affiliatesRule")) == ["true"]
        },
        frozenset(local_name(one) for one in said[_SUBJECT][term("affiliatesNotOwned")]),
        tuple(said[_SUBJECT][term("citation")]),
    )
