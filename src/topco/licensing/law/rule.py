"""One rule as data: its query, what a row of its answer concludes, and what it looks at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from topco import knowledge
from topco.licensing.cases.case import Role
from topco.licensing.law.vocabulary import PREFIX_BLOCK

COUNTRY_PROPERTIES = frozenset({"destination", "locatedIn", "headquarteredIn", "ultimateParentHeadquarteredIn"})
SIDE_PROPERTIES = frozenset({"shippedFrom", "origin", "installedIn", "holderHeadquarteredIn", "ownerNationality"})
PLACE_PROPERTIES = COUNTRY_PROPERTIES | SIDE_PROPERTIES
ITEM_CLASS = re.compile(r"[A-Z]+(_[A-Z]+)*")
ROLES = frozenset(get_args(Role))


@dataclass(frozen=True)
class Rule:
    """One rule: its query file and what a row of its answer means.

    `concept` is what it concludes (a policy, a duty, a document, a red flag …), `limb` the branch of the paragraph,
    `exception` and `condition` the place of a condition rule, `unverified` that nobody has checked whether it holds,
    `qualification` the name under which rules of higher strata see that it is met.
    """

    name: str
    kind: str
    label: str
    cite: str
    stratum: int
    path: str
    concept: str | None
    limb: str | None
    exception: str | None
    condition: str | None
    since: str | None
    until: str | None
    unverified: bool = False
    qualification: str | None = None

    @cached_property
    def query(self) -> str:
        """The query with its prefixes, ready to run."""
        return PREFIX_BLOCK + knowledge.text(self.path)

    def query_for(self, transactions: Iterable[str]) -> str:
        """The query about some transactions only."""
        head, where, rest = self.query.partition("WHERE {")
        return f"{head}{where} VALUES ?tx {{ {' '.join(transactions)} }}{rest}"

    @cached_property
    def text(self) -> str:
        """The query as written, without its comments."""
        return re.sub(r"(?m)(^|\s)#.*$", "", knowledge.text(self.path))

    @cached_property
    def named(self) -> frozenset[tuple[str, str]]:
        """Everything that the query names below a prefix, as pairs (`("group", "S5a")`)."""
        return frozenset(re.findall(r"(?<![\w:])(\w+):(\w+)", self.text))

    def names_read(self, prefix: str) -> frozenset[str]:
        """What the query names below one prefix: `names_read("group")` are the country groups it looks at."""
        return self._named_below.get(prefix, frozenset())

    @cached_property
    def _named_below(self) -> dict[str, frozenset[str]]:
        return {kind: frozenset(name for of, name in self.named if of == kind) for kind, _ in self.named}

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that the query names; none: it looks at every party."""
        return ROLES & frozenset(re.findall(r'"(\w+)"', self.text))

    def groups_of(self, name: str) -> frozenset[str]:
        """The groups in which the query looks for the places of one country property.

        Where the words do not show which variable holds the place, or which group is meant, all that it names.
        """
        every, text = self.names_read("group"), self.text
        places = re.findall(rf"topco:{name}\s+\?(\w+)", text)
        if len(places) != len(re.findall(rf"topco:{name}\b", text)):
            return every
        looked = re.findall(r"\?(\w+)\s+topco:memberOf\s+(?:\?(\w+)|group:(\w+))", text)
        if len(looked) != len(re.findall(r"topco:memberOf\b", text)):
            return every
        found: set[str] = set()
        for place, variable, group in looked:
            if place in places:
                found |= {group} if group else self._groups_of_variable(variable) or every
        return frozenset(found)

    def _groups_of_variable(self, variable: str) -> set[str]:
        """The groups that VALUES or an equality in a filter lets a variable be."""
        listed = re.findall(rf"VALUES\s+\?{variable}\s*{{([^}}]*)}}", self.text)
        equal = re.findall(rf"\?{variable}\s*=\s*group:(\w+)", self.text)
        return {group for one in listed for group in re.findall(r"group:(\w+)", one)} | set(equal)
