"""Cases as links: the samples that come with the program, and what somebody pastes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from topco import knowledge
from topco.errors import BadInput
from topco.licensing.cases.case import Case
from topco.licensing.cases.case_files import read_cases
from topco.licensing.cases.case_keys import pairs_of
from topco.server.workbench.case_state import LONGEST, query

SAMPLES = "data/samples/orders/demo-cases.jsonl"
MOST = 200


@dataclass(frozen=True)
class CaseLink:
    """A case with its link; without one, why there is none."""

    name: str
    title: str
    link: str | None
    wrong: str = ""


@cache
def examples() -> tuple[CaseLink, ...]:
    """The cases that come with the program.

    >>> examples()[0].link.split("&")[0]
    'id=approval'
    """
    return tuple(links_of(knowledge.text(SAMPLES)))


def links_of(text: str) -> list[CaseLink]:
    """The cases of a text, one, a list or one per line, each as a link.

    Raises:
        BadInput: there is no case in it, or it is no JSON.
    """
    found = []
    for number, read in enumerate(read_cases(text, "the case")[:MOST], 1):
        if isinstance(read.case, Case):
            found.append(_link(read.case, number))
        else:
            found.append(CaseLink(str(number), "", None, read.case.what))
    if len(found) == 1 and found[0].link is None:
        raise BadInput(found[0].wrong, where="the case", remedy="docs/cases.md names the keys of a case.")
    return found


def _link(case: Case, number: int) -> CaseLink:
    link = query(pairs_of(case))
    title = case.title if isinstance(case.title, str) else ""
    name = case.id or str(number)
    if len(link) > LONGEST:
        return CaseLink(name, title, None, "It is too long for a link: use topco determine, or REST.")
    return CaseLink(name, title, link)
