"""One entity of FollowTheMoney as read: its id, its schema and its properties, each a list of texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from topco.registries.partial_dates import first_day
from topco.registries.percentages import digits

_LONGEST_ID = 500
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Refusal:
    """Why an entity cannot be read: where, what stands there, and the reason."""

    column: str
    value: object
    reason: str


@dataclass(frozen=True)
class Entity:
    """An entity of any schema; links are entities too. `odd` are the properties that hold something else than texts."""

    id: str
    schema: str
    row: int
    properties: dict[str, list[str]]
    caption: str | None
    datasets: list[str]
    referents: list[str]
    last_seen: date | None
    last_change: date | None
    odd: list[str] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """The texts of a property, in the order of the file; none if it is absent."""
        return self.properties.get(name, [])

    @property
    def identifier(self) -> str:
        """`FTM:` and the entity's id."""
        return identifier_of(self.id)

    @property
    def record(self) -> str:
        """The name of the source record."""
        return f"ftm/{self.id.replace('/', '%2F')}"


def identifier_of(entity_id: str) -> str:
    """The identifier of an entity in evidence.

    >>> identifier_of("NK-1")
    'FTM:NK-1'
    """
    return f"FTM:{entity_id}"


def read(value: Any, row: int) -> Entity | Refusal:
    """An entity from JSON, or why it is none.

    >>> entity = read({"id": "a", "schema": "Ownership", "properties": {"percentage": [75]}}, 1)
    >>> entity.values("percentage") if isinstance(entity, Entity) else entity.reason
    ['75']
    """
    if not isinstance(value, dict):
        return Refusal("", value, "the record is no JSON object")
    for name in ("id", "schema"):
        if not isinstance(value.get(name), str) or not value[name].strip():
            return Refusal(name, value.get(name), "every entity needs this text")
    if len(value["id"]) > _LONGEST_ID:
        return Refusal("id", value["id"], f"an id has at most {_LONGEST_ID} characters")
    properties = value.get("properties")
    if not isinstance(properties, dict):
        return Refusal("properties", properties, "every entity needs an object of properties")
    texts: dict[str, list[str]] = {}
    odd: list[str] = []
    for name, held in properties.items():
        items = held if isinstance(held, list) else [held]
        found = [text for item in items if (text := _text(item))]
        if len(found) < len(items):
            odd.append(name)
        if found:
            texts[name] = found
    odd += [name for name in ("last_seen", "last_change") if value.get(name) and _day(value.get(name)) is None]
    for name in ("name", "caption"):
        if any(len(text) > LONGEST_TEXT for text in (*texts.get(name, ()), value.get(name) or "")):
            return Refusal(name, texts.get(name, [""])[0], f"a name has at most {LONGEST_TEXT:,} characters")
    caption = value.get("caption")
    return Entity(
        value["id"].strip(),
        value["schema"].strip(),
        row,
        texts,
        caption.strip() or None if isinstance(caption, str) else None,
        _texts(value.get("datasets")),
        _texts(value.get("referents")),
        _day(value.get("last_seen")),
        _day(value.get("last_change")),
        odd,
    )


def _text(item: Any) -> str | None:
    if isinstance(item, str):
        return item.strip() or None
    if isinstance(item, int | float) and not isinstance(item, bool):
        return digits(item)
    return None


def _texts(held: Any) -> list[str]:
    return [item.strip() for item in held if isinstance(item, str) and item.strip()] if isinstance(held, list) else []


def _day(held: Any) -> date | None:
    return first_day(held) if isinstance(held, str) else None
