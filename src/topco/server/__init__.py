"""Faces over HTTP: REST, SPARQL protocol, reconciliation, workbench; and the agents' face on stdio."""
