"""Papers and circumstances of a case and of its parties, as the law's data say where to look for them."""

from __future__ import annotations

from typing import Any

from topco.licensing.cases.case import Case, Party
from topco.licensing.cases.facts import Circumstance
from topco.licensing.law.ruleset import Condition


def circumstance(case: Case, condition: Condition, party: int | None, of: Party | None, try_both: bool) -> Circumstance:
    """One paper or circumstance: stated at its own path, else given or denied by a word at another."""
    path, because = condition.path, ""
    stated = _at(case, of, path)
    if stated is None and condition.ground_path is not None:
        word = _at(case, of, condition.ground_path)
        if word is not None:
            path, cites = condition.ground_path, dict(condition.grounds)
            stated, because = word in cites, cites.get(word, "")
            if condition.barred_path is not None and (word, _at(case, of, condition.barred_path)) in condition.barred:
                stated = False
    shown = path if party is None else path.replace("party.", f"parties[{party}].", 1)
    return Circumstance(condition.iri, condition.name, stated, try_both, party, shown, because)


def _at(case: Case, party: Party | None, path: str) -> Any:
    """What stands at a path: `conditions.purchase_order`, or `party.private_sector` of the party."""
    value: Any = party if path.startswith("party.") else case
    for step in path.removeprefix("party.").split("."):
        value = getattr(value, step)
    return value
