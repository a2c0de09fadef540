"""Determinations in the published form: parts, verdict, proof, flags."""
