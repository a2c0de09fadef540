"""What `data/reference/screening-lists.ttl` says of the lists: codes, names, programmes, words for legal forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from topco import knowledge
from topco.namespaces import PREFIXES

_FILE = "data/reference/screening-lists.ttl"
_LABEL = PREFIXES["rdfs"] + "label"
_NOTATION = PREFIXES["skos"] + "notation"
_OTHER_LABEL = PREFIXES["skos"] + "altLabel"
_HIDDEN_LABEL = PREFIXES["skos"] + "hiddenLabel"
_FORMS = "legal-forms"
_CODE = re.compile(r"\(([A-Za-z0-9-]+)")
_NO_CODE = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True)
class Lists:
    """Names and programmes, in lower case, to codes; and the words for legal forms."""

    codes: frozenset[str]
    by_name: dict[str, str]
    by_programme: dict[str, str]
    legal_forms: frozenset[str]


@cache
def lists() -> Lists:
    """The lists.

    >>> lists().by_name["entity list"], lists().by_programme["ns-plc"]
    ('EL', 'PLC')
    """
    said = knowledge.facts(_FILE)
    codes = {subject: of[_NOTATION][0] for subject, of in said.items() if _NOTATION in of}
    names = {
        name.lower(): code
        for subject, code in codes.items()
        for about in (_LABEL, _OTHER_LABEL, _NOTATION)
        for name in said[subject].get(about, ())
    }
    programmes = {
        programme.lower(): code for subject, code in codes.items() for programme in said[subject].get(_HIDDEN_LABEL, ())
    }
    forms = [of.get(_HIDDEN_LABEL, ()) for subject, of in said.items() if _FORMS in subject]
    return Lists(frozenset(codes.values()), names, programmes, frozenset(word for words in forms for word in words))


def code_of(source: str) -> tuple[str, bool]:
    """The code of a list as a source names it, and whether the list is known; an unknown one keeps its own code.

    >>> code_of("Entity List (EL) - Bureau of Industry and Security"), code_of("New List (NEW) - Somebody")
    (('EL', True), ('NEW', False))
    """
    known = lists().by_name.get(source.strip().lower())
    if known is not None:
        return known, True
    match = _CODE.search(source)
    code = match[1] if match else _NO_CODE.sub("-", source).strip("-")[:40] or "UNNAMED"
    return code, code in lists().codes


def plain_name(name: str) -> str:
    """A company's name without case, punctuation, what stands in brackets at the end, and words for the legal form.

    >>> plain_name("Acme Aviation Co., Ltd. (ACME)*"), plain_name("ACME AVIATION LIMITED")
    ('acme aviation', 'acme aviation')
    """
    bare = re.sub(r"\s*\([^()]*\)\W*$", "", name.strip())
    words = re.findall(r"\w+", bare.casefold())
    return " ".join(word for word in words if word not in lists().legal_forms)
