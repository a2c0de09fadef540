"""Answers with proofs: found by what names them, shown in every form, checked, and as reports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from topco.application.asked import NOW, OfFacts
from topco.errors import BadInput, NotFound
from topco.store.today import today

if TYPE_CHECKING:
    from topco.application.application import Application
    from topco.verification.outcome import Verification

Document = Mapping[str, Any]
RECORDS = ("rec:", "det:")
FORMS = ("text", "json", "trig", "mermaid", "svg", "html")


class Proofs:
    """Answers of one store with their proofs."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def find(self, subject: str, asked: OfFacts = NOW) -> Document:
        """The answer that a subject names: a record (`rec:…`, `det:…`), an account of the ledger, or an entity.

        Raises:
            BadInput: it names nothing.
        """
        if subject.startswith(RECORDS):
            from topco.records import find_document

            return find_document(self._application.path, subject)
        if is_account(subject):
            return self._balance(subject, asked)
        try:
            return self._application.entities.resolve(subject, asked)
        except NotFound as error:
            if not self._application.store().loads():
                raise
            raise NotFound(
                f"{subject} is neither a file nor an identifier in the store.",
                remedy="Find it with `topco search TEXT`.",
            ) from error

    def _balance(self, name: str, asked: OfFacts) -> Document:
        from topco.ledger import database
        from topco.ledger.groups import StoreGroups
        from topco.ledger.limits import limits
        from topco.ledger.proof import proved_balance
        from topco.ownership.basis import made_with

        path = self._application.path
        connection = database.open_for_reading(path)
        if connection is None:
            raise NotFound(f"Nothing was ever entered on {name}.", where=str(path), remedy="There is no ledger yet.")
        try:
            groups = StoreGroups(path, asked.known_as_of)
            return proved_balance(connection, limits(), groups, asked.as_of or today(), name, made_with())
        finally:
            connection.close()

    def verify(self, document: Document, where: str = "the answer", *, against_store: bool = False) -> Verification:
        """An answer's proof derived again from its leaves, and with `against_store` held against the store as well.

        Raises:
            BadInput: there is no proof in it.
        """
        from topco.verification.verify import verify

        return verify(document, where, self._application.entities.store() if against_store else None)


def is_account(subject: str) -> bool:
    """Whether an account of the ledger is meant.

    >>> is_account("country/AE/-/2025"), is_account("LEI:529900T8BM49AURSDO55")
    (True, False)
    """
    from topco.ledger.accounts import Kind

    return subject.partition("/")[0] in set(Kind) and subject.count("/") >= 3


def explained(
    document: Document,
    form: str = "text",
    *,
    depth: int | None = None,
    every_way: bool = False,
    where: str = "the answer",
) -> str:
    """The proof of an answer in one of `FORMS`.

    Args:
        document: an answer with its proof, or the proof.
        depth: as text, down to this depth only.
        every_way: as text, all derivations of a conclusion.

    Raises:
        BadInput: there is no proof in it, or no such form.
    """
    return explained_all([document], form, depth=depth, every_way=every_way, where=where)


def explained_all(
    documents: Sequence[Document],
    form: str,
    *,
    depth: int | None = None,
    every_way: bool = False,
    where: str = "the answers",
) -> str:
    """The proofs of several answers in one text; a picture shows one only."""
    from topco.explain.proof import proof_in, read_proof
    from topco.explain.text import proof_lines

    proofs = [read_proof(proof_in(document), where) for document in documents]
    pairs = list(zip(documents, proofs, strict=True))
    if form == "json":
        return "".join(json.dumps(proof_in(one), ensure_ascii=False) + "\n" for one in documents)
    if form == "trig":
        from topco.explain.prov import quads, trig
        from topco.store.proofs import identifier_of, record_iris

        return trig(
            quad for document, nodes in pairs for quad in quads(identifier_of(document), nodes, record_iris(nodes))
        )
    if form == "html":
        from topco.reports.proof_page import proof_page

        return proof_page([(one, nodes, heading(one)) for one, nodes in pairs])
    if form in ("mermaid", "svg"):
        if len(pairs) > 1:
            raise BadInput(f"There are {len(pairs)} answers, and one {form} shows one.", where=where)
        from topco.explain import drawing

        ((document, nodes),) = pairs
        title = (heading(document) or [nodes[0].text])[0]
        return drawing.mermaid(nodes) if form == "mermaid" else drawing.svg(nodes, title)
    if form != "text":
        raise BadInput(f"There is no form {form}.", remedy=f"Choose one of {', '.join(FORMS)}.")
    parts = []
    for document, nodes in pairs:
        head = "".join(f"{line}\n\n" for line in heading(document))
        parts.append(head + "".join(f"{line}\n" for line in proof_lines(nodes, depth, every_way=every_way)))
    return "\n".join(parts)


def heading(document: Document) -> list[str]:
    """What the proof is of: the verdict of a determination, an entity with its status, or an account."""
    from topco.explain.lettering import clean

    if isinstance(document.get("verdict"), str):
        return [clean(document["verdict"])]
    entity = document.get("entity")
    if isinstance(entity, dict):
        return [clean(f"{entity.get('id')} {entity.get('name') or ''}: {document.get('status')}")]
    if isinstance(document.get("account"), str):
        return [clean(f"{document['account']}: {document.get('remaining_tpp')} TPP left on {document.get('as_of')}")]
    return []


def report(documents: Sequence[Document], where: str = "the answers") -> str:
    """Answers (determinations, resolutions) as one page that prints.

    Raises:
        BadInput: one of them is no answer of this version.
    """
    from topco.reports.page import answers_page
    from topco.reports.reading import read_answers

    return answers_page(read_answers(json.dumps(list(documents), ensure_ascii=False, default=str), where))
