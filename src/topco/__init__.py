"""Topco: from corporate registries to export-licence presumptions, every answer with its proof."""

__version__ = "0.1.0"
