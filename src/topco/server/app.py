"""The server: one FastAPI application over one `Application`, with every face mounted on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from topco import __version__
from topco.application.application import Application
from topco.errors import TopcoError
from topco.server import problem
from topco.server.api.router import router as api
from topco.server.guard import Guard
from topco.server.jobs.limits import Limits as JobLimits
from topco.server.jobs.manager import Jobs
from topco.server.reconcile.routes import router as reconcile
from topco.server.settings import Settings
from topco.server.sparql.limits import Limits
from topco.server.sparql.pool import Workers
from topco.server.sparql.router import router as sparql
from topco.server.workbench.router import router as workbench

DESCRIPTION = """Ultimate parents, their headquarters, and what the AI Diffusion Rule says about an order, with proof.

The answers are those of the command line (`--format json`). Unknown is never "no". Nothing here is legal advice, and
other regimes are not tested: every answer lists them."""


def create_app(application: Application, settings: Settings) -> FastAPI:
    """The server of one store.

    >>> from pathlib import Path
    >>> create_app(Application(Path("no-such-folder")), Settings()).title
    'topco'
    """
    app = FastAPI(
        title="topco",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page fetches scripts from another host
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.application = application
    app.state.settings = settings
    workers = Workers(application.path, limits_of(settings))
    app.state.workers = workers
    app.state.jobs = Jobs(application.path, JobLimits(at_once=settings.jobs))
    app.state.lifespans = [workers.running, app.state.jobs.running]
    app.add_middleware(Guard, settings=settings)
    app.add_exception_handler(TopcoError, problem.of_topco)
    app.add_exception_handler(RequestValidationError, problem.of_validation)
    app.add_exception_handler(HTTPException, problem.of_http)
    app.add_exception_handler(ClientDisconnect, problem.of_gone)
    for router in (sparql(workers), api, reconcile(application.entities.store, settings.cors), workbench):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=str(files("topco.server") / "static")), name="static")
    return app


def limits_of(settings: Settings) -> Limits:
    """What a query may cost."""
    return Limits(workers=settings.query_workers, seconds=settings.query_seconds, rows=settings.query_rows)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What has to be begun before the first request and ended after the last, in `app.state.lifespans`."""
    async with AsyncExitStack() as stack:
        for one in app.state.lifespans:
            await stack.enter_async_context(one(app))
        yield
