"""What the law of an answer's date and reading calls its rules, conditions, exceptions and paragraphs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from topco.reports.words import spaced


@dataclass(frozen=True)
class LawWords:
    """Labels by code. `version` is the version of the rules that the labels are from; None if there are none."""

    version: str | None = None
    conditions: Mapping[tuple[str | None, str, str], str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    exceptions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    limbs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    provisions: Mapping[str, str] = field(default_factory=dict)

    def condition(self, exception: str | None, code: str, cite: str) -> str:
        """A condition as its rule words it."""
        return self.conditions.get((exception, code, cite)) or spaced(code)

    def fact(self, code: str) -> str | None:
        """A condition as any rule words it."""
        return next((label for (_, condition, _), label in self.conditions.items() if condition == code), None)


@lru_cache(maxsize=64)
def law_words(day: date, reading: str) -> LawWords:
    """The labels of a date and a reading; without rules for them, only the paragraphs have any."""
    from topco.errors import NotModelled
    from topco.licensing.law.body import load_law
    from topco.licensing.law.vocabulary import LABEL, node

    law = load_law()
    provisions = {
        cite: law.value(one, LABEL) or ""
        for one in law.subjects("Provision")
        if (cite := law.value(one, node("cite"))) and law.in_force(one, day)
    }
    try:
        ruleset = law.slice_on(day).ruleset(reading, day)
    except NotModelled:
        return LawWords(provisions=provisions)
    return LawWords(
        version=ruleset.version,
        conditions={(r.exception, r.condition, r.cite): r.label for r in ruleset.rules if r.condition},
        rules={rule.name: rule.label for rule in ruleset.rules},
        exceptions=dict(ruleset.exceptions),
        limbs={(r.cite, r.concept): r.label for r in ruleset.rules if r.kind == "PolicyRule" and r.concept},
        provisions=provisions,
    )
