"""The answers of `topco whatif`: a case as it is beside what it would be, and what an answer hangs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from topco.items.quantities import written as figure
from topco.licensing.changes.circumstance_hinges import CircumstanceHinges
from topco.licensing.changes.date_hinges import DateHinges
from topco.licensing.changes.figure_hinges import FigureHinges
from topco.licensing.changes.hinges import FIGURE, PLACE
from topco.licensing.changes.paths import Setting, value_at
from topco.licensing.changes.place_hinges import PlaceHinges
from topco.licensing.changes.premises import Against
from topco.licensing.changes.search import Change, Search
from topco.licensing.changes.targets import usual, wanted, worse
from topco.licensing.law.sentences import say

if TYPE_CHECKING:
    from datetime import date

    from topco.licensing.changes.hinges import Hinge
    from topco.licensing.changes.targets import Target
    from topco.licensing.changes.trials import Trial, Trials

HEAD = ("case", "reading", "as_of", "known_as_of", "rules_as_of", "open_top")
OUTCOMES = ("licence_required", "review_policy", "veu_result")
CODES = ("item_class", "eccn", "licence_required", "review_policy", "strictest_outcome", "veu_result")


def head(determination: Mapping[str, Any]) -> dict[str, Any]:
    """What every answer begins with, and the note that goes with it."""
    return {**{key: determination[key] for key in HEAD}, "note": f"{say('changes_note')} {say('not_advice')}"}


def codes(determination: Mapping[str, Any]) -> dict[str, Any]:
    """The codes of a determination, with its verdict and its id."""
    return {
        **{key: determination[key] for key in ("id", "verdict", *CODES)},
        "exceptions": [{"code": one["code"], "status": one["status"]} for one in determination["exceptions"]],
    }


def comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Where two determinations of one case part: codes that differ, and conditions that turned."""
    return {
        "after": codes(after),
        "differences": list(_differences(before, after)),
        "conditions": list(_turned(before, after)),
    }


def supposed(data: Mapping[str, Any], settings: Sequence[Setting]) -> list[dict[str, Any]]:
    """The facts that are supposed to be others, each with what the case states."""
    return [{"fact": one.path, "from": _shown(value_at(data, one.steps)), "to": _shown(one.value)} for one in settings]


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key in CODES:
        if before[key] != after[key]:
            yield {"question": key, "before": before[key], "after": after[key]}
    status = [{one["code"]: one["status"] for one in answer["exceptions"]} for answer in (before, after)]
    for code in dict.fromkeys((*status[0], *status[1])):
        if status[0].get(code) != status[1].get(code):
            yield {"question": code, "before": status[0].get(code), "after": status[1].get(code)}


def _turned(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    states = [_conditions(answer) for answer in (before, after)]
    for key in dict.fromkeys((*states[0], *states[1])):
        one, other = states[0].get(key), states[1].get(key)
        if (one and one["state"]) != (other and other["state"]):
            said = one or other
            assert said is not None
            yield {
                "exception": key[0] or None,
                "id": key[1],
                "party": key[2],
                "cite": said["cite"],
                "before": one["state"] if one else None,
                "after": other["state"] if other else None,
            }


def _conditions(answer: Mapping[str, Any]) -> dict[tuple[str, str, str | None], Mapping[str, Any]]:
    found = {("", one["id"], one["party"]): one for one in answer["checks"]}
    for exception in answer["exceptions"]:
        found |= {(exception["code"], one["id"], one["party"]): one for one in exception["conditions"]}
    return found


class HangsOn:
    """What the answer to a case hangs on.

    Args:
        trials: trials of the case.
        base: the case as it is.
        evidence: the days on which what a store says of its parties changes.
        shares: shares of a store as hinges.
        left_out: what was not looked at, in words.
    """

    def __init__(
        self,
        trials: Trials,
        base: Trial,
        evidence: frozenset[date] = frozenset(),
        shares: Sequence[Hinge] = (),
        left_out: Sequence[str] = (),
    ) -> None:
        hinges = [
            *PlaceHinges(trials, base).all(),
            *FigureHinges(trials, base).all(),
            *CircumstanceHinges(trials, base).all(),
            *DateHinges(trials, base, evidence).all(),
            *shares,
        ]
        self._trials, self._base = trials, base
        self._left_out = [*left_out, "another item or another activity, which would be another transaction"]
        self._search = Search(trials, base, hinges)
        self._strictness = base.prepared.engine.slice.strictness

    def answer(self, wants: Sequence[str]) -> dict[str, Any]:
        """For every outcome that is wanted: what stands against it, and the smallest changes that give it.

        Without any, the usual ones, and beside them what would make the answer worse.

        Raises:
            BadInput: an outcome that no answer has.
        """
        ruleset, base = self._base.prepared.ruleset, self._base.codes
        asked = [wanted(one, ruleset, self._strictness, base) for one in wants]
        found = [self._of(target) for target in asked or usual(ruleset, self._strictness, base)]
        return {
            "wanted": found,
            "worse": None if wants else list(self._worse()),
            "trials": self._trials.count,
        }

    def _of(self, target: Target) -> dict[str, Any]:
        given = target.met(self._base.codes)
        found = None if given else self._search.flips(target)
        changes = list(self._changes(found.changes)) if found else []
        return {
            "want": target.want,
            "given": target.given,
            "holds": given,
            "premises": [] if given else Against(self._search, target).all(),
            "changes": changes,
            "not_tried": [*found.not_tried, *self._left_out] if found else [],
        }

    def _worse(self) -> Iterator[dict[str, Any]]:
        counts = [
            (hinge, index, trial)
            for hinge, trials in self._search.singles
            for index, trial in enumerate(trials)
            if trial is not None and worse(trial.codes, self._base.codes, self._strictness)
        ]
        yield from self._changes(self._search.single_changes(counts))

    def _changes(self, changes: Sequence[Change]) -> Iterator[dict[str, Any]]:
        """Changes that a determination of the changed case, by itself, confirms."""
        for change in changes:
            if self._trials.confirms(change.settings, change.codes):
                yield self._said(change)

    def _said(self, change: Change) -> dict[str, Any]:
        parties, before = self._base.outcome.facts.parties, self._base.codes
        turned = [key for key in OUTCOMES if getattr(change.codes, key) != getattr(before, key)]
        turned += [code for code, status in change.codes.exceptions if before.status.get(code) != status]
        turned += [code for code in before.status if code not in change.codes.status]
        return {
            "facts": [
                {
                    "path": hinge.path,
                    "kind": hinge.kind,
                    "label": hinge.label,
                    "party": None if hinge.party is None else parties[hinge.party].name,
                    "now": hinge.now,
                    "to": self._to(hinge, chosen, change),
                    "example": hinge.choices[chosen[0]].words if hinge.kind == PLACE else None,
                    "margin": hinge.choices[_tried(hinge, chosen, change)].margin,
                }
                for hinge, chosen in zip(change.hinges, change.chosen, strict=True)
            ],
            "set": [{"path": one.path, "value": _shown(one.value)} for one in change.settings],
            "turns": turned,
            "outcome": change.codes.as_json(),
        }

    def _to(self, hinge: Hinge, chosen: Sequence[int], change: Change) -> str:
        """What a fact would have to be; of figures that are added up together, those that were tried."""
        together = [
            one for one in change.hinges if one is not hinge and one.kind == FIGURE and one.read_as & hinge.read_as
        ]
        if together:
            value = next(one.value for one in change.settings if one.path == hinge.path)
            return f"such as {_shown(value)}"
        return hinge.describe(chosen)


def _tried(hinge: Hinge, chosen: Sequence[int], change: Change) -> int:
    """The choice of a hinge that was tried."""
    return next(index for index in chosen if all(one in change.settings for one in hinge.choices[index].settings))


def _shown(value: Any) -> Any:
    """A value as JSON holds it: exact numbers as text."""
    if isinstance(value, Decimal):
        return figure(Fraction(value))
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return {key: _shown(one) for key, one in value.items()} if isinstance(value, Mapping) else value
