"""What rules conclude, and which rules read it: the order in which strata hang together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from topco.licensing.law.rule import ITEM_CLASS

if TYPE_CHECKING:
    from topco.licensing.law.rule import Rule
    from topco.licensing.law.ruleset import Ruleset

# What a rule reads, which kind of rule concludes it, and the prefix below which the conclusion is named.
CONCLUSIONS = (
    ("subjectTo", "ScopeRule", None),
    ("exemptUnder", "ExemptionRule", "exemption"),
    ("requiredUnder", "RequirementRule", "requirement"),
    ("qualifiesFor", "PolicyRule", "qualification"),
)


def with_what_they_read(ruleset: Ruleset, rules: Iterable[Rule], item_class: str | None = None) -> tuple[Rule, ...]:
    """Some rules and all whose conclusions they read, in the order of their strata; of one item class, if given."""
    found = set(rules)
    fresh = set(found)
    while fresh:
        fresh = {other for rule in fresh for other in _read_by(ruleset, rule) if speaks_of(other, item_class)} - found
        found |= fresh
    return tuple(rule for rule in ruleset.rules if rule in found)


def _read_by(ruleset: Ruleset, rule: Rule) -> Iterator[Rule]:
    for predicate, kind, prefix in CONCLUSIONS:
        if ("topco", predicate) in rule.named:
            named = rule.names_read(prefix) if prefix else frozenset()
            for other in ruleset.of_kind(kind):
                concluded = other.qualification if kind == "PolicyRule" else other.concept
                if not named or concluded in named:
                    yield other


def speaks_of(rule: Rule, item_class: str | None) -> bool:
    """Whether a rule may say something about an item of a class: one that names no class speaks of all."""
    named = classes_named(rule)
    return item_class is None or not named or item_class in named


def classes_named(rule: Rule) -> set[str]:
    """The item classes that a rule names."""
    return {name for name in rule.names_read("topco") if ITEM_CLASS.fullmatch(name)}
