"""The published shape of answers: determinations, resolutions, records and the like as JSON Schemas in `docs/schemas/`.

The schemas are made from the models of the modules `published_…`, and tests hold every real answer against them. After
a change to a model: `python -m topco.explain.published docs/schemas`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from topco.explain.published_changes import CHANGE_ANSWERS
from topco.explain.published_determination import Determination
from topco.explain.published_law import LAW_ANSWERS
from topco.explain.published_proof import PROOFS
from topco.explain.published_records import RECORD_ANSWERS
from topco.explain.published_resolution import Resolution

ANSWERS: dict[str, type[BaseModel]] = {
    "determination": Determination,
    "resolution": Resolution,
    **PROOFS,
    **LAW_ANSWERS,
    **CHANGE_ANSWERS,
    **RECORD_ANSWERS,
}


def schema_text(name: str) -> str:
    """One JSON Schema (draft 2020-12), as it stands in its file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ANSWERS[name].model_json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for answer in ANSWERS:
        (Path(sys.argv[1]) / f"{answer}.schema.json").write_text(schema_text(answer), encoding="utf-8")
