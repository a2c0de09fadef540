"""The words of a SPARQL query, without understanding it: enough to guard a query and to put parameters into it.

The token forms are those of the SPARQL 1.1 grammar. The engine reads without a separate tokenizer, so the same
characters can mean different things to it in two places; `split` refuses the only such place where a reader could be
led to take text for a string or a comment that the engine takes for query (see `_check_iri`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from topco.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START = _BASE + "_"
_CHAR = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040-"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
# Possessive: a colon follows the whole run or none of it, and trying every part of a long one would take for ever.
_PREFIX = rf"[{_BASE}](?:[{_CHAR}.]*+(?<!\.))?"
_LOCAL = rf"(?:[{_START}:0-9]|{_ESCAPED})(?:(?:[{_CHAR}.:]|{_ESCAPED})*(?:[{_CHAR}:]|{_ESCAPED}))?"
_UNICODE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ECHAR = r"\\[tbnrf\\\"'uU]"
_FORMS = (
    ("space", r"[ \t\r\n]+"),
    ("comment", r"#[^\r\n]*"),
    ("iri", rf"<(?:[^\x00-\x20<>\"{{}}|^`\\]|{_UNICODE})*>"),
    ("string", rf'"""(?:"{{0,2}}(?:[^"\\]|{_ECHAR}))*"""'),
    ("string", rf"'''(?:'{{0,2}}(?:[^'\\]|{_ECHAR}))*'''"),
    ("string", rf'"(?:[^"\\\n\r]|{_ECHAR})*"'),
    ("string", rf"'(?:[^'\\\n\r]|{_ECHAR})*'"),
    ("variable", rf"[?$][{_START}0-9][{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040]*"),
    ("blank", rf"_:[{_START}0-9](?:[{_CHAR}.]*[{_CHAR}])?"),
    ("language", r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"),
    ("name", rf"(?:{_PREFIX})?:(?:{_LOCAL})?"),
    ("number", r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"),
    ("word", r"[A-Za-z][A-Za-z0-9_]*"),
    ("sign", r"[{}()\[\]<>=!&|^*/+\-.,;?@~]"),
)
_TOKEN = re.compile("|".join(f"(?P<{kind}_{number}>{form})" for number, (kind, form) in enumerate(_FORMS)))
_OPERANDS = frozenset({"variable", "name", "iri", "string", "language", "number", "blank"})
_HIERARCHICAL = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True)
class Token:
    """One word of a query: its kind, its text and where it stands."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether this is one of these keywords, in whatever case."""
        return self.kind == "word" and self.text.upper() in words


def split(text: str) -> list[Token]:
    """The tokens of a query, without spaces and comments.

    >>> [token.text for token in split("ASK { ?s a <http://x/#SERVICE> } # SERVICE")]
    ['ASK', '{', '?s', 'a', '<http://x/#SERVICE>', '}']

    Raises:
        BadInput: a character that starts no token, or an IRI that could also be read as a comparison.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise BadInput(
                f"The query has an unexpected character {text[position]!r}.",
                where=place(text, position),
                remedy="Remove it, or close the string or the IRI that it stands in.",
            )
        kind = match.lastgroup.partition("_")[0]
        if kind not in ("space", "comment"):
            token = Token(kind, match[0], position)
            _check_iri(token, tokens, text)
            tokens.append(token)
        position = match.end()
    return tokens


def place(text: str, position: int) -> str:
    """Line and column, both from 1.

    >>> place("ASK\\n{ ! }", 6)
    'line 2, column 3'
    """
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - (text.rfind(chr(10), 0, position) + 1) + 1}"


def _check_iri(token: Token, before: Sequence[Token], text: str) -> None:
    """Refuse `<…>` that the engine may read as `<`, an expression and `>`, where that would open a string or a comment.

    After an operand, `?a<?b&&'x>…'` is a comparison for the engine. Inside `<…>` there is no space, brace or quotation
    mark, so only an apostrophe or `#` can make the two readings differ beyond the `>`; and `scheme://` cannot be an
    expression, since nothing stands between the two slashes.
    """
    if token.kind != "iri" or not before:
        return
    operand = before[-1].kind in _OPERANDS or before[-1].text in (")", "]") or before[-1].is_word("TRUE", "FALSE")
    hidden = "'" in token.text or ("#" in token.text and not _HIERARCHICAL.match(token.text))
    if operand and hidden:
        raise BadInput(
            f"It is not clear whether {token.text} is an IRI or a comparison.",
            where=place(text, token.start),
            remedy="Put a space after < to compare; in an IRI write %27 for an apostrophe, or use a prefix.",
        )
