"""Keys and texts to a case, with what is wrong said of each key by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from topco.errors import BadInput
from topco.licensing.cases import case_shape
from topco.licensing.cases.case import Case
from topco.licensing.cases.case_files import parse_json
from topco.licensing.cases.case_keys import ALIASES, EMPTY, PARTIES, ROLES
from topco.licensing.cases.case_shape import COUNT, COUNTRIES, LIST, MAP, SECTION, TEXT, TRUTH, WHOLE, WORDS, Shape

MOST_PAIRS = 2_000
MOST_OF_A_KIND = 999
Path = tuple[str | int, ...]


@dataclass
class CaseOfKeys:
    """What keys and texts say.

    Attributes:
        case: the case; None if something is wrong.
        errors: what is wrong, by key.
        parties: the key of each party of the case, in order.
    """

    case: Case | None
    errors: dict[str, str]
    parties: list[str]
    keys: dict[Path, str] = field(default_factory=dict)

    def key_of(self, path: Iterable[str | int]) -> str:
        """The key of what stands at a path of the case (`("parties", 0, "hq_in")`), or of what holds it."""
        steps = tuple(path)
        known = next(n for n in range(len(steps), -1, -1) if n == 0 or steps[:n] in self.keys)
        key = self.keys.get(steps[:known], "")
        for step in steps[known:]:
            if not isinstance(step, str) or not step.isidentifier() or step[:1].isupper():
                break
            key = f"{key}.{step}" if key else step
        return key


class _Elements(dict[Any, Any]):
    """What becomes a list: elements by their number, or parties by role and number."""


def case_of(pairs: Iterable[tuple[str, str]]) -> CaseOfKeys:
    """The case that keys and texts state; nothing raises, what is wrong is in `errors`.

    >>> read = case_of([("transaction.destination", "DE"), ("end_user.hq_in", "FR;DE"), ("item.ecn", "x")])
    >>> read.errors
    {'item.ecn': 'this key is not part of the case format; near it: item.eccn, item.count'}
    >>> case_of([("end_user.hq_in", "FR;DE")]).case.parties[0].hq_in
    ('FR', 'DE')
    """
    reader = _Reader()
    for number, (key, text) in enumerate(pairs):
        if number >= MOST_PAIRS:
            reader.errors[key] = f"more than {MOST_PAIRS} facts are no case"
            break
        if text.strip():
            reader.take(key.strip(), text.strip())
    keys: dict[Path, str] = {}
    data = _plain(reader.tree, (), "", keys)
    data[PARTIES] = [{"role": role, **facts} for (role, _), facts in zip(reader.parties, data[PARTIES], strict=True)]
    parties = [_party_key(role, number) for role, number in reader.parties]
    for place, key in enumerate(parties):
        for path in [path for path in keys if path[:2] == (PARTIES, place)]:
            keys[path] = ".".join((key, *keys[path].split(".")[2:]))
    read = CaseOfKeys(None, reader.errors, parties, keys)
    if not read.errors:
        try:
            read.case = Case.model_validate(data)
        except ValidationError as error:
            for problem in error.errors():
                read.errors.setdefault(read.key_of(problem["loc"]), _in_words(problem))
    return read


class _Reader:
    """Puts each pair into a tree of sections and elements."""

    def __init__(self) -> None:
        self.parties = _Elements()
        self.tree: dict[str, Any] = {PARTIES: self.parties}
        self.errors: dict[str, str] = {}

    def take(self, key: str, text: str) -> None:
        first, *steps = key.split(".")
        first = ALIASES.get(first, first)
        if first == PARTIES and not steps:
            first, *steps = text.split(".")
            if ALIASES.get(first, first) not in ROLES or self._party(ALIASES.get(first, first), steps)[1]:
                self.errors[key] = f"{text!r} is no role of a party"
            return
        if first in ROLES:
            holder, steps = self._party(first, steps)
            if holder is not None and steps:
                self._put(holder, case_shape.party(), steps, key, text)
                return
        elif first in case_shape.sections() and first != PARTIES:
            self._put(self.tree, Shape(SECTION, parts=case_shape.sections()), [first, *steps], key, text)
            return
        self._unknown(key)

    def _party(self, role: str, steps: list[str]) -> tuple[dict[str, Any] | None, list[str]]:
        number = 1
        if steps and steps[0].isdecimal():
            number, steps = int(steps[0]) if len(steps[0]) <= len(str(MOST_OF_A_KIND)) else 0, steps[1:]
        if not 0 < number <= MOST_OF_A_KIND:
            return None, steps
        found: dict[str, Any] = self.parties.setdefault((role, number), {})
        return found, steps

    def _put(self, here: Any, shape: Shape, steps: list[str], key: str, text: str) -> None:
        """Go down the steps, making what is missing, and set the text's value at the last."""
        for step in steps[:-1]:
            name, inner = self._step(shape, step)
            if inner is None or inner.kind not in (SECTION, LIST):
                self._unknown(key)
                return
            below = here.setdefault(name, _Elements() if inner.kind == LIST else {})
            if not isinstance(below, dict):
                self.errors[key] = "this fact is denied and described at once"
                return
            here, shape = below, inner
        name, inner = self._step(shape, steps[-1])
        if inner is None:
            self._unknown(key)
            return
        self._set(here, name, inner, key, text)

    @staticmethod
    def _step(shape: Shape, step: str) -> tuple[Any, Shape | None]:
        if shape.kind != LIST:
            return step, shape.parts.get(step)
        fits = step.isdecimal() and len(step) <= len(str(MOST_OF_A_KIND)) and int(step) > 0
        return (int(step), Shape(SECTION, parts=shape.parts)) if fits else (step, None)

    def _set(self, here: dict[Any, Any], name: Any, shape: Shape, key: str, text: str) -> None:
        try:
            value = _value(text, shape)
        except (BadInput, ValueError) as error:
            self.errors[key] = error.what if isinstance(error, BadInput) else str(error)
            return
        if shape.kind == WORDS:
            here[name] = list(dict.fromkeys([*here.get(name, ()), *value]))
        elif shape.kind in (SECTION, LIST) and value == {}:
            below = here.setdefault(name, _Elements() if shape.kind == LIST else {})
            if not isinstance(below, dict):
                self.errors[key] = "this fact is denied and described at once"
        elif name in here and here[name] != value:
            self.errors[key] = "this fact is given twice"
        else:
            here[name] = value

    def _unknown(self, key: str) -> None:
        near = get_close_matches(key, known_keys(), n=2, cutoff=0.7)
        self.errors[key] = "this key is not part of the case format" + (f"; near it: {', '.join(near)}" if near else "")


def known_keys() -> list[str]:
    """The keys two steps deep."""
    named = {**case_shape.sections(), **dict.fromkeys(ROLES, case_shape.party())}
    return [f"{first}.{name}" for first, shape in named.items() if first != PARTIES for name in shape.parts]


def _value(text: str, shape: Shape) -> Any:
    """The value of a text; what cannot be read stays a text, which the model then refuses in its own words."""
    if shape.kind in (SECTION, LIST):
        if text == EMPTY[shape.kind] or (shape.words and text == "true"):
            return {}
        if text in shape.words:
            return False
        raise ValueError("state its facts one by one")
    if shape.kind == WORDS:
        return [one.strip() for one in text.split(";") if one.strip()]
    if shape.kind == COUNTRIES:
        return [one.strip() for one in text.split(";") if one.strip()]
    if shape.kind == TRUTH:
        return {"true": True, "false": False}.get(text, text)
    if shape.kind == COUNT and text.isdecimal() and len(text) < 20:
        return int(text)
    if shape.kind == WHOLE or (shape.kind == MAP and text.startswith("{")):
        return parse_json(text, "")
    if shape.kind == MAP:
        return _map(text)
    if shape.kind == TEXT and text.startswith('"'):
        return _quoted(text)
    return text


def _map(text: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for part in text.replace("\n", ";").split(";"):
        if not part.strip():
            continue
        name, colon, value = part.rpartition(":")
        if not colon or not name.strip():
            raise ValueError(f"write NAME:AMOUNT, separated by semicolons; {part.strip()!r} is not of this form")
        if name.strip() in found:
            raise ValueError(f"{name.strip()} is given twice")
        found[name.strip()] = value.strip() or None
    return found


def _quoted(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, str) else text


def _plain(tree: Any, path: Path, key: str, keys: dict[Path, str]) -> Any:
    """The tree as JSON has it; on the way, the key of every path."""
    keys[path] = key
    if isinstance(tree, _Elements):
        named = list(tree.items()) if path == (PARTIES,) else sorted(tree.items())
        return [_plain(part, (*path, place), f"{key}.{name}", keys) for place, (name, part) in enumerate(named)]
    if isinstance(tree, Mapping):
        return {
            name: _plain(part, (*path, name), f"{key}.{name}" if key else str(name), keys)
            for name, part in tree.items()
        }
    return tree


def _party_key(role: str, number: int) -> str:
    return role if number == 1 else f"{role}.{number}"


def _in_words(problem: Any) -> str:
    text = str(problem["msg"]).removeprefix("Value error, ")
    return f"{text[:1].lower()}{text[1:]}"
