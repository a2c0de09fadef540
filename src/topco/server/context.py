"""What handlers take from the server: the application, the settings, who writes.

Coroutines, for they only look: anything else would go to a thread and back for each.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Request

from topco import choices
from topco.application.application import Application
from topco.application.asked import OfFacts
from topco.records.setting import Asked
from topco.server.problem import Refused
from topco.server.settings import Settings


async def application_of(request: Request) -> Application:
    """The application of the server."""
    found = request.app.state.application
    assert isinstance(found, Application)
    return found


def settings_of(request: Request) -> Settings:
    """The settings of the server."""
    found = request.app.state.settings
    assert isinstance(found, Settings)
    return found


async def writer(request: Request) -> Settings:
    """The settings, if this request may write.

    Raises:
        Refused: the server is read-only, or no token is shown.
    """
    settings = settings_of(request)
    if not settings.write:
        raise Refused(403, "This server only reads.", remedy="Start it with topco serve --write and a token.")
    if not request.state.may_write:
        raise Refused(401, "A token is needed.", remedy="Send it as Authorization: Bearer, or sign in at /sign-in.")
    return settings


AsOf = Annotated[date | None, Query(description="Facts as of this day. Default: the transaction's date, else today.")]
KnownAsOf = Annotated[date | None, Query(description="Count only loads that existed on this day. Default: now.")]
RulesAsOf = Annotated[
    date | None, Query(description="Law as of this day. Default: the transaction's date, else today.")
]
Test = Annotated[str, Query(max_length=40, description="The parent test.")]
RulesTest = Annotated[str | None, Query(max_length=40, description="The parent test. Default: the one the rules ask.")]
Reading = Annotated[
    choices.Reading | None,
    Query(description="How to read the law. Default: the case's own."),
]
OpenTop = Annotated[
    choices.OpenTop,
    Query(description="Whether a recorded company that is silent about parents counts as a top."),
]


async def of_facts(as_of: AsOf = None, known_as_of: KnownAsOf = None, test: Test = "headquarters") -> OfFacts:
    """Which facts are asked for."""
    return OfFacts(as_of, known_as_of, test)


async def of_case(
    as_of: AsOf = None,
    known_as_of: KnownAsOf = None,
    rules_as_of: RulesAsOf = None,
    reading: Reading = None,
    open_top: OpenTop = choices.STRICT,
    test: RulesTest = None,
) -> Asked:
    """What is fixed for a case."""
    return Asked(as_of, known_as_of, rules_as_of, reading, open_top, test)


async def _settings(request: Request) -> Settings:
    return settings_of(request)


App = Annotated[Application, Depends(application_of)]
Set = Annotated[Settings, Depends(_settings)]
Writer = Annotated[Settings, Depends(writer)]
Facts = Annotated[OfFacts, Depends(of_facts)]
AskedOfCase = Annotated[Asked, Depends(of_case)]
