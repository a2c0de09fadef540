"""Companies and their people with significant control from the REST interface of Companies House, upward.

Asked for are a company's profile, the lists of people and of statements (all pages) and its exemptions; then the same
of every corporate person that says to be registered in the United Kingdom by a number. What came is written as JSON
lines in the form of the register's snapshot, profiles among them, for `topco.live.companies_house_answers`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from topco.errors import BadInput
from topco.live.answers import Answer, stamp
from topco.live.client import MOST_PAGES, Client
from topco.live.upward import MOST_STEPS, Fetched, Visited, upward
from topco.registries.companies_house import meanings
from topco.registries.companies_house.numbers import SCHEME, own_number, stated_number
from topco.registries.country_names import country_of

PROFILE = "company-profile"
EXEMPTIONS = "exemptions"
PAGE = 100
_LISTS = ("persons-with-significant-control", "persons-with-significant-control-statements")


def number_of(text: str) -> str:
    """The company number that a user writes, with or without its scheme.

    Raises:
        BadInput: it is none.

    >>> number_of("gb-coh:102498"), number_of("SC95000")
    ('00102498', 'SC095000')
    """
    plain = text.strip().upper().removeprefix(f"{SCHEME}:")
    number = own_number(plain)
    if number is None:
        raise BadInput(f"{text!r} is no company number.", remedy="It has eight characters, as 00102498 or SC095000.")
    return number


@dataclass
class _Walk:
    client: Client
    seeds: frozenset[str]
    notes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    retrieved: list[datetime] = field(default_factory=list)

    def visit(self, identifier: str, step: int) -> Visited:
        """Ask about a company and whoever controls it."""
        number = identifier.removeprefix(f"{SCHEME}:")
        profile = self.client.get(f"company/{number}", may_miss=number not in self.seeds)
        if profile.status != 200:
            if number in self.seeds:
                raise BadInput(
                    f"Companies House has no company {number}. Nothing was loaded.",
                    where=profile.url,
                    remedy="Check the number.",
                )
            self.notes.append(f"Companies House has no company {identifier}, which a record gives as its holder.")
            return Visited(identifier, None, step, (), profile.retrieved_at)
        if profile.field("company_number", str) != number:
            raise profile.changed("company_number", f"is not {number}")
        name: str = profile.field("company_name", str)
        profile.field("company_status", (str, type(None)))
        self._put(number, profile, {**profile.body, "kind": PROFILE})
        above: list[str] = []
        for path in _LISTS:
            for page, item, where in self._items(f"company/{number}/{path}"):
                page.field("kind", str, item, where)
                page.field("links.self", str, item, where)
                self._put(number, page, item)
                holder = holder_of(item)
                above += [holder] if holder and holder != number else []
        exempt = self.client.get(f"company/{number}/{EXEMPTIONS}", may_miss=True)
        if exempt.status == 200:
            exempt.field("exemptions", dict)
            links = {"self": f"/company/{number}/{EXEMPTIONS}"}
            self._put(number, exempt, {**exempt.body, "kind": EXEMPTIONS, "links": links})
        return Visited(
            identifier, name, step, tuple(dict.fromkeys(f"{SCHEME}:{each}" for each in above)), profile.retrieved_at
        )

    def _items(self, path: str) -> list[tuple[Answer, dict[str, Any], str]]:
        """The items of all pages of a list, each with its page and how to call it; none if there is no list."""
        found: list[tuple[Answer, dict[str, Any], str]] = []
        for _ in range(MOST_PAGES):
            page = self.client.get(path, {"items_per_page": PAGE, "start_index": len(found)}, may_miss=not found)
            if page.status != 200:
                if found:
                    raise page.changed("the page", "is missing")
                return []
            items: list[Any] = page.field("items", list)
            total: int = page.field("total_results", int)
            for place, item in enumerate(items):
                if not isinstance(item, dict):
                    raise page.changed(f"items.{place}", "is no object")
                found.append((page, item, f"items.{place}."))
            if len(found) >= total:
                return found
            if not items:
                raise page.changed("items", f"end after {len(found)} of {total}")
        raise page.changed("total_results", f"is {total}, more than anything here has")

    def _put(self, number: str, answer: Answer, data: Mapping[str, Any]) -> None:
        line = {"company_number": number, "data": data, "retrieved_at": answer.retrieved_at.isoformat()}
        self.lines.append(json.dumps(line, ensure_ascii=False))
        self.retrieved.append(answer.retrieved_at)


def holder_of(item: Mapping[str, Any]) -> str | None:
    """The number of the company in this register that a record's person says to be; None if it says none beyond doubt.

    >>> holder_of({"identification": {"registration_number": "102498", "place_registered": "Companies House"}})
    '00102498'
    >>> holder_of({"identification": {"registration_number": "102498", "place_registered": "Delaware"}})
    """
    said = item.get("identification")
    if not isinstance(said, dict) or item.get("ceased") is True or item.get("ceased_on"):
        return None
    number, place, country = (
        said.get(key) for key in ("registration_number", "place_registered", "country_registered")
    )
    if not isinstance(number, str) or not isinstance(place, str) or not meanings.is_uk_register(place):
        return None
    if isinstance(country, str) and country_of(country) != "GB" and not meanings.is_uk_register(country):
        return None
    return stated_number(number)


def fetch(client: Client, identifiers: Sequence[str], most_steps: int = MOST_STEPS) -> Fetched:
    """Ask Companies House about companies and everybody above them, and write what came as a file.

    Args:
        client: of the interface of Companies House, with a key.
        identifiers: company numbers, with or without their scheme.
        most_steps: how many steps to go up at most.

    Raises:
        BadInput: an identifier is no company number or there is no such company, or an answer is not as expected.
        Unreachable: the interface gives no answer.
    """
    seeds = [number_of(text) for text in identifiers]
    walk = _Walk(client, frozenset(seeds))
    companies, limits = upward([f"{SCHEME}:{number}" for number in seeds], walk.visit, most_steps)
    text = "\n".join(walk.lines) + "\n"
    content = hashlib.sha256(text.encode()).hexdigest()[:8]
    name = f"companies-house-{stamp(max(walk.retrieved))}-{content}.jsonl"
    return Fetched(companies, [client.kept.write(name, text)], [*walk.notes, *limits])
