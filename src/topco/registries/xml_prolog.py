"""What may stand before the root element of an XML file: a declaration of UTF-8, comments, and nothing else.

Looked at before a parser sees a byte: a document type can declare entities, which name files or unfold without bound
(in attributes whatever a parser is told), and another encoding would read the bytes that were checked as other text.
"""

from __future__ import annotations

import re

from topco.errors import BadInput
from topco.registries.content import Content

_DECLARATION = re.compile(rb"<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)[\"']")
_ASIDE = re.compile(rb"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_]")
_KNOWN = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


def check_prolog(content: Content, error: type[BadInput] = BadInput) -> None:
    """Refuse a file that declares a document type or another encoding, or whose root is far away.

    Args:
        content: the file.
        error: what is raised; another kind of `BadInput` where others may still know the file.

    Raises:
        BadInput: it does.
    """
    head = content.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    place = 0
    if declaration := _DECLARATION.match(head):
        encoding = _ENCODING.search(declaration[0])
        if encoding and encoding[1].lower() not in _KNOWN:
            raise error(
                f"The XML says that its encoding is {encoding[1].decode('ascii', 'replace')}, and its bytes are UTF-8.",
                where=content.name,
                remedy="Convert it to UTF-8, and let its first line say so.",
            )
        place = declaration.end()
    while aside := _ASIDE.match(head, place):
        place = aside.end()
    if head[place : place + 9].upper() == b"<!DOCTYPE":
        raise error(
            "The XML has a document type, which can declare entities and name other files; registry files have none.",
            where=content.name,
            remedy="Do not trust this file; download it again from its publisher.",
        )
    if not _ROOT.match(head, place):
        raise error(
            "No element of the XML stands near its beginning.",
            where=content.name,
            remedy="Download it again from its publisher.",
        )
