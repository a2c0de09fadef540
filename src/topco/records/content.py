"""What is kept of a determination: everything that went in, and the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from topco.licensing.answers.determination import Frame
from topco.licensing.cases.case import Case
from topco.records.record import Kept, Kind
from topco.records.setting import FileRead, Setting
from topco.store.chain import hash_of


class Framed(Protocol):
    """What knows under which dates and policies a case was determined: the determiner."""

    def frame(self, case: Case) -> Frame: ...


def case_document(case: Case) -> dict[str, Any]:
    """A case in JSON, as it was read: numbers as exact text, countries in capitals, what is null left out."""
    return case.model_dump(mode="json", exclude_none=True)


def frame_document(frame: Frame) -> dict[str, Any]:
    """Dates and policies in JSON; the loads stand apart."""
    return {
        "reading": frame.reading,
        "as_of": frame.as_of.isoformat(),
        "known_as_of": frame.known_as_of.isoformat(),
        "rules_as_of": frame.rules_as_of.isoformat(),
        "open_top": frame.open_top,
        **({"test": frame.test} if frame.test else {}),
    }


def kept_determination(
    answer: Mapping[str, Any],
    given: Case,
    determined: Case,
    frame: Frame,
    setting: Setting,
    *,
    author: str,
    note: str | None = None,
    file: FileRead | None = None,
    place: str | None = None,
) -> Kept:
    """One determination to be kept.

    Args:
        answer: the determination in its published form.
        given: the case as it was read; `determined` the same with the identifiers of parties known by a name.
        frame: the dates and policies it was determined under.
        setting: program, rules, options, loads.
        author: who keeps it; `note`: why, in words.
        file: the file that the case stands in; `place`: where in it.
    """
    case, asked = case_document(given), case_document(determined)
    content = {
        **setting.document(),
        "inputs": {"case": hash_of(case), "file": file.document() if file else None, "place": place},
        "case": case,
        **({"determined": asked} if asked != case else {}),
        "frame": {**frame_document(frame), "loads": [load["load"] for load in frame.loads]},
        "answer": dict(answer),
    }
    return Kept(Kind.DETERMINATION, content, author, answer["id"], note)


def kept_determinations(
    answers: Iterable[Mapping[str, Any]],
    cases: Sequence[tuple[Case, Case, str]],
    framed: Framed,
    setting: Setting,
    *,
    author: str,
    note: str | None = None,
    file: FileRead | None = None,
) -> Iterable[Kept]:
    """The determinations of a file: each answer with its case as read, as determined, and its place in the file."""
    for answer, (given, determined, place) in zip(answers, cases, strict=True):
        frame = framed.frame(determined)
        yield kept_determination(
            answer, given, determined, frame, setting, author=author, note=note, file=file, place=place
        )
