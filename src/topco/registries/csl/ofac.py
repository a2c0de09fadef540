"""The Treasury's XML files: the SDN list, and the file of its other lists, in which programmes tell the lists apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.csl.consolidated import other_identifiers
from topco.registries.csl.entry import Entries, Entry
from topco.registries.csl.lists import lists
from topco.registries.interface import Progress
from topco.registries.partial_dates import american
from topco.registries.xml_prolog import check_prolog

SDN, OTHERS = "sdn", "treasury-consolidated"
FORMAT = "ofac-xml"
_ROOT = re.compile(rb"<(?:\w+:)?sdnList[\s>]")
_PUBLISHED = re.compile(rb"<Publish_Date>\s*([^<]{1,20}?)\s*</Publish_Date>")
_PROGRAMMES = re.compile(rb"<programList>(.*?)</programList>", re.DOTALL)
_PROGRAMME = re.compile(rb"<program>\s*([^<]*?)\s*</program>")
_ENTRY = "sdnEntry"
_REPORT_EVERY = 1_000

NO_LIST = "no programme of an entry tells which list it is on: it counts as one of the SDN list"


def recognised(content: Content) -> tuple[str, date | None] | None:
    """The kind of a file and the day of its publication, or None if it is none of the Treasury's.

    The other lists' file is told by its first entries: each has a programme of one of those lists.
    """
    if not _ROOT.search(content.head):
        return None
    check_prolog(content)
    published = _PUBLISHED.search(content.head)
    entries = [set(_PROGRAMME.findall(block)) for block in _PROGRAMMES.findall(content.head)]
    others = bool(entries) and all(_lists_of(p.decode("utf-8", "replace") for p in entry) for entry in entries)
    return OTHERS if others else SDN, american(published[1].decode("ascii", "replace")) if published else None


def extract(content: Content, kind: str, entries: Entries, progress: Progress) -> int:
    """Read the entries of a file; one that stands on several lists gives an entry for each. The number of records.

    Raises:
        BadInput: it is malformed or cut off, or declares entities.
    """
    count = 0
    try:
        for element in _elements(content):
            count += 1
            if count % _REPORT_EVERY == 0:
                progress(f"records of {content.name}", count, None, "records")
            programmes = _texts(element, "programList/program")
            codes = sorted(_lists_of(iter(programmes))) if kind == OTHERS else [SDN.upper()]
            if not codes:
                entries.sink.warn(NO_LIST, count, ", ".join(programmes))
            for code in codes or [SDN.upper()]:
                entries.add(_entry(element, code, programmes, count))
    except etree.XMLSyntaxError as error:
        raise BadInput(
            f"The XML is malformed or cut off: {error}.", where=content.name, remedy="Download it again."
        ) from error
    return count


def _entry(element: etree._Element, code: str, programmes: list[str], row: int) -> Entry:
    names = [
        (_text(aka, "type") or "a.k.a.", name)
        for aka in element.iterfind(_path("akaList/aka"))
        if (name := _name(aka)) is not None
    ]
    return Entry(
        code,
        row,
        _name(element),
        _text(element, "uid"),
        _text(element, "sdnType"),
        names,
        _texts(element, "addressList/address/country"),
        programmes,
        other_ids=other_identifiers(
            (_text(one, "idType") or "", _text(one, "idNumber") or "", _text(one, "idCountry") or "")
            for one in element.iterfind(_path("idList/id"))
        ),
    )


def _name(element: etree._Element) -> str | None:
    """The family name or the name of a company, and what stands before it in speech, after a comma."""
    return ", ".join(part for part in (_text(element, "lastName"), _text(element, "firstName")) if part) or None


def _lists_of(programmes: Iterator[str]) -> set[str]:
    known = lists().by_programme
    return {known[programme.lower()] for programme in programmes if programme.lower() in known}


def _elements(content: Content) -> Iterator[etree._Element]:
    for _, element in etree.iterparse(
        str(content.path),
        events=("end",),
        tag=f"{{*}}{_ENTRY}",
        huge_tree=False,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
    ):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _path(path: str) -> str:
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def _texts(element: etree._Element, path: str) -> list[str]:
    return [one.text.strip() for one in element.iterfind(_path(path)) if one.text and one.text.strip()]


def _text(element: etree._Element, name: str) -> str | None:
    return next(iter(_texts(element, name)), None)
