"""A question about a case, from what a user asks to the document that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput, NotModelled
from topco.licensing.cases.case import Case, parse_case
from topco.licensing.changes import answer
from topco.licensing.changes.paths import Setting, changed, parse_setting
from topco.licensing.changes.trials import Trials, principal_of

if TYPE_CHECKING:
    from topco.licensing.changes.reading import CaseData
    from topco.licensing.determine import Determiner

OPTION = "--set"


@dataclass(frozen=True)
class Asked:
    """What a user asks: facts supposed (`PATH=VALUE`), and outcomes wanted (`QUESTION=CODE`)."""

    facts: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """The document, and the determinations that it compares: as the case is, and with what is supposed."""

    document: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any] | None


Make = Callable[[Sequence[Case]], "Determiner"]
"""Makes a determiner for some cases."""


def answered(given: CaseData, asked: Asked, make: Make) -> Answered:
    """The answer to a question about a case.

    Where facts are supposed the two determinations are compared; what an answer hangs on is looked for where nothing is
    supposed, or where an outcome is wanted.

    Raises:
        BadInput: a path, a value or an outcome that there is not.
        NotModelled: an outcome is wanted of a case that the rules do not cover.
    """
    as_it_is = make([given.case])
    before = as_it_is.determine([given.case], given.where)[0]
    settings = _settings(asked.facts, given.data, principal_of(as_it_is, given.case))
    data: Mapping[str, Any] = given.data
    after = None
    determiner = as_it_is
    if settings:
        data = changed(given.data, settings, principal_of(as_it_is, given.case))
        case = parse_case(data, OPTION)
        determiner = make([given.case, case])
        after = determiner.determine([case], OPTION)[0]
    document = {
        **answer.head(after or before),
        "before": answer.codes(before),
        "supposed": answer.supposed(given.data, settings),
        **(answer.comparison(before, after) if after else {"after": None, "differences": [], "conditions": []}),
        **_hangs_on(asked, data, given.where if after is None else OPTION, determiner, after is None),
    }
    return Answered(document, before, after)


def _hangs_on(
    asked: Asked, data: Mapping[str, Any], where: str, determiner: Determiner, nothing_supposed: bool
) -> dict[str, Any]:
    nothing = {"wanted": [], "worse": [], "trials": 0}
    if not (asked.wants or nothing_supposed):
        return nothing
    trials = Trials(determiner, data, where)
    if trials.base is None:
        if asked.wants:
            what = "No rule covers the case, so that no outcome can be explained."
            raise NotModelled(what, where=where, remedy="topco determine says what is missing.")
        return nothing
    return answer.HangsOn(trials, trials.base).answer(asked.wants)


def _settings(facts: Sequence[str], data: Mapping[str, Any], principal: str | None) -> list[Setting]:
    """The facts supposed, one after the other: a party that one of them adds is there for the next."""
    found: list[Setting] = []
    for text in facts:
        setting = parse_setting(text, changed(data, found, principal), principal)
        if any(one.steps == setting.steps for one in found):
            raise BadInput(f"{setting.path} is supposed twice.", where=text, remedy="Suppose one value for each fact.")
        found.append(setting)
    return found
