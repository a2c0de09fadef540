"""A small sound file of every registry and form with two records, and the places in which tests damage the second."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from gleif_api_answers import document, record
from gleif_files import as_csv, as_json, as_xml, company, lei
from psc_records import party

LINES, LIST, OBJECT, CSV, XML, TEXT, BINARY = "lines", "list", "object", "csv", "xml", "text", "binary"


@dataclass(frozen=True)
class Sample:
    """A sound file: how it is called, under which registry, in which form, and what it holds.

    `name` and `day` are a text and a date of the second record, as written in the file (empty: there is none); they
    stand nowhere else in it.
    """

    registry: str
    file: str
    form: str
    content: bytes
    name: str = ""
    day: str = ""

    @property
    def label(self) -> str:
        """For the names of tests."""
        return f"{self.registry}-{self.file}"

    def with_name(self, text: str) -> bytes:
        """The file with other characters, as they are, in the place of the second record's name."""
        return self._changed(self.name, text)

    def with_day(self, text: str) -> bytes:
        """The file with other characters in the place of a date of the second record."""
        return self._changed(self.day, text)

    def with_value(self, text: str) -> bytes:
        """A JSON file with other JSON in the place of the second record's name, quotes included."""
        return self._changed(f'"{self.name}"', text)

    def _changed(self, old: str, new: str) -> bytes:
        assert self.content.count(old.encode()) == 1, (self.label, old)
        return self.content.replace(old.encode(), new.encode("utf-8", "surrogatepass"))


SECOND, DAY = "Zweite GmbH", "2024-03-04"
_XMLNS = 'xmlns="http://tempuri.org/sdnList.xsd"'


def _bods() -> list[dict[str, Any]]:
    publication = {"publicationDate": "2025-01-31", "bodsVersion": "0.4", "publisher": {"name": "Acme Register"}}
    return [
        {
            "statementId": f"statement-{number}".ljust(32, "."),
            "declarationSubject": "a",
            "recordId": f"record-{number}",
            "recordType": "entity",
            "recordStatus": "new",
            "statementDate": day,
            "publicationDetails": publication,
            "recordDetails": {"isComponent": False, "entityType": {"type": "registeredEntity"}, "name": name},
        }
        for number, name, day in ((1, "First", "2024-05-01"), (2, SECOND, DAY))
    ]


def _ftm() -> list[dict[str, Any]]:
    return [
        {"id": "a", "schema": "Company", "properties": {"name": ["First"]}, "datasets": ["x"], "referents": []},
        {
            "id": "b",
            "schema": "Company",
            "properties": {"name": [SECOND], "country": ["de"]},
            "datasets": ["x"],
            "referents": [],
            "last_change": DAY,
        },
    ]


def _opencorporates() -> list[dict[str, Any]]:
    first = {"name": "First", "company_number": "1", "jurisdiction_code": "ie", "retrieved_at": "2025-03-09"}
    return [first, {**first, "name": SECOND, "company_number": "2", "incorporation_date": DAY}]


def _companies(name: str, number: str, day: str) -> dict[str, str]:
    return {
        "CompanyName": name,
        "CompanyNumber": number,
        "RegAddress.Country": "ENGLAND",
        "CompanyCategory": "Private Limited Company",
        "CompanyStatus": "Active",
        "CountryOfOrigin": "United Kingdom",
        "IncorporationDate": day,
    }


def _entries() -> list[dict[str, Any]]:
    source = "Entity List (EL) - Bureau of Industry and Security"
    return [
        {"id": "1", "source": source, "name": "First", "start_date": "2020-01-31", "type": "Entity"},
        {"id": "2", "source": source, "name": SECOND, "start_date": DAY, "type": "Entity"},
    ]


def _compact() -> dict[str, Any]:
    return {
        "sourceGeneratedAt": "2026-07-31T13:15:00+00:00",
        "fieldKey": {"n": "name"},
        "tables": {"sources": [_entries()[0]["source"]]},
        "entries": [{"n": "First", "s": 0}, {"n": SECOND, "s": 0}],
    }


def _sdn() -> str:
    entries = "".join(
        f"<sdnEntry><uid>{number}</uid><lastName>{name}</lastName><sdnType>Entity</sdnType>"
        "<programList><program>CUBA</program></programList></sdnEntry>\n"
        for number, name in ((1, "First"), (2, SECOND))
    )
    published = "<publshInformation><Publish_Date>07/16/2014</Publish_Date></publshInformation>"
    return f'<?xml version="1.0"?>\n<sdnList {_XMLNS}>{published}\n{entries}</sdnList>\n'


def _gleif() -> list[dict[str, Any]]:
    updated = {"Registration__LastUpdateDate": f"{DAY}T10:00:00.000Z"}
    return [company(1, Entity__LegalName="First"), company(2, Entity__LegalName=SECOND, **updated)]


def _table(separator: str, *rows: tuple[str, ...]) -> str:
    return "".join(separator.join(row) + "\n" for row in rows)


def _lines(records: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records).encode()


def _list(records: Any) -> bytes:
    return json.dumps(records, ensure_ascii=False).encode()


_TURTLE = f"""@prefix topco: <https://w3id.org/topco/> .
<urn:x:a> a topco:LegalEntity ; topco:name "First" .
<urn:x:b> a topco:LegalEntity ; topco:name "{SECOND}" .
"""
_RDF_XML = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:t="https://w3id.org/topco/">
<t:LegalEntity rdf:about="urn:x:a"><t:name>First</t:name></t:LegalEntity>
<t:LegalEntity rdf:about="urn:x:b"><t:name>{SECOND}</t:name></t:LegalEntity></rdf:RDF>
"""
_JSON_LD = [
    {"@id": f"urn:x:{id_}", "@type": "https://w3id.org/topco/LegalEntity", "https://w3id.org/topco/name": name}
    for id_, name in (("a", "First"), ("b", SECOND))
]


def _parquet() -> bytes:
    stream = io.BytesIO()
    pl.DataFrame({"id": ["a", "b"], "name": ["First", SECOND], "hq_country": ["DE", "FR"]}).write_parquet(stream)
    return stream.getvalue()


@cache
def samples() -> tuple[Sample, ...]:
    """A sample for each registry and form."""
    psc = [party("one", name="First"), party("two", name=SECOND, notified_on=DAY)]
    basic = [_companies("First", "00000001", "11/09/2012"), _companies(SECOND, "00000002", "30/04/2013")]
    military = ("Name", "Clean Name", "Alias", "Parent Name", "Start date", "End date")
    denied = ("Name", "Country", "Effective_Date", "Expiration_Date", "FR_Citation")
    entities = ("id", "name", "hq_country")
    answer = document([record(n, {}, legalName={"name": name}) for n, name in ((1, "First"), (2, SECOND))])
    results = {"search_performed_at": "2026-07-30T01:00:00+00:00", "results": _entries()}
    return (
        Sample("gleif", "lei2.csv", CSV, as_csv("lei2", _gleif()).encode(), SECOND, f"{DAY}T10:00:00.000Z"),
        Sample("gleif", "lei2.xml", XML, as_xml("lei2", _gleif()).encode(), SECOND, f"{DAY}T10:00:00.000Z"),
        Sample("gleif", "lei2.json", OBJECT, as_json("lei2", _gleif()).encode(), SECOND, f"{DAY}T10:00:00.000Z"),
        Sample("gleif", "answer.json", OBJECT, _list(answer), SECOND),
        Sample("bods", "statements.jsonl", LINES, _lines(_bods()), SECOND, DAY),
        Sample("bods", "statements.json", LIST, _list(_bods()), SECOND, DAY),
        Sample("psc", "psc.jsonl", LINES, _lines(psc), SECOND, DAY),
        Sample("psc", "psc.json", LIST, _list(psc), SECOND, DAY),
        Sample(
            *("psc", "companies.csv", CSV),
            _table(",", tuple(basic[0]), *(tuple(each.values()) for each in basic)).encode(),
            *(SECOND, "30/04/2013"),
        ),
        Sample("psc", "companies.json", LIST, _list(basic), SECOND, "30/04/2013"),
        Sample("ftm", "entities.ftm.json", LINES, _lines(_ftm()), SECOND, DAY),
        Sample("ftm", "list.ftm.json", LIST, _list(_ftm()), SECOND, DAY),
        Sample("opencorporates", "oc.jsonl", LINES, _lines(_opencorporates()), SECOND, DAY),
        Sample("opencorporates", "oc.json", LIST, _list(_opencorporates()), SECOND, DAY),
        Sample("csl", "compact.json", OBJECT, _list(_compact()), SECOND),
        Sample("csl", "results.json", OBJECT, _list(results), SECOND, DAY),
        Sample("csl", "list.json", LIST, _list(_entries()), SECOND, DAY),
        Sample("csl", "list.jsonl", LINES, _lines(_entries()), SECOND, DAY),
        Sample("csl", "sdn.xml", XML, _sdn().encode(), SECOND),
        Sample(
            *("csl", "1260h.csv", CSV),
            _table(",", military, ("First", "First", "", "", "2021-06-03", ""), (SECOND, "", "", "", DAY, "")).encode(),
            *(SECOND, DAY),
        ),
        Sample(
            *("csl", "dpl.txt", CSV),
            _table("\t", denied, ("First", "DE", "1/31/2020", "", "1"), (SECOND, "DE", "2/28/2020", "", "")).encode(),
            *(SECOND, "2/28/2020"),
        ),
        Sample("rdf", "graph.ttl", TEXT, _TURTLE.encode(), SECOND),
        Sample("rdf", "graph.rdf", XML, _RDF_XML.encode(), SECOND),
        Sample("rdf", "graph.jsonld", LIST, _list(_JSON_LD), SECOND),
        Sample(
            "table", "table.csv", CSV, _table(",", entities, ("a", "First", "DE"), ("b", SECOND, "FR")).encode(), SECOND
        ),
        Sample("table", "table.parquet", BINARY, _parquet()),
    )


__all__ = ["BINARY", "CSV", "LINES", "LIST", "OBJECT", "SECOND", "TEXT", "XML", "Sample", "lei", "samples"]
