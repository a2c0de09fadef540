"""Any RDF: lifted into our terms by the axioms of the alignment, and read as the evidence queries read a graph."""

from topco.registries.rdf.registry import Rdf

__all__ = ["Rdf"]
