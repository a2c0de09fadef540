"""Whose a file is that nobody has registered: by its name, without endings and without a date in it."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

from topco.registries import vintage
from topco.registries.content import SUFFIXES

_NO_SLUG = re.compile(r"[^a-z0-9]+")


def stem(name: str) -> str:
    """The name of a file without folder, endings and date.

    >>> stem("export.zip/sub/Acme_2025-03-02.csv"), stem("2025-03-02.csv"), stem("group.ttl.gz")
    ('Acme', '2025-03-02', 'group')
    """
    found = PurePosixPath(name).name
    while PurePosixPath(found).suffix.lower() in SUFFIXES:
        found = PurePosixPath(found).stem
    return vintage.without_date(found).strip(" ._-") or found


def slug(source: str) -> str:
    """A publisher's name for ids and record names: lower case, and a few digits more where that is not all of it.

    >>> slug("group-2"), slug("Acme & Co")
    ('group-2', 'acme-co-aa60a9')
    """
    plain = _NO_SLUG.sub("-", source.lower()).strip("-")
    if plain == source:
        return plain
    digest = hashlib.sha256(source.encode()).hexdigest()[:6]
    return f"{plain}-{digest}" if plain else digest
