"""Answers with a proof, as Python objects: the documents of the command line with names for what is asked most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from topco.application.proofs import explained, report
from topco.notebook.picture import Picture
from topco.notebook.table import Table

if TYPE_CHECKING:
    from topco.application.application import Application
    from topco.verification.outcome import Verification


class Answer(Mapping[str, Any]):
    """A document of the command line (`--format json`), read like a dictionary.

    Args:
        document: the document.
        application: where it comes from, for verifying it against the store.
    """

    def __init__(self, document: Mapping[str, Any], application: Application) -> None:
        self.document = dict(document)
        self._application = application

    def __getitem__(self, name: str) -> Any:
        return self.document[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.document)

    def __len__(self) -> int:
        return len(self.document)

    @property
    def id(self) -> str:
        """The identifier of the answer: of equal questions to equal data under equal rules it is the same."""
        return str(self.document["id"])

    @property
    def proof(self) -> Proof:
        """What it rests on."""
        return Proof(self.document, self._application)

    def report(self) -> str:
        """The answer as one HTML page that prints."""
        return report([self.document])


class Resolution(Answer):
    """Headquarters, status, ultimate parents and chain of an entity (contracts: a resolution)."""

    @property
    def name(self) -> str | None:
        """The name on its record."""
        name = self.document["entity"]["name"]
        return None if name is None else str(name)

    @property
    def status(self) -> str:
        """One of the statuses of a resolution: `resolved`, `own_top`, `withheld`, …"""
        return str(self.document["status"])

    @property
    def headquarters(self) -> str | None:
        """The country; None: not known, or sources differ (`self["hq"]["alternatives"]`)."""
        country = self.document["hq"]["country"]
        return None if country is None else str(country)

    @property
    def ultimate_parents(self) -> Table:
        """The ultimate parents with their headquarters; empty where none is known."""
        columns = ("id", "name", "hq_country", "status")
        return Table(self.document["ultimate_parents"], columns, f"Ultimate parents of {self.name or self.id}")

    @property
    def chain(self) -> Table:
        """The steps upwards, each with its row."""
        rows = [{**step, **_share(step["share"]), **_place(step["source"])} for step in self.document["chain"]]
        columns = ("child", "parent", "kind", "share_lower", "share_upper", "from", "to", "load", "row")
        return Table(rows, columns, f"Chain of {self.name or self.id}")

    def __repr__(self) -> str:
        parents = ", ".join(str(one["name"] or one["id"]) for one in self.document["ultimate_parents"])
        above = parents or "no ultimate parent known"
        entity = self.document["entity"]
        return f"<Resolution of {self.name or entity['id']} ({entity['id']}): {self.status}; {above}>"

    def _repr_html_(self) -> str:
        entity = self.document["entity"]
        head = f"<p><strong>{escape(str(self.name or entity['id']))}</strong> ({escape(entity['id'])}): "
        head += f"{escape(self.status.replace('_', ' '))}, headquarters {escape(self.headquarters or 'not known')}, "
        head += f"as of {escape(self.document['as_of'])}</p>"
        parents = self.ultimate_parents
        return head + (parents._repr_html_() if len(parents) else "<p>No ultimate parent is known.</p>")


class Determination(Answer):
    """What a case comes to: requirement, exceptions, review policy, with everything that is open (contracts)."""

    @property
    def verdict(self) -> str:
        """The answer in words."""
        return str(self.document["verdict"])

    @property
    def licence_required(self) -> str:
        """`yes`, `no` or `undetermined`."""
        return str(self.document["licence_required"])

    @property
    def review_policy(self) -> str | None:
        """How an application would be reviewed; None where no licence is required."""
        policy = self.document["review_policy"]
        return None if policy is None else str(policy)

    @property
    def exceptions(self) -> Table:
        """Every exception of the rule set with its status."""
        rows = [
            {
                "code": one["code"],
                "status": one["status"],
                "not_met": [each["id"] for each in one["conditions"] if each["state"] == "failed"],
                "missing": [each["id"] for each in one["conditions"] if each["state"] == "missing"],
            }
            for one in self.document["exceptions"]
        ]
        return Table(rows, ("code", "status", "not_met", "missing"), "Licence exceptions")

    @property
    def parties(self) -> Table:
        """The parties as the rules saw them."""
        columns = ("role", "name", "located_in", "hq_in", "ultimate_parent_hq_in", "status")
        return Table(self.document["parties"], columns, "Parties")

    @property
    def settling_facts(self) -> Table:
        """Facts that would settle what is open."""
        return Table(self.document["settling_facts"], ("fact", "party", "values"), "Facts that would settle it")

    @property
    def not_tested(self) -> tuple[str, ...]:
        """What was not tested."""
        return tuple(self.document["not_tested"])

    def __repr__(self) -> str:
        return f"<Determination {self.id}: {self.verdict}>"

    def _repr_html_(self) -> str:
        parts = [f"<p><strong>{escape(self.verdict)}</strong></p>"]
        parts += [table._repr_html_() for table in (self.exceptions, self.parties, self.settling_facts) if len(table)]
        parts.append(f"<p>Not tested: {escape('; '.join(self.not_tested))}. Not legal advice.</p>")
        return "".join(parts)


class Proof(Sequence[Mapping[str, Any]]):
    """The statements that an answer rests on, the conclusion first."""

    def __init__(self, document: Mapping[str, Any], application: Application) -> None:
        self._document = document
        self._application = application
        self._nodes: list[dict[str, Any]] = document["proof"]["nodes"]

    def __len__(self) -> int:
        return len(self._nodes)

    def __getitem__(self, place: Any) -> Any:
        return self._nodes[place]

    @property
    def table(self) -> Table:
        """The statements as rows."""
        rows = [{**node, **_place(node.get("source"))} for node in self._nodes]
        return Table(rows, ("id", "kind", "text", "cite", "load", "row"), "Statements of the proof")

    def text(self, depth: int | None = None) -> str:
        """The tree as text, down to a depth."""
        return explained(self._document, "text", depth=depth)

    def picture(self) -> Picture:
        """The graph of the statements."""
        return Picture(explained(self._document, "svg"), "Proof")

    def trig(self) -> str:
        """The same as RDF in PROV-O."""
        return explained(self._document, "trig")

    def verify(self, *, against_store: bool = False) -> Verification:
        """Derive the answer again from the leaves; `against_store` holds every row against the store as well."""
        return self._application.proofs.verify(self._document, against_store=against_store)

    def __repr__(self) -> str:
        return f"<Proof of {len(self)} statements: {self._nodes[0]['text']}>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def _share(share: Mapping[str, Any]) -> dict[str, Any]:
    return {"share_lower": share["lower"], "share_upper": share["upper"]}


def _place(source: Mapping[str, Any] | None) -> dict[str, Any]:
    return {} if source is None else {"load": source.get("load"), "row": source.get("row")}
