"""Answers given as JSON: one, a list, or one per line; each a determination or a resolution of this version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from topco.errors import BadInput

_REMEDY = "Give the JSON of `topco determine --format json` or of `topco resolve --format json`."


def read_answers(text: str, where: str) -> list[dict[str, Any]]:
    """The answers in a text, in order.

    Raises:
        BadInput: no JSON, no answer in it, or an answer of another version: a key is missing or holds something else.
    """
    if not text.strip():
        raise BadInput("The file is empty.", where=where, remedy=_REMEDY)
    found = _parsed(text, where)
    answers = found if isinstance(found, list) else [found]
    if not answers:
        raise BadInput("There is no answer in it.", where=where, remedy=_REMEDY)
    for number, answer in enumerate(answers, start=1):
        _check(answer, where if len(answers) == 1 else f"{where}: answer {number}")
    return answers


def is_determination(answer: Mapping[str, Any]) -> bool:
    """Whether it is a determination; else it is a resolution."""
    return str(answer["id"]).startswith("det:")


def fingerprint(answer: Mapping[str, Any]) -> str:
    """The SHA-256 of an answer: of its JSON with sorted keys, without spaces, in UTF-8 (`jq -cjS . FILE | sha256sum`).

    >>> fingerprint({"b": 1, "a": "é"}) == hashlib.sha256('{"a":"é","b":1}'.encode()).hexdigest()
    True
    """
    canonical = json.dumps(answer, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _parsed(text: str, where: str) -> Any:
    from topco.licensing.cases.case_files import parse_json

    try:
        return parse_json(text, where, float, "answer")
    except BadInput:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or not lines[0].lstrip().startswith("{") or not lines[0].rstrip().endswith("}"):
            raise
        return [parse_json(line, f"{where}: line {number}", float, "answer") for number, line in enumerate(lines, 1)]


def _check(answer: Any, where: str) -> None:
    """Hold an answer against the published shape; a key that this version does not know may stand in it.

    Of a proof its statements are what a report shows, and `read_proof` holds them to be whole.
    """
    from pydantic import ValidationError

    from topco.explain.proof import read_proof
    from topco.explain.published import ANSWERS

    kinds = {"det": "determination", "res": "resolution"}
    kind = kinds.get(str(answer.get("id")).partition(":")[0]) if isinstance(answer, dict) else None
    if kind is None:
        raise BadInput(
            "This is not an answer: it has no id of a determination or a resolution.", where=where, remedy=_REMEDY
        )
    read_proof(answer.get("proof"), where)
    try:
        ANSWERS[kind].model_validate(answer)
    except ValidationError as error:
        for one in error.errors():
            if one["type"] != "extra_forbidden" and "proof" not in one["loc"]:
                path = ".".join(map(str, one["loc"]))
                raise BadInput(
                    f"This {kind} is none of this version: {path}: {one['msg']}.",
                    where=where,
                    remedy="Ask for the answer again with this version of topco.",
                ) from error
