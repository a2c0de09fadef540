"""Joining values to a SPARQL query: the values of a variable become VALUES blocks, and the text stays one query.

A block goes to the start of every group that mentions the variable, and of the outermost group: SPARQL evaluates groups
from the inside, so a filter in a branch of a UNION or in a sub-select sees only what its own group binds. The same text
runs on every engine; the engines' own ways to preset variables differ, and pyoxigraph's only reaches variables that the
query returns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topco.compile.sparql_tokens import Token


@dataclass
class _Group:
    insert_at: int
    outermost: bool
    mentions: set[str] = field(default_factory=set)
    takes_values: bool = True


def inject(text: str, tokens: Sequence[Token], bindings: Mapping[str, Sequence[object]]) -> str:
    """The query with the values of its variables joined to it; its lines keep their numbers.

    Args:
        text: a query.
        tokens: its tokens.
        bindings: terms by variable, each of which `str` gives in N-Triples, as the engines' own term classes do.

    >>> from topco.compile.sparql_tokens import split
    >>> query = "ASK { ?s ?p ?who }"
    >>> inject(query, split(query), {"who": ["<https://example.org/x>"]})
    'ASK { VALUES ?who { <https://example.org/x> } ?s ?p ?who }'
    """
    if not bindings:
        return text
    pieces, copied = [], 0
    for group in _groups(tokens):
        names = [name for name in bindings if name in group.mentions or group.outermost]
        if not group.takes_values or not names:
            continue
        pieces.append(text[copied : group.insert_at])
        pieces.extend(f" VALUES ?{name} {{ {' '.join(map(str, bindings[name]))} }}" for name in names)
        copied = group.insert_at
    return "".join(pieces) + text[copied:]


def _groups(tokens: Sequence[Token]) -> list[_Group]:
    """The group graph patterns of a query in order; templates and data blocks are none."""
    found: list[_Group] = []
    open_groups: list[_Group] = []
    outermost = True
    template = data = short_form = False
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if token.is_word("CONSTRUCT"):
            template = following is not None and following.text == "{"
            short_form = following is not None and following.is_word("WHERE", "FROM")
        elif token.is_word("VALUES"):
            data = True
        elif token.text == "{" and token.kind == "sign":
            group = _Group(token.end, outermost and not (template or data))
            if template or data:
                group.takes_values = False
            else:
                outermost = False
                sub_select = following is not None and following.is_word("SELECT")
                group.takes_values = not (sub_select or short_form)
                found.append(group)
            template = data = False
            open_groups.append(group)
        elif token.text == "}" and token.kind == "sign" and open_groups:
            open_groups.pop()
        elif token.kind == "variable" and open_groups:
            open_groups[-1].mentions.add(token.text[1:])
    return found
