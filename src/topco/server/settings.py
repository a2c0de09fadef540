"""How a server is set up: where it listens, who may write, how much a request may ask."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field

from topco.errors import BadInput

MEGABYTE = 1_000_000
SHORTEST_TOKEN = 20
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Settings:
    """The settings of one server.

    Attributes:
        host: the address it listens on; another than loopback needs a token.
        port: the port it listens on.
        write: whether records, judgements, stated facts and the ledger may be written.
        token: what a caller shows to write, and on another address than loopback to read.
        hosts: further names under which it is reached (a proxy's, say); others are refused.
        cors: origins whose pages may use the reconciliation service from a browser, as OpenRefine's do.
        session: what a browser keeps after signing in, in the place of the token; new at every start.
        author: who stands in what is written, unless a request names somebody.
        body_bytes: the largest body of a request, uploads of orders aside.
        upload_bytes: the largest upload of orders.
        query_seconds: after so long a SPARQL query is killed.
        query_rows: a SPARQL answer with more rows or triples is refused.
        query_workers: how many SPARQL queries run at once.
        jobs: how many screenings run at once.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    write: bool = False
    token: str | None = field(default=None, repr=False)
    hosts: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    session: str = field(default_factory=secrets.token_urlsafe, repr=False)
    author: str = "server"
    body_bytes: int = 2 * MEGABYTE
    upload_bytes: int = 500 * MEGABYTE
    query_seconds: float = 30.0
    query_rows: int = 100_000
    query_workers: int = 3
    jobs: int = 1

    def __post_init__(self) -> None:
        if not self.is_loopback and not self.token:
            raise BadInput(
                f"{self.host} can be reached from other machines, and no token is set.",
                remedy="Listen on 127.0.0.1, or set a token: --token-file FILE, or $TOPCO_TOKEN.",
            )
        if self.write and not self.token:
            raise BadInput("Writing needs a token.", remedy="Set one: --token-file FILE, or $TOPCO_TOKEN.")
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise BadInput(
                f"The token has {len(self.token)} letters; {SHORTEST_TOKEN} are the least.",
                remedy="Make one: python3 -c 'import secrets; print(secrets.token_urlsafe())'",
            )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    @property
    def reads_need_token(self) -> bool:
        """Whether reading needs the token as well: on every address but loopback."""
        return not self.is_loopback

    @property
    def names(self) -> frozenset[str]:
        """The names by which a browser may call this server."""
        own = () if self.host in ("0.0.0.0", "::") else (self.host,)
        return frozenset((*_LOCAL_NAMES, *own, *self.hosts))

    def admits(self, shown: str | None) -> bool:
        """Whether this is the token; compared in the same time whatever it is."""
        return self.token is not None and shown is not None and hmac.compare_digest(shown.encode(), self.token.encode())

    def knows(self, shown: str | None) -> bool:
        """Whether this is the session of a browser that has shown the token."""
        return (
            self.token is not None and shown is not None and hmac.compare_digest(shown.encode(), self.session.encode())
        )


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("desk.example")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
