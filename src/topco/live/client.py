"""Asking an interface over HTTP: not faster than it likes, again if something fails, and never for what is at hand.

A question is repeated after 429 (as long as the answer says to wait), 5xx, time-outs, broken connections and bodies
that end too early, with waits that double and vary; other errors are final. An answer is JSON of limited size.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from topco import __version__
from topco.errors import BadInput, TopcoError
from topco.live.answers import Answer, Kept

if TYPE_CHECKING:
    import httpx

ATTEMPTS = 6
LONGEST_WAIT = 60.0
LONGEST_ORDERED_WAIT = 900.0
PATIENCE = 10
MOST_BYTES = 64 << 20
MOST_PAGES = 1_000
_OK, _NOT_FOUND, _TOO_MANY, _SERVER = 200, 404, 429, 500
_DENIED = (401, 403)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Unreachable(TopcoError):
    """An interface did not give an answer, however often it was asked."""


class _Again(Exception):
    """The question may be asked again: why, and how long the interface says to wait."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.why, self.wait = why, wait


@dataclass
class Client:
    """Asks one interface.

    Attributes:
        base: the URL that questions begin with.
        kept: where answers are kept.
        per_minute: how many questions are asked in a minute at most.
        key: the user name of basic authentication, if the interface wants one.
        refresh: ask even if an answer is kept; once in the life of a client.
        timeout: seconds without any byte after which a question counts as failed.
        sleep: waits for some seconds; tests put another in its place.
        say: told, in a sentence, about waits.
    """

    base: str
    kept: Kept
    per_minute: float
    key: str | None = None
    refresh: bool = False
    timeout: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = lambda message: None
    asked: int = 0
    reused: int = 0
    _http: httpx.Client | None = None
    _last: float | None = None
    _fresh: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInput("The address of the interface is no URL.", where=self.base, remedy="Begin it with https://.")
        if self.key and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise BadInput(
                "The key would be sent unencrypted.",
                where=self.base,
                remedy="Give an address that begins with https://.",
            )

    def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def get(self, path: str, parameters: Mapping[str, str | int] | None = None, *, may_miss: bool = False) -> Answer:
        """The answer to a question, kept or new.

        Args:
            path: what comes after the base, without a slash before it.
            parameters: of the query.
            may_miss: 404 is an answer as well, and kept.

        Raises:
            BadInput: the interface refuses the question or the key.
            Unreachable: it gives no answer.
        """
        import httpx

        url = str(httpx.URL(f"{self.base.rstrip('/')}/{path}", params=dict(parameters or {})))
        if not parameters:
            url = url.rstrip("?")
        found = self.kept.find(url) if not self.refresh or url in self._fresh else None
        if found is not None and (may_miss or found.status == _OK):
            self.reused += url not in self._fresh
            return found
        answer = self._ask(url)
        if answer.status == _OK or may_miss:
            self.kept.keep(answer)
            self._fresh.add(url)
        return answer

    def _ask(self, url: str) -> Answer:
        why = ""
        for attempt in range(ATTEMPTS):
            self._keep_pace()
            self.asked += 1
            try:
                return self._once(url)
            except _Again as again:
                why = again.why
                if again.wait is not None and again.wait > LONGEST_ORDERED_WAIT:
                    break
                if attempt + 1 < ATTEMPTS:
                    wait = again.wait if again.wait is not None else _backoff(attempt)
                    self.say(f"{url}: {why}; asking again in {wait:.0f} s")
                    self.sleep(wait)
        raise Unreachable(
            f"The interface gives no answer: {why}.",
            where=url,
            remedy="Repeat the command later: what has come is kept, and it goes on from there.",
        )

    def _keep_pace(self) -> None:
        now = time.monotonic()
        due = now if self._last is None else self._last + 60.0 / self.per_minute
        if due > now:
            self.sleep(due - now)
        self._last = max(due, now)

    def _once(self, url: str) -> Answer:
        import httpx

        if self._http is None:
            auth = httpx.BasicAuth(self.key, "") if self.key else None
            headers = {"Accept": "application/vnd.api+json, application/json", "User-Agent": f"topco/{__version__}"}
            self._http = httpx.Client(headers=headers, auth=auth, timeout=self.timeout)
        try:
            with self._http.stream("GET", url) as response:
                body = self._body(response)
        except httpx.TimeoutException:
            raise _Again(f"no answer within {self.timeout:g} s") from None
        except httpx.TransportError as error:
            raise _Again(f"the connection failed ({type(error).__name__})") from error
        except httpx.DecodingError as error:
            raise _Again("the body cannot be unpacked") from error
        moment = datetime.now(UTC).replace(microsecond=0)
        if response.status_code == _NOT_FOUND:
            return Answer(url, moment, _NOT_FOUND, None)
        try:
            return Answer(url, moment, _OK, json.loads(body))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            raise _Again("the body is no JSON, or ends too early") from None

    def _body(self, response: httpx.Response) -> bytes:
        status = response.status_code
        if status == _TOO_MANY:
            raise _Again("too many requests (429)", _retry_after(response.headers.get("Retry-After")))
        if status >= _SERVER:
            raise _Again(f"the server failed ({status})", _retry_after(response.headers.get("Retry-After")))
        if status in _DENIED:
            raise BadInput(
                f"The interface refuses access ({status}).",
                where=str(response.url),
                remedy="Check the key in the environment, and that it is one for this interface.",
            )
        if status not in (_OK, _NOT_FOUND):
            raise BadInput(
                f"The interface does not take the question ({status}).",
                where=str(response.url),
                remedy="Check the identifier and --base-url.",
            )
        parts, size = [], 0
        deadline = time.monotonic() + PATIENCE * self.timeout
        for chunk in response.iter_bytes():
            if time.monotonic() > deadline:
                raise _Again(f"the body did not end within {PATIENCE * self.timeout:g} s")
            parts.append(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise BadInput(
                    f"The answer is larger than {MOST_BYTES >> 20} MB.",
                    where=str(response.url),
                    remedy="Check --base-url.",
                )
        return b"".join(parts)


def _backoff(attempt: int) -> float:
    """Seconds to wait after a failure: about 1, 2, 4 …, a half more or less, lest programs march in step.

    >>> 0.5 <= _backoff(0) <= 1.5, 4 <= _backoff(3) <= 12
    (True, True)
    """
    return float(min(2.0**attempt, LONGEST_WAIT) * random.uniform(0.5, 1.5))


def _retry_after(text: str | None) -> float | None:
    """The seconds that a `Retry-After` header orders, as a number or as a moment.

    >>> _retry_after("7"), _retry_after("soon"), _retry_after(None), _retry_after("Wed, 21 Oct 2015 07:28:00 GMT")
    (7.0, None, None, 0.0)
    """
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(moment.tzinfo or UTC)).total_seconds())


def json_pages(client: Client, path: str, *, may_miss: bool) -> list[Answer]:
    """All pages of a JSON:API answer; one that is no list has one.

    Raises:
        BadInput: as `Client.get`, or the pages are not told as expected.
        Unreachable: as `Client.get`.
    """
    first = client.get(path, may_miss=may_miss)
    if first.status != _OK or not isinstance(first.body, dict) or not isinstance(first.body.get("data"), list):
        return [first]
    pages = [first]
    last: Any = first.field("meta.pagination.lastPage", int)
    if last > MOST_PAGES:
        raise first.changed("meta.pagination.lastPage", f"is {last}, more pages than anything here has")
    for number in range(2, last + 1):
        page = client.get(path, {"page[number]": number})
        page.field("data", list)
        pages.append(page)
    return pages
