"""Answers as pages for people: one HTML file without scripts, that prints on paper and reads aloud."""
