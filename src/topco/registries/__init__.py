"""Registries: every source of evidence, read as a stream and turned into the four evidence tables."""
