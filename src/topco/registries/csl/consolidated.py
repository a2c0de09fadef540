"""The Consolidated Screening List as JSON: the file of data.trade.gov, and the compact form with tables of texts.

The compact form of 2026 has short keys, which its `fieldKey` explains, and numbers that point into `tables`. One pass
reads the tables, another one streams the entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import ijson

from topco.errors import BadInput
from topco.registries import json_records
from topco.registries.content import Content
from topco.registries.csl.entry import ALIAS, Entries, Entry
from topco.registries.interface import Progress
from topco.registries.json_window import printable
from topco.registries.lei import is_well_formed
from topco.registries.partial_dates import first_day

COMPACT, RAW = "compact-json", "trade-gov-json"
_TABLES = {"s": "sources", "lr": "licenceRequirements", "lp": "licencePolicies", "pg": "programmes", "u": "urls"}
_DATES = ("sourceGeneratedAt", "search_performed_at", "generated_at", "last_updated")
_STAMP = re.compile(r'"(' + "|".join(_DATES) + r')"\s*:\s*"(\d{4}-\d{2}-\d{2}[^"]{0,40})"')
_RAW_KEYS = {"source", "name"}
_UK_NUMBER = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}")

BAD_POINTER = "a number points to no text of the tables of this file"


def recognised(content: Content) -> tuple[str, date | None] | None:
    """The form of a file and the day it was made, or None if it is no Consolidated Screening List."""
    text = content.head.decode("utf-8-sig", errors="ignore")
    stamp = _STAMP.search(text)
    day = first_day(stamp[2]) if stamp else None
    how = json_records.shape(content)
    if how == json_records.OBJECT and '"fieldKey"' in text and '"tables"' in text:
        return COMPACT, day
    if how == json_records.OBJECT and re.search(r'"results"\s*:\s*\[', text) and '"source"' in text:
        return RAW, day
    first = json_records.first_records(content)
    raw = all(set(one) >= _RAW_KEYS and isinstance(one["source"], str) for one in first)
    if how in (json_records.LIST, json_records.LINES) and first and raw:
        return RAW, day
    return None


def extract_compact(content: Content, entries: Entries, progress: Progress) -> int:
    """Read the entries of the compact form; the number of records.

    Raises:
        BadInput: it is malformed, or lacks its tables.
    """
    tables = _read_tables(content)
    count = 0
    for row, value in json_records.records(content, progress, under="entries"):
        count += 1
        if isinstance(value, json_records.Malformed):
            entries.sink.refuse(row, value.column, value.text, value.reason)
            continue
        if not isinstance(value, dict):
            entries.sink.refuse(row, "", value, "the record is no JSON object")
            continue
        texts: dict[str, str | None] = {}
        wrong = None
        for key, table in _TABLES.items():
            texts[key] = _pointed(value.get(key), tables.get(table, []))
            if texts[key] is None and value.get(key) is not None:
                wrong = key
        if wrong or texts["s"] is None:
            entries.sink.refuse(row, wrong or "s", value.get(wrong or "s"), BAD_POINTER)
            continue
        entries.add(
            Entry(
                texts["s"],
                row,
                _one(value.get("n")),
                _one(value.get("e")),
                _one(value.get("t")),
                [(ALIAS, text) for text in _many(value.get("a"))],
                _many(value.get("c")),
                [texts["pg"]] if texts["pg"] else [],
                texts["lr"],
                texts["lp"],
                _one(value.get("fr")),
                texts["u"],
            )
        )
    return count


def extract_raw(content: Content, entries: Entries, progress: Progress) -> int:
    """Read the entries of the file of data.trade.gov; the number of records.

    Raises:
        BadInput: it is malformed.
    """
    count = 0
    under = "results" if json_records.shape(content) == json_records.OBJECT else ""
    for row, value in json_records.records(content, progress, under=under):
        count += 1
        if isinstance(value, json_records.Malformed):
            entries.sink.refuse(row, value.column, value.text, value.reason)
        elif not isinstance(value, dict):
            entries.sink.refuse(row, "", value, "the record is no JSON object")
        elif not (source := _one(value.get("source"))):
            entries.sink.refuse(row, "source", value.get("source"), "every entry names its list")
        else:
            entries.add(_raw_entry(value, source, row))
    return count


def _raw_entry(value: dict[str, Any], source: str, row: int) -> Entry:
    countries = [_one(one.get("country")) or "" for one in _objects(value.get("addresses"))]
    countries += _many(value.get("country"))
    return Entry(
        source,
        row,
        _one(value.get("name")),
        _one(value.get("entity_number")) or _one(value.get("id")),
        _one(value.get("type")),
        [(ALIAS, text) for text in _many(value.get("alt_names"))],
        [country for country in countries if country],
        _many(value.get("programs")),
        _one(value.get("license_requirement")),
        _one(value.get("license_policy")),
        _one(value.get("federal_register_notice")),
        _one(value.get("source_list_url")) or _one(value.get("source_information_url")),
        _one(value.get("start_date")),
        _one(value.get("end_date")),
        other_identifiers(
            (_one(one.get("type")) or "", _one(one.get("number")) or "", _one(one.get("country")) or "")
            for one in _objects(value.get("ids"))
        ),
    )


def other_identifiers(ids: Iterator[tuple[str, str, str]]) -> list[str]:
    """The identifiers of other registers among the documents of an entry: type, number, country (ISO or name).

    Only a legal entity identifier, and a company number of the United Kingdom in its usual form, are certain.

    >>> other_identifiers(iter([("Passport", "1", "GB"), ("UK Company Number", "00102498", "GB")]))
    ['GB-COH:00102498']
    """
    found: list[str] = []
    for sort, number, country in ids:
        number, sort = number.strip().upper(), sort.lower()
        if "legal entity" in sort and is_well_formed(number):
            found.append(f"LEI:{number}")
        elif "company number" in sort and _UK_NUMBER.fullmatch(number) and country in ("GB", "United Kingdom"):
            found.append(f"GB-COH:{number}")
    return found


def _pointed(pointer: object, held: list[str]) -> str | None:
    if isinstance(pointer, int) and not isinstance(pointer, bool) and 0 <= pointer < len(held):
        return held[pointer]
    return None


def _read_tables(content: Content) -> dict[str, list[str]]:
    with _reading(content), content.path.open("rb") as stream:
        tables = next(ijson.items(stream, "tables", use_float=True), None)
    if not isinstance(tables, dict) or not all(isinstance(held, list) for held in tables.values()):
        raise BadInput("The file lacks its tables of texts.", where=content.name, remedy="Download it again.")
    return {
        name: [text if isinstance(text, str) else printable(text) or "" for text in held]
        for name, held in tables.items()
    }


@contextmanager
def _reading(content: Content) -> Iterator[None]:
    try:
        yield
    except (ijson.JSONError, UnicodeDecodeError) as error:  # the latter of half a character
        raise BadInput(
            f"The JSON is malformed or cut off: {str(error).strip().splitlines()[0].rstrip('.')}.",
            where=content.name,
            remedy="Download it again.",
        ) from error


def _one(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _many(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := _one(item))]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
