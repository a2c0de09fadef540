"""The page of an entity: what is known of it in words, its chart, its rows, its owners and holdings, and the proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from topco.errors import NotFound
from topco.ownership.parent_tests import DEFAULT
from topco.server.context import App
from topco.server.turns import Heavy
from topco.server.workbench.addresses import entity_address
from topco.server.workbench.asked import Asked, AskedOfPage
from topco.server.workbench.chart import ChartShown, chart_asked, chart_shown
from topco.server.workbench.pages import page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topco.application.application import Application
    from topco.reports.evidence_rows import EvidenceRow
    from topco.reports.proof_page import Branch

router = APIRouter(route_class=Heavy)
LISTED = 200
"""Rows of a table on the page; the rest is in its files."""
CHART = ("up", "down", "limit", "expand")
Part = Literal["timeline", "sensitivity"]
Id = Annotated[str, Path(max_length=300)]


@dataclass(frozen=True)
class Meaning:
    """What a status means, for people and for the rules; `settled` if a question about the entity can be answered."""

    label: str
    sentence: str
    rules_see: str
    settled: bool
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Links:
    """The addresses that a page of an entity gives.

    Attributes:
        query: what was asked of the facts; it stays in every address.
        state: everything in the query of this page, for forms and links that change one part of it.
    """

    identifier: str
    query: tuple[tuple[str, str], ...]
    state: tuple[tuple[str, str], ...]

    def entity(self, identifier: str) -> str:
        """The page of another entity, with the same facts."""
        return entity_address(identifier, self.query)

    def showing(self, part: str) -> str:
        """This page with one more of its slow parts."""
        return f"{entity_address(self.identifier, [*self.state, ('show', part)])}#{part}"

    def part(self, part: str) -> str:
        """That part alone."""
        return entity_address(self.identifier, [*self.query, ("part", part)])

    @property
    def of_facts(self) -> list[tuple[str, str]]:
        """What the interfaces take of the query."""
        return [(name, value) for name, value in self.query if name != "open_top"]


@router.get("/entity/{identifier:path}")
def entity(
    request: Request,
    application: App,
    identifier: Id,
    asked: Asked,
    show: Annotated[list[Part], Query(max_length=2)] = [],  # noqa: B006
    part: Part | None = None,
) -> Response:
    """An entity, or one of the slow parts of its page."""
    from topco.reports.evidence_rows import names_in

    if part:
        return page(
            request,
            f"entity-{part}.html",
            links=_links(request, identifier, asked),
            **_slow(application, identifier, asked, [part]),
        )
    document = _resolved(application, identifier, asked)
    links = _links(request, document["entity"]["id"], asked)
    owners = application.entities.owners(identifier, asked.facts)
    return page(
        request,
        "entity.html",
        **_about(document, asked),
        names=names_in(document) | {one["id"]: one["name"] for one in owners["owners"] if one["name"]},
        owners=owners,
        holdings=application.entities.holdings(identifier, asked.facts),
        chart=_chart(application, request, identifier, asked, links),
        links=links,
        asked=asked,
        listed=LISTED,
        show=show,
        **_slow(application, identifier, asked, show),
    )


def _resolved(application: Application, identifier: str, asked: AskedOfPage) -> dict[str, Any]:
    """The resolution of an entity.

    Raises:
        NotFound: no row names it, or none that the test looks at: a page may lead here from a row of another kind.
    """
    try:
        return application.entities.resolve(identifier, asked.facts)
    except NotFound:
        if asked.facts.test != DEFAULT:
            known = application.entities.resolve(identifier, replace(asked.facts, test=DEFAULT))["entity"]["id"]
            raise NotFound(
                f"The test {asked.facts.test} looks at no row that names {known}.",
                remedy=f"By the test {DEFAULT} it is known: leave the test out of the address.",
            ) from None
        raise


def _about(document: Mapping[str, Any], asked: AskedOfPage) -> dict[str, Any]:
    """What a page shows of the resolution itself."""
    from topco.explain.proof import read_proof
    from topco.ownership.parent_tests import names
    from topco.reports.chain import chain_of
    from topco.reports.evidence_rows import evidence_rows, records_of
    from topco.reports.proof_page import proof_tree
    from topco.reports.sources import Sources

    nodes = read_proof(document["proof"], document["id"])
    rows: list[EvidenceRow] | None = evidence_rows(document)
    tree: Branch = proof_tree(nodes)
    return {
        "document": document,
        "meaning": _meaning(document, strict=asked.strict),
        "records": records_of(document),
        "chain": chain_of(document, Sources()),
        "evidence": rows,
        "tree": tree,
        "size": len(nodes),
        "tests": names(),
    }


def _meaning(document: Mapping[str, Any], *, strict: bool) -> Meaning:
    from topco.ownership.status import Status
    from topco.reports.words import status, status_sentence, word

    code = document["status"]
    found = Status[code.upper()]
    by_policy = not strict and found.undetermined(strict=True) and not found.undetermined(strict=False)
    return Meaning(
        label=status(code),
        sentence=status_sentence(code),
        rules_see=word("rules_see", f"{code}_as_recorded" if by_policy else code),
        settled=not found.undetermined(strict=strict),
        notes=tuple((status(note), status_sentence(note)) for note in document["notes"]),
    )


def _chart(application: Application, request: Request, identifier: str, asked: AskedOfPage, links: Links) -> ChartShown:
    from topco.reports.words import country

    numbers = chart_asked(request.query_params.multi_items())
    opened = [f"{way}:{node}" for node, way in numbers.pop("expanded", ())]
    document = application.entities.chart(identifier, asked.facts, expand=opened, **numbers)
    keep = [(name, value) for name, value in links.state if name not in CHART]
    here = entity_address(links.identifier)
    return chart_shown(document, here=here, keep=keep, entity=links.entity, country=country)


def _slow(application: Application, identifier: str, asked: AskedOfPage, parts: Sequence[str]) -> dict[str, Any]:
    """The answers that are asked for one by one, None for those that are not."""
    entities = application.entities
    return {
        "timeline": entities.timeline(identifier, asked.facts) if "timeline" in parts else None,
        "sensitivity": entities.sensitivity(identifier, asked.facts) if "sensitivity" in parts else None,
    }


def _links(request: Request, identifier: str, asked: AskedOfPage) -> Links:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name in (*CHART, "show")]
    return Links(identifier, asked.query, (*asked.query, *kept))
