"""The page of a case: a form that asks each fact once, and the determination of what was answered so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from topco.application.application import Application
from topco.application.cases import Determined, case_text
from topco.application.proofs import explained, report
from topco.errors import BadInput, NotModelled
from topco.licensing.cases.case_files import CaseRead
from topco.records.setting import Asked
from topco.reports.words import country_names
from topco.server.api.cases import few_parties
from topco.server.api.proofs import MEDIA
from topco.server.context import App, Writer
from topco.server.downloads import attached
from topco.server.turns import Heavy, long
from topco.server.workbench.case_answer import case_answer, heading_of
from topco.server.workbench.case_examples import CaseLink, examples, links_of
from topco.server.workbench.case_form import case_form
from topco.server.workbench.case_open import labels_of
from topco.server.workbench.case_state import LONGEST, CaseState, key_of_error, state_of_query
from topco.server.workbench.pages import page

router = APIRouter(prefix="/case", route_class=Heavy)
Link = Annotated[str, Form(max_length=LONGEST)]
JSON = "application/json"


@router.get("")
def case(request: Request, application: App) -> Response:
    """The form, and below it what the case that is stated so far comes to."""
    state = state_of_query(request.url.query)
    context = _answered(application, state)
    form = case_form(context["state"], context["answer"])
    more = {
        "form": form,
        "country_list": country_names(),
        "examples": () if state.texts else examples(),
        "pasted": None,
    }
    return page(request, "case.html", status=422 if context["state"].errors else 200, **context, **more)


@router.get("/answer")
def answer(request: Request, application: App) -> Response:
    """The answer alone, for a form that is being filled in; what is wrong is a part of it, not an error."""
    context = _answered(application, state_of_query(request.url.query))
    state, found = context["state"], context["answer"]
    form = case_form(state, found)
    address = f"/case?{state.link}" if state.link else "/case"
    live = {"errors": state.errors, "folded": form.folded, "open": form.open_groups, "address": address}
    return page(request, "case-answer.html", live=json.dumps(live), elsewhere=form.elsewhere, **context)


@router.get("/whatif")
@long
def whatif(request: Request, application: App, part: Annotated[bool, Query()] = False) -> Response:
    """What the answer hangs on: a page, or with `part` only what stands in it."""
    state = _without(request, "part")
    template = "case-whatif.html" if part else "case-whatif-page.html"
    try:
        text, asked = _usable(state)
        found = application.cases.whatif(text, asked=asked)
    except (BadInput, NotModelled) as error:
        status = 200 if part else 422
        return page(request, template, status=status, state=state, whatif=None, refused=error, labels={})
    return page(request, template, state=state, whatif=found, refused=None, labels=labels_of(found, state))


@router.get("/proof")
def proof(
    request: Request,
    application: App,
    form: Annotated[Literal["text", "json", "trig", "mermaid", "svg", "html"], Query()] = "html",
) -> Response:
    """The proof of the answer, in one of its forms."""
    found = _determined(application, _without(request, "form")).answer
    return Response(explained(found, form), media_type=MEDIA[form])


@router.get("/determination.json")
def determination(request: Request, application: App) -> Response:
    """The answer as `topco determine --format json` writes it."""
    found = _determined(application, state_of_query(request.url.query)).answer
    text = json.dumps(found, ensure_ascii=False, indent=2, default=str) + "\n"
    return Response(text, media_type=JSON, headers=attached(f"determination-{heading_of(found)}.json"))


@router.get("/case.json")
def as_case(request: Request) -> Response:
    """The case as `topco determine` takes it."""
    text, _ = _usable(state_of_query(request.url.query))
    return Response(text + "\n", media_type=JSON, headers=attached("case.json"))


@router.post("")
async def paste(request: Request) -> Response:
    """A case as JSON, pasted or uploaded: its link; of several cases, the link of each."""
    from starlette.datastructures import UploadFile

    async with request.form(max_files=1, max_fields=4) as sent:
        file, pasted = sent.get("file"), sent.get("case")
        text = pasted if isinstance(pasted, str) else ""
        if isinstance(file, UploadFile) and file.filename:
            sent_file = await file.read()
            text = sent_file.decode("utf-8", errors="replace")
            if text.encode() != sent_file:
                return _blank(request, ("", []), BadInput("The file is not in UTF-8.", remedy="Save it as UTF-8."))
    try:
        found = links_of(text)
    except BadInput as error:
        return _blank(request, (text, []), error)
    if len(found) == 1 and found[0].link is not None:
        return RedirectResponse(f"/case?{found[0].link}", 303)
    return _blank(request, ("", found), None)


def _blank(request: Request, pasted: tuple[str, list[CaseLink]], refused: BadInput | None) -> Response:
    """The page without a case, with what became of a text that was pasted."""
    state = state_of_query("")
    return page(
        request,
        "case.html",
        status=200 if refused is None else 400,
        state=state,
        form=case_form(state, None),
        country_list=country_names(),
        answer=None,
        shown=None,
        refused=refused,
        examples=examples(),
        pasted=pasted,
    )


@router.post("/report")
def make_report(application: App, link: Link) -> Response:
    """The answer as one page that prints, to save."""
    found = _determined(application, state_of_query(link)).answer
    name = attached(f"report-{heading_of(found)}.html")
    return Response(report([found], "the answer"), media_type=MEDIA["html"], headers=name)


@router.post("/keep")
def keep(
    application: App,
    settings: Writer,
    link: Link,
    author: Annotated[str, Form(max_length=200)] = "",
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Keep case, options, answer and proof in the records of the store."""
    state = state_of_query(link)
    determined = _determined(application, state)
    (record,) = application.cases.keep(
        [determined], state.asked, author.strip() or settings.author, note.strip() or None
    )
    return RedirectResponse(f"/records/{record.id}", 303)


def _answered(application: Application, state: CaseState) -> dict[str, Any]:
    """What the page shows of a state: the answer, or why there is none."""
    context: dict[str, Any] = {"state": state, "answer": None, "shown": None, "refused": None}
    if not state.texts or state.errors:
        return context
    try:
        determined = _determined(application, state)
    except BadInput as error:
        key = key_of_error(error, state)
        if key is None:
            return context | {"refused": error}
        state.read.errors[key] = _sentence(error, key)
        return context
    except NotModelled as error:
        return context | {"refused": error}
    return context | {"answer": determined.answer, "shown": case_answer(determined, state)}


def _sentence(error: BadInput, key: str) -> str:
    said = error.what.removeprefix(f"{key}: ")
    remedy = error.remedy or ""
    return said if remedy in said else f"{said} {remedy}"


def _determined(application: Application, state: CaseState) -> Determined:
    _usable(state)
    assert state.read.case is not None
    return application.cases.determine_read([CaseRead("the case", state.read.case)], state.asked)[0]


def _usable(state: CaseState) -> tuple[str, Asked]:
    """The case as JSON, and how it is read.

    Raises:
        BadInput: something is wrong with it.
    """
    if state.errors or state.read.case is None:
        wrong = "; ".join(f"{key}: {text}" for key, text in state.errors.items())
        raise BadInput(f"{wrong}.", where="the case", remedy="Mend it in the form of the case.")
    few_parties(len(state.read.case.parties))
    return case_text(written(state)), state.asked


def written(state: CaseState) -> Mapping[str, Any]:
    """The case of a state as JSON has it, without what is unknown."""
    from topco.licensing.cases.case_shape import NO_FACTS

    assert state.read.case is not None
    found: dict[str, Any] = state.read.case.model_dump(mode="json", exclude_defaults=True, exclude=set(NO_FACTS))
    return found


def _without(request: Request, *names: str) -> CaseState:
    """The state of an address that also says something else."""
    from urllib.parse import urlencode

    kept = [(key, text) for key, text in request.query_params.multi_items() if key not in names]
    return state_of_query(urlencode(kept))
