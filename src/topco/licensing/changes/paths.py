"""Facts of a case by their path in the case format: `transaction.date`, `parties[0].hq_in`, `ultimate_consignee.hq_in`.

A path is walked along the models of the format, so that every fact of the format has one and nothing else has. A party
may be named by its role if only one party has it, or if the case leaves it to the activity whose party that is.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from topco.errors import BadInput
from topco.licensing.cases.case import Case, Role
from topco.licensing.cases.case_files import parse_json

ROLES = get_args(Role)
NOT_FACTS = frozenset({"id", "title", "cites", "confidence", "expect"})
STEP = re.compile(r"([A-Za-z_]\w*)((?:\[\d+\])*)")
REMEDY = "The paths are those of the case format, docs/cases.md; write PATH=VALUE, such as transaction.date=2026-01-15."
SHARE = "share"
Steps = tuple[str | int, ...]
"""The steps of a path; `share`, owner and company for a share of a store, which is no fact of a case."""


@dataclass(frozen=True)
class Setting:
    """One fact of a case with the value that it is supposed to have, a JSON value; None: it is not known."""

    steps: Steps
    value: Any

    @property
    def path(self) -> str:
        """The path as a case's errors write it."""
        return written(self.steps)


def written(steps: Iterable[str | int]) -> str:
    """A path in words of the format.

    >>> written(("parties", 0, "hq_in")), written(("share", "X:apex", "X:left"))
    ('parties[0].hq_in', 'share X:apex,X:left')
    """
    first, *others = steps
    if first == SHARE:
        return f"{SHARE} {','.join(map(str, others))}"
    path = ""
    for step in (first, *others):
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def parse_setting(text: str, data: Mapping[str, Any], principal: str | None = None) -> Setting:
    """One `PATH=VALUE`, as it applies to the data of a case.

    Args:
        text: the value is JSON where it is JSON, and text as it stands where it is not (`hq_in=CN`).
        data: the case as it was read.
        principal: the role of the party that the activity is about, which a case may leave out.

    Raises:
        BadInput: no such path in the format, with the near names; a party that the case does not have.

    >>> parse_setting("ultimate_consignee.hq_in=CN", {"parties": [{"role": "ultimate_consignee"}]}).path
    'parties[0].hq_in'
    >>> parse_setting("transaction.quantity_tpp=null", {}).value is None
    True
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise BadInput("There is no PATH=VALUE here.", where=text, remedy=REMEDY)
    return Setting(steps_of(path.strip(), data, principal), _value(value.strip(), text))


def steps_of(path: str, data: Mapping[str, Any], principal: str | None = None) -> Steps:
    """The steps of a path through the data of a case.

    Raises:
        BadInput: see `parse_setting`.
    """
    steps: list[str | int] = []
    for part in path.split("."):
        match = STEP.fullmatch(part)
        if match is None and not (part and steps):
            raise BadInput(f"{part!r} is no part of a path.", where=path, remedy=REMEDY)
        steps.append(match[1] if match else part)
        steps += [int(number) for number in re.findall(r"\d+", match[2])] if match else []
    if steps[0] in ROLES:
        steps[:1] = ["parties", _party(str(steps[0]), path, data, principal)]
    _check(tuple(steps), path, data)
    return tuple(steps)


def changed(data: Mapping[str, Any], settings: Sequence[Setting], principal: str | None = None) -> dict[str, Any]:
    """The data of a case with these facts in the place of its own; the data given stay as they are.

    Raises:
        BadInput: a position behind the end of a list.
    """
    edited = copy.deepcopy(dict(data))
    for setting in settings:
        _set(edited, setting, principal)
    return edited


def value_at(data: Any, steps: Steps) -> Any:
    """What stands at a path; None where nothing does."""
    for step in steps:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
        else:
            data = data.get(step) if isinstance(data, Mapping) else None
    return data


def _set(data: dict[str, Any], setting: Setting, principal: str | None) -> None:
    here: Any = data
    *way, last = setting.steps
    for position, step in enumerate(way):
        if isinstance(step, int):
            _reach(here, step, setting, position, principal)
        following = setting.steps[position + 1]
        if (here.get(step) if isinstance(step, str) else here[step]) is None:
            here[step] = [] if isinstance(following, int) else {}
        elif isinstance(here[step], list) != isinstance(following, int):
            # One value stands where the format also takes a list of them.
            here[step] = [here[step]] if isinstance(following, int) else here[step]
        here = here[step]
    if isinstance(last, int):
        _reach(here, last, setting, len(way), principal)
    here[last] = setting.value


def _reach(items: list[Any], index: int, setting: Setting, position: int, principal: str | None) -> None:
    """Make sure that a list has a place; the next one after its end is made."""
    if index > len(items):
        raise BadInput(
            f"{written(setting.steps[:position])} has {len(items)} of its kind, so that the next one is"
            f" [{len(items)}], not [{index}].",
            where=setting.path,
        )
    if index == len(items):
        alone = setting.steps[:position] == ("parties",) and principal is not None
        items.append({"role": principal} if alone else None)


def _party(role: str, path: str, data: Mapping[str, Any], principal: str | None) -> int:
    parties = data.get("parties") or []
    found = [index for index, party in enumerate(parties) if isinstance(party, Mapping) and party.get("role") == role]
    if len(found) == 1:
        return found[0]
    if not found and role == principal:
        return len(parties)
    there = ", ".join(f"parties[{index}] ({party.get('role')})" for index, party in enumerate(parties)) or "no party"
    raise BadInput(
        f"{len(found) or 'No'} parties of the case have the role {role}.",
        where=path,
        remedy=f"Name one by its place: there is {there}; the next, with its role first, is parties[{len(parties)}].",
    )


def _check(steps: Steps, path: str, data: Mapping[str, Any]) -> None:
    """Whether the format has such a path."""
    here: Any = Case
    for position, step in enumerate(steps):
        kinds = list(_kinds(here))
        models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        lists = [get_args(kind)[0] for kind in kinds if get_origin(kind) is tuple]
        maps = [get_args(kind)[1] for kind in kinds if get_origin(kind) is dict]
        if isinstance(step, int) and lists:
            here = lists[0]
        elif isinstance(step, str) and maps:
            here = maps[0]
        elif isinstance(step, str) and models:
            hidden = NOT_FACTS if models[0] is Case else frozenset()
            fields = {name: field for name, field in models[0].model_fields.items() if name not in hidden}
            if step not in fields:
                raise BadInput(
                    f"The case format has no fact {written(steps[: position + 1])}.",
                    where=path,
                    remedy=_near(steps[:position], step, fields),
                )
            here = fields[step].annotation
        else:
            inside = written(steps[:position])
            raise BadInput(f"There is nothing below {inside} in the case format.", where=path, remedy=REMEDY)


def _near(before: Steps, step: str, fields: Iterable[str]) -> str:
    names = list(fields) + ([] if before else list(ROLES))
    lead = f"{written(before)}." if before else ""
    near = [f"{lead}{name}" for name in get_close_matches(step, names, n=3, cutoff=0.6)]
    if not before:
        near += [path for path in _paths() if path.rpartition(".")[2] == step]
    return f"Near names: {', '.join(near)}." if near else f"Its facts are: {', '.join(names)}."


def _paths() -> Iterator[str]:
    """The facts two steps deep, which a user may look for without their section."""
    for section, field in Case.model_fields.items():
        for kind in _kinds(field.annotation):
            inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                mark = "[0]" if inner is not kind else ""
                yield from (f"{section}{mark}.{name}" for name in inner.model_fields)


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types that an annotation stands for, without what only checks them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _kinds(one)
    elif annotation is not NoneType:
        yield annotation


def _value(text: str, where: str) -> Any:
    """JSON where it is that, else text as it stands."""
    try:
        return parse_json(text, where)
    except BadInput:
        if text[:1] in ("{", "[", '"'):
            raise
        return text
