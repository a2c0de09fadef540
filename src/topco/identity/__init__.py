"""One party under several identifiers: what links them, what persons judged, and tables by party."""
