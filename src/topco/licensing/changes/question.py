"""A question about a case, from what a user asks to the document that answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput, NotModelled
from topco.licensing.cases.case import parse_case
from topco.licensing.changes import answer
from topco.licensing.changes.paths import Setting, changed, parse_setting
from topco.licensing.changes.reading import CaseData
from topco.licensing.changes.trials import Trials, principal_of
from topco.ownership.supposed import Share, parse_seat, parse_share
from topco.store.today import today

if TYPE_CHECKING:
    from topco.licensing.changes.determiners import Determiners, Suppositions

OPTION = "--set"


@dataclass(frozen=True)
class Asked:
    """What a user asks: facts supposed (`PATH=VALUE`), and outcomes wanted (`QUESTION=CODE`).

    Of the store, shares (`OWNER,OWNED=PERCENT`) and headquarters (`ID=CC`).
    """

    facts: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """The document, and the determinations that it compares: as the case is, and with what is supposed."""

    document: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any] | None


def answered(given: CaseData, asked: Asked, determiners: Determiners) -> Answered:
    """The answer to a question about a case.

    Where facts are supposed the two determinations are compared; what an answer hangs on is looked for where nothing is
    supposed, or where an outcome is wanted.

    Raises:
        BadInput: a path, a value or an outcome that there is not.
        NotModelled: an outcome is wanted of a case that the rules do not cover.
    """
    determiner = determiners.full([given.case])
    before = determiner.determine([given.case], given.where)[0]
    principal = principal_of(determiner, given.case)
    settings = _settings(asked.facts, given.data, principal)
    now = given
    after = None
    supposed = _of_store(asked, determiner.law.slice_on(today()).countries)
    if settings or supposed:
        data = changed(given.data, settings, principal)
        now = CaseData(OPTION, data, parse_case(data, OPTION))
        if supposed and not any(party.entity for party in now.case.parties):
            what = "No party of the case is one of the store, so that nothing hangs on its shares."
            raise BadInput(what, where=str(supposed[0]), remedy="Name a party by its identifier, as entity.")
        after = determiners.full([now.case], supposed).determine([now.case], OPTION)[0]
    document = {
        **answer.head(after or before),
        "before": answer.codes(before),
        "supposed": [*answer.supposed(given.data, settings), *_said(supposed, determiners, before["as_of"])],
        **(answer.comparison(before, after) if after else {"after": None, "differences": [], "conditions": []}),
        **_hangs_on(asked, now, supposed, determiners, after is None),
    }
    return Answered(document, before, after)


def _hangs_on(
    asked: Asked, now: CaseData, supposed: Suppositions, determiners: Determiners, nothing_supposed: bool
) -> dict[str, Any]:
    nothing: dict[str, Any] = {"wanted": [], "worse": None, "trials": 0}
    if not (asked.wants or nothing_supposed):
        return nothing
    store = determiners.store_side(now.case, supposed)
    trials = Trials(store.light, now.data, now.where, store)
    if trials.base is None:
        if asked.wants:
            what = "No rule covers the case, so that no outcome can be explained."
            raise NotModelled(what, where=now.where, remedy="topco determine says what is missing.")
        return nothing
    shares = store.hinges(trials.base)
    return answer.HangsOn(trials, trials.base, store.days(), shares, store.left_out).answer(asked.wants)


def _of_store(asked: Asked, countries: Mapping[str, str]) -> Suppositions:
    return (*map(parse_share, asked.shares), *(parse_seat(one, countries) for one in asked.seats))


def _said(supposed: Suppositions, determiners: Determiners, as_of: str) -> Iterator[dict[str, Any]]:
    if not supposed:
        return
    on_record = determiners.on_record(supposed, date.fromisoformat(as_of))
    for one, now in zip(supposed, on_record, strict=True):
        what, _, value = str(one).rpartition("=")
        kind = "share" if isinstance(one, Share) else "headquarters"
        yield {"fact": f"{kind} {what}", "from": now, "to": value}


def _settings(facts: Sequence[str], data: Mapping[str, Any], principal: str | None) -> list[Setting]:
    """The facts supposed, one after the other: a party that one of them adds is there for the next."""
    found: list[Setting] = []
    for text in facts:
        setting = parse_setting(text, changed(data, found, principal), principal)
        if any(one.steps == setting.steps for one in found):
            raise BadInput(f"{setting.path} is supposed twice.", where=text, remedy="Suppose one value for each fact.")
        found.append(setting)
    return found
