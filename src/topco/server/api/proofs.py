"""REST: explanations, verification, reports."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Response

from topco.application.proofs import explained, report
from topco.server.context import App, Facts
from topco.server.turns import Heavy

router = APIRouter(tags=["proofs"], route_class=Heavy)

Form = Annotated[
    Literal["text", "json", "trig", "mermaid", "svg", "html"],
    Query(alias="format", description="The form of the proof."),
]
Document = Annotated[dict[str, Any], Body(description="An answer with its proof, or the proof.")]
MEDIA = {
    "text": "text/plain; charset=utf-8",
    "json": "application/json",
    "trig": "application/trig",
    "mermaid": "text/vnd.mermaid; charset=utf-8",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}
Depth = Annotated[int | None, Query(ge=0, le=1_000)]


@router.get("/explanations", response_class=Response)
def explain(
    application: App,
    facts: Facts,
    subject: Annotated[str, Query(min_length=1, max_length=300, description="An entity, a record, or an account.")],
    form: Form = "json",
    depth: Depth = None,
    every_way: bool = False,
) -> Response:
    """The proof of an entity's resolution, a kept record (rec:…, det:…), or a balance of the ledger."""
    found = application.proofs.find(subject, facts)
    return Response(explained(found, form, depth=depth, every_way=every_way, where=subject), media_type=MEDIA[form])


@router.post("/explanations", response_class=Response)
def explain_answer(answer: Document, form: Form = "text", depth: Depth = None, every_way: bool = False) -> Response:
    """The proof of an answer, in another form."""
    return Response(explained(answer, form, depth=depth, every_way=every_way), media_type=MEDIA[form])


@router.post("/verifications")
def verify(application: App, answer: Document, against_store: bool = False) -> dict[str, Any]:
    """Derive an answer again from the leaves of its proof."""
    return application.proofs.verify(answer, against_store=against_store).as_json()


@router.post("/reports", response_class=Response)
def make_report(answer: Document) -> Response:
    """An answer as one page that prints."""
    return Response(report([answer], "the answer"), media_type=MEDIA["html"])
