"""Terms of the store's engine as terms of rdflib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode
from rdflib import XSD, URIRef
from rdflib import Literal as RdfLiteral

if TYPE_CHECKING:
    from rdflib.term import Node


def rdflib_term(node: object) -> Node:
    """A node or literal of the evidence for rdflib; a plain text without a datatype, as rdflib reads one.

    >>> rdflib_term(Literal("Alpha", language="en"))
    rdflib.term.Literal('Alpha', lang='en')
    """
    if isinstance(node, NamedNode):
        return URIRef(node.value)
    if not isinstance(node, Literal):
        raise TypeError(f"evidence has no {type(node).__name__}")
    if node.language is not None:
        return RdfLiteral(node.value, lang=node.language)
    datatype = URIRef(node.datatype.value)
    return RdfLiteral(node.value) if datatype == XSD.string else RdfLiteral(node.value, datatype=datatype)
