"""Compilers: axioms and queries into what runs at scale, each with a slower twin that tests hold it to."""
