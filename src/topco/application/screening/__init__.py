"""Screening for every face: the check of columns, a run from table to output, what is kept of it."""
