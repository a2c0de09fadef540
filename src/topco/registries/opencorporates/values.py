"""The kinds of value in OpenCorporates' schema, as strict types: what the schema refuses, these refuse."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_WORDLIKE = re.compile(r"[^\W_]")


class Record(BaseModel):
    """An object that may hold more than it declares, as the schema allows unless it says otherwise."""

    model_config = ConfigDict(extra="allow", strict=True)


class ClosedRecord(BaseModel):
    """An object that may hold nothing but what it declares."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _is_given(value: Any) -> Any:
    if value is None:
        raise ValueError("the value is null: leave the field out instead")
    return value


T = TypeVar("T")
Given = Annotated[T | None, BeforeValidator(_is_given)]
"""A field that may be left out, though it may not be null where it stands."""


def require_one(record: BaseModel, *names: str) -> None:
    """Refuse an object that has none of these fields.

    Raises:
        ValueError: it has none.
    """
    if not record.model_fields_set & set(names):
        raise ValueError(f"one of these is needed: {', '.join(names)}")


def _is_date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ValueError("a date is written year-month-day")
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day or time") from None
    return text


def _is_instant(text: str) -> str:
    if len(_is_date(text)) <= len("2019-01-31"):
        raise ValueError("a day and a time are needed")
    return text


def _has_wordlike(text: str) -> str:
    if not _WORDLIKE.search(text):
        raise ValueError("a letter or digit is needed")
    return text


def _has_ascii_wordlike(text: str) -> str:
    if not (_WORDLIKE.search(text) and re.search(r"[a-zA-Z0-9]", text)):
        raise ValueError("a letter a-z or a digit is needed")
    return text


def _is_not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is blank")
    return text


Text = StrictStr
Filled = Annotated[StrictStr, Field(min_length=1)]
NotBlank = Annotated[StrictStr, AfterValidator(_is_not_blank)]
FilledNotBlank = Annotated[Filled, AfterValidator(_is_not_blank)]
Wordlike = Annotated[Filled, AfterValidator(_has_wordlike)]
AsciiWordlike = Annotated[Filled, AfterValidator(_has_ascii_wordlike)]
Day = Annotated[StrictStr, AfterValidator(_is_date)]
Instant = Annotated[StrictStr, AfterValidator(_is_instant)]
Telephone = Annotated[StrictStr, Field(min_length=4)]
Website = Annotated[StrictStr, Field(min_length=5)]
Code = Annotated[StrictStr, Field(min_length=2, max_length=5)]
Number = StrictInt | StrictFloat
Percentage = Annotated[Number, Field(ge=0, le=100)]
Whole = StrictInt
Flag = StrictBool
