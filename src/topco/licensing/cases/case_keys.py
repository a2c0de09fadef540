"""A case as keys and texts, as a link or a form holds it, and back: `transaction.date=2025-06-01`, `end_user.hq_in=FR`.

Keys are those of the case format. A party has its role for a key, its second of the same role `end_user.2`; an element
of a list its number from 1 (`tallies.lpp_receipts.1.date`). A key that is not there, or has no text, is a fact that is
not known; a party of which nothing is known stands as `parties=end_user`. Several codes of one fact are several pairs,
several countries are joined by `;`. What no text could hold otherwise is JSON (`[]`, `{}`, a structure within itself).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from topco.licensing.cases import case_shape
from topco.licensing.cases.case import Case, Role
from topco.licensing.cases.case_shape import COUNTRIES, LIST, MAP, SECTION, TEXT, TRUTH, WHOLE, WORDS, Shape

Pairs = list[tuple[str, str]]
ROLES: tuple[str, ...] = get_args(Role)
ALIASES = {"consignee": "ultimate_consignee"}
"""How a file of orders names a party."""
PARTIES = "parties"
EMPTY = {SECTION: "{}", LIST: "[]", MAP: "{}"}


def pairs_of(case: Case) -> Pairs:
    """The facts of a case that are known, in the order of the format; reading them back gives the same case.

    >>> pairs_of(Case.model_validate({"transaction": {"date": "2025-06-01"}, "parties": [{"role": "end_user"}]}))
    [('transaction.date', '2025-06-01'), ('parties', 'end_user')]
    """
    data = case.model_dump(mode="json", exclude_defaults=True, exclude=set(case_shape.NO_FACTS))
    found: Pairs = []
    for name, shape in case_shape.sections().items():
        if name == PARTIES:
            for key, party in zip(party_keys(data.get(PARTIES, ())), data.get(PARTIES, ()), strict=True):
                found += _written_party(key, party)
        elif name in data:
            found += _written(name, data[name], shape)
    return found


def party_keys(parties: Iterable[Mapping[str, Any]]) -> list[str]:
    """The key of each party: its role, with a number from the second of the same role on.

    >>> party_keys([{"role": "end_user"}, {"role": "employer"}, {"role": "end_user"}])
    ['end_user', 'employer', 'end_user.2']
    """
    seen: Counter[str] = Counter()
    keys = []
    for one in parties:
        role = str(one["role"])
        seen[role] += 1
        keys.append(role if seen[role] == 1 else f"{role}.{seen[role]}")
    return keys


def _written_party(key: str, party: Mapping[str, Any]) -> Pairs:
    facts = {name: value for name, value in party.items() if name != "role"}
    return list(_written(key, facts, case_shape.party())) if facts else [(PARTIES, key)]


def _written(key: str, value: Any, shape: Shape) -> Iterator[tuple[str, str]]:
    if shape.kind == SECTION and value is False:
        yield key, "false"
    elif shape.kind in EMPTY and not value:
        yield key, EMPTY[shape.kind]
    elif shape.kind == SECTION:
        for name, part in value.items():
            yield from _written(f"{key}.{name}", part, shape.parts[name])
    elif shape.kind == LIST:
        for number, part in enumerate(value, 1):
            yield from _written(f"{key}.{number}", part, Shape(SECTION, parts=shape.parts))
    elif shape.kind == WORDS:
        yield from ((key, word) for word in value)
    else:
        yield key, _text(value, shape)


def _text(value: Any, shape: Shape) -> str:
    if shape.kind == MAP:
        return _map_text(value)
    if shape.kind == WHOLE:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if shape.kind == COUNTRIES:
        return ";".join([value] if isinstance(value, str) else value)
    if shape.kind == TRUTH:
        return "true" if value else "false"
    text = str(value)
    quoted = shape.kind == TEXT and (not text or text.startswith('"'))
    return json.dumps(text, ensure_ascii=False) if quoted else text


def _map_text(value: Mapping[str, Any]) -> str:
    """`IN:300;GB:`, the second unknown; JSON where a name holds what separates names."""
    if any(name != name.strip() or not name or set(name) & set(";\n\r{") for name in value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return ";".join(f"{name}:{'' if part is None else part}" for name, part in value.items())
