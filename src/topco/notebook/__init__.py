"""Topco in Python: a knowledge graph to ask, and answers that a notebook shows as tables, trees and pictures."""
