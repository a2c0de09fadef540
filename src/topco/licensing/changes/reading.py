"""One case for `topco whatif`, with the JSON that it was read from: suppositions are made on what the user wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from topco.errors import BadInput
from topco.licensing.cases.case import Case, parse_case
from topco.licensing.cases.case_files import read_each


@dataclass(frozen=True)
class CaseData:
    """A case, its JSON, and the file and place that it comes from."""

    where: str
    data: dict[str, Any]
    case: Case

    def identified(self, case: Case) -> CaseData:
        """The same with the identifiers that a person has given to names of parties."""
        if case == self.case:
            return self
        parties = [
            {**said, "entity": party.entity, "name": party.name} if party != before else said
            for said, party, before in zip(self.data.get("parties") or [], case.parties, self.case.parties, strict=True)
        ]
        return CaseData(self.where, {**self.data, "parties": parties}, case)


def read_case(text: str, where: str, identifier: str | None = None) -> CaseData:
    """The one case of a file, or the one with an identifier.

    Raises:
        BadInput: there is none or several, or the case cannot be used.
    """

    def parsed(data: Any, place: str) -> CaseData:
        return CaseData(place, data, parse_case(data, place))

    found: list[CaseData | BadInput] = read_each(text, where, "case", parsed, lambda _, error: error)
    if identifier is not None:
        found = [one for one in found if isinstance(one, CaseData) and one.case.id == identifier]
        if len(found) != 1:
            what = f"{len(found) or 'No'} cases of the file have the id {identifier!r}."
            raise BadInput(what, where=where, remedy="Name one that is there once.")
    if len(found) > 1:
        remedy = f"Choose one by its id with --case: {_ids(found)}."
        raise BadInput(f"There are {len(found)} cases, and this is about one.", where=where, remedy=remedy)
    (one,) = found
    if isinstance(one, BadInput):
        raise one
    return one


def _ids(found: Sequence[CaseData | BadInput]) -> str:
    ids = [one.case.id for one in found if isinstance(one, CaseData) and one.case.id]
    return ", ".join(ids[:5]) + (" …" if len(ids) > 5 else "") if ids else "none of them has one"
