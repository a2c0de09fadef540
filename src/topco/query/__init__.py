"""Asking the graph: only reading, with typed parameters, by name from a library, answered in plain terms."""
