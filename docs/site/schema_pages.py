"""The JSON schemas of `docs/schemas/`: the fields of every object, and the schema itself to download."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from markdown_writing import Page, anchor, capital, code, document, heading, plain, table

FOLDER = "reference/schemas"
SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


def pages() -> list[Page]:
    """An index of schemas, and a page for each."""
    files = sorted(SCHEMAS.glob("*.schema.json"))
    rows = (
        (f"[{_title(file)}]({_name(file)}.md)", f"[{code(file.name)}](../../schemas/{file.name})") for file in files
    )
    index = document(
        heading(1, "JSON schemas"),
        "What `--format json` writes, as JSON Schema 2020-12. A test holds every answer to its schema. The fields are "
        "told in [cases](../../cases.md), [records](../../records.md), [proofs](../../proofs.md) and their neighbours.",
        table(("document", "schema"), rows),
    )
    return [Page(f"{FOLDER}/index.md", "All schemas", index), *(_schema(file) for file in files)]


def _name(file: Path) -> str:
    return file.name.removesuffix(".schema.json")


def _title(file: Path) -> str:
    return capital(_name(file).replace("-", " "))


def _schema(file: Path) -> Page:
    schema = json.loads(file.read_text(encoding="utf-8"))
    named = schema.get("$defs", {})
    text = document(
        heading(1, _title(file)),
        f"[{code(file.name)}](../../schemas/{file.name})",
        plain(schema.get("description", "")),
        _object(schema) if "properties" in schema else f"A value of the form {_type(schema)}.",
        *(
            document(heading(2, plain(name), anchor(name)), plain(one.get("description", "")), _object(one))
            for name, one in sorted(named.items())
        ),
    )
    return Page(f"{FOLDER}/{_name(file)}.md", _title(file), text)


def _object(schema: dict[str, Any]) -> str:
    if "properties" not in schema:
        return f"A value of the form {_type(schema)}."
    required = set(schema.get("required", ()))
    rows = (
        (code(name), _type(field), "yes" if name in required else "", plain(field.get("description", "")))
        for name, field in schema["properties"].items()
    )
    return table(("field", "type", "always there", "means"), rows)


def _type(schema: dict[str, Any]) -> str:
    """The type of a value in words, with links to the objects of the page."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{plain(name)}](#{anchor(name)})"
    if "const" in schema:
        return code(json.dumps(schema["const"]))
    if "enum" in schema:
        return ", ".join(code(json.dumps(value)) for value in schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(_type(one) for one in schema[key])
    kind = schema.get("type", "any")
    if kind == "array":
        parts = schema.get("prefixItems")
        return f"list of {' and '.join(map(_type, parts)) if parts else _type(schema.get('items') or {})}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])} by name"
    words = kind if isinstance(kind, str) else " or ".join(kind)
    return words + (f" ({plain(schema['format'])})" if "format" in schema else "")
