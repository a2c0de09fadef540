"""The worked cases that nobody in this project wrote: every answer is a sound page with its verdict in it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from html_pages import check, text_of

from topco.licensing.cases.case_files import read_cases, well_formed
from topco.licensing.determine import Determiner, Options
from topco.reports.page import answers_page
from topco.reports.reading import read_answers

pytestmark = pytest.mark.shared
NUMBER = 72


def test_every_worked_case_is_a_sound_page(shared_reference: Path) -> None:
    text = (shared_reference / "regulation-cases.jsonl").read_text(encoding="utf-8")
    cases = list(well_formed(read_cases(text, "cases")))
    assert len(cases) == NUMBER
    answers = Determiner(Options(), None, [], date(2026, 11, 24)).determine(cases)
    for answer in answers:
        page = answers_page(read_answers(json.dumps(answer), str(answer["case"])))
        said = text_of(check(page))
        assert answer["verdict"] in said, answer["case"]
        assert answer["id"] in said
    check(answers_page(answers))
