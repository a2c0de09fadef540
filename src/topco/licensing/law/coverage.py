"""What a rule set does with each provision on a date: models it, in part, only names it, rests on it, or leaves it out.

The first that holds decides:

1. `not_in_force`: the provision does not stand on the date.
2. `partial`, `pointer_only`: the rule set lists it so, by its own citation; other regimes are `pointer_only` as well.
3. `modelled`: a rule in force, or what combines their findings, cites it.
4. `modelled` or `partial`: all, or some, of its paragraphs are.
5. `pointer_only`: it is part of what the rule set only names.
6. `background`: data that rules look at (groups, figures, entries, destinations, activities, definitions) rest on it.
7. `not_used`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from topco.licensing.law.ruleset import COMBINATION_CLASSES, RULE_CLASSES
from topco.licensing.law.vocabulary import LABEL, RDF_TYPE, node

if TYPE_CHECKING:
    from topco.licensing.law.body import Law
    from topco.licensing.law.ruleset import Ruleset

MODELLED, PARTIAL, POINTER, BACKGROUND, NOT_USED, NOT_IN_FORCE = (
    "modelled",
    "partial",
    "pointer_only",
    "background",
    "not_used",
    "not_in_force",
)
STANDINGS = (MODELLED, PARTIAL, POINTER, BACKGROUND, NOT_USED, NOT_IN_FORCE)
# What cites a provision and makes no use of it: provisions speak of each other, periods of law decide nothing.
NO_USE = ("Provision", "SourceDocument", "LawPeriod", "RuleSet", "Reading", "RegimeNotTested", "MembershipNote")
CITES = (node("cite"), node("citation"))
REMARK = re.compile(r"(.*?) \((\D.*)\)")  # 740.27 (deemed exports); in 744.23(a)(1) and (2) the brackets are paragraphs


@dataclass(frozen=True)
class Covered:
    """One provision: how it stands, what is left out of it or why, and the rules that cite it."""

    provision: str
    standing: str
    remark: str
    label: str
    rules: tuple[str, ...]

    def as_row(self) -> dict[str, Any]:
        return {
            "provision": self.provision,
            "coverage": self.standing,
            "remark": self.remark,
            "label": self.label,
            "rules": list(self.rules),
        }


def coverage_of(law: Law, ruleset: Ruleset, day: date) -> tuple[Covered, ...]:
    """Every provision of the law, in its order, then what the rule set cites or names beside them."""
    return _Coverage(law, ruleset, day).rows()


class _Coverage:
    def __init__(self, law: Law, ruleset: Ruleset, day: date) -> None:
        self._law, self._day = law, day
        self._provisions = {law.value(one, node("cite")) or "": one for one in law.subjects("Provision")}
        self._partial = self._remarks(ruleset.partial)
        self._pointers = self._regimes() | self._remarks(ruleset.pointer_only)
        self._rules = self._citing_rules(ruleset)
        self._rested_on = self._citations_of_data()
        self._parts: dict[str, list[str]] = defaultdict(list)
        for cite, one in self._provisions.items():
            for whole in law.objects(one, node("partOf")):
                self._parts[whole.value].append(cite)

    def rows(self) -> tuple[Covered, ...]:
        found = [self._covered(cite, one) for cite, one in self._provisions.items()]
        found.sort(key=lambda one: _in_order(one.provision))
        beside = sorted({*self._partial, *self._pointers, *self._rules} - self._provisions.keys())
        return (*found, *(self._covered(cite, None) for cite in beside))

    def _covered(self, cite: str, one: NamedNode | None) -> Covered:
        standing, remark = self._standing(cite, one)
        label = (self._law.value(one, LABEL) or "") if one else self._document(cite)
        rules = self._rules.get(cite, ()) if standing != NOT_IN_FORCE else ()
        return Covered(cite, standing, remark, label, tuple(rules))

    def _standing(self, cite: str, one: NamedNode | None) -> tuple[str, str]:
        if one is not None and not self._law.in_force(one, self._day):
            return NOT_IN_FORCE, ""
        if cite in self._partial:
            return PARTIAL, self._partial[cite]
        if cite in self._pointers:
            return POINTER, self._pointers[cite]
        if cite in self._rules:
            return MODELLED, ""
        return self._by_paragraphs(one) or self._by_whole(cite, one) or self._by_data(cite)

    def _by_paragraphs(self, one: NamedNode | None) -> tuple[str, str] | None:
        """What its paragraphs make of a provision."""
        standings = {
            part: self._standing(part, self._provisions[part])[0] for part in self._parts[one.value if one else ""]
        }
        standings = {part: standing for part, standing in standings.items() if standing != NOT_IN_FORCE}
        used = [part for part, standing in standings.items() if standing in (MODELLED, PARTIAL)]
        if not used:
            return None
        if len(used) == len(standings) and PARTIAL not in standings.values():
            return MODELLED, "by its paragraphs"
        return PARTIAL, "only " + ", ".join(sorted(used, key=_in_order))

    def _by_whole(self, cite: str, one: NamedNode | None) -> tuple[str, str] | None:
        """A provision inside one that is only named is only named itself."""
        while one is not None:
            above = self._law.value(one, node("partOf"))
            one = NamedNode(above) if above else None
            named = self._law.value(one, node("cite")) if one else None
            if named in self._pointers:
                return POINTER, f"part of {named}"
        whole = next((named for named in self._pointers if cite.startswith(f"{named}(")), None)
        return (POINTER, f"part of {whole}") if whole else None

    def _by_data(self, cite: str) -> tuple[str, str]:
        below = [part for part in self._rested_on if part.startswith((f"{cite}.", f"{cite}("))]
        if cite in self._provisions:
            below += self._parts[self._provisions[cite].value]
        kinds = sorted({kind for part in (cite, *below) for kind in self._rested_on.get(part, ())})
        return (BACKGROUND, "cited by " + ", ".join(kinds)) if kinds else (NOT_USED, "")

    def _remarks(self, listed: tuple[str, ...]) -> dict[str, str]:
        """What a rule set lists, by provision: `740.27 (deemed exports)`; several citations may share a remark."""
        found = {}
        for text in listed:
            with_remark = REMARK.fullmatch(text)
            head, remark = with_remark.groups() if with_remark else (text, "")
            known = [head] if head in self._provisions else head.split(", ")
            cites = [cite for cite in known if cite in self._provisions] or [head]
            found.update(dict.fromkeys(cites, remark))
        return found

    def _regimes(self) -> dict[str, str]:
        """What every answer names as another regime that was not tested."""
        regimes = self._law.subjects("RegimeNotTested")
        return {cite.value: "other regime" for one in regimes for cite in self._law.objects(one, node("citation"))}

    def _citing_rules(self, ruleset: Ruleset) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in dict.fromkeys(rule.name for rule in ruleset.rules):
            for predicate in CITES:
                for cite in self._law.objects(node(f"rule/{name}"), predicate):
                    found[cite.value].append(name)
        for combination in ruleset.combinations:
            found[combination.cite].append(combination.label)
        return found

    def _citations_of_data(self) -> dict[str, set[str]]:
        """Which kinds of data in force cite a provision, in words."""
        kinds: dict[str, set[str]] = defaultdict(set)
        beside = {node(kind) for kind in (*NO_USE, *RULE_CLASSES, *COMBINATION_CLASSES)}
        for predicate in CITES:
            for quad in self._law.store.quads_for_pattern(None, predicate, None, None):
                subject = quad.subject
                if not isinstance(subject, NamedNode) or not self._law.in_force(subject, self._day):
                    continue
                for kind in self._law.objects(subject, RDF_TYPE):
                    if isinstance(kind, NamedNode) and isinstance(quad.object, Literal) and kind not in beside:
                        kinds[quad.object.value].add(self._law.value(kind, LABEL) or kind.value)
        return kinds

    def _document(self, cite: str) -> str:
        """The title of a document that rules cite in the place of a paragraph."""
        for one in self._law.subjects("SourceDocument"):
            if self._law.value(one, node("cite")) == cite:
                return self._law.value(one, LABEL) or ""
        return ""


def _in_order(cite: str) -> tuple[tuple[int, int | str], ...]:
    """Parts and paragraphs in the order of the regulation: numbers as numbers.

    >>> sorted(["742.6(b)(10)", "742.6(b)(7)", "740.8"], key=_in_order)
    ['740.8', '742.6(b)(7)', '742.6(b)(10)']
    """
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in re.findall(r"\d+|[^\d]+", cite))
