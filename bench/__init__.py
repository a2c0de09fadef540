"""Benchmarks: `python -m bench` measures, and the generators make the files it measures with."""
